"""What in the middle of a form is another matter, and the offer to do that one first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import Event, Heard, say
from bot.actions.form_asking import FormAsking
from bot.actions.form_fields import Field, Values
from bot.actions.form_reading import holds_strictly
from bot.actions.laid_aside import over, put_aside, without
from bot.actions.registry import FORMS, STARTERS
from bot.actions.wording import CORRECTION, QUESTION, SHORT, SKIP, is_meant
from bot.knowledge.topics import title as topic_title

# topics that are an answer, whatever the form asks
ANSWERS = frozenset({"inform", "affirm", "deny", "nlu_fallback", ""})
# short social words: answered by their own rule, the form then asks again
SOCIAL = frozenset({"greet", "thank", "goodbye", "chitchat", "help", "bot_challenge", "bot_feedback"})


class FormSwitching(FormAsking):
    """The half of a task form that tells its own matter from others; `bot.actions.forms.TaskForm` hears the answers."""

    form: ClassVar[str] = ""
    start_topic: ClassVar[str] = ""  # the topic whose rule starts this form
    topics: ClassVar[frozenset[str]] = frozenset()  # further topics that, inside the form, say more of the same

    @classmethod
    def all_fields(cls) -> Sequence[Field]:
        """Every field the form can ask for, in the order of asking."""
        raise TypeError(f"{cls.__name__} has no fields")

    def _is_other_matter(self, heard: Heard, field: Field | None, found: Values, verdict: bool | None) -> bool:
        topic = heard.topic
        if topic == "nlu_fallback" and self._is_doubtful_question(heard, field, found):
            return True
        if topic in ANSWERS or topic == self.start_topic or topic in self.topics:
            return False
        if verdict is True and not found:
            return False
        asks = bool(QUESTION.search(heard.text))
        short = len(heard.text) <= SHORT and not asks
        if short and field is not None and SKIP.search(heard.text):
            return False  # "不知道" answers the open question, whatever topic it looks like
        weak = {f.name for f in self.all_fields() if f.weak}
        strict = any(
            name not in weak
            and (field is None or name != field.name or not field.free_text or holds_strictly(field, heard))
            for name in found
        )
        if heard.text.startswith("/"):
            return True
        if short and field is not None and field.free_text and field.name in found and topic == "out_of_scope":
            return False  # "会计" is a subject to study, not a matter outside
        least = (
            0.6 if "/" in topic or topic.startswith("find_") else 0.85
        )  # of a question that holds a value by the way
        if strict and not (asks and heard.confidence >= least and not CORRECTION.search(heard.text)):
            return False
        if topic in SOCIAL:
            return heard.confidence >= 0.5 and verdict is None and is_meant(topic, heard.text)
        if "/" in topic:
            return heard.confidence >= 0.5 and (asks or heard.confidence >= 0.85)
        return heard.confidence >= (0.55 if not found else 0.8)

    def _is_doubtful_question(self, heard: Heard, field: Field | None, found: Values) -> bool:
        """A question nobody is sure about, which holds at most a time or a place by the way: let it be clarified."""
        by_the_way = {f.name for f in self.all_fields() if f.weak}
        answered = any(name not in by_the_way or (field is not None and name == field.name) for name in found)
        return not answered and bool(QUESTION.search(heard.text)) and bool(heard.metadata.get("choices"))

    def _offer_switch(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard, requested: str, runs: str | None
    ) -> list[Event]:
        """Ask before another form begins. `runs`: the form that the message's words start, when no topic does."""
        form = FORMS.get(STARTERS.get(runs, runs)) if runs else None
        name = form.title if form else topic_title(heard.topic)
        parse = {k: v for k, v in heard.parse.items() if k in ("text", "entities", "topic", "intent")}
        say(
            dispatcher,
            f"您的{self.title}还没提交。先放一放，去办“{name}”吗？",
            (("先去办那个", "/affirm"), ("接着办这个", "/deny")),
            ask=True,
        )
        return [
            SlotSet(
                "pending_task",
                {
                    "topic": heard.topic,
                    "text": heard.text,
                    "parse": parse,
                    "runs": runs,
                    "before": without(tracker.get_slot("suspended"), self.form),
                },
            ),
            SlotSet("suspended", over(put_aside(FORMS[self.form], tracker.get_slot), tracker.get_slot("suspended"))),
            SlotSet("requested_slot", requested),
        ]
