"""Safety board: the month's violations and accidents, whom they lead to, education, a report per company."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import web
from sqlalchemy import func, select

from bot.console.asked import number_of, page_of
from bot.console.bars import bars
from bot.console.imports import Section, add_imports, download
from bot.console.live import watch
from bot.console.registry import Staff, page
from bot.console.render import redirect, render
from bot.services.clock import SHANGHAI
from bot.services.errors import AlreadyExists, Invalid, NotFound, QuotaExhausted
from bot.services.import_spec import code as read_code
from bot.services.notices import EDUCATION_NAMES
from bot.services.safety import PERIOD, CompanyReport, SafetyService, WorkerRecord
from bot.services.safety_binding import CODE_LIFE, fold
from bot.services.safety_figures import WorkerFigures
from bot.services.safety_rules import (
    ACCIDENT_POINTS,
    COMPANY_SCALE,
    EDUCATION_THRESHOLD,
    FAULT_NAMES,
    FAULT_SHARE,
    LABEL_NAMES,
    MINOR_POINTS,
    OTHER_POINTS,
    SEVERITY_NAMES,
    VIOLATIONS,
)
from bot.storage.safety import EducationBooking
from bot.web.keys import SERVICES

PREFIX = "/console/safety"
KINDS = ("safety-violations", "safety-accidents", "safety-companies")
PAGE = 50  # workers
AHEAD = 14  # days of sessions
TONES = {"steady": "good", "remind": "calm", "education": "warn", "focus": "bad"}
RULES = {
    "focus": "近半年有非轻微违法，或者有责任的伤人事故",
    "education": f"上次学习以后轻微违法累计满 {EDUCATION_THRESHOLD} 次",
    "remind": "近半年有轻微违法，或者有责任的事故",
    "steady": "近半年没有违法和有责任的事故",
}
STATUS_NAMES = {"booked": "已约", "attended": "已参加", "no_show": "没来", "cancelled": "已取消"}
STATUS_TONES = {"booked": "calm", "attended": "good", "no_show": "bad", "cancelled": "warn"}
NAMES: Mapping[str, Any] = {
    "labels": LABEL_NAMES,
    "tones": TONES,
    "rules": RULES,
    "forms": EDUCATION_NAMES,
    "statuses": STATUS_NAMES,
    "status_tones": STATUS_TONES,
    "violations": VIOLATIONS,
    "severities": SEVERITY_NAMES,
    "faults": FAULT_NAMES,
    "threshold": EDUCATION_THRESHOLD,
}

watch("education", select(func.max(EducationBooking.changed_at), func.count()), permission="safety.view")
add_imports(Section(PREFIX, "safety", "安全看板", KINDS, "safety.work", lambda kind: PREFIX, replace=False))


def _safety(request: web.Request) -> SafetyService:
    return request.app[SERVICES].safety


@page("GET", PREFIX, permission="safety.view")
async def board(request: web.Request, staff: Staff) -> web.Response:
    safety = _safety(request)
    workers = await safety.workers()
    due = [one for one in workers if one.needs_education]
    counts = {name: sum(one.label == name for one in workers) for name in LABEL_NAMES}
    return render(
        request,
        "safety/board.html",
        here="safety",
        names=NAMES,
        companies=await safety.companies(workers),
        due=due[:8],
        due_total=len(due),
        counts=counts,
        total=len(workers),
        trend=bars(await safety.trend(), ("违法", "事故")),
        data_until=await safety.data_until(),
        demo=any(one.demo for one in workers),
        points=(MINOR_POINTS, OTHER_POINTS, ACCIDENT_POINTS, FAULT_SHARE, COMPANY_SCALE),
        company_path=company_path,
    )


@page("GET", PREFIX + "/company", permission="safety.view")
async def company(request: web.Request, staff: Staff) -> web.Response:
    report, workers = await _company(request)
    return render(
        request,
        "safety/company.html",
        here="safety",
        names=NAMES,
        report=report,
        workers=workers,
        trend=bars(await _safety(request).trend(report.company), ("违法", "事故")),
        scale=COMPANY_SCALE,
    )


@page("GET", PREFIX + "/report", permission="safety.view")
async def report(request: web.Request, staff: Staff) -> web.Response:
    """The report for one company, as a workbook: figures, its workers, its months."""
    one, workers = await _company(request)
    now = request.app[SERVICES].clock.now()
    await request.app[SERVICES].audit.note(staff.actor, "safety.report", "company", one.company[:80])
    until = await _safety(request).data_until()
    figures: list[list[Any]] = [
        ["项目", "数值"],
        ["单位", one.company],
        ["生成时间", now],
        ["数据到", until],
        ["统计范围", f"最近 {PERIOD.days} 天"],
        ["骑手人数", one.riders],
        ["人数来源", "单位上报" if one.riders_known else "只有有记录的人，指数是估计"],
        ["指数（0–100，100 最好；本系统试用算法）", one.index],
        ["轻微违法", one.tally.minor],
        ["其他违法", one.tally.other],
        ["事故", one.tally.accidents],
        ["有责任的事故", one.tally.at_fault],
        ["要参加学习的人数", len(one.to_educate)],
    ]
    if any(worker.demo for worker in workers):
        figures.append(["说明", "含示例数据，不是真实记录"])
    rows: list[list[Any]] = [
        ["工号", "标签", "轻微违法（未学习）", "累计轻微", "累计其他", "累计事故", "近半年指数", "要学习"]
    ]
    rows += [
        [w.work_no, LABEL_NAMES[w.label], w.counted, w.total.minor, w.total.other, w.total.accidents, w.recent.index,
         "是" if w.needs_education else "否"]
        for w in workers
    ]  # fmt: skip
    trend = await _safety(request).trend(one.company)
    months: list[list[Any]] = [["月份", "违法", "事故"], *([name, *pair] for name, pair in trend.items())]
    return await download(
        f"安全报告-{one.company}-{now:%Y%m%d}", "xlsx", {"概况": figures, "骑手": rows, "每月": months}
    )


async def _company(request: web.Request) -> tuple[CompanyReport, list[WorkerFigures]]:
    name, everyone = request.query.get("name", ""), await _safety(request).workers()
    found = next((one for one in await _safety(request).companies(everyone) if one.company == name), None)
    if found is None:
        raise NotFound(name)
    return found, [one for one in everyone if one.company == name]


# -- workers ---------------------------------------------------------------------------------------------------


@page("GET", PREFIX + "/workers", permission="safety.view")
async def workers(request: web.Request, staff: Staff) -> web.Response:
    asked = {name: request.query.get(name, "").strip()[:120] for name in ("q", "company", "label")}
    everyone = await _safety(request).workers()
    found = [
        one
        for one in everyone
        if asked["company"] in ("", one.company)
        and asked["label"] in ("", one.label, "due" if one.needs_education else "-")
        and fold(asked["q"]) in one.work_no
    ]
    pages = max(1, -(-len(found) // PAGE))
    at = min(page_of(request), pages)
    return render(
        request,
        "safety/workers.html",
        here="safety",
        names=NAMES,
        asked=asked,
        companies=sorted({one.company for one in everyone}),
        found=found[(at - 1) * PAGE : at * PAGE],
        total=len(found),
        page=at,
        pages=pages,
        ahead=await _safety(request).education.ahead(),
        worker_path=worker_path,
    )


@page("GET", PREFIX + "/workers/{id}", permission="safety.view")
async def worker(request: web.Request, staff: Staff) -> web.Response:
    record = await _worker(request)
    await request.app[SERVICES].audit.note(staff.actor, "safety.view", "worker", record.work_no)
    return await _worker_page(request, staff, record)


@page("POST", PREFIX + "/workers/{id}/assign", permission="safety.work")
async def assign(request: web.Request, staff: Staff) -> web.Response:
    record, form = await _worker(request), await request.post()
    chosen = number_of(str(form.get("session", "")))
    if not chosen:
        return await _worker_page(request, staff, record, errors={"session": "选一场"}, status=422)
    services, sent = request.app[SERVICES], str(form.get("key", ""))[:60]
    key = f"console:assign:{sent}" if sent else None
    try:
        async with services.audit.of(staff.actor, "safety.assign", "worker", record.work_no, session=chosen):
            booking = await services.safety.education.assign(record.work_no, chosen, key=key)
    except AlreadyExists as error:
        taken = f"已经约了 {error.existing.number}，先取消那一场"
        return await _worker_page(request, staff, record, errors={"session": taken}, status=409)
    except QuotaExhausted:
        return await _worker_page(request, staff, record, errors={"session": "这一场刚刚约满，换一场"}, status=409)
    told = "，已通知本人" if booking.person_id else "；本人还没绑定工号，请单位转告"
    return redirect(request, worker_path(record.work_no), notice=f"已安排 {booking.number}{told}。")


@page("POST", PREFIX + "/workers/{id}/code", permission="safety.work")
async def new_code(request: web.Request, staff: Staff) -> web.Response:
    """A code is shown once, on the answer to the form."""
    record = await _worker(request)
    return await _issue(request, staff, record.work_no, record.company)


@page("GET", PREFIX + "/codes", permission="safety.work")
async def codes(request: web.Request, staff: Staff) -> web.Response:
    return _codes(request, {"work_no": "", "company": ""})


@page("POST", PREFIX + "/codes", permission="safety.work")
async def issue(request: web.Request, staff: Staff) -> web.Response:
    """For a worker without any record too."""
    form = await request.post()
    values = {name: str(form.get(name, "")).strip() for name in ("work_no", "company")}
    errors = {}
    try:
        read_code(fold(values["work_no"]))
    except ValueError as error:
        errors["work_no"] = str(error)
    if not 1 <= len(values["company"]) <= 120:
        errors["company"] = "填单位名称，不超过 120 个字"
    if errors:
        return _codes(request, values, errors=errors)
    return await _issue(request, staff, fold(values["work_no"]), values["company"])


async def _issue(request: web.Request, staff: Staff, work_no: str, company: str) -> web.Response:
    services = request.app[SERVICES]
    async with services.audit.of(staff.actor, "safety.code", "worker", work_no):
        code = await services.safety.binding.issue(work_no, company, staff.actor.name)
    return _codes(request, {"work_no": "", "company": company}, code=code, work_no=work_no)


def _codes(
    request: web.Request,
    values: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    code: str = "",
    work_no: str = "",
) -> web.Response:
    return render(
        request,
        "safety/codes.html",
        status=422 if errors else 200,
        here="safety",
        values=values,
        errors=errors or {},
        code=code,
        work_no=work_no,
        days=CODE_LIFE.days,
    )


async def _worker(request: web.Request) -> WorkerRecord:
    """NotFound for a number of which nothing is known."""
    record = await _safety(request).record(request.match_info["id"])
    if (
        not record.violations
        and not record.accidents
        and not await _safety(request).education.of_worker(record.work_no)
    ):
        raise NotFound(record.work_no)
    return record


async def _worker_page(
    request: web.Request,
    staff: Staff,
    record: WorkerRecord,
    *,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    services = request.app[SERVICES]
    today = services.clock.now().astimezone(SHANGHAI).date()
    lessons = await services.safety.education.sessions(today, today + timedelta(days=AHEAD))
    free = [one for one in lessons if one.left > 0 and one.starts_at > services.clock.now()]
    return render(
        request,
        "safety/worker.html",
        status=status,
        here="safety",
        names=NAMES,
        record=record,
        bookings=await services.safety.education.of_worker(record.work_no),
        free=free,
        bound=await services.safety.binding.is_bound(record.work_no),
        errors=errors or {},
        path=worker_path(record.work_no),
        key=secrets.token_urlsafe(12),
    )


def worker_path(work_no: str) -> str:
    return f"{PREFIX}/workers/{quote(work_no, safe='')}"


def company_path(name: str) -> str:
    return f"{PREFIX}/company?{urlencode({'name': name})}"


# -- education -------------------------------------------------------------------------------------------------


@page("GET", PREFIX + "/education", permission="safety.view")
async def education(request: web.Request, staff: Staff) -> web.Response:
    today = request.app[SERVICES].clock.now().astimezone(SHANGHAI).date()
    past = request.query.get("past") == "1"
    first, last = (today - timedelta(days=30), today) if past else (today, today + timedelta(days=AHEAD))
    lessons = await _safety(request).education.sessions(first, last)
    return render(
        request,
        "safety/education.html",
        here="safety",
        names=NAMES,
        lessons=lessons[::-1] if past else lessons,
        past=past,
    )


@page("GET", PREFIX + "/education/{id}", permission="safety.view")
async def lesson(request: web.Request, staff: Staff) -> web.Response:
    number = request.match_info["id"]
    found = await _safety(request).education.lesson(number_of(number))
    bookings = await _safety(request).education.of_session(found.id)
    await request.app[SERVICES].audit.note(staff.actor, "safety.lesson", "lesson", number)
    begun = found.starts_at <= request.app[SERVICES].clock.now()
    return render(
        request,
        "safety/lesson.html",
        here="safety",
        names=NAMES,
        lesson=found,
        bookings=bookings,
        begun=begun,
        worker_path=worker_path,
    )


@page("POST", PREFIX + "/bookings/{id}", permission="safety.work")
async def mark(request: web.Request, staff: Staff) -> web.Response:
    """What became of a place: attended, no_show, cancelled."""
    form, number, services = await request.post(), request.match_info["id"], request.app[SERVICES]
    status, desk = str(form.get("status", "")), services.safety.education
    if status not in ("attended", "no_show", "cancelled"):
        raise Invalid("status", "参加、没来、取消，选一个")
    async with services.audit.of(staff.actor, f"safety.{status}", "education", number[:24]):
        booking = await (desk.release(number) if status == "cancelled" else desk.mark(number, status))
    target = f"{PREFIX}/education/{booking.session_id}"
    if form.get("back") == "worker" and booking.work_no:
        target = worker_path(booking.work_no)
    return redirect(request, target, notice=f"{number}：{STATUS_NAMES[booking.status]}。")
