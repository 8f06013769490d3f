"""What a form says: its next question, the read-back of its values, and what it says to an answer that did not fit."""

from __future__ import annotations

from typing import ClassVar

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import HOTLINE, Choice, Event, say
from bot.actions.form_fields import CONFIRM, SKIPPED, Field, Values
from bot.actions.laid_aside import is_phone
from bot.knowledge.topics import payload as topic_payload


class FormAsking:
    """The asking half of a task form; `bot.actions.forms.TaskForm` hears the answers."""

    title: ClassVar[str] = ""  # what the form does, as in "您的{title}还没提交"
    confirm_title: ClassVar[str] = "请核对："
    confirm_needed: ClassVar[bool] = True

    def confirm_note(self, values: Values) -> str:
        return ""

    def must_confirm(self, values: Values) -> bool:
        """Whether the values are read back before the form ends."""
        return self.confirm_needed

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
        asked = self._missing(fields, values)
        lead = "这句我没对上。"
        if unwilling and asked is not None and is_phone(asked.name):
            lead = (
                "号码只给经办的人联系您用，平时打码；没有号码，办到哪了没人能告诉您。\n"
                f"实在不想留，{HOTLINE}，或者说“算了”。"
            )
        elif unwilling:
            lead = "这一项不能空着，不想办了就说“算了”。"
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
        misses: int = 0,
        beside: tuple[Choice, ...] = (),
    ) -> list[Event]:
        """Put the next question, or read the values back. `misses`: answers in a row that did not fit;
        `beside`: further choices under the question.
        """
        events = slots_set(changed)
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
        if self._missing(fields, values) is None and self.must_confirm(values):
            return f"好，接着办{self.title}，前面说的都在。"  # and are read back next
        kept = [
            f"{f.label}{f.show(values[f.name])}"
            for f in fields
            if f.label and values.get(f.name) not in (None, SKIPPED)
        ]
        told = f"前面说的都在：{'，'.join(kept)}。" if kept else ""
        return f"好，接着办{self.title}。{told}"

    def _noted(self, fields: list[Field], before: Values, changed: Values) -> str:
        dropped = [f for f in fields if f.label and before.get(f.name) and changed.get(f.name, "") is None]
        if dropped:
            return f"好，{dropped[0].label}重新说一下。"
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


def slots_set(values: Values) -> list[Event]:
    return [SlotSet(name, value) for name, value in values.items()]
