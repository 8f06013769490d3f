"""What a message means *here*: the same words mean different things after a list, inside a form, after an accident.

The understanding (`bot.nlu`) reads a message by itself. This module adds the conversation: it asks one reader after
the other, and the first that knows the message makes the turn of it. What points at a list is read in `pointing`,
what takes up an offer in `taken_up`, what still belongs to an accident or a ticket in `aftermath`, the rest here.
It changes only the parse that Rasa gets (topic, entities, metadata); rules, forms and actions do the rest.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.dispute_story import UNPAID, tells_wrong
from bot.actions.hospital import ASKED_ABOUT
from bot.actions.registry import BUTTONS, FORMS, form_started_by, run_anywhere, run_by_words, slots_of
from bot.actions.wording import QUESTION, wants_to_park
from bot.dialogue.after_places import after_places
from bot.dialogue.aftermath import (
    besides_danger,
    feelings,
    help_is_coming,
    more_after_ticket,
    safe_again,
    told_after_ticket,
)
from bot.dialogue.bookings import first_that, one_more, several_visits
from bot.dialogue.crash_talk import crash_talk
from bot.dialogue.danger import after_danger, danger_first, of_emergency, unwell
from bot.dialogue.follow_ups import follow_up
from bot.dialogue.grievances import grievance
from bot.dialogue.hurt_words import with_chest_first
from bot.dialogue.law_talk import is_calm_law, law_follow_up, law_point
from bot.dialogue.mended import mends_just_filed, mends_ticket
from bot.dialogue.moved import another_time, time_corrected, time_for_move
from bot.dialogue.needs import needs_of_rider
from bot.dialogue.pointing import ONLY_POINTS, broken_machine, location_sent, place_pointed_at, project_by_number
from bot.dialogue.pregnancy import more_of_pregnancy
from bot.dialogue.relief import relieved
from bot.dialogue.review_talk import review_talk
from bot.dialogue.school import level_after, second_degree, tuition_told, what_if
from bot.dialogue.short_ones import short_one
from bot.dialogue.taken_up import (
    answer_to_offer,
    answer_to_switch,
    nth_button,
    order_of_nothing,
    other_hour_of_mediation,
    resume,
    waiting_for_human,
)
from bot.dialogue.turn import Parse, Turn, is_weak, last_topic, turns_since, with_topic
from bot.language import normalise, read_answer

if TYPE_CHECKING:
    from bot.actions.forms import TaskForm

ASIDE_LENGTH = 16  # characters of a question in a form that names no matter of its own
_NO_WORDS = re.compile(r"[\s。，,.、…·!！~～\-_=+*/\\;；:：\"'“”‘’()（）]+")
# "# Z3": neither a word nor a number of help
_NO_CRY = re.compile(
    r"(?![\s\S]*1[12][0-9])(?=[^\u4e00-\u9fff]*[A-Za-z0-9])[^\u4e00-\u9fffA-Za-z]*(?:[A-Za-z]{1,2}[^\u4e00-\u9fffA-Za-z]*)?"
)
_ENOUGH = re.compile(
    r"(?:行|好|那|嗯|哦|唉)*[，,\s]*(?:那|就)*(?:算了(?:吧|呗|不[办约报填]了)?|取消(?:上牌|报名|登记|投诉|举报)(?:吧|了)?)[。!！]?"
)
_NOT_NOW = re.compile(r"(?:那|我|就|还是)*(?:先不(?![填说留])|不(?![填说留想]).{1,3}了)")
ROAD_LENGTH = 8  # characters: "人民路"
PASSAGE_LIFE = 3  # user turns in which a passage can be asked about again


def interpret(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker | None) -> Turn:
    """The turn this message makes in this conversation."""
    if tracker is not None and parse.get("do") == "resume" and (turn := resume(text, parse, metadata, tracker)):
        return turn
    runs = BUTTONS.get((str(parse.get("topic")), str(parse.get("do"))))
    if runs:
        return Turn(text, with_topic(parse, "inform"), {**metadata, "about": parse["topic"], "runs": runs})
    machine = tracker is not None and broken_machine(text, parse, metadata, tracker) is not None  # "它没水了"
    if parse.get("topic") in ("emergency", "crisis") and (machine or _is_calm(text, tracker)):
        parse = with_topic(parse, "inform")
    if parse.get("topic") in ("emergency", "crisis") and is_calm_law(text, str(parse["topic"])):
        parse = with_topic(parse, "nlu_fallback", 0.0)
    if parse.get("topic") == "crisis" and _NO_CRY.fullmatch(text):
        parse = with_topic(parse, "nlu_fallback", 0.0)
    if parse.get("topic") == "crisis" and ONLY_POINTS.fullmatch(normalise(text).text.strip()):
        parse = with_topic(parse, "inform")
    if _NO_WORDS.fullmatch(text) and not metadata.keys() & {"location", "image_url"}:
        parse = with_topic(parse, "nlu_fallback", 0.0)
    turn = (
        relieved(text, parse, metadata, tracker)
        or unwell(text, parse, metadata, tracker)
        or danger_first(text, parse, metadata, tracker)
    )
    if turn is not None:
        return turn
    if tracker is None or not tracker.active_loop_name:
        parse, metadata = with_chest_first(text, parse, metadata)
    if parse.get("topic") == "emergency":
        metadata = of_emergency(text, metadata)
    if tracker is None:
        if "location" in metadata or "image_url" in metadata:
            return Turn(text, with_topic(parse, "inform"), metadata)
        safety = parse.get("topic") in ("emergency", "crisis")
        if safety:
            return Turn(text, parse, besides_danger(text, parse, metadata))
        return (
            _anywhere(text, parse, metadata, None)
            or needs_of_rider(text, parse, metadata, None)
            or law_point(text, parse, metadata, None)
            or follow_up(text, parse, metadata, None)
            or grievance(text, parse, metadata, None)
            or feelings(text, parse, metadata, None)
            or order_of_nothing(text, parse, metadata, None)
            or second_degree(text, parse, metadata, None)
            or tuition_told(text, parse, metadata, None)
            or several_visits(text, parse, metadata, None)
            or _words(text, parse, metadata, None)
            or _unsure(text, parse, metadata, None)
            or Turn(text, parse, metadata)
        )
    topic = str(parse.get("topic") or "")
    if topic == "crisis" or (topic == "emergency" and not help_is_coming(text, tracker)):
        over = safe_again(text, parse, metadata, tracker)
        if over is not None:
            return over
        return Turn(text, parse, besides_danger(text, parse, metadata))
    for reading in (
        answer_to_switch,
        resume,
        first_that,
        crash_talk,
        safe_again,
        after_danger,
        _leaves_form,
        location_sent,
        _image,
        _anywhere,
        project_by_number,
        waiting_for_human,
        mends_ticket,
        mends_just_filed,
        time_corrected,
        other_hour_of_mediation,
        time_for_move,
        after_places,
        short_one,
        review_talk,
        follow_up,
        grievance,
        answer_to_offer,
        law_follow_up,
        law_point,
        _aside,
        more_of_pregnancy,
        told_after_ticket,
        more_after_ticket,
        needs_of_rider,
        feelings,
        broken_machine,
        place_pointed_at,
        _not_today,
        what_if,
        second_degree,
        level_after,
        tuition_told,
        _passage,
        another_time,
        nth_button,
        one_more,
        several_visits,
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


def _anywhere(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker | None) -> Turn | None:
    """A card number, a number that the bot gave out: answered in a form too, and the form goes on."""
    form = str(tracker.active_loop_name) if tracker is not None and tracker.active_loop_name else None
    runs = None if text.startswith("/") else run_anywhere(normalise(text).text, form)
    if runs is None:
        return None
    return Turn(text, with_topic(parse, "inform"), {**metadata, "about": parse.get("topic"), "runs": runs})


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
    if topic is None or (str(parse.get("topic")).startswith(topic.partition("/")[0] + "/") and not is_weak(parse)):
        return None
    return Turn(text, with_topic(parse, topic), metadata)


_FORM_OF_GROUP = {"hospital": "hospital_form", "school": "enrol_form"}


def _talked_about(tracker: DialogueStateTracker) -> tuple[type[TaskForm] | None, dict[str, Any]]:
    """The running form and its values; else the form whose matter the last message asked about."""
    if tracker.active_loop_name:
        form = FORMS.get(str(tracker.active_loop_name))
        return form, {name: tracker.get_slot(name) for name in slots_of(form.form)} if form else {}
    topic = last_topic(tracker)
    name = "screening_form" if topic == "women/screening" else _FORM_OF_GROUP.get(topic.partition("/")[0])
    if "/" not in topic or name is None:
        return None, {}
    return FORMS.get(name), {"visit_channel": ASKED_ABOUT.get(topic)}


def _leaves_form(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "先不报了" in a form, which by itself is a no to anything."""
    if not tracker.active_loop_name or parse.get("topic") == "stop" or str(parse.get("text") or "").startswith("/"):
        return None
    if _ENOUGH.fullmatch(normalise(text).text.strip()):
        return Turn(text, with_topic(parse, "stop"), metadata)
    values = {e.get("entity") for e in parse.get("entities") or []} & {"amount", "phone", "employer"}
    if tracker.active_loop_name == "dispute_form" and not values and wants_to_park(normalise(text).text.strip()):
        return Turn(text, with_topic(parse, "stop"), metadata)
    if not _NOT_NOW.match(text.strip()):
        return None
    return Turn(text, with_topic(parse, "stop"), metadata) if read_answer(text) == "stop" else None


_LATER = re.compile(
    r"(?:那|先|就|嗯|好|我)*(?:(?:回头|以后|下次|改天|过[几两]天|有空)?再说|改天|下次)(?:吧|呗|了)?[。!！]*"
)


def _not_today(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "再说吧" outside a form."""
    if tracker.active_loop_name or not _LATER.fullmatch(normalise(text).text.strip()):
        return None
    return Turn(text, with_topic(parse, "stop"), metadata)


def _image(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    if "image_url" not in metadata:
        return None
    return Turn(text, with_topic(parse, "inform"), metadata)


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
    if runs is None or (runs == form_started_by(topic) and not is_weak(parse) and parse.get("decision") == "sure"):
        return None  # what it is understood as does the same, and staff read what it is
    return Turn(text, with_topic(parse, "inform"), {**metadata, "about": topic, "runs": runs})


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
    if entities & {"phone", "amount", "channel"} or not (is_weak(parse) or topic.startswith("freight/")):
        return None
    about = {"about": "freight/passage", "runs": "action_passage", "follow": {"more": True}}
    return Turn(text, with_topic(parse, "inform"), {**metadata, **about})


# "花桥有没有夜间开的驿站": what is sought and where are both said, so there is nothing to be unsure about
_SOUGHT = {
    "find_station": re.compile("驿站|歇脚|站点"),
    "find_bank": re.compile("建行|网点|银行|港湾"),
    "find_drinks": re.compile("饮品机|冷饮|热饮|饮料机"),
    "find_berth": re.compile("泊位|蓝窗"),
}
SURE_SEARCH = 0.9
_REPORTS = re.compile(r"(?:我|俺)?(?:想|要|来)?(?:给你们)?(?:反映|反应|提)(?:一?个|一下|点)?(?:事|情况|问题|意见|建议)")


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
    folded = normalise(text).text
    claims = tells_wrong(folded) or (best == "open_dispute" and UNPAID.search(folded))
    if len(parse.get("matters") or ()) < 2 and "/" not in best and claims:
        return Turn(text, with_topic(parse, "open_dispute", SURE_SEARCH), metadata)
    if _REPORTS.match(folded) and "leave_suggestion" in (parse.get("choices") or ()):
        return Turn(text, with_topic(parse, "leave_suggestion", SURE_SEARCH), metadata)
    if _is_whole_booking(parse):
        return Turn(text, with_topic(parse, "book_hospital", SURE_SEARCH), metadata)
    changed = with_topic(parse, "nlu_fallback", confidence)
    return Turn(text, changed, {**metadata, "best": parse.get("topic"), "choices": parse.get("choices") or []})
