"""The audit: who of the staff saw or changed what. Read only; the database keeps it append-only."""

from __future__ import annotations

from aiohttp import web

from bot.console import audit_words as words
from bot.console.registry import Staff, page
from bot.console.render import render
from bot.services.audit import PAGE
from bot.web.keys import SERVICES


@page("GET", "/console/audit", permission="audit.view")
async def audit(request: web.Request, staff: Staff) -> web.Response:
    query = {name: request.query.get(name, "").strip()[:80] for name in ("staff", "action", "object")}
    before = request.query.get("before", "")
    entries = await request.app[SERVICES].audit.search(
        staff_name=query["staff"],
        action=query["action"],
        object_id=query["object"],
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None,
    )
    return render(request, "audit.html", here="audit", entries=entries, query=query, words=words, most=PAGE)
