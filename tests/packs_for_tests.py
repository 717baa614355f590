"""A small regulation of our own for tests of the server: every mechanism once, numbers easy to count by hand.

Dispatch within 1 working day of listing binds the office; receipt within 1 working day, completion within 10
working days and a monthly report bind the lead. Blue and then yellow urging. Listing is approved by the head.
"""

from functools import lru_cache

from duban.core.pack import RegulationPack
from duban.core.pack_reading import read_pack

PACK_ID = "small"

FILES = {
    "articles.toml": """
[[article]]
id = "1"
label = "第一条"
gist = "一切规则都在这一条。"
""",
    "pack.toml": """
[regulation]
title = "测试办法"
issuer = "测试机关"

[time]
rolls = false
cite = {default = "自然日期限不顺延"}

[light]
near_working_days = 2
cite = {default = "提前两个工作日"}

[[role]]
id = "officer"
title = "督查员"
kind = "officer"
cite = "1"
[[role]]
id = "head"
title = "督查室主任"
kind = "office_head"
cite = "1"
[[role]]
id = "leader"
title = "分管领导"
kind = "leader"
cite = "1"
[[role]]
id = "liaison"
title = "联络员"
kind = "unit_staff"
cite = "1"
[[role]]
id = "chief"
title = "单位负责人"
kind = "unit_head"
cite = "1"
[[role]]
id = "discipline"
title = "纪检机关"
kind = "linked_body"
cite = "1"

[[category]]
id = "key"
title = "重点工作"
cite = "1"
[[source]]
id = "instruction"
title = "领导批示"
cite = "1"
[[mode]]
id = "assign"
title = "转办"
max_leads = 2
cite = "1"
[[channel]]
id = "paper"
title = "书面"
cite = "1"
[[document]]
id = "notice"
title = "督查通知"
series = "dispatch"
cite = "1"
[[series]]
id = "register"
title = "立项编号"
use = "register"
format = "督〔{year}〕{n}号"
cite = "1"
[[series]]
id = "secret"
title = "限知立项编号"
use = "register"
format = "督限〔{year}〕{n}号"
restricted = true
cite = "1"
[[series]]
id = "dispatch"
title = "督查通知编号"
use = "dispatch"
format = "督通〔{year}〕{n}号"
cite = "1"

[[parameter]]
id = "receipt_days"
title = "签收"
unit = "工作日"
value = 1
cite = {decision = "签收时限"}

[explanation]
cite = "1"
[review]
cite = "1"
[[review.reasons]]
id = "thin"
title = "内容不实"
cite = "1"
""",
    "rules.toml": """
[[obligation]]
id = "decompose"
duty = "register"
name = "登记分解"
bearer = "office"
on = ["directive_registered"]
term = {working_days = 1}
discharged_by = ["directive_decomposed"]
cite = "1"
[[obligation]]
id = "receipt"
duty = "acknowledge"
name = "签收"
bearer = "each"
on = ["dispatched"]
term = {working_days = "param:receipt_days"}
discharged_by = ["acknowledged"]
cite = "1"
[[obligation]]
id = "completion"
duty = "complete"
name = "办结"
bearer = "lead"
on = ["dispatched"]
term = {working_days = 10}
discharged_by = ["completion_reported"]
cite = "1"

[[route]]
id = "listing"
act = "listing"
steps = [{roles = ["head"], title = "审批"}]
cite = "1"
[[route]]
id = "reading"
act = "reading"
steps = [{roles = ["leader"], title = "审阅"}]
cite = "1"

[[urging]]
id = "blue"
title = "蓝色催办单"
colour = "blue"
when = "'completion' in lapsed"
signatory = ["head"]
cite = "1"
[[urging]]
id = "yellow"
title = "黄色催办单"
colour = "yellow"
after = "blue"
when = "'completion' in lapsed"
signatory = ["leader"]
cite = "1"

[[finding]]
id = "shirking"
title = "推诿"
roles = ["head"]
cite = "1"
""",
}


@lru_cache
def small_pack() -> RegulationPack:
    """The regulation above, read and checked like any other."""
    return read_pack(PACK_ID, FILES)
