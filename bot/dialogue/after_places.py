"""Short messages after places were shown or named: "晚上十点还开吗", "周氏呢", "地铁的那个", "帮我约一个"."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.place_answers import BOOKED_ELSEWHERE, HOURS_OF
from bot.actions.registry import form_started_by
from bot.dialogue.offers import ordered
from bot.dialogue.pointing import LIST_LIFE, goes_on, only_a_place
from bot.dialogue.turn import Parse, Turn, from_payload, last_topic, read_payload, turns_since, with_topic
from bot.geo.places import gazetteer
from bot.language import find_times, normalise
from bot.nlu.rules import find_entities
from bot.services.clock import SHANGHAI

_WITH_HOURS = frozenset({"find_station", "find_bank", "culture/library", "women/what_is", "find_drinks"})
_LEAD = r"(?:那|它|他们?|这|那个|这个|那几个|这几个|这三个|那家|那里|那儿|那边|这边|都|还|也|是|一般|请问|到|过了|以后|之后|钟|点|的话|去|我)*"
_IS_OPEN = re.compile(
    rf"{_LEAD}(?:开|营业|上班|关|有人|还有|有|能进|能去)(?:不开|着|门|业|的|了)*[吗么没伐不否呢啊吧]*[？?]?|{_LEAD}[呢咧][？?]?"
)
_WHICH_HOURS = re.compile(
    rf"{_LEAD}(?:早上|晚上)?(?:几点|多晚|啥时候|什么时候|几点钟|啥时间|什么时间)(?:开始)?(?:开门|关门|开|关|下班|上班|打烊|营业|结束)(?:的|啊|呢|呀)*[？?]?"
    rf"|{_LEAD}(?:开|营业|开门)(?:到)(?:几点|多晚|啥时候|什么时候)(?:钟|的|啊|呢)*[？?]?|{_LEAD}(?:的)?(?:营业|开放|开门)时间(?:是|呢|多少|啥)*[？?]?"
)
_HOW_FAR = re.compile(
    r"(?:那|它|离我|离这儿?|过去|那里|那边|最近的)*(?:远不远|远吗|远不|多远|有多远|要多久|骑车多久)(?:啊|呢|呀)*[？?]?"
)
_ANOTHER_PLACE = re.compile(
    r"(?:那|到|去|换|换成|要是|我在|在)*(?P<name>[\u4e00-\u9fff]{2,4}?)镇?(?:那边|这边|附近)?(?:呢|有吗|有没有|有不|咋样)[？?]?"
)
_ORDER = re.compile(
    r"(?:那|就|请|麻烦|可以|能不能|能|帮我|给我|替我|帮忙|我想|我要|想|先|在这里?|在那里?|第[一二三]个|\s)*"
    r"(?:约|预约|订|预定)(?:一?个|一下子?|下|上|好|位子?|号|车位|时间|\s)*(?:吧|吗|呗|啊|行吗|行不行|可以吗)*[？?。]?"
)
_CHOSEN = re.compile(r"(?:的?那?个|这个|的|是|就|我在|在|选|要|站|吧|啊|呗|嘛|呢|那边|附近|\s)")
_THOSE = re.compile(r"(?:开着?|开门|营业)的(?:呢|有吗|有没有|有不|有哪些)?[？?]?$")
_EITHER = re.compile(
    r"(?:我|也|都|哪个|两个|随便)*(?:都行|都可以|都一样|随便|不知道|不清楚|分不清|近)(?:的|哪个|吧|了|啊|就行)*[。!！]*"
)
_NOW = re.compile(r"现在|这会儿?|此刻")
_NOT = re.compile(r"不是|不要|不在")
_SAME = {"轻轨": "地铁", "城铁": "城际"}
_SERVICE_ASKED = re.compile(
    r"(?:那|要是|还)?(?:有没有|有|能|可以)?(?P<what>.{2,6}?)(?P<any>的)?(?:呢|有吗|有没有|有不|有伐|[吗没不伐])[？?]?"
)
OPENED_LIFE = 2  # user turns in which "几点开门" still means what was shown or named


def after_places(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """The turn of such a message, if it is one."""
    if tracker.active_loop_name or text.startswith("/"):
        return None
    folded = normalise(text).text.strip()
    for reading in (_one_of_two, _order, _hours, _far, _with_service, _only_where, _elsewhere):
        turn = reading(folded, text, parse, metadata, tracker)
        if turn is not None:
            return turn
    return None


def _one_of_two(
    folded: str, text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker
) -> Turn | None:
    """ "地铁的那个" when it was asked which of two places of one name is meant."""
    choices = [one for one in _offered(tracker) if "（" in str(one["title"]) and '{"place"' in str(one["payload"])]
    if len(choices) >= 2 and _EITHER.fullmatch(folded):
        first = read_payload(str(choices[0]["payload"]))
        return Turn(text, from_payload(str(choices[0]["payload"]), *first), metadata) if first else None
    key = _CHOSEN.sub("", _NOT.sub("", folded))
    key = _SAME.get(key, key)
    if len(choices) < 2 or not 1 <= len(key) <= 4:
        return None
    fit = [one for one in choices if key in str(one["title"]).partition("（")[0]]
    if _NOT.search(folded):
        fit = [one for one in choices if one not in fit] if len(fit) == 1 else []
    read = read_payload(str(fit[0]["payload"])) if len(fit) == 1 else None
    return Turn(text, from_payload(str(fit[0]["payload"]), *read), metadata) if read else None


def _order(
    folded: str, text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker
) -> Turn | None:
    """ "帮我约一个 明天早上八点": what the last answer offers to book, else what was shown, which cannot be booked here."""
    kinds = {str(e.get("entity")) for e in parse.get("entities") or []}
    if kinds - {"time"} or not _ORDER.fullmatch(_without_times(folded)):
        return None
    payload = ordered({"offer": {"choices": _offered(tracker), "asks": False}}, "约")
    read = read_payload(payload) if payload else None
    if read is not None and "do" not in read[1] and form_started_by(read[0]):
        given = from_payload(text, *read)["entities"]
        return Turn(
            text, with_topic({**parse, "entities": [*(parse.get("entities") or []), *given]}, read[0]), metadata
        )
    shown = _shown(tracker) or _about_before(tracker)
    about = next((name for name in BOOKED_ELSEWHERE if shown == name or shown.startswith(name + "/")), None)
    if about is None:
        return None
    return Turn(text, with_topic(parse, "inform"), {**metadata, "about": about, "runs": "action_not_booked_here"})


def _hours(
    folded: str, text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker
) -> Turn | None:
    """ "那晚上开着伐", "星期天呢", "几点关门" of the places just shown, else of the place just asked about."""
    if _THOSE.search(folded):
        return None  # "周末开的呢": the list narrowed to those
    rest = _without_times(folded)
    timed = rest != folded
    which = _WHICH_HOURS.fullmatch(folded) or _WHICH_HOURS.fullmatch(rest)
    plain = re.fullmatch(
        r"(?:那|现在|今天|还|都)*(?:开着|开门|营业|还开|开)[吗么没伐不呢着]*[？?]?|开不开[？?]?", folded
    )
    if not (which or plain or (timed and _IS_OPEN.fullmatch(rest))):
        return None
    shown = _shown(tracker)
    if shown in _WITH_HOURS:
        query: dict[str, Any] = tracker.get_slot("last_query")
        focus = int(query.get("focus") or 0)
        return goes_on(text, parse, metadata, query, {"hours": True, **({"nth": focus} if focus else {})})
    if not which and rest.strip("那呢咧？? ") == "":
        return None  # "明天呢" after anything else
    before = _about_before(tracker)
    about = next((name for name in HOURS_OF if before == name or before.startswith(name + "/")), None)
    if about is None:
        return None
    runs = {"about": before if "/" in before else about, "runs": HOURS_OF[about]}
    return Turn(text, with_topic(parse, "inform"), {**metadata, **runs})


def _far(folded: str, text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "远不远" after a list: the one looked at, else the nearest."""
    if _shown(tracker) is None or not _HOW_FAR.fullmatch(folded):
        return None
    query: dict[str, Any] = tracker.get_slot("last_query")
    return goes_on(text, parse, metadata, query, {"nth": int(query.get("focus") or 0) or 1})


def _with_service(
    folded: str, text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker
) -> Turn | None:
    """ "热水呢", "那厕所呢" after a list of stations, whatever a model hears in so few words."""
    bare = _SERVICE_ASKED.fullmatch(folded)
    if bare is None or _shown(tracker) != "find_station":
        return None
    found = [one for one in find_entities(bare["what"], datetime.now(SHANGHAI)) if one.entity == "service"]
    if len(found) != 1 or (found[0].start, found[0].end) != (0, len(bare["what"])):
        return None
    service = {"entity": "service", "value": found[0].value, "extractor": "need"}
    query: dict[str, Any] = tracker.get_slot("last_query")
    focus = int(query.get("focus") or 0)
    any_one = bare["any"] or folded.endswith(("呢", "呢?", "呢？"))
    follow = {"filter": True} if any_one or not focus else {"nth": focus, "asks": True}
    return goes_on(text, {**parse, "entities": [service]}, metadata, query, follow)


def _only_where(
    folded: str, text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker
) -> Turn | None:
    """ "花桥" after a general answer about stations: those there."""
    if not last_topic(tracker).startswith("station/") or not only_a_place(parse, text):
        return None
    return Turn(text, with_topic(parse, "find_station"), metadata)


def _elsewhere(
    folded: str, text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker
) -> Turn | None:
    """ "周氏呢", "太仓呢" after a list: the town by its sound, and a city that is not this one is said not to be."""
    query = tracker.get_slot("last_query")
    found = _ANOTHER_PLACE.fullmatch(folded)
    if found is None or not isinstance(query, dict) or turns_since(tracker, query.get("turn")) > LIST_LIFE:
        return None
    if {str(e.get("entity")) for e in parse.get("entities") or []} - {"place", "employer"}:
        return None
    match = gazetteer().resolve(found["name"])
    if match is None or match.surface != found["name"]:
        return None
    place = match.candidates[0]
    heard = any(e.get("entity") == "place" for e in parse.get("entities") or [])
    if not place.outside and (heard or place.kind != "district"):
        return None  # a place as it is written is found by `place_pointed_at`
    given = {"entity": "place", "value": place.name, "extractor": "payload"}
    return goes_on(text, {**parse, "entities": [given]}, metadata, query, None)


def _about_before(tracker: DialogueStateTracker) -> str:
    """The topic of the message before, or what it was found to be about."""
    last = next((e for e in reversed(tracker.events) if isinstance(e, UserUttered)), None)
    about = (last.metadata or {}).get("about") if last else None
    return str(about) if about else last_topic(tracker)


def _offered(tracker: DialogueStateTracker) -> list[dict[str, Any]]:
    """The choices of the last reply."""
    last = tracker.get_slot("last_turn")
    offer = last.get("offer") if isinstance(last, dict) else None
    return list(offer.get("choices") or []) if isinstance(offer, dict) else []


def _shown(tracker: DialogueStateTracker) -> str | None:
    """The topic of the search whose places were shown just now."""
    query = tracker.get_slot("last_query")
    if not isinstance(query, dict) or not query.get("items"):
        return None
    fresh = turns_since(tracker, query.get("turn")) <= OPENED_LIFE
    topic = str(query.get("topic"))
    still = last_topic(tracker)
    group = topic.removeprefix("find_").partition("/")[0]
    near = still in (topic, "inform", "nlu_fallback", "affirm", "thank") or still.startswith((group + "/", "find_"))
    return topic if fresh and (near or turns_since(tracker, query.get("turn")) == 1) else None


def _without_times(text: str) -> str:
    """The text without the times named in it."""
    for one in reversed(find_times(text, datetime.now(SHANGHAI))):
        text = text[: one.start] + text[one.end :]
    return _NOW.sub("", text).strip(" ，,。")
