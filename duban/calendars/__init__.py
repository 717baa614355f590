"""The State Council's holiday notices as data (节假日安排), and how they are read."""

from duban.calendars.loading import load_calendar
from duban.calendars.notice_file import NoticeFileError, parse_notice

__all__ = ["NoticeFileError", "load_calendar", "parse_notice"]
