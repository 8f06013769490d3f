"""Editing the trees of guided questions: the text with its faults by line, the outline, versions, rollback."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.console import compare
from bot.console.filled import Filled, filled
from bot.console.registry import Staff, page
from bot.console.render import redirect, render
from bot.knowledge.guided import TASKS, BadTree, Node, Tree, read_tree
from bot.knowledge.initiatives import initiatives
from bot.knowledge.topics import title, topics
from bot.services.errors import Invalid, NotFound
from bot.services.guided import SOURCE_LIMIT, Held
from bot.services.knowledge import StaleEdit
from bot.web.keys import SERVICES

TREES = "/console/guided/trees"
_LINE = re.compile(r"第 (\d+) 行")


@dataclass(frozen=True)
class Twig:
    """A node as the outline shows it: how it is reached, what it is, what is below; `seen`: drawn further up."""

    say: str
    node: Node
    seen: bool
    below: tuple[Twig, ...]


@dataclass(frozen=True)
class Fault:
    """`line`: from 1, 0 for the whole; `text`: what stands there."""

    line: int
    said: str
    text: str


@page("GET", TREES, permission="guided.edit")
async def trees(request: web.Request, staff: Staff) -> web.Response:
    guided = request.app[SERVICES].guided
    held = await guided.trees()
    last = {one.name: next(iter(await guided.history(one.name)), None) for one in held}
    return render(request, "guided_edit/trees.html", here="guided_edit", trees=held, last=last)


@page("GET", f"{TREES}/{{name}}", permission="guided.edit")
async def tree(request: web.Request, staff: Staff) -> web.Response:
    held = await request.app[SERVICES].guided.tree(request.match_info["name"])
    return await _page(request, held, held.source)


async def _page(
    request: web.Request,
    held: Held,
    source: str,
    *,
    status: int = 200,
    note: str = "",
    failure: str = "",
    conflict: list[compare.Piece] | None = None,
) -> web.Response:
    return render(
        request,
        "guided_edit/tree.html",
        here="guided_edit",
        status=status,
        held=held,
        source=source,
        note=note,
        failure=failure,
        conflict=conflict,
        history=await request.app[SERVICES].guided.history(held.name),
        initiative=next(one for one in initiatives() if one.number == held.tree.initiative),
        limit=SOURCE_LIMIT,
        tasks=[(name, title(name)) for name in sorted(TASKS)],
        answers=[(one.name, one.title) for one in topics().values() if one.is_question],
        **_checked(source),
    )


@page("POST", f"{TREES}/{{name}}/check", permission="guided.edit")
async def check(request: web.Request, staff: Staff) -> web.Response:
    """What is wrong with the text as it is typed, or its outline."""
    await request.app[SERVICES].guided.tree(request.match_info["name"])
    return render(request, "guided_edit/_checked.html", **_checked(_source(await filled(request))))


@page("POST", f"{TREES}/{{name}}", permission="guided.edit")
async def save(request: web.Request, staff: Staff) -> web.Response:
    guided, form = request.app[SERVICES].guided, await filled(request)
    held, source, note = await guided.tree(request.match_info["name"]), _source(form), form.text("note", 400)
    try:
        saved = await guided.save(held.name, source, basis=_number(form, "basis"), note=note, actor=staff.actor)
    except BadTree as error:
        failure = "没有保存：先改好下面列出的地方。"
        if not _checked(source)["faults"]:  # sound by itself, but not in the place of this tree
            failure = f"没有保存：{'；'.join(error.faults)}。"
        return await _page(request, held, source, status=422, note=note, failure=failure)
    except Invalid as error:
        return await _page(request, held, source, status=422, note=note, failure=f"没有保存：{error.reason}。")
    except StaleEdit:
        newest = await guided.tree(held.name)
        failure = f"您打开以后别人保存了第 {newest.number} 版，您的没有保存。您写的都还在；对照下面的差别合并好再保存。"
        pieces = compare.by_line(source, newest.source)
        return await _page(request, newest, source, status=409, note=note, failure=failure, conflict=pieces)
    return redirect(request, f"{TREES}/{held.name}", f"第 {saved.number} 版已保存，新的来电马上用它。")


@page("POST", f"{TREES}/{{name}}/rollback", permission="guided.edit")
async def roll_back(request: web.Request, staff: Staff) -> web.Response:
    guided, form = request.app[SERVICES].guided, await filled(request)
    held, number = await guided.tree(request.match_info["name"]), _number(form, "number")
    source = await guided.source(held.name, number)
    try:
        saved = await guided.save(
            held.name, source, basis=_number(form, "basis"), note=f"回到第 {number} 版", actor=staff.actor
        )
    except BadTree as error:
        failure = f"第 {number} 版现在不能用了：{'；'.join(error.faults)}"
        return await _page(request, held, held.source, status=422, failure=failure)
    except StaleEdit:
        failure = "别人刚保存了新的一版，没有回退。看最新的再决定。"
        newest = await guided.tree(held.name)
        return await _page(request, newest, newest.source, status=409, failure=failure)
    return redirect(request, f"{TREES}/{held.name}", f"回到了第 {number} 版（存成第 {saved.number} 版）。")


@page("GET", f"{TREES}/{{name}}/versions/{{number}}", permission="guided.edit")
async def version(request: web.Request, staff: Staff) -> web.Response:
    """One version, and what it changed of the one before."""
    guided, number = request.app[SERVICES].guided, request.match_info["number"]
    held = await guided.tree(request.match_info["name"])
    if not (number.isascii() and number.isdigit() and len(number) < 7):
        raise NotFound(number)
    source = await guided.source(held.name, int(number))
    before = await guided.source(held.name, int(number) - 1) if int(number) else source
    row = next((one for one in await guided.history(held.name) if one.number == int(number)), None)
    return render(
        request,
        "guided_edit/version.html",
        here="guided_edit",
        held=held,
        number=int(number),
        row=row,
        source=source,
        pieces=compare.by_line(before, source),
    )


def _source(form: Filled) -> str:
    """One sign more than is allowed stays, so that a text that is too long is refused and not cut."""
    return form.text("source", SOURCE_LIMIT + 1)


def _number(form: Filled, name: str) -> int:
    given = form.text(name, 9)
    if not (given.isascii() and given.isdigit()):
        raise Invalid(name, "页面不完整，请刷新再改")
    return int(given)


def _checked(source: str) -> dict[str, Any]:
    """`faults` of the text, or the `outline` of a sound one."""
    try:
        read = read_tree(source)
    except BadTree as error:
        return {"faults": [_fault(said, source) for said in error.faults], "outline": None, "read": None}
    return {"faults": [], "outline": outline(read), "read": read, "title_of": _titles(read)}


def _fault(said: str, source: str) -> Fault:
    found, lines = _LINE.match(said), source.splitlines()
    line = int(found[1]) if found else 0
    return Fault(line, said, lines[line - 1].strip() if 0 < line <= len(lines) else "")


def _titles(read: Tree) -> Mapping[str, str]:
    return {name: title(name) for node in read.nodes.values() for name in (node.answer, node.task) if name}


def outline(read: Tree) -> Twig:
    """The whole tree from its start; a node that several answers lead to is drawn out once."""
    seen: set[str] = set()

    def twig(key: str, say: str) -> Twig:
        node = read.nodes[key]
        if key in seen and not node.is_end:
            return Twig(say, node, True, ())
        seen.add(key)
        return Twig(say, node, False, tuple(twig(option.to, option.say) for option in node.options))

    return twig(read.start, "")
