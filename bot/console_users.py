"""`nuanxin user`: accounts of the console from the command line; the first admin can only be made here."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable

from bot.services import Services, build_services
from bot.services.audit import Actor
from bot.services.errors import AlreadyExists, Invalid, NotFound, WrongState
from bot.services.passwords import new_password
from bot.settings import Settings
from bot.storage.base import Database

COMMAND_LINE = Actor(None, "command line")
DEMO_NAME = "demo"


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Returns the exit code; what the user can mend ends in one line on stderr."""
    actions: dict[str, Callable[[Services, argparse.Namespace], Awaitable[None]]] = {
        "add": _add,
        "list": _list,
        "disable": _disable,
        "password": _password,
    }
    if arguments.action != "list" and not arguments.name:
        print(f"nuanxin: say whose: nuanxin user {arguments.action} NAME", file=sys.stderr)
        return 2

    async def work() -> int:
        db = Database(settings.database_url)
        try:
            await actions[arguments.action](build_services(db), arguments)
        except Invalid as error:
            print(f"nuanxin: {error.field}: {error.reason}", file=sys.stderr)
        except AlreadyExists:
            print(f"nuanxin: there is an account {arguments.name} already", file=sys.stderr)
        except NotFound:
            print(f"nuanxin: there is no account {arguments.name}", file=sys.stderr)
        except WrongState:
            print("nuanxin: this is the last admin; make another one first", file=sys.stderr)
        else:
            return 0
        finally:
            await db.close()
        return 2

    return asyncio.run(work())


def _asked_password(arguments: argparse.Namespace) -> tuple[str, bool]:
    """(password, made up): from a prompt, from standard input when that is no terminal, or made up."""
    if arguments.generate:
        return new_password(), True
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n"), False
    password = getpass.getpass("password: ")
    if getpass.getpass("once more: ") != password:
        raise Invalid("password", "两次输入的不一样")
    return password, False


async def _add(services: Services, arguments: argparse.Namespace) -> None:
    password, made_up = _asked_password(arguments)
    user = await services.staff.add(
        arguments.name,
        arguments.display_name or arguments.name,
        arguments.role,
        password,
        COMMAND_LINE,
        must_change=made_up,
    )
    print(f"==> account {user.name} ({user.role})" + (f", first password: {password}" if made_up else ""))


async def _list(services: Services, _arguments: argparse.Namespace) -> None:
    for user in await services.staff.users():
        last = f"{user.last_login_at:%Y-%m-%d %H:%M}" if user.last_login_at else "never"
        state = "active" if user.active else "disabled"
        print(f"{user.name:20}{user.role:12}{state:10}{last:18}{user.display_name}")


async def _disable(services: Services, arguments: argparse.Namespace) -> None:
    user = await services.staff.by_name(arguments.name)
    await services.staff.change(user.id, COMMAND_LINE, display_name=user.display_name, role=user.role, active=False)
    print(f"==> account {user.name} is disabled, its sessions have ended")


async def _password(services: Services, arguments: argparse.Namespace) -> None:
    user = await services.staff.by_name(arguments.name)
    password, made_up = _asked_password(arguments)
    await services.staff.set_password(user.id, password, COMMAND_LINE, must_change=made_up)
    print(f"==> account {user.name}: " + (f"new password: {password}" if made_up else "password changed"))


async def make_demo_account(services: Services) -> str | None:
    """An admin `demo` where there is no account at all; its password, else None."""
    if await services.staff.users():
        return None
    password = new_password()
    await services.staff.add(DEMO_NAME, "演示账号", "admin", password, COMMAND_LINE)
    return password
