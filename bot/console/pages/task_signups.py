"""Sign-ups for a caller that a unit follows up: 昆小哥学堂, 两癌筛查, 骑手姐姐, a call back from the bank, a suggestion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.actions.bank import TOPIC_NAMES
from bot.actions.enrolment import SCHOOLING_NAMES, hint
from bot.actions.subsidy_wording import LEVEL_NAMES
from bot.actions.suggestion import KINDS as SUGGESTION_NAMES
from bot.actions.suggestion import kind_of
from bot.actions.women import BAND_NAMES, NEED_NAMES
from bot.console.onbehalf import Checked, Desk, Given, Task, register
from bot.console.wording import about, state
from bot.language import find_numbers, find_times, read_study
from bot.services.bank import without_secrets
from bot.services.callers import Matter
from bot.services.errors import Invalid
from bot.services.guided import Walk
from bot.services.import_spec import district_names
from bot.services.women import age_band

WHOM = {"self": "本人", "relative": "家里人"}
FALSE_FRIENDS = "银行不会在电话里要验证码、密码，也不会让人先转钱；遇到就挂掉，打 110。"


def _listed(*pairs: tuple[str, str | None]) -> list[tuple[str, str]]:
    return [(label, text) for label, text in pairs if text]


def _again(open_ones: list[Matter], what: str) -> Checked | None:
    """The same number is registered for the same thing: nobody is registered twice."""
    if not open_ones:
        return None
    first = open_ones[0]
    return Checked({"form": f"这个号码已经登记过{what}：{first.number}，{state(first)}，不用再报。"})


class School(Task):
    name, title, kind, order = "school", "学堂报名登记", "enrolment", 4
    does = "昆小哥学堂大专、本科，由学堂联系"
    topics = ("enroll_school", "school/how_to_enroll", "school/levels")
    fields = ("level", "schooling", "major")

    async def shown(self, desk: Desk, given: Given) -> dict[str, Any]:
        return {"levels": LEVEL_NAMES.items(), "schoolings": SCHOOLING_NAMES.items()}

    def prefill(self, given: Given, walk: Walk | None) -> dict[str, str]:
        study = read_study(given.one("q"))
        known = {"level": study.aim if study.aim in LEVEL_NAMES else None, "schooling": study.has}
        for ask, said in walk.said if walk is not None else ():
            has = next((code for code, name in SCHOOLING_NAMES.items() if name[:2] in said), None)
            if "毕业证" in ask and has is not None:
                known |= {"schooling": has, "level": "bachelor" if has == "junior_college" else known["level"]}
        return {name: value for name, value in known.items() if value}

    async def check(self, desk: Desk, given: Given) -> Checked:
        level, schooling, major = given.one("level"), given.one("schooling"), given.one("major")
        if level not in LEVEL_NAMES:
            return Checked({"level": "选大专还是本科"})
        if schooling and schooling not in SCHOOLING_NAMES:
            return Checked({"schooling": "从列表里选"})
        again = _again(desk.caller.open("enrolment", level), LEVEL_NAMES[level])
        if again is not None:
            return again
        told = hint(level, schooling or None)
        return Checked(
            values={"level": level, "schooling": schooling or None, "major": major[:80] or None},
            lines=_listed(("想读", LEVEL_NAMES[level]), ("现有学历", SCHOOLING_NAMES.get(schooling)), ("专业", major)),
            notes=[*([told] if told else []), "正式报名、学费、材料以昆山开放大学通知为准。"],
        )

    async def submit(self, desk: Desk, person_id: str, values: Mapping[str, Any], key: str) -> str:
        row = await desk.services.school.enrol(person_id, phone=desk.caller.phone, key=key, **values)
        return row.number

    async def told(self, desk: Desk, matter: Matter) -> list[str]:
        return [
            f"登记好了，编号 {matter.number}：{about(matter)}。学堂的工作人员会打这个手机。",
            "报名时间、学费、要带的材料还没有公布，以昆山开放大学通知为准。",
            "报名时问清算不算“统一管理”的学员，学费补一半要看这个。",
        ]


class Screening(Task):
    name, title, kind, order = "screening", "两癌筛查登记", "screening", 5
    does = "女骑手、女司机或家里人，由市妇联通知"
    topics = ("book_screening", "women/screening")
    fields = ("whom", "age", "wish")

    async def shown(self, desk: Desk, given: Given) -> dict[str, Any]:
        return {"whoms": WHOM.items()}

    async def check(self, desk: Desk, given: Given) -> Checked:
        errors: dict[str, str] = {}
        if given.one("whom") not in WHOM:
            errors["whom"] = "问一下给谁报"
        band = _band(given.one("age"))
        if not band:
            errors["age"] = "写个岁数，比如 42"
        wish = given.one("wish")
        if wish and not find_times(wish, desk.services.clock.now()):
            errors["wish"] = "没看懂时间，写成“下周三”“12月上旬”，或者空着"
        if errors:
            return Checked(errors)
        again = _again(desk.caller.open("screening", band), "这个年龄段的筛查")
        if again is not None:
            return again
        outside = "江苏各地的免费筛查多是 35–64 岁，这个年龄能不能参加以市妇联通知为准；想查可以先看医院门诊。"
        return Checked(
            values={"band": band, "for_whom": given.one("whom"), "wish": wish[:120]},
            lines=_listed(("给谁报", WHOM[given.one("whom")]), ("年龄段", BAND_NAMES[band]), ("希望时间", wish)),
            notes=[*([outside] if band != "35_64" else []), "这一批的日期、地点、名额还没有公布，定了由市妇联通知。"],
        )

    async def submit(self, desk: Desk, person_id: str, values: Mapping[str, Any], key: str) -> str:
        row = await desk.services.women.sign_up(person_id, phone=desk.caller.phone, key=key, **values)
        return row.number

    async def told(self, desk: Desk, matter: Matter) -> list[str]:
        return [
            f"登记好了，编号 {matter.number}。这一批的日期、地点、名额还没有公布，定了由市妇联通知。",
            "身上有硬块、出血这些不舒服，别等筛查，先去医院看。",
        ]


def _band(given: str) -> str:
    """The age band of an age in words or digits; "" when it is none."""
    numbers = find_numbers(given)
    try:
        return age_band(int(numbers[0].low)) if len(numbers) == 1 else ""
    except Invalid:
        return ""


class Alliance(Task):
    name, title, kind, order = "alliance", "骑手姐姐登记", "alliance", 6
    does = "加入巾帼互助联盟，说说需要什么"
    topics = ("join_alliance", "women/what_is", "women/family")
    fields = ("needs", "district", "note")

    async def shown(self, desk: Desk, given: Given) -> dict[str, Any]:
        return {"all_needs": NEED_NAMES.items(), "districts": [(name, name) for name in district_names()]}

    async def check(self, desk: Desk, given: Given) -> Checked:
        needs = [need for need in given.many("needs") if need in NEED_NAMES]
        district = given.one("district")
        if district and district not in district_names():
            return Checked({"district": "从列表里选"})
        again = _again(desk.caller.open("alliance"), "骑手姐姐")
        if again is not None:
            return again
        note = without_secrets(given.one("note"))
        return Checked(
            values={"needs": needs, "district": district or None, "note": note},
            lines=[
                ("加入", "“骑手姐姐”巾帼互助联盟"),
                *_listed(("需要", "、".join(NEED_NAMES[need] for need in needs)), ("区镇", district), ("说明", note)),
            ],
            notes=["怀孕、产假、哺乳期被辞退的，另登记劳动纠纷（妇女权益保障法第48条）。"] if "legal" in needs else [],
        )

    async def submit(self, desk: Desk, person_id: str, values: Mapping[str, Any], key: str) -> str:
        member = await desk.services.women.join(person_id, desk.caller.phone, key=key, **values)
        return member.number

    async def told(self, desk: Desk, matter: Matter) -> list[str]:
        return [
            f"登记好了，编号 {matter.number}。市妇联的工作人员会打这个手机；活动时间地点以市妇联通知为准。",
            "心里难受随时可打 12356。",
        ]


class Callback(Task):
    name, title, kind, order = "callback", "请银行回电", "callback", 7
    does = "建行按揭、装修、购车、保险，由银行打给他"
    topics = (
        "bank/mortgage",
        "bank/renovation_loan",
        "bank/car_loan",
        "bank/insurance",
        "bank/mobile_banking",
        "bank/what_is",
    )
    fields = ("bank_topic", "wish", "note")

    async def shown(self, desk: Desk, given: Given) -> dict[str, Any]:
        return {"bank_topics": TOPIC_NAMES.items()}

    def prefill(self, given: Given, walk: Walk | None) -> dict[str, str]:
        topic = (walk.here.answer or "") if walk is not None else given.one("topic")
        named = topic.removeprefix("bank/")
        return {"bank_topic": named} if named in TOPIC_NAMES else {}

    async def check(self, desk: Desk, given: Given) -> Checked:
        topic = given.one("bank_topic")
        if topic not in TOPIC_NAMES:
            return Checked({"bank_topic": "选一项"})
        again = _again(desk.caller.open("callback", topic), f"{TOPIC_NAMES[topic]}回电")
        if again is not None:
            return again
        note = without_secrets(given.one("note"))[:300]
        return Checked(
            values={"topic": topic, "wish": given.one("wish")[:120] or None, "note": note or None},
            lines=_listed(("想问", TOPIC_NAMES[topic]), ("什么时候打", given.one("wish")), ("说明", note)),
            notes=[FALSE_FRIENDS],
        )

    async def submit(self, desk: Desk, person_id: str, values: Mapping[str, Any], key: str) -> str:
        row = await desk.services.bank.request_callback(person_id=person_id, phone=desk.caller.phone, key=key, **values)
        return row.number

    async def told(self, desk: Desk, matter: Matter) -> list[str]:
        return [
            f"登记好了，编号 {matter.number}。多久回电没有公布，能不能办、利率多少都以建行为准。",
            FALSE_FRIENDS,
        ]


class Suggestion(Task):
    name, title, kind, order = "suggestion", "提建议、报修", "suggestion", 10
    does = "驿站、冷饮机坏了，建议、表扬、意见"
    topics = ("leave_suggestion",)
    fields = ("words", "place", "about")

    async def shown(self, desk: Desk, given: Given) -> dict[str, Any]:
        return {"kinds": SUGGESTION_NAMES.items()}

    def prefill(self, given: Given, walk: Walk | None) -> dict[str, str]:
        words = given.one("q")
        return {} if words.isascii() else {"words": words, "about": kind_of(words)}

    async def check(self, desk: Desk, given: Given) -> Checked:
        words, place = given.one("words"), given.one("place")
        named = given.one("about") or kind_of(words)
        if not words:
            return Checked({"words": "照他的话写一句"})
        if named not in SUGGESTION_NAMES:
            return Checked({"about": "从列表里选"})
        station = await desk.services.stations.mentioned(place) if place else None
        code = station.station.code if station else None
        return Checked(
            values={"text": words, "kind": named, "place": place[:120] or None, "station_code": code},
            lines=_listed(
                ("是", SUGGESTION_NAMES[named]),
                ("内容", words),
                ("地点", station.station.name if station else place),
            ),
        )

    async def submit(self, desk: Desk, person_id: str, values: Mapping[str, Any], key: str) -> str:
        return (await desk.services.suggestions.leave(person_id=person_id, key=key, **values)).number

    async def told(self, desk: Desk, matter: Matter) -> list[str]:
        return [f"收到了，{about(matter)}编号 {matter.number}。多久答复没有公布；急事打 12345。"]


for _task in (School(), Screening(), Alliance(), Callback(), Suggestion()):
    register(_task)
