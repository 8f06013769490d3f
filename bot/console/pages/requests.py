"""Requests, suggestions, reports and sign-ups: all that people hand in besides disputes and visits, answered here."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy import func, select

from bot.console import submitted_words as words
from bot.console.filled import Filled, filled
from bot.console.live import watch
from bot.console.registry import Staff, page
from bot.console.render import redirect, render
from bot.console.seat_words import REACH
from bot.services.errors import Changed, Invalid, NotFound, WrongState
from bot.services.submitted import KINDS, Entry
from bot.storage.files import FILE_PATH, kind_of
from bot.storage.files import TYPES as FILE_TYPES
from bot.web.keys import SERVICES


def _latest() -> Any:
    tables: list[tuple[Any, str]] = [(kind.model, kind.changed) for kind in KINDS.values()]
    columns = [getattr(model, name) for model, name in tables]
    return select(*(select(func.max(column)).scalar_subquery() for column in columns))


watch("requests", _latest(), permission="tickets.view")


@page("GET", "/console/requests", permission="tickets.view")
async def requests(request: web.Request, staff: Staff) -> web.Response:
    return render(request, "requests/requests.html", here="requests", **await _listed(request))


@page("GET", "/console/requests/list", permission="tickets.view")
async def request_list(request: web.Request, staff: Staff) -> web.Response:
    return render(request, "requests/_list.html", **await _listed(request))


@page("GET", "/console/requests/{source}/{number}", permission="tickets.view")
async def entry(request: web.Request, staff: Staff) -> web.Response:
    one = await _entry(request)
    full = staff.may("tickets.work")
    await request.app[SERVICES].audit.note(
        staff.actor, "request.view", one.source, one.number, phone="full" if full else "masked"
    )
    return await _page(request, staff, one)


@page("GET", "/console/requests/{source}/{number}/picture", permission="tickets.view")
async def picture(request: web.Request, staff: Staff) -> web.Response:
    one, files = await _entry(request), request.app[SERVICES].people.files
    if files is None or not (one.picture or "").startswith(FILE_PATH):
        raise NotFound(one.number)
    try:
        data = await files.get(str(one.picture).removeprefix(FILE_PATH))
    except FileNotFoundError:
        raise NotFound(one.number) from None
    kind = kind_of(data)
    if kind is None or kind == "amr":
        raise NotFound(one.number)
    await request.app[SERVICES].audit.note(staff.actor, "request.picture", one.source, one.number)
    return web.Response(body=data, content_type=FILE_TYPES[kind], headers={"Content-Disposition": "inline"})


@page("POST", "/console/requests/{source}/{number}", permission="tickets.work")
async def answer(request: web.Request, staff: Staff) -> web.Response:
    services, form, one = request.app[SERVICES], await filled(request), await _entry(request)
    to = form.text("status", 20)
    try:
        async with services.audit.of(staff.actor, "request.answer", one.source, one.number, to=to):
            await services.submitted.answer(
                one.source, one.number, to, form.text("note", 500), staff=staff.user.name, seen=form.seen_at()
            )
    except Invalid as error:
        return await _again(request, staff, form, 422, {error.field: f"{error.reason}。"})
    except Changed:
        trouble = {"": "刚被别人改过，您的这一步还没有做。看一下最新情况，没问题就再提交一次。"}
        return await _again(request, staff, form, 409, trouble)
    except WrongState:
        return await _again(request, staff, form, 409, {"": "现在的状态不能做这一步。最新情况在上面。"})
    return redirect(request, f"/console/requests/{one.source}/{one.number}", notice="已记下；有说明的会告知本人")


async def _listed(request: web.Request) -> dict[str, Any]:
    services = request.app[SERVICES]
    source = request.query.get("source", "")
    source = source if source in KINDS else ""
    done = request.query.get("done") == "1"
    return {
        "entries": await services.submitted.queue(source, done=done),
        "counts": await services.submitted.counts(),
        "source": source,
        "done": done,
        "words": words,
    }


async def _entry(request: web.Request) -> Entry:
    return await request.app[SERVICES].submitted.entry(request.match_info["source"], request.match_info["number"])


async def _again(request: web.Request, staff: Staff, form: Filled, status: int, errors: dict[str, str]) -> web.Response:
    given = {"status": form.text("status", 20), "note": form.text("note", 500)}
    return await _page(request, staff, await _entry(request), status=status, given=given, errors=errors)


async def _page(
    request: web.Request,
    staff: Staff,
    one: Entry,
    *,
    status: int = 200,
    given: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> web.Response:
    services = request.app[SERVICES]
    person = await services.people.get(one.person_id) if one.person_id else None
    return render(
        request,
        "requests/entry.html",
        status=status,
        here="requests",
        one=one,
        words=words,
        reach=REACH.get(person.channel, "") if person else "匿名，或本人信息已删除：不能告知",
        picture=(one.picture or "").startswith(FILE_PATH),
        full=staff.may("tickets.work"),
        given=given or {},
        errors=errors or {},
        needs=[words.state(one.source, to) for to in one.moves if to in KINDS[one.source].note_for],
    )
