"""Forms that a rider can fill in any order, correct at any time and leave at any time.

A form is a list of `Field`s. At each message the form reads *every* field it can find (several values in one
message, corrections of earlier ones), not only the one it asked for. A message that is a question or another
matter is left to the rules (`ActionExecutionRejected` by returning nothing): Rasa answers it and comes back,
and the form then repeats its open question. When all needed fields are there the values are read back, and
only a yes ends the form; the rule after it runs the action that submits.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Event, Heard, say
from bot.actions.form_asking import slots_set
from bot.actions.form_fields import CONFIRM, SKIPPED, Field, Values
from bot.actions.form_reading import asked_about, corrects, held_corrected, holding, read_fields
from bot.actions.form_switching import SOCIAL, FormSwitching
from bot.actions.form_turns import came_back, just_activated, offer_dropped, without_past
from bot.actions.laid_aside import (
    AGAIN,
    beneath,
    goes_on,
    is_phone,
    is_stopped,
    of_worth,
    over,
    wants_again,
    without,
)
from bot.actions.picking import as_tapped, is_bare_order, may_leave
from bot.actions.registry import FORMS, STARTERS, form_started_by, run_by_words
from bot.actions.wording import (
    CORRECTION,
    GO_ON,
    NOT_DONE,
    QUESTION,
    RATHER,
    SAME_PHONE,
    SHORT,
    SKIP,
    SUBMITS,
    asks,
    asks_when_done,
    instead,
    is_meant,
    is_yes,
    says_yes_too,
    tells_after_yes,
    wants_to_wait,
)
from bot.language import read_yes_no

# topics that leave the form at once, whatever was said besides
SAFETY = frozenset({"emergency", "crisis"})
SENTENCE = 4  # characters that must be left of an answer when one word of it is corrected
SURELY = 0.8  # how sure the understanding must be that a human is wanted, when no word says so
LEAVING = frozenset({"stop", "human_handoff", "delete_my_data"})


class TaskForm(FormSwitching, BotAction):
    """`validate_<form>` of a task form; see the module text."""

    leaving: ClassVar[frozenset[str]] = frozenset()  # topics that give this very form up
    calm: ClassVar[str] = ""
    """All of a short message that is an answer here and no cry for help ("没水了" about a machine)."""

    yes_words: ClassVar[str] = ""
    """All of a message that says yes to this very read-back ("对 撤")."""

    when_done: ClassVar[str] = ""
    """What is known of when that which stands on the card will be done."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.form:
            FORMS[cls.form] = cls

    def name(self) -> str:
        return f"validate_{self.form}"

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
    def is_of_another(cls, kept: Values, text: str) -> bool:
        """Whether a message that begins the form anew is about another person than the values it was stopped with."""
        return False

    @classmethod
    def aside(cls, text: str, values: Values) -> str | None:
        """The topic of a short question in the middle of this form that names no matter ("要带啥"); None: as understood."""
        return None

    def opening(self, values: Values) -> str | None:
        """A short first sentence when the form starts."""
        return None

    # -- one message ---------------------------------------------------------------------------------------

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        fields = list(self.all_fields())
        values: Values = {f.name: tracker.get_slot(f.name) for f in fields}
        if just_activated(tracker, self.form):
            return await self._start(dispatcher, tracker, heard, fields, values)
        if came_back(tracker, self.form):
            dropped = {} if tracker.get_slot("pending_task") is None else offer_dropped(tracker)
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
        before = tracker.get_slot("suspended")
        left = before if isinstance(before, dict) and before.get("form") == self.form else None
        kept: Values = dict((left or {}).get("values") or {})
        if left and (heard.metadata.get("resume") or heard.do == "resume"):
            as_left = dict.fromkeys(values) | kept if kept else values
            events = await self._take_up(dispatcher, heard, fields, as_left)
            return [*events, SlotSet("suspended", beneath(left))]
        values = dict.fromkeys(values)
        told_in = without_past(tracker) if is_stopped(left) else tracker
        changed = {k: v for k, v in (await self.prepare(told_in, heard, values)).items() if v is not None}
        found, refusal, _ = self._read(heard, fields, None, values)
        changed |= found
        if refusal:
            say(dispatcher, refusal)
        mine = is_stopped(left) and not self.is_of_another(kept, heard.text)
        again = mine and goes_on(type(self), kept, changed)
        told = {k: v for k, v in found.items() if kept.get(k) != v}
        if again:
            changed |= {k: v for k, v in kept.items() if v is not None and k not in found} | self.besides(heard, kept)
        elif mine:
            changed = {k: v for k, v in kept.items() if is_phone(k)} | changed
        changed |= await self.settle(dispatcher, heard, values | changed, told if again else changed)
        base = dict.fromkeys(values) | changed | {"pending_task": None}
        if left:
            base |= {"offered_resume": None}
        if isinstance(before, dict):
            base |= {"suspended": without(before, self.form)}
        if again and of_worth(type(self), kept):
            return self._ask(
                dispatcher, fields, values | changed, base, lead=self._resumed(fields, kept), beside=(AGAIN,)
            )
        lead = "\n".join(part for part in (heard.metadata.get("first"), self.opening(values | changed)) if part)
        also = heard.metadata.get("also")
        later = [one for one in also or () if one.get("form") != self.form]
        if later:
            wait = base.get("suspended", before)
            for one in reversed(later):
                wait = over(one, wait)
            base |= {"suspended": wait}
            then = "、".join(str(one["title"]) for one in later)
            lead = "\n".join(p for p in (f"好，一件一件来：先办{self.title}，再办{then}。", lead) if p)
        return self._ask(dispatcher, fields, values | changed, base, lead=lead)

    async def _take_up(
        self, dispatcher: CollectingDispatcher, heard: Heard, fields: list[Field], values: Values
    ) -> list[Event]:
        """The form as it was left, with what else the message that takes it up tells ("还是弄吧 电话138…")."""
        told = not heard.text.startswith("/")
        asked = self._missing(fields, values) if heard.metadata.get("answers") else None
        found, refusal, _ = self._read(heard, fields, asked, values) if told else ({}, None, False)
        if refusal:
            say(dispatcher, refusal)
        changed = values | found
        changed |= await self.settle(dispatcher, heard, changed, found)
        base = {**changed, "pending_task": None, "offered_resume": None}
        lead = "\n".join(part for part in (heard.metadata.get("first"), self._resumed(fields, changed)) if part)
        return self._ask(dispatcher, fields, changed, base, lead=lead)

    async def _continue(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        heard: Heard,
        fields: list[Field],
        values: Values,
    ) -> list[Event]:
        requested = str(tracker.get_slot("requested_slot"))
        if wants_again(heard.text, heard.do):
            return await self._again(dispatcher, tracker, heard, fields)
        if wants_to_wait(heard.text) and heard.topic not in SAFETY:
            return self._ask(dispatcher, fields, values, {}, lead="好，不急，前面说的都在。忙完接着说就行：")
        runs = run_by_words(heard.topic, heard.text) if heard.topic == "human_handoff" else None
        unsure = heard.topic == "human_handoff" and heard.confidence < SURELY and not is_meant(heard.topic, heard.text)
        unsure = unsure or (heard.topic == "stop" and not may_leave(heard.text))
        unsure = unsure or (heard.topic == "human_handoff" and is_bare_order(heard.text))  # "给我回电"
        if heard.topic in LEAVING and (unsure or self._is_answer_after_all(heard, fields, values, requested)):
            heard = replace(heard, topic="inform")
        if runs in FORMS and runs != self.form and not heard.metadata.get("switch"):
            return self._offer_switch(
                dispatcher, tracker, heard, requested, runs
            )  # "让银行给我回电" wants no human of ours
        if (
            heard.topic in (SAFETY | LEAVING | self.leaving) - {self.start_topic}
            or heard.metadata.get("switch")
            or heard.metadata.get("about")
        ):
            return []
        if tracker.get_slot("pending_task") is not None:
            # the offer to switch was not taken: whatever comes now is for this form
            if heard.text == "/deny" or read_yes_no(heard.text) is False:
                return self._ask(dispatcher, fields, values, offer_dropped(tracker), lead="好，接着办这个。")
            events = await self._heard_in_form(dispatcher, tracker, heard, fields, values, requested)
            # nothing for this form either: it is left to the rules, which takes a reply without any event
            return [*slots_set(offer_dropped(tracker)), *events] if events else []
        return await self._heard_in_form(dispatcher, tracker, heard, fields, values, requested)

    async def _again(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard, fields: list[Field]
    ) -> list[Event]:
        """Every value goes but what a fresh start would know; "重新填 单位是快马" tells nothing more."""
        empty: Values = dict.fromkeys(field.name for field in fields)
        order = replace(heard, text="/inform", entities=[], metadata={})
        prepared = await self.prepare(without_past(tracker), order, empty)
        known = {k: v for k, v in prepared.items() if v is not None}
        known |= await self.settle(dispatcher, order, empty | known, known)
        return self._ask(dispatcher, fields, empty | known, empty | known, lead="好，从头来。")

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
        if field is None and (answer := self._told_at_card(heard, fields, values, found, known)):
            return self._ask(dispatcher, fields, values, {}, lead=answer)
        if field is None or field.free_text or not found:
            offered = field.ask(values).choices if field else self.confirm_choices(values)
            tap = as_tapped(heard, offered)
            if tap is not None:
                heard = tap
                found, refusal, known = self._read(heard, fields, field, values)
        if heard.image_url and not found and not self.besides(heard, values):
            return self._ask(
                dispatcher, fields, values, {}, lead="图片收到了，不过我看不懂图，这里也用不上，打字说就行。"
            )
        if not found and corrects(heard) and not refusal:
            found = held_corrected(heard, fields, values)
        if field is not None and not found and field.name.endswith("phone") and SAME_PHONE.search(heard.text):
            given = tracker.get_slot("offered_phone")  # said in a form before this one, in this talk
            if given:
                found = {field.name: str(given)}
            else:
                refusal = "之前的号我这儿没留着，麻烦再发一遍。"
        better = instead(heard)
        if better:
            wrong = holding(better.wrong, heard, fields, values)
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
        told = requested == CONFIRM and tells_after_yes(heard.text)
        verdict = None if told else verdict
        own_order = requested != CONFIRM and is_bare_order(heard.text)
        if own_order and requested not in found:
            found = {}  # "给我报名" is no "给我自己"
        if not found and (own_order or run_by_words(heard.topic, heard.text) == self.form):
            return self._ask(dispatcher, fields, values, {}, lead="好，正在办这个。")
        if not found and not refusal and field is not None and SUBMITS.fullmatch(heard.text.strip()):
            left = {field.name: SKIPPED} if field.optional else {}
            lead = "好，这项先不填。" if left else "还差这一项，填上就能交了。"
            return self._ask(dispatcher, fields, values | left, left, lead=lead)
        if not refusal and self._is_other_matter(heard, field, found, verdict):
            runs = run_by_words(heard.topic, heard.text)
            other = form_started_by(heard.topic) or (runs if runs in FORMS or runs in STARTERS else None)
            if other and (other == runs or any(v is not None for v in values.values())):
                return self._offer_switch(dispatcher, tracker, heard, requested, runs if other == runs else None)
            return []
        if found:
            changed = found | await self.settle(dispatcher, heard, values | found, found)
            merged = values | changed
            agreed = says_yes_too(heard.text) and not CORRECTION.search(heard.text) and not refusal
            if agreed and self._missing(fields, merged) is None:
                # "手机137… 确认": the last value and the yes came together
                return [*slots_set(changed), SlotSet(CONFIRM, True), SlotSet("requested_slot", None)]
            return self._ask(dispatcher, fields, merged, changed, lead=self._noted(fields, values, changed))
        if known and verdict is None and not refusal and not QUESTION.search(heard.text):
            return self._ask(dispatcher, fields, values, {}, lead="这个记着了。")
        if refusal:
            return self._ask(
                dispatcher, fields, values, {}, lead=refusal, misses=int(tracker.get_slot("form_misses") or 0) + 1
            )
        if requested == CONFIRM:
            topic = heard.metadata.get("best") if heard.topic == "nlu_fallback" else heard.topic
            if verdict is True or (topic == "affirm" and not told and not asks(heard.text)):
                return [SlotSet(CONFIRM, True), SlotSet("requested_slot", None)]
            if verdict is None and topic in ("affirm", "deny") and asks(heard.text):
                return self._ask(dispatcher, fields, values, {}, lead="您看下面写的，哪项不对直接说正确的就行。")
            if verdict is False or topic == "deny":
                return self._ask_what_is_wrong(dispatcher, fields, values)
        elif (
            field is not None
            and field.optional
            and (
                SKIP.search(heard.text)
                or heard.do == "skip"
                or (verdict is False and not NOT_DONE.match(heard.text.strip()))
            )
            and not self.besides(heard, values)
        ):
            changed = {field.name: SKIPPED}
            changed |= await self.settle(dispatcher, heard, values | changed, changed)
            return self._ask(dispatcher, fields, values | changed, changed, lead="好，这项先不填。")
        unwilling = field is not None and len(heard.text) <= SHORT and SKIP.search(heard.text)
        misses = int(tracker.get_slot("form_misses") or 0) + 1
        kept = {} if unwilling or heard.text.startswith("/") else self.besides(heard, values)
        return self._not_matched(dispatcher, fields, values | kept, misses, unwilling=bool(unwilling), kept=kept)

    def _told_at_card(
        self, heard: Heard, fields: list[Field], values: Values, found: Values, known: bool
    ) -> str | None:
        """What answers a question about what is read back, which neither changes it nor agrees to it."""
        if self.when_done and asks_when_done(heard.text):
            return self.when_done
        return asked_about(heard, fields, values, found, known)

    def _read(
        self, heard: Heard, fields: list[Field], asked: Field | None, values: Values
    ) -> tuple[Values, str | None, bool]:
        """What `read_fields` finds; a form may know better what its values mean together."""
        return read_fields(heard, fields, asked, values)
