"""Tasks on a caller's behalf: phone first, then the form, the read-back, the number. Each task is a small class.

    class Screening(Task):
        name, title, kind = "screening", "两癌筛查登记", "screening"
        async def check(self, desk, given) -> Checked: ...
        async def submit(self, desk, person_id, values, key) -> str: ...
        async def told(self, desk, matter) -> list[str]: ...

    register(Screening())

The same rules as in chat: `submit` calls bot.services, and times and sums are read by bot.language. A page never
carries a phone in its address: what stands there is sealed, and opens for this member of staff only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiohttp import web
from cryptography.fernet import Fernet, InvalidToken
from multidict import MultiMapping

from bot.console.registry import ROUTES, Staff
from bot.services import Services
from bot.services.callers import Caller, Matter
from bot.services.errors import NotFound
from bot.services.guided import Walk
from bot.services.people import HOTLINE
from bot.web.keys import SERVICES, SETTINGS

TOKEN_LIFE = timedelta(hours=12)  # as long as a session may last
WIDEST = 2000  # characters of a value
MOST_VALUES = 12  # of one name
UNREAD = "没看懂时间，写成“明天下午”“下周三上午9点”，或者从下面选"
_KEY = re.compile(r"[A-Za-z0-9_-]{16,43}")


@dataclass(frozen=True)
class Given:
    """What a form says: every name's values, trimmed."""

    values: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, form: MultiMapping[Any]) -> Given:
        names = dict.fromkeys(form.keys())
        return cls(
            {
                name: tuple(
                    str(value).replace("\x00", "").replace("\r\n", "\n").strip()[:WIDEST]
                    for value in form.getall(name)[:MOST_VALUES]
                    if isinstance(value, str)
                )
                for name in names
            }
        )

    def one(self, name: str) -> str:
        return next(iter(self.values.get(name, ())), "")

    def many(self, name: str) -> list[str]:
        return [value for value in self.values.get(name, ()) if value]

    def only(self, names: tuple[str, ...], **instead: str) -> Given:
        """These names alone, with what is said instead."""
        kept = {name: self.values[name] for name in names if name in self.values}
        return Given(kept | {name: (value,) for name, value in instead.items()})


@dataclass(frozen=True)
class Desk:
    """Who does what for whom."""

    services: Services
    staff: Staff
    caller: Caller


@dataclass(frozen=True)
class Checked:
    """What a form comes to. `lines` are read back, `notes` told before it is registered; `double`: what looks like
    the same thing registered already, so that the seat has to say that it is another; `instead`: values settled
    on (the time that was found); `verb`: of the last button, where it is not the task's."""

    errors: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    lines: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    double: str = ""
    instead: Mapping[str, str] = field(default_factory=dict)
    verb: str = ""


@dataclass(frozen=True)
class Times:
    """What is on offer, for `tasks/_slots.html`: (value, text) pairs, the picked one, words before and after."""

    slots: list[tuple[str, str]] = field(default_factory=list)
    picked: str = ""
    note: str = ""
    after: str = ""
    unread: bool = False


class Redo(Exception):
    """It could not be registered after all (a place gone meanwhile): back to the form."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name, self.text = name, text


class Task(ABC):
    """`name`: in the address and of the template `tasks/_<name>.html`; `kind`: of `bot.services.callers.KINDS`;
    `fields`: the names its form has; `topics`: what in chat begins the same; `order`: place in the list;
    `verb`: what the last button says; `asks_owner`: whether the form asks whom it belongs to."""

    name: str
    title: str
    does: str
    kind: str
    fields: tuple[str, ...]
    kinds: frozenset[str] = frozenset()  # what else it may come to
    topics: tuple[str, ...] = ()
    order: int = 99
    verb: str = "登记"
    asks_owner: bool = True

    def owner(self, desk: Desk, values: Mapping[str, Any]) -> str | None:
        """Whose it is, where the form does not ask (`asks_owner`)."""
        return None

    async def shown(self, desk: Desk, given: Given) -> dict[str, Any]:
        """What the form's template needs besides what was given."""
        return {}

    async def times(self, services: Services, given: Given) -> Times:
        """What is free for the words in `when`. NotFound for a task without times."""
        raise NotFound(self.name)

    def prefill(self, given: Given, walk: Walk | None) -> dict[str, str]:
        """What a guided walk, or the caller's words, say already."""
        return {}

    @abstractmethod
    async def check(self, desk: Desk, given: Given) -> Checked:
        """Read the form. Nothing is changed."""

    @abstractmethod
    async def submit(self, desk: Desk, person_id: str, values: Mapping[str, Any], key: str) -> str:
        """Register; the same `key` again registers nothing more. The number. Errors of the services; Redo."""

    def done_as(self, values: Mapping[str, Any]) -> str:
        """What was done, where the title says more than one thing."""
        return self.title

    def announced(self, values: Mapping[str, Any], number: str) -> str:
        """What its owner reads in the chat."""
        return f"{self.done_as(values)}，编号 {number}。{self.news(values)}"

    def news(self, values: Mapping[str, Any]) -> str:
        """What the owner reads of it in the chat, besides what it is and its number."""
        return ""

    @abstractmethod
    async def told(self, desk: Desk, matter: Matter) -> list[str]:
        """What is read to the caller when it is done."""


TASKS: dict[str, Task] = {}


def register(task: Task) -> None:
    TASKS[task.name] = task


def tasks() -> list[Task]:
    return sorted(TASKS.values(), key=lambda task: task.order)


def task_named(name: str) -> Task:
    """NotFound."""
    if name not in TASKS:
        raise NotFound(name)
    return TASKS[name]


def task_of_topic(topic: str) -> Task | None:
    """The task that does what a topic of the chat does."""
    return next((task for task in TASKS.values() if topic in task.topics), None)


# -- the caller in the address ---------------------------------------------------------------------------------


def seal(request: web.Request, staff: Staff, phone: str) -> str:
    """The phone as it may stand in an address."""
    now = int(request.app[SERVICES].clock.now().timestamp())
    return _fernet(request).encrypt_at_time(f"{staff.user.id}|{phone}".encode(), now).decode()


def unseal(request: web.Request, staff: Staff, token: str) -> str:
    """The phone. NotFound for what this member of staff has not sealed within `TOKEN_LIFE`."""
    now = int(request.app[SERVICES].clock.now().timestamp())
    try:
        words = _fernet(request).decrypt_at_time(token.encode(), int(TOKEN_LIFE.total_seconds()), now).decode()
    except (InvalidToken, UnicodeError) as error:
        raise NotFound("caller") from error
    owner, _, phone = words.partition("|")
    if owner != staff.user.id:
        raise NotFound("caller")
    return phone


def _fernet(request: web.Request) -> Fernet:
    secret = request.app[SETTINGS].secret_key
    return Fernet(base64.urlsafe_b64encode(hmac.new(secret.encode(), b"console caller", hashlib.sha256).digest()))


async def look_up(request: web.Request, staff: Staff, phone: str, action: str, **detail: Any) -> Caller:
    """Everything the number has registered; seeing it is audited. Invalid."""
    services = request.app[SERVICES]
    caller = await services.callers.look_up(phone)
    people = [one.person.id for one in caller.known]
    await services.audit.note(staff.actor, action, "person", people[0] if people else "", people=people[:9], **detail)
    return caller


# -- keys and links ----------------------------------------------------------------------------------------------


def new_key() -> str:
    return secrets.token_urlsafe(18)


def source_key(staff: Staff, task: Task, given: str) -> str:
    """What makes a double click one effect; apart from those of other members of staff."""
    return f"desk:{staff.user.id}:{task.name}:{given if _KEY.fullmatch(given) else new_key()}"


def link_to(matter: Matter) -> str:
    """The page of a ticket or booking; "" while there is no such page."""
    pages = {
        "ticket": "/console/tickets/{number}",
        "booking": "/console/bookings/{number}",
        "waiting": "/console/bookings/waiting/{number}",
    }
    path = pages.get(matter.kind, "")
    return path.format(number=matter.number) if any(route.path == path for route in ROUTES) else ""


def is_by_phone_only(caller: Caller, person_id: str | None) -> bool:
    """Whether the owner has no chat in which the bot could tell of news."""
    person = caller.person(person_id) if person_id else None
    return person is None or person.channel == HOTLINE
