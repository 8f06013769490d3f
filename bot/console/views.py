"""The audit of what is looked at: a part of a page that fetches itself anew is one view, not one each time."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.console.registry import Staff
from bot.web.keys import SERVICES


async def viewed(request: web.Request, staff: Staff, action: str, kind: str, object_id: str, **detail: Any) -> None:
    """Note that this session looks at the object, unless it has been noted: fetching the part alone is no way round."""
    audit = request.app[SERVICES].audit
    found = await audit.search(
        staff_name=staff.user.name,
        action=action,
        object_kind=kind,
        object_id=object_id,
        since=staff.session.created_at,
        limit=1,
    )
    if not found:
        await audit.note(staff.actor, action, kind, object_id, **detail)
