"""Who gets in where: the matrix of every role and every route, CSRF, lock-out, fixation, open redirects, headers."""

import asyncio

import pytest

from bot.console.nav import NAV
from bot.console.permissions import ROLE_NAMES, may
from bot.console.registry import COOKIE, ROUTES, safe_next
from bot.services.staff import NAME_TRIES
from tests.console.conftest import PASSWORD


def example(path):
    return path.replace("{id}", "nobody").replace("{initiative}", "1").replace("{", "").replace("}", "")


@pytest.mark.parametrize("role", sorted(ROLE_NAMES))
async def test_every_role_at_every_route(console, role):
    client = await console(role)
    for route in [r for r in ROUTES if r.permission and r.path not in ("/console/logout", "/console/events")]:
        if route.method == "POST":
            answer = await client.post(example(route.path), data={})
        else:
            answer = await client.get(example(route.path))
        assert (answer.status == 403) != may(role, route.permission), (route.method, route.path, answer.status)
        assert answer.status < 500, route.path
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"


async def test_without_a_login_or_a_token_nothing_opens(console):
    nobody, seat = await console(), await console("seat")
    for route in [r for r in ROUTES if r.permission]:
        answer = await nobody.client.request(route.method, example(route.path), allow_redirects=False)
        assert answer.headers["Location"].startswith("/console/login"), route.path
        if route.method == "POST":
            for headers in ({}, {"X-CSRF-Token": "wrong"}):
                answer = await seat.client.post(example(route.path), headers=headers, allow_redirects=False)
                assert answer.status == 403, route.path


async def test_a_change_from_another_site_is_refused(console):
    nobody = await console()
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        data = {"name": "seat-one", "password": PASSWORD}
        assert (await nobody.client.post("/console/login", data=data, headers=headers)).status == 403


async def test_many_guesses_at_once_get_five_tries(console):
    nobody = await console()

    async def guess(number):
        data = {"name": "seat-one", "password": f"a guess {number}"}
        return (await nobody.client.post("/console/login", data=data)).status

    answers = await asyncio.gather(*(guess(number) for number in range(12)))
    assert answers.count(401) == NAME_TRIES
    assert answers.count(429) == 12 - NAME_TRIES
    data = {"name": "seat-one", "password": PASSWORD}
    assert (await nobody.client.post("/console/login", data=data)).status == 429


async def test_a_token_put_in_before_is_worth_nothing(console):
    planted = await console()
    planted.client.session.cookie_jar.update_cookies({COOKIE: "planted"})
    await planted.log_in("seat-one")
    other = await console()
    other.client.session.cookie_jar.update_cookies({COOKIE: "planted"})
    assert (await other.get("/console/account")).status == 303


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/console//evil.example",
        "/console/\\evil",
        "/console/../x",
        "/other",
        "",
    ],
)
def test_no_open_redirect(target):
    assert safe_next(target) == ""


async def test_the_session_of_another_cannot_be_ended(console, services_of):
    await console("seat")
    editor = await console("editor")
    (victim,) = [s for s, user in await services_of.staff.sessions() if user.name == "seat-one"]
    assert (await editor.post(f"/console/account/sessions/{victim.id}/end")).status == 404


async def test_the_audit_is_read_and_cannot_be_changed(console, services_of):
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    auditor = await console("auditor")
    assert "login" in await auditor.text("/console/audit", params={"action": "login"})
    for statement in ("UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries"):
        with pytest.raises(DBAPIError):
            async with services_of.db.write() as session:
                await session.execute(text(statement))


async def test_every_page_of_the_navigation_is_there_and_has_a_key_of_its_own(console):
    items = [item for group in NAV for item in group.items]
    assert len({item.key for item in items}) == len({item.here for item in items}) == len(items)
    gets = {route.path: route.permission for route in ROUTES if route.method == "GET"}
    assert {item.path: item.permission for item in items}.items() <= gets.items()
