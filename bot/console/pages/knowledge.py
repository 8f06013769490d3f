"""The answers: list, history, edit, approval by a second person, rollback."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import web
from sqlalchemy import func, select

from bot.console import compare
from bot.console.live import watch
from bot.console.registry import Staff, page
from bot.console.render import redirect, render
from bot.console.sources import readable
from bot.knowledge.answers import Answer, answers, payloads
from bot.knowledge.initiatives import initiatives
from bot.knowledge.topics import title, topics
from bot.services.errors import Invalid, NotFound, WrongState
from bot.services.knowledge import BUTTONS_MAX, TEXT_MAX, TEXT_MIN, TITLE_MAX, Entry, SamePerson, StaleEdit
from bot.services.knowledge import as_answer as answer_of_row
from bot.storage.knowledge import AnswerVersion
from bot.web.keys import SERVICES

LIST = "/console/knowledge"
MESSAGE, TAP = (
    2000,
    63,
)  # bytes of a WeChat message, and of the link and break around a tappable line (bot.wechat.render)
STATES = {"overdue": "过了复核日期", "waiting": "等第二个人批准", "edited": "在坐席台改过"}
FIELD_NAMES = {
    "source": "依据",
    "unit": "责任单位",
    "owner": "负责人",
    "effective": "生效日期",
    "review": "复核日期",
}
STATE_WORDS = {
    "pending": ("等待批准", "warn"),
    "approved": ("在用", "good"),
    "rejected": ("没有采用", "bad"),
    "superseded": ("被后来的替代", "calm"),
}

watch(
    "answers",
    select(func.count(), func.max(AnswerVersion.created_at), func.max(AnswerVersion.decided_at)),
    permission="knowledge.view",
)


def path_of(topic: str) -> str:
    return f"{LIST}/answer?{urlencode({'topic': topic})}"


# -- reading -----------------------------------------------------------------------------------------------------------


@page("GET", LIST, permission="knowledge.view")
async def listing(request: web.Request, staff: Staff) -> web.Response:
    knowledge = request.app[SERVICES].knowledge
    search = request.query.get("q", "").strip()[:80]
    number, state = request.query.get("initiative", ""), request.query.get("state", "")
    wanted = int(number) if number.isascii() and number.isdigit() and len(number) < 3 else None
    entries = await knowledge.entries(search=search, initiative=wanted)
    every = entries if not search and wanted is None else await knowledge.entries()
    counts = {name: sum(_is(entry, name) for entry in every) for name in STATES}
    if state in STATES:
        entries = [entry for entry in entries if _is(entry, state)]
    if state == "overdue":
        entries = sorted(entries, key=lambda entry: entry.answer.review)
    return render(
        request,
        "knowledge/list.html",
        here="knowledge",
        entries=entries,
        waiting=await knowledge.waiting(),
        every=len(every),
        counts=counts,
        states=STATES,
        query={"q": search, "initiative": wanted or "", "state": state if state in STATES else ""},
        initiatives=initiatives(),
        readable=readable,
        title=title,
    )


def _is(entry: Entry, state: str) -> bool:
    return {
        "overdue": entry.overdue,
        "waiting": entry.pending is not None,
        "edited": entry.number > 0,
    }[state]


@page("GET", f"{LIST}/answer", permission="knowledge.view")
async def one(request: web.Request, staff: Staff) -> web.Response:
    return await _answer_page(request, staff, request.query.get("topic", ""))


async def _answer_page(
    request: web.Request, staff: Staff, topic: str, *, status: int = 200, failure: str = "", note: str = ""
) -> web.Response:
    knowledge = request.app[SERVICES].knowledge
    entry, history = await knowledge.entry(topic), await knowledge.history(topic)
    pending = entry.pending
    own = pending is not None and pending.author_id == staff.user.id
    return render(
        request,
        "knowledge/answer.html",
        here="knowledge",
        status=status,
        entry=entry,
        source=readable(entry.answer.source),
        initiative=_initiative(entry.initiative),
        pending=pending,
        change=_change(entry.answer, answer_of_row(pending)) if pending else None,
        own=own,
        stale=pending is not None and pending.basis != entry.number,
        history=_history(topic, history),
        live_number=entry.number,
        states=STATE_WORDS,
        label=label_of,
        failure=failure,
        note=note,
    )


def _initiative(number: int) -> Any:
    return next((one for one in initiatives() if one.number == number), None)


def _history(topic: str, rows: Iterable[AnswerVersion]) -> list[tuple[AnswerVersion, dict[str, Any]]]:
    """Each edit, newest first, with what it changed of the version it was written over."""
    rows = list(rows)
    known = {0: answers()[topic], **{row.number: answer_of_row(row) for row in rows}}
    return [(row, _change(known.get(row.basis, known[0]), known[row.number])) for row in rows]


def _change(old: Answer, new: Answer) -> dict[str, Any]:
    """The pieces of the text, and (name, old, new) of the other parts that differ."""
    rest = [
        (name, _shown(getattr(old, field)), _shown(getattr(new, field)))
        for field, name in FIELD_NAMES.items()
        if getattr(old, field) != getattr(new, field)
    ]
    if old.buttons != new.buttons:
        rest.insert(0, ("按钮", _buttons_text(old), _buttons_text(new)))
    return {"pieces": compare.by_sign(old.text, new.text) if old.text != new.text else [], "rest": rest}


def _shown(value: str | date) -> str:
    return str(value)


def _buttons_text(answer: Answer) -> str:
    return "、".join(f"{name}（到：{label_of(payload)}）" for name, payload in answer.buttons) or "没有按钮"


# -- editing -----------------------------------------------------------------------------------------------------------


@page("GET", f"{LIST}/edit", permission="knowledge.edit")
async def edit(request: web.Request, staff: Staff) -> web.Response:
    """Begins with the answer in use, one's own waiting edit, or an older version (`from`)."""
    knowledge, older = request.app[SERVICES].knowledge, request.query.get("from", "")
    entry = await knowledge.entry(request.query.get("topic", ""))
    started = entry.answer
    if older:
        number = _number(request.query, "from")
        kept = await knowledge.answer_of(entry.topic, number)
        started = replace(kept, effective=entry.answer.effective, review=entry.answer.review)
        return _form(request, entry, started, note=f"从第 {number} 版改起")
    if entry.pending is not None and entry.pending.author_id == staff.user.id:
        started = answer_of_row(entry.pending)
    note = entry.pending.note if entry.pending is not None and started is not entry.answer else ""
    return _form(request, entry, started, note=note)


@page("POST", f"{LIST}/edit", permission="knowledge.edit")
async def propose(request: web.Request, staff: Staff) -> web.Response:
    knowledge, form = request.app[SERVICES].knowledge, await request.post()
    entry = await knowledge.entry(_text(form, "topic"))
    note = _text(form, "note")
    try:
        written = _written(entry.answer, form)
        basis = _number(form, "basis")
        await knowledge.propose(written, basis=basis, note=note, actor=staff.actor)
    except Invalid as error:
        kept = _written(entry.answer, form, strict=False)
        return _form(request, entry, kept, status=422, errors={error.field: error.reason}, note=note, form=form)
    except StaleEdit:
        newest = await knowledge.entry(entry.topic)
        return _form(request, newest, written, status=409, note=note, conflict=_change(written, newest.answer))
    except WrongState:
        failure = "别人的修改还在等批准，您的没有提交。先批准或退回那一条，再改。"
        return _form(request, await knowledge.entry(entry.topic), written, status=409, note=note, failure=failure)
    return redirect(request, path_of(entry.topic), "已提交，等另一位编辑或主管批准后上线。")


@page("POST", f"{LIST}/preview", permission="knowledge.edit")
async def preview(request: web.Request, staff: Staff) -> web.Response:
    form = await request.post()
    entry = await request.app[SERVICES].knowledge.entry(_text(form, "topic"))
    return render(request, "knowledge/_preview.html", **_preview(_written(entry.answer, form, strict=False)))


def _form(
    request: web.Request,
    entry: Entry,
    answer: Answer,
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    note: str = "",
    failure: str = "",
    conflict: Mapping[str, Any] | None = None,
    form: Mapping[str, Any] | None = None,
) -> web.Response:
    rows = [*answer.buttons, *[("", "")] * BUTTONS_MAX][:BUTTONS_MAX]
    dates = {name: str((form or {}).get(name) or getattr(answer, name)) for name in ("effective", "review")}
    return render(
        request,
        "knowledge/edit.html",
        here="knowledge",
        status=status,
        entry=entry,
        answer=answer,
        rows=rows,
        dates=dates,
        basis=entry.number,
        choices=choices(),
        errors=errors or {},
        note=note,
        failure=failure,
        conflict=conflict,
        limits={"text": (TEXT_MIN, TEXT_MAX), "title": TITLE_MAX, "buttons": BUTTONS_MAX},
        **_preview(answer),
    )


def _preview(answer: Answer) -> dict[str, Any]:
    text = answer.text.replace("\r", "").strip()
    size = len(text.encode()) + sum(TAP + len(name.encode()) + len(quote(name)) for name, _ in answer.buttons)
    return {
        "shown": text,
        "shown_buttons": answer.buttons,
        "length": len(text),
        "most": TEXT_MAX,
        "least": TEXT_MIN,
        "split": size > MESSAGE,
    }


def _written(entry: Answer, form: Mapping[str, Any], *, strict: bool = True) -> Answer:
    """The answer as the form has it. Invalid for a day that is none; not `strict`: the old day then."""
    days: dict[str, date] = {}
    for name in ("effective", "review"):
        try:
            days[name] = date.fromisoformat(str(form.get(name, "")))
        except ValueError:
            if strict:
                raise Invalid(name, "写成 2026-11-25 这样的日期") from None
            days[name] = getattr(entry, name)
    buttons = [(_text(form, f"button{place}"), _text(form, f"payload{place}")) for place in range(BUTTONS_MAX)]
    return replace(
        entry,
        text=_text(form, "text"),
        buttons=tuple(pair for pair in buttons if any(pair)),
        source=_text(form, "source"),
        unit=_text(form, "unit"),
        owner=_text(form, "owner"),
        effective=days["effective"],
        review=days["review"],
    )


def _text(form: Mapping[str, Any], name: str) -> str:
    return str(form.get(name, "")).replace("\x00", "").strip()


def _number(form: Mapping[str, Any], name: str) -> int:
    text = str(form.get(name, ""))
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise Invalid(name, "页面不完整，请刷新再改")
    return int(text)


def choices() -> list[tuple[str, str]]:
    """(payload, words) of everything a button may lead to."""
    found = [(topic.payload, topic.title) for topic in topics().values()]
    known = {payload for payload, _ in found}
    return found + sorted((payload, label_of(payload)) for payload in payloads() - known)


def label_of(payload: str) -> str:
    """`/dispute/legal_aid:apply` → 免费律师 · 申请法律援助: the topic, and what the program's own button says."""
    topic, _, more = payload.removeprefix("/").partition(":")
    if not more:
        return title(topic)
    said = next(name for one in answers().values() for name, sent in one.buttons if sent == payload)
    return f"{title(topic)} · {said}"


# -- approval ----------------------------------------------------------------------------------------------------------


@page("POST", f"{LIST}/versions/{{id}}/approve", permission="knowledge.approve")
async def approve(request: web.Request, staff: Staff) -> web.Response:
    knowledge, version_id = request.app[SERVICES].knowledge, request.match_info["id"]
    note = _text(await request.post(), "note")
    topic = (await knowledge.version(version_id)).topic
    try:
        await knowledge.approve(version_id, actor=staff.actor, note=note)
    except SamePerson:
        failure = "自己的修改要由另一个人批准。"
    except StaleEdit:
        failure = "这条修改写在旧的一版上，在用的答案后来变了。请作者在新的一版上重写。"
    except WrongState:
        failure = "这条修改已经处理过了，看下面的最新情况。"
    else:
        return redirect(request, path_of(topic), "已批准。聊天和问答台现在就用新的答案。")
    return await _answer_page(request, staff, topic, status=409, failure=failure, note=note)


@page("POST", f"{LIST}/versions/{{id}}/reject", permission="knowledge.approve")
async def reject(request: web.Request, staff: Staff) -> web.Response:
    knowledge, version_id = request.app[SERVICES].knowledge, request.match_info["id"]
    note = _text(await request.post(), "note")
    topic = (await knowledge.version(version_id)).topic
    try:
        await knowledge.reject(version_id, actor=staff.actor, note=note)
    except Invalid as error:
        return await _answer_page(request, staff, topic, status=422, failure=f"{error.reason}。", note=note)
    except WrongState:
        failure = "这条修改已经处理过了，看下面的最新情况。"
        return await _answer_page(request, staff, topic, status=409, failure=failure)
    return redirect(request, path_of(topic), "已退回，在用的答案没有变。")


@page("POST", f"{LIST}/rollback", permission="knowledge.edit")
async def roll_back(request: web.Request, staff: Staff) -> web.Response:
    knowledge, form = request.app[SERVICES].knowledge, await request.post()
    topic = _text(form, "topic")
    if topic not in answers():
        raise NotFound(topic)
    try:
        await knowledge.roll_back(
            topic, _number(form, "number"), basis=_number(form, "basis"), note="", actor=staff.actor
        )
    except StaleEdit:
        failure = "在用的答案刚刚变了，没有提交。看最新的一版再决定。"
        return await _answer_page(request, staff, topic, status=409, failure=failure)
    except WrongState:
        failure = "别人的修改还在等批准，没有提交。先批准或退回那一条。"
        return await _answer_page(request, staff, topic, status=409, failure=failure)
    except Invalid as error:
        return await _answer_page(request, staff, topic, status=422, failure=f"没有提交：{error.reason}。")
    return redirect(request, path_of(topic), "已提交“回到旧版”，等另一个人批准后上线。")
