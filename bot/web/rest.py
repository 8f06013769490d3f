"""Rasa's REST channel and parse endpoint, on our own server (names in contracts.md are promised)."""

from __future__ import annotations

import hmac
import ipaddress
import json
import logging
import math
from typing import Any

from aiohttp import web

from bot.dialogue.host import FALLBACK
from bot.dialogue.plain import converse
from bot.web.keys import HOST, SERVICES, SETTINGS

logger = logging.getLogger(__name__)
routes = web.RouteTableDef()
SENDER_LIMIT = 120


def _problem(status: int, message: str) -> web.Response:
    return web.json_response({"status": "failure", "message": message, "code": status}, status=status)


def _allowed(request: web.Request) -> bool:
    """With API_TOKEN set: the bearer of it. Without: clients on this machine only."""
    token = request.app[SETTINGS].api_token
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
        return hmac.compare_digest(given, token.encode())
    try:
        # a proxy in front would make everybody local: then a token is needed
        forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
        return ipaddress.ip_address(request.remote or "").is_loopback and not forwarded
    except ValueError:
        return False


async def _body(request: web.Request) -> dict[str, Any] | None:
    try:
        body = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return None
    return body if isinstance(body, dict) else None


def clean_metadata(raw: Any) -> dict[str, Any] | None:
    """The metadata a channel may give; None when it is malformed."""
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        return None
    metadata: dict[str, Any] = {}
    location = raw.get("location")
    if location is not None:
        try:
            lat, lng = float(location["lat"]), float(location["lng"])
        except (KeyError, TypeError, ValueError):
            return None
        if not (math.isfinite(lat) and math.isfinite(lng) and -90 <= lat <= 90 and -180 <= lng <= 180):
            return None
        metadata["location"] = {"lat": lat, "lng": lng, "label": str(location.get("label") or "")[:120]}
    for name, limit in (("image_url", 500), ("event", 128), ("choice", 20)):
        value = raw.get(name)
        if value is None:
            continue
        if not isinstance(value, str) or len(value) > limit:
            return None
        metadata[name] = value
    return metadata


@routes.post("/webhooks/rest/webhook")
async def rest_webhook(request: web.Request) -> web.Response:
    if not _allowed(request):
        return _problem(401, "give the API token as 'Authorization: Bearer …'")
    body = await _body(request)
    if body is None:
        return _problem(400, "the body must be a JSON object")
    sender, message = body.get("sender", "default"), body.get("message")
    metadata = clean_metadata(body.get("metadata"))
    if not isinstance(sender, str) or not 0 < len(sender) <= SENDER_LIMIT:
        return _problem(400, f"'sender' must be a text of 1 to {SENDER_LIMIT} characters")
    if not isinstance(message, str):
        return _problem(400, "'message' must be a text")
    if metadata is None:
        return _problem(400, "'metadata' must hold location {lat, lng}, image_url or event in the promised shape")
    key = body.get("message_id")
    key = f"rest:{sender}:{key}"[:180] if isinstance(key, str | int) and key != "" else None
    sender_id = f"rest:{sender}"
    try:
        replies = await converse(
            request.app[HOST], request.app[SERVICES], sender_id, message, metadata=metadata, key=key
        )
    except Exception:
        # the rider must get an honest answer whatever broke; the cause goes to the log with its traceback
        logger.exception("a turn failed")
        replies = [{"text": FALLBACK}]
    return web.json_response([{"recipient_id": sender, **reply} for reply in replies], dumps=_dumps)


@routes.post("/model/parse")
async def model_parse(request: web.Request) -> web.Response:
    if not _allowed(request):
        return _problem(401, "give the API token as 'Authorization: Bearer …'")
    body = await _body(request)
    if body is None or not isinstance(body.get("text"), str):
        return _problem(400, "the body must be a JSON object with 'text'")
    return web.json_response(await request.app[HOST].parse(body["text"]), dumps=_dumps)


@routes.get("/status")
async def status(request: web.Request) -> web.Response:
    if not _allowed(request):
        return _problem(401, "give the API token as 'Authorization: Bearer …'")
    agent = request.app[HOST].agent
    processor = agent.processor
    return web.json_response(
        {
            "model_file": processor.model_filename if processor else None,
            "model_id": agent.model_id,
            "num_active_training_jobs": 0,
        }
    )


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
