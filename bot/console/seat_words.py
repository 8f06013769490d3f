"""What tickets, bookings, requests and talks are called on the pages, and how loud a state is (macro `status`)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.knowledge.desk import DISPUTE_TYPES
from bot.services.clock import SHANGHAI
from bot.services.dispute_states import TRANSITIONS
from bot.services.ticket_queue import Standing

TICKET_TYPES = {**DISPUTE_TYPES, "other": "其他"}
TICKET_ROUTES = {
    "inspection": "劳动监察",
    "arbitration": "劳动仲裁",
    "legal_aid": "法律援助",
    "mediation": "调解",
}
TICKET_STATES = {
    "received": "已登记",
    "assigned": "已分派",
    "in_progress": "办理中",
    "waiting": "等本人补材料",
    "resolved": "有结果",
    "closed": "已办结",
    "withdrawn": "已撤回",
}
TICKET_TONES = {
    "received": "warn",
    "assigned": "calm",
    "in_progress": "calm",
    "waiting": "warn",
    "resolved": "good",
    "closed": "good",
    "withdrawn": "calm",
}
MOVES = {
    "in_progress": "开始办理",
    "waiting": "请本人补材料",
    "resolved": "有结果了",
    "closed": "办结",
}
"""Steps that a seat takes; giving a ticket to somebody is a form of its own, a withdrawal is the worker's."""

EVENTS = {
    "opened": "登记",
    "supplemented": "本人补充",
    "changed": "本人改了内容",
    "withdrawn": "本人撤回",
    "assigned": "分派",
    "moved": "转状态",
    "replied": "回复本人",
    "noted": "内部备注",
    "window": "转窗口",
    "escalated": "超期，升级给主管",
}
SESSIONS = {"booked": "已约", "held": "已开", "missed": "没来", "cancelled": "已取消"}
MARKS = {"contact": "联系本人", "finish": "办结"}
CLASSES = {
    "labour_relation": "劳动关系",
    "managed": "不完全符合劳动关系（受管理）",
    "self_employed": "自己接单",
    "unclear": "还不清楚",
}
REACH = {
    "wx": "微信推送",
    "rest": "本人下次发消息时看到",
    "chat": "本人下次发消息时看到",
    "hotline": "电话登记的，系统推送不到：请打电话告知",
}
DELIVERY = {
    "waiting": ("等发送", "calm"),
    "sending": ("正在发送", "calm"),
    "sent": ("已送达", "good"),
    "failed": ("没发出去，会再试", "warn"),
    "kept": ("本人下次发消息时看到", "warn"),
    "dead": ("没有送达，请打电话告知", "bad"),
    "withdrawn": ("已收回", "calm"),
}
"""What became of a message in the outbox: the words and the tone."""


def delivery(state: str, channel: str) -> tuple[str, str]:
    """What became of a message to a person of that channel ("" for one whose data were erased)."""
    if state in ("waiting", "failed") and channel == "hotline":
        return "推送不到，请打电话告知", "warn"
    if state in ("waiting", "failed") and channel in ("rest", "chat"):
        return DELIVERY["kept"]
    return DELIVERY[state]


def told(channel: str) -> str:
    """Said after a change that is told to a person of that channel."""
    return {"hotline": "；系统推送不到本人，请打电话告知", "": "；本人信息已删除，没有告知"}.get(
        channel, "；已排队告知本人"
    )


def moves_from(state: str) -> list[tuple[str, str]]:
    """(state, words) of the steps that lead on from a state."""
    return [(to, words) for to, words in MOVES.items() if to in TRANSITIONS[state]]


def clock_words(stands: Standing | None) -> tuple[str, str]:
    """A ticket's clock in words, and its tone."""
    if stands is None:
        return "", "calm"
    if stands.paused:
        return "等本人，计时暂停", "calm"
    what = MARKS[stands.mark]
    if stands.days < 0:
        return f"{what}超期 {-stands.days} 个工作日", "bad"
    if stands.days == 0:
        return f"今天之内{what}", "warn"
    return f"{stands.days} 个工作日内{what}", "good" if stands.days > 1 else "warn"


def short_day(day: date) -> str:
    """12月2日"""
    return f"{day.month}月{day.day}日"


REASONS = {"asked": "本人要求转人工", "crisis": "有危险，先接", "misunderstood": "机器人几次没听懂"}
DECISIONS = {"sure": "确定", "ambiguous": "几个都像，请本人选", "unsure": "拿不准"}


def minutes(length: timedelta) -> str:
    """刚刚, 5 分钟, 2 小时 10 分钟, 1 天 3 小时"""
    whole = max(0, int(length.total_seconds() // 60))
    days, rest = divmod(whole, 24 * 60)
    if days:
        return f"{days} 天 {rest // 60} 小时"
    if whole >= 60:
        return f"{whole // 60} 小时 {whole % 60} 分钟"
    return f"{whole} 分钟" if whole else "刚刚"


def at_clock(at: datetime | None) -> str:
    """10:05"""
    return f"{at.astimezone(SHANGHAI):%H:%M}" if at else ""
