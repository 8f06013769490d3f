"""Sessions for a caller: safety education of 交警, the batch plating window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bot.actions.wishes import Wish, read_wishes, say_day
from bot.console.onbehalf import UNREAD, Checked, Desk, Given, Redo, Task, Times, is_by_phone_only, register
from bot.console.wording import about
from bot.language import find_numbers
from bot.services import Services
from bot.services.callers import Matter
from bot.services.clock import SHANGHAI
from bot.services.education import FORMS
from bot.services.errors import QuotaExhausted
from bot.services.notices import EDUCATION_NAMES, when_zh
from bot.services.plating import MAX_VEHICLES, PlatingTime

MOST = 9
GONE = "这一场刚满，请另选一场"


def _fitting(starts: Mapping[str, datetime], wishes: Sequence[Wish]) -> tuple[list[str], str]:
    """The sessions within the first wish that has any, else the nearest, with a word about it."""
    for wish in wishes:
        if inside := [key for key, at in starts.items() if wish.kind == "at" and wish.window.holds(at)]:
            return inside[:MOST], ""
    first = next((wish for wish in wishes if wish.kind == "at" and wish.first is not None), None)
    if first is None or first.first is None:
        return list(starts)[:MOST], "最近的场次："
    day = first.first
    near = sorted(starts, key=lambda key: abs((starts[key].date() - day).days))[:MOST]
    return sorted(near, key=lambda key: starts[key]), f"{first.text}没有场次，最近的是："


class _Session(Task):
    """A task with one of several sessions to choose."""

    async def free(self, services: Services, given: Given) -> dict[str, tuple[datetime, str]]:
        """Value of the choice → when it begins and how it is called, in order of time."""
        raise NotImplementedError

    async def times(self, services: Services, given: Given) -> Times:
        free = await self.free(services, given)
        if not free:
            return Times()
        wishes = read_wishes(given.one("when"), services.clock.now())
        keys, note = _fitting({key: at for key, (at, _) in free.items()}, wishes)
        picked = given.one("slot") or (keys[0] if len(keys) == 1 else "")
        unread = bool(given.one("when")) and not wishes
        return Times([(key, free[key][1]) for key in keys], picked, note, "示例场次，去之前先核实。", unread)

    async def settled(self, desk: Desk, given: Given) -> tuple[str, dict[str, str]]:
        """The session that was picked, or the only one that fits the words; else what is wrong."""
        free = await self.free(desk.services, given)
        if given.one("slot"):
            return (given.one("slot"), {}) if given.one("slot") in free else ("", {"slot": GONE})
        times = await self.times(desk.services, given)
        if times.unread:
            return "", {"when": UNREAD}
        if len(times.slots) == 1 and not times.note:
            return times.slots[0][0], {}
        return "", {"slot": times.note or "选一个时间" if times.slots else "现在没有能约的场次。"}


class Education(_Session):
    name, title, kind, order, verb = "education", "预约安全学习", "education", 8, "预约"
    does = "骑手去宣教基地、岗亭看视频、学法规、执勤、签承诺"
    topics = ("book_education", "safety/education_sites")
    fields = ("lesson", "when", "slot")

    async def shown(self, desk: Desk, given: Given) -> dict[str, Any]:
        return {"forms": EDUCATION_NAMES.items(), "times": await self.times(desk.services, given)}

    async def free(self, services: Services, given: Given) -> dict[str, tuple[datetime, str]]:
        if given.one("lesson") not in FORMS:
            return {}
        free = await services.safety.education.free_sessions(given.one("lesson"))
        return {str(one.id): (one.starts_at, f"{when_zh(one.starts_at)} {one.site}") for one in free}

    async def check(self, desk: Desk, given: Given) -> Checked:
        if given.one("lesson") not in FORMS:
            return Checked({"lesson": "选一种学习方式"})
        has = desk.caller.open("education")
        slot, errors = await self.settled(desk, given)
        if errors:
            return Checked(errors)
        return Checked(
            values={"session_id": int(slot)},
            lines=[
                ("学习方式", EDUCATION_NAMES[given.one("lesson")]),
                ("时间地点", (await self.free(desk.services, given))[slot][1]),
            ],
            notes=["示例场次，去之前先核实。门牌没有公布，出门前按交警通知或打 12345 问清。"],
            double=f"这个号码已经约了{about(has[0])}，{when_zh(has[0].at)}，{has[0].number}。是另一个人请勾选。"
            if has
            else "",
            instead={"slot": slot},
        )

    async def submit(self, desk: Desk, person_id: str, values: Mapping[str, Any], key: str) -> str:
        education = desk.services.safety.education
        try:
            return (await education.book(person_id, values["session_id"], desk.caller.phone, key=key)).number
        except QuotaExhausted as error:
            raise Redo("slot", GONE) from error

    async def told(self, desk: Desk, matter: Matter) -> list[str]:
        remind = "" if is_by_phone_only(desk.caller, matter.person_id) else "前一天提醒您。"
        return [
            f"约好了，编号 {matter.number}：{about(matter)}，{when_zh(matter.at)}（示例场次，去之前先核实）。",
            f"门牌没有公布，出门前按交警通知或打 12345 问清；带身份证。{remind}",
        ]


class Plating(_Session):
    name, title, kind, order, verb = "plating", "预约批量上牌", "plating", 9, "预约"
    does = "公司的新能源货车，专窗一次办"
    topics = ("freight/plate_window",)
    fields = ("company", "vehicles", "when", "slot")

    async def shown(self, desk: Desk, given: Given) -> dict[str, Any]:
        return {"times": await self.times(desk.services, given)}

    async def free(self, services: Services, given: Given) -> dict[str, tuple[datetime, str]]:
        return {
            f"{one.day.isoformat()}|{one.start}": (_starts(one), f"{say_day(one.day)}{one.start}")
            for one in await services.freight.plating.times()
        }

    async def check(self, desk: Desk, given: Given) -> Checked:
        errors: dict[str, str] = {}
        company, vehicles = given.one("company"), given.one("vehicles")
        if not company:
            errors["company"] = "写单位名称，个人就写“个人”"
        numbers = find_numbers(vehicles)
        exact = len(numbers) == 1 and numbers[0].high is None and not numbers[0].approximate
        count = int(numbers[0].low) if exact else 0
        if not 1 <= count <= MAX_VEHICLES:
            errors["vehicles"] = f"写 1 到 {MAX_VEHICLES} 的准数"
        slot, wrong = await self.settled(desk, given)
        errors |= wrong
        if errors:
            return Checked(errors)
        day, _, start = slot.partition("|")
        has = desk.caller.open("plating")
        return Checked(
            values={"company": company[:80], "vehicles": count, "day": date.fromisoformat(day), "start": start},
            lines=[
                ("单位", company),
                ("几台车", f"{count} 台"),
                ("时间", f"{say_day(date.fromisoformat(day))}{start}"),
            ],
            notes=["要带什么材料、费用多少没有公布，去之前打 12345 问清。时段是示例数据。"],
            double=f"这个号码已经约了 {has[0].number}（{has[0].about}）。是另外一批车请勾选。" if has else "",
            instead={"slot": slot},
        )

    async def submit(self, desk: Desk, person_id: str, values: Mapping[str, Any], key: str) -> str:
        try:
            row = await desk.services.freight.plating.book(
                person_id=person_id, phone=desk.caller.phone, key=key, **values
            )
        except QuotaExhausted as error:
            raise Redo("slot", GONE) from error
        return row.number

    async def told(self, desk: Desk, matter: Matter) -> list[str]:
        booked = await desk.services.freight.plating.mine(matter.person_id or "")
        row, slot = next((row, slot) for row, slot in booked if row.number == matter.number)
        return [
            f"约好了：{say_day(slot.day)}{slot.start}，{row.company} {row.vehicles} 台，编号 {row.number}。",
            "专窗在哪、带什么材料没有公布，去之前打 12345 问市公安局。去不了请提前取消。",
        ]


def _starts(time: PlatingTime) -> datetime:
    hour, minute = map(int, time.start.split(":"))
    return datetime(time.day.year, time.day.month, time.day.day, hour, minute, tzinfo=SHANGHAI)


register(Education())
register(Plating())
