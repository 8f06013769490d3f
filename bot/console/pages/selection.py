"""The selection for the tour card: figures in, weights tried and kept, the ranking with its ties, the result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.console.asked import number_of, page_of
from bot.console.imports import Section, add_imports, download
from bot.console.registry import Refused, Staff, page
from bot.console.render import redirect, render
from bot.services.culture import PARTS, Selection, weights_of
from bot.services.errors import AlreadyExists, Invalid, WrongState
from bot.services.reference_desk import RowInvalid, StaleRow
from bot.services.selection import METRICS, Published
from bot.web.keys import SERVICES

PREFIX = "/console/selection"
PAGE = 100
PART_NAMES = {"tenure": "服务时长", "orders": "派送单数", "satisfaction": "满意率"}
FIELDS = ("code", "name", *(f"{part}_weight" for part in PARTS), "cards", "starts_on", "provenance")


async def _closed(request: web.Request, kind: str) -> str:
    if kind == METRICS and await request.app[SERVICES].selection.metrics_closed():
        return "本轮结果已公布，评选数据不能再改；先撤回公布，或者开新一轮"
    return ""


add_imports(Section(PREFIX, "selection", "评选", (METRICS,), "selection.work", lambda kind: PREFIX, closed=_closed))


@page("GET", PREFIX, permission="selection.view")
async def ranking(request: web.Request, staff: Staff) -> web.Response:
    return await _page(request)


@page("GET", PREFIX + "/export", permission="selection.work")
async def export(request: web.Request, staff: Staff) -> web.Response:
    services = request.app[SERVICES]
    held = await services.culture.selection()
    await services.audit.note(staff.actor, "selection.export", "selection", held.round.code)
    head = ["名次", "并列人数", "工号", "单位", "服务月数", "派送单数", "满意率", *PART_NAMES.values(), "得分", "入选"]
    rows: list[list[Any]] = [head]
    for one in held.standings:
        row = one.metric
        rows.append([
            one.rank, one.tied, row.work_no, row.company, row.tenure_months, row.orders, row.satisfaction,
            *(one.parts[part] for part in PARTS), one.score, "是" if one.selected else "否",
        ])  # fmt: skip
    rule = [
        ["项目", "数值"],
        ["轮次", held.round.name],
        ["结果", "已公布" if held.round.final else "没有公布，不是结果"],
    ]
    rule += [[f"{PART_NAMES[part]}权重", str(weight)] for part, weight in weights_of(held.round).items()]
    rule += [["年卡张数", str(held.round.cards)]]
    if _demo(held):
        rule.append(["说明", "示例规则或示例数据，不是真实结果"])
    form = request.query.get("as", "xlsx")
    return await download(f"旅游年卡评选-{held.round.code}", form, {"名次": rows, "规则": rule})


@page("GET", PREFIX + "/round", permission="selection.work")
async def new_round(request: web.Request, staff: Staff) -> web.Response:
    return await _form(request, None, request.app[SERVICES].selection.next_round(), "")


@page("POST", PREFIX + "/round", permission="selection.work")
async def add_round(request: web.Request, staff: Staff) -> web.Response:
    cells, desk = _cells(await request.post()), request.app[SERVICES].selection
    try:
        await desk.save(None, cells, "", staff.actor)
    except RowInvalid as error:
        return await _form(request, None, cells, "", errors=error.problems, status=422)
    except AlreadyExists:
        return await _form(request, None, cells, "", errors={"code": "这个编号已经有一轮了"}, status=409)
    return redirect(request, PREFIX, notice="已开新一轮。开始日期到了就用它。")


@page("GET", PREFIX + "/round/{id}", permission="selection.work")
async def one_round(request: web.Request, staff: Staff) -> web.Response:
    row = await request.app[SERVICES].reference.row("tour-card-rounds", request.match_info["id"])
    return await _form(request, row.id, row.cells, row.basis)


@page("POST", PREFIX + "/round/{id}", permission="selection.work")
async def save_round(request: web.Request, staff: Staff) -> web.Response:
    form, code, desk = await request.post(), request.match_info["id"], request.app[SERVICES].selection
    cells, basis = _cells(form), str(form.get("basis", ""))
    try:
        await desk.save(code, cells, basis, staff.actor)
    except RowInvalid as error:
        return await _form(request, code, cells, basis, errors=error.problems, status=422)
    except StaleRow:
        newest = await request.app[SERVICES].reference.row("tour-card-rounds", code)
        return await _form(request, code, cells, newest.basis, newer=newest.cells, status=409)
    except Published:
        raise Refused(409, "这一轮已经公布，不能改。要改先撤回公布。") from None
    return redirect(request, PREFIX, notice="规则已保存，名次按新规则重排。")


@page("POST", PREFIX + "/round/{id}/{step}", permission="selection.work")
async def publish(request: web.Request, staff: Staff) -> web.Response:
    form, code, desk = await request.post(), request.match_info["id"], request.app[SERVICES].selection
    steps = {
        "publish": (desk.publish, "已公布。骑手问机器人，就会看到自己入选没有。"),
        "withdraw": (desk.withdraw, "已撤回公布。"),
    }
    if request.match_info["step"] not in steps:
        raise Invalid("step", "只能公布或撤回")
    work, notice = steps[request.match_info["step"]]
    try:
        await work(code, str(form.get("basis", "")), staff.actor)
    except StaleRow:
        raise Refused(409, "刚才有人改过这一轮，没有公布。请回到评选页看最新的规则和名次，再决定。") from None
    except WrongState:
        raise Refused(409, "只能公布正在进行的一轮，而且要先导入评选数据。") from None
    return redirect(request, PREFIX, notice=notice)


async def _page(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    tried, errors, held = await _tried(request)
    word = request.query.get("q", "").strip()[:60]
    rows = [
        one
        for one in held.standings
        if word.upper() in one.metric.work_no.upper() or (word and word in one.metric.company)
    ]
    pages = max(1, -(-len(rows) // PAGE))
    at = min(page_of(request), pages)
    return render(
        request,
        "selection/selection.html",
        status=422 if errors else 200,
        here="selection",
        held=held,
        rows=rows[(at - 1) * PAGE : at * PAGE],
        found=len(rows),
        page=at,
        pages=pages,
        word=word,
        tried=tried,
        errors=errors,
        parts=PART_NAMES,
        weights=weights_of(held.round),
        chosen=sum(one.selected for one in held.standings),
        demo=_demo(held),
        rounds=await services.selection.rounds(),
        row=await services.selection.row(held.round.code),
        query={name: value for name, value in request.query.items() if name != "page"},
    )


async def _tried(request: web.Request) -> tuple[dict[str, str], Mapping[str, str], Selection]:
    """(weights asked for, what is wrong with them, the ranking): with none asked for the one that counts."""
    services = request.app[SERVICES]
    names = [*(f"{part}_weight" for part in PARTS), "cards"]
    tried = {name: request.query[name].strip()[:6] for name in names if name in request.query}
    held = await services.culture.selection()
    if not tried:
        return {}, {}, held
    wrong = {name: "整数" for name in names if number_of(tried.get(name, ""), -1) < 0}
    if wrong:
        return tried, wrong, held
    try:
        weights = {part: int(tried[f"{part}_weight"]) for part in PARTS}
        return tried, {}, await services.selection.trial(weights, int(tried["cards"]))
    except RowInvalid as error:
        return tried, error.problems, held


def _demo(held: Selection) -> bool:
    return held.round.demo or any(one.metric.demo for one in held.standings)


def _cells(form: Any) -> dict[str, str]:
    return {name: str(form.get(name, "")).strip()[:600] for name in FIELDS}


async def _form(
    request: web.Request,
    code: str | None,
    cells: Mapping[str, str],
    basis: str,
    *,
    errors: Mapping[str, str] | None = None,
    newer: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    return render(
        request,
        "selection/round.html",
        status=status,
        here="selection",
        code=code,
        cells=cells,
        basis=basis,
        errors=errors or {},
        newer=newer or {},
        parts=PART_NAMES,
        action=f"{PREFIX}/round/{code}" if code else f"{PREFIX}/round",
    )
