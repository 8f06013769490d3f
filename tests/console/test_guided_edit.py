"""Trees of guided questions are edited as text: faults by line, an outline, versions, rollback, no lost update."""

import pytest

from bot.knowledge.guided import BadTree, built_in, read_tree

DRINKS = built_in()["drinks"]
EDITED = DRINKS.replace("找最近的", "找附近的", 1)
PATH = "/console/guided/trees/drinks"


def line_of(source, part):
    return next(number for number, line in enumerate(source.splitlines(), 1) if part in line)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("to: find}", "to: gone}", "“找最近的”指的节点“gone”不存在"),
        ("answer: drinks/program", "answer: drinks/nothing", "没有“drinks/nothing”这个答案主题"),
        ("rule: {answer: drinks/program}", "rule: {}", "走到这里就断了"),
        (
            "rule: {answer: drinks/program}",
            "rule:\n    ask: 回到哪里？\n    answers:\n      - {say: 开头, to: need}",
            "绕圈了",
        ),
        ("rule: {answer: drinks/program}", "rule: {answer: drinks/program}\n  rule: {tell: 好}", "“rule”写了两次"),
        ("rule: {answer: drinks/program}", "rule: {answer: drinks/program}\n  lost: {tell: 好}", "lost 没有路走到"),
        ("{say: 找最近的, to: find}", "{say: 打 13812345678, to: find}", "不是公布过的公共热线"),
        ("title: 免费冷热饮", "title: ''", "title 要 1 到 20 个字"),
    ],
)
def test_a_fault_names_its_line(before, after, said):
    assert before in DRINKS
    source = DRINKS.replace(before, after, 1)
    with pytest.raises(BadTree) as caught:
        read_tree(source)
    fault = next(one for one in caught.value.faults if said in one)
    number = int(fault.removeprefix("第 ").split(" ")[0])
    at = {"绕圈了": "  need:", "“rule”": "  rule: {tell", "lost": "  lost:", "走到这里": "  rule:"}
    mark = next((place for key, place in at.items() if said.startswith(key)), after.splitlines()[0])
    assert number == line_of(source, mark)


async def test_an_editor_saves_and_goes_back(console, services_of):
    editor, seat = await console("editor"), await console("seat")
    assert "免费冷热饮" in await editor.text("/console/guided/trees")
    page = await editor.text(PATH)
    assert "没有断头路" in page
    assert "念：" in page
    saved = await editor.post(PATH, data={"source": EDITED, "basis": "0", "note": "更顺口"})
    assert saved.status == 303, await saved.text()
    assert "找附近的" in await seat.text("/console/guided/5")
    changed = await editor.text(f"{PATH}/versions/1")
    assert "<del>− " in changed
    assert "更顺口" in await editor.text(PATH)
    assert (await editor.post(f"{PATH}/rollback", data={"number": "0", "basis": "1"})).status == 303
    assert (await services_of.guided.tree("drinks")).source == DRINKS
    assert [one.action for one in await services_of.audit.search(object_kind="guided")] == ["guided.save"] * 2


async def test_the_check_says_the_line_or_draws_the_tree(console):
    editor = await console("editor")
    bad = await (await editor.post(f"{PATH}/check", data={"source": DRINKS.replace("to: rule", "to: gone")})).text()
    assert f'data-line="{line_of(DRINKS, "to: rule")}"' in bad
    good = await (await editor.post(f"{PATH}/check", data={"source": EDITED})).text()
    assert "找附近的" in good
    for nonsense in ("", "a: [", "[1]", "nodes: {a: 1}", "<script>alert(1)</script>"):
        answer = await editor.post(f"{PATH}/check", data={"source": nonsense})
        assert answer.status == 200
        assert "<script>" not in await answer.text()


async def test_what_is_wrong_or_stale_is_not_saved_and_the_words_stay(console, services_of):
    editor, other = await console("editor"), await console("supervisor")
    bad = EDITED.replace("to: rule", "to: gone")
    answer = await editor.post(PATH, data={"source": bad, "basis": "0"})
    assert answer.status == 422
    assert "找附近的" in await answer.text()
    for source in (DRINKS, built_in()["bank"], "x" * 20_001):
        assert (await editor.post(PATH, data={"source": source, "basis": "0"})).status == 422
    assert (await other.post(PATH, data={"source": EDITED, "basis": "0"})).status == 303
    late = await editor.post(PATH, data={"source": DRINKS.replace("找最近的", "找旁边的", 1), "basis": "0"})
    text = await late.text()
    assert late.status == 409
    assert "找旁边的" in text
    assert "找附近的" in text
    assert 'name="basis" value="1"' in text
    assert (await editor.post(f"{PATH}/rollback", data={"number": "0", "basis": "0"})).status == 409
    assert (await services_of.guided.tree("drinks")).number == 1


async def test_only_editors_and_only_what_is_there(console):
    editor, seat = await console("editor"), await console("seat")
    for path in ("/console/guided/trees", PATH, f"{PATH}/versions/0"):
        assert (await seat.get(path)).status == 403
    assert (await seat.post(PATH, data={"source": EDITED, "basis": "0"})).status == 403
    for path in ("/console/guided/trees/beer", f"{PATH}/versions/7", f"{PATH}/versions/x"):
        assert (await editor.get(path)).status == 404
    assert (await editor.post(f"{PATH}/rollback", data={"number": "7", "basis": "0"})).status == 404
    assert (await editor.post(PATH, data={"source": EDITED})).status == 422


async def test_markup_in_a_tree_is_text(console):
    editor, seat = await console("editor"), await console("seat")
    source = DRINKS.replace("title: 免费冷热饮", "title: <b>冷热饮</b>").replace("找最近的", "<i>最近</i>", 1)
    assert (await editor.post(PATH, data={"source": source, "basis": "0"})).status == 303
    for client, path in ((editor, PATH), (editor, "/console/guided/trees"), (seat, "/console/guided/5")):
        text = await client.text(path)
        assert "<b>冷热饮" not in text
        assert "<i>最近" not in text
