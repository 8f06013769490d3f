"""The navigation: what stands on the left, and the key after `g` that leads there."""

from __future__ import annotations

from dataclasses import dataclass

from bot.console.permissions import may


@dataclass(frozen=True)
class Item:
    """`here`: pages pass this name to be marked as the current one."""

    here: str
    title: str
    path: str
    permission: str
    key: str


@dataclass(frozen=True)
class Group:
    title: str
    items: tuple[Item, ...]


NAV: tuple[Group, ...] = (
    Group(
        "接电话",
        (
            Item("desk", "问答台", "/console/", "desk.use", "h"),
            Item("guided", "引导提问", "/console/guided", "guided.use", "q"),
            Item("tasks", "代办", "/console/tasks", "tasks.do", "d"),
            Item("conversations", "会话", "/console/conversations", "conversations.view", "c"),
        ),
    ),
    Group(
        "办事",
        (
            Item("tickets", "工单", "/console/tickets", "tickets.view", "w"),
            Item("requests", "申请和建议", "/console/requests", "tickets.view", "r"),
            Item("bookings", "预约", "/console/bookings", "bookings.view", "b"),
            Item("safety", "安全", "/console/safety", "safety.view", "a"),
            Item("selection", "评选", "/console/selection", "selection.view", "p"),
        ),
    ),
    Group(
        "知识",
        (
            Item("knowledge", "知识", "/console/knowledge", "knowledge.view", "k"),
            Item("guided_edit", "提问编辑", "/console/guided/trees", "guided.edit", "y"),
            Item("review", "复查", "/console/review", "review.work", "v"),
            Item("reference", "资料", "/console/reference", "reference.view", "z"),
        ),
    ),
    Group("分析", (Item("dashboard", "看板", "/console/dashboard", "dashboard.view", "s"),)),
    Group(
        "管理",
        (
            Item("staff", "账号", "/console/staff", "staff.view", "u"),
            Item("audit", "审计", "/console/audit", "audit.view", "l"),
        ),
    ),
)


def nav_for(role: str) -> list[Group]:
    """What this role may open; groups with nothing in them are left out."""
    groups = [Group(group.title, tuple(item for item in group.items if may(role, item.permission))) for group in NAV]
    return [group for group in groups if group.items]


def start_page(role: str) -> str:
    """Where a log-in leads: the first page of the navigation that the role may open."""
    return next((group.items[0].path for group in nav_for(role)), "/console/account")
