"""Labour disputes: the form that takes one (worked example of a task form).

What a message tells of a dispute is read in `dispute_story`, where it belongs in `dispute_place`, for whom it speaks in
`dispute_whose`; what the kinds are called stands in `dispute_kinds`. `dispute_opened` makes the ticket of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import dispute_place as where
from bot.actions import dispute_remarks as remarks
from bot.actions import dispute_story as story
from bot.actions import dispute_when as when
from bot.actions import owed_sums, readers
from bot.actions.base import Choice, Event, Heard, say
from bot.actions.dispute_kinds import MONEY_TYPES, ROUTE_NAMES, TYPES, law_of, name_of_kind
from bot.actions.dispute_whose import is_for_somebody, is_of_another, whose
from bot.actions.form_fields import SKIPPED, Field, Question, Reader, Values
from bot.actions.form_turns import times_asked
from bot.actions.forms import TaskForm
from bot.actions.leaving import leave_form
from bot.actions.registry import NO_QUESTION
from bot.actions.wording import AS_WELL, CORRECTION, QUESTION, SAME_PHONE, is_order, is_yes
from bot.knowledge.topics import payload
from bot.language import find_dispute_types, find_money, read_yes_no

_KEPT_WORDS = re.compile(r"[\u4e00-\u9fff]{2}.*[\u4e00-\u9fff]")
_DIED = re.compile(r"[摔撞压砸]死|去世|过世|猝死|没抢救过来|人没了|人走了|遇难")
_EACH = re.compile(r"每个?人|人均|一个人|一人|每位")
_WANTS = re.compile(r"申请|登记|约|我要|我想|帮我")
_TOLD_BY_A_QUESTION = frozenset(
    {"dispute_type", "employer", "amount", "dispute_place", "dispute_since", "dispute_still", "dispute_group"}
)
_POINTS = re.compile(r"^(?:那|就|要)?(?:第.{1,2}个|最后一?个|上面|前面|刚才|那个|这个).{0,4}$")
MOST_FIRM_ASKED = 2
_ASKED_FIRM = "firm_asked"
NO_FIRM: Choice = ("不知道，先跳过", "/inform:skip")
_STORY = frozenset(
    {"inform", "open_dispute", "supplement_dispute", "chitchat", "nlu_fallback", "dispute/rights_consult"}
)
_PREGNANT = re.compile(r"怀孕|怀了|孕期|产假|哺乳|大着肚子|生娃|坐月子")


def _ask_amount(values: Values) -> Question:
    sums = owed_sums.owed(str(values.get("dispute_summary") or ""))
    if sums:
        return owed_sums.question(sums)
    rate = remarks.ask_rate(values)
    if rate is not None:
        return rate
    asks = {"wages": "一共欠您多少钱？", "deposit": "押金是多少钱？", "deduction": "一共扣了多少钱？"}
    asked = asks.get(str(values.get("dispute_type")), "涉及多少钱？")
    return Question(f"{asked}说个大概数也行，不清楚就说不知道。")


def _needs_amount(values: Values) -> bool:
    told = owed_sums.owed(str(values.get("dispute_summary") or ""))
    return bool(told) or values.get("dispute_type") in MONEY_TYPES or values.get("amount") is not None


class DisputeForm(TaskForm):
    form: ClassVar[str] = "dispute_form"
    start_topic: ClassVar[str] = "open_dispute"
    topics: ClassVar[frozenset[str]] = frozenset({"supplement_dispute"})
    phrases: ClassVar[tuple[tuple[str, str], ...]] = tuple(
        (topic, NO_QUESTION + words)
        for topic in ("out_of_scope", "chitchat", "inform")
        for words in (story.OWES_ME, story.SENT_AWAY)
    ) + tuple(
        (topic, NO_QUESTION + story.SHORT_CLAIM)
        for topic in ("inform", "open_dispute", "dispute/where", "dispute/one_window", "chitchat", "out_of_scope")
    )
    leaving: ClassVar[frozenset[str]] = frozenset({"withdraw_dispute"})
    calm: ClassVar[str] = r"第[一二三1-3]笔.{0,14}"  # "第二笔不要了 就登一万二"
    title: ClassVar[str] = "劳动纠纷登记"
    when_done: ClassVar[str] = (
        "登记马上就好，有工单号；窗口多久办完没有公布。系统会给窗口定个联系日，过了没人找您就打 12333。"
    )
    confirm_title: ClassVar[str] = "请核对一下登记的内容："

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                name="dispute_type",
                label="什么事",
                ask=lambda v: Question(
                    "是哪种情况？", tuple((TYPES[t], f'/inform{{"dispute_type":"{t}"}}') for t in TYPES)
                ),
                read=story.kind,
                read_answer=story.kind_asked,
                show=lambda t: TYPES.get(str(t), "其他"),
            ),
            Field(
                name="employer",
                label="单位",
                ask=lambda v: Question("是哪家公司、平台或站点？说个名字就行。"),
                read=story.firm,
                read_answer=story.firm_asked,
                optional=True,
                free_text=True,
            ),
            Field(
                name="amount",
                label="金额",
                ask=_ask_amount,
                read=story.amount,
                read_answer=story.amount_asked,
                needed=_needs_amount,
                optional=True,
                show=readers.show_fen,
            ),
            Field(
                name="phone",
                label="手机",
                ask=lambda v: Question("留个手机号，工作人员好联系您。"),
                read=readers.phone,
                read_answer=readers.phone_asked,
                show=readers.show_phone,
            ),
            Field(
                name="dispute_place",
                label="上班地点",
                ask=lambda v: where.outside_question(v.get("dispute_place")),
                read=where.workplace,
                needed=lambda v: v.get("dispute_place") is not None,
                weak=True,
                optional=True,
                show=where.shown,
            ),
            Field(
                name="dispute_since",
                label="时间",
                ask=lambda v: Question("从什么时候开始的？"),
                read=when.since,
                needed=lambda v: v.get("dispute_since") is not None,
                weak=True,
                optional=True,
            ),
            _aside("dispute_still", "在职", story.still_in, lambda v: "还在职" if v == "yes" else "已离职"),
            _aside("dispute_group", "人数", story.group_size, lambda v: f"{v} 人一起"),
            _aside("dispute_routes", "想走", story.routes, lambda v: "、".join(ROUTE_NAMES[r] for r in v)),
            _aside("dispute_image", "图片", lambda h: h.image_url, lambda v: "1 张"),
            Field(
                name="dispute_summary",
                label="",
                ask=lambda v: Question("简单说说经过。"),
                read=lambda h: None,
                needed=lambda v: False,
                optional=True,
            ),
        )

    def opening(self, values: Values) -> str | None:
        if where.is_far(values.get("dispute_place")):
            return None  # who is in charge comes first
        pregnant = _PREGNANT.search(str(values.get("dispute_summary") or ""))
        law = "怀孕、产假、哺乳期不能因此解除劳动合同或服务协议（妇女权益保障法第48条）。" if pregnant else ""
        law = law or law_of(str(values.get("dispute_type")), str(values.get("dispute_summary") or ""))
        grief = "请您节哀。" if _DIED.search(str(values.get("dispute_summary") or "")) else ""
        kin = is_for_somebody(str(values.get("dispute_summary") or ""))
        for_kin = "替人登记也可以，电话留好联系的那个就行。" if kin and not grief else ""
        sums = remarks.noted({}, values)
        return f"{grief}{law}{for_kin}我帮您登记，交给劳动维权窗口处理。{sums or ''}"

    def _read(
        self, heard: Heard, fields: list[Field], asked: Field | None, values: Values
    ) -> tuple[Values, str | None, bool]:
        """ "还有社保的事也写上" adds to what is told; the kind of the dispute stays."""
        found, refusal, known = super()._read(heard, fields, asked, values)
        self._read_place(heard, asked, values, found)
        at_firm = asked is not None and asked.name == "employer" and "employer" not in found
        if at_firm and story.FIRM_UNTOLD.search(heard.text):
            found["employer"] = SKIPPED
            found |= self.besides(heard, values)
        if at_firm and _needs_amount(values) and values.get("amount") is None and "amount" not in found:
            told = story.bare_sum(heard.text)
            found |= {"amount": told} if told is not None else {}
        if asked is not None and asked.name == "amount":
            picked = owed_sums.chosen(heard.text, owed_sums.owed(str(values.get("dispute_summary") or "")))
            found |= {"amount": picked} if picked else {}
        since = values.get("dispute_since")
        if since and str(found.get("dispute_since", "-")).rstrip("份") in str(since):
            del found["dispute_since"]  # "8月份的 三千二" after "去年8月": the same, said shorter
        if "amount" in found and values.get("amount") not in (None, SKIPPED) and not story.corrects_sum(heard, asked):
            del found["amount"]
            found["dispute_summary"] = story.told_also(values, heard.text.strip())
        if "amount" in found and _EACH.search(heard.text):
            found["dispute_summary"] = story.told_also(values, heard.text.strip())
        if values.get("dispute_type") and found.get("dispute_type") and AS_WELL.search(heard.text):
            # the sum that comes with it belongs to the second matter: the first keeps its own
            found = {
                "dispute_type": values["dispute_type"],
                "dispute_summary": story.told_also(values, heard.text.strip()),
            }
        found = remarks.amended(heard, asked, values, found)
        if at_firm and found and int(heard.metadata.get(_ASKED_FIRM) or 0) >= MOST_FIRM_ASKED:
            found.setdefault("employer", SKIPPED)  # tells all else: it is not asked a third time
        return found, refusal, known

    def _read_place(self, heard: Heard, asked: Field | None, values: Values, found: Values) -> None:
        """What becomes of a place outside Kunshan: asked about once, then as the rider says."""
        held, told = values.get("dispute_place"), found.get("dispute_place")
        if where.outside_of(held) is not None:
            answer = where.decided(heard, held, told) if isinstance(told, dict) or told is None else None
            if answer is None and told is None and asked is not None and asked.name == "dispute_place" and found:
                # goes on with the matter: that says it too, but not where the work is
                answer = where.decided(replace(heard, text="/affirm"), held) if where.is_far(held) else SKIPPED
            if answer is not None:
                found["dispute_place"] = answer
        elif isinstance(told, dict) and isinstance(held, str):
            again = str(told["outside"]) in held
            if again or not (told["works"] or CORRECTION.search(heard.text)):
                del found["dispute_place"]

    def _missing(self, fields: list[Field], values: Values) -> Field | None:
        if where.outside_of(values.get("dispute_place")) is not None:
            return next(f for f in fields if f.name == "dispute_place")
        return super()._missing(fields, values)

    async def _continue(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        heard: Heard,
        fields: list[Field],
        values: Values,
    ) -> list[Event]:
        """A no to "照样登记吗" ends it."""
        away = where.outside_of(values.get("dispute_place"))
        no = heard.text == "/deny" or read_yes_no(heard.text) is False
        if away and no and where.workplace(heard) is None and where.decided(heard, values["dispute_place"]) is None:
            say(
                dispatcher,
                f"好，没有登记。{away}那边归谁管，打 12333 或 12345 能问到；证据先留好，时效照样在走。",
                [payload("dispute/where"), payload("dispute/time_limit"), payload("help")],
            )
            return leave_form(tracker, keep=False)
        asked = times_asked(tracker, "employer")
        heard = replace(heard, metadata={**heard.metadata, _ASKED_FIRM: asked}) if asked else heard
        return await super()._continue(dispatcher, tracker, heard, fields, values)

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
        """The firm asked for once more: with a way out."""
        missing = self._missing(fields, values)
        if missing is not None and missing.name == "employer" and "dispute_type" not in changed:
            beside = (NO_FIRM, *beside)
        return super()._ask(dispatcher, fields, values, changed, lead=lead, misses=misses, beside=beside)

    def _is_other_matter(self, heard: Heard, field: Field | None, found: Values, verdict: bool | None) -> bool:
        """ "在昆山" where that was asked is no greeting."""
        asked = field is not None and field.name == "dispute_place"
        if asked and isinstance(found.get("dispute_place"), str) and not QUESTION.search(heard.text):
            return False
        return super()._is_other_matter(heard, field, found, verdict)

    async def settle(self, dispatcher: CollectingDispatcher, heard: Heard, values: Values, changed: Values) -> Values:
        """A firm that is called after another city: once it is asked where the work is, if nothing says it."""
        firm = changed.get("employer")
        if values.get("dispute_place") is not None or firm in (None, SKIPPED):
            return {}
        asked = where.of_firm(str(firm), f"{values.get('dispute_summary') or ''}；{heard.text}")
        return {"dispute_place": asked} if asked else {}

    def _noted(self, fields: list[Field], before: Values, changed: Values) -> str:
        if where.outside_of(before.get("dispute_place")) and isinstance(changed.get("dispute_place"), str):
            if changed["dispute_place"] == SKIPPED:
                return "记下了，上班的地方先不填。"
            away = where.NOT_HERE in changed["dispute_place"]
            if away and not where.is_far(before["dispute_place"]):
                return "好，照样登记，不在昆山这一条也写上。昆山的窗口不一定管得了，由窗口答复您；归哪边管，打 12333 或 12345 能问到。"
            return "好，照样登记，不在昆山这一条也写上。" if away else f"好，上班地点写{changed['dispute_place']}。"
        sums = remarks.noted(before, changed)
        if sums is not None:
            return sums
        if len(changed) == 1 and None in changed.values():
            return super()._noted(fields, before, changed)
        if changed.get("employer") == SKIPPED:
            return "记下了。单位先不填，知道了随时补。" if len(changed) > 1 else "行，单位先不填，知道了随时补。"
        if "dispute_summary" in changed and "dispute_type" not in changed and "amount" not in changed:
            sum_told = find_money(str(changed["dispute_summary"]).rpartition("；")[2])
            return "这句也记上了，总数没动。" if sum_told else "这句也记上了。"
        if "amount" in changed and "dispute_summary" in changed:
            return "记下了，是每个人的数也写进经过了。"
        added = changed.get("dispute_type") == before.get("dispute_type") and "dispute_summary" in changed
        return "这件也写进经过了。" if added else super()._noted(fields, before, changed)

    async def _start(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        heard: Heard,
        fields: list[Field],
        values: Values,
    ) -> list[Event]:
        if heard.metadata.get("safe"):
            say(dispatcher, "人没事就好。身上哪儿不对劲，别硬撑，去医院看看。")
        return await super()._start(dispatcher, tracker, heard, fields, values)

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        text = "" if heard.text.startswith("/") else heard.text
        person = await self.services.people.get(await self.person_id(tracker))
        told: Values = {}
        before: list[str] = []
        # "帮我登记" after the matter was asked about: what was said then is not asked again
        kept = [one for one in story.told_in_danger(tracker, heard.now) if one.text != heard.text]
        if kept or story.kind(heard) is None:
            for earlier in kept or story.told_before(tracker, heard.now):
                if whose(earlier.text) and is_of_another(earlier.text, text):
                    continue
                found, _, _ = self._read(earlier, list(self.all_fields()), None, {})
                named = find_dispute_types(earlier.text)  # a cry for help is read for nothing else
                found = ({"dispute_type": named[0].value} if named else {}) | found
                if earlier.topic == "dispute/expert_mediation" and _WANTS.search(earlier.text):
                    told.setdefault("dispute_routes", ["mediation"])
                told = {name: value for name, value in found.items() if name in _TOLD_BY_A_QUESTION} | told
                if found.keys() & (_TOLD_BY_A_QUESTION - {"dispute_place"}):
                    before.insert(0, earlier.text)
        text = "；".join(before if before and (not text or is_order(text)) else [*before, text])
        return told | {
            "dispute_summary": text[:500] or None,
            "phone": person.phone if person and person.consent_at else None,
        }

    @classmethod
    def is_of_another(cls, kept: Values, text: str) -> bool:
        return is_of_another(str(kept.get("dispute_summary") or ""), text)

    def besides(self, heard: Heard, values: Values) -> Values:
        """More of the story goes to the ticket: "众包的", "站长叫王强"."""
        text = heard.text.strip()
        if heard.topic not in _STORY or not _KEPT_WORDS.search(text) or QUESTION.search(text) or is_order(text):
            return {}
        if _POINTS.search(text) or SAME_PHONE.search(text):
            return {}
        if heard.topic != self.start_topic and (read_yes_no(text) is not None or is_yes(text)):
            return {}
        return {"dispute_summary": story.told_also(values, text)}

    def summary(self, fields: list[Field], values: Values) -> str:
        """What is kept is named where the kind alone says "其他"."""
        what = name_of_kind(str(values.get("dispute_type")), str(values.get("dispute_summary") or ""))
        named = [replace(f, show=lambda _: what) if f.name == "dispute_type" else f for f in fields]
        return super().summary(named, values)

    def confirm_note(self, values: Values) -> str:
        """The limitation period, in one line (劳动争议调解仲裁法 Art 27, 劳动保障监察条例 Art 20)."""
        _, more, told = str(values.get("dispute_summary") or "").partition("；")
        kept = f"也记上了：{told}。\n" if more else ""
        return kept + self._limit_note(values)

    def _limit_note(self, values: Values) -> str:
        kind = str(values.get("dispute_type"))
        if kind == "account_ban":
            return "封号限单能走哪条路，要看您和平台是哪种用工关系；登记后问您三句就知道大概。"
        since = values.get("dispute_since")
        still = values.get("dispute_still")
        arbitration, _ = self.services.disputes.limits(
            kind,
            since=None if since == SKIPPED else since,
            still_employed=None if still is None else still == "yes",
        )
        if arbitration.state == "expired":
            return "照您说的时间，申请仲裁的一年可能过了；要过钱、投诉过会重新算。先登记，过没过由窗口判断。"
        if kind == "wages":
            return "时效：在职时的欠薪不受仲裁一年限制，离职后要在一年内申请；监察一般查两年内的。"
        return "时效：申请仲裁一般在一年内，劳动监察一般查两年内的。"


def _aside(name: str, label: str, read: Reader, show: Callable[[Any], str]) -> Field:
    """A field that is noted when the rider says it, and never asked for."""
    return Field(
        name=name,
        label=label,
        ask=lambda v: Question(f"{label}？"),
        read=read,
        needed=lambda v: v.get(name) is not None,
        show=show,
    )
