"""From a delivery to its reply: exactly once, the same for every retry, and always in time.

The platform waits five seconds and asks three times. The work on a message goes on by itself; the request
only waits for it. When the time is up an acknowledgement becomes the reply and the real one is owed: it goes
through the outbox, and if this process dies another one takes the message up again.
"""

from __future__ import annotations

import asyncio
import logging
import re
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from bot.services import Services
from bot.services.deliveries import (
    MOST_OWED_ATTEMPTS,
    Arrival,
    DeliveryService,
    Kept,
    Owed,
    Push,
    Window,
)
from bot.services.page_links import Kind, Page, PageLinks
from bot.wechat import messages, wording
from bot.wechat.identity import pseudonym, sender_of
from bot.wechat.messages import Inbound
from bot.wechat.metrics import MESSAGES, REPLY_SECONDS
from bot.wechat.render import (
    MORE_WORD,
    Link,
    Reply,
    TextReply,
    TransferReply,
    Turn,
    merge,
    plain,
    render,
    to_xml,
)
from bot.wechat.saved import load_message, load_reply, save_message, save_reply
from bot.wechat.turns import Turns

logger = logging.getLogger(__name__)

BUDGET = 4.3  # seconds until the acknowledgement is chosen
REPLY_BY = 4.6  # seconds until an acknowledgement that could not be stored is given up
RENEW = 1.0  # seconds between two renewals of the lease
LOOK = 0.5  # seconds of waiting for another worker before its lease is looked at
SILENCE = ""
MOST_PAGES = 2  # links to pages under one answer

_NUMBERS = re.compile(r"\b(?:LD|YY)[0-9]{8}-[0-9]{6}\b")
_PAGE_NAMES: dict[Kind, str] = {"ticket": "工单", "booking": "预约"}


@dataclass
class _Work:
    """A message this process works on. reply: what its deliveries get, once that is settled."""

    task: asyncio.Task[str]
    reply: str | None = None
    unheard: bool = False  # the person was told something that could not be stored


class Flow:
    """`wake` is called when something was put into the outbox."""

    def __init__(
        self,
        deliveries: DeliveryService,
        services: Services,
        turns: Turns,
        *,
        secret_key: str,
        base_url: str | None = None,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._deliveries = deliveries
        self._services = services
        self._turns = turns
        self._secret_key = secret_key
        self._page_links = PageLinks(secret_key)
        self._base_url = base_url.rstrip("/") if base_url else None
        self._wake = wake
        self._works: dict[str, _Work] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    # -- the request's side --------------------------------------------------------------------------------

    async def reply_to(self, message: Inbound, arrived: float) -> str:
        """The passive reply as XML, empty for silence. `arrived`: the event loop's time. Never raises."""
        loop = asyncio.get_running_loop()
        work = self._works.get(message.key)
        if work is None:
            work = self._works[message.key] = _Work(self._spawn(self._work(message)))
            work.task.add_done_callback(lambda _: self._works.pop(message.key, None))
        outcome = "answered"
        if work.reply is not None:
            reply = work.reply
        else:
            await asyncio.wait({work.task}, timeout=max(arrived + BUDGET - loop.time(), 0))
            if work.task.done() and not work.task.cancelled() and work.task.exception() is None:
                reply = work.task.result()
            elif work.task.done():
                reply, outcome = self._xml(message, TextReply(wording.FALLBACK)), "failed"
            else:
                reply, outcome = await self._out_of_time(message, work, arrived + REPLY_BY)
        REPLY_SECONDS.observe(loop.time() - arrived)
        MESSAGES.labels(type(message).__name__, outcome).inc()
        return reply

    async def _out_of_time(self, message: Inbound, work: _Work, deadline: float) -> tuple[str, str]:
        if work.reply is None:
            try:
                async with asyncio.timeout_at(deadline):
                    work.reply = await self._acknowledge(message)
            except Exception as error:
                # the storage is away as well: an honest answer now, the real one when it comes
                _log("an acknowledgement could not be stored", error)
                work.unheard = True
                return self._xml(message, TextReply(wording.FALLBACK)), "failed"
        return work.reply, "acknowledged"

    async def _acknowledge(self, message: Inbound) -> str:
        reply = self._xml(message, TextReply(wording.WORKING))
        sender = sender_of(message.from_user)
        return await self._deliveries.acknowledge(message.key, sender, reply, save_message(message))

    # -- the work ------------------------------------------------------------------------------------------

    async def _work(self, message: Inbound) -> str:
        """The reply of this key: worked out here, or by whoever has it."""
        sender = sender_of(message.from_user)
        arrival = await self._deliveries.arrive(message.key, sender, opens=_window(message))
        while not arrival.is_new:
            reply = arrival.reply
            if reply is None:
                reply = await self._deliveries.wait(message.key, LOOK)
            if reply is not None:
                return reply
            arrival = await self._deliveries.arrive(message.key, sender)  # ours if the worker is dead
        return await self._do(message, arrival)

    async def _do(self, message: Inbound, arrival: Arrival) -> str:
        async with self._renewing(message.key):
            try:
                replies, push, shown = await self._answer(message, arrival)
            except Exception as error:
                who = pseudonym(self._secret_key, message.from_user)
                _log(f"a turn failed, {type(message).__name__} of {who}", error)
                failed = Turn(wording.FALLBACK)
                replies, push, shown = render(failed), Push(wording.FALLBACK), ()
        first = self._xml(message, replies[0]) if replies else SILENCE
        pages = [save_reply(reply) for reply in replies[1:]] or None
        work = self._works.get(message.key)
        settled: str = await self._deliveries.complete(
            message.key,
            arrival.person_id,
            first,
            push,
            shown=[one.id for one in shown],
            pages=pages,
            unheard=bool(work and work.unheard),
        )
        if push is not None and (settled != first or (work and work.unheard)):
            self._wake()
        return settled

    async def _answer(self, message: Inbound, arrival: Arrival) -> tuple[list[Reply], Push | None, tuple[Kept, ...]]:
        """(replies, the same as a push, kept messages that the replies show)."""
        if isinstance(message, messages.Text) and message.content.strip().strip("“”\"'") == MORE_WORD:
            more = await self._more(arrival)
            if more is not None:
                return more, None, arrival.kept
        answer = await self._turns.answer(message, arrival.person_id, talk_open=arrival.talk_open)
        if answer.transfer:
            return [TransferReply()], None, ()
        turn = merge(answer.responses, base_url=self._base_url)
        if turn == Turn(""):
            return [], None, ()
        turn = self._with_pages(turn, arrival.person_id)
        return render(_with_kept(turn, arrival.kept)), _as_push(turn), arrival.kept

    def _with_pages(self, turn: Turn, person_id: str) -> Turn:
        """A ticket's or booking's number in the answer gets a link to the person's own page of it."""
        if not self._base_url:
            return turn
        now = self._services.clock.now()
        numbers = list(dict.fromkeys(_NUMBERS.findall(turn.text)))[:MOST_PAGES]
        links = []
        for number in numbers:
            kind: Kind = "ticket" if number.startswith("LD") else "booking"
            path = self._page_links.path(Page(kind, number, person_id), now)
            which = f"（尾号 {number[-6:]}）" if len(numbers) > 1 else ""
            links.append(Link(f"查看{_PAGE_NAMES[kind]}详情{which}", self._base_url + path))
        if not links:
            return turn
        return replace(turn, links=(*turn.card_as_link(), *turn.links, *links), card=None)

    async def _more(self, arrival: Arrival) -> list[Reply] | None:
        """What "继续" brings: the next page, what was kept, or patience. None: it means something else."""
        pages = [load_reply(page) for page in await self._deliveries.pages(arrival.person_id)]
        kept = render(_with_kept(Turn(""), arrival.kept))
        if pages or kept:
            return [*pages, *kept]
        if await self._deliveries.owes(arrival.person_id):
            return [TextReply(wording.STILL_WORKING)]
        return None

    @asynccontextmanager
    async def _renewing(self, key: str) -> AsyncIterator[None]:
        """Keep the lease while the work goes on."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(RENEW)
                try:
                    await self._deliveries.renew(key)
                except Exception as error:
                    # losing the lease is harmless: whoever takes over finds the work by its key
                    _log("a lease could not be renewed", error)

        task = asyncio.create_task(renew())
        try:
            yield
        finally:
            task.cancel()

    # -- replies that are owed -----------------------------------------------------------------------------

    async def take_up_owed(self) -> int:
        """Work on acknowledged messages whose worker died; how many."""
        owed = await self._deliveries.take_up_owed()
        await asyncio.gather(*(self._pay(one) for one in owed))
        return len(owed)

    async def _pay(self, owed: Owed) -> None:
        message = load_message(owed.message)
        if message.key in self._works:
            return  # alive here after all, its renewal was late
        if owed.attempts > MOST_OWED_ATTEMPTS:
            await self._deliveries.complete(owed.key, owed.person_id, SILENCE, Push(wording.OWED_LOST))
            self._wake()
            return
        try:
            await self._do(message, Arrival(owed.person_id, True, None))
        except Exception as error:
            _log("an owed reply failed, it is tried again", error)

    # -- helpers -------------------------------------------------------------------------------------------

    def _xml(self, message: Inbound, reply: Reply) -> str:
        now = int(self._services.clock.now().timestamp())
        return to_xml(reply, to_user=message.from_user, from_user=message.to_user, created=now)

    def _spawn(self, work: Coroutine[Any, Any, str]) -> asyncio.Task[str]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(_report)
        return task

    async def close(self, patience: float = 10.0) -> None:
        """Wait for the work at hand; what is left then is taken up by another process."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)
        for task in self._tasks:
            task.cancel()


def _window(message: Inbound) -> Window | None:
    """Which of the platform's windows a delivery opens."""
    if isinstance(message, messages.Click | messages.Subscribe | messages.Scan):
        return "event"
    return "message"


def _with_kept(turn: Turn, kept: tuple[Kept, ...]) -> Turn:
    """The turn with the messages that could not be pushed, after its own answer: safety stays first."""
    if not kept:
        return turn
    said = plain("\n\n".join(one.text for one in kept))
    text = f"{turn.text}\n\n{wording.KEPT_HEADING}\n{said}" if turn.text else said
    links = (*turn.links, *turn.card_as_link())
    return Turn(text, links, turn.choices, None, turn.media_id, turn.handover)


def _as_push(turn: Turn) -> Push:
    lines = [turn.text, *(f"{link.title}：{link.url}" for link in (*turn.links, *turn.card_as_link()))]
    return Push("\n".join(line for line in lines if line), tuple((c.title, c.title) for c in turn.choices))


def _report(task: asyncio.Task[str]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log("a message could not be worked on", error)


def _log(what: str, error: BaseException) -> None:
    """What went wrong and where; never the error's own words, which may quote the message."""
    where = [f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)]
    logger.error("%s: %s at %s", what, type(error).__name__, " < ".join(reversed(where[-4:])))
