"""The dashboard: what is asked, how well and how fast it is answered, tickets, bookings, hand-overs, busy hours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.console import plots
from bot.console import seat_words as words
from bot.console.registry import ROUTES, Staff, page
from bot.console.render import WEEKDAYS, render
from bot.knowledge.initiatives import initiatives
from bot.knowledge.topics import title, topics
from bot.services.dashboard import PAGE, TurnFilter, Turns
from bot.services.review import anonymous
from bot.services.turn_hours import Day, percentile
from bot.web.keys import SERVICES

DASHBOARD, TURNS = "/console/dashboard", "/console/dashboard/turns"
RANGES = (7, 30, 90)  # days, today included
WEEKLY = 31  # days from which a point of a plot is a week
TOP = 6  # topics named
SHOWN = 90  # characters of a reply in the list
CLOCKS = {
    "late": ("超期", "bad", {"due": "late"}),
    "today": ("今天到期", "warn", {"due": "today"}),
    "on_time": ("未到期", "good", {}),
    "waiting": ("等本人补材料，停表", "calm", {"state": "waiting"}),
}
VISITS = {"booked": "已约", "attended": "到了", "no_show": "没来", "cancelled": "取消"}


@dataclass(frozen=True)
class Span:
    """A point of the plots: a day or a week, with what happened in it."""

    first: date
    last: date
    day: Day
    unanswered: int
    disliked: int

    @property
    def name(self) -> str:
        """`11/25`, a week by its first day."""
        return f"{self.first.month}/{self.first.day}"

    @property
    def long_name(self) -> str:
        return self.name if self.first == self.last else f"{self.name}–{self.last.month}/{self.last.day}"

    @cached_property
    def questions(self) -> int:
        return questions_of(self.day, self.unanswered)

    @cached_property
    def share(self) -> float | None:
        """Of the questions, those not answered, in per cent."""
        return 100 * self.unanswered / self.questions if self.questions else None

    @cached_property
    def seconds(self) -> tuple[float, float] | None:
        """How long half of the replies took at most (p50), and nineteen of twenty (p95)."""
        half, slow = percentile(self.day.buckets, 0.5), percentile(self.day.buckets, 0.95)
        return (half / 1000, slow / 1000) if half is not None and slow is not None else None


def questions_of(day: Day, unanswered: int) -> int:
    """Turns about one of the ten, and those that were not understood; small talk and answers in forms are none."""
    return sum(turns for number, turns in day.initiatives.items() if number) + unanswered


@page("GET", DASHBOARD, permission="dashboard.view")
async def dashboard(request: web.Request, staff: Staff) -> web.Response:
    service = request.app[SERVICES].dashboard
    asked = request.query.get("days", "")
    days = int(asked) if asked in map(str, RANGES) else 30
    last = request.app[SERVICES].clock.now().date()
    first = last - timedelta(days=days - 1)
    turns = await service.turns(first, last)
    spans = spans_of(turns, first, last)
    whole = Span(first, last, Day(), sum(turns.unanswered.values()), sum(turns.disliked.values()))
    for span in spans:
        whole.day.add(span.day)
    handoffs = await service.handoffs(first, last)
    tickets = await service.tickets(first, last)
    link = linker(staff)
    around = {"first": first.isoformat(), "last": last.isoformat()}
    return render(
        request,
        "dashboard/dashboard.html",
        here="dashboard",
        days=days,
        ranges=RANGES,
        first=first,
        last=last,
        weekly=days > WEEKLY,
        behind=turns.behind,
        counted_until=turns.counted_until,
        spans=spans,
        whole=whole,
        link=link,
        around=around,
        rows=_initiative_rows(spans, whole.day),
        topics=[
            (name, title(name), count)
            for name, count in whole.day.topics.most_common()
            if name in topics() and topics()[name].initiative
        ][:TOP],
        plots=_plots(spans, handoffs.by_day, days),
        tickets=tickets,
        ticket_types=words.TICKET_TYPES,
        clocks=CLOCKS,
        channels=await service.bookings(first, last),
        visits=VISITS,
        handoffs=handoffs,
        handoff_reasons=words.REASONS,
        handoff_total=sum(handoffs.by_day.values()),
        heat=_heat(turns),
        weekdays=WEEKDAYS,
        bar=plots.bar,
    )


def linker(staff: Staff) -> Callable[..., str]:
    """`link(path, …)`: the address of a page, "" where it is not there or not for this person."""
    open_to = {
        route.path for route in ROUTES if route.method == "GET" and route.permission and staff.may(route.permission)
    }

    def link(path: str, query: Mapping[str, Any] | None = None, **more: Any) -> str:
        if path not in open_to:
            return ""
        values = {**(query or {}), **more}
        return f"{path}?{urlencode(values)}" if values else path

    return link


def spans_of(turns: Turns, first: date, last: date) -> list[Span]:
    """Days, or weeks that end today when there are many."""
    length = 7 if (last - first).days >= WEEKLY else 1
    spans: list[Span] = []
    end = last
    while end >= first:
        begin = max(first, end - timedelta(days=length - 1))
        within = [begin + timedelta(days=n) for n in range((end - begin).days + 1)]
        whole = Day()
        for day in within:
            whole.add(turns.days[day])
        unanswered, disliked = (sum(one.get(day, 0) for day in within) for one in (turns.unanswered, turns.disliked))
        spans.insert(0, Span(begin, end, whole, unanswered, disliked))
        end = begin - timedelta(days=1)
    return spans


def _initiative_rows(spans: Sequence[Span], whole: Day) -> list[dict[str, Any]]:
    total = sum(count for number, count in whole.initiatives.items() if number) or 1
    by_span = [span.day.initiatives for span in spans]
    return [
        {
            "number": one.number,
            "name": one.name,
            "count": whole.initiatives[one.number],
            "share": 100 * whole.initiatives[one.number] / total,
            "spark": plots.spark([found[one.number] for found in by_span]),
            "values": [found[one.number] for found in by_span],
        }
        for one in initiatives()
    ]


def _plots(spans: Sequence[Span], handoffs: Mapping[date, int], days: int) -> dict[str, Any]:
    labels = [span.name for span in spans]
    each = "每周" if days > WEEKLY else "每天"
    asked = [span.questions for span in spans]
    shares = [span.share for span in spans]
    halves, slow = ([span.seconds[part] if span.seconds else None for span in spans] for part in (0, 1))
    talks = [sum(count for day, count in handoffs.items() if span.first <= day <= span.last) for span in spans]
    return {
        "questions": plots.columns(
            "p-asked", f"{each}提问", f"最少 {min(asked)}，最多 {max(asked)} 次。", labels, asked
        ),
        "unanswered": plots.lines(
            "p-unanswered",
            f"{each}没答上来的比例",
            _range(shares, "%"),
            labels,
            [plots.Series("没答上来", "s1", shares)],
            "%",
        ),
        "times": plots.lines(
            "p-times",
            f"{each}回复用时",
            f"一半的回复（p50）：{_range(halves, ' 秒')}绝大多数（p95）：{_range(slow, ' 秒')}",
            labels,
            [plots.Series("p50", "s1", halves), plots.Series("p95", "s2", slow)],
            "s",
        ),
        "handoffs": plots.columns("p-talks", f"{each}转人工", f"一共 {sum(talks)} 次。", labels, talks),
        "talks": talks,
    }


def _range(values: Sequence[float | None], unit: str) -> str:
    known = [value for value in values if value is not None]
    return f"最低 {min(known):.2g}{unit}，最高 {max(known):.2g}{unit}。" if known else "还没有数据。"


def _heat(turns: Turns) -> dict[str, Any]:
    """Turns by weekday and hour."""
    found: dict[int, Counter[int]] = {weekday: Counter() for weekday in range(1, 8)}
    for on, day in turns.days.items():
        found[on.isoweekday()] += day.hours
    values = [[found[weekday][hour] for hour in range(24)] for weekday in found]
    peak = max(((count, weekday, hour) for weekday, row in found.items() for hour, count in row.items()), default=None)
    said = f"最忙：周{WEEKDAYS[peak[1] - 1]} {peak[2]} 点，{peak[0]} 次。" if peak else "还没有数据。"
    rows = [f"周{name}" for name in WEEKDAYS]
    plot = plots.heat("p-heat", "一周里每小时的消息", said, rows, [str(hour) for hour in range(24)], values)
    return {"plot": plot, "values": values, "said": said}


# -- the rows behind the numbers ---------------------------------------------------------------------------------------


@page("GET", TURNS, permission="dashboard.view")
async def turn_rows(request: web.Request, staff: Staff) -> web.Response:
    """Messages of the chat, without phones, numbers, names, and without whose they are."""
    services, query = request.app[SERVICES], request.query
    today = services.clock.now().date()
    last = min(_day(query.get("last", ""), today), today)
    first = max(
        min(_day(query.get("first", ""), last - timedelta(days=29)), last), last - timedelta(days=RANGES[-1] - 1)
    )
    topic = query.get("topic", "")
    wanted = TurnFilter(
        first=first,
        last=last,
        initiative=_within(query.get("initiative", ""), 0, 10),
        topic=topic if topic in (*topics(), "nlu_fallback") else None,
        weekday=_within(query.get("weekday", ""), 1, 7),
        hour=_within(query.get("hour", ""), 0, 23),
        slow=query.get("order", "") == "slow",
    )
    async with services.audit.of(staff.actor, "transcript.list", "turns", "", first=str(first), last=str(last)):
        rows = await services.dashboard.list_turns(wanted, before=_within(query.get("before", ""), 1, 2**31))
    kept = {
        "first": first.isoformat(),
        "last": last.isoformat(),
        **{
            name: value
            for name in ("initiative", "topic", "weekday", "hour")
            if (value := getattr(wanted, name)) is not None
        },
        **({"order": "slow"} if wanted.slow else {}),
    }
    return render(
        request,
        "dashboard/turns.html",
        here="dashboard",
        rows=[(row, anonymous(row.text), anonymous(row.reply)[:SHOWN]) for row in rows],
        wanted=wanted,
        kept=kept,
        more=rows[-1].id if len(rows) == PAGE and not wanted.slow else None,
        initiatives=initiatives(),
        topics=[(one.name, one.title) for one in topics().values()],
        weekdays=WEEKDAYS,
        title=title,
    )


def _day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


def _within(text: str, least: int, most: int) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) < 11):
        return None
    return int(text) if least <= int(text) <= most else None
