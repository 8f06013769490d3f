"""What the audit's actions, objects and details are called on its page. What has no word here is shown as it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.console.onbehalf import TASKS
from bot.console.permissions import ROLE_NAMES
from bot.console.seat_words import TICKET_STATES
from bot.services.importing import SPECS

AREAS = {
    "login": "登录",
    "logout": "退出",
    "session": "结束登录",
    "staff": "账号",
    "people": "来电人",
    "task": "代办",
    "ticket": "工单",
    "request": "申请和建议",
    "booking": "一个预约",
    "bookings": "预约表",
    "waiting": "排队",
    "conversation": "会话",
    "guided": "引导提问",
    "answer": "知识",
    "review": "复查",
    "reference": "资料",
    "safety": "安全",
    "selection": "评选",
    "transcript": "消息明细",
}
"""The first part of an action: what can be looked for as a whole."""

ACTIONS = {
    "login": "登录",
    "login.failed": "登录失败",
    "login.locked": "输错太多，锁住",
    "logout": "退出",
    "session.end": "结束一处登录",
    "session.end_all": "结束全部登录",
    "staff.add": "建账号",
    "staff.change": "改账号",
    "staff.password": "换密码",
    "staff.unlock": "解锁",
    "staff.totp_on": "开动态码",
    "staff.totp_off": "关动态码",
    "people.look_up": "查来电人",
    "people.view": "看来电人",
    "people.erase": "删除来电人的信息",
    "task.register": "替来电人办",
    "task.registered": "办好了",
    "ticket.view": "看工单",
    "ticket.picture": "看证据图片",
    "ticket.assign": "分派",
    "ticket.move": "转状态",
    "ticket.reply": "回复或备注",
    "ticket.window": "转窗口",
    "ticket.mediation": "办专家调解",
    "ticket.export": "导出工单",
    "ticket.in_progress": "一起开始办理",
    "ticket.waiting": "一起请本人补材料",
    "ticket.resolved": "一起记有结果",
    "ticket.closed": "一起办结",
    "request.view": "看申请",
    "request.picture": "看图片",
    "request.answer": "答复",
    "booking.view": "看预约",
    "booking.mark": "签到",
    "booking.move": "改时间",
    "booking.cancel": "取消预约",
    "bookings.view": "看预约表",
    "bookings.capacity": "改名额",
    "bookings.close": "停诊",
    "bookings.open": "恢复可约",
    "waiting.view": "看排队",
    "waiting.take": "替他要了号",
    "waiting.leave": "替他不排了",
    "waiting.rejoin": "过时的重新排",
    "waiting.let_go": "过时的不再排",
    "conversation.view": "看会话",
    "conversation.picture": "看图片",
    "conversation.take": "接会话",
    "conversation.say": "发话",
    "conversation.back": "交回机器人",
    "guided.result": "记下问到的结果",
    "guided.save": "改问题树",
    "answer.propose": "提交修改",
    "answer.approve": "批准",
    "answer.reject": "退回",
    "review.record": "记没有合适答案",
    "review.labelled": "归类",
    "review.dismissed": "不用学",
    "review.open": "撤销归类",
    "review.export": "导出",
    "review.download": "再下载",
    "review.retrain": "训练新模型",
    "reference.add": "新增一行",
    "reference.edit": "改一行",
    "reference.remove": "删除一行",
    "reference.import": "导入",
    "reference.export": "导出",
    "safety.view": "看骑手",
    "safety.report": "下载单位报告",
    "safety.lesson": "看学习场次",
    "safety.assign": "安排学习",
    "safety.code": "发绑定码",
    "safety.attended": "登记到场",
    "safety.no_show": "登记没来",
    "safety.cancelled": "取消学习",
    "selection.export": "导出",
    "selection.publish": "公布结果",
    "selection.withdraw": "撤回结果",
    "transcript.list": "看消息明细",
}

OBJECTS = {
    "answer": "答案",
    "booking": "预约",
    "bookings": "预约表",
    "closure": "停诊",
    "company": "单位",
    "conversation": "会话",
    "education": "学习",
    "guided": "问题树",
    "lesson": "场次",
    "model": "模型",
    "person": "人",
    "reference": "资料",
    "review": "复查",
    "selection": "评选",
    "staff": "账号",
    "ticket": "工单",
    "tickets": "工单",
    "turns": "消息",
    "worker": "骑手",
}

DETAILS = {
    "active": "在用",
    "bulk": "一起办",
    "call": "提问",
    "cancelled": "取消几个",
    "channel": "通道",
    "code": "编号",
    "count": "条数",
    "columns": "改的列",
    "first": "从",
    "kind": "种类",
    "last": "到",
    "message": "哪一条",
    "name": "账号",
    "number": "编号",
    "people": "这些人",
    "person": "人",
    "phone": "电话",
    "picture": "图片",
    "places": "名额",
    "query": "条件",
    "reason": "原因",
    "replace": "删除文件里没有的",
    "role": "岗位",
    "rows": "行数",
    "task": "办什么",
    "to": "改为",
    "topic": "主题",
    "waiting": "排队号",
    "work_no": "工号",
}

_VALUES: dict[str, Mapping[str, str]] = {
    "phone": {"full": "看了全号", "masked": "打码"},
    "role": ROLE_NAMES,
    "to": TICKET_STATES,
}


def action(name: str) -> str:
    return ACTIONS.get(name, name)


def thing(kind: str, object_id: str) -> str:
    """What it was done to."""
    if kind == "waiting":
        return "排队名单"
    table, _, row = object_id.partition("/")
    if kind == "reference" and table in SPECS:
        object_id = f"{SPECS[table].title} {row}"
    return f"{OBJECTS.get(kind, kind)} {object_id}".strip()


def details(kept: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(name, value) of what is worth reading: what was empty is left out."""
    return [(DETAILS.get(name, name), _value(name, value)) for name, value in kept.items() if value not in ("", None)]


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(str, value))
    if name == "task" and value in TASKS:
        return TASKS[value].title
    return _VALUES.get(name, {}).get(str(value), str(value))
