"""Client of the platform's API. Every error code has a remedy; a caller acts on the remedy, not on the code.

Source: developers.weixin.qq.com, "全局返回码说明" and the pages of each call. The access token travels in the
query string, so no URL and no exception of the HTTP client is ever logged.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

from bot.wechat.metrics import API_CALLS, API_SECONDS, TOKEN_FETCHES
from bot.wechat.tokens import TokenKeeper

API_BASE = "https://api.weixin.qq.com"
CALL = ClientTimeout(total=4, connect=2)
DOWNLOAD = ClientTimeout(total=15, connect=2)
MAX_ANSWER = 64 * 1024  # bytes of a JSON answer
# hosts from which the platform serves the pictures people send (PicUrl)
PICTURE_HOSTS = (".qpic.cn", ".qlogo.cn")


class Remedy(Enum):
    """What is to be done about an error."""

    REFRESH = "refresh"  # the token is stale: get another and try once more
    LATER = "later"  # the platform or the way to it is ill: try again with back-off
    TOMORROW = "tomorrow"  # the day's quota is used up
    KEEP = "keep"  # this person may not be written to now: show it with the reply to the next message
    GONE = "gone"  # there is no such follower any more
    DROP = "drop"  # this very request can never succeed
    OPERATOR = "operator"  # a setting is wrong; trying again only repeats it


REMEDIES: dict[int, Remedy] = {
    -1: Remedy.LATER,  # system busy
    40001: Remedy.REFRESH,  # bad credential or token
    40014: Remedy.REFRESH,  # bad token
    42001: Remedy.REFRESH,  # token ran out
    40003: Remedy.GONE,  # bad openid
    43004: Remedy.GONE,  # not a follower
    40007: Remedy.DROP,  # bad media_id
    45002: Remedy.DROP,  # content too long
    45009: Remedy.TOMORROW,  # daily quota of the call
    45011: Remedy.LATER,  # too many calls a minute
    45015: Remedy.KEEP,  # the window of 48 hours is closed
    45047: Remedy.KEEP,  # the five messages of the window are used
    48001: Remedy.KEEP,  # the account has no permission for this call
    43101: Remedy.KEEP,  # the person has not subscribed to this notice
    40013: Remedy.OPERATOR,  # bad app id
    40125: Remedy.OPERATOR,  # bad app secret
    40164: Remedy.OPERATOR,  # our address is not on the account's allow-list
    40037: Remedy.OPERATOR,  # bad template id
    47003: Remedy.OPERATOR,  # the template has other fields
    48004: Remedy.OPERATOR,  # the call has been taken from the account
    50002: Remedy.OPERATOR,  # the account is restricted
}


class ApiError(Exception):
    """A call failed. `code` is the platform's errcode, or None when there was no answer."""

    def __init__(self, call: str, remedy: Remedy, code: int | None = None, reason: str = "") -> None:
        super().__init__(f"{call}: {reason or code}")
        self.call = call
        self.remedy = remedy
        self.code = code


class TooLarge(Exception):
    """The file is larger than allowed."""


@dataclass(frozen=True)
class Download:
    data: bytes
    content_type: str


class WechatApi:
    """One account's API. `session` is shared and closed by its owner."""

    def __init__(
        self,
        session: ClientSession,
        app_id: str,
        app_secret: str,
        *,
        base: str = API_BASE,
        redis: Any | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._session = session
        self._app_id = app_id
        self._app_secret = app_secret
        self._base = base.rstrip("/")
        self.tokens = TokenKeeper(self._fetch_token, app_id, redis=redis, now=now)

    # -- messages ------------------------------------------------------------------------------------------

    async def send_text(self, openid: str, text: str) -> None:
        await self._send(openid, "text", {"content": text})

    async def send_menu(self, openid: str, head: str, choices: Sequence[tuple[str, str]], tail: str = "") -> None:
        """A text with tappable lines. choices: (id, words)."""
        items = [{"id": number, "content": words} for number, words in choices]
        await self._send(openid, "msgmenu", {"head_content": head, "list": items, "tail_content": tail})

    async def send_news(self, openid: str, title: str, description: str, url: str, picture: str = "") -> None:
        article = {"title": title, "description": description, "url": url, "picurl": picture}
        await self._send(openid, "news", {"articles": [article]})

    async def send_image(self, openid: str, media_id: str) -> None:
        await self._send(openid, "image", {"media_id": media_id})

    async def send_template(self, openid: str, template_id: str, fields: dict[str, str], *, once: str) -> None:
        """模板消息 (verified service accounts). once: the platform takes a message with it only once."""
        body = {"touser": openid, "template_id": template_id, "data": _values(fields), "client_msg_id": once}
        await self._post("template", "/cgi-bin/message/template/send", body)

    async def send_subscribed(self, openid: str, template_id: str, fields: dict[str, str]) -> None:
        """订阅通知: one notice for each time the person has agreed to it."""
        body = {"touser": openid, "template_id": template_id, "data": _values(fields)}
        await self._post("subscribe", "/cgi-bin/message/subscribe/bizsend", body)

    async def _send(self, openid: str, kind: str, content: dict[str, Any]) -> None:
        body = {"touser": openid, "msgtype": kind, kind: content}
        await self._post("send", "/cgi-bin/message/custom/send", body)

    # -- menu ----------------------------------------------------------------------------------------------

    async def create_menu(self, menu: dict[str, Any]) -> None:
        await self._post("menu", "/cgi-bin/menu/create", menu)

    # -- files ---------------------------------------------------------------------------------------------

    async def download_media(self, media_id: str, max_bytes: int) -> Download:
        """A file someone sent; the platform keeps it three days. TooLarge, ApiError."""

        async def once(token: str) -> Download | dict[str, Any]:
            params = {"access_token": token, "media_id": media_id}
            async with self._session.get(
                f"{self._base}/cgi-bin/media/get", params=params, timeout=DOWNLOAD, allow_redirects=False
            ) as response:
                # an error comes as JSON with status 200
                if response.content_type in ("application/json", "text/plain"):
                    return await _json("media", response)
                return await _file("media", response, max_bytes)

        answer = await self._with_token("media", once)
        if isinstance(answer, Download):
            return answer
        raise ApiError("media", Remedy.DROP, reason="no file in the answer")

    async def download_picture(self, url: str, max_bytes: int) -> Download:
        """The picture behind a PicUrl, for accounts that may not use the media call.

        Only from the platform's own picture hosts: the address comes from outside. TooLarge, ApiError.
        """
        parts = urlsplit(url)
        trusted = (parts.hostname or "").endswith(PICTURE_HOSTS) or url.startswith(self._base + "/")
        if parts.scheme not in ("http", "https") or not trusted or parts.username:
            raise ApiError("picture", Remedy.DROP, reason="not a picture host of the platform")
        began = time.perf_counter()
        try:
            async with self._session.get(url, timeout=DOWNLOAD, allow_redirects=False) as response:
                return await _file("picture", response, max_bytes)
        except (ClientError, TimeoutError, OSError) as error:
            raise _unreachable("picture", error) from None
        finally:
            API_SECONDS.labels("picture").observe(time.perf_counter() - began)

    # -- transport -----------------------------------------------------------------------------------------

    async def _post(self, call: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        # the platform shows \uXXXX escapes as they are in some fields: UTF-8 it is
        data = json.dumps(body, ensure_ascii=False).encode()

        async def once(token: str) -> dict[str, Any]:
            async with self._session.post(
                f"{self._base}{path}",
                params={"access_token": token},
                data=data,
                headers={"Content-Type": "application/json; charset=utf-8"},
                timeout=CALL,
                allow_redirects=False,
            ) as response:
                return await _json(call, response)

        answer = await self._with_token(call, once)
        return answer if isinstance(answer, dict) else {}

    async def _with_token(
        self, call: str, once: Callable[[str], Awaitable[Download | dict[str, Any]]]
    ) -> Download | dict[str, Any]:
        """Run a call; when the token is refused, once more with another one. ApiError with its remedy."""
        token = await self.tokens.get()
        answer = await self._timed(call, once, token)
        if _remedy(answer) is Remedy.REFRESH:
            token = await self.tokens.get(rejected=token)
            answer = await self._timed(call, once, token)
        remedy = _remedy(answer)
        if remedy is None:
            return answer
        code = _code(answer)
        # refused again with a fresh token: not a matter of the token
        raise ApiError(call, Remedy.LATER if remedy is Remedy.REFRESH else remedy, code)

    async def _timed(
        self, call: str, once: Callable[[str], Awaitable[Download | dict[str, Any]]], token: str
    ) -> Download | dict[str, Any]:
        began = time.perf_counter()
        try:
            answer = await once(token)
        except (ClientError, TimeoutError, OSError) as error:
            API_CALLS.labels(call, "unreachable").inc()
            raise _unreachable(call, error) from None
        except (ApiError, TooLarge):
            API_CALLS.labels(call, "bad_answer").inc()
            raise
        finally:
            API_SECONDS.labels(call).observe(time.perf_counter() - began)
        code = _code(answer)
        API_CALLS.labels(call, str(code) if code in REMEDIES else ("ok" if code == 0 else "other")).inc()
        return answer

    async def _fetch_token(self, force: bool) -> tuple[str, int]:
        body = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._app_secret,
            "force_refresh": force,
        }
        try:
            async with self._session.post(
                f"{self._base}/cgi-bin/stable_token", json=body, timeout=CALL, allow_redirects=False
            ) as response:
                answer = await _json("token", response)
        except (ClientError, TimeoutError, OSError) as error:
            TOKEN_FETCHES.labels("unreachable").inc()
            raise _unreachable("token", error) from None
        value, seconds = answer.get("access_token"), answer.get("expires_in")
        if isinstance(value, str) and value and isinstance(seconds, int):
            TOKEN_FETCHES.labels("ok").inc()
            return value, seconds
        code = _code(answer)
        TOKEN_FETCHES.labels("refused").inc()
        remedy = REMEDIES.get(code, Remedy.LATER)
        # 40001 here is about the secret, not about a token
        raise ApiError("token", Remedy.OPERATOR if remedy is Remedy.REFRESH else remedy, code)


def _values(fields: dict[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"value": value} for name, value in fields.items()}


def _code(answer: Download | dict[str, Any]) -> int:
    if isinstance(answer, Download):
        return 0
    code = answer.get("errcode", 0)
    return code if isinstance(code, int) else -1


def _remedy(answer: Download | dict[str, Any]) -> Remedy | None:
    code = _code(answer)
    return None if code == 0 else REMEDIES.get(code, Remedy.LATER)


def _unreachable(call: str, error: Exception) -> ApiError:
    # the error's own text may hold the URL and with it the token
    return ApiError(call, Remedy.LATER, reason=type(error).__name__)


async def _json(call: str, response: ClientResponse) -> dict[str, Any]:
    if response.status != 200:
        raise ApiError(call, Remedy.LATER, reason=f"status {response.status}")
    try:
        answer = json.loads((await _body(response, MAX_ANSWER)).decode("utf-8", "replace"))
    except ValueError:
        raise ApiError(call, Remedy.LATER, reason="not JSON") from None
    if not isinstance(answer, dict):
        raise ApiError(call, Remedy.LATER, reason="not an object")
    return answer


async def _file(call: str, response: ClientResponse, max_bytes: int) -> Download:
    if response.status != 200:
        raise ApiError(call, Remedy.LATER, reason=f"status {response.status}")
    if (response.content_length or 0) > max_bytes:
        raise TooLarge
    return Download(await _body(response, max_bytes), response.content_type)


async def _body(response: ClientResponse, max_bytes: int) -> bytes:
    data = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        data += chunk
        if len(data) > max_bytes:
            raise TooLarge
    return bytes(data)
