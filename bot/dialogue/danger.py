"""Danger before anything else: what a message tells of it becomes the turn, in a form and beside another matter too.

Which danger it is, the words say (:mod:`bot.dialogue.danger_words`); `metadata.danger` carries it to the action that
words the card. What still belongs to a danger told of a moment ago is read here and in `aftermath`.
"""

from __future__ import annotations

import re
from typing import Any, cast

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.danger import was_called
from bot.dialogue.aftermath import EMERGENCY_LIFE, after_crisis, after_emergency, besides_danger
from bot.dialogue.danger_kinds import ASIDE, OF_DESPAIR, Danger
from bot.dialogue.danger_sudden import PAID
from bot.dialogue.danger_words import code_is_asked, danger_in, kind_of_emergency, tells_crash
from bot.dialogue.hurt_words import is_hurt
from bot.dialogue.turn import Parse, Turn, is_weak, turns_since, with_topic
from bot.nlu.safety_words import CRISIS, NOT_CRISIS

LIFE = 4  # the rider's messages after a danger in which short ones still belong to it
SHORT = 24  # characters
SURE = 0.8  # confidence in another topic
# Where the guard hears despair these kinds still come first; another hurt of despair's own making is despair.
_BEFORE_DESPAIR: frozenset[Danger] = frozenset(
    {
        *(
            "violence",
            "home_violence",
            "wounded",
            "home_wounded",
            "threat",
            "followed",
            "assault",
            "other_suicide",
            "harm_others",
        ),
        *("poison", "poison_other", "fire", "battery", "gas"),
    }
)
# Of the hospital, and surely not about whoever is hurt.
_OTHER_VISITS = frozenset(
    {"hospital/health_cert", "hospital/hp_test", "hospital/free_clinic", "hospital/first_aid_training"}
)
_BY_HANDS: frozenset[Danger] = frozenset(
    ["violence", "home_violence", "wounded", "home_wounded", "threat", "followed", "assault", "harassment"]
)
_OF_THREATS = re.compile("[弄整打砍捅搞逼]死我?|[要取]我的?[狗老小]?命")
_OWN_END = re.compile(
    r"熬不下去|撑不下去|活不下去|(?:买|备|准备|藏)(?:好|了)+.{0,3}(?:药|绳|刀片|炭)|绳子都|(?:人|我)要是(?:走|没)了|要是我(?:走|没)了"
)
_NEARER = re.compile(
    r"门口|楼下|楼道|又来|(?<!我)回来了|他(?:又|还)?来了|追(?:上|过)来|[跟堵]着?我|[砸踹撬敲]门|进来|不让我?走|还在(?:打|骂|追|砸|闹)|拿.{0,3}刀|动手"
)
_AND_NOW = re.compile(
    r"咋办|怎么办|咋整|怎么弄|咋弄|然后呢|接下来|还(?:要|需要|该|得).{0,4}(?:做|干|弄|办)|(?:做|干)(?:啥|什么|点啥)|一个人|没人在|(?:害|好|很|真)怕|怕死了|我怕|打不通|没人接|报(?:了|完|过)?警|打(?:了|完|过)|(?:警察|消防车?|消防员|救护车|医生)(?:已经|马上|快|就)?(?:来了|到了|在路上)|挂失了|止付了|冻结了"
)
_ONLY_NOW = re.compile(rf"(?:我|俺|现在|就|那|该|要|这|在家|家里|店里|路上|[\s，,。！!？?]|{_AND_NOW.pattern})+")
_OF_PAY = re.compile(r"工伤|赔|报销|医药费|工资|押金|平台|公司|站长|老板|不管|登记|预约|出院|上个?月|去年")
_UNWELL = re.compile(
    r"(?:我|俺|人|今天|现在|刚才|昨[天晚]|早上|喝[多醉大高]了|酒喝多了|胃里?|肚子|头|嗓子|身上|身体|浑身|全身|有点|有些|好|很|太|真|特别|就是|觉得|感觉|这会儿|[\s，,])*"
    r"(?:难受|不舒服|不得劲)(?:死了|得很|得慌|的很|呀|啊|了|呢|[。！!…~\s])*"
)


def danger_first(
    text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker | None
) -> Turn | None:
    """The turn of a message that tells of danger, whatever its topic; None where the words tell of none."""
    if text.startswith("/") or str(parse.get("text") or "").startswith("/"):
        return None
    kind = danger_in(text)
    topic = str(parse.get("topic"))
    if kind is None and is_hurt(text, topic):
        crash = {"crash": tells_crash(text)}
        return Turn(text, with_topic(parse, "emergency"), besides_danger(text, parse, {**metadata, **crash}))
    if kind is None and code_is_asked(text):
        about = {"about": topic, "runs": "action_fraud_warning"}
        return Turn(text, with_topic(parse, "inform"), {**metadata, **about})
    if topic == "crisis" and kind is not None and (kind not in _BEFORE_DESPAIR or _wants_to_die(text, kind)):
        return None
    last = last_danger(tracker)
    if kind is None and last in _BY_HANDS and len(text) <= SHORT and _NEARER.search(text) and "没" not in text:
        kind = "followed"
    if kind is None and _has_paid(text, parse, tracker):
        kind = "fraud"
    if kind is None:
        return _still_about(text, parse, metadata, last)
    told = {**metadata, "danger": kind}
    if kind in ASIDE and topic != "emergency":
        told = besides_danger(text, with_topic(parse, "inform"), told)
        return Turn(text, with_topic(parse, "inform"), {**told, "about": topic, "runs": "action_danger"})
    if kind in OF_DESPAIR:
        parse = with_topic(parse, "crisis")
    else:
        if _wants_to_die(text, kind):
            told["despair"] = True
        parse = with_topic(parse, "emergency")
    return Turn(text, parse, besides_danger(text, parse, told))


def _wants_to_die(text: str, kind: Danger) -> bool:
    """Whether somebody who is beaten or threatened speaks of an end of their own besides."""
    said = _OF_THREATS.sub("", NOT_CRISIS.sub("", text))
    return kind in _BY_HANDS and bool(CRISIS.search(said) or _OWN_END.search(said))


def of_emergency(text: str, metadata: dict[str, Any]) -> dict[str, Any]:
    """Metadata of an emergency that the guard found: its kind, and whether it was a crash."""
    if text.startswith("/"):
        return metadata
    kind = kind_of_emergency(text)
    return {**metadata, "crash": tells_crash(text)} | ({"danger": kind} if kind else {})


def last_danger(tracker: DialogueStateTracker | None) -> Danger | None:
    """The kind of danger told of in the rider's last messages, unless it was over since."""
    if tracker is None:
        return None
    lately = [event for event in reversed(tracker.events) if isinstance(event, UserUttered)][:LIFE]
    for event in lately:
        metadata = event.metadata or {}
        if metadata.get("runs") == "action_safe_again" and metadata.get("news") != "gone":
            return None
        if metadata.get("danger"):
            return cast("Danger", metadata["danger"])
        if event.intent_name in ("emergency", "crisis"):
            return None
    return None


def unwell(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker | None) -> Turn | None:
    """ "我喝多了难受": the body may be meant as well as the heart, and neither is despair yet."""
    if parse.get("topic") not in ("crisis", "emergency") or not _UNWELL.fullmatch(text.strip()):
        return None
    lately = [e for e in reversed(tracker.events) if isinstance(e, UserUttered)][:LIFE] if tracker else []
    if any(event.intent_name in ("crisis", "emergency") for event in lately):
        return None
    about = {"about": parse.get("topic"), "runs": "action_unwell"}
    return Turn(text, with_topic(parse, "inform"), {**metadata, **about})


def _has_paid(text: str, parse: Parse, tracker: DialogueStateTracker | None) -> bool:
    """ "我已经转了" just after the warning against fraud."""
    if tracker is None or len(text) > SHORT or not PAID.search(text) or re.search(r"没|不|吗|[?？]", text):
        return False
    lately = [event for event in reversed(tracker.events) if isinstance(event, UserUttered)][:2]
    return any((event.metadata or {}).get("runs") == "action_fraud_warning" for event in lately)


def after_danger(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """What still belongs to an accident or to despair, with the kind of danger it was."""
    last = last_danger(tracker)
    turn = after_crisis(text, parse, metadata, tracker) if last in OF_DESPAIR else None
    if turn is None and last in OF_DESPAIR and not tracker.active_loop_name and _asks_what_now(text, parse):
        turn = Turn(text, with_topic(parse, "crisis"), {**metadata, "crisis_follow_up": True})
    turn = turn or _and_now(text, parse, metadata, tracker)
    if turn is None and not (str(parse.get("topic")) in _OTHER_VISITS and _confidence(parse) >= SURE):
        turn = after_emergency(text, parse, metadata, tracker)
    turn = turn or after_crisis(text, parse, metadata, tracker)
    if turn is None or last is None or not turn.metadata.keys() & {"emergency_follow_up", "crisis_follow_up"}:
        return turn
    return Turn(turn.text, turn.parse, {**turn.metadata, "danger": last, "called": _called(tracker)})


def _confidence(parse: Parse) -> float:
    return float((parse.get("intent") or {}).get("confidence") or 0)


def _called(tracker: DialogueStateTracker) -> bool:
    """Whether it was said since the danger that help was called: nobody is told twice to call it."""
    for event in [event for event in reversed(tracker.events) if isinstance(event, UserUttered)][:LIFE]:
        metadata = event.metadata or {}
        if not metadata.get("danger"):
            return False
        follows = bool(metadata.get("emergency_follow_up"))
        if was_called(str(event.text or ""), follows=follows, blows=metadata["danger"] in _BY_HANDS):
            return True
        if not follows:
            return False
    return False


def _and_now(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "还要做啥", "我一个人在家" while help is called: the next step, whatever the words are by themselves."""
    mark = tracker.get_slot("emergency_turn")
    if mark is None or turns_since(tracker, mark) > EMERGENCY_LIFE or tracker.active_loop_name:
        return None
    if text.startswith("/") or not _asks_what_now(text, parse):
        return None
    return Turn(text, with_topic(parse, "emergency"), {**metadata, "emergency_follow_up": True})


def _asks_what_now(text: str, parse: Parse) -> bool:
    """ "健康证咋办" is about the certificate: a sure topic of its own stands, unless nothing but the question is said."""
    if len(text) > SHORT or not _AND_NOW.search(text) or _OF_PAY.search(text):
        return False
    own = str(parse.get("topic")) not in (
        "emergency",
        "crisis",
        "human_handoff",
        "out_of_scope",
        "bot_feedback",
        "help",
    )
    sure = _confidence(parse) >= SURE
    return not (own and sure and not is_weak(parse)) or bool(_ONLY_NOW.fullmatch(text.strip()))


def _still_about(text: str, parse: Parse, metadata: dict[str, Any], last: Danger | None) -> Turn | None:
    """ "然后呢", "我很害怕" after fraud or harassment, which are no emergency to `after_danger`."""
    if last not in ASIDE or not _asks_what_now(text, parse):
        return None
    about = {"about": parse.get("topic"), "runs": "action_danger", "danger": last, "emergency_follow_up": True}
    return Turn(text, with_topic(parse, "inform"), {**metadata, **about})
