"""A message that points at something shown: "第二个怎么走", "还有别的吗" at a list of places, "第三个" at the ten projects."""

from __future__ import annotations

import re
from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.registry import NARROWING
from bot.dialogue.turn import Parse, Turn, is_weak, last_topic, turns_since, with_topic
from bot.language import find_numbers, normalise

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
# All of a message that points at a list or leaves a field out: no cry for help, whatever a model hears in it.
ONLY_POINTS = re.compile(
    r"(?:那|就|要)?(?:最后(?:一|那)?[个家处]?|第[一二三四五六七八九十\d]+[个家处]|跳过|下一个|换一个)(?:那个|这个|这项|一个)?"
    r"(?:在哪里?|在哪儿|怎么走|咋走|怎么去|咋去|呢|吧|啊)?[？?。!！]*"
)
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
_JUST_NEAREST = re.compile(r"(?:那|就|要)*最近的?(?:那)?个?[呢吧啊]?[？?]?")
_AROUND_THERE = re.compile(
    r"(?:那|在|我在|到|去)*(?:附近|旁边|这边|那边|周边|边上|那里|那儿)*(?:呢|有吗|有没有|有不|有么|的)*[？?]?"
)
_PLACE_TOPICS = frozenset({"find_station", "find_drinks", "find_bank", "find_berth"})
IN_FORM_LIFE = 2  # the same inside a form
LIST_LIFE = 8  # user turns for which a list can be pointed at


def project_by_number(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "第三个", "最后一个" after the ten projects were listed."""
    found = _NTH_PROJECT.fullmatch(normalise(text).text.strip())
    if found is None or tracker.active_loop_name:
        return None
    topic = last_topic(tracker)
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


def location_sent(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    if "location" not in metadata:
        return None
    if tracker.active_loop_name:
        return Turn(text, with_topic(parse, "inform"), metadata)
    query = tracker.get_slot("last_query")
    topic = query.get("topic") if isinstance(query, dict) else None
    return Turn(text, with_topic(parse, topic if topic in _PLACE_TOPICS else "inform"), metadata)


_BROKEN = re.compile(
    r"(?:它|这台|那台|这个|那个|机器|最近的|第.个|就这台)*(?:是)?(?:又)?(?:坏|空|脏|漏水?|不出水|没水|没热水|不制冷|打不出水?)(?:得很|的|了|着呢)*(?:啊|呀)?"
)


def broken_machine(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "坏的", "空了" after machines were shown: one of them is to be reported."""
    query = tracker.get_slot("last_query")
    if not isinstance(query, dict) or tracker.active_loop_name or query.get("topic") != "find_drinks":
        return None
    if turns_since(tracker, query.get("turn")) > IN_FORM_LIFE or not _BROKEN.fullmatch(normalise(text).text.strip()):
        return None
    return Turn(text, with_topic(parse, "inform"), {**metadata, "about": "find_drinks", "runs": "machine_form"})


def place_pointed_at(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
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
            return goes_on(text, parse, metadata, query, {"nth": number})
        if _MORE.search(folded) and "service" not in entities:
            return goes_on(text, parse, metadata, query, {"more": True})
        if _PAGE_BEFORE.fullmatch(folded):
            return goes_on(text, parse, metadata, query, {"back": True})
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
            return goes_on(text, parse, metadata, query, {"nth": looked_at, "asks": True})
        if (
            "service" in entities
            and topic == "find_station"
            and re.search(r"^(那|有|有没有|还?要|还得|也要|能|还能|可以|哪)|呢$", folded)
        ):
            return goes_on(text, parse, metadata, query, {"filter": True})
        if topic in NARROWING and NARROWING[topic].search(folded):
            return goes_on(text, parse, metadata, query, {"filter": True})
        if _GO_THERE.fullmatch(folded):
            return goes_on(text, parse, metadata, query, {"nth": looked_at or 1})
        if _HOW_TO_GO.search(folded) and _POINTS_AT_ONE.match(folded) and len(folded) <= 12:
            return goes_on(text, parse, metadata, query, {"nth": 1 if _NEAREST.search(folded) else looked_at or 1})
        if _JUST_NEAREST.fullmatch(folded):
            return goes_on(text, parse, metadata, query, {"nth": 1})
    only_there = topic.startswith("find_") and str(parse.get("topic")).startswith("find_") and only_a_place(parse, text)
    if "place" in entities and len(folded) <= 14 and (is_weak(parse) or only_there):
        return goes_on(text, parse, metadata, query, None)
    return None


def only_a_place(parse: Parse, text: str) -> bool:
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
    points = ONLY_POINTS.fullmatch(normalise(text).text.strip()) and not re.match("跳过|下一个|换一个", text)
    return bool(points) and turns_since(tracker, query.get("turn")) <= IN_FORM_LIFE


def goes_on(
    text: str, parse: Parse, metadata: dict[str, Any], query: dict[str, Any], follow: dict[str, Any] | None
) -> Turn:
    """The turn that goes on with a list; one under a question has no topic of its own and is run by name."""
    topic = str(query.get("topic"))
    more: dict[str, Any] = {"follow": follow} if follow else {}
    if "/" not in topic:
        return Turn(text, with_topic(parse, topic), {**metadata, **more})
    return Turn(text, with_topic(parse, "inform"), {**metadata, **more, "about": topic, "runs": query["action"]})
