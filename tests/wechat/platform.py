"""A stand-in of the WeChat platform, as strict and as impatient as the real one.

It signs and encrypts with wechatpy (an implementation independent of ours), gives up after 5 seconds,
delivers at most three times, shows what a follower would see, and serves the API with the platform's windows
and codes. Errors are injected with `fail`.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import aiohttp
from aiohttp import web
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

UNAVAILABLE = "该公众号暂时无法提供服务，请稍后再试"
ATTEMPTS = 3
PATIENCE = 5.0  # seconds
MAX_TEXT = 2048  # bytes


@dataclass
class Shown:
    """One thing that a follower sees. via: passive, custom, template or subscribe."""

    via: str
    kind: str
    text: str = ""
    choices: list[tuple[str, str]] = field(default_factory=list)
    title: str = ""
    url: str = ""
    picture: str = ""
    at: float = field(default_factory=time.time)


@dataclass
class Delivery:
    """What became of one message: raw replies and times per attempt, and what was shown."""

    attempts: list[tuple[int, str, float]] = field(default_factory=list)  # (status, decrypted body, seconds)
    shown: Shown | None = None

    @property
    def body(self) -> str:
        """The last reply, decrypted."""
        return self.attempts[-1][1] if self.attempts else ""

    @property
    def content(self) -> str:
        return self.shown.text if self.shown else ""


class Platform:
    """One Official Account. `bot_url` is the address of its server interface."""

    def __init__(
        self,
        *,
        app_id: str = "wx0123456789abcdef",
        app_secret: str = "s" * 32,
        token: str = "testtoken",
        aes_key: str | None = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        mode: str = "safe",
        account: str = "gh_0123456789ab",
        verified: bool = True,
    ) -> None:
        self.app_id, self.app_secret, self.token, self.aes_key = app_id, app_secret, token, aes_key
        self.mode = mode if aes_key else "plain"
        self.account = account
        self.verified = verified  # whether the customer-service API may be used
        self.bot_url = ""
        self.patience = PATIENCE
        self.phones: dict[str, list[Shown]] = defaultdict(list)
        self.media: dict[str, tuple[bytes, str]] = {}
        self.menu: dict[str, Any] | None = None
        self.calls: dict[str, int] = defaultdict(int)
        self.token_fetches = 0
        self.forced_fetches = 0
        self.access_token = ""
        self._token_ends = 0.0
        self._failures: dict[str, deque[int | str | float]] = defaultdict(deque)
        self._message_at: dict[str, float] = {}
        self._event_at: dict[str, float] = {}
        self._used: dict[str, int] = defaultdict(int)
        self._event_used: dict[str, int] = defaultdict(int)
        self._notices_once: set[str] = set()
        self._ids = itertools.count(24_000_000_000_000_000)
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None
        self.api_url = ""

    # -- life ----------------------------------------------------------------------------------------------

    async def start(self, port: int = 0) -> None:
        self._session = aiohttp.ClientSession()
        self._runner = web.AppRunner(self.application())
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        host, bound = self._runner.addresses[0][:2]
        self.api_url = f"http://{host}:{bound}"

    async def stop(self) -> None:
        if self._session:
            await self._session.close()
        if self._runner:
            await self._runner.cleanup()

    def application(self) -> web.Application:
        app = web.Application(client_max_size=12 << 20)
        app.router.add_post("/cgi-bin/stable_token", self._stable_token)
        app.router.add_post("/cgi-bin/message/custom/send", self._custom_send)
        app.router.add_post("/cgi-bin/message/template/send", self._template_send)
        app.router.add_post("/cgi-bin/message/subscribe/bizsend", self._subscribe_send)
        app.router.add_post("/cgi-bin/menu/create", self._menu_create)
        app.router.add_get("/cgi-bin/media/get", self._media_get)
        app.router.add_get("/pictures/{name}", self._picture)
        return app

    # -- a follower does something -------------------------------------------------------------------------

    def message(self, openid: str, kind: str, **fields: Any) -> dict[str, Any]:
        """The fields of a message, ready for `deliver`."""
        return self._head(openid) | {"MsgType": kind, **fields, "MsgId": next(self._ids)}

    def event(self, openid: str, name: str, **fields: Any) -> dict[str, Any]:
        return self._head(openid) | {"MsgType": "event", "Event": name, **fields}

    async def text(self, openid: str, content: str, choice: str | None = None) -> Delivery:
        extra = {"bizmsgmenuid": choice} if choice else {}
        return await self.deliver(self.message(openid, "text", Content=content, **extra))

    async def location(self, openid: str, lat: float, lng: float, label: str = "") -> Delivery:
        fields = {"Location_X": f"{lat:.6f}", "Location_Y": f"{lng:.6f}", "Scale": 15, "Label": label}
        return await self.deliver(self.message(openid, "location", **fields))

    async def picture(self, openid: str, data: bytes, content_type: str = "image/jpeg") -> Delivery:
        media_id = self.upload(data, content_type)
        url = f"{self.api_url}/pictures/{media_id}"
        return await self.deliver(self.message(openid, "image", PicUrl=url, MediaId=media_id))

    async def voice(self, openid: str, data: bytes = b"#!AMR\n" + bytes(40), recognition: str = "") -> Delivery:
        media_id = self.upload(data, "audio/amr")
        return await self.deliver(
            self.message(openid, "voice", MediaId=media_id, Format="amr", Recognition=recognition)
        )

    async def click(self, openid: str, key: str) -> Delivery:
        return await self.deliver(self.event(openid, "CLICK", EventKey=key))

    async def subscribe(self, openid: str, scene: str | None = None) -> Delivery:
        key = f"qrscene_{scene}" if scene else ""
        return await self.deliver(self.event(openid, "subscribe", EventKey=key))

    def upload(self, data: bytes, content_type: str) -> str:
        media_id = secrets.token_urlsafe(24)
        self.media[media_id] = (data, content_type)
        return media_id

    async def check_url(self, echo: str = "4375120948345356249") -> tuple[int, str]:
        query = self._query() | {"echostr": echo}
        assert self._session
        async with self._session.get(self.bot_url, params=query) as response:
            return response.status, await response.text()

    # -- delivery ------------------------------------------------------------------------------------------

    async def deliver(self, fields: dict[str, Any]) -> Delivery:
        """Deliver as the platform does: again after 5 seconds of silence or a broken connection."""
        openid = str(fields["FromUserName"])
        self._open_window(openid, fields)
        delivery = Delivery()
        for _ in range(ATTEMPTS):
            began = time.perf_counter()
            try:
                status, body = await asyncio.wait_for(self.post(fields), self.patience)
            except (TimeoutError, aiohttp.ClientError, OSError):
                delivery.attempts.append((0, "", time.perf_counter() - began))
                continue
            delivery.attempts.append((status, body, time.perf_counter() - began))
            delivery.shown = self._show(status, body)
            break
        else:
            delivery.shown = Shown("passive", "text", UNAVAILABLE)
        if delivery.shown:
            self.phones[openid].append(delivery.shown)
        return delivery

    async def post(self, fields: dict[str, Any]) -> tuple[int, str]:
        """One attempt: (status, decrypted body)."""
        body, query = self.sealed(to_xml(fields))
        status, raw = await self.post_raw(body, query)
        return status, self._open(raw) if status == 200 else raw

    async def post_raw(self, body: bytes | str, query: dict[str, str]) -> tuple[int, str]:
        assert self._session
        data = body.encode() if isinstance(body, str) else body
        async with self._session.post(
            self.bot_url, params=query, data=data, headers={"Content-Type": "text/xml"}
        ) as response:
            return response.status, await response.text()

    def sealed(self, xml: str, **changes: str) -> tuple[str, dict[str, str]]:
        """Body and query of one attempt, in the account's mode."""
        query = self._query(**changes)
        if self.mode == "plain":
            return xml, query
        assert self.aes_key
        crypto = WeChatCrypto(self.token, self.aes_key, self.app_id)
        envelope = ElementTree.fromstring(crypto.encrypt_message(xml, query["nonce"], query["timestamp"]))
        encrypted = envelope.findtext("Encrypt") or ""
        query |= {"encrypt_type": "aes", "msg_signature": envelope.findtext("MsgSignature") or ""}
        to_user = f"<ToUserName><![CDATA[{self.account}]]></ToUserName>"
        inner = f"{to_user}<Encrypt><![CDATA[{encrypted}]]></Encrypt>"
        if self.mode == "compatible":
            inner += xml.removeprefix("<xml>").removesuffix("</xml>").replace(to_user, "")
        return f"<xml>{inner}</xml>", query

    def _query(self, timestamp: str | None = None, nonce: str | None = None) -> dict[str, str]:
        timestamp = timestamp or str(int(time.time()))
        nonce = nonce or str(secrets.randbelow(10**10))
        signer = WeChatSigner()
        signer.add_data(self.token, timestamp, nonce)
        return {"signature": signer.signature, "timestamp": timestamp, "nonce": nonce}

    def _head(self, openid: str) -> dict[str, Any]:
        return {"ToUserName": self.account, "FromUserName": openid, "CreateTime": int(time.time())}

    def _open(self, raw: str) -> str:
        if self.mode == "plain" or not raw.startswith("<"):
            return raw
        assert self.aes_key
        envelope = ElementTree.fromstring(raw)
        crypto = WeChatCrypto(self.token, self.aes_key, self.app_id)
        opened: str = crypto.decrypt_message(
            raw,
            envelope.findtext("MsgSignature"),
            envelope.findtext("TimeStamp"),
            envelope.findtext("Nonce"),
        )
        return opened

    def _open_window(self, openid: str, fields: dict[str, Any]) -> None:
        now = time.time()
        if fields["MsgType"] != "event":
            self._message_at[openid], self._used[openid] = now, 0
        elif fields["Event"] in ("CLICK", "subscribe", "SCAN"):
            self._event_at[openid], self._event_used[openid] = now, 0

    def _show(self, status: int, body: str) -> Shown | None:
        """What the follower sees of a passive reply; None for silence."""
        if status != 200:
            return Shown("passive", "text", UNAVAILABLE)
        if body in ("", "success"):
            return None
        try:
            root = ElementTree.fromstring(body)
        except ElementTree.ParseError:
            return Shown("passive", "text", UNAVAILABLE)
        kind = root.findtext("MsgType") or ""
        if kind == "text":
            content = root.findtext("Content") or ""
            return Shown("passive", "text", content) if len(content.encode()) <= MAX_TEXT else None
        if kind == "news":
            items = root.findall("Articles/item")
            if len(items) != 1 or root.findtext("ArticleCount") != "1":
                return Shown("passive", "text", UNAVAILABLE)
            item = items[0]
            return Shown(
                "passive",
                "news",
                item.findtext("Description") or "",
                title=item.findtext("Title") or "",
                url=item.findtext("Url") or "",
                picture=item.findtext("PicUrl") or "",
            )
        if kind == "image":
            return Shown("passive", "image", picture=root.findtext("Image/MediaId") or "")
        if kind == "transfer_customer_service":
            return Shown("passive", "transfer")
        return Shown("passive", "text", UNAVAILABLE)

    # -- API -----------------------------------------------------------------------------------------------

    def fail(self, call: str, *codes: int | str | float) -> None:
        """Let the next calls fail: an errcode (int), "500", "drop" (connection cut), or a pause (float)."""
        self._failures[call].extend(codes)

    def expire_token(self) -> None:
        """What another system does that asks with force: the token in use is worth nothing any more."""
        self.access_token = secrets.token_urlsafe(96)
        self._token_ends = time.time() + 7200

    async def _trouble(self, call: str, request: web.Request) -> web.Response | None:
        self.calls[call] += 1
        if not self._failures[call]:
            return None
        failure = self._failures[call].popleft()
        if isinstance(failure, float):
            await asyncio.sleep(failure)
            return None
        if failure == "drop":
            assert request.transport
            request.transport.abort()
            return web.Response()
        if isinstance(failure, str):
            return web.Response(status=int(failure))
        return _errcode(failure)

    async def _stable_token(self, request: web.Request) -> web.Response:
        self.token_fetches += 1
        if trouble := await self._trouble("token", request):
            return trouble
        asked = await request.json()
        if asked.get("appid") != self.app_id:
            return _errcode(40013)
        if asked.get("secret") != self.app_secret:
            return _errcode(40125)
        self.forced_fetches += bool(asked.get("force_refresh"))
        if asked.get("force_refresh") or time.time() > self._token_ends:
            self.expire_token()
        return web.json_response({"access_token": self.access_token, "expires_in": 7200})

    async def _checked(self, call: str, request: web.Request) -> web.Response | None:
        if trouble := await self._trouble(call, request):
            return trouble
        if not self.access_token or request.query.get("access_token") != self.access_token:
            return _errcode(40001)
        return None

    async def _custom_send(self, request: web.Request) -> web.Response:
        if trouble := await self._checked("send", request):
            return trouble
        if not self.verified:
            return _errcode(48001)
        body = json.loads(await request.read())
        openid, kind = body["touser"], body["msgtype"]
        if (code := self._spend(openid)) != 0:
            return _errcode(code)
        content = body[kind]
        shown = Shown("custom", kind)
        if kind == "text":
            if len(content["content"].encode()) > MAX_TEXT:
                return _errcode(45002)
            shown.text = content["content"]
        elif kind == "msgmenu":
            shown.text = "\n".join(t for t in (content["head_content"], content["tail_content"]) if t)
            shown.choices = [(item["id"], item["content"]) for item in content["list"]]
        elif kind == "news":
            article = content["articles"][0]
            shown.title, shown.text = article["title"], article["description"]
            shown.url, shown.picture = article["url"], article["picurl"]
        self.phones[openid].append(shown)
        return _errcode(0)

    def _spend(self, openid: str) -> int:
        """5 within 48 hours of a message, 3 within a minute of a click, a scan or a follow."""
        now = time.time()
        if now - self._message_at.get(openid, 0) < 48 * 3600 and self._used[openid] < 5:
            self._used[openid] += 1
            return 0
        if now - self._event_at.get(openid, 0) < 60 and self._event_used[openid] < 3:
            self._event_used[openid] += 1
            return 0
        return 45047 if now - self._message_at.get(openid, 0) < 48 * 3600 else 45015

    async def _template_send(self, request: web.Request) -> web.Response:
        return await self._notice("template", request)

    async def _subscribe_send(self, request: web.Request) -> web.Response:
        return await self._notice("subscribe", request)

    async def _notice(self, call: str, request: web.Request) -> web.Response:
        if trouble := await self._checked(call, request):
            return trouble
        body = json.loads(await request.read())
        once = body.get("client_msg_id")
        if once and once in self._notices_once:
            return _errcode(0)
        self._notices_once.add(once)
        text = "\n".join(f"{name}={value['value']}" for name, value in body["data"].items())
        self.phones[body["touser"]].append(Shown(call, "notice", text, title=body["template_id"]))
        return _errcode(0)

    async def _menu_create(self, request: web.Request) -> web.Response:
        if trouble := await self._checked("menu", request):
            return trouble
        self.menu = json.loads(await request.read())
        return _errcode(0)

    async def _media_get(self, request: web.Request) -> web.Response:
        if trouble := await self._checked("media", request):
            return trouble
        found = self.media.get(request.query.get("media_id", ""))
        if found is None:
            return _errcode(40007)
        return web.Response(body=found[0], content_type=found[1])

    async def _picture(self, request: web.Request) -> web.Response:
        found = self.media.get(request.match_info["name"])
        return web.Response(body=found[0], content_type=found[1]) if found else web.Response(status=404)


def to_xml(fields: dict[str, Any]) -> str:
    """The platform's own way of writing: numbers bare, texts in CDATA."""
    parts = []
    for tag, value in fields.items():
        safe = str(value).replace("]]>", "]]]]><![CDATA[>")
        parts.append(f"<{tag}>{value if isinstance(value, int) else f'<![CDATA[{safe}]]>'}</{tag}>")
    return f"<xml>{''.join(parts)}</xml>"


def _errcode(code: int) -> web.Response:
    return web.json_response({"errcode": code, "errmsg": "ok" if code == 0 else "error"})
