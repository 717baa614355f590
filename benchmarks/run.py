"""One run on one database: build, then measure what was asked for."""

import gc
from typing import Any

PARTS = ("pages", "sweep", "verify")
"""What is measured on a database, in this order: reports are sent before the sweep, the sample is of the outcome."""


def measured(database: str, matters: int, parts: tuple[str, ...], requests: int) -> dict[str, Any]:
    """Figures of one database by part. Raises ``RuntimeError`` where the system answers otherwise than it should."""
    from benchmarks.database import prepared, settle, size_mib, version

    with prepared(database):
        # These import models, for which Django must be set up.
        from benchmarks import building, pages, sweeping

        built = building.build(matters)
        settle()
        # What building left in memory is not to be looked through again and again while pages are measured.
        gc.collect()
        gc.freeze()
        figures: dict[str, Any] = {
            "version": version(),
            "build": {
                "matters": built.matters,
                "streams": built.streams,
                "entries": built.entries,
                "seconds": built.seconds,
                "size_mib": size_mib(),
            },
        }
        if "pages" in parts:
            figures["queries"] = pages.counts(built.house)
            figures["pages"] = pages.measure(built.house, requests)
        if "sweep" in parts:
            figures["sweep"] = sweeping.measure()
        if "verify" in parts:
            figures["verify"] = sweeping.verify()
    return figures
