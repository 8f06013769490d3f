"""Every console page is registered here, with the permission it asks for, and goes through one gate.

    @page("GET", "/console/tickets", permission="tickets.view")
    async def tickets(request: web.Request, staff: Staff) -> web.StreamResponse: ...

The gate finds the session, asks the permission, checks the CSRF token of every change, turns domain errors into
one Chinese line and puts the security headers on every answer. `ROUTES` is what the matrix test walks.
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from aiohttp import web
from asyncpg.exceptions import DataError as AsyncpgDataError  # type: ignore[import-untyped]
from sqlalchemy.exc import DBAPIError

from bot.console.permissions import PERMISSIONS, may
from bot.services.audit import Actor
from bot.services.errors import AlreadyExists, Invalid, NotFound, QuotaExhausted, WrongState
from bot.storage.staff import StaffSession, StaffUser
from bot.web.keys import SERVICES, SETTINGS

logger = logging.getLogger(__name__)

COOKIE = "nuanxin_staff"
COOKIE_PATH = "/console"
LOGIN, ACCOUNT = "/console/login", "/console/account"
CSRF_FIELD, CSRF_HEADER = "csrf", "X-CSRF-Token"
BACKGROUND = "X-Background"
MEGABYTE = 1 << 20  # bytes
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True)
class Staff:
    """Who has opened the page."""

    user: StaffUser
    session: StaffSession
    actor: Actor

    def may(self, permission: str) -> bool:
        return may(self.user.role, permission)


STAFF: web.RequestKey[Staff] = web.RequestKey("staff", Staff)

Handler = Callable[[web.Request, Staff], Awaitable[web.StreamResponse]]
PublicHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Route:
    """`permission` None: open to people who have not logged in."""

    method: str
    path: str
    permission: str | None
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]


ROUTES: list[Route] = []


class Refused(Exception):
    """The gate does not open; worded for the person."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


def page(method: str, path: str, *, permission: str, body: int = 0) -> Callable[[Handler], Handler]:
    """Register a page for those who may (`PERMISSIONS`). `body`: bytes that a request may hold, 0: as everywhere."""
    if permission not in PERMISSIONS:
        raise KeyError(f"{path}: permission {permission!r} is not in the table")

    def register(handler: Handler) -> Handler:
        async def gate(request: web.Request) -> web.StreamResponse:
            wide = request.clone(client_max_size=body) if body else request
            return await _answer(wide, lambda: _enter(wide, permission, handler))

        ROUTES.append(Route(method, path, permission, gate))
        return handler

    return register


def public_page(method: str, path: str) -> Callable[[PublicHandler], PublicHandler]:
    """Register a page for people who have not logged in."""

    def register(handler: PublicHandler) -> PublicHandler:
        async def gate(request: web.Request) -> web.StreamResponse:
            async def enter() -> web.StreamResponse:
                _check_origin(request)
                return await handler(request)

            return await _answer(request, enter)

        ROUTES.append(Route(method, path, None, gate))
        return handler

    return register


async def _enter(request: web.Request, permission: str, handler: Handler) -> web.StreamResponse:
    _check_origin(request)
    # what a page fetches by itself is no sign that anybody is there: the idle time-out goes on
    found = await find_staff(request, touch=BACKGROUND not in request.headers)
    if found is None:
        return _to_login(request)
    request[STAFF] = found
    if request.method in UNSAFE:
        await _check_csrf(request, found)
    if found.user.must_change and request.path not in (ACCOUNT, "/console/account/password", "/console/logout"):
        raise web.HTTPSeeOther(ACCOUNT)
    if not found.may(permission):
        raise Refused(403, "您的岗位没有这个权限。需要的话，请找管理员。")
    return await handler(request, found)


async def find_staff(request: web.Request, *, touch: bool = True) -> Staff | None:
    """The member of staff behind the cookie, if the session lives."""
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    found = await request.app[SERVICES].staff.session(token, touch=touch)
    if found is None:
        return None
    session, user = found
    return Staff(user, session, Actor(user.id, user.name, address_of(request)))


def address_of(request: web.Request) -> str:
    """The client's address; what our own proxy (a private address) has noted last, where there is one."""
    remote = request.remote or ""
    forwarded = request.headers.get("X-Forwarded-For", "")
    try:
        if forwarded and ipaddress.ip_address(remote).is_private:
            return str(ipaddress.ip_address(forwarded.rpartition(",")[2].strip()))
    except ValueError:
        pass
    return remote[:45]


def safe_next(target: str) -> str:
    """A path of the console to go on to, "" for anything that could lead elsewhere."""
    parts = urlsplit(target)
    plain = target.isprintable() and "\\" not in target and "//" not in target and ".." not in target
    if parts.scheme or parts.netloc or not plain or not target.startswith("/console/"):
        return ""
    return "" if parts.path in (LOGIN, "/console/logout", "/console/events") else target


def is_htmx(request: web.Request) -> bool:
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def secure_cookies(request: web.Request) -> bool:
    return (request.app[SETTINGS].public_base_url or "").startswith("https://")


def _to_login(request: web.Request) -> web.StreamResponse:
    wanted = safe_next(request.path_qs) if request.method == "GET" and not is_htmx(request) else ""
    target = f"{LOGIN}?next={quote(wanted, safe='')}" if wanted else LOGIN
    if is_htmx(request):
        return web.Response(status=401, text="", headers={"HX-Redirect": target})
    return web.Response(status=303, headers={"Location": target})


def _check_origin(request: web.Request) -> None:
    """No change on behalf of another site, the log-in included (Origin is sent by every browser with a POST)."""
    if request.method not in UNSAFE:
        return
    origin = request.headers.get("Origin")
    own = {request.host, urlsplit(request.app[SETTINGS].public_base_url or "").netloc}
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none") or (
        origin is not None and urlsplit(origin).netloc not in own
    ):
        raise Refused(403, "这个请求不是从本系统的页面发出的，没有执行。")


async def _check_csrf(request: web.Request, staff: Staff) -> None:
    given = request.headers.get(CSRF_HEADER)
    if given is None and request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        given = str((await request.post()).get(CSRF_FIELD, ""))
    if not hmac.compare_digest((given or "").encode(), staff.session.csrf.encode()):
        raise Refused(403, "页面已过期，没有执行。请刷新页面再试一次。")


async def _answer(request: web.Request, work: Callable[[], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    try:
        response = await work()
    except web.HTTPRequestEntityTooLarge:
        most = f"{request.client_max_size // MEGABYTE} MB"
        response = _failure(request, 413, f"文件太大了，最多 {most}，没有收下。请分成几个文件。")
    except web.HTTPException as answer:
        answer.headers.update(HEADERS)
        raise
    except Refused as refused:
        response = _failure(request, refused.status, refused.text)
    except NotFound:
        response = _failure(request, 404, "没有找到。可能已删除，或者编号不对。")
    except Invalid as error:
        response = _failure(request, 422, f"{error.reason}。")
    except AlreadyExists:
        response = _failure(request, 409, "已经有了，没有重复登记。")
    except QuotaExhausted:
        response = _failure(request, 409, "名额已满。")
    except WrongState:
        response = _failure(request, 409, "状态已经变了，这一步不能做。请看最新情况。")
    except (ConnectionResetError, TimeoutError):
        raise
    except Exception as error:
        if _impossible_value(error):
            response = _failure(request, 422, "里面有不能用的字符，或者太大的数。")
        else:
            # whoever is on the phone needs an honest line whatever broke; the cause goes to the log
            logger.exception("%s %s failed", request.method, request.match_info.route.resource)
            response = _failure(request, 500, "系统出错了，刚才的操作没有完成。请再试一次；还不行就报给管理员。")
    if not response.prepared:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
    return response


def _impossible_value(error: Exception) -> bool:
    """Whether PostgreSQL was given a value it has no room for: a NUL in a text, a number beyond the column's."""
    return isinstance(error, DBAPIError) and isinstance(getattr(error.orig, "__cause__", None), AsyncpgDataError)


def _failure(request: web.Request, status: int, text: str) -> web.Response:
    from bot.console.render import render

    return render(request, "_failure.html" if is_htmx(request) else "failure.html", status=status, text=text)
