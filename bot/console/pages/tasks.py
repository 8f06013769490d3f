"""Tasks on behalf of a caller: the list, and the way every one of them goes (phone, form, read-back, number)."""

from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.console.onbehalf import (
    TASKS,
    UNREAD,
    Checked,
    Desk,
    Given,
    Redo,
    Task,
    is_by_phone_only,
    look_up,
    new_key,
    source_key,
    task_named,
    tasks,
    unseal,
)
from bot.console.pages.people import WORDS, passed_on
from bot.console.registry import Staff, page
from bot.console.render import redirect, render
from bot.language import find_phones
from bot.services.errors import AlreadyExists, Invalid, NotFound
from bot.services.guided import Walk
from bot.web.keys import SERVICES


@page("GET", "/console/tasks", permission="tasks.do")
async def index(request: web.Request, staff: Staff) -> web.Response:
    given = Given.of(request.query)
    return _ask_phone(request, TASKS.get(given.one("task")), given)


def _ask_phone(request: web.Request, task: Task | None, given: Given) -> web.Response:
    """A number in the caller's words stands in the field already."""
    said = [phone.number for phone in find_phones(given.one("q")) if phone.valid]
    return render(
        request,
        "tasks/tasks.html",
        here="tasks",
        tasks=tasks(),
        task=task,
        phone=said[0] if len(said) == 1 else "",
        errors={},
        passed=passed_on(given),
    )


@page("GET", "/console/tasks/{task}", permission="tasks.do")
async def form(request: web.Request, staff: Staff) -> web.Response:
    task, given = task_named(request.match_info["task"]), Given.of(request.query)
    if not given.one("caller"):
        return _ask_phone(request, task, given)
    desk = await _desk(request, staff, given, "people.view", task)
    walk = await _walk(desk, given.one("call"))
    known = task.prefill(given, walk)
    values = {name: (value,) for name, value in known.items()} | dict(
        given.only((*task.fields, "call", "caller")).values
    )
    return await _form(request, desk, task, Given(values))


@page("POST", "/console/tasks/{task}", permission="tasks.do")
async def step(request: web.Request, staff: Staff) -> web.Response:
    """`step`: check (to the read-back), edit (back to the form) or register."""
    task, given = task_named(request.match_info["task"]), Given.of(await request.post())
    desk = await _desk(request, staff, given)
    if given.one("step") == "edit":
        return await _form(request, desk, task, given)
    made = next((m for m in desk.caller.matters if m.key == source_key(staff, task, given.one("key"))), None)
    if made is not None:  # a second click
        return _to_end(request, task, given, made.number)
    checked = await task.check(desk, given)
    errors = dict(checked.errors)
    person_id = given.one("who")
    if person_id and desk.caller.person(person_id) is None:
        errors["form"] = "选的人不在这个号码名下，请重新选。"
    if not errors and checked.double and given.one("another") != "yes":
        errors["another"] = checked.double
    if errors:
        return await _form(request, desk, task, given, errors, checked)
    given = Given({**given.values, **{name: (value,) for name, value in checked.instead.items()}})
    if given.one("step") != "register":
        return _read_back(request, desk, task, given, checked)
    return await _register(request, desk, task, given, checked)


async def _register(request: web.Request, desk: Desk, task: Task, given: Given, checked: Checked) -> web.Response:
    services, staff = desk.services, desk.staff
    owner = given.one("who") if task.asks_owner else task.owner(desk, checked.values)
    person_id = owner or (await services.people.ensure_caller(desk.caller.phone)).id
    key = source_key(staff, task, given.one("key"))
    try:
        async with services.audit.of(staff.actor, "task.register", "person", person_id, task=task.name):
            number = await task.submit(desk, person_id, checked.values, key)
    except Redo as error:
        return await _form(request, desk, task, given, {error.name: error.text}, checked)
    except Invalid as error:
        name = error.field if error.field in task.fields else "form"
        return await _form(request, desk, task, given, {name: error.reason}, checked)
    except AlreadyExists as error:
        known = getattr(error.existing, "number", "")
        text = f"已经登记过了{f'，编号 {known}' if known else ''}，没有重复登记。"
        return await _form(request, desk, task, given, {"form": text}, checked)
    await services.audit.note(staff.actor, "task.registered", task.kind, number, task=task.name, person=person_id)
    text = f"热线坐席照您电话里说的办了：{task.announced(checked.values, number)}"
    await services.callers.tell(person_id, text, key)
    if call := given.one("call"):
        with contextlib.suppress(NotFound):  # the walk of another seat, or none: the ticket stands without it
            await services.guided.attach(call, task.kind, number, actor=staff.actor)
    return _to_end(request, task, given, number)


def _to_end(request: web.Request, task: Task, given: Given, number: str) -> web.Response:
    query = urlencode({"caller": given.one("caller"), "number": number})
    return redirect(request, f"/console/tasks/{task.name}/done?{query}")


@page("GET", "/console/tasks/{task}/done", permission="tasks.do")
async def done(request: web.Request, staff: Staff) -> web.Response:
    task, given = task_named(request.match_info["task"]), Given.of(request.query)
    desk = await _desk(request, staff, given)
    number = given.one("number")
    matter = next((m for m in desk.caller.matters if m.number == number and m.kind in {task.kind, *task.kinds}), None)
    if matter is None:
        raise NotFound(number)
    return render(
        request,
        "tasks/done.html",
        here="tasks",
        task=task,
        matter=matter,
        lines=await task.told(desk, matter),
        by_phone=is_by_phone_only(desk.caller, matter.person_id),
        walk=await desk.services.guided.call_of(task.kind, number),
        **_shown(desk, given),
    )


@page("GET", "/console/tasks/{task}/slots", permission="tasks.do")
async def slots(request: web.Request, staff: Staff) -> web.Response:
    """The times on offer, anew for other words; what was picked before is let go."""
    task, given = task_named(request.match_info["task"]), Given.of(request.query)
    times = await task.times(request.app[SERVICES], given.only(tuple(n for n in task.fields if n != "slot")))
    return render(request, "tasks/_slots.html", errors={"slot": UNREAD} if times.unread else {}, times=times)


async def _desk(request: web.Request, staff: Staff, given: Given, action: str = "", task: Task | None = None) -> Desk:
    """NotFound without a caller; with `action` the look at what is registered is audited."""
    phone, services = unseal(request, staff, given.one("caller")), request.app[SERVICES]
    if not action:
        return Desk(services, staff, await services.callers.look_up(phone))
    return Desk(services, staff, await look_up(request, staff, phone, action, task=task.name if task else ""))


async def _walk(desk: Desk, call_id: str) -> Walk | None:
    """The guided walk of this member of staff."""
    try:
        walk = await desk.services.guided.walk(call_id) if call_id else None
    except NotFound:
        return None
    return walk if walk is not None and walk.call.staff_id == desk.staff.user.id else None


async def _form(
    request: web.Request,
    desk: Desk,
    task: Task,
    given: Given,
    errors: dict[str, str] | None = None,
    checked: Checked | None = None,
) -> web.Response:
    return render(
        request,
        "tasks/form.html",
        status=422 if errors else 200,
        here="tasks",
        task=task,
        given=given,
        errors=errors or {},
        key=given.one("key") or new_key(),
        walk=await _walk(desk, given.one("call")),
        **await task.shown(desk, given),
        **_shown(desk, given),
    )


def _read_back(request: web.Request, desk: Desk, task: Task, given: Given, checked: Checked) -> web.Response:
    person = desk.caller.person(given.one("who"))
    return render(
        request,
        "tasks/read_back.html",
        here="tasks",
        task=task,
        carried=given.only((*task.fields, "who", "another", "call", "key", "caller")).values,
        lines=checked.lines,
        notes=checked.notes,
        verb=checked.verb or task.verb,
        owner=person,
        asks_owner=task.asks_owner,
        **_shown(desk, given),
    )


def _shown(desk: Desk, given: Given) -> dict[str, Any]:
    """What the caller's card needs; the token goes on from page to page."""
    return {"caller": desk.caller, "token": given.one("caller"), **WORDS}
