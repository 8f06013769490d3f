"""“骑手姐姐”: micro-homes, the alliance and its survey of needs, screening sign-ups (seed, initiative 10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import import_spec as cell
from bot.services import notices, outbox
from bot.services.clock import Clock
from bot.services.errors import AlreadyExists, Invalid, NotFound, WrongState
from bot.services.import_spec import Column, Spec
from bot.services.sites import SiteDirectory, site_columns
from bot.services.submissions import check_seen, check_text, create_once, numbered, own
from bot.storage.base import Database
from bot.storage.women import AllianceMember, MicroHome, ScreeningSignup

HOMES = "micro_homes"
NEEDS = ("screening", "family", "tutoring", "mental_care", "legal", "other")
"""What the survey asks about: the four services of the seed, help with rights, and anything else."""
HOME_SERVICES = NEEDS[:4]
AGE_BANDS = ("under_35", "35_64", "over_64")
_OPEN_SIGNUP = ("new", "contacted", "scheduled")


def age_band(age: int) -> str:
    """35 to 64 is the range usual in Jiangsu (facts 3.6; Kunshan's own is not published)."""
    if not 10 <= age <= 110:
        raise Invalid("age", "10 到 110 岁之间")
    return "under_35" if age < 35 else "35_64" if age <= 64 else "over_64"


class WomenService:
    """Sign-ups are followed up by 市妇联; nothing here promises a date or a free test."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self.homes = SiteDirectory(db, HOMES, MicroHome)

    async def join(
        self,
        person_id: str,
        phone: str,
        *,
        district: str | None = None,
        needs: Sequence[str] = (),
        note: str = "",
        key: str | None = None,
    ) -> AllianceMember:
        """Join the alliance and say what is needed.

        A second time with the same phone updates one's own entry (needs are added, the rest is replaced);
        AlreadyExists, with `existing` None, when another person registered that phone.
        """
        wrong = [need for need in needs if need not in NEEDS]
        if wrong:
            raise Invalid("needs", "、".join(NEEDS))
        now = self._clock.now()

        async def build(session: AsyncSession) -> AllianceMember:
            member = await _member_by(session, one_key=phone)
            if member is not None and member.person_id != person_id:
                raise AlreadyExists("phone", None)
            if member is None:
                member = AllianceMember(
                    number=numbered("BM", now.date()),
                    person_id=person_id,
                    phone=phone,
                    needs=[],
                    note="",
                    one_key=phone,
                    source_key=key,
                    created_at=now,
                )
            had = {*member.needs, *needs}
            member.needs = [need for need in NEEDS if need in had]
            member.district = district or member.district
            member.note = check_text("note", note, 500, required=False) or member.note
            member.changed_at = now
            return member

        return await create_once(self._db, AllianceMember, key, build)

    async def memberships(self, person_id: str) -> list[AllianceMember]:
        async with self._db.read() as session:
            rows = await session.scalars(
                select(AllianceMember)
                .where(AllianceMember.person_id == person_id, AllianceMember.status != "left")
                .order_by(AllianceMember.created_at.desc())
            )
            return list(rows)

    async def leave(self, person_id: str, number: str) -> AllianceMember:
        """Leave the alliance; the phone is dropped. NotFound."""
        async with self._db.write() as session:
            member = await own(session, AllianceMember, person_id, number)
            member.status, member.phone, member.one_key = "left", None, None
            member.changed_at = self._clock.now()
        return member

    async def survey(self) -> dict[str, dict[str, int]]:
        """How many members named each need, by district ("" where none was given), for 市妇联."""
        counts: dict[str, dict[str, int]] = {}
        async with self._db.read() as session:
            members = await session.scalars(select(AllianceMember).where(AllianceMember.status != "left"))
            for member in members:
                row = counts.setdefault(member.district or "", dict.fromkeys(NEEDS, 0) | {"members": 0})
                row["members"] += 1
                for need in member.needs:
                    row[need] += 1
        return counts

    async def set_member_status(
        self, number: str, status: str, note: str = "", *, seen: datetime | None = None
    ) -> AllianceMember:
        """Staff: contacted or member; with a `note` the person is told. NotFound, Invalid, WrongState, Changed."""
        if status not in ("contacted", "member"):
            raise Invalid("status", "contacted 或 member")
        async with self._db.write() as session:
            member = await _member_by(session, number=number)
            if member is None:
                raise NotFound(number)
            key = f"alliance:{member.id}:{status}:{(seen or self._clock.now()).timestamp():.6f}"
            if (member.status == status and not note) or (seen and await outbox.is_there(session, key)):
                return member
            check_seen(member.changed_at, seen)
            if member.status == "left":
                raise WrongState(member.status)
            member.status, member.changed_at = status, self._clock.now()
            if note and member.person_id is not None:
                await outbox.enqueue(
                    session,
                    person_id=member.person_id,
                    text=notices.signup_changed(number, "互助联盟", note),
                    key=key,
                )
        return member

    # -- screening -----------------------------------------------------------------------------------------

    async def sign_up(
        self,
        person_id: str,
        band: str,
        phone: str,
        *,
        for_whom: str = "self",
        wish: str = "",
        key: str | None = None,
    ) -> ScreeningSignup:
        """Register for the next screening. AlreadyExists: that phone is registered for that age band.

        Nothing about the body is asked; only the age band, because programmes go by age.
        """
        if band not in AGE_BANDS:
            raise Invalid("age", "35 岁以下、35–64 岁、64 岁以上")
        if for_whom not in ("self", "relative"):
            raise Invalid("for_whom", "本人或家人")
        now = self._clock.now()
        one_key = f"{phone}:{band}"

        async def build(session: AsyncSession) -> ScreeningSignup:
            existing = await _signup_by(session, one_key=one_key)
            if existing is not None:
                session.expunge(existing)  # else the rollback would empty it
                raise AlreadyExists("screening", existing if existing.person_id == person_id else None)
            return ScreeningSignup(
                number=numbered("BM", now.date()),
                person_id=person_id,
                for_whom=for_whom,
                age_band=band,
                phone=phone,
                wish=check_text("wish", wish, 120, required=False),
                one_key=one_key,
                source_key=key,
                created_at=now,
                changed_at=now,
            )

        return await create_once(self._db, ScreeningSignup, key, build)

    async def signups(self, person_id: str) -> list[ScreeningSignup]:
        async with self._db.read() as session:
            rows = await session.scalars(
                select(ScreeningSignup)
                .where(ScreeningSignup.person_id == person_id, ScreeningSignup.status.in_(_OPEN_SIGNUP))
                .order_by(ScreeningSignup.created_at.desc())
            )
            return list(rows)

    async def cancel_signup(self, person_id: str, number: str) -> ScreeningSignup:
        """Take a sign-up back; twice is the same as once. NotFound, WrongState when it is over."""
        async with self._db.write() as session:
            signup = await own(session, ScreeningSignup, person_id, number)
            if signup.status == "done":
                raise WrongState(signup.status)
            signup.status, signup.one_key, signup.changed_at = "cancelled", None, self._clock.now()
        return signup

    async def set_signup_status(
        self, number: str, status: str, note: str = "", *, seen: datetime | None = None
    ) -> ScreeningSignup:
        """Staff: contacted, scheduled (with `note` saying when and where) or done; the person is told."""
        if status not in ("contacted", "scheduled", "done"):
            raise Invalid("status", "contacted、scheduled 或 done")
        async with self._db.write() as session:
            signup = await _signup_by(session, number=number)
            if signup is None:
                raise NotFound(number)
            key = f"screening:{signup.id}:{status}:{(seen or self._clock.now()).timestamp():.6f}"
            if (signup.status == status and not note) or (seen and await outbox.is_there(session, key)):
                return signup
            check_seen(signup.changed_at, seen)
            if signup.status in ("done", "cancelled") and signup.status != status:
                raise WrongState(signup.status)
            signup.status, signup.changed_at = status, self._clock.now()
            if status == "done":
                signup.one_key = None
            if note and signup.person_id is not None:
                await outbox.enqueue(
                    session,
                    person_id=signup.person_id,
                    text=notices.signup_changed(number, "两癌筛查", note),
                    key=key,
                )
        return signup

    async def forget(self, person_id: str) -> None:
        """Erase the person: memberships end, open sign-ups are cancelled, owner, phone and words go."""
        now = self._clock.now()
        async with self._db.write() as session:
            for member in await session.scalars(select(AllianceMember).where(AllianceMember.person_id == person_id)):
                member.status, member.note, member.changed_at = "left", "", now
                member.person_id = member.phone = member.one_key = None
            for signup in await session.scalars(select(ScreeningSignup).where(ScreeningSignup.person_id == person_id)):
                signup.status = "cancelled" if signup.status in _OPEN_SIGNUP else signup.status
                signup.person_id = signup.phone = signup.one_key = None
                signup.wish, signup.changed_at = "", now


async def _member_by(session: AsyncSession, **attributes: str) -> AllianceMember | None:
    found: AllianceMember | None = await session.scalar(select(AllianceMember).filter_by(**attributes))
    return found


async def _signup_by(session: AsyncSession, **attributes: str) -> ScreeningSignup | None:
    found: ScreeningSignup | None = await session.scalar(select(ScreeningSignup).filter_by(**attributes))
    return found


IMPORTS: tuple[Spec, ...] = (
    Spec(
        kind="micro-homes",
        title="骑手姐姐妇女微家",
        model=MicroHome,
        columns=(*site_columns(*HOME_SERVICES), Column("station_code", "驿站编号", cell.code)),
        point=True,
        demo_file="micro_homes.csv",
        versions=(HOMES,),
    ),
)
