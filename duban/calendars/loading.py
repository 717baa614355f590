"""Reading the notices that come with the product, or a folder of one's own."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from duban.calendars.notice_file import NoticeFileError, parse_notice
from duban.core.working_days import Calendar, Notice


def load_calendar(path: Path | None = None) -> Calendar:
    """The calendar of all notices in folder ``path``; without it, of those that come with the product.

    Raises :class:`NoticeFileError` naming the file and every mistake in it, also where a file's name is not the
    year it rules on.
    """
    folder: Traversable = path if path is not None else files("duban.calendars") / "data"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return Calendar.of(_read(folder / name) for name in names)


def _read(file: Traversable) -> Notice:
    try:
        notice = parse_notice(file.read_text(encoding="utf-8"))
    except NoticeFileError as error:
        raise NoticeFileError([f"{file.name}：{problem}" for problem in error.problems]) from error
    if file.name != f"{notice.year}.toml":
        raise NoticeFileError([f"{file.name}：文件名应为 {notice.year}.toml，与其中的年份一致"])
    return notice
