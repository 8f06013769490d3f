"""Reference data: the tables behind the answers about places, hours, windows and places left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import quote

from aiohttp import web
from sqlalchemy import func, select

from bot.console.asked import page_of
from bot.console.imports import Section, add_imports, download
from bot.console.live import watch
from bot.console.registry import Staff, page
from bot.console.render import redirect, render
from bot.geo.boundary import kunshan
from bot.geo.places import gazetteer
from bot.services.errors import AlreadyExists, NotFound, WrongState
from bot.services.import_spec import Column, ListOf, OneOf, Spec, clock_time, day, district, district_names, yes_no
from bot.services.reference_desk import KEPT, Row, RowInvalid, StaleRow, spec_of
from bot.services.reference_words import choices, words_of
from bot.storage.reference import DataVersion
from bot.web.keys import SERVICES

PREFIX = "/console/reference"
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("驿站和饮品", ("stations", "services", "drink-machines")),
    ("货车", ("berths", "passage-rules", "plating-windows")),
    ("维权", ("dispute_windows", "mediators")),
    (
        "医院、银行、安全学习",
        ("hospital-channels", "hospital-closures", "bank-outlets", "education-sites", "education-slots"),
    ),
    ("文体和妇女", ("discounts", "library-stations", "micro-homes")),
)
KINDS = tuple(kind for _, kinds in GROUPS for kind in kinds)
NOT_LISTED = frozenset({"lng", "lat", "provenance", "detail"})
LONG = frozenset({"provenance", "detail", "source", "reason"})
MOST_CHOICES = 60  # rows of another table that are offered as boxes to tick
NOTES = {
    "hospital-channels": "名额和时刻只管还没放出的日期；已放出的日期到“预约”里改。全年名额改了马上算数。",
    "education-slots": "已经生成的场次（未来两周）不变，之后的按这里来。",
}
WIDTH, HEIGHT = 400, 590  # of the drawing, in its own units
SQUEEZE = 0.8545  # cos 31.3°: a degree of longitude here is that much of one of latitude


watch(
    "reference",
    select(func.sum(DataVersion.version)).where(DataVersion.kind.startswith("table:")),
    permission="reference.view",
)
SECTION = Section(PREFIX, "reference", "资料", KINDS, "reference.edit", lambda kind: f"{PREFIX}/{kind}")
add_imports(SECTION)


@dataclass(frozen=True)
class Input:
    """How a column is asked for. `kind`: text, area, one, many, yes, day, time."""

    column: Column
    kind: str
    options: Sequence[tuple[str, str]] = ()


@page("GET", PREFIX, permission="reference.view")
async def index(request: web.Request, staff: Staff) -> web.Response:
    tables = {one.spec.kind: one for one in await request.app[SERVICES].reference.tables(KINDS)}
    groups = [(title, [tables[kind] for kind in kinds]) for title, kinds in GROUPS]
    return render(request, "reference/index.html", here="reference", groups=groups)


@page("GET", PREFIX + "/{kind}", permission="reference.view")
async def table(request: web.Request, staff: Staff) -> web.Response:
    spec = _spec(request)
    search, demo = request.query.get("q", "").strip()[:60], request.query.get("demo") == "1"
    found = await request.app[SERVICES].reference.page(spec.kind, search=search, demo=demo, page=page_of(request))
    offered = {
        column.name: dict(await _offered(request, spec, column))
        for column in spec.columns
        if column.attribute in spec.references
    }
    return render(
        request,
        "reference/table.html",
        here="reference",
        spec=spec,
        columns=[column for column in spec.columns if column.name not in NOT_LISTED],
        found=found,
        search=search,
        demo=demo,
        query={"q": search, **({"demo": "1"} if demo else {})},
        row_path=row_path,
        in_words=lambda column, cell: _in_words(spec, column, cell, offered.get(column.name)),
        editing=staff.may("reference.edit"),
        has_source=any(column.name == "provenance" for column in spec.columns),
    )


@page("GET", PREFIX + "/{kind}/export", permission="reference.edit")
async def export(request: web.Request, staff: Staff) -> web.Response:
    spec, form = _spec(request), request.query.get("as", "csv")
    if form not in ("csv", "xlsx"):
        raise NotFound(form)
    rows = await request.app[SERVICES].reference.table(spec.kind, staff.actor)
    return await download(spec.title, form, {spec.title: rows})


@page("GET", PREFIX + "/{kind}/new", permission="reference.edit")
async def new(request: web.Request, staff: Staff) -> web.Response:
    spec = _spec(request)
    blank = {column.name: _default(column) for column in spec.columns}
    return await _form(request, spec, None, blank)


@page("POST", PREFIX + "/{kind}/new", permission="reference.edit")
async def add(request: web.Request, staff: Staff) -> web.Response:
    spec = _spec(request)
    cells = _cells(spec, await request.post())
    desk = request.app[SERVICES].reference
    try:
        row = await desk.save(spec.kind, None, cells, "", staff.actor)
    except RowInvalid as error:
        return await _form(request, spec, None, cells, errors=error.problems, status=422)
    except AlreadyExists:
        row = await desk.row(spec.kind, "~".join(cells[_name(spec, attribute)] for attribute in spec.key))
        if row.cells != cells:  # else it was a second click
            taken = {_name(spec, spec.key[0]): "已经有这一行了，去改那一行，或者换个编号"}
            return await _form(request, spec, None, cells, errors=taken, status=409)
    return redirect(request, row_path(row), notice="已新增，机器人马上按它回答。")


@page("GET", PREFIX + "/{kind}/row/{row}", permission="reference.view")
async def one(request: web.Request, staff: Staff) -> web.Response:
    spec = _spec(request)
    row = await request.app[SERVICES].reference.row(spec.kind, request.match_info["row"])
    return await _form(request, spec, row, row.cells)


@page("POST", PREFIX + "/{kind}/row/{row}", permission="reference.edit")
async def save(request: web.Request, staff: Staff) -> web.Response:
    spec, form = _spec(request), await request.post()
    row_id, cells = request.match_info["row"], _cells(spec, form)
    desk = request.app[SERVICES].reference
    try:
        row = await desk.save(spec.kind, row_id, cells, str(form.get("basis", "")), staff.actor)
    except RowInvalid as error:
        held = await desk.row(spec.kind, row_id)
        basis = str(form.get("basis", ""))
        return await _form(request, spec, held, cells, errors=error.problems, basis=basis, status=422)
    except StaleRow:
        return await _form(request, spec, await desk.row(spec.kind, row_id), cells, stale=True, status=409)
    return redirect(request, row_path(row), notice="已保存，机器人马上按它回答。")


@page("POST", PREFIX + "/{kind}/row/{row}/remove", permission="reference.edit")
async def remove(request: web.Request, staff: Staff) -> web.Response:
    spec, form = _spec(request), await request.post()
    row_id, desk = request.match_info["row"], request.app[SERVICES].reference
    try:
        await desk.remove(spec.kind, row_id, str(form.get("basis", "")), staff.actor)
    except StaleRow:
        row = await desk.row(spec.kind, row_id)
        return await _form(request, spec, row, row.cells, stale=True, status=409)
    except WrongState:
        row = await desk.row(spec.kind, row_id)
        kept = {_name(spec, spec.key[0]): "别的数据还在用它，不能删；可以把状态改成关闭"}
        return await _form(request, spec, row, row.cells, errors=kept, status=409)
    return redirect(request, f"{PREFIX}/{spec.kind}", notice="已删除。")


def row_path(row: Row) -> str:
    return f"{PREFIX}/{row.kind}/row/{quote(row.id, safe='~')}"


def _spec(request: web.Request) -> Spec:
    kind = request.match_info["kind"]
    if kind not in KINDS:
        raise NotFound(kind)
    return spec_of(kind)


def _name(spec: Spec, attribute: str) -> str:
    return next(column.name for column in spec.columns if column.attribute == attribute)


def _default(column: Column) -> str:
    if isinstance(column.default, bool):
        return "1" if column.default else "0"
    return str(column.default) if isinstance(column.default, str | int) else ""


def _in_words(spec: Spec, column: Column, cell: str, names: Mapping[str, str] | None = None) -> str:
    if column.read is yes_no:
        return {"1": "是", "0": "否"}.get(cell, cell)
    words = names or words_of(spec.kind, column)
    return "、".join(words.get(part, part) for part in cell.split("|"))


def _cells(spec: Spec, form: Any) -> dict[str, str]:
    """What was typed, as an import file would have it."""
    cells = {}
    for column in spec.columns:
        sent = [str(value).strip()[:2000] for value in form.getall(column.name, [])]
        cells[column.name] = "|".join(part for part in sent if part)
    return cells


async def _form(
    request: web.Request,
    spec: Spec,
    row: Row | None,
    cells: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    basis: str | None = None,
    stale: bool = False,
    status: int = 200,
) -> web.Response:
    inputs = [await _input(request, spec, column) for column in spec.columns]
    here = [(column, row.cells[column.name]) for column in spec.columns] if row and stale else []
    return render(
        request,
        "reference/row.html",
        status=status,
        here="reference",
        spec=spec,
        row=row,
        cells=cells,
        inputs=inputs,
        errors=errors or {},
        basis=basis if basis is not None else row.basis if row else "",
        newer=[
            (c.label, _in_words(spec, c, v), _in_words(spec, c, cells[c.name])) for c, v in here if v != cells[c.name]
        ],
        stale=stale,
        note=NOTES.get(spec.kind, ""),
        key_names=[_name(spec, attribute) for attribute in spec.key],
        may_remove=row is not None and spec.kind not in KEPT,
        picture=await _picture(request, spec, cells) if spec.point else None,
        action=row_path(row) if row else f"{PREFIX}/{spec.kind}/new",
    )


async def _input(request: web.Request, spec: Spec, column: Column) -> Input:
    named = tuple(words_of(spec.kind, column).items())
    if column.attribute in spec.references:
        offered = await _offered(request, spec, column)
        if offered:
            return Input(column, "many" if isinstance(column.read, ListOf) else "one", offered)
    if isinstance(column.read, OneOf):
        return Input(column, "one", named)
    if choices(column):
        return Input(column, "many", named)
    if column.read is district:
        return Input(column, "one", [(name, name) for name in district_names()])
    for reader, kind in ((yes_no, "yes"), (day, "day"), (clock_time, "time")):
        if column.read is reader:
            return Input(column, kind)
    return Input(column, "area" if column.name in LONG else "text")


async def _offered(request: web.Request, spec: Spec, column: Column) -> list[tuple[str, str]]:
    """(code, name) of the rows a column may point at; none when they are too many to choose from."""
    model, target = spec.references[column.attribute]
    held: Any = model
    async with request.app[SERVICES].db.read() as session:
        rows = await session.execute(select(getattr(held, target), held.name).order_by(held.id).limit(MOST_CHOICES + 1))
        found = [(code, name) for code, name in rows.tuples()]
    return found if len(found) <= MOST_CHOICES else []


# -- the drawing: our own boundary, names to find one's way, the rows of the table -------------------------------


@dataclass(frozen=True)
class Outline:
    """The city in units of the drawing; the scale turns units back into WGS-84 degrees."""

    left: float
    top: float
    per_x: float
    per_y: float
    rings: tuple[str, ...]
    towns: tuple[tuple[str, float, float], ...]

    def at(self, lng: float, lat: float) -> tuple[float, float]:
        return round((lng - self.left) / self.per_x, 1), round((self.top - lat) / self.per_y, 1)


@cache
def _outline() -> Outline:
    west, south, east, north = kunshan().bbox
    across = (east - west) * 1.08
    unit = across * SQUEEZE / WIDTH  # degrees of latitude
    left, top = (west + east - across) / 2, (south + north + unit * HEIGHT) / 2
    bare = Outline(left, top, unit / SQUEEZE, unit, (), ())
    rings = tuple(" ".join(f"{x},{y}" for x, y in (bare.at(*corner) for corner in ring)) for ring in kunshan().rings)
    towns = tuple(
        (place.name, *bare.at(*place.point))
        for place in gazetteer().places
        if place.kind == "district" and not place.outside and place.point is not None
    )
    return replace(bare, rings=rings, towns=towns)


async def _picture(request: web.Request, spec: Spec, cells: Mapping[str, str]) -> dict[str, Any]:
    """The outline, the rows of the table as one path of dots, the point of this row."""
    outline = _outline()
    try:
        now = outline.at(float(cells["lng"]), float(cells["lat"]))
    except ValueError:
        now = None
    others = [outline.at(lng, lat) for lng, lat in await request.app[SERVICES].reference.points(spec.kind)]
    dots = "".join(f"M{x} {y}h0" for x, y in others)
    return {"width": WIDTH, "height": HEIGHT, "outline": outline, "dots": dots, "now": now}
