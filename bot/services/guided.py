"""Guided questions during a call: the trees as an editor last saved them, and the path each call took.

A saved tree is in use at once, in every process; number 0 is the one that comes with the program. A call keeps
the version it began with, so that an edit does not pull the ground from under a seat that is talking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.knowledge.guided import BadTree, Node, Tree, built_in, read_tree
from bot.services.audit import Actor, AuditService
from bot.services.clock import Clock
from bot.services.errors import Invalid, NotFound
from bot.services.knowledge import StaleEdit
from bot.services.reference import Snapshot, bump
from bot.storage.base import Database
from bot.storage.knowledge import GuidedCall, GuidedVersion

TREES = "guided"
SOURCE_LIMIT = 20_000  # characters


@dataclass(frozen=True)
class Held:
    """A tree in use: its name, version number and YAML."""

    name: str
    number: int
    source: str
    tree: Tree


@dataclass(frozen=True)
class Walk:
    """Where a call is: the nodes passed, the last of them being the present one."""

    call: GuidedCall
    tree: Tree
    nodes: Sequence[Node]

    @property
    def here(self) -> Node:
        return self.nodes[-1]

    @property
    def said(self) -> list[tuple[str, str]]:
        """(question, answer picked) so far."""
        steps = zip(self.nodes, self.call.path, strict=False)
        return [(node.ask, node.options[int(step["answer"]) - 1].say) for node, step in steps]


class GuidedService:
    def __init__(self, db: Database, clock: Clock, audit: AuditService) -> None:
        self._db, self._clock, self._audit = db, clock, audit
        self._held = Snapshot(db, TREES, _load)

    async def trees(self) -> list[Held]:
        """All trees in use, by initiative."""
        return sorted((await self._held.get()).values(), key=lambda held: held.tree.initiative)

    async def tree(self, name: str) -> Held:
        """NotFound."""
        held = (await self._held.get()).get(name)
        if held is None:
            raise NotFound(name)
        return held

    async def history(self, name: str) -> list[GuidedVersion]:
        """All edits, newest first."""
        query = select(GuidedVersion).where(GuidedVersion.tree == name).order_by(GuidedVersion.number.desc())
        async with self._db.read() as session:
            return list(await session.scalars(query))

    async def source(self, name: str, number: int) -> str:
        """The YAML of a version. NotFound."""
        async with self._db.read() as session:
            return await _source(session, name, number)

    async def save(self, name: str, source: str, *, basis: int, note: str, actor: Actor) -> GuidedVersion:
        """Put a new version into use. BadTree; StaleEdit when `basis` is not the version in use any more; Invalid."""
        held = await self.tree(name)
        source = source.replace("\r\n", "\n").strip() + "\n"
        if len(source) > SOURCE_LIMIT:
            raise Invalid("source", f"最多 {SOURCE_LIMIT} 个字")
        tree = read_tree(source)
        if tree.initiative != held.tree.initiative:
            raise BadTree([f"initiative 要留着 {held.tree.initiative}"])
        now = self._clock.now()
        try:
            async with self._db.write() as session:
                query = select(func.max(GuidedVersion.number)).where(GuidedVersion.tree == name)
                newest = await session.scalar(query) or 0
                if newest != basis:
                    raise StaleEdit(name)
                if source == await _source(session, name, newest):
                    raise Invalid("source", "和现在用的一样，没有改动")
                row = GuidedVersion(
                    tree=name,
                    number=newest + 1,
                    source=source,
                    note=note.strip()[:400],
                    author_id=actor.id or "",
                    author=actor.name,
                    created_at=now,
                )
                session.add(row)
                await bump(session, TREES, now)
                self._audit.record(session, actor, "guided.save", "guided", name, number=row.number)
        except IntegrityError as error:
            raise StaleEdit(name) from error
        return row

    # -- calls -----------------------------------------------------------------------------------------------------

    async def begin(self, name: str, actor: Actor) -> GuidedCall:
        """A new walk through the tree in use. NotFound."""
        held, now = await self.tree(name), self._clock.now()
        call = GuidedCall(
            tree=name,
            number=held.number,
            staff_id=actor.id or "",
            staff=actor.name,
            path=[],
            started_at=now,
            changed_at=now,
        )
        if held.tree.nodes[held.tree.start].is_end:
            call.ended_in = held.tree.start
        async with self._db.write() as session:
            session.add(call)
        return call

    async def walk(self, call_id: str) -> Walk:
        """NotFound."""
        async with self._db.read() as session:
            call = await _call(session, call_id)
            tree = read_tree(await _source(session, call.tree, call.number))
        return _walk(call, tree)

    async def go(self, call_id: str, path: Sequence[int], *, actor: Actor) -> Walk:
        """The walk with these answers (1-based, from the start on): one more is a step, fewer is a step back.

        NotFound, also for another seat's call; Invalid off the tree.
        """
        async with self._db.write() as session:
            call = await _call(session, call_id, lock=True)
            if call.staff_id != actor.id:
                raise NotFound(call_id)
            tree = read_tree(await _source(session, call.tree, call.number))
            try:
                nodes = tree.walk(list(path))
            except ValueError as error:
                raise Invalid("path", "没有这个答案") from error
            call.path = [{"node": node.key, "answer": step} for node, step in zip(nodes, path, strict=False)]
            call.ended_in = nodes[-1].key if nodes[-1].is_end else None
            call.changed_at = self._clock.now()
        return Walk(call, tree, nodes)

    async def attach(self, call_id: str, kind: str, number: str, *, actor: Actor) -> GuidedCall:
        """Say what was opened for the caller at the end of the walk. NotFound."""
        async with self._db.write() as session:
            call = await _call(session, call_id, lock=True)
            if call.staff_id != actor.id:
                raise NotFound(call_id)
            call.result_kind, call.result_no, call.changed_at = kind, number, self._clock.now()
            self._audit.record(session, actor, "guided.result", kind, number, call=call_id)
        return call

    async def call_of(self, kind: str, number: str) -> Walk | None:
        """The walk that led to a ticket or booking, if any."""
        query = select(GuidedCall.id).where(GuidedCall.result_kind == kind, GuidedCall.result_no == number)
        async with self._db.read() as session:
            found = await session.scalar(query.order_by(GuidedCall.changed_at.desc()).limit(1))
        return await self.walk(found) if found else None

    async def calls(self, *, staff_id: str = "", tree: str = "", limit: int = 50) -> list[GuidedCall]:
        """The latest walks, newest first."""
        query = select(GuidedCall).order_by(GuidedCall.started_at.desc(), GuidedCall.id).limit(limit)
        if staff_id:
            query = query.where(GuidedCall.staff_id == staff_id)
        if tree:
            query = query.where(GuidedCall.tree == tree)
        async with self._db.read() as session:
            return list(await session.scalars(query))


def _walk(call: GuidedCall, tree: Tree) -> Walk:
    return Walk(call, tree, tree.walk([int(step["answer"]) for step in call.path]))


async def _load(session: AsyncSession) -> Mapping[str, Held]:
    newest = select(GuidedVersion.tree, func.max(GuidedVersion.number)).group_by(GuidedVersion.tree)
    numbers: dict[str, int] = dict((await session.execute(newest)).tuples().all())
    held: dict[str, Held] = {}
    for name in built_in():
        number = numbers.get(name, 0)
        source = await _source(session, name, number)
        held[name] = Held(name, number, source, read_tree(source))
    return held


async def _source(session: AsyncSession, name: str, number: int) -> str:
    if number == 0 and name in built_in():
        return built_in()[name]
    query = select(GuidedVersion.source).where(GuidedVersion.tree == name, GuidedVersion.number == number)
    source = await session.scalar(query)
    if source is None:
        raise NotFound(f"{name} {number}")
    return source


async def _call(session: AsyncSession, call_id: str, *, lock: bool = False) -> GuidedCall:
    query = select(GuidedCall).where(GuidedCall.id == call_id)
    call = await session.scalar(query.with_for_update() if lock else query)
    if call is None:
        raise NotFound(call_id)
    return call
