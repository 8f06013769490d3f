"""The kinds of labour dispute and the ways to settle one, in words; what is ticked and what to keep for each kind."""

from __future__ import annotations

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
