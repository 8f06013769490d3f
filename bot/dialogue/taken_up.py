"""A message that takes up what an earlier reply offered, or what was laid aside: a tapped choice, "好", "帮我登记",
"接着刚才的". What an offer is, and which words fit it, says `bot.dialogue.offers`.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.base import Heard
from bot.actions.danger import help_called
from bot.actions.danger_cards import CARDS
from bot.actions.form_reading import holds_strictly
from bot.actions.registry import BUTTONS, FORMS, form_started_by, run_by_words
from bot.actions.wording import CORRECTION, QUESTION
from bot.dialogue.offers import MENU_TITLES, accepted, is_bare_order, is_menu, nth_choice, ordered, told
from bot.dialogue.turn import Parse, Turn, as_meant, from_payload, is_weak, read_payload, turns_since, with_topic
from bot.language import normalise
from bot.services.clock import SHANGHAI

_RESUME = re.compile(
    r"接着(?:填|办|弄|刚才|登记|约|报(?![平警销案])|写|搞|投诉)|接着来(?=[吧呗\s，,。！!]|$)|继续(?:填|办|登记|约|报(?![平警销案])|写|弄|搞|刚才|投诉)"
    r"|^(?:那|就|咱们?|我们)*继续[吧呗啊]?[。！!]*$"
    r"|刚才(?:那个|的)?(?:投诉|登记|预约|报名|单子|表|事)?.{0,4}(?:接着|继续|还没)|还是(?:刚才|办刚才)|回到刚才|把刚才的"
    r"|^(?:[唉嗯哦那我就]|算了|想了想|想想|要不)*[，,\s]*还是(?:要|得|给我|帮我)?(?:接着)?"
    r"(?:弄|办|填|报|约|登记|搞|写)(?:一下|上|了|完)?(?:吧|呗|算了|好了)?(?=[\s，,。！!]|$)"
)
RESUME_LEAD, RESUME_REST, RESUME_TAIL = 6, 12, 3
"""Characters of something else before, and after, the words that take a form up; after them when much stands before."""


def wants_to_resume(text: str) -> bool:
    """ "还是弄吧", "花桥的看过了 刚才那个接着办": no "他叫我继续报平安" in the middle of a story."""
    found = _RESUME.search(text.strip())
    if found is None:
        return False
    before, after = found.start(), len(text.strip()) - found.end()
    return (before <= RESUME_LEAD and (not before or after <= RESUME_REST)) or after <= RESUME_TAIL


ANSWER_LENGTH = 30  # characters
EMERGENCY_WORDS = 6  # the rider's messages in which help may have been called
ORDER_LIFE = 3  # user turns for which a button of an earlier reply can be meant by an order
ORDER_SURE = 0.8  # from where the understanding of an order without an object is believed
CHOICES_KEPT = 24  # of the last replies


def still_offered(offered: list[dict[str, Any]], before: Any, turn: int) -> list[dict[str, Any]]:
    """The choices just offered (in that user turn), then those of earlier replies, which still stand in the chat and may be tapped."""
    titles = {str(choice.get("title")) for choice in offered}
    older = [choice for choice in before or () if str(choice.get("title")) not in titles]
    return [*({**choice, "turn": turn} for choice in offered), *older][:CHOICES_KEPT]


def chosen(text: str, tracker: DialogueStateTracker | None) -> str | None:
    """The payload behind a tapped or retyped choice of the last replies."""
    choices = tracker.get_slot("last_choices") if tracker else None
    if not isinstance(choices, list):
        return None
    wanted = normalise(text).text.strip()
    for choice in choices:
        if normalise(str(choice.get("title", ""))).text.strip() == wanted:
            return str(choice["payload"])
    return None


def answer_to_switch(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    pending = tracker.get_slot("pending_task")
    if not isinstance(pending, dict):
        return None
    topic = str(parse.get("topic"))
    # "改成本科" may sound like what was offered, but says something of the form that runs
    again = topic == pending.get("topic") and not corrects_form(text, parse, tracker)
    if topic == "affirm" or again:
        if pending.get("runs"):
            about = {**metadata, "about": pending["topic"], "runs": pending["runs"]}
            return Turn(str(pending["text"]), with_topic(dict(pending["parse"]), "inform"), about)
        kept = {**metadata, "switch": True}
        return Turn(str(pending["text"]), with_topic(dict(pending["parse"]), str(pending["topic"])), kept)
    return None


def corrects_form(text: str, parse: Parse, tracker: DialogueStateTracker) -> bool:
    """Whether the words hold another value of the running form than the one it has ("改成本科")."""
    form = FORMS.get(str(tracker.active_loop_name))
    if form is None or not CORRECTION.search(text):
        return False
    entities = list(parse.get("entities") or [])
    heard = Heard(text, str(parse.get("topic")), 1.0, entities, {}, datetime.now(SHANGHAI), parse)
    held = {field: tracker.get_slot(field.name) for field in form.all_fields() if field.label}
    return any(
        value is not None and holds_strictly(field, heard) and not field.weak and not field.free_text
        for field, value in held.items()
    )


def resume(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    suspended = tracker.get_slot("suspended")
    if tracker.active_loop_name:
        return None
    if not isinstance(suspended, dict):
        # nothing is open any more: said as such, not guessed at
        plain = is_weak(parse) or parse.get("topic") in ("bot_feedback", "out_of_scope")
        return Turn(text, with_topic(parse, "affirm"), metadata) if plain and wants_to_resume(text) else None
    if (
        wants_to_resume(text)
        or parse.get("do") == "resume"
        or text == f"/{suspended['topic']}"
        or (parse.get("topic") == "affirm" and tracker.get_slot("offered_resume"))
    ):
        said = suspended.get("said")
        if isinstance(said, dict):  # never begun: what was said of it begins it now
            said = _with_more(said, text, parse)
            begun = dict(said["parse"])
            if said.get("runs"):
                return Turn(
                    str(said["text"]),
                    with_topic(begun, "inform"),
                    {**metadata, "about": said["about"] or begun["topic"], "runs": said["runs"]},
                )
            return Turn(str(said["text"]), with_topic(begun, str(begun["topic"])), metadata)
        return Turn(text, with_topic(parse, str(suspended["topic"])), {**metadata, "resume": True})
    if _answers_after_danger(text, parse, tracker, suspended):
        told = {**metadata, "resume": True, "answers": True, **_call_first(tracker)}
        if isinstance(suspended.get("said"), dict):
            return resume(text, {**parse, "do": "resume"}, {**metadata, **_call_first(tracker)}, tracker)
        return Turn(text, with_topic(parse, str(suspended["topic"])), told)
    return None


_BARE_SUM = re.compile(
    r"(?:大概|差不多|一共|欠|就|是|有|总共)*[\d一二两三四五六七八九十百千万wk.]+(?:块钱?|元|多|左右)?[吧的]?"
)
_VALUES = frozenset({"amount", "phone", "employer", "time", "dispute_type", "place"})


def _answers_after_danger(text: str, parse: Parse, tracker: DialogueStateTracker, suspended: dict[str, Any]) -> bool:
    """ "5000" under "没事就好。现在接着办吗？": the value itself says so."""
    last = next((e for e in reversed(tracker.events) if isinstance(e, UserUttered)), None)
    if last is None or len(text) > ANSWER_LENGTH or text.startswith("/"):
        return False
    if (last.metadata or {}).get("runs") != "action_safe_again" or not tracker.get_slot("offered_resume"):
        return _is_particular(text, parse, last, suspended)
    if parse.get("topic") not in ("inform", "open_dispute") and not is_weak(parse):
        return False
    kinds = {str(e.get("entity")) for e in parse.get("entities") or []}
    bare = _BARE_SUM.fullmatch(normalise(text).text.strip()) is not None
    return not QUESTION.search(text) and (bare or (bool(kinds) and kinds <= _VALUES))


_OF_CLAIM = frozenset({"phone", "employer"})


def _is_particular(text: str, parse: Parse, last: UserUttered, suspended: dict[str, Any]) -> bool:
    """ "美团", "138…" right after danger that broke off a claim, or was told with it: for the claim."""
    in_danger = last.intent_name in ("emergency", "crisis") or bool((last.metadata or {}).get("danger"))
    kinds = {str(e.get("entity")) for e in parse.get("entities") or []}
    if not in_danger or suspended.get("form") != "dispute_form" or parse.get("topic") != "inform":
        return False
    despair = last.intent_name == "crisis" and (last.metadata or {}).get("danger") != "harm_others"
    return not despair and bool(kinds & _OF_CLAIM) and kinds <= _VALUES and not QUESTION.search(text)


def _with_more(said: dict[str, Any], text: str, parse: Parse) -> dict[str, Any]:
    """What was said of a form never begun, and the firm or phone in the message that takes it up now."""
    more = [e for e in parse.get("entities") or [] if e.get("entity") in _VALUES and e.get("start") is not None]
    if not more or text.startswith("/"):
        return said
    told = f"{said['text']} {text}"
    moved = len(told) - len(text)
    shifted = [{**e, "start": e["start"] + moved, "end": e["end"] + moved} for e in more]
    begun = dict(said["parse"])
    return {**said, "text": told, "parse": {**begun, "text": told, "entities": [*begun["entities"], *shifted]}}


def _call_first(tracker: DialogueStateTracker) -> dict[str, str]:
    """What to dial, said once more where nobody has said that it was dialled."""
    for event in [e for e in reversed(tracker.events) if isinstance(e, UserUttered)][:EMERGENCY_WORDS]:
        metadata = event.metadata or {}
        if help_called(str(event.text or "")) or metadata.get("news") or metadata.get("runs") == "action_safe_again":
            return {}
        if event.intent_name == "emergency" and not metadata.get("emergency_follow_up"):
            card = CARDS.get(str(metadata.get("danger")))
            return {"first": f"先顾人：还没打 {card.number if card else '120'} 的马上打。"}
    return {}


_PARTICULARS = re.compile(
    r"(?<![\s，,。])[\s，,。]*+(?:我(?:叫|姓)[\u4e00-\u9fff]{1,4})?[\s，,。]*+(?:我的?)?(?:电话|手机号?|号码|联系方式)?(?:是|:|：)?\s*+"
    r"(?<!\d)1\d{10}(?!\d)[\s，,。]*+$"
    r"|(?<![\s，,。])[\s，,。]++我(?:叫|姓)[\u4e00-\u9fff]{1,4}$"
)


def without_particulars(text: str) -> str:
    """ "嗯 报一个 我叫王强 138…" without name and phone, which the form then reads."""
    return _PARTICULARS.sub("", text) or text


def answer_to_offer(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "好", "不用" after "要我记住吗？"; "第二个" of choices; "帮我登记" under an answer with such a button."""
    if tracker.active_loop_name:
        return _order_in_form(text, parse, metadata, tracker)
    if wants_to_resume(text):
        return None
    last = tracker.get_slot("last_turn")
    bare = without_particulars(text)
    before, now = _ordered_before(bare, tracker), ordered(last, bare)
    if before and is_menu(last) and not text.strip().startswith("第"):
        now = before  # the menu was no answer to what was talked about
    # "还是不去了吧" under "要我记住吗？" is for the button of what was booked
    ordered_else = before if not now and is_bare_order(bare) else None
    payload = ordered_else or accepted(last, str(parse.get("topic")), text) or now or before
    read = read_payload(payload) if payload else None
    if payload is None or read is None:
        return _value_for_offer(text, parse, metadata, tracker, last) or order_of_nothing(
            text, parse, metadata, tracker
        )
    unclear = told(last, payload)
    if unclear is not None:
        return as_meant(unclear, read[0], metadata)
    return _pressed(text, payload, read, metadata, tracker)


def nth_button(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "第一个" under an answer with choices that asks nothing."""
    last = tracker.get_slot("last_turn")
    if tracker.active_loop_name or not text.strip().startswith(("第", "选第")) or is_menu(last):
        return None
    payload = nth_choice(last, text)
    read = read_payload(payload) if payload else None
    if payload is None or read is None:
        return None
    return _pressed(text, payload, read, metadata, tracker)


def _pressed(
    text: str, payload: str, read: tuple[str, dict[str, Any]], metadata: dict[str, Any], tracker: DialogueStateTracker
) -> Turn:
    """The message as if the button with this payload had been tapped."""
    meant = from_payload(payload, *read)
    if without_particulars(text) != text:
        meant["text"] = text  # the form reads them
    if meant.get("do") == "resume" and (turn := resume(text, meant, metadata, tracker)) is not None:
        return turn
    runs = _starts(read)
    if runs:
        return Turn(text, with_topic(meant, "inform"), {**metadata, "about": meant["topic"], "runs": runs})
    return Turn(text, meant, metadata)


def _recent(tracker: DialogueStateTracker) -> list[dict[str, Any]]:
    """The choices of the last replies without those of the menu, the newest first."""
    return [
        choice
        for choice in tracker.get_slot("last_choices") or ()
        if turns_since(tracker, choice.get("turn")) <= ORDER_LIFE and str(choice.get("title")) not in MENU_TITLES
    ]


def _ordered_before(text: str, tracker: DialogueStateTracker) -> str | None:
    """ "让经理给我打个电话" when the button that does it stood under one of the last replies."""
    recent = _recent(tracker)
    return ordered({"offer": {"choices": recent, "asks": False}}, text) if recent else None


# a value said alone → the button of the last reply that it is for
_WANTS = {"time": ("book_hospital",), "amount": ("calc_subsidy",)}


def _value_for_offer(
    text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker, last: Any
) -> Turn | None:
    """ "下礼拜三下午" under an answer with 帮我约门诊, a phone number under one with 让银行给我回电."""
    kinds = {str(e.get("entity")) for e in parse.get("entities") or []}
    offer = last.get("offer") if isinstance(last, dict) else None
    if parse.get("topic") != "inform" or len(kinds) != 1 or text.startswith("/") or not offer:
        return None
    (kind,) = kinds
    for choice in [*(offer.get("choices") or []), *_recent(tracker)]:
        read = read_payload(str(choice["payload"]))
        if read is None or read[1].get("what_if") or choice.get("title") in MENU_TITLES:
            continue
        topic, values = read
        if kind == "place" and values.get("do") == "near" and (runs := _starts(read)):
            return Turn(text, with_topic(parse, "inform"), {**metadata, "about": topic, "runs": runs})
        if topic in _WANTS.get(kind, ()) and "do" not in values:
            given = from_payload(text, topic, values)["entities"]
            return Turn(
                text, with_topic({**parse, "entities": [*(parse.get("entities") or []), *given]}, topic), metadata
            )
        if kind == "phone" and values.get("do") == "call" and (runs := _starts(read)):
            return Turn(text, with_topic(parse, "inform"), {**metadata, "about": topic, "runs": runs})
    return None


def order_of_nothing(
    text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker | None
) -> Turn | None:
    """ "帮我登记一下" where nothing stands to be registered: asked what, not guessed."""
    confidence = float((parse.get("intent") or {}).get("confidence") or 0)
    if confidence >= ORDER_SURE or text.startswith("/") or not is_bare_order(text):
        return None
    if run_by_words(str(parse.get("topic")), normalise(text).text):
        return None  # "让银行给我回电" names who shall call
    shown = [read_payload(str(c["payload"])) for c in (tracker.get_slot("last_choices") if tracker else None) or ()]
    topics = [str(parse.get("topic")), *(read[0] for read in shown if read and not read[1] and "/" not in read[0])]
    choices = [topic for topic in dict.fromkeys(topics) if form_started_by(topic) and topic != "inform"]
    return Turn(
        text, with_topic(parse, "nlu_fallback", confidence), {**metadata, "best": topics[0], "choices": choices}
    )


def _order_in_form(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "那给我申请" after a question was answered inside a form: what the button under that answer starts."""
    turn = tracker.get_slot("turn_count")
    shown = [choice for choice in tracker.get_slot("last_choices") or () if choice.get("turn") == turn]
    starting = [choice for choice in shown if (read := read_payload(str(choice["payload"]))) and _starts(read)]
    payload = ordered({"offer": {"choices": starting, "asks": False}}, text) if starting else None
    read = read_payload(payload) if payload else None
    if read is None:
        return None
    return Turn(text, with_topic(parse, "inform"), {**metadata, "about": read[0], "runs": _starts(read)})


_HOW_LONG = re.compile(
    r"(?:那|大概|到底|请问)*(?:还)?(?:要|得|需要)?(?:等)?(?:多久|多长时间|好久|几分钟)(?:啊|呀|呢|才(?:有人|来|轮到我?|回))?[？?]?"
    r"|(?:(?:怎么|咋|都)(?:还|一直)?|(?:到现在)?还|一直)(?:是)?(?:没|冇)(?:有)?人(?:啊|呀|呢|吗|理我?|来|应)*[？?]?"
    r"|(?:人(?:工)?呢|人在(?:吗|不)|人去哪了?|有人(?:吗|没|没有|不)|在不在|在吗|来人(?:啊|呀)?)[啊呀]?[？?！!]*"
    r"|.{0,4}(?:轮到我|前面.{0,4}(?:几|多少)|(?:怎么|咋)?(?:还)?没(?:有)?人(?:理|回|来|接))(?:了|没|吗|啊|人|个|位)*[？?]?"
)
_NO_LONGER = re.compile(
    r"(?:那|算了|我|还是|就)*[，,\s]*(?:不等(?:人工|你们|他们)?了|不排(?:队)?了|不要人工了|不用人工了)[吧啊。！!]*"
)
HUMAN_LIFE = 6  # user turns after somebody asked for a human


def waiting_for_human(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "还要多久", "算了不等了" while a human is waited for."""
    asked = any(
        choice.get("payload") == "/inform:leave_queue" and turns_since(tracker, choice.get("turn")) <= HUMAN_LIFE
        for choice in tracker.get_slot("last_choices") or ()
    )
    if not asked or tracker.active_loop_name:
        return None
    said = text.strip()
    if _NO_LONGER.fullmatch(said):
        return Turn(text, with_topic(parse, "inform"), {**metadata, "about": "inform", "runs": "action_leave_queue"})
    if not _HOW_LONG.fullmatch(said):
        return None
    return Turn(text, with_topic(parse, "human_handoff"), {**metadata, "waiting": True})


def other_hour_of_mediation(
    text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker
) -> Turn | None:
    """ "换一天" under an hour of mediation that was just booked: that one, not a visit to the hospital."""
    last = tracker.get_slot("last_turn")
    offer = last.get("offer") if isinstance(last, dict) else None
    payloads = {str(choice["payload"]) for choice in (offer or {}).get("choices") or []}
    if parse.get("topic") not in ("reschedule_booking", "booking_status") or tracker.active_loop_name:
        return None
    if "/dispute/expert_mediation:cancel" not in payloads:
        return None
    about = {"about": "dispute/expert_mediation", "runs": "action_mediation"}
    return Turn(text, with_topic(parse, "inform"), {**metadata, **about})


def _starts(read: tuple[str, dict[str, Any]]) -> str | None:
    """The form or action that a button starts beside its topic."""
    return BUTTONS.get((read[0], str(read[1].get("do"))))
