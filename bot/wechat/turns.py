"""What an inbound message asks of the dialogue, and the replies to it, in Rasa's shape."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any

from bot.actions.base import Heard
from bot.actions.station import say_station
from bot.dialogue.danger_words import is_danger
from bot.geo.datum import gcj02_to_wgs84
from bot.services import Services
from bot.services.errors import NotFound
from bot.storage.files import MAX_PICTURE, MAX_VOICE, BadFile, FileStore, check_picture, kind_of
from bot.wechat import messages, wording
from bot.wechat.api import ApiError, Download, Remedy, TooLarge, WechatApi
from bot.wechat.config import Handover
from bot.wechat.identity import sender_of
from bot.wechat.messages import Inbound
from bot.wechat.ports import Host
from bot.wechat.speech import SpeechRecognizer
from bot.wechat.takeover import taken_over

logger = logging.getLogger(__name__)

MAX_TEXT = 4000  # characters passed on; the dialogue reads half of it and says that the rest was too long
MAX_LABEL = 120  # characters of a place's name
SPEECH_SECONDS = 3.0
SAFETY = frozenset({"emergency", "crisis"})  # answered at once, whoever has the conversation

Responses = list[dict[str, Any]]


@dataclass(frozen=True)
class Said:
    """What the dialogue is told."""

    text: str
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """Replies in Rasa's shape; none is silence. transfer: the platform's seats take this message."""

    responses: Responses
    transfer: bool = False


class Turns:
    def __init__(
        self,
        host: Host,
        services: Services,
        files: FileStore,
        *,
        api: WechatApi | None = None,
        recognizer: SpeechRecognizer | None = None,
        handover: Handover = "console",
    ) -> None:
        self._host = host
        self._services = services
        self._files = files
        self._api = api
        self._recognizer = recognizer
        self._handover = handover

    async def answer(self, message: Inbound, person_id: str, *, talk_open: bool = True) -> Answer:
        """The replies to one message. talk_open: False when it is known that no human was asked for.

        Raises what the dialogue or the storage raises.
        """
        said = await self._said(message, person_id)
        if isinstance(said, list):
            return Answer(said)
        taken = await taken_over(self._services, said.text, person_id) if not said.metadata else ""
        if talk_open and await self._with_a_human(message, said, person_id):
            return Answer([])
        responses = await self._host.handle(
            sender_of(message.from_user), said.text, metadata=said.metadata, key=message.key
        )
        if taken:
            responses = [{"text": taken}, *responses]
        if isinstance(message, messages.Subscribe) and message.scene:
            responses = [*await self._station(message.scene), *responses]
        if await self._goes_to_the_platform(message, person_id):
            return Answer(responses, transfer=True)
        return Answer(responses)

    # -- what was said -------------------------------------------------------------------------------------

    async def _said(self, message: Inbound, person_id: str) -> Said | Responses:
        """What to tell the dialogue, or the replies when it has no part in it."""
        match message:
            case messages.Text(content=content, menu_id=choice):
                if not content.strip():
                    return _kindly(wording.NO_STICKER)
                return Said(content[:MAX_TEXT], {"choice": choice} if choice else {})
            case messages.Location():
                return await self._located(message, person_id)
            case messages.Image():
                return await self._pictured(message, person_id)
            case messages.Voice():
                return await self._spoken(message)
            case messages.Subscribe():
                scene = {"scene": message.scene} if message.scene else {}
                return Said("/subscribe", {"event": "subscribe", **scene})
            case messages.Click(menu_key=key):
                return Said(f"/{key}", {"event": f"CLICK:{key}"})
            case messages.Scan(scene=scene_code):
                return await self._station(scene_code) or Said("/help", {"event": "CLICK:help"})
            case messages.Video():
                return _kindly(wording.NO_VIDEO)
            case messages.Link():
                return _kindly(wording.LINK)
            case _:
                return _kindly(wording.NO_STICKER)

    async def _located(self, message: messages.Location, person_id: str) -> Said:
        label = message.label[:MAX_LABEL]
        lng, lat = gcj02_to_wgs84(message.lng, message.lat)
        await self._services.people.set_place(person_id, lng, lat, label)
        return Said("/location", {"location": {"lat": message.lat, "lng": message.lng, "label": label}})

    async def _pictured(self, message: messages.Image, person_id: str) -> Said | Responses:
        try:
            data = (await self._download(message)).data
            kind = check_picture(data)
            stored = await self._files.put(person_id, data, kind)
        except (BadFile, TooLarge):
            return [{"text": wording.BAD_PICTURE}]
        except (ApiError, OSError) as error:
            logger.warning("a picture was lost: %s", error)
            return [{"text": wording.LOST_PICTURE}]
        return Said("/image", {"image_url": stored.url})

    async def _download(self, message: messages.Image) -> Download:
        """Through the media call; from its address where the account may not use that call."""
        if self._api is None:
            raise ApiError("media", Remedy.OPERATOR, reason="no WECHAT_APP_SECRET")
        try:
            return await self._api.download_media(message.media_id, MAX_PICTURE)
        except ApiError as error:
            if error.remedy is not Remedy.KEEP or not message.pic_url:
                raise
        return await self._api.download_picture(message.pic_url, MAX_PICTURE)

    async def _spoken(self, message: messages.Voice) -> Said | Responses:
        words: str | None = message.recognition
        if not words and self._recognizer is not None and self._api is not None:
            words = await self._recognised(self._api, self._recognizer, message.media_id)
        return Said(words) if words else _kindly(wording.NO_VOICE)

    async def _recognised(self, api: WechatApi, recognizer: SpeechRecognizer, media_id: str) -> str | None:
        try:
            audio = (await api.download_media(media_id, MAX_VOICE)).data
            if kind_of(audio) != "amr":
                return None
            async with asyncio.timeout(SPEECH_SECONDS):
                words = await recognizer.recognise(audio, "amr")
        except (ApiError, TooLarge) as error:
            logger.warning("a voice message was lost: %s", error)
            return None
        except Exception as error:
            # a plugged-in recogniser may raise anything; to the person it is "not understood"
            logger.warning("speech recognition failed: %s", type(error).__name__)
            return None
        return words.strip() if words else None

    async def _station(self, scene: str) -> Responses:
        """The station whose poster was scanned; nothing when the code is none of ours."""
        try:
            found = await self._services.stations.get(scene)
        except NotFound:
            return []
        said = _Spoken()
        say_station(said, Heard("", "find_station", 1.0, [], {}, self._services.clock.now()), found, None)
        return [{"text": wording.SCANNED}, *said.responses]

    # -- humans --------------------------------------------------------------------------------------------

    async def _with_a_human(self, message: Inbound, said: Said, person_id: str) -> bool:
        """Whether a human has the talk; what was said is then kept for them. Safety is answered even so."""
        if isinstance(message, messages.Subscribe | messages.Click):
            return False
        if not await self._services.handoff.is_silent(person_id):
            return False
        await self._services.handoff.hear(person_id, _for_the_desk(message, said), key=message.key)
        if not isinstance(message, messages.Text | messages.Voice):
            return True
        parse = await self._host.parse(said.text)
        return parse.get("topic") not in SAFETY and not is_danger(said.text)

    async def _goes_to_the_platform(self, message: Inbound, person_id: str) -> bool:
        """True when the platform's seats take this message: asked for, at work now, and not an event."""
        if self._handover != "wechat" or isinstance(message, messages.Subscribe | messages.Click):
            return False
        handoff = self._services.handoff
        talk = await handoff.current(person_id)
        return talk is not None and not talk.urgent and handoff.office.is_open(self._services.clock.now())


class _Spoken:
    """What an action says, outside of a dialogue."""

    def __init__(self) -> None:
        self.responses: Responses = []

    def utter_message(self, *, text: str, buttons: list[dict[str, str]], json_message: Any, **_: Any) -> None:
        self.responses.append({"text": text, "buttons": buttons, "custom": json_message})


def _kindly(text: str) -> Responses:
    buttons = [{"title": title, "payload": payload} for title, payload in wording.STARTS]
    return [{"text": text, "buttons": buttons}]


def _for_the_desk(message: Inbound, said: Said) -> str:
    match message:
        case messages.Location(label=label):
            return f"（位置）{label}"
        case messages.Image():
            return f"（图片）{said.metadata.get('image_url', '')}"
        case messages.Voice():
            return f"（语音）{said.text}"
        case _:
            return said.text
