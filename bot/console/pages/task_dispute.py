"""A dispute ticket for a caller."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.actions.dispute_kinds import DEFAULT_ROUTES, ROUTE_NAMES, TYPES, evidence
from bot.actions.joint_intake import period
from bot.console.onbehalf import Checked, Desk, Given, Task, is_by_phone_only, register
from bot.console.wording import about
from bot.language import find_durations, find_times, format_yuan, parse_money, read_dispute_type, read_still_employed
from bot.services.callers import Matter
from bot.services.dispute_rows import day_of
from bot.services.guided import Walk

CLASSES = {
    "labour_relation": "像劳动关系",
    "managed": "有人管，但不完全像劳动关系",
    "self_employed": "自己接单",
    "unclear": "说不清",
}
_CLASS_OF_ANSWER = (
    ("managed", re.compile(r"管着|排班")),
    ("labour_relation", re.compile(r"签了劳动合同|有劳动合同")),
    ("self_employed", re.compile(r"众包|自己决定")),
    ("unclear", re.compile(r"说不清")),
)
_LEFT = re.compile(r"离开|不干了|辞")


class Dispute(Task):
    name, title, kind, order = "dispute", "登记劳动纠纷", "ticket", 1
    does = "欠薪、押金、罚款、受伤、辞退、封号，交给 1+11 窗口"
    topics = ("open_dispute", "dispute/one_window")
    fields = (
        "dispute_type",
        "employer",
        "amount",
        "place",
        "since",
        "still",
        "ended",
        "group_size",
        "worker_class",
        "routes",
        "summary",
    )

    async def shown(self, desk: Desk, given: Given) -> dict[str, Any]:
        return {"types": TYPES.items(), "routes": ROUTE_NAMES.items(), "classes": CLASSES.items()}

    def prefill(self, given: Given, walk: Walk | None) -> dict[str, str]:
        kind, words = given.one("type"), given.one("q")
        known = {
            "dispute_type": kind if kind in TYPES else read_dispute_type(words) or "",
            "summary": "" if words.isascii() else words,
        }
        if walk is not None:
            known |= _of_walk(walk)
        return {name: value for name, value in known.items() if value}

    async def check(self, desk: Desk, given: Given) -> Checked:
        errors: dict[str, str] = {}
        kind, still_word = given.one("dispute_type"), given.one("still")
        if kind not in TYPES:
            errors["dispute_type"] = "选一类"
        amount = parse_money(given.one("amount")) if given.one("amount") else None
        if given.one("amount") and amount is None:
            errors["amount"] = "没看懂这个数，写成“8500”或“八千五”；不清楚就空着"
        group = given.one("group_size") or "1"
        if not (group.isascii() and group.isdigit() and 1 <= int(group) <= 10_000):
            errors["group_size"] = "写个数字，算上本人"
        worker_class = given.one("worker_class")
        if worker_class and worker_class not in CLASSES:
            errors["worker_class"] = "从列表里选"
        now = desk.services.clock.now()
        for name in ("since", "ended"):
            if (words := given.one(name)) and not (find_times(words, now, "past") or find_durations(words)):
                errors[name] = "没看懂时间，写成“去年8月”“三个月前”“2026年3月”"
        if given.one("ended") and still_word == "yes":
            errors["ended"] = "还在干就不用填"
        if errors:
            return Checked(errors)
        still = {"yes": True, "no": False}.get(still_word)
        routes = [route for route in given.many("routes") if route in ROUTE_NAMES] or list(DEFAULT_ROUTES.get(kind, ()))
        values: dict[str, Any] = {
            "dispute_type": kind,
            "employer": given.one("employer") or None,
            "amount_fen": amount,
            "place": given.one("place") or None,
            "since": given.one("since") or None,
            "still_employed": still,
            "ended": given.one("ended") or None,
            "group_size": int(group),
            "worker_class": worker_class or None,
            "routes": routes,
            "summary": given.one("summary"),
        }
        window = await desk.services.disputes.window_for(values["place"])
        lines = [
            ("什么事", TYPES[kind]),
            ("单位", values["employer"] or ""),
            ("金额", format_yuan(amount) if amount is not None else ""),
            ("上班地点", values["place"] or ""),
            ("从什么时候", _with_day(values["since"], now)),
            ("在职", {True: "还在干", False: "不干了"}.get(still, "") if still is not None else ""),
            ("离开", _with_day(values["ended"], now)),
            ("几个人", f"{group} 人一起" if int(group) > 1 else ""),
            ("申请", "、".join(ROUTE_NAMES[route] for route in routes)),
            ("交给", window.name if window else ""),
            ("经过", values["summary"]),
        ]
        return Checked(
            values=values,
            lines=[(label, text) for label, text in lines if text],
            notes=self._notes(desk, values),
            double=_double(desk.caller.open("ticket", kind)),
        )

    def _notes(self, desk: Desk, values: Mapping[str, Any]) -> list[str]:
        if values["dispute_type"] == "account_ban":
            return ["封号限单能走哪条路，要看对方和平台是哪种用工关系，由窗口判断。"]
        arbitration, inspection = desk.services.disputes.limits(
            values["dispute_type"],
            still_employed=values["still_employed"],
            since=values["since"],
            ended=values["ended"],
        )
        told = [f"{name}：{words}" for name, words in _periods(arbitration, inspection)]
        return [*told, "催过、投诉过，仲裁的一年会重新算；过没过期由窗口判断，不要替窗口下结论。"]

    async def submit(self, desk: Desk, person_id: str, values: Mapping[str, Any], key: str) -> str:
        ticket = await desk.services.disputes.open(
            person_id=person_id,
            phone=desk.caller.phone,
            key=key,
            opened_by=f"staff:{desk.staff.user.name}",
            **values,
        )
        return ticket.number

    async def told(self, desk: Desk, matter: Matter) -> list[str]:
        ticket = (await desk.services.disputes.get(matter.number, matter.person_id or "")).ticket
        due = ticket.contact_due
        lines = [
            f"登记好了，工单号 {ticket.number}，交给{ticket.window_name}。",
            f"系统给窗口定的联系日是{due.month}月{due.day}日（催办用，不是法定期限）。",
            f"证据先留好：{evidence(ticket.dispute_type)}。",
        ]
        if is_by_phone_only(desk.caller, matter.person_id):
            lines.append("照片可以在微信里补：关注公众号，把工单号和这个手机号一起发给“暖新”。")
        if ticket.dispute_type != "account_ban":
            lines += [f"{name}：{words}" for name, words in _periods(*desk.services.disputes.limits_of(ticket))]
        return lines


def _of_walk(walk: Walk) -> dict[str, str]:
    """What the answers of a guided walk say of the ticket; read like a caller's words, so that it survives edits
    of the trees."""
    known: dict[str, str] = {}
    for ask, said in walk.said:
        for worker_class, words in _CLASS_OF_ANSWER:
            if words.search(said):
                known.setdefault("worker_class", worker_class)
                break
        else:
            kind = read_dispute_type(said)
            if kind:
                known.setdefault("dispute_type", kind)
        still = read_still_employed(said)
        if "还在" in ask and (still is not None or _LEFT.search(said)):
            known.setdefault("still", "yes" if still else "no")
    return known


def _with_day(words: str | None, now: Any) -> str:
    if not words:
        return ""
    day = day_of(words, now)
    return f"{words}（大约 {day.year}年{day.month}月{day.day}日）" if day else f"{words}（算不出日子，时效由窗口看）"


def _periods(arbitration: Any, inspection: Any) -> list[tuple[str, str]]:
    told = (("仲裁时效", period(arbitration)), ("监察时效", period(inspection)))
    return [(name, words) for name, words in told if words]


def _double(open_ones: list[Matter]) -> str:
    if not open_ones:
        return ""
    first = open_ones[0]
    return (
        f"这个号码已有在办的{about(first)}工单 {first.number}。是同一件就不要再开，补充到那张工单里；是另外一件请勾选。"
    )


register(Dispute())
