"""What people hand in besides disputes and visits, in words (`bot.services.submitted`)."""

from __future__ import annotations

from typing import Any

from bot.actions.bank import TOPIC_NAMES as CALLBACK_NAMES
from bot.actions.subsidy_wording import LEVEL_NAMES
from bot.actions.women import BAND_NAMES, NEED_NAMES
from bot.console.wording import STATE_NAMES
from bot.services.desk_notices import REQUEST_NAMES, REQUEST_STATUS_NAMES

SOURCES = {
    "request": "申请、报名",
    "suggestion": "建议、投诉",
    "callback": "银行回电",
    "machine": "饮品机报修",
    "carrier": "违规载货举报",
    "enrolment": "学堂登记",
    "claim": "助学金申领",
    "alliance": "骑手姐姐联盟",
    "screening": "两癌筛查",
    "plating": "批量上牌",
}
ABOUT: dict[str, dict[str, str]] = {
    "request": REQUEST_NAMES,
    "suggestion": {"suggestion": "建议", "praise": "表扬", "complaint": "投诉", "repair": "报修"},
    "callback": CALLBACK_NAMES,
    "machine": {"empty": "没货", "broken": "坏了", "dirty": "不干净", "other": "其他"},
    "carrier": {"tricycle": "电动三轮载货", "handcart": "人力三轮载货", "passenger": "客车载货", "other": "其他"},
    "enrolment": LEVEL_NAMES,
    "claim": LEVEL_NAMES,
    "screening": BAND_NAMES,
}
_REPORT = {
    "received": "等处理",
    "handling": "正在处理",
    "answered": "已答复",
    "closed": "已办结",
    "cancelled": "已撤回",
}
STATES: dict[str, dict[str, str]] = {
    "request": REQUEST_STATUS_NAMES,
    "suggestion": _REPORT,
    "machine": _REPORT,
    "carrier": _REPORT,
    "callback": STATE_NAMES["callback"],
    "enrolment": STATE_NAMES["enrolment"],
    "claim": {
        "preparing": "本人在备材料",
        "submitted": "材料已收到",
        "returned": "退回补充",
        "approved": "审核通过",
        "paid": "已发放",
    },
    "alliance": STATE_NAMES["alliance"],
    "screening": STATE_NAMES["screening"],
    "plating": STATE_NAMES["plating"],
}
FACTS = {
    "details": "补充",
    "station_code": "驿站",
    "place": "地点",
    "wish": "希望什么时候",
    "machine_code": "机器",
    "seen_at": "什么时候看到",
    "major": "专业",
    "schooling": "学历",
    "documents": "已备材料",
    "district": "区镇",
    "needs": "需要",
    "for_whom": "给谁",
    "company": "单位",
    "vehicles": "车辆数",
}
VALUES = {
    "self": "本人",
    "relative": "家人",
    **NEED_NAMES,
    "diploma": "毕业证",
    "tuition_receipt": "学费票据",
    "id_card": "身份证",
    "bank_card": "银行卡",
    "work_proof": "从业证明",
    "union_proof": "工会会员证明",
}


def about(source: str, value: str) -> str:
    return ABOUT.get(source, {}).get(value, value)


def state(source: str, value: str) -> str:
    return STATES.get(source, {}).get(value, value)


def shown(value: Any) -> str:
    """A fact as people read it."""
    if isinstance(value, dict):
        return "；".join(f"{name}：{shown(one)}" for name, one in value.items())
    if isinstance(value, list):
        return "、".join(shown(one) for one in value)
    return VALUES.get(value, value) if isinstance(value, str) else str(value)
