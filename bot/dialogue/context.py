"""What a message means *here*: the same words mean different things after a list, inside a form, after an accident.

The understanding (`bot.nlu`) reads a message by itself. This module adds the conversation: a tapped choice,
"第二个怎么走", "还有别的吗", "接着刚才的", a location or picture message, the answer to "先放一放吗？".
It changes only the parse that Rasa gets (topic, entities, metadata); rules, forms and actions do the rest.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.details import DETAILS
from bot.actions.hospital import ASKED_ABOUT
from bot.actions.registry import BUTTONS, FORMS, NARROWING, form_started_by, run_anywhere, run_by_words, slots_of
from bot.actions.subsidy import CASE_LIFE, adds_to_case, is_what_if
from bot.actions.wording import QUESTION, is_meant
from bot.dialogue.offers import MENU_TITLES, accepted, is_bare_order, is_menu, nth_choice, ordered, told
from bot.language import find_numbers, normalise, read_answer

if TYPE_CHECKING:
    from bot.actions.forms import TaskForm

Parse = dict[str, Any]

_NTH = re.compile(r"第\s*([一二三四五六七八九十两\d]+)\s*(?:个|家|处|条|项|段|号)?|^\s*([一二三123])\s*(?:号|个)?\s*$")
_LAST = re.compile(r"最后(?:一|那)?个")
_PAGE_BEFORE = re.compile(r"(?:看|回|返回|要|换)*(?:上|前)一?(?:批|页|组)(?:呢|吧|看看)?|前面(?:那)?几个(?:呢)?")
_MORE = re.compile(
    r"还有(?:别的|其他|其它|没有|没|吗|么|不)|还有(?:没得|莫得|冇)|(?:别的|别个|其他|其它)(?:的)?(?:呢|有吗|还有)|换(?:一)?(?:个|批|几个)|下一(?:个|批|页)|再来(?:几个|一批|一个|两个)|更多|多说几个|还有啥"
)
_POINTS_AT_ONE = re.compile(
    r"^(?:那|就|请问|去)*(?:最近|就近|近的|那个?|这个?|它|那家|这家)[的个家处]*(?:那个|那家)?(?:驿站|网点|泊位|饮品机|机器|站点?)?"
    r"(?=怎么|咋|在|远|多远|导航|路线|地址|电话|几点|开|关|有|能|详细|$)"
)
# the place looked at last is meant, else the first of the list
_GO_THERE = re.compile(
    r"(?:那|就|请问|我)*(?:怎么|咋个?|怎样|咋整|咋样)(?:走|去|过去|到)(?:啊|呢|嘛|呀|的|哦)*[？?]?"
    r"|(?:能|可以|给我|帮我|怎么|咋)?(?:导航|带路|导)(?:一下|下)?(?:过去|到那儿?)?[吗不吧呗]?[？?]?"
)
# a question about one place, when one was looked at
_ABOUT_IT = re.compile(
    r"(?:那|它|那个|这个|那里|那儿|那家|这家|刚才(?:那个|的)?|(?:今天|今晚|明天|后天|晚上|周末|周[六日天]|星期[六日天]|夜里|中午))*的?"
    r"(?:一般)?(?:几点|多晚|啥时候|什么时候|到几点)(?:开门|关门|开|关|下班|打烊|营业).{0,3}"
    r"|(?:那|它|那个|这个|那里|那儿|里面|里头|那家|这家|刚才(?:那个|的)?)*的?(?:有没有|有|能不能|可以|能)?"
    r"(?:电话|地址|门牌|远不远|远|啥|什么服务|什么东西|停多久|能?停多长时间|限停多久|多远|要?收费|要钱|开着|开门|关门|人多)(?:号码|是|有)?"
    r"(?:多少|在哪|几号|吗|不|没|伐|呢|啊|呀|了)*[？?]?"
    r"|(?:就|看|要)?(?:刚才|刚刚)(?:那个|那家|的那个)[吧呗呢]?"
)
_THAT_ONE = re.compile(r"^(?:那|它|这|刚才|里[面头]|有|能)")
_ANY_ONE = re.compile(r"呢$|的(?:[吗没不伐有]|有没有)?[？?]?$|哪|附近|别的")
_NEAREST = re.compile(r"最近|就近|近的")
_HOW_TO_GO = re.compile(r"怎么走|咋走|怎么去|咋去|导航|路线|地图|在哪|地址|多远|几点|开门|关门|电话|详细|这个|那个")
_RESUME = re.compile(
    r"接着(?:填|办|来|弄|刚才|登记|约|报|写)|继续(?:填|办|登记|约|报|写|弄|刚才)?|刚才(?:那个|的)?(?:投诉|登记|预约|报名|单子|表|事)?.{0,4}(?:接着|继续|还没)|还是(?:刚才|办刚才)|回到刚才|把刚才的"
)
# All of a message that points at a list or leaves a field out: no cry for help, whatever a model hears in it.
_ONLY_POINTS = re.compile(
    r"(?:那|就|要)?(?:最后(?:一|那)?[个家处]?|第[一二三四五六七八九十\d]+[个家处]|跳过|下一个|换一个)(?:那个|这个|这项|一个)?"
    r"(?:在哪里?|在哪儿|怎么走|咋走|怎么去|咋去|呢|吧|啊)?[？?。!！]*"
)
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
ORDER_LIFE = 3  # user turns for which a button of an earlier reply can be meant by an order
ORDER_SURE = 0.8  # from where the understanding of an order without an object is believed
ASIDE_LENGTH = 16  # characters of a question in a form that names no matter of its own
CRISIS_LIFE = 3  # user turns after words of despair in which what is not clear is answered as such
# what is told first of each of the ten projects
FIRST_ANSWERS = (
    "station/what_is",
    "dispute/where",
    "freight/blue_window",
    "safety/three_strikes",
    "drinks/program",
    "hospital/care_package",
    "school/what_is",
    "bank/what_is",
    "culture/what_is",
    "women/what_is",
)
# numbered lists in other answers
LISTS = {"culture/what_is": ("culture/library", "culture/fitness_test", "culture/tour_card", "culture/discount_card")}
_NTH_PROJECT = re.compile(
    r"(?:那|看|说说|讲讲|我想?看|了解)*(?:第?\s*(?P<nth>[一二三四五六七八九十]|10|[1-9])\s*(?:个|项|条|号)?|最后(?:一|那)?(?:个|项))"
    r"(?:项目)?(?:的|是|呢|吧|啥|什么|讲讲|说说|怎么样|详细)*[？?。]?"
)
_NO_WORDS = re.compile(r"[\s。，,.、…·!！~～\-_=+*/\\;；:：\"'“”‘’()（）]+")
_ENOUGH = re.compile(
    r"(?:行|好|那|嗯|哦|唉)*[，,\s]*(?:那|就)*(?:算了(?:吧|呗|不[办约报填]了)?|取消(?:上牌|报名|登记|投诉|举报)(?:吧|了)?)[。!！]?"
)
_NOT_NOW = re.compile(r"(?:那|我|就|还是)*(?:先不(?![填说留])|不(?![填说留想]).{1,3}了)")
_JUST_NEAREST = re.compile(r"(?:那|就|要)*最近的?(?:那)?个?[呢吧啊]?[？?]?")
_AROUND_THERE = re.compile(
    r"(?:那|在|我在|到|去)*(?:附近|旁边|这边|那边|周边|边上|那里|那儿)*(?:呢|有吗|有没有|有不|有么|的)*[？?]?"
)
DETAILS_LENGTH = 24  # characters
DETAILS_LIFE = 4  # user turns after the ticket
_PLACE_TOPICS = frozenset({"find_station", "find_drinks", "find_bank", "find_berth"})
CHOICES_KEPT = 24  # of the last replies
ROAD_LENGTH = 8  # characters: "人民路"
PASSAGE_LIFE = 3  # user turns in which a passage can be asked about again
IN_FORM_LIFE = 2  # the same inside a form
LIST_LIFE = 8  # user turns for which a list can be pointed at
EMERGENCY_LIFE = 4  # user turns after an accident in which short messages still belong to it


@dataclass(frozen=True)
class Turn:
    """One message as Rasa shall see it."""

    text: str
    parse: Parse
    metadata: dict[str, Any] = field(default_factory=dict)


def with_topic(parse: Parse, topic: str, confidence: float = 1.0) -> Parse:
    """A copy of the parse whose topic is `topic`; retrieval intents get Rasa's group and response_selector."""
    changed = dict(parse)
    group, _, key = topic.partition("/")
    changed["topic"] = topic
    changed["intent"] = {"name": group, "confidence": confidence}
    if key:
        changed["intent"]["full_retrieval_intent_name"] = topic
        selected = {
            "intent_response_key": topic,
            "confidence": confidence,
            "utter_action": f"utter_{topic}",
            "responses": [],
        }
        changed["response_selector"] = {
            "all_retrieval_intents": [group],
            group: {
                "response": selected,
                "ranking": [{"intent_response_key": topic, "confidence": confidence}],
            },
        }
    return changed


def read_payload(text: str) -> tuple[str, dict[str, Any]] | None:
    """`/topic` or `/topic{"entity": value}` → (topic, entities); None when the text is no payload.

    `/topic:word` is a button that wants more than its topic says: {"do": "word"} (see `BotAction.buttons`).
    """
    asked = re.fullmatch(r"/([a-z_]+(?:/[a-z_]+)?):([a-z_]+)", text.strip())
    if asked:
        return asked[1], {"do": asked[2]}
    match = re.fullmatch(r"/([a-z_]+(?:/[a-z_]+)?)\s*(\{.*\})?", text.strip(), re.DOTALL)
    if not match:
        return None
    entities: Any = {}
    if match[2]:
        try:
            entities = json.loads(match[2])
        except json.JSONDecodeError:
            return None
    return match[1], entities if isinstance(entities, dict) else {}


def from_payload(text: str, topic: str, values: dict[str, Any]) -> Parse:
    """The parse of a payload; `do` says what a button wants beyond its topic, and is no entity."""
    given = {name: value for name, value in values.items() if name != "do"}
    entities = [{"entity": name, "value": value, "extractor": "payload"} for name, value in given.items()]
    return with_topic({"text": text, "entities": entities, "intent_ranking": [], "do": values.get("do")}, topic)


def still_offered(offered: list[dict[str, Any]], before: Any, turn: int) -> list[dict[str, Any]]:
    """The choices just offered (in that user turn), then those of earlier replies, which still stand in the chat and may be tapped."""
    titles = {str(choice.get("title")) for choice in offered}
    older = [choice for choice in before or () if str(choice.get("title")) not in titles]
    return [*({**choice, "turn": turn} for choice in offered), *older][:CHOICES_KEPT]


def chosen(text: str, metadata: dict[str, Any], tracker: DialogueStateTracker | None) -> str | None:
    """The payload behind a tapped or retyped choice of the last replies."""
    choices = tracker.get_slot("last_choices") if tracker else None
    if not isinstance(choices, list):
        return None
    wanted = normalise(text).text.strip()
    for choice in choices:
        if normalise(str(choice.get("title", ""))).text.strip() == wanted:
            return str(choice["payload"])
    return None


def interpret(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker | None) -> Turn:
    """The turn this message makes in this conversation."""
    runs = BUTTONS.get((str(parse.get("topic")), str(parse.get("do"))))
    if runs:
        return Turn(text, with_topic(parse, "inform"), {**metadata, "about": parse["topic"], "runs": runs})
    if parse.get("topic") in ("emergency", "crisis") and _is_calm(text, tracker):
        parse = with_topic(parse, "inform")
    if parse.get("topic") == "crisis" and _ONLY_POINTS.fullmatch(normalise(text).text.strip()):
        parse = with_topic(parse, "inform")
    if _NO_WORDS.fullmatch(text) and not metadata.keys() & {"location", "image_url"}:
        parse = with_topic(parse, "nlu_fallback", 0.0)
    if tracker is None:
        if "location" in metadata or "image_url" in metadata:
            return Turn(text, with_topic(parse, "inform"), metadata)
        safety = parse.get("topic") in ("emergency", "crisis")
        if safety:
            return Turn(text, parse, metadata)
        return (
            _anywhere(text, parse, metadata, None)
            or _feelings(text, parse, metadata, None)
            or _order_of_nothing(text, parse, metadata, None)
            or _words(text, parse, metadata, None)
            or _unsure(text, parse, metadata, None)
            or Turn(text, parse, metadata)
        )
    topic = str(parse.get("topic") or "")
    if topic == "crisis" or (topic == "emergency" and not _help_is_coming(text, tracker)):
        return Turn(text, parse, metadata)
    for reading in (
        _answer_to_switch,
        _resume,
        _after_emergency,
        _after_crisis,
        _leaves_form,
        _location,
        _image,
        _anywhere,
        _project_by_number,
        _of_mediation,
        _answer_to_offer,
        _aside,
        _told_after_ticket,
        _feelings,
        _broken_machine,
        _pointing,
        _what_if,
        _passage,
        _nth_button,
        _words,
        _unsure,
    ):
        turn = reading(text, parse, metadata, tracker)
        if turn is not None:
            return turn
    return Turn(text, parse, metadata)


def _is_calm(text: str, tracker: DialogueStateTracker | None) -> bool:
    """The running form says that these few words are an answer to it."""
    form = FORMS.get(str(tracker.active_loop_name)) if tracker else None
    return bool(form and form.calm and re.fullmatch(form.calm, normalise(text).text.strip()))


def turns_since(tracker: DialogueStateTracker, mark: Any) -> int:
    """User turns since the turn number kept in a slot."""
    count = tracker.get_slot("turn_count") or 0
    return int(count) - int(mark or 0)


def _answer_to_switch(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    pending = tracker.get_slot("pending_task")
    if not isinstance(pending, dict):
        return None
    topic = str(parse.get("topic"))
    if topic == "affirm" or topic == pending.get("topic"):
        if pending.get("runs"):
            about = {**metadata, "about": pending["topic"], "runs": pending["runs"]}
            return Turn(str(pending["text"]), with_topic(dict(pending["parse"]), "inform"), about)
        kept = {**metadata, "switch": True}
        return Turn(str(pending["text"]), with_topic(dict(pending["parse"]), str(pending["topic"])), kept)
    return None


def _resume(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    suspended = tracker.get_slot("suspended")
    if tracker.active_loop_name:
        return None
    if not isinstance(suspended, dict):
        # nothing is open any more: said as such, not guessed at
        plain = _is_weak(parse) or parse.get("topic") in ("bot_feedback", "out_of_scope")
        return Turn(text, with_topic(parse, "affirm"), metadata) if plain and _RESUME.match(text) else None
    if (
        _RESUME.search(text)
        or text == f"/{suspended['topic']}"
        or (parse.get("topic") == "affirm" and tracker.get_slot("offered_resume"))
    ):
        said = suspended.get("said")
        if isinstance(said, dict):  # never begun: what was said of it begins it now
            begun = dict(said["parse"])
            if said.get("runs"):
                return Turn(
                    str(said["text"]),
                    with_topic(begun, "inform"),
                    {**metadata, "about": said["about"] or begun["topic"], "runs": said["runs"]},
                )
            return Turn(str(said["text"]), with_topic(begun, str(begun["topic"])), metadata)
        return Turn(text, with_topic(parse, str(suspended["topic"])), {**metadata, "resume": True})
    return None


def _anywhere(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker | None) -> Turn | None:
    """A card number, a number that the bot gave out: answered in a form too, and the form goes on."""
    runs = None if text.startswith("/") else run_anywhere(normalise(text).text)
    if runs is None:
        return None
    return Turn(text, with_topic(parse, "inform"), {**metadata, "about": parse.get("topic"), "runs": runs})


def _answer_to_offer(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "好", "不用" after "要我记住吗？"; "第二个" of choices; "帮我登记" under an answer with such a button."""
    if tracker.active_loop_name:
        return _order_in_form(text, parse, metadata, tracker)
    if _RESUME.search(text):
        return None
    last = tracker.get_slot("last_turn")
    before, now = _ordered_before(text, tracker), ordered(last, text)
    if before and is_menu(last) and not text.strip().startswith("第"):
        now = before  # the menu was no answer to what was talked about
    payload = accepted(last, str(parse.get("topic")), text) or now or before
    read = read_payload(payload) if payload else None
    if payload is None or read is None:
        return _value_for_offer(text, parse, metadata, tracker, last) or _order_of_nothing(
            text, parse, metadata, tracker
        )
    unclear = told(last, payload)
    if unclear is not None:
        return as_meant(unclear, read[0], metadata)
    meant = from_payload(payload, *read)
    runs = BUTTONS.get((str(meant["topic"]), str(meant.get("do"))))
    if runs:
        return Turn(text, with_topic(meant, "inform"), {**metadata, "about": meant["topic"], "runs": runs})
    return Turn(text, meant, metadata)


def _nth_button(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "第一个" under an answer with choices that asks nothing."""
    last = tracker.get_slot("last_turn")
    if tracker.active_loop_name or not text.strip().startswith(("第", "选第")) or is_menu(last):
        return None
    payload = nth_choice(last, text)
    read = read_payload(payload) if payload else None
    if payload is None or read is None:
        return None
    meant = from_payload(payload, *read)
    runs = _starts(read)
    if runs:
        return Turn(text, with_topic(meant, "inform"), {**metadata, "about": meant["topic"], "runs": runs})
    return Turn(text, meant, metadata)


def as_meant(unclear: dict[str, Any], topic: str, metadata: dict[str, Any]) -> Turn:
    """The message that was not understood, now with the topic that the rider chose for it: nothing is said twice."""
    return Turn(str(unclear["text"]), with_topic({"intent_ranking": [], **unclear}, topic), metadata)


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


def _order_of_nothing(
    text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker | None
) -> Turn | None:
    """ "帮我登记一下" where nothing stands to be registered: asked what, not guessed."""
    confidence = float((parse.get("intent") or {}).get("confidence") or 0)
    if confidence >= ORDER_SURE or text.startswith("/") or not is_bare_order(text):
        return None
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


def _aside(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "要带啥", "多少钱" in the middle of a form, or just after a question of its kind: about that, whatever they mean
    by themselves.
    """
    form, values = _talked_about(tracker)
    if form is None or text.startswith("/") or len(text) > ASIDE_LENGTH or not QUESTION.search(text):
        return None
    if any(e.get("entity") == "place" for e in parse.get("entities") or []):
        return None
    topic = form.aside(normalise(text).text, values)
    if topic is None or (str(parse.get("topic")).startswith(topic.partition("/")[0] + "/") and not _is_weak(parse)):
        return None
    return Turn(text, with_topic(parse, topic), metadata)


_FORM_OF_GROUP = {"hospital": "hospital_form", "school": "enrol_form"}


def _talked_about(tracker: DialogueStateTracker) -> tuple[type[TaskForm] | None, dict[str, Any]]:
    """The running form and its values; else the form whose matter the last message asked about."""
    if tracker.active_loop_name:
        form = FORMS.get(str(tracker.active_loop_name))
        return form, {name: tracker.get_slot(name) for name in slots_of(form.form)} if form else {}
    last = next((e for e in reversed(tracker.events) if isinstance(e, UserUttered)), None)
    topic = str((last.parse_data or {}).get("topic")) if last else ""
    name = "screening_form" if topic == "women/screening" else _FORM_OF_GROUP.get(topic.partition("/")[0])
    if "/" not in topic or name is None:
        return None, {}
    return FORMS.get(name), {"visit_channel": ASKED_ABOUT.get(topic)}


def _of_mediation(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
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


def _told_after_ticket(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
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
    if parse.get("topic") not in ("inform", "open_dispute", "supplement_dispute", "chitchat") and not _is_weak(parse):
        return None
    return Turn(text, with_topic(parse, "inform"), {**metadata, "about": "supplement_dispute", "runs": "details_form"})


def _feelings(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker | None) -> Turn | None:
    """ "我最近老睡不着", in a form too: heard, not taken for an answer."""
    if _FEELS.search(text) and (parse.get("topic") in ("chitchat", "out_of_scope") or _is_weak(parse)):
        return Turn(text, with_topic(parse, "chitchat"), metadata)
    return None


def _help_is_coming(text: str, tracker: DialogueStateTracker) -> bool:
    """ "打了 车在路上了" after the bot has said 120: not a new accident."""
    mark = tracker.get_slot("emergency_turn")
    return mark is not None and turns_since(tracker, mark) <= EMERGENCY_LIFE and bool(_HELP_COMING.search(text))


def _after_emergency(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    mark = tracker.get_slot("emergency_turn")
    if mark is None or turns_since(tracker, mark) > EMERGENCY_LIFE:
        return None
    if tracker.active_loop_name and not _help_is_coming(text, tracker):
        return None  # a form was taken up again since: the answers are for it
    if _OVER.search(text):
        return _dispute_of_it(text, parse, metadata, tracker)
    ranked = parse.get("intent") or {}
    topic, confidence = str(parse.get("topic")), float(ranked.get("confidence") or 0)
    about = (
        _help_is_coming(text, tracker)
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


def _after_crisis(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
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
    if not (_is_weak(parse) or social or unclear):
        return None
    return Turn(text, with_topic(parse, "crisis"), {**metadata, "crisis_follow_up": True})


def _leaves_form(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "先不报了" in a form, which by itself is a no to anything."""
    if not tracker.active_loop_name or parse.get("topic") == "stop":
        return None
    if _ENOUGH.fullmatch(normalise(text).text.strip()):
        return Turn(text, with_topic(parse, "stop"), metadata)
    if not _NOT_NOW.match(text.strip()):
        return None
    return Turn(text, with_topic(parse, "stop"), metadata) if read_answer(text) == "stop" else None


def _project_by_number(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "第三个", "最后一个" after the ten projects were listed."""
    found = _NTH_PROJECT.fullmatch(normalise(text).text.strip())
    if found is None or tracker.active_loop_name:
        return None
    last = next((e for e in reversed(tracker.events) if isinstance(e, UserUttered)), None)
    topic = str((last.parse_data or {}).get("topic")) if last else ""
    if topic in LISTS:
        return _of_answers(text, parse, metadata, found, LISTS[topic])
    if topic not in ("help", "overview/ten_projects", "overview/responsible_unit", *FIRST_ANSWERS):
        return None
    if topic in FIRST_ANSWERS and turns_since(tracker, _list_of_ten(tracker)) > LIST_LIFE:
        return None
    return _of_answers(text, parse, metadata, found, FIRST_ANSWERS)


def _of_answers(
    text: str, parse: Parse, metadata: dict[str, Any], found: re.Match[str], answers: tuple[str, ...]
) -> Turn | None:
    numbers = find_numbers(found["nth"]) if found["nth"] else []
    number = int(numbers[0].low) if numbers else len(answers)
    return Turn(text, with_topic(parse, answers[number - 1]), metadata) if 1 <= number <= len(answers) else None


def _list_of_ten(tracker: DialogueStateTracker) -> int:
    """The turn in which the ten projects were listed last; -1000 when they never were."""
    users = [e for e in tracker.events if isinstance(e, UserUttered)]
    count = int(tracker.get_slot("turn_count") or 0)
    for back, event in enumerate(reversed(users)):
        if (event.parse_data or {}).get("topic") in ("help", "overview/ten_projects", "overview/responsible_unit"):
            return count - back
    return -1000


def _location(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    if "location" not in metadata:
        return None
    if tracker.active_loop_name:
        return Turn(text, with_topic(parse, "inform"), metadata)
    query = tracker.get_slot("last_query")
    topic = query.get("topic") if isinstance(query, dict) else None
    return Turn(text, with_topic(parse, topic if topic in _PLACE_TOPICS else "inform"), metadata)


def _image(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    if "image_url" not in metadata:
        return None
    return Turn(text, with_topic(parse, "inform"), metadata)


_BROKEN = re.compile(
    r"(?:它|这台|那台|这个|那个|机器|最近的|第.个|就这台)*(?:是)?(?:又)?(?:坏|空|脏|漏水?|不出水|没水|没热水|不制冷|打不出水?)(?:得很|的|了|着呢)*(?:啊|呀)?"
)


def _broken_machine(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "坏的", "空了" after machines were shown: one of them is to be reported."""
    query = tracker.get_slot("last_query")
    if not isinstance(query, dict) or tracker.active_loop_name or query.get("topic") != "find_drinks":
        return None
    if turns_since(tracker, query.get("turn")) > IN_FORM_LIFE or not _BROKEN.fullmatch(normalise(text).text.strip()):
        return None
    return Turn(text, with_topic(parse, "inform"), {**metadata, "about": "find_drinks", "runs": "machine_form"})


def _pointing(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "第二个怎么走", "还有别的吗", "那能热饭的呢" after a list of places."""
    query = tracker.get_slot("last_query")
    if not isinstance(query, dict) or turns_since(tracker, query.get("turn")) > LIST_LIFE:
        return None
    if tracker.active_loop_name and not _points_out_of_form(text, query, tracker):
        return None
    topic = str(query.get("topic"))
    entities = {e.get("entity") for e in parse.get("entities") or []}
    folded = normalise(text).text
    if len(folded) <= 16 and "place" not in entities:
        nth = _NTH.search(folded)
        if nth or _LAST.search(folded):
            number = -1
            if nth:
                found = find_numbers(nth[1] or nth[2])
                number = int(found[0].low) if found else 1
            return _of_list(text, parse, metadata, query, {"nth": number})
        if _MORE.search(folded) and "service" not in entities:
            return _of_list(text, parse, metadata, query, {"more": True})
        if _PAGE_BEFORE.fullmatch(folded):
            return _of_list(text, parse, metadata, query, {"back": True})
        looked_at = int(query.get("focus") or 0)
        if looked_at and (
            _ABOUT_IT.fullmatch(folded)
            or (
                "service" in entities
                and topic == "find_station"
                and _THAT_ONE.match(folded)
                and not _ANY_ONE.search(folded)
            )
        ):
            return _of_list(text, parse, metadata, query, {"nth": looked_at, "asks": True})
        if (
            "service" in entities
            and topic == "find_station"
            and re.search(r"^(那|有|有没有|还?要|还得|也要|能|还能|可以|哪)|呢$", folded)
        ):
            return _of_list(text, parse, metadata, query, {"filter": True})
        if topic in NARROWING and NARROWING[topic].search(folded):
            return _of_list(text, parse, metadata, query, {"filter": True})
        if _GO_THERE.fullmatch(folded):
            return _of_list(text, parse, metadata, query, {"nth": looked_at or 1})
        if _HOW_TO_GO.search(folded) and _POINTS_AT_ONE.match(folded) and len(folded) <= 12:
            return _of_list(text, parse, metadata, query, {"nth": 1 if _NEAREST.search(folded) else looked_at or 1})
        if _JUST_NEAREST.fullmatch(folded):
            return _of_list(text, parse, metadata, query, {"nth": 1})
    only_there = (
        topic.startswith("find_") and str(parse.get("topic")).startswith("find_") and _only_a_place(parse, text)
    )
    if "place" in entities and len(folded) <= 14 and (_is_weak(parse) or only_there):
        return _of_list(text, parse, metadata, query, None)
    return None


def _only_a_place(parse: Parse, text: str) -> bool:
    """ "昆山南站附近呢": a place and nothing of what is sought there."""
    places = [e for e in parse.get("entities") or [] if e.get("entity") == "place" and e.get("start") is not None]
    rest = text
    for place in sorted(places, key=lambda e: -int(e["start"])):
        rest = rest[: place["start"]] + rest[place["end"] :]
    return bool(places) and bool(_AROUND_THERE.fullmatch(rest.strip()))


def _points_out_of_form(text: str, query: dict[str, Any], tracker: DialogueStateTracker) -> bool:
    """ "最后一个" after a list shown inside a form whose own question has nothing to point at."""
    last = tracker.get_slot("last_turn")
    offer = last.get("offer") if isinstance(last, dict) else None
    if not isinstance(offer, dict) or offer.get("choices") or "/" in str(query.get("topic")):
        return False
    points = _ONLY_POINTS.fullmatch(normalise(text).text.strip()) and not re.match("跳过|下一个|换一个", text)
    return bool(points) and turns_since(tracker, query.get("turn")) <= IN_FORM_LIFE


def _of_list(
    text: str, parse: Parse, metadata: dict[str, Any], query: dict[str, Any], follow: dict[str, Any] | None
) -> Turn:
    """The turn that goes on with a list; one under a question has no topic of its own and is run by name."""
    topic = str(query.get("topic"))
    more: dict[str, Any] = {"follow": follow} if follow else {}
    if "/" not in topic:
        return Turn(text, with_topic(parse, topic), {**metadata, **more})
    return Turn(text, with_topic(parse, "inform"), {**metadata, **more, "about": topic, "runs": query["action"]})


def _words(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker | None) -> Turn | None:
    """ "我要举报…" under the question how to report: words that start something (see `BotAction.phrases`)."""
    topic = str(parse.get("topic"))
    if (
        text.startswith("/")
        or str(parse.get("text") or "").startswith("/")
        or (tracker is not None and tracker.active_loop_name)
    ):
        return None
    runs = run_by_words(topic, normalise(text).text)
    if runs is None:
        return None
    return Turn(text, with_topic(parse, "inform"), {**metadata, "about": topic, "runs": runs})


def _what_if(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "那大专呢", "要是毕不了业呢", "那两样加起来呢" after a subsidy was worked out."""
    case = tracker.get_slot("subsidy_case")
    if not isinstance(case, dict) or tracker.active_loop_name or turns_since(tracker, case.get("turn")) > CASE_LIFE:
        return None
    topic = str(parse.get("topic"))
    at_school = topic.startswith("school/") or topic in ("enroll_school", "calc_subsidy") or _is_weak(parse)
    if not is_what_if(text) and not (at_school and not text.startswith("/") and adds_to_case(text)):
        return None
    return Turn(text, with_topic(parse, "calc_subsidy"), {**metadata, "what_if": True})


_ABOUT_PASSAGE = re.compile(
    r"(?:那|要是|如果|换成|不是.{1,6}是)*.{0,4}?(?:\d|[一二两三四五六七八九十]+点|上午|下午|早上|晚上|半夜|凌晨|高峰|[DF]牌|绿牌|蓝牌|黄牌|轻型|重型|厢货|面包)"
    r".{0,10}(?:呢|行不行?|行吗|能走吗|可以吗|能不能走|能走不|进得去不)?[？?]?",
    re.IGNORECASE,
)


def _passage(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "下午两点呢", "不是D牌 是F牌" after it was asked whether a lorry may drive there."""
    asked = tracker.get_slot("passage_question")
    if not isinstance(asked, dict) or tracker.active_loop_name:
        return None
    if turns_since(tracker, asked.get("turn")) > PASSAGE_LIFE:
        return None
    folded = normalise(text).text
    entities = {e.get("entity") for e in parse.get("entities") or []}
    road = entities == {"place"} and parse.get("topic") == "inform" and len(folded) <= ROAD_LENGTH
    if not road and not _ABOUT_PASSAGE.fullmatch(folded):
        return None
    topic = str(parse.get("topic"))
    if entities & {"phone", "amount", "channel"} or not (_is_weak(parse) or topic.startswith("freight/")):
        return None
    about = {"about": "freight/passage", "runs": "action_passage", "follow": {"more": True}}
    return Turn(text, with_topic(parse, "inform"), {**metadata, **about})


def _is_weak(parse: Parse) -> bool:
    topic = str(parse.get("topic"))
    confidence = float((parse.get("intent") or {}).get("confidence") or 0)
    return topic in ("inform", "deny", "nlu_fallback", "chitchat") or confidence < 0.5


# "花桥有没有夜间开的驿站": what is sought and where are both said, so there is nothing to be unsure about
_SOUGHT = {
    "find_station": re.compile("驿站|歇脚|站点"),
    "find_bank": re.compile("建行|网点|银行|港湾"),
    "find_drinks": re.compile("饮品机|冷饮|热饮|饮料机"),
    "find_berth": re.compile("泊位|蓝窗"),
}
SURE_SEARCH = 0.9


def _is_whole_booking(parse: Parse) -> bool:
    """ "门诊 下周四下午三点 137…": what and when (or whose) are said, so there is nothing to be unsure about."""
    kinds = {e.get("entity") for e in parse.get("entities") or []}
    return parse.get("topic") == "book_hospital" and {"channel", "time"} <= kinds


def _unsure(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker | None) -> Turn | None:
    """When the understanding is not sure, rules get `nlu_fallback` with the choices; forms may still read values."""
    best = str(parse.get("topic"))
    confidence = float((parse.get("intent") or {}).get("confidence") or 0)
    sought = best in _SOUGHT and _SOUGHT[best].search(text) and confidence < SURE_SEARCH
    if (
        sought
        and len(parse.get("matters") or ()) < 2
        and any(e.get("entity") == "place" for e in parse.get("entities") or ())
    ):
        return Turn(text, with_topic(parse, best, SURE_SEARCH), metadata)
    if parse.get("decision") not in ("ambiguous", "unsure"):
        return None
    if _is_whole_booking(parse):
        return Turn(text, with_topic(parse, "book_hospital", SURE_SEARCH), metadata)
    changed = with_topic(parse, "nlu_fallback", confidence)
    return Turn(text, changed, {**metadata, "best": parse.get("topic"), "choices": parse.get("choices") or []})
