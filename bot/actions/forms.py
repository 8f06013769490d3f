"""Forms that a rider can fill in any order, correct at any time and leave at any time.

A form is a list of `Field`s. At each message the form reads *every* field it can find (several values in one
message, corrections of earlier ones), not only the one it asked for. A message that is a question or another
matter is left to the rules (`ActionExecutionRejected` by returning nothing): Rasa answers it and comes back,
and the form then repeats its open question. When all needed fields are there the values are read back, and
only a yes ends the form; the rule after it runs the action that submits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, say
from bot.actions.picking import as_tapped, is_bare_order, may_leave
from bot.actions.registry import FORMS, STARTERS, form_started_by, run_by_words
from bot.actions.wording import (
    CORRECTION,
    GO_ON,
    QUESTION,
    RATHER,
    SAME_PHONE,
    SHORT,
    SKIP,
    instead,
    is_meant,
    is_yes,
    says_yes_too,
)
from bot.knowledge.topics import payload as topic_payload
from bot.knowledge.topics import title as topic_title
from bot.language import read_yes_no

SKIPPED = "skipped"  # the rider does not know or will not say; shown as 没说
CONFIRM = "confirmed"

Values = dict[str, Any]
Reader = Callable[[Heard], Any]

# topics that are an answer, whatever the form asks
ANSWERS = frozenset({"inform", "affirm", "deny", "nlu_fallback", ""})
# topics that leave the form at once, whatever was said besides
SAFETY = frozenset({"emergency", "crisis"})
# short social words: answered by their own rule, the form then asks again
SOCIAL = frozenset({"greet", "thank", "goodbye", "chitchat", "help", "bot_challenge", "bot_feedback"})
SENTENCE = 4  # characters that must be left of an answer when one word of it is corrected
SURELY = 0.8  # how sure the understanding must be that a human is wanted, when no word says so
LEAVING = frozenset({"stop", "human_handoff", "delete_my_data"})


@dataclass(frozen=True)
class Question:
    """One question with what can be tapped instead of typed."""

    text: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Field:
    """One thing a form needs.

    read: finds the value in any message, asked for or not (strict: only what is surely this field).
    read_answer: finds it when this very field was asked for (may be lenient); default: `read`.
    needed: whether it applies, given the values so far.
    optional: may be skipped ("不知道").
    show: the value as it is read back.
    free_text: the answer is the rider's own words, not a value of a closed kind.
    weak: a value of it alone does not show that the message is meant for this form (a place, a time).
    """

    name: str
    label: str
    ask: Callable[[Values], Question]
    read: Reader
    read_answer: Reader | None = None
    needed: Callable[[Values], bool] = lambda values: True
    optional: bool = False
    show: Callable[[Any], str] = str
    free_text: bool = False
    weak: bool = False


class Refused(Exception):
    """A reader saw the value but it cannot be right; the message says why, in words for the rider."""


class TaskForm(BotAction):
    """`validate_<form>` of a task form; see the module text."""

    form: ClassVar[str] = ""
    start_topic: ClassVar[str] = ""  # the topic whose rule starts this form
    topics: ClassVar[frozenset[str]] = frozenset()  # further topics that, inside the form, say more of the same
    leaving: ClassVar[frozenset[str]] = frozenset()  # topics that give this very form up
    calm: ClassVar[str] = ""
    """All of a short message that is an answer here and no cry for help ("没水了" about a machine)."""

    title: ClassVar[str] = ""  # what the form does, as in "您的{title}还没提交"
    yes_words: ClassVar[str] = ""
    """All of a message that says yes to this very read-back ("对 撤")."""

    confirm_title: ClassVar[str] = "请核对："
    confirm_needed: ClassVar[bool] = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.form:
            FORMS[cls.form] = cls

    def name(self) -> str:
        return f"validate_{self.form}"

    @classmethod
    def all_fields(cls) -> Sequence[Field]:
        """Every field the form can ask for, in the order of asking."""
        raise TypeError(f"{cls.__name__} has no fields")

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        """Values known from elsewhere when the form starts (a phone given before, say)."""
        return {}

    async def settle(self, dispatcher: CollectingDispatcher, heard: Heard, values: Values, changed: Values) -> Values:
        """Last word on the values after reading (derived values; a check that needs a service). Returns changes."""
        return {}

    def besides(self, heard: Heard, values: Values) -> Values:
        """What to keep of a message that answers no field and asks nothing ("众包的", "站长叫王强"); {} for nothing."""
        return {}

    @classmethod
    def aside(cls, text: str, values: Values) -> str | None:
        """The topic of a short question in the middle of this form that names no matter ("要带啥"); None: as understood."""
        return None

    def opening(self, values: Values) -> str | None:
        """A short first sentence when the form starts."""
        return None

    def confirm_note(self, values: Values) -> str:
        return ""

    def must_confirm(self, values: Values) -> bool:
        """Whether the values are read back before the form ends."""
        return self.confirm_needed

    # -- one message ---------------------------------------------------------------------------------------

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        fields = list(self.all_fields())
        values: Values = {f.name: tracker.get_slot(f.name) for f in fields}
        if _just_activated(tracker, self.form):
            return await self._start(dispatcher, tracker, heard, fields, values)
        if _came_back(tracker, self.form):
            dropped = {} if tracker.get_slot("pending_task") is None else {"pending_task": None, "suspended": None}
            return self._ask(
                dispatcher, fields, values, dropped, lead="咱们接着办。" if heard.topic not in SOCIAL else ""
            )
        return await self._continue(dispatcher, tracker, heard, fields, values)

    async def _start(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        heard: Heard,
        fields: list[Field],
        values: Values,
    ) -> list[Event]:
        resumed = bool(heard.metadata.get("resume"))
        changed: Values = {}
        if not resumed:
            values = dict.fromkeys(values)
            changed = {k: v for k, v in (await self.prepare(tracker, heard, values)).items() if v is not None}
            found, refusal, _ = self._read(heard, fields, None, values)
            changed |= found
            if refusal:
                say(dispatcher, refusal)
        merged = values | changed
        changed |= await self.settle(dispatcher, heard, merged, changed)
        base = dict.fromkeys(values) | changed if not resumed else changed
        base |= {"pending_task": None}
        if resumed:
            base |= {"suspended": None, "offered_resume": None}
        lead = self._resumed(fields, values) if resumed else (self.opening(values | changed) or "")
        aside = tracker.get_slot("suspended")
        if isinstance(aside, dict) and aside.get("form") == self.form:
            base |= {"suspended": None, "offered_resume": None}
        also = heard.metadata.get("also")
        if isinstance(also, dict) and also.get("form") != self.form:
            base |= {"suspended": also}
            lead = "\n".join(p for p in (f"好，一件一件来：先办{self.title}，再办{also['title']}。", lead) if p)
        return self._ask(dispatcher, fields, values | changed, base, lead=lead, fresh=True)

    async def _continue(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        heard: Heard,
        fields: list[Field],
        values: Values,
    ) -> list[Event]:
        requested = str(tracker.get_slot("requested_slot"))
        unsure = heard.topic == "human_handoff" and heard.confidence < SURELY and not is_meant(heard.topic, heard.text)
        unsure = unsure or (heard.topic == "stop" and not may_leave(heard.text))
        unsure = unsure or (heard.topic == "human_handoff" and is_bare_order(heard.text))  # "给我回电"
        if heard.topic in LEAVING and (unsure or self._is_answer_after_all(heard, fields, values, requested)):
            heard = replace(heard, topic="inform")
        runs = run_by_words(heard.topic, heard.text) if heard.topic == "human_handoff" else None
        if runs in FORMS and runs != self.form and not heard.metadata.get("switch"):
            return self._offer_switch(dispatcher, heard, requested, runs)  # "让银行给我回电" wants no human of ours
        if (
            heard.topic in (SAFETY | LEAVING | self.leaving) - {self.start_topic}
            or heard.metadata.get("switch")
            or heard.metadata.get("about")
        ):
            return []
        if tracker.get_slot("pending_task") is not None:
            # the offer to switch was not taken: whatever comes now is for this form
            if heard.text == "/deny" or read_yes_no(heard.text) is False:
                dropped = {"pending_task": None, "suspended": None}
                return self._ask(dispatcher, fields, values, dropped, lead="好，接着办这个。")
            events = await self._heard_in_form(dispatcher, tracker, heard, fields, values, requested)
            # nothing for this form either: it is left to the rules, which takes a reply without any event
            return [SlotSet("pending_task", None), SlotSet("suspended", None), *events] if events else []
        return await self._heard_in_form(dispatcher, tracker, heard, fields, values, requested)

    def _is_answer_after_all(self, heard: Heard, fields: list[Field], values: Values, requested: str) -> bool:
        """ "电话我不想留" is no wish to be erased, "找人帮我带娃" none for a human: words that only sound like leaving."""
        instead_of_leaving = heard.topic == "stop" and RATHER.search(heard.text)  # "算了 还是留电话吧 138…"
        if is_meant(heard.topic, heard.text) and not instead_of_leaving:
            return False
        asked = next((f for f in fields if f.name == requested), None)
        found, refusal, _ = self._read(heard, fields, asked, values)
        if instead_of_leaving and refusal:
            return True
        exact = any(not f.free_text or f.read(heard) is not None for f in fields if f.name in found)
        return exact or heard.topic == "delete_my_data"

    async def _heard_in_form(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        heard: Heard,
        fields: list[Field],
        values: Values,
        requested: str,
    ) -> list[Event]:
        if GO_ON.fullmatch(heard.text.strip()):
            return self._ask(dispatcher, fields, values, {}, lead="好，接着。")
        field = next((f for f in fields if f.name == requested), None)
        found, refusal, known = self._read(heard, fields, field, values)
        if field is None or field.free_text or not found:
            offered = field.ask(values).choices if field else self.confirm_choices(values)
            tap = as_tapped(heard, offered)
            if tap is not None:
                heard = tap
                found, refusal, known = self._read(heard, fields, field, values)
        if not found and correcting(heard) and not refusal:
            found = self._held_corrected(heard, fields, values)
        if field is not None and not found and field.name.endswith("phone") and SAME_PHONE.search(heard.text):
            given = tracker.get_slot("offered_phone")  # said in a form before this one, in this talk
            if given:
                found = {field.name: str(given)}
            else:
                refusal = "之前的号我这儿没留着，麻烦再发一遍。"
        better = instead(heard)
        if better:
            wrong = self._holding(better.wrong, heard, fields, values)
            corrected, refused, _ = self._read(better.heard, fields, wrong or field, values)
            if corrected and (better.sure or wrong):
                found, refusal = corrected, refused
                if wrong is not None and isinstance(values[wrong.name], str) and wrong.name in found:
                    # "不是空调 是热水器": that word of the rider's own sentence, not all of it
                    held = str(values[wrong.name])
                    if better.wrong in held and len(held) - len(better.wrong) >= SENTENCE:
                        found[wrong.name] = held.replace(better.wrong, str(found[wrong.name]))
        tapped = {"/affirm": True, "/deny": False}.get(heard.text)
        verdict = tapped
        if verdict is None and (requested == CONFIRM or not found):
            verdict = read_yes_no(heard.text)
        if (
            verdict is None
            and requested == CONFIRM
            and not found
            and (is_yes(heard.text) or (self.yes_words and re.fullmatch(self.yes_words, heard.text.strip())))
        ):
            verdict = True
        own_order = requested != CONFIRM and is_bare_order(heard.text)
        if own_order and requested not in found:
            found = {}  # "给我报名" is no "给我自己"
        if not found and (own_order or run_by_words(heard.topic, heard.text) == self.form):
            return self._ask(dispatcher, fields, values, {}, lead="好，正在办这个。")
        if not refusal and self._is_other_matter(heard, field, found, verdict):
            runs = run_by_words(heard.topic, heard.text)
            other = form_started_by(heard.topic) or (runs if runs in FORMS or runs in STARTERS else None)
            if other and (other == runs or any(v is not None for v in values.values())):
                return self._offer_switch(dispatcher, heard, requested, runs if other == runs else None)
            return []
        if found:
            changed = found | await self.settle(dispatcher, heard, values | found, found)
            merged = values | changed
            agreed = says_yes_too(heard.text) and not CORRECTION.search(heard.text) and not refusal
            if agreed and self._missing(fields, merged) is None:
                # "手机137… 确认": the last value and the yes came together
                return [*_sets(changed), SlotSet(CONFIRM, True), SlotSet("requested_slot", None)]
            return self._ask(dispatcher, fields, merged, changed, lead=self._noted(fields, values, changed))
        if known and verdict is None and not refusal and not QUESTION.search(heard.text):
            return self._ask(dispatcher, fields, values, {}, lead="这个记着了。")
        if refusal:
            return self._ask(
                dispatcher, fields, values, {}, lead=refusal, misses=int(tracker.get_slot("form_misses") or 0) + 1
            )
        if requested == CONFIRM:
            topic = heard.metadata.get("best") if heard.topic == "nlu_fallback" else heard.topic
            if verdict is True or topic == "affirm":
                return [SlotSet(CONFIRM, True), SlotSet("requested_slot", None)]
            if verdict is False or topic == "deny":
                return self._ask_what_is_wrong(dispatcher, fields, values)
        elif (
            field is not None
            and field.optional
            and (SKIP.search(heard.text) or verdict is False)
            and not self.besides(heard, values)
        ):
            changed = {field.name: SKIPPED}
            changed |= await self.settle(dispatcher, heard, values | changed, changed)
            return self._ask(dispatcher, fields, values | changed, changed, lead="好，这项先不填。")
        unwilling = field is not None and len(heard.text) <= SHORT and SKIP.search(heard.text)
        misses = int(tracker.get_slot("form_misses") or 0) + 1
        kept = {} if unwilling or heard.text.startswith("/") else self.besides(heard, values)
        return self._not_matched(dispatcher, fields, values | kept, misses, unwilling=bool(unwilling), kept=kept)

    def _not_matched(
        self,
        dispatcher: CollectingDispatcher,
        fields: list[Field],
        values: Values,
        misses: int,
        *,
        unwilling: bool,
        kept: Values,
    ) -> list[Event]:
        """The open question once more; the second time with a way out, the third time with a human.

        `kept`: what the message said besides, which is no answer but not lost either.
        """
        if kept:
            beside = (("先不办了", "/stop"), topic_payload("human_handoff")) if misses >= 2 else ()
            return self._ask(dispatcher, fields, values, kept, lead="这句也记上了。", misses=misses, beside=beside)
        lead = "这一项不能空着，不想办了就说“算了”。" if unwilling else "这句我没对上。"
        way_out: tuple[Choice, ...] = ()
        if misses >= 3:
            lead = "几次都没对上，对不住。可以转人工帮您办，前面说的都留着；也可以先不办。"
            way_out = (topic_payload("human_handoff"), ("先不办了", "/stop"))
        elif misses == 2 and not unwilling:
            missing = self._missing(fields, values)
            skip = "不想填这项说“跳过”，" if missing is not None and missing.optional else ""
            lead = f"还是没对上。说短一点就行；{skip}不办了说“算了”。"
            way_out = (("先不办了", "/stop"), topic_payload("human_handoff"))
        return self._ask(dispatcher, fields, values, {}, lead=lead, misses=misses, beside=way_out)

    def _read(
        self, heard: Heard, fields: list[Field], asked: Field | None, values: Values
    ) -> tuple[Values, str | None, bool]:
        """Every field the message holds. A value already there is replaced only by a correction or a new answer.

        Returns (new values, why one was refused, whether a value that is there already was said again).
        """
        found: Values = {}
        exact = 0  # values of a closed kind, also those that were there already
        refusal = None
        correcting = bool(CORRECTION.search(heard.text))
        for field in fields:
            is_asked = asked is not None and field.name == asked.name
            reader = (field.read_answer or field.read) if is_asked else field.read
            has = values.get(field.name) not in (None, SKIPPED)
            held = field.free_text and not is_asked and asked is not None and not correcting and has
            if held and field.read(heard) != heard.text.strip():
                continue  # but a message that is nothing else than another such value takes its place
            try:
                value = reader(heard)
            except Refused as why:
                refusal = str(why)
                continue
            if value is not None:
                exact += not field.free_text
                if value != values.get(field.name):
                    found[field.name] = value
        # the whole sentence is not the answer when it was read as something more exact
        whole = asked is not None and asked.free_text and found.get(asked.name) == heard.text.strip()
        if (
            asked is not None
            and whole
            and (len(found) > 1 or exact)
            and not values.get(asked.name)
            and not asked.read(heard)
        ):
            del found[asked.name]
        return found, refusal, bool(exact) and not found

    @staticmethod
    def _held_corrected(heard: Heard, fields: list[Field], values: Values) -> Values:
        """ "36了 说错了" when something else is asked: the one value held that it can be another value of."""
        read: Values = {}
        for field in fields:
            if field.free_text or not field.label or values.get(field.name) in (None, SKIPPED):
                continue
            try:
                value = (field.read_answer or field.read)(heard)
            except Refused:
                continue
            if value is not None and value != values[field.name]:
                read[field.name] = value
        return read if len(read) == 1 else {}

    @staticmethod
    def _holding(wrong: str, heard: Heard, fields: list[Field], values: Values) -> Field | None:
        """The field whose value is what the rider says is wrong."""
        held = [f for f in fields if f.label and values.get(f.name) not in (None, SKIPPED)]
        said = replace(heard, text=wrong, entities=[])
        for field in held:
            shown = field.show(values[field.name])
            if wrong == shown:
                return field
            try:
                if (field.read_answer or field.read)(said) == values[field.name]:
                    return field
            except Refused:
                continue
        near = [f for f in held if wrong in f.show(values[f.name])]
        return min(near, key=lambda f: len(f.show(values[f.name])), default=None)

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
            name not in weak and (field is None or name != field.name or not field.free_text or _strictly(field, heard))
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

    # -- what to ask next ----------------------------------------------------------------------------------

    def _offer_switch(
        self, dispatcher: CollectingDispatcher, heard: Heard, requested: str, runs: str | None
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
            SlotSet("pending_task", {"topic": heard.topic, "text": heard.text, "parse": parse, "runs": runs}),
            SlotSet("suspended", {"form": self.form, "topic": self.start_topic, "title": self.title}),
            SlotSet("requested_slot", requested),
        ]

    def _missing(self, fields: list[Field], values: Values) -> Field | None:
        return next((f for f in fields if values.get(f.name) is None and f.needed(values)), None)

    def _ask(
        self,
        dispatcher: CollectingDispatcher,
        fields: list[Field],
        values: Values,
        changed: Values,
        *,
        lead: str = "",
        fresh: bool = False,
        misses: int = 0,
        beside: tuple[Choice, ...] = (),
    ) -> list[Event]:
        """Put the next question, or read the values back. `misses`: answers in a row that did not fit;
        `beside`: further choices under the question.
        """
        events = _sets(changed)
        events.append(SlotSet("form_misses", misses))
        missing = self._missing(fields, values)
        if missing is not None:
            question = missing.ask(values)
            say(dispatcher, "\n".join(p for p in (lead, question.text) if p), (*question.choices, *beside), ask=True)
            return [*events, SlotSet(CONFIRM, None), SlotSet("requested_slot", missing.name)]
        if not self.must_confirm(values):
            if lead:
                say(dispatcher, lead)
            return [*events, SlotSet(CONFIRM, True), SlotSet("requested_slot", None)]
        text = "\n".join(p for p in (lead, self.summary(fields, values)) if p)
        say(dispatcher, text, self.confirm_choices(values), ask=True)
        return [*events, SlotSet(CONFIRM, None), SlotSet("requested_slot", CONFIRM)]

    def confirm_choices(self, values: Values) -> tuple[Choice, ...]:
        return (("对，提交", "/affirm"), ("有地方不对", "/deny"), ("先不办了", "/stop"))

    def summary(self, fields: list[Field], values: Values) -> str:
        lines = [self.confirm_title]
        for field in fields:
            value = values.get(field.name)
            if value is None or not field.label:
                continue
            lines.append(f"· {field.label}：{'没说' if value == SKIPPED else field.show(value)}")
        if note := self.confirm_note(values):
            lines.append(note)
        lines.append(
            "对吗？不对的直接说，比如“金额改成 8500”。"
            if any(f.name == "amount" for f in fields)
            else "对吗？不对的直接说改哪里。"
        )
        return "\n".join(lines)

    def _resumed(self, fields: list[Field], values: Values) -> str:
        kept = [
            f"{f.label}{f.show(values[f.name])}"
            for f in fields
            if f.label and values.get(f.name) not in (None, SKIPPED)
        ]
        told = f"前面说的都在：{'，'.join(kept)}。" if kept else ""
        return f"好，接着办{self.title}。{told}"

    def _noted(self, fields: list[Field], before: Values, changed: Values) -> str:
        fixed = [f for f in fields if before.get(f.name) not in (None, SKIPPED) and changed.get(f.name) is not None]
        if fixed:
            return "改好了：" + "，".join(f"{f.label}{f.show(changed[f.name])}" for f in fixed if f.label) + "。"
        return "记下了。"

    def _ask_what_is_wrong(self, dispatcher: CollectingDispatcher, fields: list[Field], values: Values) -> list[Event]:
        labels = "、".join(f.label for f in fields if f.label and values.get(f.name) not in (None, SKIPPED))
        say(
            dispatcher,
            f"哪一项不对？（{labels}）直接说正确的就行。",
            (("都对，提交", "/affirm"), ("先不办了", "/stop")),
            ask=True,
        )
        return [SlotSet("form_misses", 0), SlotSet(CONFIRM, None), SlotSet("requested_slot", CONFIRM)]


def _strictly(field: Field, heard: Heard) -> bool:
    """Whether the message holds a value of the field whatever was asked."""
    try:
        return field.read(heard) is not None
    except Refused:
        return False


def correcting(heard: Heard) -> bool:
    return not heard.text.startswith("/") and bool(CORRECTION.search(heard.text))


def _sets(values: Values) -> list[Event]:
    return [SlotSet(name, value) for name, value in values.items()]


def _came_back(tracker: Tracker, form: str) -> bool:
    """True when this message was already left to the rules, and the form is only asked to repeat its question."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "action_execution_rejected" and event.get("name") == form:
            return True
    return False


def _just_activated(tracker: Tracker, form: str) -> bool:
    """True while Rasa activates the form (its loop event comes after the rider's message)."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "active_loop" and event.get("name") == form:
            return True
    return False
