"""The audit is read by people: every action and detail that is written has a word of theirs."""

from __future__ import annotations

import ast
import re
from html import unescape

from bot.console import audit_words as words
from bot.services.audit import Actor
from bot.settings import ROOT

WRITERS = {"of", "note", "record", "viewed", "look_up"}
NOT_DETAILS = {"since", "limit", "session", "actor"}


def written():
    """(file, call) of every call that writes to the audit."""
    for path in sorted((ROOT / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            if name.rpartition(".")[2] in WRITERS and ("audit" in name or name in ("viewed", "look_up")):
                yield path, node


def actions_of(call):
    """Literal actions of a call, those of a choice too; "ticket." for one that is put together."""
    found = []
    for argument in call.args[:4]:
        for node in ast.walk(argument):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return [one for one in found if one in ("login", "logout") or ("." in one and one.replace(".", "").isidentifier())]


def test_every_action_and_detail_has_a_word():
    actions, details = set(), set()
    for _, call in written():
        actions |= set(actions_of(call))
        details |= {one.arg for one in call.keywords if one.arg} - NOT_DETAILS
    whole = {one for one in actions if not one.endswith(".")}
    assert len(whole) > 50
    assert whole - set(words.ACTIONS) == set()
    assert {one for one in actions if one.endswith(".")} <= {f"{area}." for area in words.AREAS}
    assert details - set(words.DETAILS) == set()


def test_every_action_belongs_to_an_area():
    assert {one.partition(".")[0] for one in words.ACTIONS} == set(words.AREAS)


async def test_the_page_speaks_chinese(console):
    editor = await console("editor")
    await editor.get("/console/reference/discounts/export?as=csv")
    auditor = await console("auditor")
    text = await auditor.text("/console/audit", params={"action": "reference"})
    assert ">导出</a>" in text
    assert "资料 优享卡优惠" in text
    assert 'value="reference" selected' in text
    assert ">看工单" not in text
    text = await auditor.text("/console/audit", params={"action": "login.failed"})
    assert 'value="login.failed" selected>登录失败' in text
    seat = await console("seat")
    await seat.post("/console/people", {"phone": "13800138000"})
    assert "查来电人" in await auditor.text("/console/audit")
    unknown = await auditor.text("/console/audit", params={"action": "<b>x"})
    assert "<b>x" not in unknown


async def test_older_entries_are_offered_only_where_there_are_some(console, services_of):
    auditor = await console("auditor")
    assert "更早的" not in await auditor.text("/console/audit")
    seat = await services_of.staff.users()
    for _ in range(101):
        await services_of.audit.note(Actor(seat[0].id, seat[0].name), "ticket.view", "ticket", "LD20261125-000001")
    text = await auditor.text("/console/audit", params={"action": "ticket"})
    older = unescape(re.search(r'href="([^"]*before=\d+)"', text)[1])
    text = await auditor.text(older)
    assert text.count(">看工单</a>") == 1
    assert "更早的" not in text
