"""What a member of staff keeps for themselves (`bot.storage.kept`): nobody else sees or changes it."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.services.clock import Clock
from bot.services.errors import Invalid, NotFound
from bot.services.submissions import check_choice, check_text
from bot.storage.base import Database
from bot.storage.kept import KEPT_KINDS, StaffKept

MOST = 30  # of a kind and person


class KeptService:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def of(self, user_id: str, kind: str) -> list[StaffKept]:
        """What the account has kept of a kind, by name."""
        query = select(StaffKept).where(StaffKept.user_id == user_id, StaffKept.kind == kind)
        async with self._db.read() as session:
            return list(await session.scalars(query.order_by(StaffKept.name)))

    async def keep(self, user_id: str, kind: str, name: str, value: str) -> StaffKept:
        """Keep `value` under a name; a name used before gets the new value. Invalid: empty, or too many."""
        check_choice("kind", kind, KEPT_KINDS)
        name, value = check_text("name", name, 40), check_text("value", value, 1000, required=kind == "phrase")
        async with self._db.write() as session:
            mine = (StaffKept.user_id == user_id, StaffKept.kind == kind)
            row = await session.scalar(select(StaffKept).where(*mine, StaffKept.name == name))
            if row is None:
                count = await session.scalar(select(func.count()).select_from(StaffKept).where(*mine))
                if (count or 0) >= MOST:
                    raise Invalid("name", f"最多存 {MOST} 个，先删掉不用的")
                row = StaffKept(user_id=user_id, kind=kind, name=name, created_at=self._clock.now())
                session.add(row)
            row.value = value
        return row

    async def drop(self, user_id: str, kept_id: str) -> None:
        """NotFound, also for what is another's."""
        async with self._db.write() as session:
            row = await session.get(StaffKept, kept_id)
            if row is None or row.user_id != user_id:
                raise NotFound(kept_id)
            await session.delete(row)
