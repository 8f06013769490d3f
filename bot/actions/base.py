"""What every action shares: access to the services, how a reply looks, what the rider just said.

An action reads slots, calls one service and words the reply. It holds no SQL and no rule of a programme.
Actions are registered as instances with the services injected (`bot.dialogue`); `rasa run actions --actions
bot.actions` makes them without arguments, and they then open the database named in the settings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.registry import ACTIONS, ANYWHERE, BUTTONS, PHRASES, STARTERS
from bot.services.clock import SHANGHAI

if TYPE_CHECKING:
    from bot.services import Services

Choice = tuple[str, str]  # (title shown and tapped, payload "/topic" or "/topic{json}")
Event = dict[str, Any]

# the general word for "I don't know this; they do"
HOTLINE = "可以打 12345（24 小时）问"


def say(
    dispatcher: CollectingDispatcher,
    text: str,
    choices: Sequence[Choice] = (),
    *,
    ask: bool = False,
    image: str | None = None,
    custom: dict[str, Any] | None = None,
) -> None:
    """Send one message. `ask=True` marks a question that waits for an answer.

    When one inbound message makes several replies, the host keeps only the last question.
    """
    dispatcher.utter_message(
        text=text,
        image=image,
        json_message=custom or {},
        buttons=[{"title": title, "payload": payload} for title, payload in choices],
        ask=ask,
    )


@dataclass(frozen=True)
class Heard:
    """The rider's latest message, as the understanding sees it."""

    text: str
    topic: str
    confidence: float
    entities: list[dict[str, Any]]
    metadata: dict[str, Any]
    now: datetime
    parse: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, tracker: Tracker, now: datetime) -> Heard:
        message = tracker.latest_message
        intent = message.get("intent") or {}
        return cls(
            text=message.get("text") or "",
            topic=message.get("topic") or intent.get("full_retrieval_intent_name") or intent.get("name") or "",
            confidence=float(intent.get("confidence") or 0.0),
            entities=list(message.get("entities") or []),
            metadata=dict(message.get("metadata") or {}),
            now=now,
            parse=message,
        )

    @property
    def do(self) -> str | None:
        """What a tapped button adds to its topic (`/topic:do`)."""
        do = self.parse.get("do")
        return str(do) if do else None

    @property
    def key(self) -> str | None:
        """The idempotency key of the inbound message, if the channel gave one."""
        key = self.metadata.get("key")
        return str(key) if key else None

    @property
    def location(self) -> tuple[float, float, str] | None:
        """A location message: (lat, lng, label) in GCJ-02 degrees."""
        location = self.metadata.get("location")
        if not isinstance(location, dict):
            return None
        return float(location["lat"]), float(location["lng"]), str(location.get("label") or "")

    @property
    def image_url(self) -> str | None:
        url = self.metadata.get("image_url")
        return str(url) if url else None

    def all(self, entity: str) -> list[dict[str, Any]]:
        return [e for e in self.entities if e.get("entity") == entity]

    def first(self, entity: str) -> Any | None:
        """Normalised value of the first entity of that type."""
        found = self.all(entity)
        return found[0].get("value") if found else None

    def surface(self, entity: str) -> str | None:
        """The words of the first entity of that type as the rider wrote them."""
        found = self.all(entity)
        return self.words_of(found[0]) if found else None

    def words_of(self, entity: dict[str, Any]) -> str:
        """The words of one entity as the rider wrote them; of a payload's, its value."""
        start, end = entity.get("start"), entity.get("end")
        if start is None or end is None:
            return str(entity.get("value"))
        return self.text[start:end]


class BotAction(Action):  # type: ignore[misc]
    """Base of every action; subclasses set `action_name` and write `act`."""

    action_name: ClassVar[str] = ""
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset()
    """(topic, do) of the buttons `/topic:do` that run this action or start this form.

    `bot.dialogue.context` makes `inform` of such a payload, and `action_inform` hands over to what `metadata.about`
    names; so a button of an answer can start something that no topic of its own stands for.
    """

    phrases: ClassVar[tuple[tuple[str, str], ...]] = ()
    """(topic, pattern): messages of that topic ("" for any) in which the pattern occurs run this action or start
    this form, as a button would: "我要举报…" under the question how to report. Not inside a form."""

    anywhere: ClassVar[tuple[str, ...]] = ()
    """Patterns that run this action whatever the topic, also inside a form, which then goes on."""

    within: ClassVar[frozenset[str] | None] = None
    """The only forms in which `anywhere` holds; None: everywhere."""

    listed: ClassVar[bool] = True
    """False: the domain does not know this action, `action_inform` runs it itself."""

    starts: ClassVar[str] = ""
    """The form that this action starts when it must ask; run inside another form, it lays that one aside."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        runs = getattr(cls, "form", "") or cls.action_name
        for button in cls.buttons:
            BUTTONS[button] = runs
        ACTIONS[cls.action_name] = cls
        if cls.starts:
            STARTERS[cls.action_name] = cls.starts
        ANYWHERE.extend((re.compile(words), runs) for words in cls.anywhere)
        PHRASES.extend((topic, re.compile(words), runs) for topic, words in cls.phrases)

    def __init__(self, services: Services | None = None) -> None:
        self._services = services

    @property
    def services(self) -> Services:
        if self._services is None:
            from bot.services import default_services

            self._services = default_services()
        return self._services

    def name(self) -> str:
        return self.action_name

    def now(self) -> datetime:
        return self.services.clock.now().astimezone(SHANGHAI)

    async def person_id(self, tracker: Tracker) -> str:
        """The id of the person behind this conversation; made at the first need."""
        person = await self.services.people.ensure(str(tracker.sender_id))
        return str(person.id)

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        return await self.act(dispatcher, tracker, Heard.of(tracker, self.now()))

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        raise TypeError(f"{type(self).__name__} does not say what it does")


def clear(*slots: str) -> list[Event]:
    """Events that empty these slots."""
    return [SlotSet(slot, None) for slot in slots]
