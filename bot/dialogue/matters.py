"""Two or three matters in one message: each gets its turn, and the rider gets one reply with one question."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.context import Parse, Turn, interpret
from bot.dialogue.offers import is_bare_order

BARE_NAME = 8  # characters
_ASKS = re.compile(r"[?？]|什么|啥|吗|呢|哪|怎么|咋|是不是|介绍")
MOST = 3  # matters answered in one reply
# what follows "我想补充…" is what is to be added, whatever it looks like by itself
TELLING = frozenset({"supplement_dispute"})
# "…不行就礼拜四上午" is a second choice in the same matter
_OTHERWISE = re.compile(r"[\s，,。？?]*(?:要是|如果|实在)?(?:不行|要不|或者|不然|没有的话|满了)")


# of a question that gives way to a later one, what is told beside it stays
_QUESTION_SENTENCE = re.compile(r"[^。！!？?\n]*[？?]")
_ENDS_ASKING = re.compile(r"[？?]\W*$")
_NOTHING_TOLD = frozenset({"记下了。", "咱们接着办。"})


def is_question_topic(topic: str) -> bool:
    return "/" in topic


async def split_turns(
    whole: Turn, parse_text: Callable[[str], Awaitable[Parse]], tracker: DialogueStateTracker | None
) -> list[Turn]:
    """The turns of a message: plain questions first, then the one task that may ask back.

    A second task is not started; the first one's rule or form says it is next (`metadata.also`).
    """
    matters = whole.parse.get("matters") or []
    if whole.parse.get("topic") in TELLING:
        return [whole]
    if len(matters) < 2 or any(
        _OTHERWISE.match(str(matter["text"])) or is_bare_order(str(matter["text"])) for matter in matters[1:]
    ):
        return [whole]
    parts: list[Turn] = []
    for matter in matters[:MOST]:
        text = str(matter["text"])
        parse = await parse_text(text)
        parts.append(interpret(text, parse, dict(whole.metadata), tracker))
    parts = _without_bare_names(parts)
    questions = [p for p in parts if is_question_topic(str(p.parse.get("topic")))]
    tasks = [p for p in parts if not is_question_topic(str(p.parse.get("topic")))]
    searches = [t for t in tasks if str(t.parse.get("topic")).startswith("find_")]
    others = [t for t in tasks if t not in searches]
    if len(others) > 1:
        also = [str(t.parse.get("topic")) for t in others[1:]]
        others = [Turn(others[0].text, others[0].parse, {**others[0].metadata, "also": also})]
    return [*searches, *questions, *others]


def _without_bare_names(parts: list[Turn]) -> list[Turn]:
    """ "骑手姐姐 我想加入": the name before a task says what the task is about and asks for nothing itself."""
    has_task = any(not is_question_topic(str(part.parse.get("topic"))) for part in parts)
    kept = [
        part
        for part in parts
        if not (
            has_task
            and len(part.text) <= BARE_NAME
            and str(part.parse.get("topic")).endswith("/what_is")
            and not _ASKS.search(part.text)
        )
    ]
    return kept or parts


def merge(replies: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """One reply out of several: all answers, the last question only, the buttons of the last message."""
    messages = [m for reply in replies for m in reply]
    questions = [i for i, m in enumerate(messages) if m.get("ask")]
    merged: list[dict[str, Any]] = []
    for i, message in enumerate(messages):
        text = str(message.get("text") or "")
        if questions and i < questions[-1] and (message.get("ask") or _ENDS_ASKING.search(text)):
            told = _QUESTION_SENTENCE.sub("", text).strip()
            if told and told not in _NOTHING_TOLD:
                buttons = [] if message.get("ask") else message.get("buttons")
                merged.append({**message, "text": told, "ask": False, "buttons": buttons})
            continue
        merged.append(message)
    if len(replies) > 1 and questions:
        # the answers' own suggestions would compete with the open question
        for message in merged:
            if not message.get("ask"):
                message.pop("buttons", None)
    return merged
