"""Guided questions over HTTP: a call begins with its first answer, goes back and again, ends in a ticket."""

from __future__ import annotations

import re

from bot.knowledge.answers import answers
from tests.console.test_tasks import PHONE, caller, register


async def begun(seat, initiative, *answers_given):
    """The address of a call with these answers."""
    answer = await seat.post(f"/console/guided/{initiative}", data={"path": str(answers_given[0])})
    assert answer.status == 303
    where = answer.headers["Location"]
    for count in range(2, len(answers_given) + 1):
        path = ",".join(map(str, answers_given[:count]))
        assert (await seat.post(where, data={"path": path})).headers["Location"] == where
    return where


async def test_looking_leaves_no_call_and_each_tree_opens(console, services_of):
    seat = await console("seat")
    index = await seat.text("/console/guided")
    for number in range(1, 11):
        assert f'href="/console/guided/{number}"' in index
        assert 'data-pick="1"' in await seat.text(f"/console/guided/{number}")
    assert await services_of.guided.calls() == []
    assert (await seat.get("/console/guided/11")).status == 404
    for path in ("", "9", "x", "1," * 30):
        assert (await seat.post("/console/guided/2", data={"path": path})).status == 422


async def test_back_restart_and_a_double_click(console):
    seat = await console("seat")
    where = await begun(seat, 2, 1, 1)
    assert "您现在还在那里干吗" in await seat.text(where)
    await seat.post(where, data={"path": "1,1"})
    assert "您现在还在那里干吗" in await seat.text(where)
    await seat.post(where, data={"path": "1"})
    assert "是哪一类的事" in await seat.text(where)
    await seat.post(where, data={"path": ""})
    assert "您现在人安全吗" in await seat.text(where)
    assert (await seat.post(where, data={"path": "7"})).status == 422
    assert (await seat.post(where, data={})).status == 422


async def test_the_call_of_another_is_out_of_reach(console):
    seat, two = await console("seat"), await console(name="seat-two")
    where = await begun(seat, 5, 1)
    assert (await two.get(where)).status == 404
    assert (await two.post(where, data={"path": "1"})).status == 404


async def test_the_answers_prefill_the_ticket_and_stay_with_it(console, services_of):
    seat = await console("seat")
    where = await begun(seat, 2, 1, 1, 1, 3)  # safe, wages, still there, an agreement and managed
    text = await seat.text(where)
    assert answers()["dispute/rights_consult"].text.splitlines()[0] in text
    task = re.search(r'href="(/console/tasks/dispute\?call=[^"]+)"', text)
    assert task
    call = task[1].partition("call=")[2]
    assert f'name="call" value="{call}"' in await seat.text(task[1])  # goes on through the look-up of the phone
    form = await caller(seat, "dispute", call=call)
    page = await seat.text(form)
    assert '<option value="wages" selected>' in page
    assert '<option value="managed" selected>' in page
    assert 'name="still" value="yes" checked' in page
    assert "合作、承揽协议，站点管着" in page
    end, _, _ = await register(
        seat, "dispute", where=form, dispute_type="wages", still="yes", worker_class="managed", group_size="1"
    )
    (known,) = (await services_of.callers.look_up(PHONE)).known
    number = known.matters[0].number
    walk = await services_of.guided.call_of("ticket", number)
    assert walk is not None
    assert walk.call.id == call
    assert (await services_of.disputes.get(number, known.person.id)).ticket.worker_class == "managed"
    assert "站点管着" in await seat.text(end)
    assert number in await seat.text(where)
    ticket = await seat.text(f"/console/tickets/{number}")
    assert "登记时问过的" in ticket
    assert "合作、承揽协议，站点管着" in ticket
    assert "测试seat" in ticket  # who registered it


async def test_an_editor_is_shown_no_way_into_what_only_seats_may(console):
    editor = await console("editor")
    text = await editor.text(await begun(editor, 2, 1, 1, 1, 3))
    assert "/console/tasks" not in text


async def test_every_end_says_what_to_do(console, services_of):
    """Whatever the answers, a walk ends in words for the seat: an answer, a task or a note."""
    seat = await console("seat")
    for held in await services_of.guided.trees():
        ends = {node.key for node in held.tree.nodes.values() if node.is_end}
        seen = {}
        todo = [[]]
        while todo:
            path = todo.pop()
            here = held.tree.walk(path)[-1]
            if here.is_end:
                seen.setdefault(here.key, path)
            todo += [[*path, number] for number in range(1, len(here.options) + 1)]
        assert set(seen) == ends
        key, path = sorted(seen.items())[0]
        text = await seat.text(await begun(seat, held.tree.initiative, *path))
        assert held.tree.nodes[key].tell in text
