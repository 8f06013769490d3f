"""Trees of guided questions hold together, can be edited safely, and keep the path of a call."""

from __future__ import annotations

import asyncio

import pytest

from bot.knowledge.guided import BadTree, built_in, read_tree
from bot.services import Services, build_services
from bot.services.audit import Actor
from bot.services.errors import Invalid, NotFound
from bot.services.knowledge import StaleEdit

ANN, BEN = Actor("ann-id", "ann"), Actor("ben-id", "ben")

GOOD = """\
initiative: 5
title: 免费冷热饮
start: need
nodes:
  need:
    ask: 找最近的，还是坏了？
    answers:
      - {say: 找最近的, to: find}
      - {say: 坏了, to: broken}
  find: {answer: drinks/program, task: find_drinks}
  broken: {task: leave_suggestion}
"""


def test_there_is_a_sound_tree_for_each_initiative() -> None:
    trees = {name: read_tree(source) for name, source in built_in().items()}
    assert sorted(tree.initiative for tree in trees.values()) == list(range(1, 11))
    for name, tree in trees.items():
        ends = [node for node in tree.nodes.values() if node.is_end]
        assert any(node.answer for node in ends), name
        assert tree.depth <= 6, f"{name}: a caller is not asked more than six questions"


def test_injury_and_danger_are_asked_first_where_they_occur() -> None:
    for name in ("dispute", "hospital", "women", "safety"):
        tree = read_tree(built_in()[name])
        first = tree.nodes[tree.start]
        ends = {tree.nodes[option.to].task for option in first.options}
        assert ends & {"emergency", "human_handoff"}, name


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("to: broken", "to: nowhere", "不存在"),
        ("broken: {task: leave_suggestion}", "broken: {ask: 真坏了？, answers: [{say: 真, to: need}]}", "绕圈"),
        ("broken: {task: leave_suggestion}", "broken: {}", "断了"),
        ("- {say: 坏了, to: broken}", "- {say: 也找, to: find}", "没有路走到"),
        ("drinks/program", "drinks/beer", "没有“drinks/beer”"),
        ("task: find_drinks", "task: find_beer", "没有“find_beer”"),
        ("start: need", "start: begin", "不存在"),
        ("initiative: 5", "initiative: 11", "1 到 10"),
        ("找最近的，还是坏了？", "打 13812345678 问站长？", "公共热线"),
        ("- {say: 坏了, to: broken}", "".join(f"- {{say: 第{n}, to: broken}}\n      " for n in range(9)), "1 到 9"),
        ("title: 免费冷热饮", "title: ''", "title"),
        ("nodes:", "nodes: [", "格式不对"),
        ("find: {", "Find It: {answer: drinks/program}\n  find: {", "只能用小写"),
        ("{task: leave_suggestion}", "{task: leave_suggestion, color: red}", "不认识的键"),
    ],
)
def test_what_is_wrong_is_said(before: str, after: str, fault: str) -> None:
    assert before in GOOD
    with pytest.raises(BadTree) as caught:
        read_tree(GOOD.replace(before, after, 1))
    assert any(fault in line for line in caught.value.faults), caught.value.faults


@pytest.mark.parametrize("source", ["", "[]", "a: b", "&a [*a]", "nodes: {a: 1}", "!!python/object:os.system x"])
def test_nonsense_is_refused(source: str) -> None:
    with pytest.raises(BadTree):
        read_tree(source)


async def test_an_edit_is_a_version_in_use_at_once_everywhere(services: Services, clock) -> None:
    other = build_services(services.db, clock)
    assert (await other.guided.tree("drinks")).number == 0
    saved = await services.guided.save("drinks", GOOD, basis=0, note="短一点", actor=ANN)
    assert (saved.number, saved.author) == (1, "ann")
    held = await other.guided.tree("drinks")
    assert (held.number, held.tree.depth) == (1, 1)
    assert await other.guided.source("drinks", 0) == built_in()["drinks"]
    assert [entry.action for entry in await services.audit.search(object_kind="guided")] == ["guided.save"]


async def test_a_bad_or_stale_or_empty_edit_changes_nothing(services: Services) -> None:
    with pytest.raises(BadTree):
        await services.guided.save("drinks", GOOD.replace("to: find", "to: gone"), basis=0, note="", actor=ANN)
    with pytest.raises(BadTree):
        await services.guided.save("bank", GOOD, basis=0, note="", actor=ANN)
    with pytest.raises(NotFound):
        await services.guided.save("beer", GOOD, basis=0, note="", actor=ANN)
    with pytest.raises(Invalid):
        await services.guided.save("drinks", built_in()["drinks"], basis=0, note="", actor=ANN)
    await services.guided.save("drinks", GOOD, basis=0, note="", actor=ANN)
    with pytest.raises(StaleEdit):
        await services.guided.save("drinks", GOOD.replace("坏了？", "空了？"), basis=0, note="", actor=BEN)
    assert (await services.guided.tree("drinks")).number == 1


async def test_two_editors_at_once_make_one_version(services: Services) -> None:
    sources = [GOOD.replace("坏了？", f"坏了{n}？") for n in range(4)]
    results = await asyncio.gather(
        *(services.guided.save("drinks", source, basis=0, note="", actor=ANN) for source in sources),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["GuidedVersion", *["StaleEdit"] * 3]


async def test_a_call_goes_to_an_end_back_and_again(services: Services) -> None:
    call = await services.guided.begin("dispute", ANN)
    walk = await services.guided.go(call.id, [1, 1, 2, 1], actor=ANN)
    assert [node.key for node in walk.nodes] == ["safe", "kind", "wages", "contract", "labour"]
    assert walk.said[0] == ("您现在人安全吗？有没有受伤，要不要马上救治？", "人没事")
    ended = await services.guided.go(call.id, [1, 1, 2, 1, 2], actor=ANN)
    assert (ended.call.ended_in, ended.here.answer, ended.here.task) == ("window", "dispute/one_window", "open_dispute")
    back = await services.guided.go(call.id, [1, 1], actor=ANN)
    assert (back.here.key, back.call.ended_in) == ("wages", None)
    assert (await services.guided.walk(call.id)).said == back.said
    assert (await services.guided.go(call.id, [], actor=ANN)).here.key == "safe"


async def test_the_path_is_kept_with_what_came_of_it(services: Services) -> None:
    call = await services.guided.begin("dispute", ANN)
    await services.guided.go(call.id, [1, 1, 1, 3], actor=ANN)
    await services.guided.attach(call.id, "ticket", "LD20261125-1", actor=ANN)
    walk = await services.guided.call_of("ticket", "LD20261125-1")
    assert walk is not None
    assert [answer for _, answer in walk.said] == ["人没事", "工资、提成没发", "还在干", "合作、承揽协议，站点管着"]
    assert await services.guided.call_of("ticket", "LD20261125-2") is None
    assert [one.id for one in await services.guided.calls(staff_id="ann-id")] == [call.id]


async def test_another_seats_call_is_out_of_reach(services: Services) -> None:
    call = await services.guided.begin("bank", ANN)
    with pytest.raises(NotFound):
        await services.guided.go(call.id, [1], actor=BEN)
    with pytest.raises(NotFound):
        await services.guided.attach(call.id, "ticket", "X", actor=BEN)
    with pytest.raises(Invalid):
        await services.guided.go(call.id, [9], actor=ANN)
    with pytest.raises(NotFound):
        await services.guided.begin("beer", ANN)


async def test_an_edit_does_not_move_a_call_that_is_under_way(services: Services) -> None:
    call = await services.guided.begin("drinks", ANN)
    await services.guided.save("drinks", GOOD, basis=0, note="", actor=BEN)
    walk = await services.guided.go(call.id, [4], actor=ANN)
    assert walk.here.key == "unwell"
