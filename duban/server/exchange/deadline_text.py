"""Reads deadlines (时限) as tables and documents write them: 2025年6月底前, 年底前, 第三季度, 长期坚持.

Nothing is invented: what cannot be read becomes a `Deadline` without date that keeps the text. Terms in calendar
days, months and years are counted with the first day excluded and end on the same-numbered day or the month's last;
terms in working days get no date here, because the calendar (节假日) is not known to this module.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, get_args

Kind = Literal["by", "target", "period", "relative", "implied", "none"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# Characters; a longer text is prose, not a deadline.
LONGEST = 200


@dataclass(frozen=True)
class Deadline:
    """One deadline (时限).

    `kind`: "by" 某日(底)前, "target" 到某年、某月, "period" 某一时段内 (its last day), "relative" 多久之内, "implied" 文中未写
    而由文件推得, "none" 没有时限. `certain` is False where the date rests on an assumption or the text was not
    understood; kind "none" with `certain` True means the text says that there is no deadline.
    """

    date: date | None
    kind: Kind
    text: str
    certain: bool


Reader = Callable[[re.Match[str], date | None], Deadline | None]

_DIGITS = "〇一二三四五六七八九"
_CHINESE = {sign: value for value, sign in enumerate(_DIGITS)} | {"零": 0, "两": 2}
_N = r"[0-9一二三四五六七八九十两]+"
_YEAR = r"(?:(?P<year>(?:19|20)[0-9]{2}|[〇零一二三四五六七八九]{4})年度?|(?P<this>[今本当明次])年度?)?"
_TO = r"(?:力争|争取|原则上|最迟|确保|要求|于|在|拟)*(?P<to>到|至|截至|截止到?)?"
# After 前 the words may say what is done, but never name another moment. Without 前 only a verb of completion may
# follow: "2025年国庆期间" is not 2025年.
_FREE = r"[^0-9年月日号季底旬起]*"
_DONE = (
    r"(?:(?:基本|全面|全部)?(?:完成|办结|落实|建成|实现|达到|取得|完工|竣工|见效|报送|上报|形成)"
    + _FREE
    + ")?"
)
_TAIL = r"(?:(?P<before>(?:之前|以前|前)(?!后|期))" + _FREE + "|" + _DONE + ")"
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
# The last year of each five-year plan (五年规划).
_PLAN_ENDS = {"十一五": 2010, "十二五": 2015, "十三五": 2020, "十四五": 2025, "十五五": 2030, "十六五": 2035}

_LASTING = re.compile(
    r"(?:全年|常年)?(?:长期|持续|常态化|经常|日常|不断|永久|坚持|贯穿)(?:性|化)?[^0-9年月日季底]*"
    r"|(?:按|根据|视)[^0-9]*(?:要求|情况|进度|安排)[^0-9]*"
    r"|无|无时限|无期限|不限|不定期|随时|/|-+|—+|–+"
)
_EVERY = re.compile(r"[^，,]*每(?:半年|一?年|一?季度?|个?月|周|星期|日|天|学期)[^，,]*")
_FROM = re.compile(r"[^至到前止内]*(?:年|月|日|号|季度|现在)起(?!草)[^0-9至到止前内]*")


def read_deadline(text: str, iso: str, kind: str, reference: date | None) -> tuple[Deadline, ...]:
    """Read the deadlines of one row from its three columns; all three empty → ().

    Several deadlines stand separated by `;` in all columns alike. A given date (`iso`: 2025-06-30, 2025/6/30) wins;
    where the words clearly say another day the result is not `certain`. `reference` is the day the text was written:
    it gives the year to "6月底前" and the start to "5年内"; without it such a deadline has no date.
    """
    texts, dates, kinds = _parts(text), _parts(iso), _parts(kind)
    if not texts and not dates:
        named = _kind(kind)
        return (Deadline(None, named, "", named == "none"),) if named else ()
    if not dates:
        return _from_texts(texts, kinds, reference)
    if len(dates) == len(texts):
        return tuple(
            _dated(words, day, _kind_at(kinds, place, len(texts)), reference)
            for place, (words, day) in enumerate(zip(texts, dates, strict=True))
        )
    # Which words belong to which date is not known: each date keeps all of them.
    whole, sure = text.strip(), not texts
    return tuple(
        replace(found, text=whole or found.text, certain=found.certain and sure)
        for place, day in enumerate(dates)
        for found in [_dated("", day, _kind_at(kinds, place, len(dates)), reference)]
    )


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;；\n]", cell) if part.strip()]


def _kind(name: str) -> Kind | None:
    return next((one for one in KINDS if one == name.strip().lower()), None)


def _kind_at(kinds: list[str], place: int, count: int) -> Kind | None:
    if len(kinds) == count:
        return _kind(kinds[place])
    return _kind(kinds[0]) if len(kinds) == 1 else None


def _from_texts(texts: list[str], kinds: list[str], reference: date | None) -> tuple[Deadline, ...]:
    found: list[Deadline] = []
    for place, words in enumerate(texts):
        one = _from_clauses(words, reference)
        if (given := _kind_at(kinds, place, len(texts))) and len(one) == 1:
            one = (_with_kind(one[0], given),)
        # "2021年6月底前;12月底前": the year just named holds for what follows.
        reference = next((d.date for d in reversed(one) if d.date), reference)
        found.extend(one)
    return tuple(found)


def _with_kind(found: Deadline, given: Kind) -> Deadline:
    if given == "none" and found.date:
        return replace(found, certain=False)
    return replace(found, kind=given)


def _from_clauses(words: str, reference: date | None) -> tuple[Deadline, ...]:
    """One text; "6月底前完成方案，年底前完成验收" becomes two if each clause can be read, else it stays whole."""
    whole = _read(words, reference)
    clauses = [part.strip() for part in re.split(r"[，,]", words) if part.strip()]
    if whole.certain or whole.date or len(clauses) < 2:
        return (whole,)
    found: list[Deadline] = []
    for clause in clauses:
        one = _read(clause, reference)
        if one.kind == "none" and not one.certain:
            return (whole,)
        reference = one.date or reference
        found.append(one)
    # "每年3月，9月": what stands beside a recurring date may recur too.
    recurring = any(_EVERY.fullmatch(clause) for clause in clauses)
    return tuple(replace(one, certain=False) if recurring and one.date else one for one in found)


def _dated(words: str, given: str, kind: Kind | None, reference: date | None) -> Deadline:
    """A deadline whose date is given; the words say its kind unless that is given too."""
    day = _iso(given)
    said = _read(words, reference) if words else None
    if day is None:
        kept = f"{words}（{given}）" if words else given
        return replace(said or Deadline(None, kind or "none", kept, False), text=kept, certain=False)
    contradicted = said is not None and said.certain and said.date is not None and said.date != day
    understood = said.kind if said and (said.certain or said.date) and said.kind != "none" else "by"
    return Deadline(day, kind or understood, words or given, not contradicted)


def _iso(text: str) -> date | None:
    found = re.fullmatch(
        r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]0?0:00(?::00)?)?", unicodedata.normalize("NFKC", text)
    )
    return _day(int(found[1]), int(found[2]), int(found[3])) if found else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


# ---- one text -------------------------------------------------------------------------------------------------


def _read(words: str, reference: date | None) -> Deadline:
    """Read one text. Unreadable → kind "none", no date, not certain, the text kept."""
    if len(words) > LONGEST:
        return Deadline(None, "none", words, False)
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", words)).rstrip("。.")
    bare = re.sub(r"\([^()]*\)", "", plain)
    found = _understand(bare, reference)
    if found is None:
        return Deadline(None, "none", words, False)
    # What stood in brackets may limit the date ("暂定"): a person should look.
    return replace(found, text=words, certain=found.certain and bare == plain)


def _understand(plain: str, reference: date | None) -> Deadline | None:
    if day := _iso(plain):
        return Deadline(day, "by", plain, True)
    if _EVERY.fullmatch(plain) or _LASTING.fullmatch(plain):
        return Deadline(None, "none", plain, True)
    for pattern, reader in _READERS:
        if (match := pattern.fullmatch(plain)) and (found := reader(match, reference)):
            return found
    if _FROM.fullmatch(plain):
        return Deadline(None, "none", plain, True)
    return None


def _number(text: str) -> int | None:
    """Digits, or Chinese numerals up to 99."""
    if text.isdecimal():
        return int(text)
    tens, ten, units = text.rpartition("十")
    if not ten:
        return _CHINESE.get(text)
    if any(part and part not in _CHINESE for part in (tens, units)):
        return None
    return _CHINESE.get(tens, 1) * 10 + _CHINESE.get(units, 0)


def _year(match: re.Match[str], reference: date | None) -> int | None:
    if written := match["year"]:
        digits = "".join(str(_CHINESE.get(sign, sign)) for sign in written)
        return int(digits) if len(digits) == 4 else None
    if reference is None:
        return None
    return reference.year + (match["this"] in ("明", "次"))


def _moment(
    match: re.Match[str], reference: date | None, month: int, day: int | None, kind: Kind
) -> Deadline | None:
    """The day in the written year, or in that of `reference`; `day` None is the month's last. 13月 is no moment."""
    year = _year(match, reference)
    if year is None:
        plausible = _day(2000, month, day or 1)
        return Deadline(None, kind, "", False) if plausible and not match["year"] else None
    if not 1 <= month <= 12:
        return None
    found = _day(year, month, day or calendar.monthrange(year, month)[1])
    if found is None:
        return None
    # A month without a year that lies before the day of writing may mean the next one.
    assumed = match["year"] is None and match["this"] is None and reference is not None and found < reference
    return Deadline(found, kind, "", not assumed)


def _by_or_target(match: re.Match[str]) -> Kind:
    return "by" if match["before"] or not match["to"] else "target"


def _read_day(match: re.Match[str], reference: date | None) -> Deadline | None:
    month, day = _number(match["month"]), _number(match["day"])
    return _moment(match, reference, month, day, _by_or_target(match)) if month and day else None


def _read_month_end(match: re.Match[str], reference: date | None) -> Deadline | None:
    month = _number(match["month"])
    return _moment(match, reference, month, None, _by_or_target(match)) if month else None


def _read_month(match: re.Match[str], reference: date | None) -> Deadline | None:
    """6月, 6月内, 6月上旬, 6月中旬: the last day of that stretch."""
    month = _number(match["month"])
    if month is None or match["before"]:
        return None
    day = {"上旬": 10, "中旬": 20}.get(match["third"] or "")
    return _moment(match, reference, month, day, "period" if match["third"] or match["within"] else "target")


def _read_year_end(match: re.Match[str], reference: date | None) -> Deadline | None:
    return _moment(match, reference, 12, None, _by_or_target(match))


def _read_year(match: re.Match[str], reference: date | None) -> Deadline | None:
    if match["before"] or not (match["year"] or match["this"] or match["within"]):
        return None
    return _moment(match, reference, 12, None, "period" if match["within"] else "target")


def _read_stretch(match: re.Match[str], reference: date | None, month: int) -> Deadline | None:
    """上半年 or 第三季度, which end with `month`; 上半年前 is not clear, 上半年底前 is."""
    if match["before"] and not match["end"]:
        return None
    return _moment(match, reference, month, None, "by" if match["before"] else "period")


def _read_half(match: re.Match[str], reference: date | None) -> Deadline | None:
    return _read_stretch(match, reference, 6 if match["half"] == "上" else 12)


def _read_quarter(match: re.Match[str], reference: date | None) -> Deadline | None:
    return _read_stretch(match, reference, 3 * _QUARTERS[match["quarter"]])


def _read_plan(match: re.Match[str], reference: date | None) -> Deadline | None:
    if match["before"] and not match["end"]:
        return None
    kind: Kind = "by" if match["before"] else "target" if match["end"] else "period"
    return Deadline(date(_PLAN_ENDS[match["plan"]], 12, 31), kind, "", True)


def _read_span(match: re.Match[str], reference: date | None) -> Deadline | None:
    """2025年3月—6月, 2023—2025年: the last day of the stretch. The second half takes its year from the first."""
    left, right = match["left"], match["right"]
    if re.match(r"\d{1,2}日", right) and (shared := re.search(r"(?:^|年)(\d{1,2}月)\d{1,2}日?$", left)):
        right = shared[1] + right
    if not re.match(r"(?:19|20)\d{2}年", right):
        first, last = re.search(r"(?:^|年)(\d{1,2})(?:月|$)", left), re.match(r"(\d{1,2})月", right)
        if first and last and int(last[1]) < int(first[1]):
            return None
        if year := re.match(r"((?:19|20)\d{2})(?:年|$)", left):
            right = f"{year[1]}年{right}"
    found = _understand(right, reference)
    return replace(found, kind="period") if found and found.kind in ("by", "target", "period") else None


def _read_relative(match: re.Match[str], reference: date | None) -> Deadline | None:
    """Counted from `reference`, unless the words name another start; which day that is, is never certain."""
    count, unit = (6, "个月") if match["half"] else (_number(match["count"]), match["unit"])
    if count is None:
        return None
    if reference is None or match["event"]:
        return Deadline(None, "relative", "", False)
    return Deadline(_after(reference, count, unit), "relative", "", False)


def _after(start: date, count: int, unit: str) -> date | None:
    try:
        if days := {"日": 1, "天": 1, "周": 7, "个星期": 7, "星期": 7}.get(unit):
            return start + timedelta(days=count * days)
        if unit not in ("年", "个月"):
            return None
        months = start.month - 1 + count * (12 if unit == "年" else 1)
        year, month = start.year + months // 12, months % 12 + 1
        return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))
    except (ValueError, OverflowError):
        return None


def _dates(body: str) -> re.Pattern[str]:
    return re.compile(_TO + body + _TAIL)


# "6月前", "2025年前", "6月初": whether that month itself still counts is not said, so no pattern reads them.
_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (
        re.compile(
            r"(?P<left>[0-9年月日上中下旬初底末]+?)(?:—+|–+|-+|~+|～+|至|到)(?P<right>[0-9][0-9年月日底末上中下旬]*.*)"
        ),
        _read_span,
    ),
    (
        re.compile(
            r"(?P<event>[^0-9]{0,20}?(?:之日起?|后|起))?的?"
            rf"(?:(?P<count>{_N})(?P<unit>个工作日|工作日|日|天|周|个星期|星期|个月|年)|(?P<half>半年))"
            rf"(?:之内|以内|内){_FREE}"
        ),
        _read_relative,
    ),
    (_dates(_YEAR + rf"(?P<month>{_N})月(?P<day>{_N})[日号]"), _read_day),
    (_dates(_YEAR + rf"(?P<month>{_N})月份?[底末]"), _read_month_end),
    (_dates(_YEAR + rf"(?P<month>{_N})月份?(?P<third>[上中下]旬)?(?P<within>内)?"), _read_month),
    (_dates(_YEAR + r"(?:(?<=[年度])[底末]|年[底末])"), _read_year_end),
    (_dates(_YEAR + r"(?P<half>[上下])半年(?:内|(?P<end>[底末]))?"), _read_half),
    (_dates(_YEAR + r"第?(?P<quarter>[一二三四1-4])季度(?:内|(?P<end>[底末]))?"), _read_quarter),
    (
        _dates(r"[“\"]?(?P<plan>十[一二三四五六]五)[”\"]?(?:规划)?(?:期间|时期|期内|(?P<end>期?末|末期))?"),
        _read_plan,
    ),
    (_dates(_YEAR + r"(?P<within>(?<=[年度])内|年度?内|全年)?"), _read_year),
)
