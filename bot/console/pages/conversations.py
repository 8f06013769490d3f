"""Talks with people: the queue, one seat a talk, words that go to WeChat, and back to the bot."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy import func, select

from bot.console import seat_words as words
from bot.console.filled import filled, new_key
from bot.console.live import watch
from bot.console.phrases import CODE, LONGEST, phrases
from bot.console.registry import Refused, Staff, is_htmx, page
from bot.console.render import redirect, render
from bot.console.views import viewed
from bot.knowledge.topics import title, topics
from bot.services.errors import Invalid, NotFound, WrongState
from bot.services.handoff import IDLE
from bot.storage.files import FILE_PATH, kind_of
from bot.storage.files import TYPES as FILE_TYPES
from bot.storage.handoff import Handoff, HandoffMessage
from bot.storage.transcript import TranscriptTurn
from bot.web.keys import SERVICES

TURNS = 20
_PICTURE = re.compile(re.escape(FILE_PATH) + r"([A-Za-z0-9_\-]+/[A-Za-z0-9_\-]+\.(?:jpg|png|gif|webp))")

watch(
    "conversations",
    select(
        select(func.max(Handoff.id)).scalar_subquery(),
        select(func.max(HandoffMessage.id)).scalar_subquery(),
        func.count(),
        func.max(Handoff.taken_at),
        func.max(Handoff.last_at),
    ).where(Handoff.state.in_(("waiting", "taken"))),
    permission="conversations.view",
)


@page("GET", "/console/conversations", permission="conversations.view")
async def conversations(request: web.Request, staff: Staff) -> web.Response:
    return render(request, "conversations/conversations.html", here="conversations", **await _queue(request, staff))


@page("GET", "/console/conversations/list", permission="conversations.view")
async def conversation_list(request: web.Request, staff: Staff) -> web.Response:
    return render(request, "conversations/_queue.html", **await _queue(request, staff))


@page("GET", "/console/conversations/waiting", permission="conversations.view")
async def waiting(request: web.Request, staff: Staff) -> web.Response:
    """The line in the head of every page: a call for help must be seen wherever a seat works."""
    queue = await request.app[SERVICES].handoff.queue()
    return render(request, "conversations/_waiting.html", waiting=len(queue), urgent=any(talk.urgent for talk in queue))


@page("GET", "/console/conversations/phrases", permission="conversations.take")
async def own_phrases(request: web.Request, staff: Staff) -> web.Response:
    return await _phrases_page(request, staff)


@page("POST", "/console/conversations/phrases", permission="conversations.take")
async def keep_phrase(request: web.Request, staff: Staff) -> web.Response:
    form = await filled(request)
    code, text = form.text("code", 12).lower(), form.text("text", LONGEST)
    errors = {}
    if not CODE.fullmatch(code):
        errors["code"] = "代码用 1 到 12 个小写字母或数字"
    if not text:
        errors["text"] = "不能是空的"
    if not errors:
        try:
            await request.app[SERVICES].kept.keep(staff.user.id, "phrase", code, text)
            return redirect(request, "/console/conversations/phrases", notice=f"已存为 /{code}")
        except Invalid as error:
            errors["code"] = error.reason
    return await _phrases_page(request, staff, status=422, errors=errors, code=code, text=text)


@page("POST", "/console/conversations/phrases/{id}/drop", permission="conversations.take")
async def drop_phrase(request: web.Request, staff: Staff) -> web.Response:
    await request.app[SERVICES].kept.drop(staff.user.id, request.match_info["id"])
    return redirect(request, "/console/conversations/phrases", notice="已删除")


@page("GET", "/console/conversations/{id}", permission="conversations.view")
async def conversation(request: web.Request, staff: Staff) -> web.Response:
    talk = await _talk(request, staff)
    await request.app[SERVICES].audit.note(staff.actor, "conversation.view", "conversation", str(talk.id))
    return await _page(request, staff, talk)


@page("GET", "/console/conversations/{id}/live", permission="conversations.view")
async def live(request: web.Request, staff: Staff) -> web.Response:
    talk = await _talk(request, staff)
    await viewed(request, staff, "conversation.view", "conversation", str(talk.id))
    return render(request, "conversations/_talk.html", **await _shown(request, staff, talk))


@page("GET", "/console/conversations/{id}/pictures/{message}", permission="conversations.view")
async def picture(request: web.Request, staff: Staff) -> web.Response:
    """A picture that the person sent in this very talk."""
    services, talk = request.app[SERVICES], await _talk(request, staff)
    wanted = request.match_info["message"]
    said = next((m for m in await services.handoff.messages(talk.id) if str(m.id) == wanted), None)
    reference = picture_in(said)
    # a reference is words of the person's: only what lies among their own files is theirs to show
    if reference is None or services.people.files is None or not reference.startswith(f"{talk.person_id}/"):
        raise NotFound(wanted)
    try:
        data = await services.people.files.get(reference)
    except FileNotFoundError:
        raise NotFound(wanted) from None
    kind = kind_of(data)
    if kind is None or kind == "amr":
        raise NotFound(wanted)
    await services.audit.note(staff.actor, "conversation.picture", "conversation", str(talk.id), message=wanted)
    return web.Response(body=data, content_type=FILE_TYPES[kind], headers={"Content-Disposition": "inline"})


@page("POST", "/console/conversations/{id}/take", permission="conversations.take")
async def take(request: web.Request, staff: Staff) -> web.Response:
    services, number = request.app[SERVICES], _number(request)
    try:
        async with services.audit.of(staff.actor, "conversation.take", "conversation", str(number)):
            await services.handoff.take(number, staff.user.name)
    except WrongState:
        raise Refused(409, await _why_not(request, number)) from None
    return redirect(request, f"/console/conversations/{number}", notice="已接上，已排队告知本人；机器人不再插话")


@page("POST", "/console/conversations/{id}/say", permission="conversations.take")
async def say(request: web.Request, staff: Staff) -> web.Response:
    services, number, form = request.app[SERVICES], _number(request), await filled(request)
    key, text = form.key("say", str(number)), form.text("text", 1000)
    try:
        async with services.audit.of(staff.actor, "conversation.say", "conversation", str(number)):
            await services.handoff.say(number, staff.user.name, text, key=key)
    except WrongState:
        return await _not_said(request, staff, 409, await _why_not(request, number), text)
    except Invalid as error:
        return await _not_said(request, staff, 422, f"{error.reason}。", text)
    if not is_htmx(request):
        return redirect(request, f"/console/conversations/{number}")
    talk = await _talk(request, staff)
    return render(request, "conversations/_said.html", key=new_key(), **await _shown(request, staff, talk))


@page("POST", "/console/conversations/{id}/back", permission="conversations.take")
async def back(request: web.Request, staff: Staff) -> web.Response:
    services, number = request.app[SERVICES], _number(request)
    who = None if staff.may("conversations.oversee") else staff.user.name
    try:
        async with services.audit.of(staff.actor, "conversation.back", "conversation", str(number)):
            await services.handoff.close(number, staff=who)
    except WrongState:
        raise Refused(409, await _why_not(request, number)) from None
    return redirect(request, "/console/conversations", notice="已交回机器人，已排队告知本人")


def _number(request: web.Request) -> int:
    given = request.match_info["id"]
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise NotFound(given)
    return int(given)


async def _talk(request: web.Request, staff: Staff) -> Handoff:
    """The talk, if this person may read it: one that waits, one's own, or any for those who oversee."""
    talk = await request.app[SERVICES].handoff.talk(_number(request))
    if talk.state != "waiting" and talk.staff != staff.user.name and not staff.may("conversations.oversee"):
        raise Refused(403, await _why_not(request, talk.id))
    return talk


async def _why_not(request: web.Request, number: int) -> str:
    services = request.app[SERVICES]
    talk = await services.handoff.talk(number)
    if talk.state == "waiting":
        return "这通会话还没有人接，先点“接上”。"
    names = {user.name: user.display_name for user in await services.staff.users()}
    who = names.get(talk.staff or "", talk.staff or "")
    if talk.state == "taken":
        return f"{who}已经接上了这通会话（{words.at_clock(talk.taken_at)}），一通会话只由一位坐席接。"
    return "这通会话已经结束，交回机器人了。" if not who else f"这通会话由{who}接过，已经结束，交回机器人了。"


async def _not_said(request: web.Request, staff: Staff, status: int, why: str, text: str) -> web.Response:
    if is_htmx(request):
        answer = render(request, "conversations/_trouble.html", status=status, text=why)
        answer.headers["HX-Retarget"] = "#say-trouble"
        return answer
    try:
        talk = await _talk(request, staff)
    except Refused as refused:
        raise Refused(status, refused.text) from None
    return await _page(request, staff, talk, status=status, trouble=why, text=text)


async def _queue(request: web.Request, staff: Staff) -> dict[str, Any]:
    services = request.app[SERVICES]
    now = services.clock.now()
    taken = await services.handoff.taken()
    return {
        "waiting": [(one, words.minutes(now - one.created_at)) for one in await services.handoff.queue()],
        "mine": [(one, words.minutes(now - one.last_at)) for one in taken if one.staff == staff.user.name],
        "others": [one for one in taken if one.staff != staff.user.name],
        "ended": await services.handoff.ended(staff.user.name),
        "names": {user.name: user.display_name for user in await services.staff.users()},
        "words": words,
        **_office(services.handoff.office, now),
    }


def _office(office: Any, now: datetime) -> dict[str, Any]:
    return {"office_open": office.is_open(now), "next_open": office.next_open(now)}


async def _page(
    request: web.Request, staff: Staff, talk: Handoff, *, status: int = 200, trouble: str = "", text: str = ""
) -> web.Response:
    services = request.app[SERVICES]
    kept = await services.kept.of(staff.user.id, "phrase")
    own = {one.name: one.value for one in kept}
    common = [(one.code, one.text) for one in phrases() if one.code not in own]
    return render(
        request,
        "conversations/conversation.html",
        status=status,
        here="conversations",
        key=new_key(),
        trouble=trouble,
        text=text,
        phrases=[*own.items(), *common],
        tickets=await services.tickets.of_person(talk.person_id),
        **await _shown(request, staff, talk),
    )


async def _shown(request: web.Request, staff: Staff, talk: Handoff) -> dict[str, Any]:
    services = request.app[SERVICES]
    now = services.clock.now()
    person = await services.people.get(talk.person_id)
    channel = person.channel if person else ""
    messages = await services.handoff.messages(talk.id)
    keys = {one.id: f"handoff:{talk.id}:{one.id}" for one in messages if one.actor == "staff"}
    states = await services.outbox.states(list(keys.values()))
    turns = await services.transcript.recent(talk.person_id, TURNS)
    return {
        "talk": talk,
        "messages": [(one, _PICTURE.sub("", one.text).strip(), picture_in(one) is not None) for one in messages],
        "delivery": {number: words.delivery(states[key], channel) for number, key in keys.items() if key in states},
        "turns": [(turn, _understood(turn)) for turn in turns],
        "waited": words.minutes((talk.taken_at or now) - talk.created_at),
        "quiet": words.minutes(now - talk.last_at),
        "idle": int(IDLE.total_seconds() // 60),
        "reach": words.REACH.get(person.channel, "") if person else "",
        "mine": talk.state == "taken" and talk.staff == staff.user.name,
        "names": {user.name: user.display_name for user in await services.staff.users()},
        "words": words,
        **_office(services.handoff.office, now),
    }


def _understood(turn: TranscriptTurn) -> str:
    """The model's reading of a turn in words: topic, confidence, decision."""
    topic = title(turn.topic) if turn.topic in topics() else turn.topic or "没有认出"
    decision = words.DECISIONS.get(turn.decision or "", "点的按钮" if turn.text.startswith("/") else "")
    sure = f"把握 {turn.confidence * 100:.0f}%" if turn.decision else ""
    return " · ".join(part for part in (topic, sure, decision) if part)


def picture_in(message: HandoffMessage | None) -> str | None:
    """The reference of the picture that a person's message is."""
    found = _PICTURE.search(message.text) if message is not None and message.actor == "person" else None
    return found[1] if found else None


async def _phrases_page(
    request: web.Request,
    staff: Staff,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    code: str = "",
    text: str = "",
) -> web.Response:
    return render(
        request,
        "conversations/phrases.html",
        status=status,
        here="conversations",
        kept=await request.app[SERVICES].kept.of(staff.user.id, "phrase"),
        common=phrases(),
        errors=errors or {},
        code=code,
        text=text,
    )
