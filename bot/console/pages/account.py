"""Logging in and out, one's own password, codes and sessions."""

from __future__ import annotations

from aiohttp import web

from bot.console.nav import start_page
from bot.console.registry import (
    COOKIE,
    COOKIE_PATH,
    LOGIN,
    Staff,
    address_of,
    find_staff,
    page,
    public_page,
    safe_next,
    secure_cookies,
)
from bot.console.render import redirect, render
from bot.services import totp
from bot.services.errors import Invalid, NotFound
from bot.services.staff import LockedOut, LoginFailed
from bot.web.keys import SERVICES

FAILED = "账号、密码或动态码不对。"
LOCKED = "错的次数太多了，请 15 分钟后再试，或请管理员解锁。"


@public_page("GET", LOGIN)
async def login_form(request: web.Request) -> web.Response:
    wanted = safe_next(request.query.get("next", ""))
    found = await find_staff(request)
    if found is not None:
        return redirect(request, wanted or start_page(found.user.role))
    return render(request, "account/login.html", next=wanted, name="", failure="")


@public_page("POST", LOGIN)
async def login(request: web.Request) -> web.Response:
    form = await request.post()
    name, wanted = str(form.get("name", "")), safe_next(str(form.get("next", "")))
    try:
        opened = await request.app[SERVICES].staff.log_in(
            name, str(form.get("password", "")), address=address_of(request), code=str(form.get("code", ""))
        )
    except (LoginFailed, LockedOut) as error:
        locked = isinstance(error, LockedOut)
        failure, status = (LOCKED, 429) if locked else (FAILED, 401)
        return render(request, "account/login.html", status=status, next=wanted, name=name[:40], failure=failure)
    response = redirect(request, wanted or start_page(opened.user.role))
    # always a new token: one that was put into the browser before is worth nothing
    response.set_cookie(
        COOKIE, opened.token, path=COOKIE_PATH, httponly=True, samesite="Lax", secure=secure_cookies(request)
    )
    return response


@page("POST", "/console/logout", permission="own")
async def logout(request: web.Request, staff: Staff) -> web.Response:
    await request.app[SERVICES].staff.log_out(request.cookies[COOKIE], staff.actor)
    return _logged_out(request, "已退出。")


def _logged_out(request: web.Request, notice: str) -> web.Response:
    response = redirect(request, LOGIN, notice)
    response.del_cookie(COOKIE, path=COOKIE_PATH)
    return response


@page("GET", "/console/account", permission="own")
async def account(request: web.Request, staff: Staff) -> web.Response:
    return await _account(request, staff)


async def _account(
    request: web.Request,
    staff: Staff,
    *,
    errors: dict[str, str] | None = None,
    totp_errors: dict[str, str] | None = None,
    secret: str = "",
) -> web.Response:
    secret = secret or totp.new_secret()
    return render(
        request,
        "account/account.html",
        status=422 if errors or totp_errors else 200,
        sessions=await request.app[SERVICES].staff.sessions(staff.user.id),
        secret=secret,
        secret_address=totp.address(secret, staff.user.name),
        errors=errors or {},
        totp_errors=totp_errors or {},
    )


@page("POST", "/console/account/password", permission="own")
async def change_password(request: web.Request, staff: Staff) -> web.Response:
    form = await request.post()
    old, new = str(form.get("old", "")), str(form.get("password", ""))
    if new != str(form.get("again", "")):
        return await _account(request, staff, errors={"again": "两次输入的不一样"})
    try:
        await request.app[SERVICES].staff.change_own_password(staff.user.id, old, new, staff.actor)
    except LoginFailed:
        return await _account(request, staff, errors={"old": "现在的密码不对"})
    except LockedOut:
        return await _account(request, staff, errors={"old": LOCKED})
    except Invalid as error:
        return await _account(request, staff, errors={error.field: error.reason})
    return _logged_out(request, "密码已换，请用新密码登录。")


@page("POST", "/console/account/totp/on", permission="own")
async def totp_on(request: web.Request, staff: Staff) -> web.Response:
    form = await request.post()
    secret = str(form.get("secret", ""))
    try:
        await request.app[SERVICES].staff.set_totp(
            staff.user.id, secret, staff.actor, code=str(form.get("code", "")).strip()
        )
    except Invalid as error:
        kept = secret if error.field == "code" else ""
        return await _account(request, staff, totp_errors={"code": error.reason}, secret=kept)
    return redirect(request, "/console/account", "动态码已开启。")


@page("POST", "/console/account/totp/off", permission="own")
async def totp_off(request: web.Request, staff: Staff) -> web.Response:
    services = request.app[SERVICES]
    try:
        await services.staff.confirm_password(staff.user.id, str((await request.post()).get("old", "")))
    except (LoginFailed, LockedOut) as error:
        text = LOCKED if isinstance(error, LockedOut) else "现在的密码不对"
        return await _account(request, staff, totp_errors={"old": text})
    await services.staff.set_totp(staff.user.id, None, staff.actor)
    return redirect(request, "/console/account", "动态码已关闭。")


@page("POST", "/console/account/sessions/{id}/end", permission="own")
async def end_own_session(request: web.Request, staff: Staff) -> web.Response:
    services = request.app[SERVICES]
    own = {opened.id for opened, _ in await services.staff.sessions(staff.user.id)}
    if request.match_info["id"] not in own:
        raise NotFound(request.match_info["id"])
    await services.staff.end_session(request.match_info["id"], staff.actor)
    return redirect(request, "/console/account", "已结束。")
