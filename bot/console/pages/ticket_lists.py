"""Tickets, many at once: kept views, bulk changes, the download."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from bot.console import seat_words as words
from bot.console.filled import Filled, filled
from bot.console.pages.tickets import Looking, checked_colleague
from bot.console.registry import HEADERS, Staff, page
from bot.console.render import redirect
from bot.language.phone import mask
from bot.services.errors import Changed, Invalid, NotFound, ServiceError, WrongState
from bot.services.exporting import CsvWriter, Writer, XlsxWriter
from bot.services.ticket_queue import MOST_EXPORTED, standing
from bot.storage.disputes import DisputeTicket
from bot.web.keys import SERVICES

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 100
HEADER = (
    "工单号",
    "类型",
    "状态",
    "区镇",
    "窗口",
    "单位",
    "金额（元）",
    "人数",
    "电话",
    "经办",
    "登记时间",
    "联系期限",
    "办结期限",
    "计时",
    "说明",
    "情况",
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page("POST", "/console/tickets/views", permission="tickets.view")
async def keep_view(request: web.Request, staff: Staff) -> web.Response:
    form = await filled(request)
    looking = Looking(dict(parse_qsl(form.text("query", 400))))
    name = form.text("name", 40)
    if not name:
        raise Invalid("name", "视图要有个名字")
    await request.app[SERVICES].kept.keep(staff.user.id, "tickets", name, looking.query())
    return redirect(request, f"/console/tickets?{looking.query()}", notice=f"已存为视图“{name}”")


@page("POST", "/console/tickets/views/{id}/drop", permission="tickets.view")
async def drop_view(request: web.Request, staff: Staff) -> web.Response:
    await request.app[SERVICES].kept.drop(staff.user.id, request.match_info["id"])
    return redirect(request, "/console/tickets", notice="视图已删除")


@page("POST", "/console/tickets/bulk", permission="tickets.bulk")
async def bulk(request: web.Request, staff: Staff) -> web.Response:
    form = await filled(request)
    key, picked = form.raw_key(), _picked(form)
    looking = Looking(dict(parse_qsl(form.text("query", 400))))
    to, reason, step = form.text("to", 40), form.text("reason", 500), form.text("step", 20)
    if step == "assign":
        await checked_colleague(request, to)
    elif step not in words.MOVES:
        raise Invalid("step", "先选要做什么")
    done, failed = 0, []
    for number, seen in picked:
        try:
            await _one(request, staff, step, number, to=to, reason=reason, key=f"desk:bulk:{number}:{key}", seen=seen)
            done += 1
        except Changed:
            failed.append(f"{number} 刚被别人改过")
        except WrongState:
            failed.append(f"{number} 现在的状态不能这样办")
        except Invalid as error:
            failed.append(f"{number} {error.reason}")
        except ServiceError:
            failed.append(f"{number} 没有找到")
    notice = f"{done} 张已办" + (f"，{len(failed)} 张没办：" + "；".join(failed[:5]) if failed else "")
    return redirect(request, f"/console/tickets?{looking.query()}", notice=notice)


def _picked(form: Filled) -> list[tuple[str, int]]:
    """(number, version) of the ticked tickets."""
    found = []
    for value in form.texts("picked", MOST_AT_ONCE + 1):
        number, _, seen = value.partition("@")
        if not (seen.isascii() and seen.isdigit()):
            raise NotFound(number)
        found.append((number, int(seen)))
    if not found:
        raise Invalid("picked", "先勾选工单")
    if len(found) > MOST_AT_ONCE:
        raise Invalid("picked", f"一次最多 {MOST_AT_ONCE} 张")
    return found


async def _one(request: web.Request, staff: Staff, step: str, number: str, **given: Any) -> None:
    services, me = request.app[SERVICES], staff.user.name
    key, seen = given["key"], given["seen"]
    async with services.audit.of(staff.actor, f"ticket.{step}", "ticket", number, bulk=True):
        if step == "assign":
            await services.dispute_desk.assign(number, me, to=given["to"], key=key, seen=seen)
        else:
            await services.dispute_desk.transition(number, me, step, reason=given["reason"], key=key, seen=seen)


@page("GET", "/console/tickets/export", permission="tickets.export")
async def export(request: web.Request, staff: Staff) -> web.StreamResponse:
    """Made while it goes out: whoever downloads 100,000 tickets sees it begin, and memory holds some hundred."""
    services = request.app[SERVICES]
    kind = "xlsx" if request.query.get("as") == "xlsx" else "csv"
    looking, now = Looking(request.query), services.clock.now()
    writer: Writer = XlsxWriter("工单") if kind == "xlsx" else CsvWriter()
    name = f"tickets-{now:%Y%m%d-%H%M}.{kind}"
    response = web.StreamResponse(
        headers={
            **HEADERS,
            "Content-Type": XLSX if kind == "xlsx" else "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}"',
        }
    )
    wanted, count = looking.filter(staff.user.name), 0
    rows = min(await services.tickets.count(wanted), MOST_EXPORTED)
    # before the first row leaves, whatever becomes of the rest
    await services.audit.note(staff.actor, "ticket.export", "tickets", kind, rows=rows, query=looking.query()[:300])
    await response.prepare(request)
    try:
        await response.write(writer.rows([HEADER]))
        async for tickets in services.tickets.pieces(wanted):
            room = MOST_EXPORTED - count
            count += len(tickets[:room])
            await response.write(await asyncio.to_thread(_piece, writer, tickets[:room], now))
            if len(tickets) > room:
                await response.write(writer.rows([[f"只导出了前 {MOST_EXPORTED} 张，请缩小条件分批导出"]]))
                break
        await response.write(writer.end())
        await response.write_eof()
    except ConnectionResetError:
        logger.info("an export was broken off by its reader after %s rows", count)
    except Exception:
        # the headers are out: only a connection that breaks tells the browser that the file is not whole
        logger.exception("an export failed after %s rows", count)
        if request.transport is not None:
            request.transport.abort()
    return response


def _piece(writer: Writer, tickets: list[DisputeTicket], now: datetime) -> bytes:
    return writer.rows([_row(one, now) for one in tickets])


def _row(one: DisputeTicket, now: datetime) -> list[Any]:
    return [
        one.number,
        words.TICKET_TYPES.get(one.dispute_type, one.dispute_type),
        words.TICKET_STATES[one.state],
        one.district or "",
        one.window_name,
        one.employer or "",
        one.amount_fen / 100 if one.amount_fen is not None else "",
        one.group_size,
        mask(one.phone) if one.phone else "",
        one.assigned_to or "",
        one.created_at,
        one.contact_due,
        one.finish_due,
        words.clock_words(standing(one, now.date()))[0],
        one.reason or "",
        one.summary,
    ]
