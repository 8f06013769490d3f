"""Importing a file in the console: look first (dry run), read what is wrong row by row, then apply.

What was looked at travels in the page, packed and signed for this session: nothing waits on the server, any
replica can apply it, and what is applied is what was looked at.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast, get_args
from urllib.parse import quote

from aiohttp import web

from bot.console.registry import MEGABYTE, Refused, Staff, page
from bot.console.render import redirect, render
from bot.services.errors import Invalid, NotFound
from bot.services.exporting import csv_bytes, xlsx_bytes
from bot.services.import_spec import Spec
from bot.services.importing import Datum, ImportReport
from bot.services.reference_desk import spec_of
from bot.services.reference_words import words_of
from bot.services.table_files import read_bytes
from bot.web.keys import SERVICES

DATUMS = (("wgs84", "WGS-84（GPS、天地图）"), ("gcj02", "GCJ-02（高德、腾讯）"), ("bd09", "BD-09（百度）"))
SHOWN_ERRORS = 200
MAX_FILE = 10 * MEGABYTE
MAX_PACKED = 11 * MEGABYTE  # characters; deploy/nginx.conf lets 12 MB through
OTHER_FIELDS = 64 << 10  # bytes that a form with a file, or with what was packed, holds besides
TOO_BIG = "文件太大了，最多 10 MB；请分成几个文件，或者请管理员用命令 nuanxin import 导入"
TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Section:
    """Where tables are imported: `/{prefix}/import/{kind}`. `back`: where a table is looked at afterwards.

    `replace`: whether rows that the file lacks may be removed. `closed`: why a table takes nothing now, or "".
    """

    prefix: str
    here: str
    title: str
    kinds: tuple[str, ...]
    permission: str
    back: Callable[[str], str]
    replace: bool = True
    closed: Callable[[web.Request, str], Awaitable[str]] | None = None

    def spec(self, request: web.Request) -> Spec:
        kind = request.match_info["kind"]
        if kind not in self.kinds:
            raise NotFound(kind)
        return spec_of(kind)

    def path(self, kind: str) -> str:
        return f"{self.prefix}/import/{kind}"


@dataclass(frozen=True)
class Options:
    datum: Datum = "wgs84"
    replace: bool = False


def add_imports(section: Section) -> None:
    """Register the pages of a section."""

    @page("GET", f"{section.prefix}/import/{{kind}}", permission=section.permission)
    async def show(request: web.Request, staff: Staff) -> web.Response:
        return _page(request, section, section.spec(request))

    @page("GET", f"{section.prefix}/import/{{kind}}/form", permission=section.permission)
    async def empty_form(request: web.Request, staff: Staff) -> web.Response:
        spec = section.spec(request)
        told = [["列", "英文名", "必填", "可以填"]]
        for column in spec.columns:
            words = "、".join(words_of(spec.kind, column).values())
            told.append([column.label, column.name, "必填" if column.required else "可空", words])
        return await download(
            f"{spec.title}空表", "xlsx", {"数据": [[column.label for column in spec.columns]], "说明": told}
        )

    @page("POST", f"{section.prefix}/import/{{kind}}", permission=section.permission, body=MAX_FILE + OTHER_FIELDS)
    async def look(request: web.Request, staff: Staff) -> web.Response:
        spec, form = section.spec(request), await request.post()
        options = _options(section, form)
        try:
            await _check_open(request, section, spec)
            table = await _sent(form.get("file"))
            packed = await asyncio.to_thread(_pack, table)
            report = await request.app[SERVICES].reference.import_table(
                spec.kind, table, staff.actor, datum=options.datum, replace=options.replace, dry_run=True
            )
        except Invalid as error:
            return _page(request, section, spec, options=options, wrong=error.reason, status=422)
        sign = _sign(staff, spec, options, packed)
        status = 200 if report.ok else 422
        return _page(request, section, spec, options=options, report=report, packed=packed, sign=sign, status=status)

    @page(
        "POST",
        f"{section.prefix}/import/{{kind}}/apply",
        permission=section.permission,
        body=MAX_PACKED + OTHER_FIELDS,
    )
    async def apply(request: web.Request, staff: Staff) -> web.Response:
        spec, form = section.spec(request), await request.post()
        options, packed = _options(section, form), str(form.get("packed", ""))
        if not hmac.compare_digest(str(form.get("sign", "")).encode(), _sign(staff, spec, options, packed).encode()):
            raise Refused(422, "请先检查文件，再确认导入。没有写入。")
        await _check_open(request, section, spec)
        report = await request.app[SERVICES].reference.import_table(
            spec.kind,
            await asyncio.to_thread(_unpack, packed),
            staff.actor,
            datum=options.datum,
            replace=options.replace,
            dry_run=False,
        )
        if not report.ok:  # the table has changed since the look
            return _page(request, section, spec, options=options, report=report, status=422)
        removed = f"，删除 {report.removed}" if options.replace else ""
        notice = (
            f"已导入 {report.rows} 行：新增 {report.added}，更新 {report.changed}，未变 {report.unchanged}{removed}。"
        )
        return redirect(request, section.back(spec.kind), notice=notice)


async def download(name: str, form: str, sheets: dict[str, Any]) -> web.Response:
    """A file: CSV of the first sheet, or a workbook of all. Made beside the loop: it can take a second."""
    if form not in TYPES:
        raise NotFound(form)
    body = await asyncio.to_thread(
        lambda: csv_bytes(next(iter(sheets.values()))) if form == "csv" else xlsx_bytes(sheets)
    )
    response = web.Response(body=body, content_type=TYPES[form])
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{name.encode("ascii", "ignore").decode().strip("-") or "table"}.{form}"; '
        f"filename*=UTF-8''{quote(name, safe='')}.{form}"
    )
    return response


def _page(
    request: web.Request,
    section: Section,
    spec: Spec,
    *,
    options: Options | None = None,
    report: ImportReport | None = None,
    wrong: str = "",
    packed: str = "",
    sign: str = "",
    status: int = 200,
) -> web.Response:
    labels = {column.name: column.label for column in spec.columns}
    return render(
        request,
        "imports/import.html",
        status=status,
        here=section.here,
        section=section,
        spec=spec,
        datums=DATUMS,
        options=options or Options(),
        report=report,
        words=words_of,
        labels=labels | {column.attribute: column.label for column in spec.columns},
        shown_errors=SHOWN_ERRORS,
        max_file=MAX_FILE,
        errors={"file": wrong} if wrong else {},
        packed=packed,
        sign=sign,
    )


def _options(section: Section, form: Any) -> Options:
    datum = str(form.get("datum", "wgs84"))
    if datum not in get_args(Datum):
        raise Invalid("datum", "坐标系只能是列出的三种")
    return Options(cast(Datum, datum), section.replace and form.get("replace") == "1")


async def _check_open(request: web.Request, section: Section, spec: Spec) -> None:
    why = await section.closed(request, spec.kind) if section.closed else ""
    if why:
        raise Invalid("file", why)


async def _sent(sent: Any) -> list[list[str]]:
    """The table of an uploaded file. Invalid."""
    if not isinstance(sent, web.FileField) or not sent.filename:
        raise Invalid("file", "请选一个文件")

    def read() -> list[list[str]]:
        raw = sent.file.read(MAX_FILE + 1)
        if len(raw) > MAX_FILE:
            raise Invalid("file", TOO_BIG)
        return read_bytes(sent.filename, raw)

    return await asyncio.to_thread(read)


def _pack(table: list[list[str]]) -> str:
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()
    packed = base64.urlsafe_b64encode(zlib.compress(text, 6)).decode()
    if len(packed) > MAX_PACKED:
        raise Invalid("file", TOO_BIG)
    return packed


def _unpack(packed: str) -> list[list[str]]:
    table: list[list[str]] = json.loads(zlib.decompress(base64.urlsafe_b64decode(packed)))
    return table


def _sign(staff: Staff, spec: Spec, options: Options, packed: str) -> str:
    text = f"{spec.kind}|{options.datum}|{options.replace}|{packed}"
    return hmac.new(staff.session.csrf.encode(), text.encode(), hashlib.sha256).hexdigest()
