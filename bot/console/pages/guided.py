"""Guided questions during a call: one question read out, its answers on digit keys, an approved answer at the end."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.console.registry import ROUTES, STAFF, Staff, page
from bot.console.render import redirect, render
from bot.console.sources import readable
from bot.console.steps import MAP, step_of
from bot.knowledge.guided import Node
from bot.knowledge.initiatives import initiatives
from bot.knowledge.topics import title
from bot.services.errors import Invalid, NotFound
from bot.services.guided import Held, Walk
from bot.web.keys import SERVICES

LATEST = 8  # of one's own calls
SAID_ALREADY = frozenset({"emergency", "human_handoff"})  # the seat is the human, and is told what to do at once


@page("GET", "/console/guided", permission="guided.use")
async def index(request: web.Request, staff: Staff) -> web.Response:
    guided = request.app[SERVICES].guided
    calls = await guided.calls(staff_id=staff.user.id, limit=LATEST)
    return render(
        request,
        "guided/guided.html",
        here="guided",
        trees=await guided.trees(),
        units={one.number: one.unit for one in initiatives()},
        titles={held.name: held.tree.title for held in await guided.trees()},
        calls=calls,
        edits=staff.may("guided.edit") and any(route.path == "/console/guided/trees" for route in ROUTES),
    )


@page("GET", "/console/guided/{initiative}", permission="guided.use")
async def start(request: web.Request, staff: Staff) -> web.Response:
    """The first question. A call begins with its answer, so that looking leaves no record."""
    held = await _held(request)
    first = held.tree.nodes[held.tree.start]
    return render(
        request,
        "guided/call.html",
        here="guided",
        tree=held.tree,
        action=f"/console/guided/{held.tree.initiative}",
        node=first,
        taken="",
        back=None,
        walk=None,
        **await _end(request, first, ""),
    )


@page("POST", "/console/guided/{initiative}", permission="guided.use")
async def begin(request: web.Request, staff: Staff) -> web.Response:
    held, guided = await _held(request), request.app[SERVICES].guided
    path = _path(str((await request.post()).get("path", "")))
    if not path:
        raise Invalid("path", "选一个答案")
    try:
        held.tree.walk(path)
    except ValueError as error:
        raise Invalid("path", "没有这个答案") from error
    call = await guided.begin(held.name, staff.actor)
    await guided.go(call.id, path, actor=staff.actor)
    return redirect(request, f"/console/guided/call/{call.id}")


@page("GET", "/console/guided/call/{id}", permission="guided.use")
async def call_page(request: web.Request, staff: Staff) -> web.Response:
    walk = await _own_walk(request, staff)
    taken = [int(step["answer"]) for step in walk.call.path]
    return render(
        request,
        "guided/call.html",
        here="guided",
        tree=walk.tree,
        action=f"/console/guided/call/{walk.call.id}",
        node=walk.here,
        taken=",".join(map(str, taken)) + "," if taken else "",
        back=",".join(map(str, taken[:-1])) if taken else None,
        walk=walk,
        **await _end(request, walk.here, walk.call.id),
    )


@page("POST", "/console/guided/call/{id}", permission="guided.use")
async def go(request: web.Request, staff: Staff) -> web.Response:
    """`path`: all answers from the start on, so that a double click is one step."""
    call_id = request.match_info["id"]
    form = await request.post()
    if "path" not in form:
        raise Invalid("path", "选一个答案")
    await request.app[SERVICES].guided.go(call_id, _path(str(form["path"])), actor=staff.actor)
    return redirect(request, f"/console/guided/call/{call_id}")


async def _held(request: web.Request) -> Held:
    """The tree of the initiative in the address. NotFound."""
    wanted = request.match_info["initiative"]
    for held in await request.app[SERVICES].guided.trees():
        if wanted in (str(held.tree.initiative), f"{held.tree.initiative:02d}"):
            return held
    raise NotFound(wanted)


async def _own_walk(request: web.Request, staff: Staff) -> Walk:
    walk = await request.app[SERVICES].guided.walk(request.match_info["id"])
    if walk.call.staff_id != staff.user.id:
        raise NotFound(walk.call.id)
    return walk


def _path(given: str) -> list[int]:
    """ "1,2," → [1, 2]. Invalid."""
    parts = [part for part in given.split(",") if part]
    if len(parts) > 20 or not all(part.isascii() and part.isdigit() and len(part) == 1 for part in parts):
        raise Invalid("path", "没有这个答案")
    return [int(part) for part in parts]


async def _end(request: web.Request, node: Node, call_id: str) -> dict[str, Any]:
    """What an end shows: the approved answer, and where its task is done."""
    entry = await request.app[SERVICES].knowledge.entry(node.answer) if node.answer else None
    step = step_of(node.task, request[STAFF]) if node.task else None
    if step is not None and step[1] != MAP and call_id:
        step = (step[0], f"{step[1]}?{urlencode({'call': call_id})}")
    return {
        "entry": entry,
        "source": readable(entry.answer.source) if entry else "",
        "answer_title": title(node.answer) if node.answer else "",
        "step": step,
        "undone": title(node.task) if node.task and step is None and node.task not in SAID_ALREADY else "",
        "on_map": step is not None and step[1] == MAP,
    }
