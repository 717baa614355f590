"""The invented work of the demonstration: tasks, reports and reasons, in the manner of a government office."""

import random
from dataclasses import dataclass

PLACES = (
    "示例路",
    "示例河",
    "东片区",
    "西片区",
    "北园片区",
    "南桥片区",
    "示例一村",
    "示例二村",
    "中心城区",
    "老火车站周边",
    "高铁新区",
    "滨河新城",
)


@dataclass(frozen=True)
class Task:
    title: str
    content: str
    target: str
    units: tuple[str, ...]
    """Keys of the units it is naturally for, the lead first."""


_TASKS = (
    (
        "{p}道路改造",
        "完成{p}路面翻修、人行道铺装和路灯更换，同步改造沿线雨污管网。",
        "改造道路3.2公里",
        "jiaotong zhujian",
    ),
    (
        "{p}供水管网更新",
        "更换{p}老化供水管道，消除低水压和水质发黄问题。",
        "更换管道12公里",
        "shuiwu caizheng",
    ),
    (
        "清理拖欠{p}企业账款",
        "摸清{p}拖欠中小企业账款底数，列出还款计划，分批清偿。",
        "清偿率达到90%",
        "caizheng fagai",
    ),
    (
        "{p}老旧小区加装电梯",
        "推进{p}老旧小区加装电梯，协调楼栋意见，落实补助资金。",
        "加装电梯26部",
        "zhujian minzheng",
    ),
    ("{p}公办幼儿园新建", "在{p}新建公办幼儿园，秋季学期投入使用。", "新增学位360个", "jiaoyu fagai"),
    (
        "{p}内涝点整治",
        "整治{p}易涝点，疏通管涵，更换泵站设备，落实值守责任。",
        "整治易涝点9处",
        "shuiwu zhujian",
    ),
    ("{p}社区食堂建设", "在{p}建成社区食堂，为老年人提供助餐服务。", "建成社区食堂4家", "minzheng caizheng"),
    ("{p}断头路打通", "打通{p}断头路，完成征收扫尾和交通标志标线施划。", "打通断头路2条", "jiaotong zhujian"),
    ("{p}黑臭水体治理", "排查{p}入河排口，实施截污纳管，水质稳定达标。", "整改排口17个", "huanbao shuiwu"),
    (
        "{p}就业服务驿站建设",
        "在{p}建设零工市场和就业服务驿站，组织招聘活动。",
        "帮助就业1500人",
        "renshe minzheng",
    ),
    ("{p}高标准农田建设", "完成{p}高标准农田建设，修复灌渠和机耕道。", "建成农田8000亩", "nongye caizheng"),
    ("{p}卫生院改扩建", "改扩建{p}卫生院，补齐发热门诊和康复床位。", "新增床位40张", "weijian fagai"),
    ("{p}停车难整治", "利用{p}边角地建设公共停车场，规范路内泊位。", "新增泊位600个", "chengguan jiaotong"),
    ("{p}垃圾分类提升", "更新{p}分类投放点，规范清运，开展入户宣传。", "覆盖小区55个", "chengguan huanbao"),
    (
        "{p}施工扬尘治理",
        "督促{p}工地落实围挡、喷淋和车辆冲洗，扬尘在线监测联网。",
        "联网率100%",
        "huanbao zhujian",
    ),
    ("{p}农贸市场改造", "改造{p}农贸市场，完善排水、检测和消防设施。", "改造市场3家", "fagai chengguan"),
    ("{p}重点项目开工", "协调{p}重点项目用地、用能和手续办理，按期开工。", "完成投资6亿元", "fagai caizheng"),
    (
        "{p}政务服务事项就近办",
        "把高频事项下放到{p}便民服务中心，实现就近可办。",
        "下放事项80项",
        "renshe minzheng",
    ),
    (
        "{p}校园周边环境整治",
        "整治{p}校园周边占道经营和交通拥堵，增设护学岗。",
        "整治学校14所",
        "jiaoyu chengguan",
    ),
    ("{p}危房排查整治", "排查{p}农村危房，逐户建档，分类改造或者搬迁。", "改造危房130户", "zhujian nongye"),
    ("{p}医疗费用一站式结算", "推进{p}定点医院一站式结算，减少群众垫付。", "覆盖医院11家", "weijian renshe"),
    ("{p}防汛物资补充", "补充{p}防汛物资，修订预案，开展演练。", "储备物资24类", "shuiwu minzheng"),
    ("{p}公交线路优化", "优化{p}公交线路和班次，解决早晚高峰乘车难。", "调整线路7条", "jiaotong chengguan"),
    ("{p}残疾人康复中心建设", "建设{p}残疾人康复中心，配齐设备和人员。", "服务600人次", "minzheng weijian"),
    ("{p}秸秆综合利用", "推广{p}秸秆还田和收储，落实禁烧责任。", "利用率95%", "nongye huanbao"),
    ("{p}职业培训券发放", "在{p}发放职业培训券，组织制造业急需工种培训。", "培训2400人", "renshe jiaoyu"),
)

PROGRESS = (
    "已完成前期踏勘和方案论证，正在办理手续。",
    "已召开协调会，明确分工和时间表，施工队伍进场。",
    "主体工程完成过半，资金拨付到位，质量抽查合格。",
    "已完成总量的三分之二，剩余部分正在抓紧推进。",
    "收尾阶段，正在逐项对照要求查漏补缺。",
)
PROBLEMS = ("个别点位协调难度较大。", "受连续降雨影响，进度略有滞后。", "部分手续仍在上级部门审核。", "")
RESULTS = (
    "任务已全部完成，经自查达到要求，群众反映良好。",
    "已按期完成，验收合格，相关资料已归档。",
    "各项指标均已达到，长效管理办法同步印发。",
)
REASONS = (
    "用地手续审批时间较长，影响开工。",
    "招标流标一次，重新组织招标延后约两周。",
    "地下管线与图纸不符，需要变更设计。",
    "汛期连续降雨，现场不具备施工条件。",
)
OBJECTIONS = (
    "该项工作涉及的审批职责不在本单位，建议调整主办单位。",
    "所列期限未考虑招标法定时间，建议适当顺延。",
    "任务内容与另一事项重复，建议合并。",
)


@dataclass
class Texts:
    """Draws texts by chance, tasks without repeating one until all are used."""

    rng: random.Random

    def __post_init__(self) -> None:
        self._deck: list[tuple[tuple[str, str, str, str], str]] = []

    def task(self) -> Task:
        if not self._deck:
            self._deck = [(task, place) for task in _TASKS for place in PLACES]
            self.rng.shuffle(self._deck)
        (title, content, target, units), place = self._deck.pop()
        return Task(title.format(p=place), content.format(p=place), target, tuple(units.split()))
