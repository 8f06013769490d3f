"""Staff accounts: who may log in, as what, and where they are logged in."""

from __future__ import annotations

from aiohttp import web

from bot.console.permissions import ROLE_NAMES
from bot.console.registry import Staff, page
from bot.console.render import redirect, render
from bot.services.errors import AlreadyExists, Invalid, WrongState
from bot.services.passwords import new_password
from bot.storage.staff import StaffUser
from bot.web.keys import SERVICES

ROLES = tuple(ROLE_NAMES.items())
WHAT_ROLES_DO = {
    "seat": "接电话：问答、引导提问、代办、工单、预约、会话",
    "editor": "管答案：知识、引导树、复盘、资料",
    "supervisor": "带班：坐席和编辑的事，加批量、导出、安全、评选、看板",
    "auditor": "只看：工单、预约、安全、看板、审计",
    "admin": "全部，加账号",
}


@page("GET", "/console/staff", permission="staff.view")
async def index(request: web.Request, staff: Staff) -> web.Response:
    return await _index(request)


@page("POST", "/console/staff", permission="staff.manage")
async def add(request: web.Request, staff: Staff) -> web.Response:
    form = await request.post()
    given = {name: str(form.get(name, "")).strip()[:80] for name in ("name", "display_name", "role")}
    password = new_password()
    try:
        user = await request.app[SERVICES].staff.add(
            given["name"], given["display_name"], given["role"], password, staff.actor, must_change=True
        )
    except Invalid as error:
        return await _index(request, errors={error.field: error.reason}, given=given)
    except AlreadyExists:
        return await _index(request, errors={"name": "已经有这个账号了"}, given=given)
    return _password(request, user.name, user.id, password)


@page("GET", "/console/staff/{id}", permission="staff.view")
async def account(request: web.Request, staff: Staff) -> web.Response:
    return await _account(request, request.match_info["id"])


@page("POST", "/console/staff/{id}", permission="staff.manage")
async def change(request: web.Request, staff: Staff) -> web.Response:
    """Name shown, role, active; not one's own role, not the last admin."""
    service, user_id = request.app[SERVICES].staff, request.match_info["id"]
    user, form = await service.get(user_id), await request.post()
    role, active = str(form.get("role", user.role)), str(form.get("active", "")) == "yes"
    seen = (str(form.get("was_role", "")), str(form.get("was_active", "")))
    if seen != (user.role, "yes" if user.active else "no"):
        return await _account(
            request, user_id, status=409, failure="刚才有别人改过这个账号，下面是现在的样子，请再看一遍。"
        )
    try:
        await service.change(
            user_id, staff.actor, display_name=str(form.get("display_name", ""))[:80], role=role, active=active
        )
    except Invalid as error:
        return await _account(request, user_id, status=422, errors={error.field: error.reason})
    except WrongState:
        own = "自己的岗位和停用要请另一位管理员来改。"
        last = "这是最后一个管理员，先设好另一个再改。"
        return await _account(request, user_id, status=409, failure=own if user.id == staff.user.id else last)
    return redirect(request, f"/console/staff/{user_id}", "改好了。岗位或停用有变的，已请他重新登录。")


@page("POST", "/console/staff/{id}/password", permission="staff.manage")
async def reset_password(request: web.Request, staff: Staff) -> web.Response:
    user = await _other(request, staff)
    password = new_password()
    await request.app[SERVICES].staff.set_password(user.id, password, staff.actor, must_change=True)
    return _password(request, user.name, user.id, password)


@page("POST", "/console/staff/{id}/unlock", permission="staff.manage")
async def unlock(request: web.Request, staff: Staff) -> web.Response:
    await request.app[SERVICES].staff.unlock(request.match_info["id"], staff.actor)
    return redirect(request, f"/console/staff/{request.match_info['id']}", "已解锁。")


@page("POST", "/console/staff/{id}/totp", permission="staff.manage")
async def totp_off(request: web.Request, staff: Staff) -> web.Response:
    user = await _other(request, staff)
    service = request.app[SERVICES].staff
    await service.set_totp(user.id, None, staff.actor)
    await service.end_sessions(user.id, staff.actor)
    return redirect(request, f"/console/staff/{user.id}", "动态码已清除，他可以只用密码登录，再重新开启。")


@page("POST", "/console/staff/{id}/sessions", permission="staff.manage")
async def end_sessions(request: web.Request, staff: Staff) -> web.Response:
    user = await _other(request, staff)
    await request.app[SERVICES].staff.end_sessions(user.id, staff.actor)
    return redirect(request, f"/console/staff/{user.id}", "已请他在所有地方退出。")


async def _other(request: web.Request, staff: Staff) -> StaffUser:
    """The account of the address, when it is another's: one's own is changed under 我的账号. NotFound, WrongState."""
    user = await request.app[SERVICES].staff.get(request.match_info["id"])
    if user.id == staff.user.id:
        raise WrongState("own account")
    return user


def _password(request: web.Request, name: str, user_id: str, password: str) -> web.Response:
    """Shown once, in the answer to the change itself; it is kept nowhere."""
    return render(request, "staff/password.html", here="staff", name=name, user_id=user_id, password=password)


async def _index(
    request: web.Request, errors: dict[str, str] | None = None, given: dict[str, str] | None = None
) -> web.Response:
    service = request.app[SERVICES].staff
    sessions = await service.sessions()
    return render(
        request,
        "staff/staff.html",
        status=422 if errors else 200,
        here="staff",
        users=await service.users(),
        locked=await service.locked_names(),
        online={user.id: opened.seen_at for opened, user in reversed(sessions)},
        roles=ROLES,
        what_roles_do=WHAT_ROLES_DO,
        errors=errors or {},
        given=given or {"name": "", "display_name": "", "role": "seat"},
    )


async def _account(
    request: web.Request, user_id: str, *, status: int = 200, failure: str = "", errors: dict[str, str] | None = None
) -> web.Response:
    services = request.app[SERVICES]
    user = await services.staff.get(user_id)
    return render(
        request,
        "staff/account.html",
        status=status,
        here="staff",
        user=user,
        sessions=await services.staff.sessions(user.id),
        locked=user.name in await services.staff.locked_names(),
        entries=await services.audit.search(object_kind="staff", object_id=user.id, limit=20),
        roles=ROLES,
        what_roles_do=WHAT_ROLES_DO,
        failure=failure,
        errors=errors or {},
    )
