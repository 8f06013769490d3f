"""The feedback loop: questions the bot did badly on, given their right topic by people, back into the training data.

What is kept is without phones, cards and names. `note_turn` is called in the transaction that writes a turn of the
transcript; a seat records with `record_no_answer` what the answer desk had nothing for.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.knowledge.topics import topics
from bot.language import normalise, redact
from bot.services.audit import Actor, AuditService
from bot.services.clock import Clock
from bot.services.errors import Invalid, NotFound, WrongState
from bot.services.submissions import check_text
from bot.storage.base import Database
from bot.storage.knowledge import ReviewItem
from bot.storage.transcript import TranscriptTurn

RETRAINED = "review.retrain"  # what `nuanxin retrain` notes in the audit, for the review page
TEXT_LIMIT = 300
PAGE = 200  # items that are clustered together
ALIKE = 0.55  # cosine from which two questions are shown together
MEANT = timedelta(minutes=30)  # a complaint is about the turn before it, if that is not older
DOUBTFUL = 0.75  # a refusal as out of scope below this confidence is looked at by people

SURNAMES = "王李张刘陈杨黄赵吴周徐孙朱胡郭何林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘袁董余苏叶吕魏蒋田杜丁沈姜范傅钟卢汪戴崔任陆廖姚邱夏谭韦贾邹熊孟秦阎薛侯雷龙郝邵"
_OWN_NAME = re.compile(rf"((?:我叫|我是|名字叫|名字是|姓名(?:是|[:： ])?|本人)\s*)[{SURNAMES}][\u4e00-\u9fa5]{{1,2}}")
_TITLED = re.compile(rf"[{SURNAMES}][\u4e00-\u9fa5]?(?=师傅|先生|女士|小姐|经理|站长|老板|主任|大姐|大哥|阿姨)")
_DIGITS = re.compile(r"\d{6,}")
_MASKED_PHONE = re.compile(r"\d{3}\*{4}\d{4}")
STAND_IN = "13800138000"  # a carrier's own service number, put where a person's phone was


def anonymous(text: str) -> str:
    """One line without phones, cards, identity numbers, long numbers, and names where they show as such."""
    line = " ".join(redact(text.replace("\x00", "")).split())
    line = _OWN_NAME.sub(r"\1某某", line)
    line = _TITLED.sub("某", line)
    return _DIGITS.sub(lambda found: "*" * len(found[0]), line)[:TEXT_LIMIT]


async def note_turn(session: AsyncSession, turn: TranscriptTurn, *, guess: str, in_form: bool) -> None:
    """Put the turn, or the one it complains about, up for review if it calls for it. `guess`: what an unsure
    model leaned to; `in_form`: an answer to a form's question, which holds personal data and is no question."""
    if turn.text.startswith("/"):
        return
    if turn.topic == "bot_feedback":
        await _note_disliked(session, turn)
    elif in_form:
        return
    elif turn.topic == "nlu_fallback" or (turn.topic == "out_of_scope" and turn.confidence < DOUBTFUL):
        await session.flush()
        session.add(_item(turn, "low_confidence", guess or turn.topic))


async def _note_disliked(session: AsyncSession, complaint: TranscriptTurn) -> None:
    await session.flush()
    before = await session.scalar(
        select(TranscriptTurn)
        .where(TranscriptTurn.person_id == complaint.person_id, TranscriptTurn.id < complaint.id)
        .order_by(TranscriptTurn.id.desc())
        .limit(1)
    )
    if before is None or complaint.at - before.at > MEANT or before.text.startswith("/"):
        return
    if before.topic in ("bot_feedback", "inform", "affirm", "deny", "emergency", "crisis"):
        return
    known = await session.scalar(select(ReviewItem).where(ReviewItem.turn_id == before.id))
    if known is None:
        session.add(_item(before, "disliked", before.topic))
    elif known.state == "open":
        known.reason = "disliked"


def _item(turn: TranscriptTurn, reason: str, guess: str) -> ReviewItem:
    return ReviewItem(
        text=anonymous(turn.text),
        guess="" if guess == "nlu_fallback" else guess[:60],
        confidence=turn.confidence,
        reason=reason,
        turn_id=turn.id,
        created_at=turn.at,
    )


@dataclass(frozen=True)
class Cluster:
    """Questions that say much the same; `leader` came first."""

    items: tuple[ReviewItem, ...]

    @property
    def leader(self) -> ReviewItem:
        return self.items[0]

    @property
    def guesses(self) -> list[str]:
        """What the model took them for, the most frequent first."""
        return [guess for guess, _ in Counter(item.guess for item in self.items if item.guess).most_common()]


class ReviewService:
    def __init__(self, db: Database, clock: Clock, audit: AuditService) -> None:
        self._db, self._clock, self._audit = db, clock, audit

    async def record_no_answer(
        self, text: str, staff: Actor, *, guess: str = "", confidence: float = 0.0
    ) -> ReviewItem:
        """A caller's question that the desk had no fitting answer for. Invalid when empty."""
        item = ReviewItem(
            text=check_text("text", anonymous(text), TEXT_LIMIT),
            guess=guess[:60],
            confidence=confidence,
            reason="no_answer",
            recorded_by=staff.name,
            created_at=self._clock.now(),
        )
        async with self._db.write() as session:
            session.add(item)
            await session.flush()
            self._audit.record(session, staff, "review.record", "review", item.id)
        return item

    async def open(self, *, reason: str = "", limit: int = PAGE) -> list[ReviewItem]:
        """What waits, newest first."""
        return await self._in_state("open", reason, limit)

    async def labelled(self, limit: int = 10_000) -> list[ReviewItem]:
        """What has its topic and was not exported yet."""
        return await self._in_state("labelled", "", limit)

    async def done(self, limit: int = PAGE) -> list[ReviewItem]:
        """What was decided last."""
        query = (
            select(ReviewItem).where(ReviewItem.state != "open").order_by(ReviewItem.reviewed_at.desc()).limit(limit)
        )
        async with self._db.read() as session:
            return list(await session.scalars(query))

    async def counts(self) -> dict[str, int]:
        """Items by state."""
        async with self._db.read() as session:
            rows = await session.execute(select(ReviewItem.state, func.count()).group_by(ReviewItem.state))
            return {state: int(count) for state, count in rows.all()}

    async def exported(self, limit: int = 10_000) -> list[ReviewItem]:
        """What went into a file, the latest decision first."""
        query = select(ReviewItem).where(ReviewItem.state == "exported").order_by(ReviewItem.reviewed_at.desc())
        async with self._db.read() as session:
            return list(await session.scalars(query.limit(limit)))

    async def label(self, item_ids: Sequence[str], topic: str, *, actor: Actor, only_open: bool = False) -> int:
        """Say what these questions are about. Invalid for an unknown topic; NotFound; WrongState once exported, with
        `only_open` also when another has decided meanwhile."""
        if topic not in topics():
            raise Invalid("topic", "没有这个主题")
        return await self._decide(item_ids, "labelled", topic, actor, only_open)

    async def dismiss(self, item_ids: Sequence[str], *, actor: Actor, only_open: bool = False) -> int:
        """Nothing to be learned from these."""
        return await self._decide(item_ids, "dismissed", None, actor, only_open)

    async def undo(self, *, actor: Actor) -> list[ReviewItem]:
        """Take the person's own last decision back, all of it; empty when there is none left to take back."""
        own = (ReviewItem.reviewed_by == actor.name) & ReviewItem.state.in_(("labelled", "dismissed"))
        last = select(func.max(ReviewItem.reviewed_at)).where(own).scalar_subquery()
        async with self._db.read() as session:
            rows = list(await session.scalars(select(ReviewItem).where(own, ReviewItem.reviewed_at == last)))
        if rows:
            await self.reopen([row.id for row in rows], actor=actor)
        return rows

    async def reopen(self, item_ids: Sequence[str], *, actor: Actor) -> int:
        """Take a decision back; not once exported."""
        return await self._decide(item_ids, "open", None, actor)

    async def mark_exported(self, item_ids: Sequence[str], *, actor: Actor) -> list[ReviewItem]:
        """Those of the items that still have their topic, from now on exported."""
        async with self._db.write() as session:
            query = select(ReviewItem).where(ReviewItem.id.in_(item_ids), ReviewItem.state == "labelled")
            rows = list(await session.scalars(query.with_for_update()))
            for row in rows:
                row.state = "exported"
            self._audit.record(session, actor, "review.export", "review", count=len(rows))
        return rows

    async def forget(self, person_id: str) -> None:
        """Erase what came out of the person's turns and was not exported, which holds no trace of whose it was."""
        mine = select(TranscriptTurn.id).where(TranscriptTurn.person_id == person_id)
        async with self._db.write() as session:
            await session.execute(
                delete(ReviewItem).where(ReviewItem.turn_id.in_(mine), ReviewItem.state != "exported")
            )

    async def _in_state(self, state: str, reason: str, limit: int) -> list[ReviewItem]:
        query = select(ReviewItem).where(ReviewItem.state == state)
        if reason:
            query = query.where(ReviewItem.reason == reason)
        query = query.order_by(ReviewItem.created_at.desc(), ReviewItem.id).limit(limit)
        async with self._db.read() as session:
            return list(await session.scalars(query))

    async def _decide(
        self, item_ids: Sequence[str], state: str, topic: str | None, actor: Actor, only_open: bool = False
    ) -> int:
        now = self._clock.now()  # one moment for all: `undo` knows them by it
        async with self._db.write() as session:
            rows = list(await session.scalars(select(ReviewItem).where(ReviewItem.id.in_(item_ids)).with_for_update()))
            if not rows or len(rows) != len(set(item_ids)):
                raise NotFound("review item")
            for row in rows:
                if row.state == "exported" or (only_open and row.state != "open"):
                    raise WrongState(row.state)
                row.state, row.topic = state, topic
                row.reviewed_by = None if state == "open" else actor.name
                row.reviewed_at = None if state == "open" else now
                self._audit.record(session, actor, f"review.{state}", "review", row.id, topic=topic or "")
        return len(rows)


# -- clustering ----------------------------------------------------------------------------------------------------


def clusters(items: Iterable[ReviewItem]) -> list[Cluster]:
    """Greedy: each item, oldest first, joins the most alike leader or leads a new cluster. Largest first.

    Likeness is the cosine of counts of characters and pairs of them; only leaders that share a gram are looked at.
    """
    groups: list[list[ReviewItem]] = []
    holders: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for item in sorted(items, key=lambda one: (one.created_at, one.id)):
        grams = _grams(item.text)
        scores: dict[int, float] = defaultdict(float)
        for gram, weight in grams.items():
            for group, theirs in holders[gram]:
                scores[group] += weight * theirs
        best = max(scores, key=lambda group: (scores[group], -group), default=None)
        if best is not None and scores[best] >= ALIKE:
            groups[best].append(item)
            continue
        for gram, weight in grams.items():
            holders[gram].append((len(groups), weight))
        groups.append([item])
    found = [Cluster(tuple(group)) for group in groups]
    return sorted(found, key=lambda one: (-len(one.items), -one.leader.created_at.timestamp(), one.leader.id))


def _grams(text: str) -> dict[str, float]:
    """Characters and pairs, normalised to length 1."""
    folded = re.sub(r"[^\w]", "", normalise(text).text)
    counts = Counter([*folded, *(folded[start : start + 2] for start in range(len(folded) - 1))])
    length = sqrt(sum(count * count for count in counts.values())) or 1.0
    return {gram: count / length for gram, count in counts.items()}


# -- export --------------------------------------------------------------------------------------------------------

HEADER = 'version: "3.1"\nnlu:\n'


def as_training_data(pairs: Iterable[tuple[str, str]]) -> str:
    """(topic, text) pairs as a Rasa training file, each line once, topics in order."""
    lines: dict[str, dict[str, None]] = defaultdict(dict)
    for topic, text in pairs:
        line = _example(text)
        if line:
            lines[topic][line] = None
    order = {topic: place for place, topic in enumerate(topics())}
    blocks = [
        f"- intent: {topic}\n  examples: |\n" + "".join(f"    - {line}\n" for line in lines[topic])
        for topic in sorted(lines, key=lambda one: (order.get(one, len(order)), one))
    ]
    return HEADER + "".join(blocks) if blocks else HEADER.replace("nlu:\n", "nlu: []\n")


def _example(text: str) -> str:
    """One line that Rasa reads as plain text, with a stand-in where a phone was masked."""
    line = "".join(character for character in " ".join(text.split()) if character.isprintable())
    for sign, wide in zip("[](){}", "［］（）｛｝", strict=True):
        line = line.replace(sign, wide)
    return _MASKED_PHONE.sub(f"[{STAND_IN}](phone)", line).lstrip("/ ")
