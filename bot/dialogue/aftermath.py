"""Short messages that still belong to what was just told: an accident, despair, a ticket that lacks something."""

from __future__ import annotations

import re
from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.details import DETAILS
from bot.actions.registry import FORMS
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
_OF_KIN = re.compile(
    r"我(?:家)?(?:老公|老婆|对象|爱人|媳妇|爸|妈|儿子|女儿|弟弟?|哥哥?|姐姐?|妹妹?|男朋友|女朋友|工友|同事|朋友|老乡)(?:也|那边|的|在|还|被|没)"
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
_CLAUSE = re.compile(r"[^\s，,。！!；;]+[\s，,。！!；;]*")
_OWED_TO_ME = re.compile(
    r"[欠扣罚](?!了?费)|押金|工资|薪|(?:没|不|拒绝?)[发给付结](?!我?(?:活路|机会|面子))|(?:公司|站点|平台|单位|站长|老板)(?:叫|是|姓)|\d{4,}元?|(?<!\d)1\d{10}"
)
_PAYS_NOT = re.compile(r"(?:平台|公司|站长|站点|老板|单位).{0,6}(?:不|没)(?:管|认|赔|报|理|出|承认)|工伤|医药费|报销")
_SAFE = re.compile(
    r"没事(?:儿|了|啦)|(?:人|我|都)没事|没什么事|没大碍|没伤着|不要紧了|安全了?|平安|脱险|脱离危险|缓过来|缓过劲|好(?:多|些|点|一点|一些)了|平静|冷静(?:下来|了)"
    r"|不(?:想|会)(?:死|做傻事|自杀)|不死了|找(?:到|着|回来)了|灭了|扑灭|救(?:下|上|回)来了|包扎|缝(?:好|完)|出院|(?:到|回)家了|处理(?:好|完)了|没那么难受|舒服(?:点|些|多)|心里(?:好|舒)"
)
_NOT_SAFE = re.compile(
    r"(?:没|不|还没)(?:有)?(?:找|灭|扑)|不(?:太)?安全|没(?:有)?好|不好了?|没缓|还(?:在|是)(?:疼|流|想)|又|更|要是|如果|才(?:能|会)?"
)
_ALL_SAFE = re.compile(
    rf"(?:(?:我|人|现在|已经|都|也|嗯|就|好的?|在医院|在家|医生|谢谢|放心|伤口|了|的|啦|[\s，,。!！])|{_SAFE.pattern})+"
)
_LONG_AGO = re.compile(
    r"上个?月|上(?:周|星期|礼拜)|前天|去年|前年|[\d一二三四五六七八九十]+(?:月|个月|天前|年)|出院|养(?:着|伤|病)|休养|以前|之前|住(?:了|过|着)?院"
)
_MAY_BE_DANGER = re.compile(r"[撞摔砸烫烧]|血|断|骨折|晕|昏|喘|胸|[疼痛死活跳]|自杀|想不开|没意思|绝望|[撑熬扛]不")
SAFE_LENGTH = 30  # characters
SAFE_LIFE = 8  # the rider's messages since the danger, after which "没事了" is about something else
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
    if shown and number and _OF_KIN.search(text) and (find_dispute_types(text) or _SUES.search(text)):
        return Turn(text, with_topic(parse, "open_dispute"), metadata)  # somebody else's matter
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


def besides_danger(text: str, parse: Parse, metadata: dict[str, Any]) -> dict[str, Any]:
    """Metadata of a message about danger: what it tells of a dispute besides waits until the worst is over.

    Of a message of despair only those clauses wait: the rest is for nobody's ticket.
    """
    hurt = parse.get("topic") == "emergency"
    told, entities = "", []
    for clause in _CLAUSE.finditer(text):
        inside = [
            e for e in parse.get("entities") or [] if clause.start() <= e.get("start", -1) and e["end"] <= clause.end()
        ]
        if not (_OWED_TO_ME.search(clause[0]) or _PAYS_NOT.search(clause[0])):
            continue
        moved = len(told) - clause.start()
        entities += [{**e, "start": e["start"] + moved, "end": e["end"] + moved} for e in inside]
        told += clause[0]
    if not told:
        return metadata
    if hurt:
        told, entities = text, list(parse.get("entities") or [])
        if not _OWED_TO_ME.search(text):
            entities.append({"entity": "dispute_type", "value": "injury", "extractor": "payload"})
    topic = "open_dispute"
    begun = with_topic({"text": told.strip(), "entities": entities}, topic)
    form = FORMS["dispute_form"]
    said = {"text": told.strip(), "parse": begun, "about": None, "runs": None}
    return {**metadata, "also": [{"form": form.form, "topic": topic, "title": form.title, "said": said}]}


def danger_beside_dispute(text: str) -> str | None:
    """What stands beside a dispute and may tell of danger, to be read by itself; None when nothing does.

    "我撞车了腿在流血 老板还欠我八千" is as a whole a matter of pay, and first of all a matter of life.
    """
    clauses = [clause[0] for clause in _CLAUSE.finditer(text)]
    rest = [clause for clause in clauses if not (_OWED_TO_ME.search(clause) or _PAYS_NOT.search(clause))]
    if not rest or len(rest) == len(clauses) or not _MAY_BE_DANGER.search("".join(rest)):
        return None
    if _LONG_AGO.search("".join(rest)):
        return None
    return "".join(rest).strip()


def safe_again(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "没事了", "好多了" after danger: what waited because of it is taken up again, if wanted."""
    if tracker.active_loop_name or text.startswith("/") or len(text) > SAFE_LENGTH or QUESTION.search(text):
        return None
    if not _SAFE.search(text) or _NOT_SAFE.search(text):
        return None
    danger = _danger_lately(tracker, SAFE_LIFE)
    unsure = danger == "crisis" or parse.get("topic") in ("emergency", "crisis")
    if danger is None or (unsure and not _ALL_SAFE.fullmatch(text.strip())):
        return None
    if danger == "emergency" and (turn := _dispute_of_it(text, parse, metadata, tracker)) is not None:
        return Turn(turn.text, turn.parse, {**turn.metadata, "safe": True})
    about = {"about": "emergency" if _of_somebody_else(tracker) else danger, "runs": "action_safe_again"}
    return Turn(text, with_topic(parse, "inform"), {**metadata, **about})


def _of_somebody_else(tracker: DialogueStateTracker) -> bool:
    """Whether the life that was in danger is another's: "救下来了" is no relief of the writer's own despair."""
    lately = [e.metadata or {} for e in reversed(tracker.events) if isinstance(e, UserUttered)][:SAFE_LIFE]
    return next((one["danger"] for one in lately if one.get("danger")), None) == "other_suicide"


def _danger_lately(tracker: DialogueStateTracker, life: int) -> str | None:
    """The danger told of in the rider's last messages, unless it was said to be over since."""
    lately = [e for e in reversed(tracker.events) if isinstance(e, UserUttered)][:life]
    for event in lately:
        metadata = event.metadata or {}
        if metadata.get("runs") == "action_safe_again":
            return None
        if event.intent_name in ("emergency", "crisis") and not metadata.get("crisis_follow_up"):
            return str(event.intent_name)
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
    if _danger_lately(tracker, CRISIS_LIFE) != "crisis" or str(parse.get("text") or "").startswith("/"):
        return None
    topic, confidence = str(parse.get("topic")), float((parse.get("intent") or {}).get("confidence") or 0)
    social = topic in ("affirm", "deny", "thank", "greet", "bot_feedback", "out_of_scope", "stop", "goodbye")
    social = social or (topic == "human_handoff" and not is_meant(topic, text))  # "没人管我"
    unclear = confidence < 0.6 and not QUESTION.search(text)
    if not (is_weak(parse) or social or unclear):
        return None
    return Turn(text, with_topic(parse, "crisis"), {**metadata, "crisis_follow_up": True})
