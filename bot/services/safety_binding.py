"""Proving that a work number is yours: a one-time code that the company or the console gives out.

Never by name or number alone. A code is 8 digits, kept as a salted scrypt hash, valid for `CODE_LIFE`, dead
after `CODE_ATTEMPTS` wrong tries or one right one; a person has `PERSON_ATTEMPTS` wrong tries a day over all
work numbers. A wrong number, a wrong code and a dead code look alike from outside.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.clock import Clock
from bot.services.errors import Invalid, NotFound, WrongState
from bot.storage.base import Database
from bot.storage.safety import BindAttempt, EducationBooking, WorkBinding, WorkCode

CODE_LIFE = timedelta(days=7)
CODE_DIGITS = 8
CODE_ATTEMPTS = 5
PERSON_ATTEMPTS = 10


class TooManyAttempts(WrongState):
    """The person tried too often today."""


class WorkBindings:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def issue(self, work_no: str, company: str, issued_by: str) -> str:
        """A fresh code for a work number; earlier ones of that number die. The code is shown once, here."""
        code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
        salt, now = secrets.token_hex(16), self._clock.now()
        async with self._db.write() as session:
            await session.execute(
                update(WorkCode)
                .where(WorkCode.work_no == fold(work_no), WorkCode.closed_at.is_(None))
                .values(closed_at=now)
            )
            session.add(
                WorkCode(
                    work_no=fold(work_no),
                    company=company,
                    salt=salt,
                    code_hash=_hash(code, salt),
                    issued_by=issued_by,
                    issued_at=now,
                    expires_at=now + CODE_LIFE,
                )
            )
        return code

    async def bind(self, person_id: str, work_no: str, code: str) -> WorkBinding:
        """Bind a work number to a person, in place of whatever either was bound to.

        Invalid (field `code`) for a number and code that do not fit; TooManyAttempts.
        """
        async with self._db.write() as session:
            now = self._clock.now()
            if await self._failures(session, person_id, now) >= PERSON_ATTEMPTS:
                raise TooManyAttempts("bind")
            binding = await self._try(session, person_id, fold(work_no), code, now)
        if binding is None:
            raise Invalid("code", "工号和绑定码要对得上，绑定码 7 天内有效")
        return binding

    async def of(self, person_id: str) -> WorkBinding:
        """The person's work number. NotFound when none is bound."""
        async with self._db.read() as session:
            binding = await session.get(WorkBinding, person_id)
        if binding is None:
            raise NotFound("binding")
        return binding

    async def is_bound(self, work_no: str) -> bool:
        """Whether somebody has proved the number to be theirs."""
        async with self._db.read() as session:
            found = await session.scalar(select(WorkBinding.work_no).where(WorkBinding.work_no == fold(work_no)))
        return found is not None

    async def unbind(self, person_id: str) -> None:
        async with self._db.write() as session:
            await session.execute(delete(WorkBinding).where(WorkBinding.person_id == person_id))
            await session.execute(delete(BindAttempt).where(BindAttempt.person_id == person_id))

    async def _failures(self, session: AsyncSession, person_id: str, now: datetime) -> int:
        count = await session.scalar(
            select(func.count())
            .select_from(BindAttempt)
            .where(BindAttempt.person_id == person_id, BindAttempt.at > now - timedelta(days=1))
        )
        return count or 0

    async def _try(
        self, session: AsyncSession, person_id: str, work_no: str, code: str, now: datetime
    ) -> WorkBinding | None:
        found = await session.scalar(
            select(WorkCode)
            .where(
                WorkCode.work_no == work_no,
                WorkCode.closed_at.is_(None),
                WorkCode.expires_at > now,
                WorkCode.attempts < CODE_ATTEMPTS,
            )
            .order_by(WorkCode.id.desc())
            .limit(1)
            .with_for_update()
        )
        # without a code the same work is done, so that the time taken says nothing about the number
        expected, salt = (found.code_hash, found.salt) if found else ("", secrets.token_hex(16))
        right = hmac.compare_digest(_hash(code, salt), expected)
        if found is None or not right:
            session.add(BindAttempt(person_id=person_id, at=now))
            if found is not None:
                found.attempts += 1
            return None
        found.closed_at = now
        await session.execute(
            delete(WorkBinding).where((WorkBinding.work_no == work_no) | (WorkBinding.person_id == person_id))
        )
        binding = WorkBinding(person_id=person_id, work_no=work_no, company=found.company, bound_at=now)
        session.add(binding)
        await session.flush()
        await _take_over(session, binding)
        return binding


async def _take_over(session: AsyncSession, binding: WorkBinding) -> None:
    """A session that staff gave to the number is from now on the person's, unless they have one of their own."""
    own = select(EducationBooking.id).where(EducationBooking.one_key == binding.person_id)
    if await session.scalar(own) is None:
        await session.execute(
            update(EducationBooking)
            .where(EducationBooking.one_key == f"work:{binding.work_no}")
            .values(person_id=binding.person_id, one_key=binding.person_id)
        )


def fold(work_no: str) -> str:
    """A work number as it is kept: capitals, no blanks."""
    return "".join(work_no.split()).upper()


def _hash(code: str, salt: str) -> str:
    return hashlib.scrypt(code.encode(), salt=bytes.fromhex(salt), n=2**12, r=8, p=1, dklen=32).hex()
