"""The pages a person opens from the chat: a ticket, a booking. No form, no script, made for a phone.

The signed link is the only way in (`bot.services.page_links`); everything is looked up as the person named in
it. A page that is not there, not theirs or out of time looks the same: it says how to get a new one.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

from aiohttp import web
from jinja2 import Environment

from bot.actions.bookings import STATUS_NAMES
from bot.actions.dispute_kinds import TYPES
from bot.actions.hospital import PREPARE
from bot.actions.tickets import STATES, name_of
from bot.language.phone import mask
from bot.services.clock import SHANGHAI
from bot.services.errors import NotFound
from bot.services.notices import CHANNEL_NAMES, when_zh
from bot.services.page_links import PATH, BadLink, Page, PageLinks
from bot.storage.disputes import DisputeEvent
from bot.storage.files import FILE_PATH
from bot.storage.files import TYPES as FILE_TYPES
from bot.web.keys import SERVICES, SETTINGS
from bot.web.templating import environment

routes = web.RouteTableDef()

STYLE_PATH, ICON_PATH = "/pages.css", "/pages.svg"
MOST_PICTURES = 30
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
STATIC_HEADERS = {"Cache-Control": "max-age=3600", "X-Content-Type-Options": "nosniff"}
_FOLDER = Path(__file__).parent

_EVENT_NAMES = {
    "opened": "您登记了工单",
    "supplemented": "您补充了材料",
    "replied": "窗口回复",
    "withdrawn": "工单撤回",
}


@cache
def _templates() -> Environment:
    templates = environment(_FOLDER / "templates" / "pages")
    templates.filters["moment"] = _moment
    return templates


@cache
def _static(name: str) -> str:
    return (_FOLDER / "static" / name).read_text(encoding="utf-8")


def _moment(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


@routes.get(STYLE_PATH)
async def style(_request: web.Request) -> web.Response:
    return web.Response(text=_static("pages.css"), content_type="text/css", headers=STATIC_HEADERS)


@routes.get(ICON_PATH)
async def icon(_request: web.Request) -> web.Response:
    return web.Response(text=_static("pages.svg"), content_type="image/svg+xml", headers=STATIC_HEADERS)


@routes.get(PATH + "{token}")
async def page(request: web.Request) -> web.Response:
    try:
        return await _render(request, _page(request))
    except (BadLink, NotFound):
        return _html("gone.html", status=404)


@routes.get(PATH + "{token}/{number:[0-9]{1,2}}")
async def picture(request: web.Request) -> web.Response:
    """A picture of the ticket, by its place among them."""
    try:
        opened = _page(request)
        pictures = await _pictures(request, opened)
        reference = pictures[int(request.match_info["number"])]
        files = request.app[SERVICES].people.files
        if files is None:
            raise NotFound(reference)
        data = await files.get(reference)
    except (BadLink, NotFound, IndexError, FileNotFoundError):
        return web.Response(status=404, text="", headers=HEADERS)
    kind = FILE_TYPES[reference.rpartition(".")[2]]
    return web.Response(body=data, content_type=kind, headers=HEADERS)


def _page(request: web.Request) -> Page:
    links = PageLinks(request.app[SETTINGS].secret_key)
    return links.read(request.match_info["token"], request.app[SERVICES].clock.now())


async def _render(request: web.Request, opened: Page) -> web.Response:
    services = request.app[SERVICES]
    if opened.kind == "booking":
        booking = await services.hospital.booking(opened.person_id, opened.number)
        return _html(
            "booking.html",
            number=booking.number,
            channel=CHANNEL_NAMES[booking.channel],
            when=when_zh(booking.starts_at),
            state=STATUS_NAMES[booking.status],
            coming=booking.status == "booked",
            phone=mask(booking.phone) if booking.phone else "",
            prepare=PREPARE.get(booking.channel, ""),
        )
    view = await services.disputes.get(opened.number, opened.person_id)
    ticket = view.ticket
    return _html(
        "ticket.html",
        number=ticket.number,
        name=name_of(ticket),
        kind=TYPES.get(ticket.dispute_type, "劳动纠纷"),
        state=STATES[ticket.state],
        reason=ticket.reason or "",
        window=ticket.window_name,
        phone=mask(ticket.phone) if ticket.phone else "",
        summary=ticket.summary,
        contact_due=ticket.contact_due if ticket.contacted_at is None and ticket.state == "received" else None,
        events=[(event.at, _event_name(event), event.text) for event in view.events],
        additions=[one for one in view.attachments if one.text],
        pictures=range(len(await _pictures(request, opened))),
        base=f"{PATH}{request.match_info['token']}",
    )


async def _pictures(request: web.Request, opened: Page) -> list[str]:
    """References of the ticket's pictures in the file store."""
    if opened.kind != "ticket":
        return []
    view = await request.app[SERVICES].disputes.get(opened.number, opened.person_id)
    urls = [one.image_url for one in view.attachments if one.image_url]
    return [url.removeprefix(FILE_PATH) for url in urls if url.startswith(FILE_PATH)][:MOST_PICTURES]


def _event_name(event: DisputeEvent) -> str:
    if event.kind == "moved" and event.to_state:
        return STATES[event.to_state]
    return _EVENT_NAMES.get(event.kind, "有新进展")


def _html(template: str, *, status: int = 200, **values: object) -> web.Response:
    text = _templates().get_template(template).render(style=STYLE_PATH, icon=ICON_PATH, **values)
    return web.Response(text=text, content_type="text/html", status=status, headers=HEADERS)
