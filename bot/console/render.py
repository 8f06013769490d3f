"""Templates to responses. Everything is text until a template says otherwise; an undefined name is an error."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode

from aiohttp import web
from jinja2 import Environment
from jinja2.runtime import Macro

from bot.console.nav import nav_for
from bot.console.permissions import ROLE_NAMES
from bot.console.registry import COOKIE_PATH, STAFF, is_htmx, secure_cookies
from bot.language.phone import mask
from bot.services.clock import SHANGHAI
from bot.web.templating import environment

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
NOTICE = "nuanxin_notice"
WEEKDAYS = "一二三四五六日"


@cache
def templates() -> Environment:
    made = environment(FOLDER / "templates", trim_blocks=True, lstrip_blocks=True)
    made.filters.update(moment=moment, day=day, clock=clock, yuan=yuan, masked=masked, query=urlencode)
    made.globals.update(static=static_url, role_names=ROLE_NAMES)
    # a block rendered by itself (htmx) does not see what its template has imported
    macros = vars(made.get_template("macros.html").module)
    made.globals.update({name: macro for name, macro in macros.items() if isinstance(macro, Macro)})
    return made


def render(request: web.Request, template: str, *, status: int = 200, here: str = "", **values: Any) -> web.Response:
    """A whole page; for htmx only its block `main`. Templates whose name starts with `_` are fragments anyway.

    `here` names the current item of the navigation. Every template sees `staff` (None before log-in), `csrf`,
    `nav`, `path` and `notice`.
    """
    staff = request.get(STAFF)
    notice = unquote(request.cookies.get(NOTICE, "")) if not is_htmx(request) else ""
    context = {
        "staff": staff,
        "csrf": staff.session.csrf if staff else "",
        "nav": nav_for(staff.user.role) if staff else [],
        "here": here,
        "path": request.path,
        "notice": notice,
        **values,
    }
    found = templates().get_template(template)
    part = found.blocks.get("main") if is_htmx(request) else None
    text = found.render(context) if part is None else "".join(part(found.new_context(context)))
    response = web.Response(text=text, content_type="text/html", status=status, headers={"Vary": "HX-Request"})
    if notice:
        response.del_cookie(NOTICE, path=COOKIE_PATH)
    return response


def redirect(request: web.Request, target: str, notice: str = "") -> web.Response:
    """After a change: on to a page (a path of ours) that shows `notice` once."""
    status, header = (204, "HX-Redirect") if is_htmx(request) else (303, "Location")
    response = web.Response(status=status, headers={header: target})
    if notice:
        response.set_cookie(
            NOTICE,
            quote(notice),
            max_age=30,
            path=COOKIE_PATH,
            httponly=True,
            samesite="Lax",
            secure=secure_cookies(request),
        )
    return response


@cache
def static_url(name: str) -> str:
    """The address of a static file, with its hash: it may be kept for ever."""
    path = STATIC / name
    if not path.is_file():  # a script of others that could not be fetched: set-up has said so
        return f"/console/static/{name}"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return f"/console/static/{name}?v={digest}"


def moment(at: datetime | None) -> str:
    """`11月25日 10:05`, with the year when it is not this one's; "" for None."""
    if at is None:
        return ""
    local = at.astimezone(SHANGHAI)
    year = "" if local.year == datetime.now(SHANGHAI).year else f"{local.year}年"
    return f"{year}{local.month}月{local.day}日 {local:%H:%M}"


def clock(at: datetime | None) -> str:
    """`10:05`."""
    return f"{at.astimezone(SHANGHAI):%H:%M}" if at is not None else ""


def day(at: date | datetime | None) -> str:
    """`2026-11-25（周三）`."""
    if at is None:
        return ""
    if isinstance(at, datetime):
        at = at.astimezone(SHANGHAI).date()
    return f"{at:%Y-%m-%d}（周{WEEKDAYS[at.weekday()]}）"


def yuan(fen: int | None) -> str:
    """Whole fen as yuan: `1,234.50 元`; "" for None."""
    return f"{fen / 100:,.2f} 元" if fen is not None else ""


def masked(phone: str | None) -> str:
    """`138****5678`; "" for None."""
    return mask(phone) if phone else ""
