"""Texts that are pushed to a worker when a ticket changes (outbox)."""

from __future__ import annotations

from datetime import datetime

from bot.services.notices import when_zh

BUTTONS = [("查进度", "/dispute_status"), ("补充材料", "/supplement_dispute")]


def moved(number: str, to: str, reason: str, window: str) -> str:
    said = f"\n说明：{reason}" if reason else ""
    return {
        "assigned": f"您的工单 {number} 已由{window}安排人员办理。",
        "in_progress": f"您的工单 {number} 正在办理。{said}",
        "waiting": f"您的工单 {number} 要您补充：{reason}\n直接把文字或照片发给我，我补进工单。",
        "resolved": f"您的工单 {number} 有了结果：{reason}\n不满意可以再补充情况，或者转人工。",
        "closed": f"您的工单 {number} 已办结。{said}\n不服的话，问窗口怎么申请仲裁，法律援助打 12348。",
    }[to]


def answered(number: str, text: str) -> str:
    return f"窗口就您的工单 {number} 回复：\n{text}"


def mediation_reminder(number: str, starts_at: datetime, online: bool) -> str:
    how = "线上进行，链接会发到这里" if online else "现场进行，地点以窗口通知为准"
    return f"提醒：明天{when_zh(starts_at)}有您的专家调解（{number}），{how}。去不了请提前取消。"


def mediation_link(number: str, link: str) -> str:
    return f"您的专家调解（{number}）线上会议：{link}\n到时间点开就行，身份证和证据放在手边。"
