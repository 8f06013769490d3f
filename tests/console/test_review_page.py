"""The review page over HTTP: clusters, one decision for a cluster, undo, export once and again."""

import re

import yaml
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer

from bot.console.pages.review import find_topics
from bot.knowledge.topics import topics
from bot.services.audit import SYSTEM, Actor
from bot.web.keys import HOST
from tests.console.conftest import Console, add_staff, console_app

SEAT = Actor("seat-id", "seat-one")
ASKED = ("那个蓝窗能停油车吗", "蓝窗能停油车不", "蓝窗油车能停么", "健康证丢了补一张")


async def record(services, *texts):
    for text in texts or ASKED:
        await services.review.record_no_answer(text, SEAT, guess="freight/blue_window" if "蓝窗" in text else "")


def chosen(page):
    """The ids of the questions that the page asks about."""
    return re.findall(r'name="id" value="([^"]+)"', page)


async def test_a_cluster_gets_its_topic_at_once(console, services_of):
    await record(services_of)
    editor = await console("editor")
    page = await editor.text("/console/review")
    assert len(chosen(page)) == 3
    assert 'value="freight/blue_window" data-pick="1"' in page
    answer = await editor.post(
        "/console/review/label", data=[("id", one) for one in chosen(page)] + [("topic", "freight/passage")]
    )
    assert answer.status == 303
    assert {item.topic for item in await services_of.review.labelled()} == {"freight/passage"}
    page = await editor.text("/console/review")
    assert chosen(page) == [item.id for item in await services_of.review.open()]
    await editor.post("/console/review/undo")
    assert (await services_of.review.counts()) == {"open": 4}
    assert "review.open" in [one.action for one in await services_of.audit.search(staff_name="editor-one")]


async def test_a_sentence_left_out_stays(console, services_of):
    await record(services_of)
    editor = await console("editor")
    first, *rest = chosen(await editor.text("/console/review"))
    await editor.post("/console/review/dismiss", data=[("id", one) for one in rest])
    assert (await services_of.review.counts()) == {"open": 2, "dismissed": 2}
    assert first in {item.id for item in await services_of.review.open()}
    assert "不用学" in await editor.text("/console/review/done")
    await editor.post(f"/console/review/{rest[0]}/reopen")
    assert (await services_of.review.counts()) == {"open": 3, "dismissed": 1}


async def test_two_people_do_not_decide_the_same_twice(console, services_of):
    await record(services_of)
    editor, other = await console("editor"), await console("supervisor")
    data = [("id", one) for one in chosen(await editor.text("/console/review"))]
    await other.post("/console/review/label", data=[*data, ("topic", "freight/blue_window")])
    late = await editor.post("/console/review/label", data=[*data, ("topic", "freight/passage")])
    assert late.status == 409
    assert "别人刚处理过" in await late.text()
    assert {item.topic for item in await services_of.review.labelled()} == {"freight/blue_window"}


async def test_refusals(console, services_of):
    await record(services_of)
    editor, seat = await console("editor"), await console("seat")
    (one, *_) = chosen(await editor.text("/console/review"))
    assert (await seat.get("/console/review")).status == 403
    assert (await seat.post("/console/review/label", data={"id": one, "topic": "freight/passage"})).status == 403
    assert (await editor.post("/console/review/label", data={"id": one, "topic": "freight/nothing"})).status == 422
    assert (await editor.post("/console/review/label", data={"topic": "freight/passage"})).status == 422
    assert (await editor.post("/console/review/label", data={"id": "x", "topic": "freight/passage"})).status == 404
    assert (await editor.post("/console/review/x/reopen")).status == 404
    assert (await services_of.review.counts()) == {"open": 4}


async def test_the_export_is_masked_training_data_once_and_to_be_had_again(console, services_of):
    await record(services_of, "我叫王强 13912340587 <script>怎么[办](x)卡")
    editor = await console("editor")
    page = await editor.text("/console/review")
    assert "<script>怎么" not in page
    assert "&lt;script&gt;" in page
    await editor.post("/console/review/label", data={"id": chosen(page), "topic": "culture/tour_card"})
    assert "<script>怎么" not in await editor.text("/console/review/export")
    answer = await editor.post("/console/review/export")
    assert "attachment" in answer.headers["Content-Disposition"]
    written = await answer.text()
    assert "王强" not in written
    assert "13912340587" not in written
    (block,) = yaml.safe_load(written)["nlu"]
    assert block["intent"] == "culture/tour_card"
    assert (await editor.post("/console/review/export")).status == 303  # nothing left
    again = await editor.get("/console/review/again.yml")
    assert await again.text() == written
    actions = {one.action for one in await services_of.audit.search(action="review")}
    assert {"review.labelled", "review.export", "review.download"} <= actions


async def test_what_the_present_model_would_say_is_on_offer(reference_services, tmp_path):
    class Model:
        ready = True

        async def parse(self, text):
            return {
                "topic_ranking": [{"name": "station/map", "confidence": 0.5}, {"name": "unknown", "confidence": 0.1}]
            }

    await add_staff(reference_services)
    await record(reference_services, "那张图在哪看")
    app = console_app(reference_services, tmp_path)
    app[HOST] = Model()
    async with TestServer(app) as server, TestClient(server, cookie_jar=CookieJar(unsafe=True)) as client:
        editor = await Console(client).log_in("editor-one")
        page = await editor.text("/console/review")
    assert 'value="station/map" data-pick="1"' in page
    assert "现在的模型" in page


def test_every_topic_is_found():
    assert find_topics("jkz")[0].name == "hospital/health_cert"
    assert find_topics("法律援助")[0].name == "dispute/legal_aid"
    assert find_topics("03")[0].initiative == 3
    assert find_topics("没有这个") == []
    assert all(topic in find_topics(topic.title) for topic in topics().values())


async def test_the_last_comparison_is_shown(console, services_of):
    editor = await console("editor")
    assert "最近一次训练比较" not in await editor.text("/console/review")
    detail = {
        "live": False,
        "lines": 7,
        "skipped": 1,
        "why_skipped": "和对照题一样",
        "verdict": "“主题准确率”低了 2.0 个百分点，没有上线。",
        "rows": 100,
        "figures": [["主题准确率", 0.95, 0.93]],
    }
    await services_of.audit.note(SYSTEM, "review.retrain", "model", "nuanxin-1", **detail)
    text = await editor.text("/console/review")
    assert "没有上线" in text
    assert "-2.0" in text
