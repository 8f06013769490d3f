"""The kinds of labour dispute and the ways to settle one, in words; what is ticked and what to keep for each kind."""

from __future__ import annotations

import re

TYPES = {
    "wages": "拖欠工资",
    "deposit": "押金不退",
    "deduction": "扣款罚款",
    "injury": "受伤工伤",
    "contract": "没签合同",
    "dismissal": "辞退",
    "social_insurance": "社保",
    "account_ban": "封号限单",
    "other": "其他",
}
MONEY_TYPES = frozenset({"wages", "deposit", "deduction"})
ROUTE_NAMES = {
    "inspection": "劳动监察",
    "arbitration": "劳动仲裁",
    "legal_aid": "法律援助",
    "mediation": "调解",
}
DEFAULT_ROUTES = {
    "wages": ("inspection", "arbitration"),
    "deposit": ("inspection", "arbitration"),
    "deduction": ("inspection", "arbitration"),
    "contract": ("inspection", "arbitration"),
    "social_insurance": ("inspection",),
    "dismissal": ("arbitration",),
    "injury": ("arbitration",),
}
"""What is ticked at the joint intake unless the rider says otherwise: 劳动保障监察条例 Art 11 lists pay and
contracts and social insurance, 劳动争议调解仲裁法 Art 2 what is arbitrated. The window has the last word."""


def evidence(kind: str) -> str:
    return {
        "wages": "工资流水、排班或接单记录、聊天记录",
        "deposit": "押金收据或转账记录、入职时的约定",
        "deduction": "扣款截图、规则说明、申诉记录",
        "injury": "事故照片、病历和票据、当时的订单",
        "account_ban": "封号通知截图、申诉记录",
    }.get(kind, "合同或协议、转账和聊天记录")


_CREDENTIAL = re.compile(
    r"(?:扣|押|收|拿)[^,，。;；]{0,6}(?:身份证|证件|驾照|驾驶证|毕业证|健康证)|(?:身份证|证件|驾照|驾驶证|毕业证|健康证)[^,，。;；]{0,8}(?:不还|不给|扣|押|收)"
)


def keeps_credentials(told: str) -> bool:
    """Whether the firm keeps somebody's identity card or licence, which is no deposit of money."""
    return bool(_CREDENTIAL.search(told))


_CARDS = re.compile(r"身份证|驾驶证|驾照|毕业证|健康证|证件")


def name_of_kind(kind: str, told: str) -> str:
    """The kind in words; what is kept where it is no money: "扣证件（身份证）"."""
    if kind == "other" and keeps_credentials(told) and (cards := _CARDS.findall(told)):
        return f"扣证件（{'、'.join(dict.fromkeys(cards))}）"
    return TYPES.get(kind, "劳动纠纷")


def law_of(kind: str, told: str) -> str:
    """What the law says of it in a line, said when the matter is taken down; "" where nothing short helps."""
    if keeps_credentials(told):
        return "身份证这些证件不许扣（劳动合同法第9条），扣了的要还给本人，单位还要挨罚（第84条）。\n"
    if kind == "injury":
        return (
            "接平台单时伤的，先在平台 App 里点“一键报案”（职业伤害保障，不用您交钱，众包也能报）；"
            "签劳动合同的，单位 30 天内报工伤，单位不报您自己 1 年内能申请（工伤保险条例第17条）。病历、票据、照片留好。\n"
        )
    if kind == "dismissal":
        return "算劳动关系的：没道理就开，赔经济补偿的两倍（2N，劳动合同法第87条）；众包的看协议。\n"
    return ""
