"""The answers of the question topics: those that come with the program, and edits that a second person approved.

An edit waits until someone else than its author approves it; then it is live in chat and console of every
process within a second (`Snapshot` counter `ANSWERS`, watched by `bot.dialogue.answers`). A rollback is an edit
like any other. Nothing is ever changed or deleted: an older version is superseded.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.knowledge.answers import Answer, answers, payloads
from bot.knowledge.hotlines import unknown_numbers
from bot.knowledge.topics import title, topics
from bot.services.audit import Actor, AuditService
from bot.services.clock import Clock
from bot.services.errors import Invalid, NotFound, WrongState
from bot.services.reference import Snapshot, bump, version_of
from bot.storage.base import Database
from bot.storage.knowledge import AnswerVersion

ANSWERS = "answers"
TEXT_MIN, TEXT_MAX = 10, 600
BUTTONS_MAX, TITLE_MAX = 6, 12


class StaleEdit(WrongState):
    """Someone else changed the answer in between; look at it again."""


class SamePerson(WrongState):
    """An edit is approved by someone else than its author."""


@dataclass(frozen=True)
class Entry:
    """A topic's answer as it is in use. `number`: of its version, 0 for the one of the program."""

    answer: Answer
    number: int
    pending: AnswerVersion | None
    overdue: bool

    @property
    def topic(self) -> str:
        return self.answer.topic

    @property
    def title(self) -> str:
        return title(self.answer.topic)

    @property
    def initiative(self) -> int:
        return topics()[self.answer.topic].initiative


class KnowledgeService:
    def __init__(self, db: Database, clock: Clock, audit: AuditService) -> None:
        self._db, self._clock, self._audit = db, clock, audit
        self._live = Snapshot(db, ANSWERS, _load_live)

    # -- reading ---------------------------------------------------------------------------------------------------

    async def entries(self, *, search: str = "", initiative: int | None = None) -> list[Entry]:
        """Every answer in use, in the order of the topics; `search` in title, text, source, unit and owner."""
        live, pending, today = await self._live.get(), await self._pending(), self._clock.now().date()
        found = []
        for topic in topics():
            if topic not in answers():
                continue
            entry = _entry(topic, live.get(topic), pending.get(topic), today)
            if initiative is not None and entry.initiative != initiative:
                continue
            if _contains(entry, search):
                found.append(entry)
        return found

    async def entry(self, topic: str) -> Entry:
        """NotFound for what is no question topic."""
        if topic not in answers():
            raise NotFound(topic)
        live, pending = await self._live.get(), await self._pending(topic)
        return _entry(topic, live.get(topic), pending.get(topic), self._clock.now().date())

    async def overdue(self) -> list[Entry]:
        """Answers whose review date has come, the oldest first."""
        late = [entry for entry in await self.entries() if entry.overdue]
        return sorted(late, key=lambda entry: entry.answer.review)

    async def history(self, topic: str) -> list[AnswerVersion]:
        """All edits of a topic, newest first."""
        query = select(AnswerVersion).where(AnswerVersion.topic == topic).order_by(AnswerVersion.number.desc())
        async with self._db.read() as session:
            return list(await session.scalars(query))

    async def waiting(self) -> list[AnswerVersion]:
        """Edits that wait for a second person, oldest first."""
        return sorted((await self._pending()).values(), key=lambda row: row.created_at)

    async def version(self, version_id: str) -> AnswerVersion:
        """NotFound."""
        async with self._db.read() as session:
            return await _get(session, version_id)

    async def live(self) -> Mapping[str, AnswerVersion]:
        """Topic → approved edit, for those whose answer is not the one of the program."""
        return await self._live.get()

    async def counter(self) -> int:
        """Moves whenever `live` may have changed."""
        async with self._db.read() as session:
            return await version_of(session, ANSWERS)

    async def answer_of(self, topic: str, number: int) -> Answer:
        """The answer of a version; 0 is the one of the program. NotFound."""
        if topic not in answers():
            raise NotFound(topic)
        if number == 0:
            return answers()[topic]
        async with self._db.read() as session:
            row = await session.scalar(
                select(AnswerVersion).where(AnswerVersion.topic == topic, AnswerVersion.number == number)
            )
        if row is None:
            raise NotFound(f"{topic} {number}")
        return as_answer(row)

    # -- changing --------------------------------------------------------------------------------------------------

    async def propose(self, answer: Answer, *, basis: int, note: str, actor: Actor) -> AnswerVersion:
        """Put an edit up for approval. Invalid; StaleEdit when `basis` is no longer in use; WrongState when another
        edit of the topic waits (one's own is replaced)."""
        if answer.topic not in answers():
            raise NotFound(answer.topic)
        checked = check_answer(answer, self._clock.now().date())
        now = self._clock.now()
        async with self._change(answer.topic) as session:
            live = await session.scalar(select(AnswerVersion).where(AnswerVersion.live_key == answer.topic))
            if (live.number if live else 0) != basis:
                raise StaleEdit(answer.topic)
            if checked == (as_answer(live) if live else answers()[answer.topic]):
                raise Invalid("text", "和现在用的一样，没有改动")
            waiting = await session.scalar(
                select(AnswerVersion).where(AnswerVersion.open_key == answer.topic).with_for_update()
            )
            if waiting is not None:
                if waiting.author_id != actor.id:
                    raise WrongState("another edit waits")
                if as_answer(waiting) == checked and waiting.note == note.strip()[:400]:
                    return waiting  # sent twice
                _close(waiting, "superseded")
                await session.flush()
            highest = await session.scalar(
                select(func.max(AnswerVersion.number)).where(AnswerVersion.topic == answer.topic)
            )
            row = AnswerVersion(
                topic=checked.topic,
                number=(highest or 0) + 1,
                basis=basis,
                text=checked.text,
                buttons=[{"title": name, "payload": payload} for name, payload in checked.buttons],
                source=checked.source,
                unit=checked.unit,
                owner=checked.owner,
                effective=checked.effective,
                review=checked.review,
                note=note.strip()[:400],
                author_id=actor.id or "",
                author=actor.name,
                created_at=now,
                open_key=checked.topic,
            )
            session.add(row)
            await session.flush()
            self._audit.record(session, actor, "answer.propose", "answer", row.topic, number=row.number)
        return row

    async def roll_back(self, topic: str, number: int, *, basis: int, note: str, actor: Actor) -> AnswerVersion:
        """Propose what an earlier version said, with a review date that has not passed."""
        old, today = await self.answer_of(topic, number), self._clock.now().date()
        current = (await self.entry(topic)).answer
        dates = replace(old, effective=today, review=max(old.review, current.review))
        return await self.propose(dates, basis=basis, note=note or f"回到第 {number} 版", actor=actor)

    async def approve(self, version_id: str, *, actor: Actor, note: str = "") -> AnswerVersion:
        """Make an edit live. NotFound, SamePerson; WrongState when it no longer waits, StaleEdit when the answer it
        was written over is no longer the one in use, Invalid when it has become wrong (its review date passed)."""
        now = self._clock.now()
        async with self._change(version_id) as session:
            row = await _get(session, version_id, lock=True)
            if row.state != "pending":
                raise WrongState(row.state)
            if row.author_id == actor.id:
                raise SamePerson(row.id)
            live = await session.scalar(
                select(AnswerVersion).where(AnswerVersion.live_key == row.topic).with_for_update()
            )
            if (live.number if live else 0) != row.basis:
                raise StaleEdit(row.topic)
            check_answer(as_answer(row), now.date())
            if live is not None:
                _close(live, "superseded")
                await session.flush()
            row.state, row.open_key, row.live_key = "approved", None, row.topic
            row.decided_by_id, row.decided_by, row.decided_at = actor.id, actor.name, now
            row.decision = note.strip()[:400]
            await bump(session, ANSWERS, now)
            self._audit.record(session, actor, "answer.approve", "answer", row.topic, number=row.number)
        return row

    async def reject(self, version_id: str, *, actor: Actor, note: str) -> AnswerVersion:
        """Turn an edit down, or take one's own back. NotFound, Invalid without a reason, WrongState."""
        if not note.strip():
            raise Invalid("note", "写一句为什么不用")
        async with self._db.write() as session:
            row = await _get(session, version_id, lock=True)
            if row.state != "pending":
                raise WrongState(row.state)
            _close(row, "rejected")
            row.decided_by_id, row.decided_by, row.decided_at = actor.id, actor.name, self._clock.now()
            row.decision = note.strip()[:400]
            self._audit.record(session, actor, "answer.reject", "answer", row.topic, number=row.number)
        return row

    @asynccontextmanager
    async def _change(self, what: str) -> AsyncIterator[AsyncSession]:
        """A transaction; another at the same moment that takes the same number or place makes this one stale."""
        try:
            async with self._db.write() as session:
                yield session
        except IntegrityError as error:
            raise StaleEdit(what) from error

    async def _pending(self, topic: str | None = None) -> dict[str, AnswerVersion]:
        query = select(AnswerVersion).where(AnswerVersion.open_key.is_not(None))
        if topic is not None:
            query = query.where(AnswerVersion.open_key == topic)
        async with self._db.read() as session:
            return {row.topic: row for row in await session.scalars(query)}


def check_answer(answer: Answer, today: date) -> Answer:
    """The answer without blanks around its parts. Invalid names the field and what it must be."""
    text = "\n".join(line.strip() for line in answer.text.replace("\r", "").strip().split("\n"))
    if not TEXT_MIN <= len(text) <= TEXT_MAX:
        raise Invalid("text", f"{TEXT_MIN} 到 {TEXT_MAX} 个字，现在 {len(text)} 个")
    numbers = unknown_numbers(text)
    if numbers:
        raise Invalid("text", f"“{numbers[0]}”不是公布过的公共热线，不能写进答案；请写 12345 这样的热线")
    facts = {"source": answer.source, "unit": answer.unit, "owner": answer.owner}
    for field, value in facts.items():
        if not value.strip():
            raise Invalid(field, "不能是空的：没有出处和负责人的话不能上线")
    if len(answer.unit) > 120 or len(answer.owner) > 60:
        raise Invalid("unit", "太长了")
    if answer.review <= max(today, answer.effective):
        raise Invalid("review", "复核日期要晚于今天，也晚于生效日期")
    return replace(
        answer,
        text=text,
        buttons=tuple(_check_button(name.strip(), payload.strip()) for name, payload in _few(answer.buttons)),
        source=answer.source.strip(),
        unit=answer.unit.strip(),
        owner=answer.owner.strip(),
    )


def _few(buttons: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    if len(buttons) > BUTTONS_MAX:
        raise Invalid("buttons", f"最多 {BUTTONS_MAX} 个按钮")
    return buttons


def _check_button(name: str, payload: str) -> tuple[str, str]:
    if not 1 <= len(name) <= TITLE_MAX:
        raise Invalid("buttons", f"按钮上的字要 1 到 {TITLE_MAX} 个")
    if payload.removeprefix("/") not in topics() and payload not in payloads():
        raise Invalid("buttons", f"按钮“{name}”没有选好要去哪里")
    return name, payload


def as_answer(row: AnswerVersion) -> Answer:
    return Answer(
        topic=row.topic,
        text=row.text,
        buttons=tuple((button["title"], button["payload"]) for button in row.buttons),
        source=row.source,
        unit=row.unit,
        owner=row.owner,
        effective=row.effective,
        review=row.review,
    )


def _entry(topic: str, live: AnswerVersion | None, pending: AnswerVersion | None, today: date) -> Entry:
    answer = as_answer(live) if live else answers()[topic]
    return Entry(answer, live.number if live else 0, pending, answer.review <= today)


def _contains(entry: Entry, search: str) -> bool:
    answer = entry.answer
    whole = "\n".join((entry.title, answer.topic, answer.text, answer.source, answer.unit, answer.owner)).lower()
    return all(word in whole for word in search.lower().split())


async def _load_live(session: AsyncSession) -> Mapping[str, AnswerVersion]:
    rows = await session.scalars(select(AnswerVersion).where(AnswerVersion.live_key.is_not(None)))
    return {row.topic: row for row in rows if row.topic in answers()}


async def _get(session: AsyncSession, version_id: str, *, lock: bool = False) -> AnswerVersion:
    query = select(AnswerVersion).where(AnswerVersion.id == version_id)
    row = await session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound(version_id)
    return row


def _close(row: AnswerVersion, state: str) -> None:
    row.state, row.open_key, row.live_key = state, None, None
