"""昆小哥学堂: interest in enrolling, claims of the subsidy (seed article, initiative 07). Sums: `subsidy`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import notices, outbox
from bot.services.clock import Clock
from bot.services.errors import AlreadyExists, Invalid, NotFound, WrongState
from bot.services.submissions import check_seen, create_once, numbered, own
from bot.services.subsidy import LEVELS
from bot.storage.base import Database
from bot.storage.school import SchoolClaim, SchoolEnrolment

Fit = Literal["fits", "lacks", "has_already", "unknown"]

_RANK = {
    "primary": 0,
    "junior_high": 1,
    "senior_high": 2,
    "vocational": 2,
    "junior_college": 3,
    "bachelor": 4,
    "postgraduate": 5,
}
_NEEDS = {"junior_college": 2, "bachelor": 3}
_GIVES = {"junior_college": 3, "bachelor": 4}

CHECKLIST = ("diploma", "tuition_receipt", "id_card", "bank_card", "work_proof", "union_proof")
"""Papers to have at hand. What is really asked for has not been published: the school's word counts."""

ENROLMENT_STEPS = {
    "new": {"contacted", "enrolled", "declined"},
    "contacted": {"enrolled", "declined"},
}
CLAIM_STEPS = {
    "preparing": {"submitted"},
    "submitted": {"returned", "approved"},
    "returned": {"submitted"},
    "approved": {"paid"},
}


def fit(level: str, schooling: str | None) -> Fit:
    """Whether a schooling opens a level: 大专 asks for 高中/中专, 本科 for 专科.

    江苏开放大学's usual rule (facts 3.7, one source: the notice of the term counts). `has_already`: a diploma
    of that level or higher is there, so this would be a second degree, which the subsidy leaves out.
    """
    if schooling is None or schooling not in _RANK:
        return "unknown"
    if _RANK[schooling] < _NEEDS[level]:
        return "lacks"
    return "has_already" if _RANK[schooling] >= _GIVES[level] else "fits"


class SchoolService:
    """Registrations are followed up by the school's staff; nothing here is a place at the university."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    # -- enrolling -----------------------------------------------------------------------------------------

    async def enrol(
        self,
        person_id: str,
        level: str,
        phone: str,
        *,
        major: str | None = None,
        schooling: str | None = None,
        key: str | None = None,
    ) -> SchoolEnrolment:
        """Register an interest.

        AlreadyExists when that phone is registered for that level: `existing` is the registration if it is
        this person's, None if another person made it. Invalid for a level that is none.
        """
        if level not in LEVELS:
            raise Invalid("level", "大专或本科")
        now = self._clock.now()
        one_key = f"{phone}:{level}"

        async def build(session: AsyncSession) -> SchoolEnrolment:
            existing = await _enrolment_by(session, one_key=one_key)
            if existing is not None:
                session.expunge(existing)  # else the rollback would empty it
                raise AlreadyExists(level, existing if existing.person_id == person_id else None)
            return SchoolEnrolment(
                number=numbered("BM", now.date()),
                person_id=person_id,
                level=level,
                major=major,
                schooling=schooling,
                phone=phone,
                one_key=one_key,
                source_key=key,
                created_at=now,
                changed_at=now,
            )

        return await create_once(self._db, SchoolEnrolment, key, build)

    async def enrolments(self, person_id: str) -> list[SchoolEnrolment]:
        """The person's registrations that were not withdrawn, the latest first."""
        async with self._db.read() as session:
            rows = await session.scalars(
                select(SchoolEnrolment)
                .where(SchoolEnrolment.person_id == person_id, SchoolEnrolment.status != "withdrawn")
                .order_by(SchoolEnrolment.created_at.desc())
            )
            return list(rows)

    async def withdraw(self, person_id: str, number: str) -> SchoolEnrolment:
        """Take a registration back; twice is the same as once. NotFound."""
        async with self._db.write() as session:
            enrolment = await own(session, SchoolEnrolment, person_id, number)
            enrolment.status, enrolment.one_key, enrolment.changed_at = "withdrawn", None, self._clock.now()
        return enrolment

    async def set_enrolment_status(self, number: str, status: str, *, seen: datetime | None = None) -> SchoolEnrolment:
        """Staff: contacted, enrolled or declined; the person is told. NotFound, WrongState."""
        now = self._clock.now()
        async with self._db.write() as session:
            enrolment = await _enrolment_by(session, number=number)
            if enrolment is None:
                raise NotFound(number)
            if enrolment.status == status:
                return enrolment
            check_seen(enrolment.changed_at, seen)
            if status not in ENROLMENT_STEPS.get(enrolment.status, set()):
                raise WrongState(f"{enrolment.status} → {status}")
            enrolment.status, enrolment.changed_at = status, now
            if enrolment.person_id is not None:
                await outbox.enqueue(
                    session,
                    person_id=enrolment.person_id,
                    text=notices.enrolment_changed(number, status),
                    key=f"enrolment:{enrolment.id}:{status}",
                )
        return enrolment

    # -- claiming ------------------------------------------------------------------------------------------

    async def open_claim(
        self,
        person_id: str,
        level: str,
        *,
        tuition_fen: int | None = None,
        union_member: bool | None = None,
        key: str | None = None,
    ) -> SchoolClaim:
        """Start the checklist of a claim; the claim there is already is returned with the new values."""
        if level not in LEVELS:
            raise Invalid("level", "大专或本科")
        now = self._clock.now()

        async def build(session: AsyncSession) -> SchoolClaim:
            claim = await _claim_of(session, person_id, level) or SchoolClaim(
                number=numbered("BM", now.date()),
                person_id=person_id,
                level=level,
                documents=[],
                status="preparing",
                one_key=f"{person_id}:{level}",
                source_key=key,
                created_at=now,
            )
            if claim.status in ("preparing", "returned"):
                claim.tuition_fen = tuition_fen if tuition_fen is not None else claim.tuition_fen
                claim.union_member = union_member if union_member is not None else claim.union_member
            claim.changed_at = now
            return claim

        return await create_once(self._db, SchoolClaim, key, build)

    async def tick_document(self, person_id: str, number: str, document: str, there: bool = True) -> SchoolClaim:
        """Note that a paper of the checklist is at hand (or is not). NotFound, Invalid, WrongState."""
        if document not in CHECKLIST:
            raise Invalid("document", "清单里的材料")
        async with self._db.write() as session:
            claim = await own(session, SchoolClaim, person_id, number)
            if claim.status not in ("preparing", "returned"):
                raise WrongState(claim.status)
            had = set(claim.documents) | {document} if there else set(claim.documents) - {document}
            claim.documents = [name for name in CHECKLIST if name in had]
            claim.changed_at = self._clock.now()
        return claim

    async def claims(self, person_id: str) -> list[SchoolClaim]:
        async with self._db.read() as session:
            rows = await session.scalars(
                select(SchoolClaim).where(SchoolClaim.person_id == person_id).order_by(SchoolClaim.created_at.desc())
            )
            return list(rows)

    async def set_claim_status(
        self, number: str, status: str, note: str = "", *, seen: datetime | None = None
    ) -> SchoolClaim:
        """Staff: submitted, returned, approved or paid; the person is told. NotFound, WrongState."""
        now = self._clock.now()
        async with self._db.write() as session:
            claim = await session.scalar(select(SchoolClaim).where(SchoolClaim.number == number))
            if claim is None:
                raise NotFound(number)
            if claim.status == status:
                return claim
            check_seen(claim.changed_at, seen)
            if status not in CLAIM_STEPS.get(claim.status, set()):
                raise WrongState(f"{claim.status} → {status}")
            claim.status, claim.note, claim.changed_at = status, note, now
            if claim.person_id is not None:
                await outbox.enqueue(
                    session,
                    person_id=claim.person_id,
                    text=notices.claim_changed(number, status, note),
                    key=f"claim:{claim.id}:{status}:{_stamp(now)}",
                )
        return claim

    async def forget(self, person_id: str) -> None:
        """Erase the person: open registrations are withdrawn, owner and phone go from all of them."""
        now = self._clock.now()
        async with self._db.write() as session:
            for row in await session.scalars(select(SchoolEnrolment).where(SchoolEnrolment.person_id == person_id)):
                row.status = "withdrawn" if row.status in ("new", "contacted") else row.status
                row.person_id = row.phone = row.one_key = None
                row.changed_at = now
            for claim in await session.scalars(select(SchoolClaim).where(SchoolClaim.person_id == person_id)):
                claim.person_id = claim.one_key = None
                claim.changed_at = now


def missing_documents(claim: SchoolClaim) -> list[str]:
    """What of the checklist is not at hand; proof of membership only matters to the union's award."""
    award = claim.level == "bachelor" and claim.union_member
    wanted = [document for document in CHECKLIST if document != "union_proof" or award]
    return [document for document in wanted if document not in claim.documents]


def _stamp(moment: datetime) -> str:
    return f"{moment.timestamp():.0f}"


async def _enrolment_by(session: AsyncSession, **attributes: str) -> SchoolEnrolment | None:
    found: SchoolEnrolment | None = await session.scalar(select(SchoolEnrolment).filter_by(**attributes))
    return found


async def _claim_of(session: AsyncSession, person_id: str, level: str) -> SchoolClaim | None:
    found: SchoolClaim | None = await session.scalar(
        select(SchoolClaim).where(SchoolClaim.one_key == f"{person_id}:{level}")
    )
    return found
