"""Measured speed of the parts that must stay fast; ``make bench`` runs it, ``docs/benchmarks.md`` keeps a run."""
