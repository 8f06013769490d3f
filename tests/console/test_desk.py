"""The answer desk without a model: numbers, initials, words; what is recorded. With the model: test_walks.py."""

from bot.console.sources import readable
from bot.knowledge import desk
from bot.knowledge.answers import answers
from bot.knowledge.topics import topics


def test_every_task_topic_has_an_approved_answer_to_read():
    chatter = {
        "greet",
        "goodbye",
        "thank",
        "affirm",
        "deny",
        "stop",
        "help",
        "bot_challenge",
        "human_handoff",
        "inform",
    }
    chatter |= {"chitchat", "bot_feedback", "delete_my_data", "crisis", "out_of_scope"}
    for topic in topics():
        assert (desk.answer_topic(topic) in answers()) != (topic in chatter), topic
    assert all(desk.answer_topic("open_dispute", kind) in answers() for kind in desk.DISPUTE_TYPES)


def test_initials():
    hits = desk.by_initials("yjbt")
    assert (hits[0].topic, hits[0].dispute_type, hits[0].phrase) == ("open_dispute", "deposit", "押金不退")
    assert desk.by_initials("jkz")[0].topic == "hospital/health_cert"
    assert desk.by_initials("zzzzqq") == []


def test_numbers():
    for query in ("6", "06"):
        assert {topics()[hit.topic].initiative for hit in desk.by_number(query)} == {6}
    assert desk.by_number("11") == desk.by_number("00") == []


def test_sources_are_words_not_marks():
    for answer in answers().values():
        text = readable(answer.source)
        assert text
        assert "seed" not in text
        assert "facts" not in text
        assert "§" not in text


async def test_the_desk_finds_and_shows(console):
    seat = await console("seat")
    start = await seat.text("/console/")
    assert start.count('<li><a href="/console/?q=') == 10
    found = await seat.text("/console/desk/search", params={"q": "yjbt"})
    assert "押金不退" in found
    assert answers()["dispute/one_window"].text.splitlines()[0] in found
    assert "劳动保障监察条例第9条" in found
    shown = await seat.text("/console/desk/answer", params={"topic": "hospital/health_cert"})
    assert answers()["hospital/health_cert"].unit in shown
    assert (await seat.get("/console/desk/answer?topic=nothing")).status == 404
    assert (await seat.get("/console/desk/answer?topic=greet")).status == 404


async def test_no_fitting_answer_is_kept_for_review_without_the_phone(console, services_of):
    seat = await console("seat")
    words = "能不能给我 13812345678 办个 <b>签证</b>"
    answer = await seat.post("/console/desk/none", data={"q": words, "topic": "out_of_scope"})
    assert answer.status == 200
    (item,) = await services_of.review.open()
    assert item.reason == "no_answer"
    assert "13812345678" not in item.text
    assert item.recorded_by == "seat-one"
    assert [e.action for e in await services_of.audit.search(action="review")] == ["review.record"]


async def test_what_a_caller_says_is_text(console):
    seat = await console("seat")
    for path in ("/console/", "/console/desk/search"):
        text = await seat.text(path, params={"q": '"><script>alert(1)</script>'})
        assert "<script>alert" not in text
