"""What registered things are called on the pages: kinds, states, types."""

from __future__ import annotations

from bot.actions.bank import TOPIC_NAMES as CALLBACK_NAMES
from bot.actions.dispute_kinds import TYPES
from bot.actions.subsidy_wording import LEVEL_NAMES
from bot.actions.suggestion import KINDS as SUGGESTION_NAMES
from bot.actions.women import BAND_NAMES
from bot.console.seat_words import TICKET_STATES
from bot.services.callers import Matter
from bot.services.notices import CHANNEL_NAMES, EDUCATION_NAMES

KIND_NAMES = {
    "ticket": "劳动纠纷",
    "booking": "医院预约",
    "waiting": "医院排队",
    "enrolment": "学堂登记",
    "alliance": "骑手姐姐联盟",
    "screening": "两癌筛查",
    "callback": "银行回电",
    "education": "安全学习",
    "plating": "批量上牌",
    "suggestion": "建议信箱",
}
STATE_NAMES = {
    "ticket": TICKET_STATES,
    "booking": {"booked": "已约", "attended": "已就诊", "no_show": "未到", "cancelled": "已取消"},
    "waiting": {
        "waiting": "排队中",
        "offered": "有空位，等他答复",
        "taken": "排到了",
        "expired": "过时没答复",
        "left": "不排了",
    },
    "enrolment": {
        "new": "等学堂联系",
        "contacted": "联系过",
        "enrolled": "已转报名",
        "declined": "没报上",
        "withdrawn": "已撤回",
    },
    "alliance": {"new": "等妇联联系", "contacted": "联系过", "member": "已加入", "left": "已退出"},
    "screening": {
        "new": "等妇联通知",
        "contacted": "联系过",
        "scheduled": "已安排",
        "done": "已办完",
        "cancelled": "已取消",
    },
    "callback": {
        "received": "等银行打",
        "called": "银行打过",
        "unreachable": "没打通",
        "closed": "已办结",
        "cancelled": "已取消",
    },
    "education": {"booked": "已约", "attended": "已到", "no_show": "未到", "cancelled": "已取消"},
    "plating": {"booked": "已约", "done": "已办完", "cancelled": "已取消"},
    "suggestion": {
        "received": "已收到",
        "handling": "处理中",
        "answered": "有答复",
        "closed": "已办结",
        "cancelled": "已撤回",
    },
}
CHANNELS_OF_PEOPLE = {"hotline": "电话登记", "wx": "微信用户", "rest": "网页用户", "chat": "终端用户"}
_ABOUT = {
    "ticket": TYPES,
    "booking": CHANNEL_NAMES,
    "waiting": CHANNEL_NAMES,
    "enrolment": LEVEL_NAMES,
    "screening": BAND_NAMES,
    "callback": CALLBACK_NAMES,
    "education": EDUCATION_NAMES,
    "suggestion": SUGGESTION_NAMES,
}


def about(matter: Matter) -> str:
    """拖欠工资, 健康证, 本科 …: which one of its kind."""
    return _ABOUT.get(matter.kind, {}).get(matter.about, matter.about)


def state(matter: Matter) -> str:
    return STATE_NAMES.get(matter.kind, {}).get(matter.state, matter.state)


def kind(matter: Matter) -> str:
    return KIND_NAMES.get(matter.kind, matter.kind)
