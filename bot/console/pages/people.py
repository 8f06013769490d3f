"""A caller by phone: who used the number and what they registered, before anything is registered again."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.console.onbehalf import TASKS, Given, link_to, look_up, seal, tasks, unseal
from bot.console.registry import Staff, page
from bot.console.render import redirect, render
from bot.console.wording import CHANNELS_OF_PEOPLE, about, kind, state
from bot.services.errors import Invalid, NotFound
from bot.services.people import HOTLINE
from bot.web.keys import SERVICES

PASSED_ON = ("call", "type", "q", "channel", "topic", "move")
"""What a page before the look-up knows and the form after it needs."""


def passed_on(given: Given) -> dict[str, str]:
    return {name: value[:200] for name in PASSED_ON if (value := given.one(name))}


@page("POST", "/console/people", permission="people.view")
async def find_caller(request: web.Request, staff: Staff) -> web.Response:
    given = Given.of(await request.post())
    task = given.one("task") if given.one("task") in TASKS else ""
    try:
        caller = await look_up(request, staff, given.one("phone"), "people.look_up", task=task)
    except Invalid as error:
        return render(
            request,
            "tasks/tasks.html",
            status=422,
            here="tasks",
            tasks=tasks(),
            task=TASKS.get(task),
            phone=given.one("phone")[:40],
            errors={"phone": error.reason},
            passed=passed_on(given),
        )
    token = seal(request, staff, caller.phone)
    if task and staff.may("tasks.do"):
        return redirect(request, f"/console/tasks/{task}?" + urlencode({"caller": token, **passed_on(given)}))
    more = urlencode(passed_on(given))
    return redirect(request, f"/console/people/{token}" + (f"?{more}" if more else ""))


@page("GET", "/console/people/{id}", permission="people.view")
async def caller_page(request: web.Request, staff: Staff) -> web.Response:
    token = request.match_info["id"]
    caller = await look_up(request, staff, unseal(request, staff, token), "people.view")
    return render(
        request,
        "tasks/caller.html",
        here="tasks",
        caller=caller,
        token=token,
        tasks=tasks(),
        passed=passed_on(Given.of(request.query)),
        by_phone=any(one.person.channel == HOTLINE for one in caller.known),
        **WORDS,
    )


@page("POST", "/console/people/{id}/erase", permission="people.erase")
async def erase(request: web.Request, staff: Staff) -> web.Response:
    """What was registered by telephone with this number. A WeChat user erases in the chat, where it is proved who
    asks."""
    services, phone = request.app[SERVICES], unseal(request, staff, request.match_info["id"])
    caller = await services.callers.look_up(phone)
    person = next((one.person for one in caller.known if one.person.channel == HOTLINE), None)
    if person is None:
        raise NotFound("caller")
    if (await request.post()).get("sure") != "yes":
        raise Invalid("sure", "先勾选“本人要求，已核对”")
    async with services.audit.of(staff.actor, "people.erase", "person", person.id):
        await services.people.erase(person.id)
    return redirect(
        request, "/console/tasks", "电话登记的已经删除；窗口办过的工单只留下经办记录，不留姓名、号码和原话。"
    )


WORDS: dict[str, Any] = {
    "about": about,
    "kind_of": kind,
    "state_of": state,
    "link_to": link_to,
    "channels_of_people": CHANNELS_OF_PEOPLE,
}
"""What the template of a caller's card calls."""
