"""昆小哥学堂: the papers for claiming the subsidy after graduation, and how far the claim is."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, clear, say
from bot.actions.form_fields import CONFIRM, SKIPPED, Field, Question, Values
from bot.actions.forms import TaskForm
from bot.actions.study_words import read_level
from bot.actions.subsidy_wording import LEVEL_NAMES
from bot.knowledge.topics import payload
from bot.language import normalise
from bot.services.school import CHECKLIST, missing_documents
from bot.storage.school import SchoolClaim

DOCUMENT_NAMES = {
    "diploma": "毕业证",
    "tuition_receipt": "学费发票或收据",
    "id_card": "身份证",
    "bank_card": "本人银行卡",
    "work_proof": "在岗证明",
    "union_proof": "工会会员证明",
}
_WORDS: dict[str, re.Pattern[str]] = {
    "diploma": re.compile(r"毕业证|文凭|证书"),
    "tuition_receipt": re.compile(r"发票|收据|票据"),
    "id_card": re.compile(r"身份证"),
    "bank_card": re.compile(r"银行卡|卡号"),
    "work_proof": re.compile(r"在岗|工作证明|在职证明"),
    "union_proof": re.compile(r"会员证|工会证明|工会卡"),
}
STATUS_NAMES = {
    "preparing": "还在备料",
    "submitted": "材料已收到，审核中",
    "returned": "材料被退回，要补充",
    "approved": "审核通过，等发放",
    "paid": "已发放",
}
_ALL = re.compile(r"都(?:有|齐|备好|准备好)|全(?:有|齐)|齐了")
_CLAUSE = re.compile(r"[,，。;；、 ]|还(?![没差缺少])|就|但")
_PROGRESS = re.compile(r"进度|到哪|怎么样了|咋样了|好了没|过了没|审核")
CHECK_AGAIN: Choice = ("再对一遍材料", "/school/how_to_claim:checklist")
_NOT_THERE = re.compile(r"没|缺|丢|差|少|不见")


def read_documents(heard: Heard) -> list[str] | None:
    """The papers that are at hand: those named, without those said to be missing."""
    text = normalise(heard.text).text
    if heard.first("have") == "all":
        return list(CHECKLIST)
    if text.startswith("/"):
        return None
    have: list[str] = list(CHECKLIST) if _ALL.search(text) else []
    for clause in _CLAUSE.split(text):
        for document, words in _WORDS.items():
            if not words.search(clause):
                continue
            if _NOT_THERE.search(clause):
                have = [one for one in have if one != document]
            elif document not in have:
                have.append(document)
    return have or None


class ClaimForm(TaskForm):
    form: ClassVar[str] = "claim_form"
    start_topic: ClassVar[str] = "inform"
    title: ClassVar[str] = "助学金备料"
    confirm_needed: ClassVar[bool] = False
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset({("school/how_to_claim", "checklist")})
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", r"^(?:我要|看|看看|给我|打开)?(?:助学金|学费补助|补助)?备料(?:清单)?$"),
        (
            "school/how_to_claim",
            r"进度|到哪一?步|清单|备料|材料.{0,6}(?:齐|够|差|缺)|我的申领|审核.{0,4}(?:好|过|完)了",
        ),
    )

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                "claim_level",
                "",
                lambda values: Question(
                    "读的是大专还是本科？",
                    (("大专", '/inform{"degree":"junior_college"}'), ("本科", '/inform{"degree":"bachelor"}')),
                ),
                read_level,
            ),
            Field(
                "claim_have",
                "",
                lambda values: Question(
                    f"先把这些备好：{'、'.join(DOCUMENT_NAMES.values())}。\n（正式要哪些还没公布，以学堂通知为准）"
                    "您手上已经有哪几样？",
                    (("都有了", '/inform{"have":"all"}'), ("都还没有", "/deny")),
                ),
                lambda heard: None,
                read_documents,
                optional=True,
            ),
        )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        claims = await self.services.school.claims(await self.person_id(tracker))
        if claims and claims[0].status not in ("preparing", "returned"):
            say(dispatcher, status_text(claims[0]), [payload("school/how_to_claim"), payload("human_handoff")])
            return [*clear("claim_level", "claim_have", CONFIRM), SlotSet("requested_slot", None)]
        if claims and _PROGRESS.search(heard.text):
            say(dispatcher, status_text(claims[0]), [CHECK_AGAIN, payload("human_handoff")])
            return [*clear("claim_level", "claim_have", CONFIRM), SlotSet("requested_slot", None)]
        return await super().act(dispatcher, tracker, heard)

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        claims = await self.services.school.claims(await self.person_id(tracker))
        case = tracker.get_slot("subsidy_case")
        level = claims[0].level if claims else case.get("study_level") if isinstance(case, dict) else None
        return {"claim_level": level}

    def opening(self, values: Values) -> str | None:
        return "毕业拿到证以后申领，先由学堂（昆山开放大学）审核。"

    def _noted(self, fields: list[Field], before: Values, changed: Values) -> str:
        return ""


def status_text(claim: SchoolClaim) -> str:
    """The state first, then what staff wrote."""
    note = f"\n说明：{claim.note}" if claim.note else ""
    missing = missing_documents(claim) if claim.status in ("preparing", "returned") else []
    left = f"还差：{'、'.join(DOCUMENT_NAMES[one] for one in missing)}。" if missing else ""
    return f"您的{LEVEL_NAMES[claim.level]}助学金申领（{claim.number}）：{STATUS_NAMES[claim.status]}。{left}{note}"


class ActionSubmitClaim(BotAction):
    action_name = "action_submit_claim"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        level, have = tracker.get_slot("claim_level"), tracker.get_slot("claim_have")
        events: list[Event] = clear("claim_level", "claim_have", CONFIRM)
        if not tracker.get_slot(CONFIRM) or level is None:
            return events
        school = self.services.school
        person_id = await self.person_id(tracker)
        case: Any = tracker.get_slot("subsidy_case") or {}
        claim = await school.open_claim(
            person_id,
            str(level),
            tuition_fen=case.get("tuition"),
            union_member=case.get("union_member"),
            key=heard.key,
        )
        for document in [] if have == SKIPPED else have or []:
            claim = await school.tick_document(person_id, claim.number, str(document))
        missing = missing_documents(claim)
        left = "还差：" + "、".join(DOCUMENT_NAMES[one] for one in missing) + "。" if missing else "材料都齐了。"
        say(
            dispatcher,
            f"记下了，备料单 {claim.number}。{left}\n齐了交给昆小哥学堂（昆山开放大学）的老师；交到哪、截止时间没有公布，"
            "先打 12345 转市教育局问。工会的 1000 元另外申领，问 12351。",
            [CHECK_AGAIN, payload("calc_subsidy"), payload("help")],
        )
        return events
