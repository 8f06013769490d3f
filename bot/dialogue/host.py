"""The dialogue host: one Rasa agent in this process, and the way a rider's message goes through it."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.base import BotAction
from bot.actions.laid_aside import still_waiting
from bot.dialogue import rasa_speed
from bot.dialogue.aftermath import danger_beside_dispute
from bot.dialogue.answers import EditableAnswers
from bot.dialogue.channel import TurnOutput
from bot.dialogue.context import interpret
from bot.dialogue.endpoint import ACTION_SECONDS, InProcessEndpoint
from bot.dialogue.false_alarms import without_false_alarm
from bot.dialogue.follow_ups import way_beside
from bot.dialogue.locks import SenderLocks
from bot.dialogue.matters import is_doubtful_whole, merge, split_turns
from bot.dialogue.offers import offered, told
from bot.dialogue.taken_up import chosen, still_offered
from bot.dialogue.tracker_store import SessionTrackerStore
from bot.dialogue.turn import Parse, Turn, as_meant, from_payload, read_payload, with_topic
from bot.services import Services

logger = logging.getLogger(__name__)

TEXT_LIMIT = 2000  # characters of one message that are read; more is said to be too long
EVENT_TOPICS = {"subscribe": "help"}
FALLBACK = (
    "系统这会儿有点忙，您的话我没办成。请过一两分钟再发一次；急事打 120（急救）、122（交通事故），其他问题打 12345。"
)
NO_REPLY = "这句我没接住，对不住。您换个说法再说一遍，或者点菜单看看。"


class DialogueHost:
    """Answers messages. `load` once, `handle` for ever; `swap` puts a newly trained model in its place."""

    def __init__(
        self,
        services: Services,
        actions: list[BotAction],
        *,
        redis: Any | None = None,
        action_seconds: float = ACTION_SECONDS,
    ) -> None:
        self.services = services
        rasa_speed.install()
        self._endpoint = InProcessEndpoint(actions, timeout=action_seconds)
        self._actions = actions
        self._locks = SenderLocks(redis)
        self.answers = EditableAnswers(services)
        self._agent: Agent | None = None
        self.model: Path | None = None

    @property
    def agent(self) -> Agent:
        if self._agent is None:
            raise RuntimeError("the dialogue model is not loaded")
        return self._agent

    @property
    def ready(self) -> bool:
        return self._agent is not None

    def load(self, model: Path) -> None:
        """Load the model and answer with it. Raises when it cannot be loaded."""
        self._serve(self._open(model), model)

    async def swap(self, model: Path) -> None:
        """Another model in place of the loaded one, which answers until then and finishes what it has in work.
        Raises when the new one cannot be loaded; then nothing has changed.
        """
        agent = await asyncio.to_thread(self._open, model)
        await _parse_some(agent)
        self._serve(agent, model)

    def _open(self, model: Path) -> Agent:
        agent = Agent.load(
            str(model),
            action_endpoint=self._endpoint,
            generator=self.answers,
            lock_store=InMemoryLockStore(),
        )
        if agent.processor is None or agent.domain is None:
            raise RuntimeError(f"{model.name} holds no dialogue model")
        return agent

    def _serve(self, agent: Agent, model: Path) -> None:
        _keep_sessions(agent, self.services)
        self.answers.responses = agent.domain.responses
        self._agent, self.model = agent, model

    def use(self, services: Services) -> None:
        """Put other services under the loaded model (tests: a fresh database for each)."""
        self.services = services
        for action in self._actions:
            action._services = services
        self.answers.use(services)
        _keep_sessions(self.agent, services)

    async def warm_up(self) -> None:
        """Touch the lazy parts so that the first rider does not pay for them."""
        await _parse_some(self.agent)
        await self.services.stations.all()

    async def parse(self, text: str) -> Parse:
        """The understanding of one text by itself, in Rasa's format plus `topic`."""
        payload = read_payload(text)
        if payload and self.knows(payload[0]):
            return from_payload(text, *payload)
        processor = self.agent.processor
        if processor is None:
            raise RuntimeError("the dialogue model is not loaded")
        parse: Parse = await processor.parse_message(UserMessage(text[:TEXT_LIMIT]))
        parse.setdefault("topic", (parse.get("intent") or {}).get("name"))
        return without_false_alarm(text, parse)

    def knows(self, topic: str) -> bool:
        domain = self.agent.domain
        if domain is None:
            return False
        group, _, key = topic.partition("/")
        return group in domain.intents and (not key or f"utter_{topic}" in domain.responses)

    async def handle(
        self, sender: str, text: str, *, metadata: dict[str, Any] | None = None, key: str | None = None
    ) -> list[dict[str, Any]]:
        """One inbound message → the replies, as Rasa's REST channel words them (without recipient_id).

        sender: channel-prefixed id; metadata: `location` (GCJ-02 degrees), `image_url`, `event`, see contracts.md.
        key: the message's idempotency key; actions hand it to the services.
        Raises whatever the storage or an action raises: the channel answers with `FALLBACK`.
        """
        metadata = dict(metadata or {})
        agent = self.agent
        async with self._locks.hold(sender), agent.tracker_store.turn(sender):
            started = time.perf_counter()
            tracker = await agent.tracker_store.retrieve(sender)
            again = _answered(tracker, key)
            if again is not None:
                return again
            kept = tracker.get_slot("suspended") if tracker is not None else None
            if tracker is not None and kept is not None:
                tracker.update(SlotSet("suspended", still_waiting(kept, self.services.clock.now())), agent.domain)
            misses = tracker.get_slot("misses") if tracker else None
            in_form = bool(tracker and tracker.active_loop_name)
            turns = await self._turns(text, metadata, tracker)
            replies: list[list[dict[str, Any]]] = []
            for number, turn in enumerate(turns):
                turn_key = f"{key}#{number}" if key and number else key
                replies.append(await self._play(agent, sender, turn, turn_key))
            merged = merge(replies)
            if not merged:
                logger.warning("no reply to a message of topic %s", turns[0].parse.get("topic"))
                merged = [{"text": NO_REPLY, "buttons": [{"title": "看菜单", "payload": "/help"}]}]
            erased = any((message.get("custom") or {}).get("erased") for message in merged)
            outward = [_outward(message) for message in merged]
            if erased:
                await agent.tracker_store.delete(sender)
            else:
                await self._remember(agent, sender, merged, key, outward, misses, _unclear(turns[-1]))
        elapsed = (time.perf_counter() - started) * 1000
        if not erased:
            await self._record(sender, text, turns, merged, elapsed, in_form=in_form)
        return outward

    async def _turns(self, text: str, metadata: dict[str, Any], tracker: DialogueStateTracker | None) -> list[Turn]:
        event = str(metadata.get("event") or "")
        if event:
            topic = EVENT_TOPICS.get(event) or event.removeprefix("CLICK:")
            if self.knows(topic):
                return [Turn(text, from_payload(text, topic, {}), metadata)]
        if tracker is None or not tracker.active_loop_name:
            text = _what_was_meant(text)
        payload = chosen(text, tracker) or text
        unclear = told(tracker.get_slot("last_turn"), payload) if tracker and not tracker.active_loop_name else None
        if unclear is not None and payload.startswith("/") and self.knows(payload[1:]):
            return [as_meant(unclear, payload[1:], metadata)]
        parse = await self.parse(payload)
        if not parse.get("topic"):  # nothing but blanks
            parse = with_topic(parse, "nlu_fallback", 0.0)
        beside = None if payload.startswith("/") else danger_beside_dispute(text)
        if beside and parse["topic"] not in ("emergency", "crisis"):
            danger = await self.parse(beside)
            if danger.get("topic") in ("emergency", "crisis"):
                parse = with_topic({**parse, "matters": []}, str(danger["topic"]))
        first = interpret(text, parse, metadata, tracker)
        if is_doubtful_whole(first, parse, tracker):
            whole = Turn(text, parse, metadata)
            parts = await split_turns(whole, self.parse, tracker)
            return [first] if parts == [whole] else parts
        if first.metadata.get("lines"):
            return [first, *way_beside(first, tracker)]
        if first.parse is not parse or read_payload(payload):
            return [first]
        return await split_turns(first, self.parse, tracker)

    async def _play(self, agent: Agent, sender: str, turn: Turn, key: str | None) -> list[dict[str, Any]]:
        output = TurnOutput()
        message = UserMessage(
            turn.text,
            output,
            sender,
            parse_data=turn.parse,
            input_channel="nuanxin",
            metadata={**turn.metadata, **({"key": key} if key else {})},
        )
        if agent.processor is None:
            raise RuntimeError("the dialogue model is not loaded")
        await agent.processor.handle_message(message)
        return output.messages

    async def _remember(
        self,
        agent: Agent,
        sender: str,
        messages: list[dict[str, Any]],
        key: str | None,
        outward: list[dict[str, Any]],
        misses: Any,
        unclear: dict[str, Any] | None,
    ) -> None:
        """Keep the choices just offered (a tap comes back as plain text), the reply by its key, and count the turn.

        misses: misunderstandings in a row before this message; one that adds none ends the row. unclear: the message
        that was not understood, for when one of the likely topics is chosen for it.
        """
        tracker = await agent.tracker_store.retrieve(sender)
        if tracker is None:
            return
        buttons = [button for message in messages for button in message.get("buttons") or []]
        turn = int(tracker.get_slot("turn_count") or 0) + 1
        choices = still_offered(buttons, tracker.get_slot("last_choices"), turn)
        tracker.update(SlotSet("last_choices", choices), agent.domain)
        tracker.update(SlotSet("turn_count", turn), agent.domain)
        if misses and tracker.get_slot("misses") == misses:
            tracker.update(SlotSet("misses", 0), agent.domain)
        kept = {"key": key, "reply": outward} if key else {}
        tracker.update(
            SlotSet("last_turn", {**kept, "offer": offered(messages) | ({"of": unclear} if unclear else {})}),
            agent.domain,
        )
        await agent.tracker_store.save(tracker)

    async def _record(
        self,
        sender: str,
        text: str,
        turns: list[Turn],
        messages: list[dict[str, Any]],
        elapsed: float,
        *,
        in_form: bool,
    ) -> None:
        first = turns[0].parse
        await self.services.transcript.record(
            sender=sender,
            text=text,
            topic=str(first.get("topic") or ""),
            confidence=float((first.get("intent") or {}).get("confidence") or 0.0),
            reply="\n".join(str(m.get("text") or "") for m in messages),
            milliseconds=elapsed,
            guess=str(turns[0].metadata.get("best") or ""),
            in_form=in_form,
            decision=str(first.get("decision") or ""),
        )

    async def forget(self, sender: str) -> None:
        """Drop the current session of a sender (erasure)."""
        await self.services.sessions.delete(sender)


async def _parse_some(agent: Agent) -> None:
    for text in ("花桥附近哪里能充电", "下周三上午门诊", "站长拖欠工资八千五"):
        await agent.parse_message(text)


def _unclear(turn: Turn) -> dict[str, Any] | None:
    """The message behind "我不太确定您要办哪件事" or "补进工单好吗", as it is kept until a topic is chosen."""
    asked = turn.parse.get("topic") == "nlu_fallback" and turn.metadata.get("choices")
    asked = asked or turn.metadata.get("runs") == "action_more_of_ticket"
    if not asked or turn.text.startswith("/"):
        return None
    return {"text": turn.text, "entities": list(turn.parse.get("entities") or [])}


def _answered(tracker: DialogueStateTracker | None, key: str | None) -> list[dict[str, Any]] | None:
    """The reply this very message got before (the process died before the channel could keep it)."""
    last = tracker.get_slot("last_turn") if tracker and key else None
    if isinstance(last, dict) and last.get("key") == key:
        reply: list[dict[str, Any]] = last["reply"]
        return reply
    return None


def _keep_sessions(agent: Agent, services: Services) -> None:
    """Put our store under an agent as it is: given to `Agent.load`, it would end up in a `FailSafeTrackerStore`,
    which turns a storage fault into silence.
    """
    agent.tracker_store = SessionTrackerStore(agent.domain, services.sessions)
    if agent.processor is not None:
        agent.processor.tracker_store = agent.tracker_store


_MEANT = re.compile(r"^.{0,12}?我(?:刚才|刚刚)?(?:说|问|讲|想问|想说|要问)的(?:就?是)\s*(?P<rest>[^\s].+)$")


def _what_was_meant(text: str) -> str:
    """ "我说的是健康证": what is behind the reproach, which is what the rider wants now."""
    found = _MEANT.match(text.strip())
    return found["rest"].strip() if found else text


def _outward(message: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in message.items() if k in ("text", "image", "buttons", "custom") and v}
