"""“骑手姐姐”: joining the alliance with one's needs, signing up for screening."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Choice, Event, Heard, clear, say
from bot.actions.form_fields import CONFIRM, SKIPPED, Field, Question, Refused, Values
from bot.actions.form_values import hidden
from bot.actions.forms import TaskForm
from bot.actions.people import ask_to_remember
from bot.geo.distance import distance_zh
from bot.geo.places import find_places
from bot.knowledge.topics import payload
from bot.language import find_numbers, normalise
from bot.services.errors import AlreadyExists, Invalid
from bot.services.reference import OutsideKunshan, PlaceUnknown, point_of
from bot.services.women import age_band

NEED_NAMES = {
    "screening": "两癌筛查",
    "family": "亲子活动",
    "tutoring": "家教指导",
    "mental_care": "心灵关爱",
    "legal": "维权帮助",
    "other": "其他",
}
_FIRED = r"(?:怀孕|有孕|怀了|大肚子|产假|哺乳|有喜).{0,16}(?:辞|开除|赶|不让|不要我|走人|[让叫]我走|停我|停了)"
_NEED_WORDS = {
    "screening": re.compile(r"两癌|乳腺|宫颈|筛查|体检|妇科"),
    "family": re.compile(r"亲子|带(?:娃|孩子)|陪(?:娃|孩子)|托管|看孩子|活动"),
    "tutoring": re.compile(r"家教|辅导|作业|教育孩子|管孩子|孩子.{0,4}(?:学习|叛逆|不听话)"),
    "mental_care": re.compile(r"心理|心灵|压力|难受|焦虑|睡不着|说说话|倾诉|郁闷"),
    "legal": re.compile(rf"维权|法律|家暴|欠薪|工资|辞退|离婚|劳动|{_FIRED}"),
}
BAND_NAMES = {"under_35": "35 岁以下", "35_64": "35 到 64 岁", "over_64": "64 岁以上"}
_RELATIVE = re.compile(
    r"(?:给|替|帮|为)(?:我|俺)?(?:的)?(老婆|媳妇|爱人|妻子|妈|母亲|婆婆|岳母|丈母娘|姐|妹|女儿|对象|女朋友|嫂子|姑|姨|家里|家属|她)"
    r"|(?:我|俺)(老婆|媳妇|爱人|妻子|妈|母亲|婆婆|姐|妹|女儿|嫂子)"
)
_SELF = re.compile(r"本人|自己|^我$|我自己|给我(?:自己)?报|我想(?:查|做|报)|我要(?:查|做|报)|女骑手")
_AGE = re.compile(
    r"(\d{2}|[二三四五六七八九]?十[一二三四五六七八九]?)\s*(?:周)?岁"
    r"|(?:今年|她|我|年纪|年龄|妈|姐|老婆|媳妇)(?:都|是|快|有|满|虚)?"
    r"(\d{2}|[二三四五六七八九]十[一二三四五六七八九]?)(?!\d|\s*[年月号点分元块个万千百:：])"
)
_BORN = re.compile(r"(?:19|20)\d{2}\s*年(?:的|生|出生)|(?<!\d)([6-9]\d|0\d)年(?:的|生|出生)")
_PREGNANT_FIRED = re.compile(_FIRED)


def read_needs(heard: Heard) -> list[str] | None:
    tapped = heard.first("need")
    if tapped in NEED_NAMES:
        return [str(tapped)]
    if heard.text.startswith("/"):
        return None
    text = normalise(heard.text).text
    return [need for need, words in _NEED_WORDS.items() if words.search(text)] or None


def read_needs_asked(heard: Heard) -> list[str] | None:
    found = read_needs(heard)
    if found or heard.text.startswith("/"):
        return found
    text = readers.short_name(heard)
    if read_district(heard) or re.search(r"\d{5,}", heard.text):
        return None  # the answer to a later question, given early
    return ["other"] if text and not re.search(r"没有|没什么|先加入|不知道|随便", text) else None


def read_district(heard: Heard) -> str | None:
    """One of the 11 区镇, from any place in the text."""
    for match in find_places(heard.text):
        place = match.place
        if place is not None and not place.outside:
            return str(place.name if place.kind == "district" else place.district or place.name)
    return None


class AllianceForm(TaskForm):
    form: ClassVar[str] = "alliance_form"
    start_topic: ClassVar[str] = "join_alliance"
    title: ClassVar[str] = "骑手姐姐登记"

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                "join_needs",
                "需求",
                lambda values: Question(
                    "最想要哪方面的帮助？可以说几样，也可以先加入。",
                    (*((NEED_NAMES[n], f'/inform{{"need":"{n}"}}') for n in list(NEED_NAMES)[:5]), ("先加入", "/deny")),
                ),
                read_needs,
                read_needs_asked,
                optional=True,
                free_text=True,
                show=lambda needs: "、".join(NEED_NAMES[need] for need in needs),
            ),
            Field(
                "join_place",
                "区镇",
                lambda values: Question("平时在哪个区镇跑？比如花桥、周市。不想说也行。"),
                read_district,
                optional=True,
            ),
            Field(
                "join_phone",
                "手机",
                lambda values: Question("留个手机号，妇联的工作人员好联系。"),
                readers.phone,
                readers.phone_asked,
                show=readers.show_phone,
            ),
            hidden("join_note"),
        )

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        person = await self.services.people.get(await self.person_id(tracker))
        words = "" if heard.text.startswith("/") or len(heard.text) < 12 else heard.text[:300]
        return {"join_phone": person.phone if person and person.consent_at else None, "join_note": words or None}

    def opening(self, values: Values) -> str | None:
        return "好，帮您登记加入“骑手姐姐”巾帼互助联盟。"


class ActionSubmitAlliance(BotAction):
    action_name = "action_submit_alliance"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        given: dict[str, Any] = {f.name: tracker.get_slot(f.name) for f in AllianceForm.all_fields()}
        events: list[Event] = clear(*given, CONFIRM)
        if not tracker.get_slot(CONFIRM):
            return events
        clean = {name: None if value == SKIPPED else value for name, value in given.items()}
        person_id, phone = await self.person_id(tracker), str(clean["join_phone"])
        needs: list[str] = clean["join_needs"] or []
        note = str(clean["join_note"] or "")
        try:
            member = await self.services.women.join(
                person_id, phone, district=clean["join_place"], needs=needs, note=note, key=heard.key
            )
        except AlreadyExists:
            say(
                dispatcher,
                "这个手机号已经登记过了，不用再登。要改登记，请打 12345 转市妇联。",
                [payload("women/what_is")],
            )
            return events
        home = await self._home(member.district)
        law = (
            "怀孕、产假、哺乳期，公司不能因此辞退或终止服务协议（妇女权益保障法第48条），可以登记处理。\n"
            if _PREGNANT_FIRED.search(note)
            else ""
        )
        choices: list[Choice] = [payload("open_dispute")] if law or "legal" in needs else []
        if "screening" in needs:
            choices.append(payload("book_screening"))
        say(
            dispatcher,
            f"登记好了，编号 {member.number}。市妇联的工作人员会打您留的手机；活动时间地点以市妇联通知为准。\n{law}{home}"
            "心里难受随时可打 12356。",
            [*choices, payload("women/what_is"), payload("help")],
        )
        return [*events, *await ask_to_remember(self, dispatcher, tracker, person_id, phone)]

    async def _home(self, district: str | None) -> str:
        """The nearest micro-home of the district, or nothing."""
        if not district:
            return ""
        found = await self.services.women.homes.find(district=district, limit=1)
        if not found:
            places = find_places(district)
            place = places[0].place if places else None
            try:
                found = await self.services.women.homes.find(point_of(place), limit=1) if place else []
            except (OutsideKunshan, PlaceUnknown):
                found = []
        if not found:
            return ""
        site, metres = found[0].row, found[0].metres
        far = f"，离{district}{distance_zh(metres)}" if metres else ""
        demo = "（示例数据，去之前先核实）" if site.demo else ""
        return f"最近的妇女微家：{site.name}{far}{demo}。\n"


# -- screening ---------------------------------------------------------------------------------------------


_BARE_AGE = re.compile(r"(?<![\d.])([2-9]\d)(?![\d.]|\s*(?:号|点|月|日|分|块|元|个|天|年))")


def read_whom(heard: Heard) -> str | None:
    tapped = heard.first("whom")
    if tapped in ("self", "relative"):
        return str(tapped)
    text = normalise(heard.text).text
    if _RELATIVE.search(text):
        return "relative"
    return "self" if _SELF.search(text) else None


def read_age(heard: Heard) -> str | None:
    """An age band from an age or a year of birth."""
    tapped = heard.first("age_band")
    if tapped in BAND_NAMES:
        return str(tapped)
    text = normalise(heard.text).text
    named = _AGE.search(text)
    if named:
        return _band(find_numbers(named[1] or named[2])[0].low)
    born = _BORN.search(text)
    beside = _RELATIVE.search(text) and _BARE_AGE.search(text)
    if beside:
        return _band(int(beside[1]))
    if born:
        digits = re.sub(r"\D", "", born[0])
        year = int(digits) if len(digits) == 4 else (1900 if int(digits) > 20 else 2000) + int(digits)
        return _band(heard.now.year - year)
    return None


def read_age_asked(heard: Heard) -> str | None:
    found = read_age(heard)
    if found or heard.text.startswith("/"):
        return found
    numbers = [n for n in find_numbers(heard.text) if n.low < 1000]
    return _band(numbers[0].low) if numbers else None


def _band(age: Any) -> str:
    try:
        return age_band(int(age))
    except Invalid:
        raise Refused("这个年龄好像不对，麻烦再说一遍，比如“42”。") from None


_OF_SCREENING = re.compile(
    r"多大.{0,3}(?:能|可以|才)|几岁|年龄.{0,4}(?:限|要求)|多少钱|收费|收钱|要钱|花钱|免费|空腹|带(?:啥|什么|哪些|身份证|证|东西)|多久|几年|疼不疼|痛不痛"
)


class ScreeningForm(TaskForm):
    form: ClassVar[str] = "screening_form"
    calm: ClassVar[str] = (
        r"(?:不是给.{1,4}[\s，,]*)?(?:是)?(?:给|帮|替)(?:我)?(?:家)?(?:妈妈?|老婆|媳妇|爱人|姐姐?|妹妹?|女儿|婆婆|丈母娘|家里人|自己)"
        r"(?:报|查|登记)?[\s，,]*(?:今年)?\d{0,2}岁?(?:了|的)?"
    )
    start_topic: ClassVar[str] = "book_screening"
    title: ClassVar[str] = "两癌筛查登记"

    @classmethod
    def aside(cls, text: str, values: Values) -> str | None:
        return "women/screening" if _OF_SCREENING.search(text) else None

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                "screen_whom",
                "给谁报",
                lambda values: Question(
                    "给自己报还是给家里人报？",
                    (("给我自己", '/inform{"whom":"self"}'), ("给家里人", '/inform{"whom":"relative"}')),
                ),
                read_whom,
                show=lambda whom: "本人" if whom == "self" else "家里人",
            ),
            Field(
                "screen_age",
                "年龄段",
                lambda values: Question(
                    "多大年纪？筛查一般按年龄段安排，说个大概就行。",
                    tuple((name, f'/inform{{"age_band":"{band}"}}') for band, name in BAND_NAMES.items()),
                ),
                read_age,
                read_age_asked,
                show=lambda band: BAND_NAMES[str(band)],
            ),
            Field(
                "screen_wish",
                "希望时间",
                lambda values: Question("什么时候方便？"),
                lambda heard: None if heard.surface("time") in ("今年", "去年") else heard.surface("time"),
                needed=lambda values: values.get("screen_wish") is not None,
            ),
            Field(
                "screen_phone",
                "手机",
                lambda values: Question("留个手机号，定了时间地点好通知。"),
                readers.phone,
                readers.phone_asked,
                show=readers.show_phone,
            ),
        )

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        person = await self.services.people.get(await self.person_id(tracker))
        return {"screen_phone": person.phone if person and person.consent_at else None}

    def opening(self, values: Values) -> str | None:
        return "好，帮您登记两癌筛查，有批次了由市妇联通知。"

    def confirm_note(self, values: Values) -> str:
        if values.get("screen_age") in (None, "35_64"):
            return ""
        return "提醒：江苏各地的免费筛查多是 35–64 岁，这个年龄能不能参加以市妇联通知为准；登记照样能交。"


class ActionSubmitScreening(BotAction):
    action_name = "action_submit_screening"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        given: dict[str, Any] = {f.name: tracker.get_slot(f.name) for f in ScreeningForm.all_fields()}
        events: list[Event] = clear(*given, CONFIRM)
        if not tracker.get_slot(CONFIRM):
            return events
        person_id, phone = await self.person_id(tracker), str(given["screen_phone"])
        band = str(given["screen_age"])
        try:
            row = await self.services.women.sign_up(
                person_id,
                band,
                phone,
                for_whom=str(given["screen_whom"]),
                wish=str(given["screen_wish"] or ""),
                key=heard.key,
            )
        except AlreadyExists as already:
            number = f"，编号 {already.existing.number}" if already.existing else ""
            say(
                dispatcher,
                f"这个手机号已经登记过了{number}，不用再报，等市妇联通知就行。",
                [payload("women/screening")],
            )
            return events
        outside = (
            ""
            if band == "35_64"
            else "提醒：江苏各地的免费筛查多是 35–64 岁，您这个年龄能不能参加以市妇联通知为准；想查可以先看医院门诊。\n"
        )
        say(
            dispatcher,
            f"登记好了，编号 {row.number}。这一批的日期、地点、名额还没有公布，定了由市妇联通知。\n{outside}"
            "身上有硬块、出血这些不舒服，别等筛查，先去医院看。",
            [payload("women/screening"), payload("book_hospital"), payload("help")],
        )
        return [*events, *await ask_to_remember(self, dispatcher, tracker, person_id, phone)]
