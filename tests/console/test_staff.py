"""Staff accounts over HTTP: made with a password shown once, changed by another, never locked out of."""

from __future__ import annotations

import asyncio
import re

import pytest

from bot.services.audit import SYSTEM, Actor
from bot.services.errors import WrongState
from tests.console.conftest import PASSWORD


async def user_of(services, name):
    return await services.staff.by_name(name)


async def change(client, user, **given):
    data = {
        "display_name": user.display_name,
        "role": user.role,
        "active": "yes",
        "was_role": user.role,
        "was_active": "yes" if user.active else "no",
    }
    return await client.post(f"/console/staff/{user.id}", data={**data, **given})


async def test_an_account_is_added_with_a_password_shown_once(console, services_of):
    admin = await console("admin")
    data = {"name": "wang.fang", "display_name": "<b>王芳</b>", "role": "seat"}
    text = await (await admin.post("/console/staff", data=data)).text()
    password = re.search(r'id="password">([^<]+)<', text)
    assert password
    user = await user_of(services_of, "wang.fang")
    assert user.must_change
    assert password[1] not in await admin.text(f"/console/staff/{user.id}")
    assert "<b>王芳" not in await admin.text("/console/staff")
    newcomer = await console()
    await newcomer.log_in("wang.fang", password[1])
    assert (await newcomer.get("/console/")).headers["Location"] == "/console/account"
    again = await admin.post("/console/staff", data=data)
    assert again.status == 422
    assert "已经有这个账号了" in await again.text()
    for wrong in ({"name": "王"}, {"display_name": " "}, {"role": "boss"}):
        assert (await admin.post("/console/staff", data={**data, "name": "other", **wrong})).status == 422


async def test_a_changed_role_or_a_disabled_account_ends_its_sessions(console, services_of):
    admin, seat = await console("admin"), await console("seat")
    user = await user_of(services_of, "seat-one")
    assert (await change(admin, user, role="editor")).status == 303
    assert (await seat.get("/console/")).headers["Location"].startswith("/console/login")
    moved = await user_of(services_of, "seat-one")
    assert moved.role == "editor"
    assert (await change(admin, moved, active="")).status == 303
    nobody = await console()
    refused = await nobody.client.post("/console/login", data={"name": "seat-one", "password": PASSWORD})
    assert refused.status == 401
    assert (await change(admin, await user_of(services_of, "seat-one"))).status == 303
    await nobody.log_in("seat-one")
    actions = [e.action for e in await services_of.audit.search(object_kind="staff", object_id=user.id)]
    assert actions.count("staff.change") == 3


async def test_what_another_admin_changed_meanwhile_is_not_overwritten(console, services_of):
    admin = await console("admin")
    user = await user_of(services_of, "seat-one")
    await services_of.staff.change(user.id, SYSTEM, display_name="测试", role="auditor", active=True)
    answer = await change(admin, user, role="editor")
    assert answer.status == 409
    assert "刚才有别人改过" in await answer.text()
    assert (await user_of(services_of, "seat-one")).role == "auditor"


async def test_nobody_changes_the_own_role_or_locks_out_the_last_admin(console, services_of):
    admin = await console("admin")
    own = await user_of(services_of, "admin-one")
    for given in ({"role": "seat"}, {"active": ""}):
        answer = await change(admin, own, **given)
        assert answer.status == 409
        assert "另一位管理员" in await answer.text()
    for part in ("password", "totp", "sessions"):
        assert (await admin.post(f"/console/staff/{own.id}/{part}")).status == 409
    assert (await change(admin, own, display_name="我")).status == 303
    with pytest.raises(WrongState):
        await services_of.staff.change(own.id, SYSTEM, display_name="我", role="seat", active=True)


async def test_two_admins_who_disable_each_other_leave_one(services):
    """On PostgreSQL too, where both would see the other still active."""
    pair = [await services.staff.add(f"boss-{n}", "班长", "admin", PASSWORD, SYSTEM) for n in range(2)]

    async def disable(user, other):
        actor = Actor(user.id, user.name)
        await services.staff.change(other.id, actor, display_name="班长", role="admin", active=False)

    results = await asyncio.gather(disable(*pair), disable(*reversed(pair)), return_exceptions=True)
    assert [type(result).__name__ for result in results if result is not None] == ["WrongState"]
    assert sum(user.active for user in await services.staff.users()) == 1


async def test_help_for_who_cannot_log_in(console, services_of):
    admin, seat = await console("admin"), await console("seat")
    user = await user_of(services_of, "seat-one")
    nobody = await console()
    for _ in range(6):
        await nobody.client.post("/console/login", data={"name": "seat-one", "password": "wrong guess 1"})
    assert "锁着" in await admin.text("/console/staff")
    assert (await admin.post(f"/console/staff/{user.id}/unlock")).status == 303
    await nobody.log_in("seat-one")
    text = await (await admin.post(f"/console/staff/{user.id}/password")).text()
    password = re.search(r'id="password">([^<]+)<', text)
    assert password
    assert (await seat.get("/console/")).headers["Location"].startswith("/console/login")
    await nobody.log_in("seat-one", password[1])
    assert (await admin.post(f"/console/staff/{user.id}/sessions")).status == 303
    assert (await nobody.get("/console/account")).status == 303
    assert (await admin.post(f"/console/staff/{user.id}/totp")).status == 303


async def test_an_auditor_looks_and_changes_nothing(console, services_of):
    auditor = await console("auditor")
    user = await user_of(services_of, "seat-one")
    text = await auditor.text(f"/console/staff/{user.id}")
    assert "重设密码" not in text
    assert (await change(auditor, user, role="admin")).status == 403
    assert (await auditor.get("/console/staff/nobody")).status == 404
