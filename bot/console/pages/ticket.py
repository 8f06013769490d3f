"""One ticket: its history, its pictures, and the forms that change it. Each change tells the worker (outbox)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.console import seat_words as words
from bot.console.filled import Filled, filled, new_key
from bot.console.pages.tickets import checked_colleague, colleagues
from bot.console.registry import Staff, page
from bot.console.render import redirect, render
from bot.console.views import viewed
from bot.services.dispute_desk import version_of
from bot.services.dispute_states import FINAL, TRANSITIONS
from bot.services.disputes import TicketView
from bot.services.errors import Changed, Invalid, NotFound, WrongState
from bot.services.ticket_queue import standing
from bot.storage.disputes import DisputeAttachment
from bot.storage.files import FILE_PATH, kind_of
from bot.storage.files import TYPES as FILE_TYPES
from bot.web.keys import SERVICES

TOLD = "{told}"  # filled in with how the person hears of it


@page("GET", "/console/tickets/{number}", permission="tickets.view")
async def ticket(request: web.Request, staff: Staff) -> web.Response:
    view = await _view(request)
    full = staff.may("tickets.work")
    await request.app[SERVICES].audit.note(
        staff.actor, "ticket.view", "ticket", view.ticket.number, phone="full" if full else "masked"
    )
    return await _page(request, staff, view)


@page("GET", "/console/tickets/{number}/live", permission="tickets.view")
async def live(request: web.Request, staff: Staff) -> web.Response:
    view = await _view(request)
    phone = "full" if staff.may("tickets.work") else "masked"
    await viewed(request, staff, "ticket.view", "ticket", view.ticket.number, phone=phone)
    given = request.query.get("seen", "")
    seen = int(given) if given.isascii() and given.isdigit() and len(given) < 12 else version_of(view)
    return render(request, "tickets/_ticket.html", **await _shown(request, staff, view, seen))


@page("GET", "/console/tickets/{number}/pictures/{id}", permission="tickets.view")
async def picture(request: web.Request, staff: Staff) -> web.Response:
    """A picture of this very ticket: from the file store, its kind read from its bytes."""
    view = await _view(request)
    wanted = request.match_info["id"]
    found = next((one for one in pictures(view) if str(one.id) == wanted), None)
    files = request.app[SERVICES].people.files
    if found is None or found.image_url is None or files is None:
        raise NotFound(wanted)
    try:
        data = await files.get(found.image_url.removeprefix(FILE_PATH))
    except FileNotFoundError:
        raise NotFound(wanted) from None
    kind = kind_of(data)
    if kind is None or kind == "amr":
        raise NotFound(wanted)
    await request.app[SERVICES].audit.note(staff.actor, "ticket.picture", "ticket", view.ticket.number, picture=wanted)
    return web.Response(body=data, content_type=FILE_TYPES[kind], headers={"Content-Disposition": "inline"})


Step = Callable[[web.Request, Staff, str, Filled], Awaitable[str]]


def _form(name: str) -> Callable[[Step], Step]:
    """A form of the ticket's page: done and told, or shown again with what was filled in and what is wrong."""

    def register(step: Step) -> Step:
        @page("POST", f"/console/tickets/{{number}}/{name}", permission="tickets.work")
        async def handler(request: web.Request, staff: Staff) -> web.Response:
            form = await filled(request)
            number = (await _view(request)).ticket.number
            form.raw_key()
            try:
                async with request.app[SERVICES].audit.of(staff.actor, f"ticket.{name}", "ticket", number) as detail:
                    detail.update({n: v for n in ("to", "kind", "code") if (v := form.text(n, 40))})
                    notice = await step(request, staff, number, form)
            except Invalid as error:
                return await _again(request, staff, form, name, 422, {error.field: f"{error.reason}。"})
            except Changed:
                trouble = {"": "这张工单刚被别人改过，您的这一步还没有做。看一下最新情况，没问题就再提交一次。"}
                return await _again(request, staff, form, name, 409, trouble)
            except WrongState:
                trouble = {"": "工单现在的状态不能做这一步。最新情况在下面。"}
                return await _again(request, staff, form, name, 409, trouble)
            owner = (await _view(request)).ticket.person_id
            person = await request.app[SERVICES].people.get(owner) if owner else None
            notice = notice.replace(TOLD, words.told(person.channel if person else ""))
            return redirect(request, f"/console/tickets/{number}", notice=notice)

        return step

    return register


@_form("assign")
async def assign(request: web.Request, staff: Staff, number: str, form: Filled) -> str:
    to = staff.user if form.text("to") == "me" else await checked_colleague(request, form.text("to", 40))
    await request.app[SERVICES].dispute_desk.assign(
        number, staff.user.name, to=to.name, key=form.key("assign", number), seen=form.seen()
    )
    return f"已分派给{to.display_name}"


@_form("move")
async def move(request: web.Request, staff: Staff, number: str, form: Filled) -> str:
    to = form.text("to", 20)
    if to not in words.MOVES:
        raise Invalid("to", "先选一步")
    await request.app[SERVICES].dispute_desk.transition(
        number,
        staff.user.name,
        to,
        reason=form.text("reason", 500),
        key=form.key("move", number),
        seen=form.seen(),
    )
    return f"{words.MOVES[to]}{TOLD}"


@_form("reply")
async def reply(request: web.Request, staff: Staff, number: str, form: Filled) -> str:
    visible = form.text("kind") != "note"
    await request.app[SERVICES].dispute_desk.reply(
        number,
        staff.user.name,
        form.text("text"),
        visible=visible,
        key=form.key("reply", number),
        seen=form.seen(),
    )
    return f"已回复{TOLD}" if visible else "备注已记下，只有工作人员看得到"


@_form("window")
async def window(request: web.Request, staff: Staff, number: str, form: Filled) -> str:
    code = form.text("code", 32)
    if code not in {one.code for one in await request.app[SERVICES].disputes.windows()}:
        raise Invalid("code", "先选一个窗口")
    await request.app[SERVICES].dispute_desk.move_window(
        number, staff.user.name, code, key=form.key("window", number), seen=form.seen()
    )
    return "已转到别的窗口"


@_form("mediation")
async def mediation(request: web.Request, staff: Staff, number: str, form: Filled) -> str:
    """The hour with an expert: the address of the online room, or whether it was held. Of this ticket only."""
    services, session = request.app[SERVICES], form.text("session", 24)
    found = await services.mediation.of_ticket((await _view(request)).ticket.id)
    if session not in {booked.session.number for booked in found}:
        raise NotFound(session)
    if form.text("kind") == "link":
        await services.mediation.set_link(session, form.text("link", 300))
        return f"线上会议的地址已记下{TOLD}"
    await services.mediation.mark(session, form.text("kind", 12))
    return "调解的结果已记下"


async def _view(request: web.Request) -> TicketView:
    return await request.app[SERVICES].dispute_desk.ticket(request.match_info["number"])


async def _again(
    request: web.Request, staff: Staff, form: Filled, name: str, status: int, errors: dict[str, str]
) -> web.Response:
    """The page as it is now, with the words of the form that did not go through."""
    given = {field: form.text(field) for field in ("text", "to", "reason", "kind", "code", "link")}
    view = await _view(request)
    return await _page(request, staff, view, status=status, form=name, given=given, errors=errors)


async def _page(
    request: web.Request,
    staff: Staff,
    view: TicketView,
    *,
    status: int = 200,
    form: str = "",
    given: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> web.Response:
    services, one = request.app[SERVICES], view.ticket
    return render(
        request,
        "tickets/ticket.html",
        status=status,
        here="tickets",
        form=form,
        given=given or {},
        errors=errors or {},
        key=new_key(),
        colleagues=await colleagues(request),
        windows=await services.disputes.windows(),
        assignable="assigned" in TRANSITIONS[one.state],
        moves=words.moves_from(one.state),
        over=one.state in FINAL,
        others=await services.tickets.of_person(one.person_id, but=one.number) if one.person_id else [],
        **await _shown(request, staff, view, version_of(view)),
    )


def pictures(view: TicketView) -> list[DisputeAttachment]:
    """Pictures that lie in our file store; an address elsewhere is nothing we fetch."""
    return [one for one in view.attachments if (one.image_url or "").startswith(FILE_PATH)]


async def _shown(request: web.Request, staff: Staff, view: TicketView, seen: int) -> dict[str, Any]:
    """What the live part shows. `seen`: the version that the forms on the page were made from."""
    services, one = request.app[SERVICES], view.ticket
    person = await services.people.get(one.person_id) if one.person_id else None
    channel = person.channel if person else ""
    keys = {event.id: f"ticket:{one.number}:{event.id}" for event in view.events}
    states = await services.outbox.states(list(keys.values()))
    return {
        "ticket": one,
        "view": view,
        "words": words,
        "stands": standing(one, services.clock.now().date()),
        "version": version_of(view),
        "seen": seen,
        "reach": words.REACH.get(person.channel, "") if person else "本人信息已删除，不再推送",
        "delivery": {number: words.delivery(states[key], channel) for number, key in keys.items() if key in states},
        "pictures": pictures(view),
        "mediations": await services.mediation.of_ticket(one.id),
        "walk": await services.guided.call_of("ticket", view.ticket.number),
        "names": {user.name: user.display_name for user in await services.staff.users()},
        "full": staff.may("tickets.work"),
    }
