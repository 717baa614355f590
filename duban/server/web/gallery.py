"""Made-up examples of every component, for the gallery page (构件样张) and the component tests.

The people and units are plainly invented. Nothing here is read from a database.
"""

from __future__ import annotations

from datetime import date, datetime

from duban.server.web.components import (
    Act,
    ActRow,
    ArticleBlock,
    Choice,
    CitationBadge,
    CitationKind,
    Column,
    Component,
    Confirm,
    DateChip,
    Day,
    DayKind,
    DayStrip,
    DeskList,
    EmptyState,
    ErrorSummary,
    Figure,
    FileField,
    FilterBar,
    FilterChip,
    FilterGroup,
    FormField,
    KeyValue,
    KeyValues,
    LightCount,
    LightTotals,
    Link,
    Mark,
    NavItem,
    Notice,
    ObligationLine,
    PageHead,
    Pages,
    Paper,
    Row,
    RowCard,
    Shell,
    StateChip,
    StatFigures,
    Step,
    StepRoute,
    SystemNote,
    Tab,
    Table,
    Tabs,
    Timeline,
    TimelineEntry,
    UnitGroup,
    UnitPicker,
    UserMenu,
    remaining_text,
)

ARTICLE = CitationBadge(
    kind=CitationKind.ARTICLE, label="第十条第二款", source="示例区督查细则", href="#article"
)
DECISION = CitationBadge(kind=CitationKind.DECISION, label="示督〔2026〕3号", source="示例区督查室", href="#")
DEFAULT = CitationBadge(kind=CitationKind.DEFAULT, label="临期提前 3 个工作日", href="#")


def due(day: date, left: int, mark: Mark, *, stacked: bool = False, provisional: bool = False) -> DateChip:
    """A due date with its remaining working days in words."""
    note = remaining_text(left)
    return DateChip(day=day, note=note, mark=mark, why_href="#why", stacked=stacked, provisional=provisional)


def shell() -> Shell:
    """The frame as an officer sees it."""
    return Shell(
        office="示例区人民政府督查室",
        home_href="#",
        nav=(
            NavItem(text="工作台", href="#", count=14, grave=True),
            NavItem(text="台账", href="#", current=True),
            NavItem(text="立项", href="#", count=2),
            NavItem(text="签批", href="#", count=3),
            NavItem(text="审核", href="#", count=6),
            NavItem(text="催办", href="#", count=4, grave=True),
            NavItem(text="单位", href="#"),
            NavItem(text="制度", href="#"),
            NavItem(text="设置", href="#"),
        ),
        search_href="#",
        user=UserMenu(
            name="甲某某",
            role="督查员",
            logout_href="#",
            links=(Link("我的账号", "#"), Link("代录授权", "#")),
        ),
        as_of=datetime(2026, 10, 15, 9, 5),
        calendar="2026 年放假安排 第 1 版",
        provisional="2027 年放假通知尚未发布，2027 年的日期按普通周末推算，标“暂定”。",
        version="0.1",
    )


def page() -> PageHead:
    """Title block."""
    return PageHead(
        title="老旧小区供水管网改造年内完成 20 处",
        crumbs=(Link("台账", "#"), Link("2026 年", "#")),
        number="示督〔2026〕17 号",
        state=StateChip(Mark.OVERDUE),
        help="这里是全部页面构件的样张，内容均为虚构。\n\n每个构件在代码里有一个同名的数据类，"
        "写明它需要的每一项；页面只管准备数据，用同一个标签显示。",
        width="read",
    )


def header() -> KeyValues:
    """A matter's ruled head."""
    return KeyValues(
        (
            KeyValue("主办", "示例区甲局"),
            KeyValue("协办", "示例区乙局、丙街道办事处"),
            KeyValue("等级", "重点"),
            KeyValue("立项依据", Link("区政府第 9 次常务会议纪要", "#", "4 页", paper=True)),
            KeyValue("分管领导", "区领导丁"),
            KeyValue("办结时限", due(date(2026, 10, 13), -2, Mark.OVERDUE)),
            KeyValue(
                "督办要求", "年内完成 20 处改造并通水；涉及道路开挖的，提前十日告知沿线居民。", wide=True
            ),
        )
    )


def obligations() -> tuple[ObligationLine, ...]:
    """The lead line and three ordinary ones."""
    return (
        ObligationLine(
            lead=True,
            bearer="示例区甲局",
            what="书面答复红色催办单，说明滞后原因和补救措施",
            due=due(date(2026, 10, 19), 2, Mark.DUE_SOON),
            state=StateChip(Mark.URGED),
            citations=(ARTICLE,),
        ),
        ObligationLine(
            bearer="示例区甲局",
            what="报送第三季度进展",
            due=due(date(2026, 10, 16), 1, Mark.DUE_SOON),
            state=StateChip(Mark.DUE_SOON),
            citations=(ARTICLE, DECISION),
        ),
        ObligationLine(
            bearer="督查室",
            what="审核办结报告",
            due=None,
            pending="收到办结报告后起算 3 个工作日",
            state=StateChip(Mark.WAITING, "未起算"),
            citations=(DEFAULT,),
        ),
        ObligationLine(
            bearer="丙街道办事处",
            what="签收交办通知",
            due=DateChip(day=date(2026, 3, 4), why_href="#why"),
            state=StateChip(Mark.CLOSED, "已履行"),
            citations=(DECISION,),
            discharged_by=Link("第 4 号记录", "#e4"),
        ),
    )


def timeline() -> Timeline:
    """Newest first, with a proxy, a late record and consequences."""
    return Timeline(
        (
            TimelineEntry(
                position=12,
                act="签发红色催办单",
                actor="区领导丁",
                occurred_at=datetime(2026, 10, 14, 16, 20),
                recorded_at=datetime(2026, 10, 15, 8, 40),
                proxy_for="",
                lag="补录，晚 1 个工作日",
                words="请甲局主要负责同志亲自抓，十九日前把剩余点位的施工计划报来。",
                papers=(
                    Link("示督催〔2026〕5 号", "#", "1 页", paper=True),
                    Link("签批扫描件", "#", paper=True),
                ),
                caused=(
                    SystemNote(text="甲局须于 10月19日 前书面答复", citation=ARTICLE, href="#"),
                    SystemNote(text="抄送绩效考核机构", citation=DECISION),
                ),
                grave=True,
            ),
            TimelineEntry(
                position=11,
                act="进展反馈",
                actor="督查员甲某某",
                proxy_for="示例区甲局联络员乙某某",
                occurred_at=datetime(2026, 9, 28, 10, 0),
                recorded_at=datetime(2026, 9, 28, 10, 12),
                words="已完成 14 处，在施 3 处，3 处因管线迁改未进场。",
                details=(("完成", "14 / 20 处"), ("方式", "电话")),
            ),
            TimelineEntry(
                position=4,
                act="签收",
                actor="丙街道办事处 丙某某",
                occurred_at=datetime(2026, 3, 3, 9, 2),
                recorded_at=datetime(2026, 3, 3, 9, 2),
            ),
            TimelineEntry(
                position=1,
                act="立项",
                actor="督查员甲某某",
                occurred_at=datetime(2025, 12, 30, 15, 0),
                recorded_at=datetime(2025, 12, 30, 15, 4),
                papers=(Link("常务会议纪要", "#", "4 页", paper=True),),
            ),
        )
    )


def day_strip() -> DayStrip:
    """Seven working days over the National Day holiday of 2026 and its make-up workdays."""
    workday, weekend, holiday, makeup = DayKind.WORKDAY, DayKind.WEEKEND, DayKind.HOLIDAY, DayKind.MAKEUP

    def on(month: int, day: int) -> date:
        return date(2026, month, day)

    return DayStrip(
        caption="签收次日起第 7 个工作日",
        calendar="2026 年放假安排 第 1 版",
        days=(
            Day(on(9, 29), DayKind.START),
            Day(on(9, 30), workday, 1),
            *(Day(on(10, day), holiday, None, "国庆节") for day in range(1, 8)),
            Day(on(10, 8), workday, 2),
            Day(on(10, 9), workday, 3),
            Day(on(10, 10), makeup, 4),
            Day(on(10, 11), weekend),
            Day(on(10, 12), workday, 5),
            Day(on(10, 13), workday, 6),
            Day(on(10, 14), workday, 7, due=True),
        ),
    )


def calendar_days() -> DayStrip:
    """A calendar-day term whose last day is a Saturday and rolls on."""
    kinds = [DayKind.START, *[DayKind.WORKDAY] * 4, DayKind.WEEKEND, DayKind.WEEKEND, DayKind.WORKDAY]
    return DayStrip(
        caption="发出次日起 5 日内；末日为周六，顺延至周一",
        provisional=True,
        days=tuple(
            Day(
                date(2027, 3, 8 + index),
                kind,
                index if 0 < index < 6 else None,
                rolled=index == 5,
                due=index == 7,
            )
            for index, kind in enumerate(kinds)
        ),
    )


def filters() -> FilterBar:
    """Filters of the ledger."""
    return FilterBar(
        clear_href="#",
        groups=(
            FilterGroup(
                "灯",
                (
                    FilterChip(text="正常", href="#", count=132, mark=Mark.NORMAL),
                    FilterChip(text="临期", href="#", count=9, mark=Mark.DUE_SOON),
                    FilterChip(text="逾期", href="#", count=4, mark=Mark.OVERDUE, on=True),
                    FilterChip(text="催办中", href="#", count=3, mark=Mark.URGED),
                ),
            ),
            FilterGroup(
                "等级",
                (
                    FilterChip(text="重点", href="#", count=21),
                    FilterChip(text="一般", href="#", count=127),
                ),
            ),
            FilterGroup(
                "主办",
                (
                    FilterChip(text="示例区甲局", href="#", count=12, on=True),
                    FilterChip(text="示例区乙局", href="#", count=8),
                    FilterChip(text="更多…", href="#"),
                ),
            ),
        ),
    )


def totals() -> LightTotals:
    """Totals of the ledger by light."""
    return LightTotals(
        (
            LightCount(Mark.NORMAL, 132, "#"),
            LightCount(Mark.DUE_SOON, 9, "#"),
            LightCount(Mark.OVERDUE, 4, "#"),
            LightCount(Mark.URGED, 3, "#"),
            LightCount(Mark.CLOSED, 66, "#"),
            LightCount(Mark.SUSPENDED, 2, "#"),
        )
    )


def table() -> Table:
    """A slice of the ledger."""
    made_up = (
        (
            "17",
            "老旧小区供水管网改造年内完成 20 处",
            "示例区甲局",
            "重点",
            date(2026, 10, 13),
            -2,
            Mark.OVERDUE,
            "10",
        ),
        (
            "23",
            "乡镇农贸市场升级改造方案报区政府审定",
            "示例区乙局",
            "一般",
            date(2026, 10, 16),
            1,
            Mark.DUE_SOON,
            "3",
        ),
        ("31", "汛期水毁道路修复", "丙街道办事处", "重点", date(2026, 10, 20), 3, Mark.URGED, "21"),
        (
            "40",
            "关于加快推进政务服务事项线上线下融合办理、减少重复提交材料的督查事项",
            "示例区丁局",
            "一般",
            date(2026, 11, 30),
            32,
            Mark.NORMAL,
            "6",
        ),
        ("52", "公共文化设施错时开放", "示例区戊局", "一般", date(2027, 1, 29), 76, Mark.NORMAL, "0"),
    )
    return Table(
        caption="2026 年台账",
        select_name="matter",
        columns=(
            Column(label="编号", tight=True, sort_href="#", on_phone="brief"),
            Column(label="事项", on_phone="title"),
            Column(label="主办单位", tight=True, sort_href="#", on_phone="brief"),
            Column(label="等级", tight=True, on_phone="hide"),
            Column(label="到期", align="date", sort_href="#", sorted="ascending"),
            Column(label="上次反馈", align="num", sort_href="#"),
            Column(label="状态", tight=True, on_phone="brief"),
        ),
        rows=tuple(
            Row(
                key=number,
                name=title,
                mark=mark,
                cells=(
                    f"〔2026〕{number}",
                    Link(title, "#"),
                    unit,
                    grade,
                    due(day, left, mark, stacked=True, provisional=day.year == 2027),
                    f"{age} 天前" if age != "0" else "今天",
                    StateChip(mark, quiet=True) if mark is Mark.URGED else "承办中",
                ),
            )
            for number, title, unit, grade, day, left, mark, age in made_up
        ),
        pages=Pages(
            first=1,
            last=5,
            total=216,
            numbers=(("1", ""), ("2", "#"), ("3", "#"), ("…", ""), ("44", "#")),
            current="1",
            next_href="#",
        ),
    )


def score_table() -> Table:
    """Figures that must line up, with a sum."""
    lines = (("按期办结率", "40.00", "38.50"), ("反馈质量", "30.00", "29.00"), ("催办扣分", "–", "−2.00"))
    return Table(
        caption="考核得分",
        show_caption=True,
        fit=True,
        columns=(
            Column(label="项目", on_phone="title"),
            Column(label="依据", tight=True),
            Column(label="满分", align="num"),
            Column(label="得分", align="num"),
        ),
        rows=tuple(Row(cells=(name, ARTICLE, full, got)) for name, full, got in lines),
        totals=("合计", "", "70.00", "65.50"),
    )


def desks() -> tuple[DeskList, ...]:
    """Three columns of the desk."""

    def row(number: str, title: str, left: int, mark: Mark, act: str) -> RowCard:
        return RowCard(
            number=f"〔2026〕{number}",
            title=title,
            href="#",
            due=due(date(2026, 10, 15 + left), left, mark),
            lines=(("主办", "示例区甲局"),),
            act=Act(label=act, href="#", post=False),
        )

    return (
        DeskList(
            heading="逾期",
            mark=Mark.OVERDUE,
            total=4,
            more_href="#",
            rows=(
                row("17", "老旧小区供水管网改造年内完成 20 处", -2, Mark.OVERDUE, "拟催办"),
                row("8", "示例大道断头路打通", -1, Mark.OVERDUE, "拟催办"),
            ),
        ),
        DeskList(
            heading="今天到期",
            mark=Mark.DUE_SOON,
            rows=(row("23", "乡镇农贸市场升级改造方案报区政府审定", 0, Mark.DUE_SOON, "提示"),),
        ),
        DeskList(heading="本周", mark=Mark.NORMAL, rows=(), empty="本周没有其他到期事项。"),
    )


def figures() -> StatFigures:
    """The four figures of the dashboard."""
    return StatFigures(
        (
            Figure(label="在办", value="148", unit="件", note="较上月 +12", href="#"),
            Figure(label="逾期", value="4", unit="件", note="涉及 3 个单位", href="#", mark=Mark.OVERDUE),
            Figure(label="按期办结率", value="96.4", unit="%", note="66 件中 2 件逾期办结", href="#"),
            Figure(label="平均用时", value="18.5", unit="个工作日", note="办结 66 件", href="#"),
        )
    )


def route() -> StepRoute:
    """Approval in progress."""
    return StepRoute(
        (
            Step(
                label="拟办",
                state="done",
                who="甲某某",
                at=datetime(2026, 10, 14, 9, 12),
                words="建议立项，甲局主办。",
            ),
            Step(
                label="督查室主任审核",
                state="done",
                who="己某某",
                at=datetime(2026, 10, 14, 10, 30),
                words="同意。",
            ),
            Step(label="办公室主任审定", state="now", who="庚某某"),
            Step(label="区领导签发", state="next", who="区领导丁", proxy="机要员辛"),
        )
    )


def paper() -> Paper:
    """What an approver reads."""
    return Paper(
        issuer="示例区人民政府督查室",
        number="示督催〔2026〕5 号",
        title="关于老旧小区供水管网改造进展滞后的红色催办单",
        addressee="示例区甲局",
        paragraphs=(
            "你局主办的示督〔2026〕17 号事项应于 10月13日 前办结，截至目前完成 14 处，进度滞后。",
            "请于 10月19日 前书面说明原因、补救措施和完成时间。",
        ),
        signed_by="示例区人民政府督查室",
        signed_on="2026年10月14日",
    )


def article() -> ArticleBlock:
    """An article whose official text is not loaded, with a reading."""
    return ArticleBlock(
        anchor="article",
        number="第十条",
        regulation="示例区督查细则（2026 年示例）",
        rule="承办单位收到红色催办单后，须在规定期限内书面说明原因和措施。",
        figures=(("期限", "2 个工作日"), ("起算", "签收次日"), ("义务人", "主办单位")),
        readings=("条文没有写明是工作日还是自然日，按通篇用语取工作日。", "首日不计入。"),
        links=(Link("算例 3 则", "#"), Link("与另一制度对照", "#")),
    )


def notices() -> tuple[Notice, ...]:
    """One of each kind."""
    return (
        Notice(
            kind="refusal",
            title="不能延期：申请晚于原定时限",
            text="原定 10月13日 周二，申请提交于 10月15日 周四。",
            citation=ARTICLE,
            links=(Link("改为提交情况说明", "#"),),
        ),
        Notice(
            kind="warning",
            title="同类事项已有 2 件在办",
            points=("〔2026〕9 号 供水管网排查", "〔2026〕12 号 二次供水设施移交"),
        ),
        Notice(kind="success", title="已交办 3 个单位，等待签收。"),
        Notice(kind="info", title="这一页只显示您分工范围内的事项。"),
    )


def acts() -> ActRow:
    """Acts with their consequences; one barred, one with a confirming step."""
    return ActRow(
        (
            Act(
                label="同意办结",
                href="#",
                weight="primary",
                consequence="销号并归档；催办时钟停止，计入按期办结。",
            ),
            Act(
                label="退回重办",
                href="#",
                weight="grave",
                consequence="甲局须在 5 个工作日内重报；退回次数加 1。",
                confirm=Confirm(
                    consequence="退回后，甲局 10月22日 前须重新报送。",
                    points=("本件已退回 1 次，再退回将列入通报建议。",),
                    citation=ARTICLE,
                    reason=FormField(
                        name="reason", label="退回理由", kind="textarea", rows=2, required=True, prefix="act_"
                    ),
                    yes="退回甲局",
                ),
            ),
            Act(label="送区领导审阅", href="#", post=False, consequence="报告连同拟办意见转区领导丁。"),
            Act(label="延期", href="#", barred="已过原定时限，不能再申请延期（第十二条）。"),
        )
    )


def form_fields() -> tuple[Component, ...]:
    """Every kind of field."""
    return (
        FormField(
            name="title",
            label="事项",
            required=True,
            value="汛期水毁道路修复",
            help="一事一项，动宾结构，40 字以内。",
        ),
        FormField(name="due", label="办结时限", kind="date", value="2026-10-13", size="short", basis=ARTICLE),
        FormField(
            name="grade",
            label="等级",
            kind="select",
            size="short",
            choices=(Choice("1", "重点", True), Choice("2", "一般")),
        ),
        FormField(
            name="phone",
            label="联系电话",
            kind="tel",
            value="12",
            size="medium",
            errors=("电话应为 7 至 12 位数字。",),
        ),
        FormField(
            name="cycle",
            label="反馈频度",
            kind="radio",
            required=True,
            basis=DECISION,
            choices=(
                Choice("w", "每周"),
                Choice("m", "每月", True),
                Choice("q", "每季", help="季末后 15 日内"),
            ),
        ),
        FormField(
            name="words",
            label="拟办意见",
            kind="textarea",
            rows=3,
            value="建议由甲局主办，乙局、丙街道协办。",
        ),
        FileField(
            name="papers",
            label="附件",
            multiple=True,
            help="Word、PDF、Excel、图片，单个不超过 20 MB。",
            existing=(Link("会议纪要.docx", "#", "38 KB", paper=True),),
        ),
        FormField(
            name="same", label="与上期一致，无新进展", kind="checkbox", help="只用于允许例外报告的等级。"
        ),
    )


UNITS = (
    UnitGroup(
        "区直部门", (Choice("a", "示例区甲局", True), Choice("b", "示例区乙局"), Choice("d", "示例区丁局"))
    ),
    UnitGroup(
        "乡镇街道", (Choice("c", "丙街道办事处", True), Choice("e", "戊镇人民政府", help="联络员空缺"))
    ),
)


def pickers() -> tuple[UnitPicker, ...]:
    """One unit and several."""
    single = tuple(UnitGroup(g.label, tuple(Choice(u.value, u.label) for u in g.units)) for g in UNITS)
    return (
        UnitPicker(
            name="lead", label="主办单位", groups=single, required=True, help="键入名称或从名单选，二者取一。"
        ),
        UnitPicker(name="supports", label="协办单位", groups=UNITS, multiple=True),
    )


def error_summary() -> ErrorSummary:
    """Two mistakes."""
    return ErrorSummary((("联系电话应为 7 至 12 位数字", "#id_phone"), ("没有选主办单位", "#id_lead_typed")))


def empty() -> EmptyState:
    """Nothing found."""
    return EmptyState(
        title="没有符合条件的事项",
        text="逾期且由示例区甲局主办的事项现在一件也没有。",
        links=(Link("清除筛选", "#"), Link("看全部在办", "#")),
    )


def gallery_context() -> dict[str, object]:
    """Everything ``gallery.html`` shows, by name."""
    return {
        "shell": shell(),
        "page": page(),
        "chips": tuple(StateChip(mark) for mark in Mark),
        "dates": (
            due(date(2026, 10, 20), 3, Mark.NORMAL),
            due(date(2026, 10, 15), 0, Mark.DUE_SOON),
            due(date(2026, 10, 13), -2, Mark.OVERDUE),
            DateChip(
                day=date(2027, 2, 10),
                note=remaining_text(84),
                mark=Mark.NORMAL,
                why_href="#why",
                provisional=True,
                with_year=True,
                was=date(2027, 2, 5),
            ),
        ),
        "citations": (ARTICLE, DECISION, DEFAULT),
        "header": header(),
        "obligations": obligations(),
        "tabs": Tabs(
            (
                Tab(text="案卷", href="#", count=12, on=True),
                Tab(text="义务", href="#", count=4),
                Tab(text="单位", href="#", count=3),
                Tab(text="文件", href="#", count=7),
            )
        ),
        "timeline": timeline(),
        "strips": (day_strip(), calendar_days()),
        "filters": filters(),
        "totals": totals(),
        "table": table(),
        "score_table": score_table(),
        "desks": desks(),
        "figures": figures(),
        "route": route(),
        "paper": paper(),
        "article": article(),
        "notices": notices(),
        "acts": acts(),
        "fields": form_fields(),
        "pickers": pickers(),
        "error_summary": error_summary(),
        "empty": empty(),
    }
