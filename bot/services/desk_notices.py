"""Texts pushed to people about requests that staff arranges, and about talks with staff (outbox)."""

from __future__ import annotations

REQUEST_NAMES = {
    "legal_aid": "法律援助申请",
    "law_checkup": "用工法律体检预约",
    "mediation": "专家调解申请",
    "fitness_test": "体质监测报名",
    "first_aid_training": "急救培训报名",
    "free_clinic": "义诊报名",
    "care_package": "健康关爱服务包登记",
    "needs_survey": "需求登记",
}
"""The kinds of request, as people call them."""

REQUEST_STATUS_NAMES = {
    "received": "已登记，等工作人员联系",
    "handling": "正在办理",
    "arranged": "已安排",
    "done": "已办完",
    "declined": "这次没能安排",
    "withdrawn": "已取消",
}

HANDOFF_TAKEN = "【人工】工作人员接上了，您直接说。这期间机器人不插话。"
HANDOFF_CLOSED = "【人工】这次对话结束了，机器人接着在，有事直接说。"


def request_moved(number: str, kind: str, status: str, note: str) -> str:
    because = f"说明：{note}" if note else ""
    return f"您的{REQUEST_NAMES[kind]}（{number}）有进展：{REQUEST_STATUS_NAMES[status]}。{because}"


def staff_message(text: str) -> str:
    return f"【人工】{text}"
