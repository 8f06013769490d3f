"""Which of the three classes of 人社部发〔2021〕56号 a platform worker is in: three questions, one answer."""

from __future__ import annotations

import re
from typing import ClassVar, cast

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Event, Heard, clear, say
from bot.actions.form_fields import CONFIRM, SKIPPED, Field, Question, Values
from bot.actions.forms import TaskForm
from bot.knowledge.topics import payload
from bot.language import read_yes_no
from bot.services.triage import Contract, worker_class

_LABOUR = re.compile(r"劳动合同")
_OTHER_PAPER = re.compile(r"合作|承揽|劳务|协议|个体工商|众包|(?:[Aa][Pp][Pp]|手机|网)上(?:面)?(?:点|勾|签|同意)")
_NOTHING = re.compile(r"^(?:啥|什么|甚么)?(?:也|都)?(?:没签|没有签|没得|没有|啥都没|未签)")

ANSWERS = {
    "labour_relation": (
        "照您说的，像是劳动关系（人社部发〔2021〕56号第一类）：该签劳动合同，可以找劳动监察、申请仲裁，仲裁不收费。\n"
        "签的纸叫什么不要紧，看谁管您；最后由仲裁委或法院认定。"
    ),
    "managed": (
        "照您说的，像是“不完全符合劳动关系、但受企业管理”（56号第二类）：企业该和您签书面协议，把报酬、休息、保险写清楚。\n"
        "算不算劳动关系有争议时由仲裁委或法院认定，先别自己放弃。"
    ),
    "self_employed": (
        "照您说的，像是自己经营、自由接单（56号第三类）：一般按民事合同办，可以协商、调解，或到法院起诉。\n"
        "平台单受伤另有职业伤害保障，在平台 App 里一键报案。"
    ),
    "unclear": "光凭这几句还分不清是哪一类。可以把协议、排班和发钱的记录带到维权窗口看，或打 12348 免费问。",
}


def _contract(heard: Heard) -> str | None:
    if _LABOUR.search(heard.text) and not re.search(r"(?:没|不是|未)\S{0,3}劳动合同", heard.text):
        return "labour"
    if _OTHER_PAPER.search(heard.text):
        return "agreement"
    return "none" if _NOTHING.search(heard.text) else None


_MANAGED = re.compile(r"排班|考勤|打卡|点名|请假|要罚|会罚|罚款|扣钱|要扣|站长管|公司管|必须")


_FREELY = re.compile(r"想.{1,6}就|自己(?:定|说了算|做主|决定|接)|随时|随便(?:上|接|几点)|看(?:我)?心情|都(?:行|可以)")


_BOUND = re.compile(
    r"不(?:能|让|许|准|可以)(?:拒|挑|选|自己|不接)|必须(?:接|上线|跑)|强制|(?:系统|站长|都是)派(?:单|的)|不接.{0,4}(?:罚|扣)"
)


_UNMANAGED = re.compile(
    r"没人管|没谁管|不归(?:谁|他们|站)|不管我|不用(?:打卡|请假|排班)|没有?(?:排班|打卡|考勤)|不排班|不打卡|随便"
)


def _contract_asked(heard: Heard) -> str | None:
    return heard.do or _contract(heard)


def _managed_asked(heard: Heard) -> str | None:
    if _UNMANAGED.search(heard.text):
        return "no"
    return _yes_no(heard) or ("yes" if _MANAGED.search(heard.text) else None)


def _yes_no(heard: Heard) -> str | None:
    verdict = read_yes_no(heard.text)
    if verdict is None and heard.topic in ("affirm", "deny"):
        verdict = heard.topic == "affirm"
    return None if verdict is None else "yes" if verdict else "no"


def _free_asked(heard: Heard) -> str | None:
    if _BOUND.search(heard.text):
        return "no"
    return "yes" if _FREELY.search(heard.text) else _yes_no(heard)


class PlatformTriageForm(TaskForm):
    form: ClassVar[str] = "platform_triage_form"
    start_topic: ClassVar[str] = "inform"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset({("dispute/rights_consult", "triage")})
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", r"我.{0,8}(?:算|属于|是)(?:三类(?:里|中)的?)?哪一?[类种](?!.{0,4}(?:补助|学历))|问三句"),
    )
    topics: ClassVar[frozenset[str]] = frozenset({"open_dispute"})  # "不去要扣钱" is an answer here
    calm: ClassVar[str] = (
        r"(?:我|都是|就是|是)?自己(?:的|定|来|接单?|跑|干|决定|做主|说了算|想.{1,6})?(?:的|呀|啊|吧|呗)?"
    )
    title: ClassVar[str] = "用工关系问答"
    confirm_needed: ClassVar[bool] = False

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                name="triage_contract",
                label="签的什么",
                ask=lambda v: Question(
                    "您和公司或站点签的是什么？",
                    (
                        ("劳动合同", "/inform:labour"),
                        ("合作协议之类", "/inform:agreement"),
                        ("没签", "/inform:none"),
                    ),
                ),
                read=lambda h: None,
                read_answer=_contract_asked,
                optional=True,
            ),
            Field(
                name="triage_managed",
                label="受管理",
                ask=lambda v: Question(
                    "上班时间、排班、请假是不是归站点或公司管，不来要罚？",
                    (("是", "/affirm"), ("不是", "/deny")),
                ),
                read=lambda h: None,
                read_answer=_managed_asked,
                needed=lambda v: v.get("triage_contract") != "labour",
                optional=True,
            ),
            Field(
                name="triage_free",
                label="自由上线",
                ask=lambda v: Question("您能自己定什么时候上线、接不接单吗？", (("能", "/affirm"), ("不能", "/deny"))),
                read=lambda h: None,
                read_answer=_free_asked,
                needed=lambda v: v.get("triage_contract") != "labour",
                optional=True,
            ),
        )

    def opening(self, values: Values) -> str | None:
        return "问您三句，看您大概算哪一类，不清楚就说不知道。"

    def _is_other_matter(self, heard: Heard, field: Field | None, found: Values, verdict: bool | None) -> bool:
        """ "想啥时候上就啥时候上" has a word of questions, and is the answer."""
        if "triage_free" in found and _FREELY.search(heard.text):
            return False
        return super()._is_other_matter(heard, field, found, verdict)

    def _noted(self, fields: list[Field], before: Values, changed: Values) -> str:
        return ""  # the next question follows at once


class ActionTriageResult(BotAction):
    action_name = "action_triage_result"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        slots = {f.name: tracker.get_slot(f.name) for f in PlatformTriageForm.all_fields()}
        if tracker.get_slot(CONFIRM):
            contract = slots["triage_contract"]
            known = cast("Contract | None", contract if contract in ("labour", "agreement", "none") else None)
            verdict = worker_class(known, _as_bool(slots["triage_managed"]), _as_bool(slots["triage_free"]))
            say(
                dispatcher,
                ANSWERS[verdict],
                [payload("open_dispute"), payload("dispute/legal_aid"), payload("dispute/where")],
            )
        return clear(*slots, CONFIRM)


def _as_bool(value: object) -> bool | None:
    return None if value in (None, SKIPPED) else value == "yes"
