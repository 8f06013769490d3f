"""The feedback loop: what the bot did badly on, given its right topic with one key, and out as training data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy import func, select

from bot.console.filled import Filled, filled
from bot.console.live import watch
from bot.console.registry import Staff, page
from bot.console.render import redirect, render
from bot.knowledge import desk
from bot.knowledge.initiatives import initiatives
from bot.knowledge.topics import Topic, title, topics
from bot.services.audit import AuditService
from bot.services.errors import Invalid, WrongState
from bot.services.review import PAGE, RETRAINED, Cluster, as_training_data, clusters
from bot.storage.knowledge import REVIEW_REASONS, ReviewItem
from bot.web.keys import HOST, SERVICES

REVIEW = "/console/review"
MOST = 9  # digit keys
REASONS = {"low_confidence": "没把握", "disliked": "被说答得不好", "no_answer": "坐席没找到答案"}
STATES = {
    "labelled": ("已归类", "good"),
    "exported": ("已导出", "calm"),
    "dismissed": ("不用学", "calm"),
    "open": ("待归类", "warn"),
}

watch(
    "review",
    select(func.count(), func.max(ReviewItem.created_at)).where(ReviewItem.state == "open"),
    permission="review.work",
)


@dataclass(frozen=True)
class Pick:
    """A topic on offer; `why` says where it comes from."""

    topic: str
    why: str

    @property
    def title(self) -> str:
        return title(self.topic)

    @property
    def place(self) -> str:
        number = topics()[self.topic].initiative
        return next((f"{one.number:02d} {one.name}" for one in initiatives() if one.number == number), "其他")


# -- the queue ---------------------------------------------------------------------------------------------------------


@page("GET", REVIEW, permission="review.work")
async def queue(request: web.Request, staff: Staff) -> web.Response:
    return await _queue(request)


async def _queue(request: web.Request, *, status: int = 200, failure: str = "") -> web.Response:
    review = request.app[SERVICES].review
    reason = request.query.get("reason", "")
    reason = reason if reason in REVIEW_REASONS else ""
    items = await review.open(reason=reason)
    groups = clusters(items)
    wanted = request.query.get("cluster", "")
    current = next((group for group in groups if group.leader.id == wanted), groups[0] if groups else None)
    words = request.query.get("topic", "").strip()[:40]
    return render(
        request,
        "review/queue.html",
        here="review",
        status=status,
        groups=groups,
        current=current,
        reason=reason,
        reasons=REASONS,
        counts=await review.counts(),
        shown=len(items),
        full=len(items) == PAGE,
        words=words,
        picks=await _picks(request, current, words) if current else [],
        failure=failure,
        last=await last_comparison(request.app[SERVICES].audit),
    )


@page("GET", f"{REVIEW}/topics", permission="review.work")
async def topic_search(request: web.Request, staff: Staff) -> web.Response:
    """The nine topics that fit the words typed, or the guesses again when there are none."""
    items = await request.app[SERVICES].review.open()
    wanted, words = request.query.get("cluster", ""), request.query.get("topic", "").strip()[:40]
    current = next((group for group in clusters(items) if group.leader.id == wanted), None)
    return render(request, "review/_picks.html", picks=await _picks(request, current, words), words=words)


async def _picks(request: web.Request, current: Cluster | None, words: str) -> list[Pick]:
    if words:
        return [Pick(topic.name, "") for topic in find_topics(words)][:MOST]
    if current is None:
        return []
    picks = {guess: Pick(guess, "当时的猜测") for guess in current.guesses if guess in topics()}
    for name in await _model_guesses(request, current.leader.text):
        picks.setdefault(name, Pick(name, "现在的模型"))
    for hit in desk.by_text(current.leader.text):
        picks.setdefault(hit.topic, Pick(hit.topic, "字面相近"))
    picks = dict(list(picks.items())[: MOST - 1])
    picks.setdefault("out_of_scope", Pick("out_of_scope", "不归我们管"))
    near = topics()[next(iter(picks))].initiative
    for topic in topics().values():  # room is left: the neighbours of the likeliest
        if topic.initiative == near and near:
            picks.setdefault(topic.name, Pick(topic.name, "同一项目"))
    return list(picks.values())[:MOST]


async def _model_guesses(request: web.Request, text: str) -> list[str]:
    host = request.app.get(HOST)
    if host is None or not host.ready or text.startswith("/"):
        return []
    ranked = (await host.parse(text)).get("topic_ranking") or []
    return [str(row["name"]) for row in ranked[:5] if row["name"] in topics()]


def find_topics(words: str) -> list[Topic]:
    """Topics by title, pinyin initials, name, number of the initiative, in this order; then by their answer."""
    every, folded = list(topics().values()), words.lower()
    found = [one for one in every if words in one.title]
    if folded.isascii():
        found += [one for one in every if desk.initials_of(one.title).startswith(folded)]
        found += [one for one in every if folded in desk.initials_of(one.title)]
        found += [one for one in every if len(folded) > 2 and folded in one.name]
        found += [one for one in every if folded.isdigit() and one.initiative == int(folded)]
    found += [topics()[hit.topic] for hit in desk.by_text(words)]
    return list(dict.fromkeys(found))


# -- decisions ---------------------------------------------------------------------------------------------------------


@page("POST", f"{REVIEW}/label", permission="review.work")
async def label(request: web.Request, staff: Staff) -> web.Response:
    form = await filled(request)
    topic = form.text("topic", 60)
    return await _decided(request, staff, form, topic)


@page("POST", f"{REVIEW}/dismiss", permission="review.work")
async def dismiss(request: web.Request, staff: Staff) -> web.Response:
    return await _decided(request, staff, await filled(request), None)


async def _decided(request: web.Request, staff: Staff, form: Filled, topic: str | None) -> web.Response:
    """`topic` None: nothing to learn. What another has decided in between is not decided again."""
    review, ids = request.app[SERVICES].review, form.texts("id", PAGE)
    if not ids:
        raise Invalid("id", "一句也没有选")
    try:
        if topic is None:
            count = await review.dismiss(ids, actor=staff.actor, only_open=True)
            said = f"{count} 句不用学。按 u 撤销。"
        else:
            count = await review.label(ids, topic, actor=staff.actor, only_open=True)
            said = f"{count} 句归到“{title(topic)}”。按 u 撤销。"
    except WrongState:
        return await _queue(request, status=409, failure="别人刚处理过其中的句子，没有重复处理。下面是最新的。")
    return redirect(request, _back(form.text("reason", 20)), said)


def _back(reason: str) -> str:
    return f"{REVIEW}?{urlencode({'reason': reason})}" if reason in REVIEW_REASONS else REVIEW


@page("POST", f"{REVIEW}/undo", permission="review.work")
async def undo(request: web.Request, staff: Staff) -> web.Response:
    rows = await request.app[SERVICES].review.undo(actor=staff.actor)
    form = await filled(request)
    if not rows:
        return redirect(request, _back(form.text("reason", 20)), "没有可以撤销的。")
    query = urlencode({"cluster": min(rows, key=lambda row: (row.created_at, row.id)).id})
    return redirect(request, f"{REVIEW}?{query}", f"撤销了，{len(rows)} 句回到待归类。")


@page("POST", f"{REVIEW}/{{id}}/reopen", permission="review.work")
async def reopen(request: web.Request, staff: Staff) -> web.Response:
    try:
        await request.app[SERVICES].review.reopen([request.match_info["id"]], actor=staff.actor)
    except WrongState:
        return redirect(request, f"{REVIEW}/done", "这一句已经导出，不能撤销。")
    return redirect(request, f"{REVIEW}/done", "回到待归类了。")


@page("GET", f"{REVIEW}/done", permission="review.work")
async def done(request: web.Request, staff: Staff) -> web.Response:
    review = request.app[SERVICES].review
    return render(
        request,
        "review/done.html",
        here="review",
        items=await review.done(),
        counts=await review.counts(),
        states=STATES,
        reasons=REASONS,
        title=title,
    )


# -- out as training data ----------------------------------------------------------------------------------------------


@page("GET", f"{REVIEW}/export", permission="review.work")
async def export_page(request: web.Request, staff: Staff) -> web.Response:
    services = request.app[SERVICES]
    items = await services.review.labelled()
    return render(
        request,
        "review/export.html",
        here="review",
        by_topic=_by_topic(items),
        total=len(items),
        counts=await services.review.counts(),
        last=await last_comparison(services.audit),
        initiatives=initiatives(),
        title=title,
    )


def _by_topic(items: Iterable[ReviewItem]) -> list[tuple[str, list[str]]]:
    grouped: dict[str, dict[str, None]] = {}
    for item in items:
        if item.topic:
            grouped.setdefault(item.topic, {})[item.text] = None
    return [(topic, list(grouped[topic])) for topic in topics() if topic in grouped]


@page("POST", f"{REVIEW}/export", permission="review.work")
async def export(request: web.Request, staff: Staff) -> web.Response:
    """What is labelled as a file, once; it stays to be had again (`again`)."""
    review = request.app[SERVICES].review
    items = await review.labelled()
    if not items:
        return redirect(request, f"{REVIEW}/export", "没有要导出的。先给问题归类。")
    taken = await review.mark_exported([item.id for item in items], actor=staff.actor)
    return _file(taken, request.app[SERVICES].clock.now().strftime("review-%Y%m%d-%H%M.yml"))


@page("GET", f"{REVIEW}/again.yml", permission="review.work")
async def again(request: web.Request, staff: Staff) -> web.Response:
    services = request.app[SERVICES]
    items = await services.review.exported()
    await services.audit.note(staff.actor, "review.download", "review", count=len(items))
    return _file(items, "review-all.yml")


def _file(items: Sequence[ReviewItem], name: str) -> web.Response:
    text = as_training_data([(item.topic, item.text) for item in items if item.topic])
    return web.Response(
        body=text.encode("utf-8"),
        content_type="application/yaml",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def last_comparison(audit: AuditService) -> dict[str, Any] | None:
    """What `nuanxin retrain` found last: when, whether the new model went live, the figures before and after."""
    found = await audit.search(action=RETRAINED, limit=1)
    return {"at": found[0].at, **found[0].detail} if found else None
