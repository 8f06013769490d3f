"""Where a topic of the chat is done in the console: a task on behalf, a page, the map."""

from __future__ import annotations

from bot.console.onbehalf import task_of_topic
from bot.console.registry import ROUTES, Staff

MAP = "/map"
_PAGES = {
    "find_station": ("打开党建地图", MAP),
    "find_drinks": ("打开党建地图", MAP),
    "find_bank": ("打开党建地图", MAP),
    "find_berth": ("打开党建地图", MAP),
    "dispute_status": ("按手机号查工单", "/console/tasks"),
    "booking_status": ("按手机号查预约", "/console/tasks"),
    "calc_subsidy": ("算学费补助", "/console/subsidy"),
    "human_handoff": ("会话台", "/console/conversations"),
    "my_safety_record": ("安全看板", "/console/safety"),
    "check_tour_card": ("评选", "/console/selection"),
}


def step_of(topic: str, staff: Staff) -> tuple[str, str] | None:
    """(what its button says, where it leads) for a topic that this member of staff can do something about."""
    task = task_of_topic(topic)
    if task is not None:
        return (task.title, f"/console/tasks/{task.name}") if staff.may("tasks.do") else None
    if topic not in _PAGES:
        return None
    text, path = _PAGES[topic]
    permissions = [route.permission for route in ROUTES if (route.method, route.path) == ("GET", path)]
    opens = path == MAP or any(staff.may(permission) for permission in permissions if permission)
    return (text, path) if opens else None
