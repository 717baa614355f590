"""What a test may need from the machine, and what happens where it is absent: a skip that says why, which under
CI=true is a failure, because there everything is present."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true")


def skip_or_fail(reason: str) -> NoReturn:
    """Skips the running test with the reason; fails it where CI=true."""
    if in_ci():
        pytest.fail(f"CI=true, yet {reason}", pytrace=False)
    pytest.skip(reason)


def require_shared() -> Path:
    if not SHARED.is_dir():
        skip_or_fail("../shared is not beside the repository")
    return SHARED


def require_chromium() -> str:
    """Path of the Chromium to drive: DUBAN_CHROMIUM, or the first found on PATH."""
    path = os.environ.get("DUBAN_CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), None)
    if path is None:
        skip_or_fail("no Chromium here (apt-get install chromium fonts-noto-cjk)")
    return path
