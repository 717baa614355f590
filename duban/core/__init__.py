"""The pure core: no Django, no clock, no I/O, no randomness."""
