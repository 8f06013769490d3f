"""Staff of the console: accounts, logging in, lock-out, sessions.

A wrong name, a wrong password, a wrong code and a disabled account look alike, also in the time they take, and
a name locks whether or not it belongs to an account. An attempt is counted before it is looked at, so that many
at once get no more tries than one after the other.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import totp
from bot.services.audit import Actor, AuditService
from bot.services.clock import Clock
from bot.services.errors import AlreadyExists, Invalid, NotFound, ServiceError, WrongState
from bot.services.passwords import check_password, hashed_password, matches
from bot.storage.base import Database
from bot.storage.staff import ROLES, LoginGuard, StaffSession, StaffUser

NAME_TRIES, ADDRESS_TRIES = 5, 50
LOCK = timedelta(minutes=15)
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)  # a session's last sign of life is written no more often
KEEP_ENDED = timedelta(days=30)


class LoginFailed(ServiceError):
    """Not these words; says no more on purpose."""


class LockedOut(ServiceError):
    """Too many failures for this name or from this address; wait `LOCK`, or have it unlocked."""


@dataclass(frozen=True)
class Login:
    """`token` goes into the cookie and is kept nowhere."""

    token: str
    session: StaffSession
    user: StaffUser


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class StaffService:
    def __init__(self, db: Database, clock: Clock, audit: AuditService) -> None:
        self._db, self._clock, self._audit = db, clock, audit

    # -- accounts --------------------------------------------------------------------------------------------

    async def add(
        self, name: str, display_name: str, role: str, password: str, actor: Actor, *, must_change: bool = False
    ) -> StaffUser:
        """Invalid, AlreadyExists. `must_change`: the first log-in asks for a password of one's own."""
        name = name.strip().lower()
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,39}", name):
            raise Invalid("name", "账号用 2 到 40 个小写字母、数字、点或横线")
        display_name = _display_name(display_name)
        _check_role(role)
        check_password(password, name)
        hashed = await hashed_password(password)
        async with self._db.write() as session:
            taken = await session.scalar(select(StaffUser).where(StaffUser.name == name))
            if taken is not None:
                raise AlreadyExists("name", taken)
            user = StaffUser(
                name=name,
                display_name=display_name,
                role=role,
                password_hash=hashed,
                must_change=must_change,
                created_at=self._clock.now(),
            )
            session.add(user)
            await session.flush()
            self._audit.record(session, actor, "staff.add", "staff", user.id, name=name, role=role)
        return user

    async def users(self) -> Sequence[StaffUser]:
        async with self._db.read() as session:
            return (await session.scalars(select(StaffUser).order_by(StaffUser.name))).all()

    async def get(self, user_id: str) -> StaffUser:
        """NotFound."""
        async with self._db.read() as session:
            return await _user(session, user_id)

    async def by_name(self, name: str) -> StaffUser:
        """NotFound."""
        async with self._db.read() as session:
            user = await session.scalar(select(StaffUser).where(StaffUser.name == name.strip().lower()))
        if user is None:
            raise NotFound(name)
        return user

    async def change(self, user_id: str, actor: Actor, *, display_name: str, role: str, active: bool) -> StaffUser:
        """Name shown, role, active or not. A changed role or a disabled account ends its sessions at once.

        WrongState when nobody would be left who may manage accounts, and for one's own role or activity: another
        admin does that.
        """
        display_name = _display_name(display_name)
        _check_role(role)
        async with self._db.write() as session:
            user = await _user(session, user_id)
            if user.id == actor.id and (role, active) != (user.role, user.active):
                raise WrongState("one's own role")
            if user.role == "admin" and user.active and (role != "admin" or not active):
                # locked, so that two admins who disable each other at the same moment leave one
                admins = await session.scalars(
                    select(StaffUser.id)
                    .where(StaffUser.role == "admin", StaffUser.active.is_(True))
                    .order_by(StaffUser.id)
                    .with_for_update()
                )
                if set(admins) <= {user_id}:
                    raise WrongState("the last admin")
            before = (user.role, user.active)
            user.display_name, user.role, user.active = display_name, role, active
            if before != (role, active):
                await self._end_sessions(session, user_id)
            self._audit.record(
                session, actor, "staff.change", "staff", user_id, name=user.name, role=role, active=active
            )
        return user

    async def set_password(self, user_id: str, password: str, actor: Actor, *, must_change: bool) -> None:
        """Set by an admin, or by oneself; ends every session of the account and unlocks it."""
        user = await self.get(user_id)
        check_password(password, user.name)
        hashed = await hashed_password(password)
        async with self._db.write() as session:
            user = await _user(session, user_id)
            user.password_hash, user.must_change = hashed, must_change
            await self._end_sessions(session, user_id)
            await session.execute(delete(LoginGuard).where(LoginGuard.key == f"name:{user.name}"))
            self._audit.record(session, actor, "staff.password", "staff", user_id, name=user.name)

    async def confirm_password(self, user_id: str, password: str) -> None:
        """That the one who acts knows it. LoginFailed when not, LockedOut after too many tries."""
        user = await self.get(user_id)
        await self._count({f"name:{user.name}": NAME_TRIES})
        if not await matches(user.password_hash, password):
            raise LoginFailed(user.name)
        async with self._db.write() as session:
            await session.execute(delete(LoginGuard).where(LoginGuard.key == f"name:{user.name}"))

    async def change_own_password(self, user_id: str, old: str, new: str, actor: Actor) -> None:
        """LoginFailed when `old` is not it, LockedOut after too many tries."""
        await self.confirm_password(user_id, old)
        if old == new:
            raise Invalid("password", "新密码要和旧密码不一样")
        await self.set_password(user_id, new, actor, must_change=False)

    async def set_totp(self, user_id: str, secret: str | None, actor: Actor, *, code: str = "") -> None:
        """Turn codes on (`code` proves that the app has the secret; Invalid when not) or off."""
        if secret is not None and not re.fullmatch(r"[A-Z2-7]{32}", secret):
            raise Invalid("secret", "密钥不对，请重新来一次")
        step = totp.matching_step(secret, code, self._clock.now()) if secret else 0
        if step is None:
            raise Invalid("code", "动态码不对：看看手机时间准不准，再输一次")
        async with self._db.write() as session:
            user = await _user(session, user_id)
            user.totp_secret, user.totp_step = secret, step
            self._audit.record(
                session, actor, "staff.totp_on" if secret else "staff.totp_off", "staff", user_id, name=user.name
            )

    async def unlock(self, user_id: str, actor: Actor) -> None:
        async with self._db.write() as session:
            user = await _user(session, user_id)
            await session.execute(delete(LoginGuard).where(LoginGuard.key == f"name:{user.name}"))
            self._audit.record(session, actor, "staff.unlock", "staff", user_id, name=user.name)

    async def locked_names(self) -> frozenset[str]:
        async with self._db.read() as session:
            keys = await session.scalars(select(LoginGuard.key).where(LoginGuard.locked_until > self._clock.now()))
            return frozenset(key.removeprefix("name:") for key in keys if key.startswith("name:"))

    # -- logging in --------------------------------------------------------------------------------------------

    async def log_in(self, name: str, password: str, *, address: str, code: str = "") -> Login:
        """A fresh session. LoginFailed, LockedOut."""
        name = name.strip().lower()[:40]
        actor = Actor(None, name or "?", address)
        guards = {f"name:{name}": NAME_TRIES, f"address:{address}": ADDRESS_TRIES}
        try:
            await self._count(guards)
        except LockedOut:
            await self._audit.note(actor, "login.locked")
            raise
        async with self._db.read() as session:
            user = await session.scalar(select(StaffUser).where(StaffUser.name == name))
        right = await matches(user.password_hash if user else None, password)
        step = 0
        if user is not None and user.totp_secret:
            found = totp.matching_step(user.totp_secret, code.strip(), self._clock.now(), after=user.totp_step)
            right, step = right and found is not None, found or 0
        if user is None or not right or not user.active:
            await self._audit.note(actor, "login.failed")
            raise LoginFailed(name)
        token, now = secrets.token_urlsafe(32), self._clock.now()
        async with self._db.write() as session:
            user = await _user(session, user.id)
            if step and step <= user.totp_step:  # the code was used by another log-in at the same moment
                raise LoginFailed(name)
            user.last_login_at, user.totp_step = now, max(step, user.totp_step)
            opened = StaffSession(
                token_hash=token_hash(token),
                user_id=user.id,
                csrf=secrets.token_urlsafe(32),
                address=address,
                created_at=now,
                seen_at=now,
            )
            session.add(opened)
            await session.execute(delete(LoginGuard).where(LoginGuard.key == f"name:{name}"))
            await session.execute(
                update(LoginGuard)
                .where(LoginGuard.key == f"address:{address}", LoginGuard.failed > 0)
                .values(failed=LoginGuard.failed - 1)
            )
            self._audit.record(session, Actor(user.id, user.name, address), "login", "staff", user.id)
        return Login(token, opened, user)

    async def session(self, token: str, *, touch: bool = True) -> tuple[StaffSession, StaffUser] | None:
        """The living session of a token and who it belongs to; None when ended, idle, too old or disabled.

        `touch`: this is a sign of life that keeps it from going idle.
        """
        now, key = self._clock.now(), token_hash(token)
        async with self._db.read() as session:
            row = (
                await session.execute(
                    select(StaffSession, StaffUser)
                    .join(StaffUser, StaffUser.id == StaffSession.user_id)
                    .where(StaffSession.token_hash == key)
                )
            ).first()
        if row is None:
            return None
        opened, user = row[0], row[1]
        dead = opened.ended_at is not None or not user.active
        if dead or now - opened.seen_at > IDLE or now - opened.created_at > LONGEST:
            return None
        if touch and now - opened.seen_at >= SEEN_EVERY:
            async with self._db.write() as session:
                await session.execute(update(StaffSession).where(StaffSession.token_hash == key).values(seen_at=now))
        return opened, user

    async def log_out(self, token: str, actor: Actor) -> None:
        async with self._db.write() as session:
            await session.execute(
                update(StaffSession)
                .where(StaffSession.token_hash == token_hash(token), StaffSession.ended_at.is_(None))
                .values(ended_at=self._clock.now())
            )
            self._audit.record(session, actor, "logout", "staff", actor.id or "")

    async def sessions(self, user_id: str | None = None) -> Sequence[tuple[StaffSession, StaffUser]]:
        """Those that still live, the newest sign of life first."""
        now = self._clock.now()
        query = (
            select(StaffSession, StaffUser)
            .join(StaffUser, StaffUser.id == StaffSession.user_id)
            .where(
                StaffSession.ended_at.is_(None),
                StaffSession.seen_at >= now - IDLE,
                StaffSession.created_at >= now - LONGEST,
            )
            .order_by(StaffSession.seen_at.desc())
        )
        if user_id is not None:
            query = query.where(StaffSession.user_id == user_id)
        async with self._db.read() as session:
            return [(row[0], row[1]) for row in await session.execute(query)]

    async def end_session(self, session_id: str, actor: Actor) -> None:
        """NotFound."""
        async with self._db.write() as session:
            opened = await session.scalar(select(StaffSession).where(StaffSession.id == session_id))
            if opened is None:
                raise NotFound(session_id)
            opened.ended_at = opened.ended_at or self._clock.now()
            self._audit.record(session, actor, "session.end", "staff", opened.user_id)

    async def end_sessions(self, user_id: str, actor: Actor) -> None:
        """All of an account."""
        async with self._db.write() as session:
            user = await _user(session, user_id)
            await self._end_sessions(session, user_id)
            self._audit.record(session, actor, "session.end_all", "staff", user_id, name=user.name)

    async def keep_house(self) -> None:
        """Drop sessions and log-in guards that say nothing any more."""
        now = self._clock.now()
        async with self._db.write() as session:
            await session.execute(delete(StaffSession).where(StaffSession.seen_at < now - KEEP_ENDED))
            await session.execute(delete(LoginGuard).where(LoginGuard.since < now - 2 * LOCK))

    async def _end_sessions(self, session: AsyncSession, user_id: str) -> None:
        await session.execute(
            update(StaffSession)
            .where(StaffSession.user_id == user_id, StaffSession.ended_at.is_(None))
            .values(ended_at=self._clock.now())
        )

    async def _count(self, tries: dict[str, int]) -> None:
        """One more attempt for every key; LockedOut when any has had its tries."""
        now, locked = self._clock.now(), False
        async with self._db.write() as session:
            for key, most in tries.items():
                guard = await _guard(session, key, now)
                over = guard.locked_until is None and now - guard.since > LOCK
                if over or (guard.locked_until is not None and guard.locked_until <= now):
                    guard.failed, guard.since, guard.locked_until = 0, now, None
                if guard.locked_until is not None:
                    locked = True
                    continue
                guard.failed += 1
                if guard.failed >= most:
                    guard.locked_until = now + LOCK
        if locked:
            raise LockedOut("too many tries")


async def _guard(session: AsyncSession, key: str, now: datetime) -> LoginGuard:
    """The key's row, locked for this transaction; made when new."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    await session.execute(insert(LoginGuard).values(key=key, failed=0, since=now).on_conflict_do_nothing())
    guard = await session.scalar(select(LoginGuard).where(LoginGuard.key == key).with_for_update())
    assert guard is not None
    return guard


async def _user(session: AsyncSession, user_id: str) -> StaffUser:
    user = await session.get(StaffUser, user_id)
    if user is None:
        raise NotFound(user_id)
    return user


def _display_name(value: str) -> str:
    value = value.strip()
    if not 1 <= len(value) <= 40:
        raise Invalid("display_name", "姓名要 1 到 40 个字")
    return value


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise Invalid("role", "选一个岗位")
