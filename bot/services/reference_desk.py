"""Reference data in the console: found, looked at, one row changed, with the same rules as `nuanxin import`.

A change keeps where the row came from and adds who changed it and when. Rows carry no time of their last change, so
a form is made from a digest of the row: whoever saves over a newer state is told so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, false, func, insert, literal, or_, select, union_all
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import importing
from bot.services.audit import Actor, AuditService
from bot.services.clock import SHANGHAI, Clock
from bot.services.errors import AlreadyExists, Invalid, NotFound, WrongState
from bot.services.exporting import cell_text, table_of
from bot.services.import_spec import Spec, Values
from bot.services.importing import SPECS, Datum, ImportReport, table_version
from bot.services.reference import bump
from bot.services.reference_words import words_of
from bot.storage.base import Database
from bot.storage.reference import DEMO_PREFIX, DataVersion

PAGE = 50  # rows
_MARK = re.compile(r"[；;]?\s*\d{4}-\d\d-\d\d \d\d:\d\d 由 \S+ 改$")
KEPT = frozenset({"services", "hospital-channels"})
"""Tables whose rows other data hang on by their code: changed, never removed."""


class StaleRow(WrongState):
    """Someone else changed the row in between."""


class RowInvalid(Invalid):
    """`problems`: column → what it must be."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(*next(iter(problems.items())))
        self.problems = dict(problems)


@dataclass(frozen=True)
class TableInfo:
    """A table: how many rows, how many of them demo, when it last changed (None: not since it is counted)."""

    spec: Spec
    rows: int
    demo: int
    changed_at: datetime | None


@dataclass(frozen=True)
class Row:
    """One row. `cells` by column name, as an import file has them, without the mark of the last change."""

    kind: str
    id: str
    cells: dict[str, str]
    basis: str
    demo: bool
    changed: str = ""
    point: tuple[float, float] | None = None


@dataclass(frozen=True)
class RowPage:
    rows: Sequence[Row]
    total: int
    page: int
    pages: int = field(default=1)


def spec_of(kind: str) -> Spec:
    """NotFound for a table that is none, or that is not one row a row."""
    spec = SPECS.get(kind)
    if spec is None or spec.store is not None:
        raise NotFound(kind)
    return spec


class ReferenceDesk:
    def __init__(self, db: Database, clock: Clock, audit: AuditService) -> None:
        self._db, self._clock, self._audit = db, clock, audit

    # -- reading -----------------------------------------------------------------------------------------------

    async def tables(self, kinds: Sequence[str]) -> list[TableInfo]:
        """What there is of each kind, in one query."""
        specs = [spec_of(kind) for kind in kinds]
        counts = []
        for spec in specs:
            provenance = getattr(spec.model, "provenance", None)
            is_demo = provenance.startswith(DEMO_PREFIX) if provenance is not None else false()
            demo = func.coalesce(func.sum(case((is_demo, 1), else_=0)), 0)
            counts.append(select(literal(spec.kind).label("kind"), func.count(), demo).select_from(spec.model))
        async with self._db.read() as session:
            times = {row.kind: row.changed_at for row in await session.scalars(select(DataVersion))}
            found = {kind: (rows, int(demo)) for kind, rows, demo in await session.execute(union_all(*counts))}
        return [TableInfo(spec, *found[spec.kind], times.get(table_version(spec.kind))) for spec in specs]

    async def page(self, kind: str, *, search: str = "", demo: bool = False, page: int = 1) -> RowPage:
        """Rows by key; `search`: all of its words, in any column. `demo`: the demo rows only."""
        spec = spec_of(kind)
        model: Any = spec.model
        query = select(model)
        for word in search.split():
            query = query.where(or_(*_holding(spec, word)))
        if demo and hasattr(model, "provenance"):
            query = query.where(model.provenance.startswith(DEMO_PREFIX))
        async with self._db.read() as session:
            total = await session.scalar(select(func.count()).select_from(query.subquery())) or 0
            pages = max(1, -(-total // PAGE))
            page = min(max(1, page), pages)
            order = [getattr(model, attribute) for attribute in spec.key]
            rows = await session.scalars(query.order_by(*order).limit(PAGE).offset((page - 1) * PAGE))
            return RowPage([_row(spec, row) for row in rows], total, page, pages)

    async def row(self, kind: str, row_id: str) -> Row:
        """NotFound."""
        spec = spec_of(kind)
        async with self._db.read() as session:
            return _row(spec, await _find(session, spec, row_id))

    async def points(self, kind: str) -> list[tuple[float, float]]:
        """(lng, lat) of every row with a point, in WGS-84 degrees; to find one's way on the drawing."""
        spec = spec_of(kind)
        if not spec.point:
            return []
        model: Any = spec.model
        async with self._db.read() as session:
            rows = await session.execute(select(model.lng, model.lat).where(model.lng.is_not(None)))
            return [(lng, lat) for lng, lat in rows.tuples()]

    async def table(self, kind: str, actor: Actor, *, rows: bool = True) -> list[list[Any]]:
        """The table to be downloaded, the header alone as a form to fill in."""
        spec = spec_of(kind)
        if rows:
            await self._audit.note(actor, "reference.export", "reference", kind)
        async with self._db.read() as session:
            return await table_of(session, spec, rows=rows)

    # -- changing ----------------------------------------------------------------------------------------------

    async def save(self, kind: str, row_id: str | None, cells: Mapping[str, str], basis: str, actor: Actor) -> Row:
        """Write one row, a new one when `row_id` is None. RowInvalid, StaleRow, NotFound, AlreadyExists.

        The key of a row cannot change: other data and people know it by that.
        """
        spec = spec_of(kind)
        try:
            return await self._save(spec, row_id, cells, basis, actor)
        except IntegrityError as error:  # another has just added the same
            raise AlreadyExists(kind, None) from error

    async def _save(self, spec: Spec, row_id: str | None, cells: Mapping[str, str], basis: str, actor: Actor) -> Row:
        now, kind = self._clock.now(), spec.kind
        async with self._db.write() as session:
            held = await _find(session, spec, row_id, lock=True) if row_id is not None else None
            values = await _checked(session, spec, cells)
            if held is not None and any(_differs(spec, held, values, attribute) for attribute in spec.key):
                raise RowInvalid({_name(spec, spec.key[0]): "编号不能改；要换编号就新增一行"})
            if held is None and await _with_key(session, spec, values) is not None:
                raise AlreadyExists(kind, values)
            changed = [name for name, value in values.items() if held is None or _plain(held, name) != value]
            if held is not None and not changed:
                return _row(spec, held)  # a second click
            if held is not None and _row(spec, held).basis != basis:
                raise StaleRow(kind)
            if "provenance" in values:
                values["provenance"] = _marked(values["provenance"], actor, now)
            if held is None:
                await session.execute(insert(spec.model), [values])
                held = await _with_key(session, spec, values)
            else:
                for name, value in values.items():
                    setattr(held, name, value)
                await session.flush()
            await self._touched(session, spec, now)
            saved = _row(spec, held)
            action = "reference.add" if row_id is None else "reference.edit"
            self._audit.record(session, actor, action, "reference", _object(saved), columns=sorted(changed))
        return saved

    async def remove(self, kind: str, row_id: str, basis: str, actor: Actor) -> None:
        """Take a row out. NotFound, StaleRow; WrongState when other data hang on it."""
        spec = spec_of(kind)
        if kind in KEPT:
            raise WrongState(kind)
        try:
            async with self._db.write() as session:
                held = await _find(session, spec, row_id, lock=True)
                row = _row(spec, held)
                if row.basis != basis:
                    raise StaleRow(kind)
                await session.delete(held)
                await session.flush()
                await self._touched(session, spec, self._clock.now())
                self._audit.record(session, actor, "reference.remove", "reference", _object(row))
        except IntegrityError as error:
            raise WrongState(kind) from error

    async def import_table(
        self, kind: str, table: list[list[str]], actor: Actor, *, datum: Datum, replace: bool, dry_run: bool
    ) -> ImportReport:
        """As `nuanxin import`; the audit has what a real one did."""
        spec = spec_of(kind)
        options: dict[str, Any] = {"datum": datum, "replace": replace, "clock": self._clock}
        if dry_run:
            return await importing.import_table(self._db, spec, table, dry_run=True, **options)
        async with self._audit.of(actor, "reference.import", "reference", kind, replace=replace, rows=len(table) - 1):
            return await importing.import_table(self._db, spec, table, **options)

    async def _touched(self, session: AsyncSession, spec: Spec, now: datetime) -> None:
        for version in (*spec.versions, table_version(spec.kind)):
            await bump(session, version, now)


def _holding(spec: Spec, word: str) -> list[ColumnElement[bool]]:
    """Where a column holds the word, or a code whose word of ours holds it."""
    found: list[ColumnElement[bool]] = []
    for column in spec.columns:
        cell = cast(getattr(spec.model, column.attribute), String)
        found.append(cell.icontains(word, autoescape=True))
        found += [
            cell.contains(code, autoescape=True)
            for code, name in words_of(spec.kind, column).items()
            if word in name and word != code
        ]
    return found


def _row(spec: Spec, held: Any) -> Row:
    cells = {column.name: cell_text(getattr(held, column.attribute)) for column in spec.columns}
    digest = hashlib.sha256("\x1f".join(cells.values()).encode()).hexdigest()[:16]
    source = cells.get("provenance", "")
    mark = _MARK.search(source)
    if mark:
        cells["provenance"] = source[: mark.start()]
    point = (held.lng, held.lat) if spec.point and held.lng is not None else None
    return Row(
        spec.kind,
        "~".join(cell_text(getattr(held, attribute)) for attribute in spec.key),
        cells,
        digest,
        source.startswith(DEMO_PREFIX),
        mark[0].strip("；; ") if mark else "",
        point,
    )


def _object(row: Row) -> str:
    return f"{row.kind}/{row.id}"[:80]


def _name(spec: Spec, attribute: str) -> str:
    return next(column.name for column in spec.columns if column.attribute == attribute)


async def _find(session: AsyncSession, spec: Spec, row_id: str, *, lock: bool = False) -> Any:
    parts = row_id.split("~")
    if len(parts) != len(spec.key):
        raise NotFound(row_id)
    query = select(spec.model)
    columns = {column.attribute: column for column in spec.columns}
    for attribute, part in zip(spec.key, parts, strict=True):
        try:
            value = columns[attribute].read(part) if part else None
        except ValueError:
            raise NotFound(row_id) from None
        query = query.where(getattr(spec.model, attribute) == value)
    held = await session.scalar(query.with_for_update() if lock else query)
    if held is None:
        raise NotFound(row_id)
    return held


async def _with_key(session: AsyncSession, spec: Spec, values: Values) -> Any:
    query = select(spec.model)
    for attribute in spec.key:
        query = query.where(getattr(spec.model, attribute) == values[attribute])
    return await session.scalar(query)


async def _checked(session: AsyncSession, spec: Spec, cells: Mapping[str, str]) -> Values:
    """The values of one row, read by the importer. RowInvalid."""
    names = [column.name for column in spec.columns]
    table = [names, [cells.get(name, "").strip() for name in names]]
    values, errors = await importing.read_one(session, spec, table)
    if errors:
        problems: dict[str, str] = {}
        for error in errors:
            problems.setdefault(error.column or names[0], error.must)
        raise RowInvalid(problems)
    return values


def _differs(spec: Spec, held: Any, values: Values, attribute: str) -> bool:
    return bool(getattr(held, attribute) != values[attribute])


def _plain(held: Any, attribute: str) -> Any:
    """What stands there, a source without the mark of its last change."""
    value = getattr(held, attribute)
    return _MARK.sub("", value) if attribute == "provenance" else value


def _marked(source: str, actor: Actor, now: datetime) -> str:
    mark = f"{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M} 由 {actor.name} 改"
    return f"{_MARK.sub('', source)}；{mark}" if source else mark
