"""昆小哥学堂: registering an interest in studying."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Choice, Event, Heard, clear, say
from bot.actions.form_fields import CONFIRM, SKIPPED, Field, Question, Refused, Values
from bot.actions.forms import TaskForm
from bot.actions.people import ask_to_remember
from bot.actions.study_words import read_had, read_level
from bot.actions.subsidy_wording import LEVEL_NAMES
from bot.knowledge.topics import payload
from bot.language import SCHOOLING, read_answer, read_study
from bot.services.errors import AlreadyExists
from bot.services.school import fit
from bot.storage.school import SchoolEnrolment

SCHOOLING_NAMES = {
    "primary": "小学",
    "junior_high": "初中",
    "senior_high": "高中",
    "vocational": "中专/职高/技校",
    "junior_college": "大专",
    "bachelor": "本科",
    "postgraduate": "研究生",
}
STATUS_NAMES = {
    "new": "已登记，等工作人员联系",
    "contacted": "工作人员联系过了",
    "enrolled": "已转入学堂报名",
    "declined": "这次没报上",
}
_SCHOOLING_CHOICES: tuple[Choice, ...] = tuple(
    (SCHOOLING_NAMES[code], f'/inform{{"schooling":"{code}"}}')
    for code in ("junior_high", "senior_high", "vocational", "junior_college")
)
_MAJOR = re.compile(
    r"(?:读|学|报|念|选|专业是?|想读|想学)\s*(?:个|一个|的是|的)?\s*([\u4e00-\u9fffA-Za-z]{2,12}?)(?:专业|方向|系)"
)
_NAMED_MAJOR = re.compile(
    r"(?:^|[\s，,、。/])(会计(?:学)?|计算机(?:应用|科学)?|电子商务|电商|物流(?:管理)?|行政管理|工商管理|法学|法律事务|机电(?:一体化)?|数控"
    r"|汽修|汽车维修|护理|学前教育|建筑工程|土木工程|人力资源(?:管理)?|市场营销|旅游管理|软件工程|大数据|财务管理|金融学?)(?:专业|方向)?(?=$|[\s，,、。])"
)
_NOT_DECIDED = re.compile(r"没想好|没想过|没定|还没想|没考虑|再想想|再看看")
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙朱胡郭何林罗郑梁谢宋唐许邓冯韩曹"
    "曾彭萧肖蔡潘袁董余苏叶吕魏蒋田杜丁沈姜范傅钟卢汪戴崔任陆廖姚邱夏谭韦贾邹熊孟秦阎薛侯雷龙郝邵"
)
# 张三, 我叫李小梅; no 田径, 余热利用: a field of study has other signs in it
_OWN_NAME = re.compile(
    rf"(?:(?:我叫|我是|名字(?:是|叫)?|姓名(?:是)?)[:： ]*[\u4e00-\u9fff]{{2,4}}|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})[。.!！]?"
)
_OF_STUDY = re.compile(r"[学工理程务技术修计商法融管护医药贸艺画音乐舞设电机械车船航文史径热力语译]|专业")
NAME_NOT_NEEDED = "名字先不用留，工作人员打电话时再核对。这里问的是想学什么专业，没想好就说“没想好”。"
_WORDS_OF_OTHERS = re.compile(r"大专|本科|专升本|高中|中专|初中|学堂|学历|毕业|报名|电话|手机")


def read_schooling(heard: Heard) -> str | None:
    tapped = heard.first("schooling")
    if tapped in SCHOOLING:
        return str(tapped)
    return None if _NEVER_WENT.search(heard.text) else read_had(heard.text)


_NEVER_WENT = re.compile(
    r"(?:高中|中专|职高|技校|大专|大学|本科)(?:也|都|还)?(?:没有?|未)(?:读|上|念|考上|毕业|学)|(?:没有?|未)(?:读|上|念|考上)过?(?:高中|中专|职高|技校|大专|大学|本科)"
)


def read_schooling_asked(heard: Heard) -> str | None:
    """A bare 大专 answers what one has, when that was the question."""
    study = read_study(heard.text)
    return read_schooling(heard) or (None if _NEVER_WENT.search(heard.text) else study.aim)


def read_enrol_level(heard: Heard) -> str | None:
    return read_level(heard)


def read_major(heard: Heard) -> str | None:
    found = _MAJOR.search(heard.text) or _NAMED_MAJOR.search(heard.text)
    if found is None or _WORDS_OF_OTHERS.search(found[1]):
        return None
    return found[1]


def read_major_asked(heard: Heard) -> str | None:
    named = read_major(heard)
    if named:
        return named
    if _NOT_DECIDED.search(heard.text):
        return "没想好"
    if _OWN_NAME.fullmatch(heard.text.strip()) and not _OF_STUDY.search(heard.text):
        raise Refused(NAME_NOT_NEEDED)
    text = readers.short_name(heard)
    if (
        read_answer(heard.text) is not None
        or text is None
        or text.startswith("/")
        or _WORDS_OF_OTHERS.search(text)
        or re.search(r"\d{5,}|[#@&*_<>]", text)
    ):
        return None
    return text.removesuffix("专业")


_OF_ENROLLING = re.compile(
    r"带(?:啥|什么|哪些)|要(?:什么|啥|哪些)(?:材料|证件?|条件)|多少钱|学费多少|要钱|收费|考试|什么时候|啥时候|几号|截止"
)


class EnrolForm(TaskForm):
    form: ClassVar[str] = "enrol_form"
    start_topic: ClassVar[str] = "enroll_school"
    title: ClassVar[str] = "学堂报名登记"
    confirm_title: ClassVar[str] = "请核对："

    @classmethod
    def aside(cls, text: str, values: Values) -> str | None:
        return "school/how_to_enroll" if _OF_ENROLLING.search(text) else None

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                "enrol_level",
                "想读",
                lambda values: Question(
                    "想读大专还是本科？",
                    (("大专", '/inform{"degree":"junior_college"}'), ("本科", '/inform{"degree":"bachelor"}')),
                ),
                read_enrol_level,
                show=lambda level: LEVEL_NAMES[str(level)],
            ),
            Field(
                "enrol_schooling",
                "现有学历",
                lambda values: Question("现在是什么学历？", _SCHOOLING_CHOICES),
                read_schooling,
                read_schooling_asked,
                optional=True,
                show=lambda code: SCHOOLING_NAMES.get(str(code), str(code)),
            ),
            Field(
                "enrol_major",
                "专业意向",
                lambda values: Question("想学什么专业？没想好就说“没想好”。", (("没想好", "/deny"),)),
                read_major,
                read_major_asked,
                optional=True,
                free_text=True,
            ),
            Field(
                "enrol_phone",
                "手机",
                lambda values: Question("留个手机号，学堂的工作人员好联系。"),
                readers.phone,
                readers.phone_asked,
                show=readers.show_phone,
            ),
        )

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        person = await self.services.people.get(await self.person_id(tracker))
        return {"enrol_phone": person.phone if person and person.consent_at else None}

    async def settle(self, dispatcher: CollectingDispatcher, heard: Heard, values: Values, changed: Values) -> Values:
        if changed.get("enrol_major") and re.search(
            r"没想好|随便|都行|都可以|无所谓|没要求|不知道|没有", str(changed["enrol_major"])
        ):
            return {"enrol_major": SKIPPED}
        return {}

    def opening(self, values: Values) -> str | None:
        return "好，帮您登记，由学堂的工作人员联系您；正式报名以昆山开放大学通知为准。"

    def confirm_note(self, values: Values) -> str:
        return hint(str(values["enrol_level"]), values.get("enrol_schooling"))


def hint(level: str, schooling: Any) -> str:
    name = SCHOOLING_NAMES.get(str(schooling), "")
    verdict = fit(level, None if schooling in (None, SKIPPED) else str(schooling))
    if verdict == "lacks":
        needs = "高中、中专或同等学历" if level == "junior_college" else "大专（国民教育系列专科）毕业证"
        other = "，可以先从大专读起" if level == "bachelor" else ""
        return (
            f"提醒：读{LEVEL_NAMES[level]}一般要有{needs}，您是{name}{other}。可以先登记，能不能读以当期招生通知为准。"
        )
    if verdict == "has_already":
        return f"提醒：您已有{name}，再读{LEVEL_NAMES[level]}可能算二学历，学费补助不含二学历，报名前先问清。"
    return ""


class ActionSubmitEnrolment(BotAction):
    action_name = "action_submit_enrolment"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        given: dict[str, Any] = {f.name: tracker.get_slot(f.name) for f in EnrolForm.all_fields()}
        events: list[Event] = clear(*given, CONFIRM)
        if not tracker.get_slot(CONFIRM):
            return events
        clean = {name: None if value == SKIPPED else value for name, value in given.items()}
        person_id = await self.person_id(tracker)
        phone = str(clean["enrol_phone"])
        try:
            row = await self.services.school.enrol(
                person_id,
                str(clean["enrol_level"]),
                phone,
                major=clean["enrol_major"],
                schooling=clean["enrol_schooling"],
                key=heard.key,
            )
        except AlreadyExists as already:
            say(dispatcher, _already(already.existing), [payload("school/subsidy_rule"), payload("human_handoff")])
            return events
        say(
            dispatcher,
            f"登记好了，编号 {row.number}：{LEVEL_NAMES[row.level]}。学堂的工作人员会打您留的手机。\n"
            "报名时间、学费、要带的材料还没有公布，以昆山开放大学通知为准。"
            "报名时问清算不算“统一管理”的学员，学费补一半要看这个。",
            [payload("calc_subsidy"), payload("school/subsidy_rule"), payload("help")],
        )
        return [*events, *await ask_to_remember(self, dispatcher, tracker, person_id, phone)]


def _already(existing: SchoolEnrolment | None) -> str:
    if existing is None:
        return "这个手机号已经登记过这个层次了，不用再报，等工作人员联系就行。有疑问打 12345 转市教育局。"
    return (
        f"您已经登记过{LEVEL_NAMES[existing.level]}了，编号 {existing.number}，"
        f"{STATUS_NAMES.get(existing.status, '处理中')}，不用再报。"
    )
