"""Several matters in one message: each gets its turn, and the rider gets one reply with one question."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.dispute_story import UNPAID
from bot.actions.hospital import ASKED_ABOUT
from bot.actions.registry import FORMS, STARTERS, form_started_by
from bot.dialogue.context import interpret
from bot.dialogue.follow_ups import way_beside
from bot.dialogue.offers import is_bare_order
from bot.dialogue.turn import Parse, Turn, with_topic

# what shows that something else follows a suggestion, whose own words may look like any question
_SEPARATE = re.compile(r"还有|另外|顺便|对了|再(?:帮|给|替)|(?:帮|给)我(?:约|查|找|报)")
SURE_PIECE = 0.5  # how sure the topic of a part must be that stands between two links
BARE_NAME = 8  # characters
_ASKS = re.compile(r"[?？]|什么|啥|吗|呢|哪|怎么|咋|是不是|介绍")
_BEGUN = {"school/how_to_enroll": "enroll_school", **dict.fromkeys(ASKED_ABOUT, "book_hospital")}
AT_ONCE = frozenset({"dispute_status", "booking_status"})  # tasks that only look
MOST = 5  # matters kept of one message
# what follows "我想补充…" is what is to be added, whatever it looks like by itself
TELLING = frozenset({"supplement_dispute", "leave_suggestion"})
# "…不行就礼拜四上午" is a second choice in the same matter
_OTHERWISE = re.compile(r"[\s，,。？?]*(?:要是|如果|实在)?(?:不行|要不|或者|不然|没有的话|满了)")


# of a question that gives way to a later one, what is told beside it stays
_QUESTION_SENTENCE = re.compile(r"[^。！!？?\n]*[？?]")
_ENDS_ASKING = re.compile(r"[？?]\W*$")
_NOTHING_TOLD = frozenset({"记下了。", "咱们接着办。"})


# "…，再帮我约个健康证"
_AND_THEN = re.compile(r"[，,。；;\s]+(?:再|另外|顺便|还要?|然后|完了)(?=(?:帮|给|替)我)")


_AS_WELL = re.compile(r"[\s，,。；;]+(?=(?:还有|另外|顺便|再就是|对了)[\s，,]*\S{2})")
_CLAUSES = re.compile(r"[\s，,。；;！!]+")
_OF_THE_CLAIM = re.compile(r"一起(?:报|登|告|来)|报吗|登记|投诉|告(?:他|公司|老板|谁|不)|举报|维权|仲裁|监察")
PAY_LENGTH = 60  # characters of a message in which pay and another matter may stand side by side
SURE_BESIDE = 0.85  # how sure the other matter must be where the whole is understood as a dispute
_I_AM_AT = re.compile(r"(?:我|俺|人)(?:现在|这会儿?|目前|人)?在[^\s，,。！!？?]{2,8}")
_SEEKS = re.compile(r"哪(?:里|儿)?(?:有|能|可以)|有没有(?:地方|个地方)|(?:附近|找个).{0,6}(?:地方|歇|睡|充电|喝)")
_LINK = re.compile(r"^[\s，,。]*(?:还有|另外|然后|对了|顺便)[\s，,]*")


def is_question_topic(topic: str) -> bool:
    return "/" in topic


async def split_turns(
    whole: Turn, parse_text: Callable[[str], Awaitable[Parse]], tracker: DialogueStateTracker | None
) -> list[Turn]:
    """The turns of a message: plain questions first, then the one task that may ask back.

    Further forms are not started; the first one says that they come next and lays them aside (`metadata.also`).
    """
    if whole.parse.get("topic") in ("emergency", "crisis"):
        return [whole]
    texts = [str(matter["text"]) for matter in whole.parse.get("matters") or []]
    if whole.parse.get("topic") in TELLING and not (
        whole.parse.get("topic") == "leave_suggestion" and _SEPARATE.search(whole.text)
    ):
        return [whole]
    if len(texts) > 1 or len(_AS_WELL.findall(whole.text)) > 1:
        texts = await _taken_apart(texts or [whole.text], parse_text)
    if tracker is None or not tracker.active_loop_name:
        texts = await _with_pay_apart(texts or [whole.text], parse_text)
    if len(texts) > 1:
        texts = await _with_search_apart(texts, parse_text)
    if len(texts) < 2:
        texts = [part for part in _AND_THEN.split(whole.text) if part.strip()]
    if len(texts) < 2 or any(_OTHERWISE.match(text) or is_bare_order(text) for text in texts[1:]):
        return [whole, *way_beside(whole, tracker)]
    texts = [texts[0], *(_LINK.sub("", text) or text for text in texts[1:])]
    matters = await _with_their_values(texts[:MOST], parse_text)
    if len(matters) < 2 or any(parse.get("topic") in ("affirm", "deny", "nlu_fallback") for _, parse in matters[1:]):
        return [whole]
    topics = {str(parse.get("topic")) for _, parse in matters}
    of_dispute = all(topic == "open_dispute" or topic.startswith("dispute/") for topic in topics)
    if of_dispute and whole.parse.get("topic") == "open_dispute" and not _ASKS.search(whole.text):
        return [whole]  # "欠我工资 还有社保": one dispute
    parts = [interpret(text, parse, dict(whole.metadata), tracker) for text, parse in matters]
    parts = _as_tasks(_without_bare_names(parts))
    questions = [p for p in parts if is_question_topic(str(p.parse.get("topic")))]
    tasks = [p for p in parts if not is_question_topic(str(p.parse.get("topic")))]
    searches = [t for t in tasks if str(t.parse.get("topic")).startswith("find_")]
    waiting = {id(t): _later(t) for t in tasks if t not in searches and str(t.parse.get("topic")) not in AT_ONCE}
    others = [t for t in tasks if waiting.get(id(t))]
    at_once = [t for t in tasks if t not in searches and t not in others]  # also what starts no form: none is forgotten
    also = [waiting[id(t)] for t in others[1:]]
    if others:
        first = others[0]
        others = [Turn(first.text, first.parse, {**first.metadata, "also": also} if also else first.metadata)]
    return [*searches, *questions, *at_once, *others]


def is_doubtful_whole(first: Turn, parse: Parse, tracker: DialogueStateTracker | None) -> bool:
    """A message of several matters is about none of them for sure as a whole: that is no reason to ask which."""
    if tracker is not None and tracker.active_loop_name:
        return False
    pay_beside = UNPAID.search(first.text) and len(_CLAUSES.split(first.text.strip())) > 1
    if len(parse.get("matters") or ()) < 2 and not pay_beside:
        return False
    doubtful = parse.get("decision") in ("ambiguous", "unsure")
    return doubtful and first.parse.get("topic") in ("nlu_fallback", parse.get("topic"))


async def _taken_apart(texts: list[str], parse_text: Callable[[str], Awaitable[Parse]]) -> list[str]:
    """In a row of errands, "学堂报名 还有门诊" are two, where each is surely about a topic of its own."""
    apart: list[str] = []
    for text in texts:
        pieces = [piece for piece in _AS_WELL.split(text) if piece.strip()]
        parses = [await parse_text(_LINK.sub("", piece)) for piece in pieces] if len(pieces) > 1 else []
        topics = {
            str(p.get("topic")) for p in parses if _confidence(p) >= SURE_PIECE and is_errand(str(p.get("topic")))
        }
        apart += pieces if len(topics) == len(pieces) > 1 else [text]
    return apart


async def _with_pay_apart(texts: list[str], parse_text: Callable[[str], Awaitable[Parse]]) -> list[str]:
    """ "工资没发 手机没电了想找个充电的" is pay withheld and a search: what somebody is owed is never lost beside another matter."""
    apart: list[str] = []
    for text in texts:
        clauses = [clause for clause in _CLAUSES.split(text) if clause]
        owed = [clause for clause in clauses if UNPAID.search(clause)]
        rest = [clause for clause in clauses if clause not in owed and not _LINK.fullmatch(clause)]
        if not owed or not rest or len(text) > PAY_LENGTH:
            apart.append(text)
            continue
        whole, beside = await parse_text(text), await parse_text(" ".join(rest))
        if (await parse_text(" ".join(owed))).get("topic") != "open_dispute" or _OF_THE_CLAIM.search(" ".join(rest)):
            apart.append(text)
            continue
        topic = str(beside.get("topic"))
        other = is_errand(topic) and not topic.startswith("dispute") and topic != "open_dispute"
        lost = not _is_of_dispute(str(whole.get("topic")))
        if other and _confidence(beside) >= (SURE_PIECE if lost else SURE_BESIDE):
            apart += [" ".join(owed), " ".join(rest)]
        else:
            apart.append(text)
    return apart


async def _with_search_apart(texts: list[str], parse_text: Callable[[str], Awaitable[Parse]]) -> list[str]:
    """Of "健康证到期 晚上哪有地方睡" beside another matter the place that is sought is not dropped."""
    apart: list[str] = []
    for text in texts:
        clauses = [clause for clause in _CLAUSES.split(text) if clause]
        before, last = " ".join(clauses[:-1]), clauses[-1] if clauses else ""
        if not before or not _SEEKS.search(last) or _LINK.fullmatch(before):
            apart.append(text)
            continue
        whole, first, search = await parse_text(text), await parse_text(before), await parse_text(last)
        topic, lost = str(first.get("topic")), not str(whole.get("topic")).startswith("find_")
        seeks = str(search.get("topic")).startswith("find_") and _confidence(search) >= SURE_PIECE
        own = is_errand(topic) and not topic.startswith("find_") and _confidence(first) >= SURE_BESIDE
        apart += [before, last] if lost and seeks and own else [text]
    return apart


def _is_of_dispute(topic: str) -> bool:
    return topic.startswith("dispute/") or topic in ("open_dispute", "supplement_dispute", "dispute_status")


def _confidence(parse: Parse) -> float:
    return float((parse.get("intent") or {}).get("confidence") or 0)


def is_errand(topic: str) -> bool:
    """A topic that can stand beside another in a message."""
    if topic == "inform":
        return False
    return is_question_topic(topic) or topic.startswith("find_") or topic in AT_ONCE or bool(form_started_by(topic))


async def _with_their_values(
    texts: list[str], parse_text: Callable[[str], Awaitable[Parse]]
) -> list[tuple[str, Parse]]:
    """The matters, with "我在花桥" put to the matter it stands beside."""
    joined: list[str] = []
    carried = ""
    for text in texts:
        if (await parse_text(text)).get("topic") != "inform":
            joined.append(f"{carried} {text}".strip())
            carried = ""
        elif joined:
            joined[-1] = f"{joined[-1]} {text}"
        else:
            carried = f"{carried} {text}".strip()
    matters = [(text, await parse_text(text)) for text in joined]
    return [await _with_the_place(one, matters, parse_text) for one in matters]


async def _with_the_place(
    one: tuple[str, Parse], matters: list[tuple[str, Parse]], parse_text: Callable[[str], Awaitable[Parse]]
) -> tuple[str, Parse]:
    """ "健康证在哪办 我在花桥 热水哪有": where the rider is, told beside another matter, is where to search."""
    text, parse = one
    if not str(parse.get("topic")).startswith("find_") or _I_AM_AT.search(text) or _places(parse):
        return one
    told = {found[0]: parse for said, parse in matters for found in [_I_AM_AT.search(said)] if found}
    if len(told) != 1:
        return one
    ((where, beside),) = told.items()
    if not _places(beside) or str(beside.get("topic")).startswith("find_"):
        return one
    with_it = f"{where} {text}"
    return with_it, await parse_text(with_it)


def _places(parse: Parse) -> list[dict[str, Any]]:
    return [entity for entity in parse.get("entities") or [] if entity.get("entity") == "place"]


def _later(turn: Turn) -> dict[str, Any] | None:
    """A further form of this message, as it is laid aside until the first is done; None when it starts no form."""
    topic = str(turn.parse.get("topic"))
    name = str(turn.metadata.get("runs") or form_started_by(topic) or "")
    form = FORMS.get(STARTERS.get(name, name))
    if form is None:
        return None
    parse = {key: turn.parse.get(key) for key in ("text", "entities", "topic", "intent")}
    said = {"text": turn.text, "parse": parse, "about": turn.metadata.get("about"), "runs": turn.metadata.get("runs")}
    return {"form": form.form, "topic": form.start_topic, "title": form.title, "said": said}


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


def _as_tasks(parts: list[Turn]) -> list[Turn]:
    """ "学堂报名 还有门诊 还有欠薪": in a row of errands the bare name of one is that errand, no question about it."""
    if not any(_later(part) is not None for part in parts):
        return parts
    errands = []
    for part in parts:
        topic = _BEGUN.get(str(part.metadata.get("best") or part.parse.get("topic")))
        bare = topic and len(part.text.strip()) <= BARE_NAME and not _ASKS.search(part.text)
        errands.append(Turn(part.text, with_topic(part.parse, topic), part.metadata) if topic and bare else part)
    return errands


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
