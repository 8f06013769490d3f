"""The answer desk, where a seat starts: the caller's words in, the approved answer to read out, the next steps."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.console.registry import ROUTES, STAFF, Staff, page
from bot.console.render import render
from bot.console.sources import readable
from bot.console.steps import MAP, step_of
from bot.knowledge import desk
from bot.knowledge.initiatives import initiatives
from bot.knowledge.topics import title, topics
from bot.services.errors import NotFound
from bot.web.keys import HOST, SERVICES

LIMIT = 200  # characters of a caller's words
LIKELY = 0.02  # confidence from which a topic is worth a line
MOST = 7
URGENT = {
    "crisis": "听到轻生、自伤的话：先稳住对方，不要挂断；马上打 120、110，心理援助 12356。",
    "emergency": "有人受伤或发病：先请对方打 120；交通事故打 122。不要等预约。",
}


@dataclass(frozen=True)
class Option:
    """One line of the list; `confidence` None where it was found by letters, number or words."""

    topic: str
    title: str
    phrase: str
    confidence: float | None
    dispute_type: str = ""

    def query(self, words: str) -> str:
        return urlencode({"topic": self.topic, "type": self.dispute_type, "q": words})


@dataclass(frozen=True)
class Step:
    """A next step: a page (`href`) or another answer (`topic`)."""

    title: str
    href: str = ""
    topic: str = ""


@page("GET", "/console/", permission="desk.use")
async def start(request: web.Request, staff: Staff) -> web.Response:
    words = request.query.get("q", "").strip()[:LIMIT]
    return render(request, "desk/desk.html", here="desk", initiatives=initiatives(), **await _found(request, words))


@page("GET", "/console/desk/search", permission="desk.use")
async def search(request: web.Request, staff: Staff) -> web.Response:
    words = request.query.get("q", "").strip()[:LIMIT]
    return render(request, "desk/_found.html", initiatives=initiatives(), **await _found(request, words))


@page("GET", "/console/desk/answer", permission="desk.use")
async def answer(request: web.Request, staff: Staff) -> web.Response:
    topic = request.query.get("topic", "")
    if topic not in topics():
        raise NotFound(topic)
    words = request.query.get("q", "")[:LIMIT]
    option = Option(topic, title(topic), "", None, request.query.get("type", ""))
    return render(request, "desk/_answer.html", words=words, **await _shown(request, option, words))


@page("POST", "/console/desk/none", permission="review.record")
async def none_fits(request: web.Request, staff: Staff) -> web.Response:
    form = await request.post()
    words = str(form.get("q", "")).strip()[:LIMIT]
    guess = str(form.get("topic", ""))
    await request.app[SERVICES].review.record_no_answer(words, staff.actor, guess=guess if guess in topics() else "")
    return render(request, "desk/_recorded.html", words=words)


async def _found(request: web.Request, words: str) -> dict[str, Any]:
    options, unsure, urgent = await _options(request, words)
    shown = await _shown(request, options[0], words) if options else {}
    return {"words": words, "options": options, "unsure": unsure, "urgent": urgent, **shown}


async def _options(request: web.Request, words: str) -> tuple[list[Option], bool, str]:
    """(lines of the list, whether the model is unsure, what comes before everything else)."""
    if not words:
        return [], False, ""
    hits = desk.by_number(words)
    if not hits and words.isascii():
        hits = await asyncio.to_thread(desk.by_initials, words)  # the first one builds the index
    if hits:
        return [Option(h.topic, title(h.topic), h.phrase, None, h.dispute_type) for h in hits], False, ""
    options, unsure, urgent = await _understood(request, words)
    known = {option.topic for option in options}
    for hit in desk.by_text(words):
        if hit.topic not in known:
            options.append(Option(hit.topic, title(hit.topic), "", None))
    return options[:MOST], unsure, urgent


async def _understood(request: web.Request, words: str) -> tuple[list[Option], bool, str]:
    host = request.app.get(HOST)
    if host is None or not host.ready or words.startswith("/"):
        return [], True, ""
    parse = await host.parse(words)
    kinds = [e["value"] for e in parse.get("entities") or [] if e.get("entity") == "dispute_type"]
    confidences = {row["name"]: float(row["confidence"]) for row in parse.get("topic_ranking") or []}
    for matter in parse.get("matters") or []:  # two matters in one breath: both come first
        confidences[matter["topic"]] = max(confidences.get(matter["topic"], 0.0), float(matter["confidence"]))
    ranked = sorted(confidences.items(), key=lambda pair: -pair[1])
    likely = [pair for number, pair in enumerate(ranked) if pair[1] >= LIKELY or number == 0]
    options = [
        Option(name, title(name), "", confidence, str(kinds[0]) if kinds and name == "open_dispute" else "")
        for name, confidence in likely
        if desk.answer_topic(name)
    ]
    return options, parse.get("decision") != "sure" or not options, URGENT.get(str(parse.get("topic")), "")


async def _shown(request: web.Request, option: Option, words: str) -> dict[str, Any]:
    """What the answer panel shows of a topic."""
    read = desk.answer_topic(option.topic, option.dispute_type)
    if read is None:
        raise NotFound(option.topic)
    entry = await request.app[SERVICES].knowledge.entry(read)
    return {
        "option": option,
        "entry": entry,
        "kind": desk.DISPUTE_TYPES.get(option.dispute_type, ""),
        "source": readable(entry.answer.source),
        "steps": _steps(option, [payload for _, payload in entry.answer.buttons], read, words, request[STAFF]),
        "initiative": next((one for one in initiatives() if one.number == entry.initiative), None),
        "warning": URGENT.get(option.topic, ""),
    }


def _steps(option: Option, payloads: list[str], read: str, words: str, staff: Staff) -> list[Step]:
    """The task of the topic first, then what the answer offers."""
    steps: list[Step] = []
    for name in (option.topic, *(payload.removeprefix("/") for payload in payloads)):
        if (step := step_of(name, staff)) is not None:
            known = {"type": option.dispute_type, "topic": option.topic, "q": words}
            query = urlencode({key: value for key, value in known.items() if value})
            steps.append(Step(step[0], href=step[1] if step[1] == MAP else f"{step[1]}?{query}"))
        elif name != read and desk.answer_topic(name) == name:
            steps.append(Step(title(name), topic=name))
    number = topics()[read].initiative
    if number and any(route.path == "/console/guided/{initiative}" for route in ROUTES):
        steps.append(Step("按问题一步步问", href=f"/console/guided/{number}"))
    return list(dict.fromkeys(steps))[:9]
