"""A complaint about a place of the programme ("投诉你们三院 态度太差"): no labour dispute, whatever form was begun."""

from __future__ import annotations

import re
from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.registry import slots_of
from bot.dialogue.turn import Parse, Turn, is_weak, with_topic
from bot.language import normalise

_PLACE = (
    r"三院|医院|医生|护士|建行|银行|柜员|大堂经理|驿站|图书馆|妇联|微家|学堂|开放大学|饮品机|充电柜"
    r"|你们(?:这个)?(?:客服|人工|机器人|$|[，,\s]|的?(?:态度|服务))"
)
_GRIEVANCE = re.compile(
    rf"(?:投诉|举报|反映|曝光)(?:一下|下)?(?:你们|那个|这个|这家)?(?:{_PLACE})"
    rf"|(?:{_PLACE}).{{0,8}}(?:态度|服务)(?:也|真|太|很|特别|实在|就)*(?:差|不好|不行|恶劣|烂|凶|冷)"
)
_OF_WORK = re.compile(r"工资|薪|欠|押金|扣|罚|辞|开除|合同|社保|封号|老板|站长|工伤|拖|公司|平台|不给钱|没给钱")
_OPENED = frozenset({"dispute_summary"})


def grievance(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker | None) -> Turn | None:
    """The turn of a complaint about a place; inside a dispute only while nothing of it has been told yet."""
    folded = normalise(text).text
    if text.startswith("/") or not _GRIEVANCE.search(folded) or _OF_WORK.search(folded):
        return None
    form = tracker.active_loop_name if tracker is not None else None
    if form is None:
        topic = str(parse.get("topic"))
        if not (is_weak(parse) or topic == "open_dispute" or topic.startswith(("dispute/", "hospital/"))):
            return None
        return Turn(text, with_topic(parse, "leave_suggestion"), metadata)
    if form != "dispute_form" or tracker is None:
        return None
    told = [name for name in slots_of("dispute_form") if tracker.get_slot(name) is not None]
    if set(told) - _OPENED:
        return None
    return Turn(text, with_topic(parse, "leave_suggestion"), {**metadata, "switch": True})
