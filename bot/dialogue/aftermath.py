"""Short messages that still belong to what was just told: an accident, despair, a ticket that lacks something."""

from __future__ import annotations

import re
from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.details import DETAILS
from bot.actions.wording import QUESTION, is_meant
from bot.dialogue.turn import Parse, Turn, is_weak, turns_since, with_topic
from bot.language import find_dispute_types

_HELP_COMING = re.compile(
    r"打(?:了|过|完|通)|已经(?:打|叫|报)|叫了(?:车|救护|120)|在路上|(?:车|人|医生|救护车|120)(?:马上|快)?(?:来了|到了|要到|就到)|送(?:走|医院|到医院|上车)|报(?:了|过)警"
)
_OVER = re.compile(
    r"没事(?:儿|了)|没什么事|在家(?:了|养|躺|休)?|回家了|出院|好多了|养(?:着|伤|病)|休养|(?:上个?|前个?)月|上(?:周|星期|礼拜)|前天|去年"
    r"|工伤|报销|赔|专送|众包|不管|不认"
)
_WHO_PAYS = re.compile(r"(?:平台|公司|站长|站点|老板|单位).{0,6}(?:不|没)|工伤|赔|报销|医药费|找谁")
_IS_DETAIL = re.compile(
    r"(?:去年|今年|上个?月|前年|\d+\s*月|[一二三四五六七八九十]+个?月|\d号).{0,6}(?:开始|起|到现在|没发|欠|拖|离|走|辞|干|不干)"
    r"|(?:还在|不在|早就?不|已经不|没|不).{0,4}(?:那儿?|那里)?(?:干|做|上班|跑)(?:了|着|呢)?[。！!]*$"
    r"|在.{2,10}(?:上班|跑单|送|干活)"
    r"|^(?:我)?(?:现在)?(?:还|已经|早就?|也)?(?:在职|离职|辞职)(?:了|的|着)?$"
    r"|^从?(?:去年|今年|前年)?[\d一二三四五六七八九十]+月份?.{0,3}(?:到|至).{0,6}(?:月份?|现在|今天)$"
)
_IN_PLACE = re.compile(r"^(?:就|是|我)?在.{2,8}$")
_FEELS = re.compile(
    r"睡不着|想哭|心里.{0,2}[难堵烦苦慌]|压力.{0,2}大|崩溃|[撑扛熬]不(?:住|下去)|郁闷|抑郁|焦虑|没人说(?:说)?话|好累啊?$"
)
_TELLS = frozenset({"open_dispute", "supplement_dispute", "out_of_scope", "dispute_status"})
_ANOTHER = re.compile(
    r"(?:另|别的|其他|上|前|以前|原来|原先|第二|再|还有)(?:外|外的|的|那)?(?:一|那)?(?:家|个)?(?:公司|单位|站点|平台|老板|东家)"
    r"|另外?一?件事|(?:不是|跟|和)(?:这|那)?(?:个|家)?.{0,4}(?:没关系|无关|两码事|两回事)|换了?(?:家|个)(?:公司|站|单位)"
)
_SUES = re.compile(r"告|投诉|举报|登记|欠|扣|罚|仲裁|不[发给退]|没[发给退]")
_WRONG = re.compile(
    r"[欠扣罚拖]|不[发给退交签]|没[发给退交签]|押金|社保|骂|威胁|恐吓|赶我|拉黑|踢出|停我?号|封我?号|加班|打我"
)
_MORE = re.compile(r"又|还|也|再|而且|另外|对了|现在|今天|刚|他们|站长|公司|老板")
_FORGOTTEN = re.compile(
    r"(?:忘|漏)了?(?:说|讲|写|报|提)|(?:刚才|刚刚|前面).{0,4}没(?:说|写|报|提)|补充|补一[句条点下]|再补|还要加|加一[条句]"
)
MORE_LENGTH = 80  # characters
MORE_LIFE = 6  # user turns after a ticket was made or shown
CRISIS_LIFE = 3  # user turns after words of despair in which what is not clear is answered as such
DETAILS_LENGTH = 24  # characters
DETAILS_LIFE = 4  # user turns after the ticket
EMERGENCY_LIFE = 4  # user turns after an accident in which short messages still belong to it


def told_after_ticket(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "今年8月开始没发的", "还在干" after a ticket whose place and time were missing: they belong to it."""
    if tracker.active_loop_name or text.startswith("/") or len(text) > DETAILS_LENGTH:
        return None
    asked = any(
        choice.get("payload") == DETAILS[1] and turns_since(tracker, choice.get("turn")) <= DETAILS_LIFE
        for choice in tracker.get_slot("last_choices") or ()
    )
    entities = {entity.get("entity") for entity in parse.get("entities") or []}
    if not asked or entities & {"employer", "amount", "phone", "channel", "service"}:
        return None
    if not _IS_DETAIL.search(text) and not ("place" in entities and _IN_PLACE.match(text)):
        return None
    if parse.get("topic") not in ("inform", "open_dispute", "supplement_dispute", "chitchat") and not is_weak(parse):
        return None
    return Turn(text, with_topic(parse, "inform"), {**metadata, "about": "supplement_dispute", "runs": "details_form"})


def more_after_ticket(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "又罚了两百", "刚才忘了说 他们还扣了头盔钱" after a ticket: more of it; "另一家公司也欠我" is a matter of its own."""
    if tracker.active_loop_name or text.startswith("/") or len(text) > MORE_LENGTH or QUESTION.search(text):
        return None
    number = tracker.get_slot("ticket_number")
    shown = any(
        choice.get("payload") == "/supplement_dispute" and turns_since(tracker, choice.get("turn")) <= MORE_LIFE
        for choice in tracker.get_slot("last_choices") or ()
    )
    topic = str(parse.get("topic"))
    if not shown or not number or not (is_weak(parse) or topic in _TELLS or topic.startswith("dispute/")):
        return None
    if _ANOTHER.search(text):
        sues = topic == "open_dispute" or _SUES.search(text)
        return Turn(text, with_topic(parse, "open_dispute"), metadata) if sues else None
    entities = [*(parse.get("entities") or []), {"entity": "ticket_no", "value": number, "extractor": "payload"}]
    kept = {**parse, "entities": entities}
    wrong = bool(find_dispute_types(text) or _WRONG.search(text))
    if _FORGOTTEN.search(text) and wrong:
        return Turn(text, with_topic(kept, "supplement_dispute"), metadata)
    if not wrong or not (_MORE.search(text) or topic == "open_dispute"):
        return None
    about = {"about": "supplement_dispute", "runs": "action_more_of_ticket"}
    return Turn(text, with_topic(kept, "inform"), {**metadata, **about})


def feelings(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker | None) -> Turn | None:
    """ "我最近老睡不着", in a form too: heard, not taken for an answer."""
    if _FEELS.search(text) and (parse.get("topic") in ("chitchat", "out_of_scope") or is_weak(parse)):
        return Turn(text, with_topic(parse, "chitchat"), metadata)
    return None


def help_is_coming(text: str, tracker: DialogueStateTracker) -> bool:
    """ "打了 车在路上了" after the bot has said 120: not a new accident."""
    mark = tracker.get_slot("emergency_turn")
    return mark is not None and turns_since(tracker, mark) <= EMERGENCY_LIFE and bool(_HELP_COMING.search(text))


def after_emergency(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    mark = tracker.get_slot("emergency_turn")
    if mark is None or turns_since(tracker, mark) > EMERGENCY_LIFE:
        return None
    if tracker.active_loop_name and not help_is_coming(text, tracker):
        return None  # a form was taken up again since: the answers are for it
    if _OVER.search(text):
        return _dispute_of_it(text, parse, metadata, tracker)
    ranked = parse.get("intent") or {}
    topic, confidence = str(parse.get("topic")), float(ranked.get("confidence") or 0)
    about = (
        help_is_coming(text, tracker)
        or topic.startswith("hospital/")
        or topic in ("inform", "affirm", "deny", "chitchat", "nlu_fallback")
    )
    if about or confidence < 0.6:
        return Turn(text, with_topic(parse, "emergency"), {**metadata, "emergency_follow_up": True})
    return None


def _dispute_of_it(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """The worst is over. Who was told of by "平台说不管" wants that settled; else the message stands by itself."""
    before = next((str(e.text) for e in reversed(tracker.events) if isinstance(e, UserUttered) and e.text), "")
    if not _WHO_PAYS.search(f"{before} {text}"):
        return None
    return Turn(text, with_topic(parse, "inform"), {**metadata, "about": "open_dispute", "runs": "dispute_form"})


def after_crisis(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "没人管我", "好的我打" just after despair was heard: answered as such, never with the menu."""
    if tracker.active_loop_name or text.startswith("/") or metadata.keys() & {"location", "image_url"}:
        return None
    lately = [e for e in reversed(tracker.events) if isinstance(e, UserUttered)][:CRISIS_LIFE]
    if not any(e.intent_name == "crisis" and not (e.metadata or {}).get("crisis_follow_up") for e in lately):
        return None
    topic, confidence = str(parse.get("topic")), float((parse.get("intent") or {}).get("confidence") or 0)
    social = topic in ("affirm", "deny", "thank", "greet", "bot_feedback", "out_of_scope", "stop", "goodbye")
    social = social or (topic == "human_handoff" and not is_meant(topic, text))  # "没人管我"
    unclear = confidence < 0.6 and not QUESTION.search(text)
    if not (is_weak(parse) or social or unclear):
        return None
    return Turn(text, with_topic(parse, "crisis"), {**metadata, "crisis_follow_up": True})
