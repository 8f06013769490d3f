"""Narrow questions of law and traffic in a conversation: what is asked, and short follow-ups that keep the matter."""

from __future__ import annotations

import re
from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.law_answers import DEADLINE, LAW, STRIKES
from bot.actions.law_deadlines import kind_of
from bot.actions.wording import QUESTION
from bot.dialogue.turn import Parse, Turn, is_weak, with_topic
from bot.knowledge.law_points import law_points
from bot.language import normalise
from bot.language.legal import CRASHES, UNHURT, find_point, tells_injury, tells_unwell
from bot.nlu.safety_words import CRISIS, EMERGENCY

MESSAGES_BACK = 4  # the rider's messages within which a matter told of is still the one talked of
SHORT = 16  # characters of a follow-up that names no matter
ASKED_LONGEST = 60  # characters of a question about a deadline

# a sure topic of another initiative keeps its own answer; these are where points of law turn up
_GROUPS = ("dispute/", "safety/", "freight/", "overview/")
_TOPICS = frozenset(
    {"out_of_scope", "chitchat", "inform", "nlu_fallback", "deny", "help", "my_safety_record", "human_handoff"}
)
_ANYWHERE = frozenset(
    {
        "free_helmet",
        "fine_by_link",
        "fine_link_paid",
        "hit_and_run",
        "accident",
        "accident_unhurt",
        "finding_review",
        "review_late",
        "helmet_fine",
    }
)
_LABOUR_FORMS = frozenset({"dispute_form", "details_form", "supplement_form"})
_FETCHED = re.compile(r"[取领拿]|要回|上哪|去哪|哪里|在哪|咋办|怎么办|咋整")
_COMPENSATION = {
    "dismissal": "compensation_dismissal",
    "wages": "compensation_wages",
    "deduction": "compensation_wages",
    "contract": "compensation_wages",
    "deposit": "compensation_deposit",
    "injury": "compensation_injury",
}
_SENT_AWAY = re.compile(
    r"开除|辞退|辞了我|炒(?:了|鱿鱼)|(?:把我|被|将我)[^,，。]{0,4}开(?:了|掉)|赶我走|不要我|裁(?:了|员)|劝退|解除(?:劳动)?合同"
)

_STILL_TIME = re.compile(
    r"还能(?:不能)?(?:要|告|追|讨|申请|仲裁|投诉|管|拿|查|登记|办)|(?:能|可以|要)(?:要)?得?回来|能(?:不能)?(?:告|要回|仲裁)|来得及|过期|过了(?:时效|期|一年|两年)"
    r"|时效|晚不晚|晚了|太久|还管|管不管|查不查|有用吗|还行吗|还来"
)
_OF_TIME = re.compile(r"还能|来得及|过期|过了|时效|晚不晚|晚了|太久|能(?:不能)?要回")
_WHAT_NOW = re.compile(r"怎么办|咋办|咋整|离职|辞职|不干|走的")
_DATED = re.compile(
    r"去年|(?:大?前年)|今年|上个?月|前?几个月|半年|(?:[一二两三四五六七八九十几]|\d{1,2}|20\d\d)\s*(?:个(?:多)?月|年|月)"
)
_OF_LABOUR = re.compile(r"工资|薪|欠|离职|辞|不干|押金|仲裁|监察|开除|开了|扣|工钱|老板|站长|公司")
_PROMISE = re.compile(
    r"(?:老板|站长|公司|单位|他们?|经理|队长|平台)[^。]{0,12}(?:说|答应|承诺|保证|讲|微信)[^。]{0,8}(?:会给|给我|要给|再给|就给|会发|要发|会结|结清|还我|有钱就)"
)
_REGISTER = re.compile(
    r"(?:那|就|今天|现在|你|您|麻烦|能不能|能|可以|要|请|先|,|，|\s)*(?:帮我|给我|替我)?(?:登记|办|投诉|申请)(?:一下|一个|上|了)?(?:吗|吧|不|呗|啊|么|[?？])*"
)
_LEAD = r"(?:那|那个|这个|这|办这个|请问|还有|另外|然后|都|就|[,，\s])*"
_TAIL = r"(?:呢|啊|呀|吗|的|了|不|哈|么|伐|呗|[?？。,，\s])*"
_ASPECTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (aspect, re.compile(f"{_LEAD}(?:{words}){_TAIL}"))
    for aspect, words in (
        (
            "cost",
            r"(?:要不要|收不收|用不用|需不需要|花不花|要|收|得|需要)(?:我)?(?:交|收|花|付|出)?(?:多少)?(?:钱|费用?)|免费|免不免费|(?:要|得|收)?(?:多少钱|几块钱|多少费用)|不要钱吧|收费",
        ),
        (
            "docs",
            r"(?:要|得|需要|应该|该)?(?:带|准备|拿|交|提供|备)(?:些|点|上)?(?:啥子?|什么|哪些|么子|什么材料|啥材料|什么东西|啥东西|哪些材料|哪些东西)"
            r"|(?:要|需要)(?:啥|什么|哪些)(?:材料|手续|证件|东西)|材料(?:要啥|要什么|有哪些)?|(?:要)?带身份证(?:就?行)?",
        ),
        (
            "where",
            r"(?:在|去|到|上)?(?:哪儿?|哪里|啥地方|什么地方|哪块)(?:能|可以)?(?:办|弄|交|申请|找|投诉|登记|搞|学|上课|领|取|拿|处理)?(?:材料|罚款|钱)?|交到?哪(?:儿|里)?去?|地址(?:在哪儿?|是哪|发一下|给一下)?|窗口在哪(?:里|儿)?",
        ),
        (
            "long",
            r"(?:要|得|大概|一般)?(?:多久|多长时间|几天)(?:能|可以)?(?:办完|办好|办下来|有结果|下来|出来|学完|好|出结果|处理|交罚款|交钱|交)?|(?:什么时候|啥时候|几天内|多久内)(?:要|得|去)*交(?:罚款|钱)?",
        ),
    )
)
_FOLLOWED_BY: dict[tuple[str, str], str] = {
    ("labour", "cost"): "cost",
    ("labour", "docs"): "dispute/one_window",
    ("labour", "where"): "dispute/where",
    ("labour", "long"): "dispute/time_limit",
    **{("plate", aspect): "plate_unknown" for aspect in ("cost", "docs", "where", "long")},
    **{("road", aspect): "road_unknown" for aspect in ("cost", "docs", "where", "long")},
    ("study", "cost"): "road_unknown",
    ("study", "docs"): "road_unknown",
    ("study", "where"): "safety/education_sites",
    ("study", "long"): "study_length",
    ("berth", "where"): "find_berth",
    **{("berth", aspect): "freight/blue_window" for aspect in ("cost", "docs", "long")},
}
_CALM = frozenset(
    {
        "finding_review",
        "review_late",
        "vehicle_taken",
        "helmet_fine",
        "fine_general",
        "speed_limit",
        "parking_ticket",
        "iou",
    }
)
_DESPAIR = re.compile(r"死|活|想不开|难受|撑|崩溃|绝望|累了|没意思|解脱|算了")
_HARM = re.compile(r"伤|血|疼|痛|晕|昏|救|死|活|动不了|喘|躺|倒|压|断|想不开|难受|撑|崩溃|绝望")
_ELLIPTIC = re.compile(
    r"[^,，。]{0,3}(?:多久|几天|怎么|咋|去哪|上哪|在哪|能不能|能|要不要|啥时候|什么时候)[^,，。]{0,6}(?:[取领拿要办弄赔]|处理|回来|交)[^,，。]{0,4}"
)
_YEAR = re.compile(r"大前年|前年|去年|今年|20\d\d年")
_MONTH_ONLY = re.compile(
    r"(?:就是|是|大概|好像|应该|[,，\s])*(?P<year>大?前年|去年|今年|20\d\d年)?(?:的|大概)?(?:\d{1,2}|[一二三四五六七八九十]{1,2})月(?:份)?"
    r"(?:底|初|中)?(?:左右|吧|的|走的|离职的?|不干的)*"
)
_HOW_MUCH = re.compile(
    r"(?:那|我|大概|到底|一共|[,，\s])*(?:能|可以|该)(?:要|拿|得)(?:回|到)?(?:多少|几个月)(?:钱)?[呢啊呀?？]*"
)
_APPEAL = re.compile(rf"{_LEAD}(?:能不能|能|可以|怎么|咋|如何|去哪|在哪|想|要)?(?:申诉|复议|撤销|撤掉|不交|告){_TAIL}")
_LEARN = re.compile(
    r"(?:[一二两三四五六七八九十\d]+\s*(?:次|回|个)|累计)[^。]{0,16}(?:上课|学习|去学|培训)[^。]{0,4}|(?:再来一次|再有一次|再闯|还差几次|还差一次)[^。]{0,10}(?:上课|学习|去学|培训)"
)
_GOES_TO_LEARN = re.compile(
    r"(?=.*(?:违法|违章|累计|[三四五六3-6]次))(?=.*(?:(?:去|来|参加)(?:个)?(?:学习|上课)|学习)[^,，。]{0,4}(?:行|可以|能|成|吗|不|有空))(?!.*(?:多久|要不要|是不是|会不会))"
)
_LEARN_ASKS = re.compile(r"是不是|要不要|会不会|用不用|就要|得去|要去|该不该|[吗么?？]")
_WHICH_KINDS = re.compile(r"几种|哪些|啥样式|什么样|形式|(?:怎么|咋|学)(?:学|个?啥|什么)")
_OWN_COUNT = re.compile(r"[一二两三四五六七八九十\d]+\s*(?:次|回)")


def law_point(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker | None) -> Turn | None:
    """ "没戴头盔罚多少", "撞了 对方要私了", "能赔多少" after being sent away."""
    if text.startswith("/") or metadata.keys() & {"location", "image_url"} or _are_several(parse):
        return None
    form = str(tracker.active_loop_name) if tracker is not None and tracker.active_loop_name else None
    folded = normalise(text).text.strip()
    if form and not QUESTION.search(text):
        return None
    if (turn := _deadline(text, folded, parse, metadata, tracker, form)) is not None:
        return turn
    name = find_point(text)
    if form is None and (turn := _told(text, parse, metadata, name)) is not None:
        return turn
    if name is None and _strikes_asked(folded, parse):
        name = STRIKES
    if name == "compensation":
        name = _compensation(folded, tracker)
    if name is None or not _is_welcome(name, folded, parse, form):
        return None
    return _turn(text, parse, metadata, name)


def is_calm_law(text: str, topic: str) -> bool:
    """A question of law that is taken for danger ("认定书说我主责 我觉得不对"), with no word of any harm in it."""
    folded = normalise(text).text.replace(" ", "")
    if EMERGENCY.search(folded) or CRISIS.search(folded):
        return False
    if topic == "crisis":  # an accident told is no despair, unless some word is
        return not _DESPAIR.search(folded) and find_point(text) in _CALM | CRASHES
    if find_point(text) == "accident_unhurt":  # "跟轿车碰了 没伤 咋办"
        return not _HARM.search(re.sub(UNHURT, "", folded))
    return not _HARM.search(folded) and find_point(text) in _CALM


def law_follow_up(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "收不收钱", "要带啥", "那监察呢", "老板说会给" after a point or a question of law: of that matter."""
    if text.startswith("/") or metadata.keys() & {"location", "image_url"}:
        return None
    folded = normalise(text).text.strip()
    matter = _matter(tracker)
    if matter is None:
        return None
    if matter == "labour" and not tracker.active_loop_name:
        about = _lately(tracker)
        if _PROMISE.search(folded) and about and about[-1] in (DEADLINE, "dispute/time_limit"):
            return _turn(text, parse, metadata, "promised")
        if about and about[-1] == DEADLINE and (month := _MONTH_ONLY.fullmatch(folded)) is not None:
            told = _told_lately(tracker)
            year = next((found[0] for one in reversed(told) if (found := _YEAR.search(one))), "")
            words = f"{'' if month['year'] else year}{folded}离职"
            return _turn(text, parse, metadata, DEADLINE, [*told, words], whole=True)
        if _HOW_MUCH.fullmatch(folded):
            return _turn(text, parse, metadata, _compensation(folded, tracker) or "compensation_wages")
        if _REGISTER.fullmatch(folded) and "登记" in folded:
            return Turn(text, with_topic(parse, "open_dispute"), metadata)
    if matter == "road" and _APPEAL.fullmatch(folded) and len(folded) <= SHORT:
        return _turn(
            text, parse, metadata, "parking_ticket" if "parking_ticket" in _lately(tracker) else "police_complaint"
        )
    if len(folded) > SHORT or any(e.get("entity") == "place" for e in parse.get("entities") or []):
        return None
    aspect = next((name for name, words in _ASPECTS if words.fullmatch(folded)), None)
    if aspect is None:
        return None
    answer = _FOLLOWED_BY.get((matter, aspect))
    if answer is None:
        return None
    if answer in law_points():
        return _turn(text, parse, metadata, answer)
    return Turn(text, with_topic(parse, answer), metadata)


def _turn(
    text: str, parse: Parse, metadata: dict[str, Any], name: str, told: list[str] | None = None, *, whole: bool = False
) -> Turn:
    about = {
        "about": _ABOUT.get(name, f"law:{name}"),
        "runs": LAW,
        "point": name,
        "told": told or [],
        "whole": whole,  # what was told is all of it
        "of": _OF.get(law_points()[name].matter if name in law_points() else name),
    }
    return Turn(text, with_topic(parse, "inform"), {**metadata, **about})


_ABOUT = {DEADLINE: DEADLINE}
_OF = {
    "labour": "dispute/rights_consult",
    DEADLINE: "dispute/time_limit",
}  # as what it is told, for a form that comes later


def _are_several(parse: Parse) -> bool:
    """Several matters; "三轮被扣了 多久能拿回来" is one and a question about it."""
    texts = [str(matter["text"]).strip() for matter in parse.get("matters") or ()]
    if len(texts) < 2 or not find_point(texts[0]):
        return len(texts) > 1
    return not all(_ELLIPTIC.fullmatch(one) for one in texts[1:])


def _told(text: str, parse: Parse, metadata: dict[str, Any], name: str | None) -> Turn | None:
    """What is told and not asked: a claim begins, a doctor's hour is looked for."""
    topic = str(parse.get("topic"))
    unsure = parse.get("decision") in ("ambiguous", "unsure") or is_weak(parse)
    open_ = unsure or topic in _TOPICS or topic.startswith("dispute/")
    if name == "id_kept" and open_ and not QUESTION.search(text):
        return Turn(text, with_topic(parse, "open_dispute"), metadata)
    timed = any(e.get("entity") == "time" for e in parse.get("entities") or [])
    if timed and _GOES_TO_LEARN.search(text) and (unsure or topic.startswith("safety/")):
        return Turn(text, with_topic(parse, "book_education"), metadata)
    if tells_injury(text) and open_:
        return Turn(text, with_topic(parse, "open_dispute"), metadata)
    if tells_unwell(text) and (unsure or topic in _TOPICS or topic.startswith("school/")):
        seen = [*(parse.get("entities") or []), {"entity": "channel", "value": "outpatient", "extractor": "payload"}]
        return _turn(text, {**parse, "entities": seen}, metadata, "unwell")
    return None


def _is_welcome(name: str, folded: str, parse: Parse, form: str | None) -> bool:
    """Whether this point answers better than what the message was understood as."""
    topic = str(parse.get("topic"))
    unsure = parse.get("decision") in ("ambiguous", "unsure") or is_weak(parse)
    labour = name in law_points() and law_points()[name].matter == "labour"
    if form:
        return not labour or (form in _LABOUR_FORMS and name.startswith("compensation"))
    if name == "inspection" and topic.startswith("dispute") and not unsure:
        return False
    if name == "vehicle_taken" and topic == "freight/enforcement" and not _FETCHED.search(folded):
        return False
    if labour and topic == "open_dispute" and not unsure:
        return False
    return (
        unsure
        or name in _ANYWHERE
        or topic in _TOPICS
        or topic.startswith(_GROUPS)
        or (name.startswith("compensation") and topic == "bank/insurance")
    )


def _strikes_asked(folded: str, parse: Parse) -> bool:
    topic = str(parse.get("topic"))
    if topic not in ("my_safety_record", "book_education") and not topic.startswith("safety/") and not is_weak(parse):
        return False
    return bool(
        not _WHICH_KINDS.search(folded)
        and _LEARN.search(folded)
        and _LEARN_ASKS.search(folded)
        and _OWN_COUNT.search(folded)
        and re.search(r"闯|违法|违章|罚|逆行|红灯|累计|再来|再有", folded)
    )


def _deadline(
    text: str,
    folded: str,
    parse: Parse,
    metadata: dict[str, Any],
    tracker: DialogueStateTracker | None,
    form: str | None,
) -> Turn | None:
    """ "前年10月离职的 现在还能告吗", "那监察呢 能查不" after it: the periods from the date that was told."""
    if form or len(folded) > ASKED_LONGEST:
        return None
    topic = str(parse.get("topic"))
    unsure = parse.get("decision") in ("ambiguous", "unsure") or is_weak(parse)
    told = _told_lately(tracker) if tracker is not None else []
    still = _STILL_TIME.search(folded) or (topic == "dispute/time_limit" and _WHAT_NOW.search(folded))
    if _DATED.search(folded) and still and _OF_LABOUR.search(folded):
        claims = topic == "open_dispute" and not unsure and not _OF_TIME.search(folded)  # it is to be taken up
        if not claims and (topic.startswith("dispute/") or unsure or topic in ("open_dispute", "out_of_scope")):
            return _turn(text, parse, metadata, DEADLINE)
        return None
    if tracker is None or find_point(text) != "inspection" or not any(_DATED.search(one) for one in told):
        return None
    if kind_of(told) is None and not any(_OF_LABOUR.search(one) for one in told):
        return None
    return _turn(text, parse, metadata, DEADLINE, told)


def _compensation(folded: str, tracker: DialogueStateTracker | None) -> str | None:
    """Which compensation is meant: of the message itself, of the running form, of what was told before."""
    if _SENT_AWAY.search(folded):
        return "compensation_dismissal"
    own = kind_of([folded])
    if own in _COMPENSATION:
        return _COMPENSATION[str(own)]
    if tracker is None:
        return None
    if tracker.active_loop_name == "dispute_form":
        return _COMPENSATION.get(str(tracker.get_slot("dispute_type")))
    told = _told_lately(tracker)
    for one in reversed(told):
        if _SENT_AWAY.search(one):
            return "compensation_dismissal"
        if kind_of([one]) in _COMPENSATION:
            return _COMPENSATION[str(kind_of([one]))]
    return None


def _told_lately(tracker: DialogueStateTracker) -> list[str]:
    """The rider's last messages, the newest last, without taps."""
    users = [str(e.text) for e in tracker.events if isinstance(e, UserUttered) and e.text]
    return [text for text in users[-MESSAGES_BACK:] if not text.startswith("/")]


def _lately(tracker: DialogueStateTracker) -> list[str]:
    """What the rider's last messages were about, the newest last."""
    users = [e for e in tracker.events if isinstance(e, UserUttered)]
    found = []
    for event in users[-2:]:
        metadata = event.metadata or {}
        point = metadata.get("point")
        found.append(str(point or metadata.get("about") or (event.parse_data or {}).get("topic") or ""))
    return found


def _matter(tracker: DialogueStateTracker) -> str | None:
    """The matter that a short follow-up belongs to: the running form's, else that of the last two messages."""
    form = tracker.active_loop_name
    if form:
        return {"dispute_form": "labour", "plating_form": "plate", "education_form": "study"}.get(str(form))
    for about in reversed(_lately(tracker)):
        if about in law_points():
            name = law_points()[about]
            return "study" if about == "study_length" else name.matter
        if about in (DEADLINE, "open_dispute") or about.startswith("dispute/"):
            return "labour"
        if about == STRIKES or about == "book_education" or about.startswith("safety/"):
            return "study"
        if about == "freight/plate_window":
            return "plate"
        if about in ("freight/blue_window", "find_berth"):
            return "berth"
        if "/" in about or about.startswith(("find_", "book_", "calc_", "enroll", "join_", "check_")):
            return None
    return None
