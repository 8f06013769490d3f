"""What a message about 昆小哥学堂 means after an answer about it, or where it asks for a yes or no that no passage gives."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.enrolment import EnrolForm
from bot.actions.school_talk import DEGREE_WORDS, ActionSchoolLevel, ActionSecondDegree, level_asked, two_degrees
from bot.actions.subsidy_followups import CASE_LIFE, adds_to_case, is_lone_sum, is_what_if, tells_tuition
from bot.dialogue.turn import Parse, Turn, is_weak, turns_since, with_topic


def what_if(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "那大专呢", "要是毕不了业呢", "那两样加起来呢" after a subsidy was worked out."""
    case = tracker.get_slot("subsidy_case")
    if not isinstance(case, dict) or tracker.active_loop_name or turns_since(tracker, case.get("turn")) > CASE_LIFE:
        return None
    topic = str(parse.get("topic"))
    if is_lone_sum(text) and turns_since(tracker, case.get("turn")) <= 1 and is_weak(parse):
        return Turn(f"学费{text}", with_topic(parse, "calc_subsidy"), {**metadata, "what_if": True})
    at_school = topic.startswith("school/") or topic in ("enroll_school", "calc_subsidy") or is_weak(parse)
    if not is_what_if(text, case.get("study_level")) and not (
        at_school and not text.startswith("/") and adds_to_case(text)
    ):
        return None
    return Turn(text, with_topic(parse, "calc_subsidy"), {**metadata, "what_if": True})


def tuition_told(
    text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker | None
) -> Turn | None:
    """ "本科学费 2万3" with no word of a subsidy: there is nothing else to do with a tuition here."""
    topic = str(parse.get("topic"))
    if tracker is not None and tracker.active_loop_name:
        return None
    open_to = topic.startswith("school/") or topic in ("enroll_school", "out_of_scope") or is_weak(parse)
    if not (open_to or parse.get("decision") in ("ambiguous", "unsure")) or not tells_tuition(text):
        return None
    return Turn(text, with_topic(parse, "calc_subsidy"), metadata)


def second_degree(
    text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker | None
) -> Turn | None:
    """ "有个大专了 再读一个大专给补吗": no or yes, not the whole rule."""
    topic = str(parse.get("topic"))
    if text.startswith("/") or (tracker is not None and tracker.active_loop_name):
        return None
    if not (topic.startswith("school/") or topic in ("calc_subsidy", "enroll_school") or is_weak(parse)):
        return None
    if two_degrees(text) is None:
        return None
    about = {"about": "school/subsidy_rule", "runs": ActionSecondDegree.action_name}
    return Turn(text, with_topic(parse, "inform"), {**metadata, **about})


def level_after(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "那中专呢", "大专有吗" after an answer about the school, and after one like it."""
    level = None if text.startswith("/") else level_asked(text)
    if level is None or tracker.active_loop_name not in (None, EnrolForm.form):
        return None
    if tracker.active_loop_name:
        # "那本科呢" may mend what the form holds; of "那中专呢" nothing in it can be meant
        if not text.startswith("那") or tracker.get_slot("requested_slot") != "enrol_level" or level in DEGREE_WORDS:
            return None
        about = {"about": "enroll_school", "of_topic": "enroll_school", "runs": ActionSchoolLevel.action_name}
        return Turn(text, with_topic(parse, "inform"), {**metadata, **about})
    topic = _talked_of(tracker)
    if not topic.startswith("school/") and topic not in ("enroll_school", "calc_subsidy"):
        return None
    about = {"about": topic, "of_topic": topic, "runs": ActionSchoolLevel.action_name}
    return Turn(text, with_topic(parse, "inform"), {**metadata, **about})


def _talked_of(tracker: DialogueStateTracker) -> str:
    """The topic of the message before this one, or what it was taken to be about."""
    last = next((e for e in reversed(tracker.events) if isinstance(e, UserUttered)), None)
    if last is None:
        return ""
    return str((last.metadata or {}).get("about") or (last.parse_data or {}).get("topic") or "")
