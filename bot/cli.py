"""`nuanxin`: the one command-line program behind make. Commands import what they need when they run."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.storage.base import Database

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code. What a user can mend ends in one line on stderr, code 1 or 2."""
    from bot.prepare import NotReady
    from bot.settings import SettingsError

    parsed = _parser().parse_args(arguments)
    command: Command = parsed.command
    try:
        return command(parsed)
    except (SettingsError, NotReady) as error:
        print(f"nuanxin: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nuanxin",
        description="暖新: the chatbot and hotline console for Kunshan's new-employment workers.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, summary: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=summary, description=summary)
        made.set_defaults(command=command)
        return made

    serve = add("serve", _serve, "answer riders: WeChat, REST, the map page and the console")
    chat = add("chat", _chat, "talk to the bot in this terminal")
    for made in (serve, chat):
        made.add_argument("--prepare", action="store_true", help="train, migrate, load the demo data first")
    train = add("train", _train, "train the model from data/")
    train.add_argument("--if-changed", action="store_true", help="keep the model when nothing has changed")
    retrain = add("retrain", _retrain, "learn from what was corrected in the console, unless the model gets worse")
    retrain.add_argument(
        "--with", type=Path, required=True, metavar="FILE", dest="file", help="the review page's export"
    )
    retrain.add_argument("--check", action="store_true", help="only say which lines are new")
    evaluate = add("evaluate", _evaluate, "measure the understanding; writes reports/")
    evaluate.add_argument("rest", nargs=argparse.REMAINDER, help="options of `python -m bot.evaluation`")
    _add_data_commands(add)
    _add_operation_commands(add)
    return parser


def _add_data_commands(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    load = add("import", _import, "load reference data from CSV or XLSX, all rows or none")
    load.add_argument("kind", nargs="?", help="what the rows are (without it: list the kinds)")
    load.add_argument("file", nargs="?", type=Path)
    load.add_argument("--backup", type=Path, metavar="FILE", help="a backup, into an empty database")
    load.add_argument("--demo", action="store_true", help="the demo data, once, into what is still empty")
    load.add_argument("--dry-run", action="store_true", help="check only, change nothing")
    load.add_argument("--replace", action="store_true", help="also remove rows that the file does not have")
    load.add_argument(
        "--datum", choices=("wgs84", "gcj02", "bd09"), default="wgs84", help="of lng and lat (default: wgs84)"
    )

    save = add("export", _export, "back up the whole database, or write one kind of reference data as CSV")
    save.add_argument("kind", nargs="?", help="a kind of `nuanxin import` (without it: everything)")
    save.add_argument("file", type=Path, help="backup.zip, or KIND.csv")


def _add_operation_commands(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    db = add("db", _db, "the database schema")
    db.add_argument("action", choices=("upgrade", "current", "revision"))
    db.add_argument("message", nargs="?", default="change", help="of a new revision (for developers)")
    wechat = add("wechat", _wechat, "the Official Account")
    wechat.add_argument("action", choices=("menu",), help="menu: put data/wechat/menu.yml under the chat")
    wechat.add_argument("--dry-run", action="store_true", help="print what would be sent")
    user = add("user", _user, "accounts of the console")
    user.add_argument("action", choices=("add", "list", "disable", "password"))
    user.add_argument("name", nargs="?", help="what the person logs in with")
    user.add_argument("--role", default="seat", help="seat (default), editor, supervisor, auditor or admin")
    user.add_argument("--display-name", metavar="TEXT", help="what colleagues see (default: NAME)")
    user.add_argument("--generate", action="store_true", help="make up a password; else it is asked for")
    doctor = add("doctor", _doctor, "check settings, database, Redis, model and WeChat; say how to mend them")
    doctor.add_argument("--offline", action="store_true", help="do not call WeChat")


def _settings() -> Settings:
    from bot.settings import load_settings

    return load_settings()


def _get_ready(settings: Settings, arguments: argparse.Namespace) -> None:
    from bot.prepare import check_start, prepare

    if arguments.prepare:
        prepare(settings)
    else:
        check_start(settings)


def _serve(arguments: argparse.Namespace) -> int:
    from bot.prepare import check_port

    settings = _settings()
    check_port(settings.host, settings.port)
    _get_ready(settings, arguments)
    from bot.serving import serve

    return serve(settings)


def _chat(arguments: argparse.Namespace) -> int:
    from bot.chat import chat

    settings = _settings()
    _get_ready(settings, arguments)
    asyncio.run(chat(settings))
    return 0


def _train(arguments: argparse.Namespace) -> int:
    from bot import training

    settings = _settings()
    model = training.up_to_date_model(settings.model_dir) if arguments.if_changed else None
    if model is not None:
        training.select(model)
        print(f"==> model: {model.name} is up to date")
        return 0
    print("==> model: training from data/, which takes a few minutes", flush=True)
    try:
        model = training.train(settings.model_dir)
    except training.TrainingFailed as error:
        print(f"nuanxin: {error}", file=sys.stderr)
        return 1
    print(f"==> model: {model.name}")
    return 0


def _retrain(arguments: argparse.Namespace) -> int:
    from bot.prepare import check_start
    from bot.retraining import run

    settings = _settings()
    if not arguments.check:
        check_start(settings)  # the outcome is kept there
    return run(settings, arguments.file, check=arguments.check)


def _evaluate(arguments: argparse.Namespace) -> int:
    from bot.evaluation.__main__ import main as evaluate

    return evaluate(arguments.rest) or 0


def _import(arguments: argparse.Namespace) -> int:
    from bot.services.importing import SPECS

    if arguments.demo:
        from bot.prepare import load_demo_once

        load_demo_once(_settings())
        return 0
    if arguments.backup is not None:
        return _data(lambda db: _restore(db, arguments.backup))
    if arguments.kind is None or arguments.file is None:
        for spec in SPECS.values():
            print(f"{spec.kind:24}{spec.title}")
        return 0

    return _data(lambda db: _import_file(db, arguments))


def _data(work: Callable[[Database], Awaitable[int]]) -> int:
    """Run work on the database; what is wrong with a file or a kind ends in one line."""
    from bot.prepare import check_start
    from bot.services.errors import Invalid
    from bot.storage.base import Database

    settings = _settings()
    check_start(settings)

    async def run() -> int:
        db = Database(settings.database_url)
        try:
            return await work(db)
        except Invalid as error:
            print(f"nuanxin: {error.reason}", file=sys.stderr)
        except OSError as error:
            print(f"nuanxin: {error.filename}: {error.strerror}", file=sys.stderr)
        finally:
            await db.close()
        return 2

    return asyncio.run(run())


async def _import_file(db: Database, arguments: argparse.Namespace) -> int:
    from bot.services.importing import import_file

    report = await import_file(
        db,
        arguments.kind,
        arguments.file,
        dry_run=arguments.dry_run,
        datum=arguments.datum,
        replace=arguments.replace,
    )
    for fault in report.errors:
        print(f"第 {fault.row} 行 {fault.column}：“{fault.value}”，{fault.must}", file=sys.stderr)
    if not report.ok:
        print(f"有 {len(report.errors)} 处要改，什么都没有导入。", file=sys.stderr)
        return 1
    done = "检查通过，没有写入" if report.dry_run else "已导入"
    print(
        f"{done}：{report.rows} 行，新增 {report.added}，更新 {report.changed}，"
        f"未变 {report.unchanged}，删除 {report.removed}"
    )
    if report.demo_left:
        print(f"还有 {report.demo_left} 行示例数据；加上 --replace 可以去掉。")
    return 0


async def _restore(db: Database, path: Path) -> int:
    from bot.services.backup import import_all

    report = await import_all(db, path)
    print(f"==> restored: {report.rows} rows in {report.tables} tables, as of {report.made_at:%Y-%m-%d %H:%M}")
    return 0


def _export(arguments: argparse.Namespace) -> int:
    return _data(lambda db: _write_export(db, arguments.kind, arguments.file))


async def _write_export(db: Database, kind: str | None, path: Path) -> int:
    from bot.services.backup import export_all
    from bot.services.clock import SystemClock
    from bot.services.exporting import export_kind

    if kind is not None:
        print(f"==> {path}: {await export_kind(db, kind, path)} rows")
        return 0
    report = await export_all(db, path, SystemClock())
    print(f"==> {path}: {report.rows} rows in {report.tables} tables; it holds personal data, keep it safe")
    return 0


def _db(arguments: argparse.Namespace) -> int:
    from bot.storage import migrate
    from bot.storage.base import Database

    async def run() -> None:
        db = Database(_settings().database_url)
        try:
            if arguments.action == "upgrade":
                await migrate.upgrade(db)
            elif arguments.action == "revision":
                print(await migrate.write_revision(db, arguments.message))
                return
            print(f"database at {await migrate.current(db)}, newest is {migrate.head()}")
        finally:
            await db.close()

    asyncio.run(run())
    return 0


def _wechat(arguments: argparse.Namespace) -> int:
    from bot.operations import push_menu

    return push_menu(_settings(), dry_run=arguments.dry_run)


def _user(arguments: argparse.Namespace) -> int:
    from bot.console_users import run
    from bot.prepare import check_start

    settings = _settings()
    check_start(settings)
    return run(settings, arguments)


def _doctor(arguments: argparse.Namespace) -> int:
    from bot.doctor import doctor

    return doctor(offline=arguments.offline)
