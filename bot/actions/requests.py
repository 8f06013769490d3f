"""Requests that a member of staff arranges, started by a button of the answer that speaks of them.

The button's payload is the question's topic with `do`, as in `/dispute/legal_aid:apply`;
see `TaskForm.buttons`.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Event, Heard, clear, say
from bot.actions.form_fields import CONFIRM, SKIPPED, Field, Question, Values
from bot.actions.forms import TaskForm
from bot.actions.people import ask_to_remember
from bot.actions.registry import NO_QUESTION
from bot.actions.tickets import name_of
from bot.actions.wording import QUESTION, SKIP
from bot.knowledge.topics import payload
from bot.language import read_yes_no
from bot.services.desk_notices import REQUEST_NAMES, REQUEST_STATUS_NAMES
from bot.services.errors import AlreadyExists

KIND_OF_TOPIC = {
    "dispute/legal_aid": "legal_aid",
    "dispute/law_checkup": "law_checkup",
    "dispute/expert_mediation": "mediation",
    "culture/fitness_test": "fitness_test",
    "hospital/first_aid_training": "first_aid_training",
    "hospital/free_clinic": "free_clinic",
    "hospital/care_package": "care_package",
    "women/what_is": "needs_survey",
}
MATTERS = {
    "legal_aid": "是什么事要法律援助？一句话就行，比如“站点欠我两个月工资”。",
    "mediation": "是什么事想调解？一句话就行，单位叫什么也带上。",
    "law_checkup": "单位全称、大概多少人？比如“昆山某某物流，30人，签的合作协议”。",
    "needs_survey": "您最需要什么帮助？比如带孩子、看病、学车、夜里充电，想到什么说什么。",
}
NEXT = {
    "legal_aid": "能不能给法律援助由法律援助机构审查，7 天内答复（法律援助法第43条）。也可以直接打 12348。",
    "law_checkup": "时间和内容由工作人员跟您定。",
    "mediation": "调解要双方愿意，工作人员先联系两边。",
    "fitness_test": "哪天、在哪测，定了会通知您。",
    "first_aid_training": "哪天开班，定了会通知您。",
    "free_clinic": "哪天义诊，定了会通知您。",
    "care_package": "怎么领，工作人员会告诉您。",
    "needs_survey": "谢谢您，工会会看到。",
}


# what makes an order to register something also the account of the matter
_TELLS = re.compile(r"欠|扣|押金|工资|受伤|工伤|辞退|开除|赶|拖|\d+\s*(?:个|名|多)?人|有限公司")


# an order that names what it is for needs no topic to say so
_NAMED = {
    "legal_aid": re.compile(r"法律援助|法援"),
    "fitness_test": re.compile(r"体质监测|体测"),
    "first_aid_training": re.compile(r"急救培训"),
    "free_clinic": re.compile(r"义诊"),
}
_PHONE = re.compile(r"[，,\s]*(?:电话|手机号?|号码)?(?:是)?[:：]?\s*(?<!\d)1\d{10}(?!\d)")
_OF_A_TICKET = frozenset({"legal_aid", "mediation"})
_BARE_ORDER = re.compile(
    r"(?:那|就|我要|我想|帮我|给我|麻烦|快)*(?:登记|申请|报名|预约|约|办)(?:一下|一个|了)?[吧呗啊]?"
)
_NAMES = "|".join(words.pattern for words in _NAMED.values())


def _kind(heard: Heard) -> str | None:
    if heard.do in REQUEST_NAMES:
        return heard.do
    return next((kind for kind, name in REQUEST_NAMES.items() if name in heard.text), None)


class RequestForm(TaskForm):
    form: ClassVar[str] = "request_form"
    start_topic: ClassVar[str] = "inform"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset((topic, "apply") for topic in KIND_OF_TOPIC)
    topics: ClassVar[frozenset[str]] = frozenset({"open_dispute", "dispute/rights_consult"})  # "是什么事"的答话
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        *(
            (
                topic,
                NO_QUESTION + r".*(?:我要|我想|帮我|给我|我来|麻烦)[^，。？?]{0,6}(?:申请|报名?|登记|预约|约|参加|领)",
            )
            for topic in KIND_OF_TOPIC
            if topic != "dispute/expert_mediation"  # that one has hours to book: bot.actions.mediation
        ),
        ("", NO_QUESTION + rf".*(?:我要|我想|帮我|给我)(?:申请|报名?|登记)(?:一个|个|一下|参加)?(?:{_NAMES})"),
        ("dispute/law_checkup", NO_QUESTION + r".*(?:我要|想|给|帮).{0,8}(?:做|安排|来)"),
    )
    title: ClassVar[str] = "申请登记"

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                name="request_kind",
                label="办什么",
                ask=lambda v: Question(
                    "要登记哪一项？", tuple((REQUEST_NAMES[k], f"/inform:{k}") for k in REQUEST_NAMES)
                ),
                read=lambda h: None,
                read_answer=_kind,
                show=lambda k: REQUEST_NAMES.get(str(k), str(k)),
            ),
            Field(
                name="request_matter",
                label="情况",
                ask=lambda v: Question(MATTERS[str(v["request_kind"])]),
                read=lambda h: None,
                read_answer=lambda h: None if h.text.startswith("/") else readers.free_text(300)(h),
                needed=lambda v: v.get("request_kind") in MATTERS,
                optional=True,
                free_text=True,
            ),
            Field(
                name="request_phone",
                label="手机",
                ask=lambda v: Question("留个手机号，工作人员好联系您。"),
                read=readers.phone,
                read_answer=readers.phone_asked,
                show=readers.show_phone,
            ),
        )

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        person = await self.services.people.get(await self.person_id(tracker))
        named = next((name for name, words in _NAMED.items() if words.search(heard.text)), None)
        kind = KIND_OF_TOPIC.get(str(heard.metadata.get("about"))) or named
        tickets = await self.services.disputes.of_person(person.id, only_open=True) if person else []
        ticket = tickets[0] if tickets and kind in _OF_A_TICKET else None
        typed = not heard.text.startswith("/") and heard.do is None
        matter = f"工单 {ticket.number}：{name_of(ticket)}" if ticket else None
        if typed and kind in MATTERS and _TELLS.search(heard.text):
            matter = _PHONE.sub("", heard.text).strip()[:300]
        return {
            "request_kind": kind,
            "request_matter": matter,
            "request_phone": person.phone if person and person.consent_at else None,
        }

    def besides(self, heard: Heard, values: Values) -> Values:
        """ "八十多个骑手", "下周三下午吧": more of the matter, for whoever arranges it."""
        text = heard.text.strip()
        if values.get("request_kind") not in MATTERS or QUESTION.search(text) or read_yes_no(text) is not None:
            return {}
        if len(text) < 4 or SKIP.search(text) or _BARE_ORDER.fullmatch(text):
            return {}
        told = values.get("request_matter")
        return {"request_matter": "；".join(str(t) for t in (told, text) if t and t != SKIPPED)[:300]}

    def opening(self, values: Values) -> str | None:
        kind = values.get("request_kind")
        return f"好，帮您办{REQUEST_NAMES[str(kind)]}。" if kind else None


class ActionSubmitRequest(BotAction):
    action_name = "action_submit_request"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        given: dict[str, Any] = {f.name: tracker.get_slot(f.name) for f in RequestForm.all_fields()}
        events: list[Event] = clear(*given, CONFIRM)
        if not tracker.get_slot(CONFIRM):
            return events
        kind, phone = str(given["request_kind"]), str(given["request_phone"])
        matter = given["request_matter"]
        person = await self.person_id(tracker)
        try:
            row = await self.services.requests.submit(
                person_id=person,
                kind=kind,
                phone=phone,
                note=None if matter == SKIPPED else matter,
                key=heard.key,
            )
        except AlreadyExists as already:
            row = already.existing
            say(
                dispatcher,
                f"您已经有一个{REQUEST_NAMES[kind]}了：{row.number}，{REQUEST_STATUS_NAMES[row.status]}。办完之前不用再登记。",
                [payload("human_handoff"), payload("help")],
            )
            return events
        more = [payload("open_dispute")] if kind in ("legal_aid", "mediation") else []
        say(
            dispatcher,
            f"登记好了，编号 {row.number}。工作人员会打您留的手机，有进展也在这里告诉您。\n{NEXT[kind]}",
            [*more, payload("help")],
        )
        return [*events, *await ask_to_remember(self, dispatcher, tracker, person, phone)]
