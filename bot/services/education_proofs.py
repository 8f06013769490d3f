"""What a rider can do for education in the chat: the law quiz and the signed pledge (seed, initiative 04).

Whether either counts as the education itself is the police's word: nothing here says it does.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.knowledge.quiz import QuizQuestion, quiz
from bot.services.clock import SHANGHAI, Clock
from bot.services.errors import Invalid, NotFound
from bot.services.submissions import create_once, numbered
from bot.storage.base import Database
from bot.storage.safety import QuizAttempt, SignedPledge, WorkBinding

QUIZ_LENGTH = 5
QUIZ_PASS = 4
PLEDGE_VERSION = "2026-11"
PLEDGE_TEXT = (
    "我承诺：骑行戴头盔；不闯红灯、不逆行、不走机动车道；骑行时不看手机；过人行横道下车推行；"
    "不超载、不改装、酒后不骑车；出了事故停车救人、保护现场、如实报警。"
)


@dataclass(frozen=True)
class QuizResult:
    """How far an attempt is. `passed` is None until all questions are answered."""

    attempt_id: str
    answered: int
    of: int
    correct: int
    passed: bool | None


class EducationProofs:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    # -- quiz ----------------------------------------------------------------------------------------------

    async def start_quiz(self, person_id: str) -> tuple[str, list[QuizQuestion]]:
        """A new attempt: its id and its questions, in an order of its own."""
        async with self._db.write() as session:
            attempt = QuizAttempt(person_id=person_id, questions=[], answers=[], started_at=self._clock.now())
            session.add(attempt)
            await session.flush()
            chosen = random.Random(attempt.id).sample(quiz(), QUIZ_LENGTH)  # noqa: S311 (no secret)
            attempt.questions = [question.code for question in chosen]
        return attempt.id, chosen

    async def answer_quiz(self, person_id: str, attempt_id: str, answers: Sequence[str]) -> QuizResult:
        """Hand in the answers so far ("A", "B" …, in the order of the questions). NotFound, Invalid."""
        by_code = {question.code: question for question in quiz()}
        async with self._db.write() as session:
            attempt = await session.get(QuizAttempt, attempt_id, with_for_update=True)
            if attempt is None or attempt.person_id != person_id:
                raise NotFound(attempt_id)
            questions = [by_code[code] for code in attempt.questions]
            if attempt.passed is None:
                answered = list(zip(questions, answers, strict=False))
                if len(answers) > len(questions) or any(a not in q.options for q, a in answered):
                    raise Invalid("answers", "选项里的字母")
                attempt.answers = list(answers)
                attempt.correct = sum(question.answer == answer for question, answer in answered)
                if len(answers) == len(questions):
                    attempt.passed = attempt.correct >= QUIZ_PASS
                    attempt.finished_at = self._clock.now()
        return QuizResult(attempt.id, len(attempt.answers), len(questions), attempt.correct, attempt.passed)

    # -- pledge --------------------------------------------------------------------------------------------

    async def sign_pledge(self, person_id: str, key: str | None = None) -> SignedPledge:
        """Sign the present text. Signing again the same day gives the same paper."""
        now = self._clock.now()

        async def build(session: AsyncSession) -> SignedPledge:
            start = datetime.combine(now.astimezone(SHANGHAI).date(), time(0), SHANGHAI)
            signed = await session.scalar(
                select(SignedPledge)
                .where(SignedPledge.person_id == person_id, SignedPledge.signed_at >= start)
                .limit(1)
            )
            bound = await session.get(WorkBinding, person_id)
            return signed or SignedPledge(
                number=numbered("BM", now.date()),
                person_id=person_id,
                work_no=bound.work_no if bound else None,
                version=PLEDGE_VERSION,
                text=PLEDGE_TEXT,
                source_key=key,
                signed_at=now,
            )

        return await create_once(self._db, SignedPledge, key, build)

    async def pledges(self, person_id: str) -> list[SignedPledge]:
        async with self._db.read() as session:
            rows = await session.scalars(
                select(SignedPledge).where(SignedPledge.person_id == person_id).order_by(SignedPledge.signed_at.desc())
            )
            return list(rows)

    async def forget(self, person_id: str) -> None:
        """Cut the link to the person; a pledge stays with the work number it was signed for."""
        async with self._db.write() as session:
            await session.execute(
                update(SignedPledge).where(SignedPledge.person_id == person_id).values(person_id=None)
            )
