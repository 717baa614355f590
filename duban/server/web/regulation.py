"""制度: articles with the rules that rest on them, readings, worked examples, days off."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from duban import packs
from duban.core.citation import Citation
from duban.core.commands import COMMANDS
from duban.core.entries import EVENTS
from duban.core.pack import ObligationRule, RegulationPack, RouteStep, Term
from duban.core.petitions import ACTS
from duban.core.scenario_format import Case, read_scenario
from duban.core.terms import UNIT_WORDS
from duban.core.working_days import Calendar, Ruling
from duban.server import clock
from duban.server.models import Office
from duban.server.web.components import ArticleBlock, Column, EmptyState, PageHead, Row, Tab, Table, Tabs
from duban.server.web.posts import PostedRequest
from duban.server.web.present import badge
from duban.server.world import calendar_of, pack_of, parameters_of

HELP = """这里是本机构执行的督查制度：每条的要旨（本系统转述，不代替原文）、由它产生的规则、文字有歧义时采用的理解。

“条”是制度条文，“决”是本机关自己的决定，“默”是系统默认。空着的参数不产生任何时限。

“算例”是逐日手算的例子，系统按同样的规则自动演算，二者必须一致。"""
VIEWS = {
    "articles": "条文与规则",
    "readings": "理解口径",
    "cases": "算例",
    "parameters": "参数",
    "days": "放假与调休",
}
EVERY = {"week": "每周", "month": "每月", "quarter": "每季度", "half_year": "每半年", "year": "每年"}
BEARERS = {"office": "督查机构", "lead": "主办单位", "support": "协办单位", "each": "各承办单位"}


@dataclass(frozen=True)
class Rule:
    """One rule in words, with its citation: what a reader sees under an article."""

    kind: str
    words: str
    cite: Citation


def regulation(request: PostedRequest) -> HttpResponse:
    """The regulation of the post's office."""
    office = request.post.office
    pack = pack_of(office)
    view = request.GET.get("view", "articles")
    view = view if view in VIEWS else "articles"
    context = {
        "page": PageHead(title=pack.regulation.title, number=pack.regulation.number, help=HELP, width="read"),
        "pack": pack,
        "view": view,
        "tabs": Tabs(tuple(_tab(key, words, view) for key, words in VIEWS.items())),
        **_CONTEXTS[view](office, pack),
    }
    return render(request, "duban/regulation/regulation.html", context)


def _tab(key: str, words: str, view: str) -> Tab:
    return Tab(text=words, href=f"{reverse('regulation')}?view={key}", on=key == view)


# --- articles -----------------------------------------------------------------------------------------------------


def _articles(office: Office, pack: RegulationPack) -> dict[str, Any]:
    rules = rules_in_words(pack, parameters_of(office))
    blocks = []
    for article in pack.articles:
        mine = [r for r in rules if r.cite.kind == "article" and r.cite.ref == article.id]
        block = ArticleBlock(
            number=article.label,
            regulation=article.title,
            rule=article.gist,
            original=str(office.articles.get(article.id, "")),
            readings=tuple(f"{r.question}{r.answer}" for r in pack.readings if r.cite.ref == article.id),
            anchor=f"a-{article.id}",
        )
        blocks.append((block, mine))
    others = [(badge(r.cite), r) for r in rules if r.cite.kind != "article"]
    return {"articles": blocks, "others": others}


def rules_in_words(pack: RegulationPack, parameters: dict[str, int]) -> tuple[Rule, ...]:
    """Every rule of a pack as a sentence."""
    found = [Rule("义务", _obligation(o, pack, parameters), o.cite) for o in pack.obligations]
    found += [Rule("要求", f"{_commands(r.on)}：{r.message}", r.cite) for r in pack.requirements]
    found += [Rule("签批", f"{_act(r.act)}：{_steps(r.steps, pack)}", r.cite) for r in pack.routes]
    found += [
        Rule("延期", f"{x.title}{'，须在期限之内提出' if x.in_advance else ''}", x.cite)
        for x in pack.extensions
    ]
    found += [Rule("催办", f"{u.title}由{_roles(u.signatory, pack)}签发", u.cite) for u in pack.urging]
    found += [Rule("认定", f"{f.title}由{_roles(f.roles, pack)}认定", f.cite) for f in pack.findings]
    found += [Rule("建议", f"{p.reason or p.consequence}", p.cite) for p in pack.proposals]
    found += [Rule("类别", c.title, c.cite) for c in pack.categories]
    found += [Rule("等级", g.title, g.cite) for g in pack.grades]
    found += [Rule("办理方式", m.title, m.cite) for m in pack.modes]
    found += [Rule("审核要点", c.title, c.cite) for c in pack.review.checklist]
    found += [Rule("通讯录", f"各单位报{c.title}", c.cite) for c in pack.directory]
    return tuple(found)


def _obligation(o: ObligationRule, pack: RegulationPack, parameters: dict[str, int]) -> str:
    start = "、".join(dict.fromkeys(EVENTS[event].describe for event in o.on))
    return f"{BEARERS[o.bearer]}{o.name}：{start}后{_term(o, pack, parameters)}"


def _term(o: ObligationRule, pack: RegulationPack, parameters: dict[str, int]) -> str:
    if o.cycle:
        after = o.cycle.days_after
        return EVERY[o.cycle.every] + (f"结束后 {after} 日内" if after is not None else "最后一个工作日前")
    assert o.term is not None
    return term_words(o.term, pack, parameters)


def term_words(term: Term, pack: RegulationPack, parameters: dict[str, int]) -> str:
    """A term in words; a blank parameter is said to be blank."""
    fixed = {
        "stated": "按写明的日期",
        "asked": "按通知单写明的限期",
        "milestone": "按各节点日期",
        "standing": "随时",
        "same_day": "当日",
    }
    if term.kind in fixed:
        return fixed[term.kind]
    count = getattr(term, term.kind)
    if isinstance(count, str):
        name = count.removeprefix("param:")
        value = parameters.get(name, next((p.value for p in pack.parameters if p.id == name), None))
        if value is None:
            return "（本机关未定，不产生时限）"
        count = value
    return f" {count} {UNIT_WORDS[term.kind]}内"


def _commands(words: Iterable[str]) -> str:
    return "、".join(COMMANDS[w].title for w in words)


def _act(act: str) -> str:
    return ACTS[act.partition(":")[0]]


def _steps(steps: Iterable[RouteStep], pack: RegulationPack) -> str:
    return " → ".join(_roles(s.roles, pack) + s.title for s in steps)


def _roles(roles: Iterable[str], pack: RegulationPack) -> str:
    return "或".join(pack.title_of("roles", r) for r in roles)


# --- readings, examples, parameters, days ---------------------------------------------------------------------------


def _readings(office: Office, pack: RegulationPack) -> dict[str, Any]:
    return {
        "readings": [(r, badge(r.cite)) for r in pack.readings],
        "time": (pack.time, badge(pack.time.cite)),
    }


@lru_cache
def _cases_of(pack_id: str) -> tuple[Case, ...]:
    text = packs.cases(pack_id)
    return read_scenario(text).cases if text else ()


def _cases(office: Office, pack: RegulationPack) -> dict[str, Any]:
    labels = {clause: a.label for a in pack.articles for clause in a.clauses}
    shown = [
        (case, "、".join(dict.fromkeys(labels.get(c, c) for c in case.clauses)))
        for case in _cases_of(pack.id)
    ]
    return {"cases": shown}


def _parameters(office: Office, pack: RegulationPack) -> dict[str, Any]:
    own = parameters_of(office)
    rows = []
    for p in pack.parameters:
        value = own.get(p.id, p.value)
        said = "未定（不产生时限）" if value is None else f"{value} {p.unit}"
        rows.append(Row(cells=(p.title, said, "本机关" if p.id in own else "制度包", badge(p.cite))))
    columns = (
        Column(label="参数", on_phone="title"),
        Column(label="现值"),
        Column(label="来自"),
        Column(label="依据"),
    )
    empty = EmptyState(title="本制度没有留给机关确定的数字")
    return {
        "parameters": Table(
            caption="留给本机关确定的数字", columns=columns, rows=tuple(rows), empty=empty, fit=True
        )
    }


def _days(office: Office, pack: RegulationPack) -> dict[str, Any]:
    calendar = calendar_of(office)
    year = clock.today().year
    years = [(y, _days_of(calendar, y)) for y in (year, year - 1) if y in calendar.years]
    missing = [y for y in (year, year + 1) if y not in calendar.years]
    return {"years": years, "missing": missing, "local": sorted(office.local_days_off.items())}


def _days_of(calendar: Calendar, year: int) -> tuple[str, Table]:
    notice = calendar.years[year]
    rows = tuple(
        Row(
            cells=(
                d.date.isoformat(),
                _weekday(d.date),
                "放假" if d.ruling == Ruling.OFF else "上班（调休）",
                d.name,
            )
        )
        for d in notice.days
    )
    columns = (
        Column(label="日期", align="date", on_phone="title"),
        Column(label="星期"),
        Column(label="安排"),
        Column(label="节日"),
    )
    return notice.citation, Table(caption=f"{year} 年放假与调休", columns=columns, rows=rows, fit=True)


def _weekday(day: date) -> str:
    return "周" + "一二三四五六日"[day.weekday()]


_CONTEXTS = {
    "articles": _articles,
    "readings": _readings,
    "cases": _cases,
    "parameters": _parameters,
    "days": _days,
}
