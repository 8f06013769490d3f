"""Texts that are pushed to people later (outbox): reminders, offers, changes of state.

They are written where the event happens, in its transaction, so they cannot be worded by an action.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.services.clock import SHANGHAI

_WEEKDAYS = "一二三四五六日"

CHANNEL_NAMES = {"outpatient": "门诊", "health_cert": "健康证", "hp_test": "幽门螺杆菌免费检查"}
"""What people call a hospital channel."""

EDUCATION_NAMES = {
    "video": "观看宣传视频",
    "law_study": "学习交通法规",
    "duty_help": "现场协助执勤",
    "pledge": "签订守法承诺",
}
"""The four forms of education of the seed article, initiative 04."""


def when_zh(moment: datetime) -> str:
    """12月2日（周三）09:00, in Asia/Shanghai."""
    local = moment.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日（周{_WEEKDAYS[local.weekday()]}）{local:%H:%M}"


def reminder_due(starts_at: datetime) -> datetime:
    """17:00 on the day before."""
    local = starts_at.astimezone(SHANGHAI)
    return local.replace(hour=17, minute=0, second=0, microsecond=0) - timedelta(days=1)


def visit_reminder(channel: str, hospital: str, starts_at: datetime, number: str) -> str:
    prepare = {
        "hp_test": "检查前一般要空腹，在吃药的先问医生，以三院通知为准。",
        "health_cert": "带好身份证；要不要空腹以三院通知为准。",
    }.get(channel, "带好身份证和医保凭证。")
    return (
        f"提醒：您约的{CHANNEL_NAMES[channel]}是明天，{when_zh(starts_at)}，{hospital}，预约号 {number}。\n"
        f"{prepare}去不了请提前取消或改期，把号让给别人。"
    )


def place_offered(channel: str, hospital: str, starts_at: datetime, until: datetime) -> str:
    return (
        f"您排队的{CHANNEL_NAMES[channel]}有空位了：{when_zh(starts_at)}，{hospital}。\n"
        f"给您留到 {until.astimezone(SHANGHAI):%H:%M}（10分钟），要的话点下面或回“要这个号”，过时让给下一位。"
    )


def offer_expired(channel: str) -> str:
    return f"给您留的{CHANNEL_NAMES[channel]}空位过了时间，已让给下一位。还想约可以再跟我说。"


def visit_closed(channel: str, hospital: str, starts_at: datetime, reason: str) -> str:
    because = f"（{reason}）" if reason else ""
    return (
        f"抱歉，您{when_zh(starts_at)}在{hospital}的{CHANNEL_NAMES[channel]}预约当天停诊{because}，已为您取消。"
        "要不要改约别的时间？"
    )


def visit_moved(channel: str, hospital: str, starts_at: datetime, number: str) -> str:
    return (
        f"您约的{CHANNEL_NAMES[channel]}改到了{when_zh(starts_at)}，{hospital}，预约号 {number} 不变。"
        "这个时间不行的话，可以再改或取消。"
    )


def visit_cancelled(channel: str, starts_at: datetime, number: str, reason: str) -> str:
    because = f"说明：{reason}" if reason else ""
    return f"您{when_zh(starts_at)}的{CHANNEL_NAMES[channel]}预约（{number}）已取消。{because}"


def education_reminder(form: str, site: str, starts_at: datetime, number: str) -> str:
    return (
        f"提醒：明天{when_zh(starts_at)}的安全学习（{EDUCATION_NAMES[form]}），在{site}，预约号 {number}。\n"
        "请带身份证。去不了请提前取消，换个时间。"
    )


def education_assigned(form: str, site: str, starts_at: datetime, number: str) -> str:
    return (
        f"给您排了安全学习（{EDUCATION_NAMES[form]}）：{when_zh(starts_at)}，在{site}，预约号 {number}。\n"
        "请带身份证。去不了请提前取消，换个时间。"
    )


def enrolment_changed(number: str, status: str) -> str:
    words = {
        "contacted": "工作人员已经联系过您",
        "enrolled": "已转入昆小哥学堂报名",
        "declined": "这次没能报上，原因请问昆山开放大学",
    }
    return f"您的学堂登记（{number}）有进展：{words[status]}。有疑问可打 12345 转市教育局。"


def claim_changed(number: str, status: str, note: str) -> str:
    words = {
        "submitted": "材料已收到",
        "returned": "材料被退回，要补充",
        "approved": "审核通过",
        "paid": "已发放，请查收",
    }
    return f"您的助学金申领（{number}）：{words[status]}。" + (f"说明：{note}" if note else "")


def signup_changed(number: str, what: str, note: str) -> str:
    return f"您的{what}登记（{number}）有进展：{note}"
