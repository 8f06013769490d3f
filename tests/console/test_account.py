"""Logging in and out, one's own account."""

from datetime import timedelta

from bot.services import totp
from bot.services.staff import IDLE, LONGEST
from tests.console.conftest import PASSWORD


async def test_who_is_not_logged_in_is_led_to_the_login_and_back(console):
    nobody = await console()
    answer = await nobody.get("/console/account?a=1")
    assert answer.status == 303
    assert answer.headers["Location"] == "/console/login?next=%2Fconsole%2Faccount%3Fa%3D1"
    answer = await nobody.client.post(
        "/console/login",
        data={"name": "seat-one", "password": PASSWORD, "next": "/console/account?a=1"},
        allow_redirects=False,
    )
    assert (answer.status, answer.headers["Location"]) == (303, "/console/account?a=1")


async def test_wrong_words_look_alike(console):
    nobody = await console()
    for name in ("seat-one", "nobody-there"):
        answer = await nobody.client.post("/console/login", data={"name": name, "password": "wrong wrong"})
        assert answer.status == 401
        assert "账号、密码或动态码不对" in await answer.text()


async def test_own_page_and_logout(console):
    seat = await console("seat")
    assert "测试seat" in await seat.text("/console/account")
    answer = await seat.post("/console/logout")
    assert answer.headers["Location"] == "/console/login"
    assert (await seat.get("/console/account")).status == 303


async def test_a_session_goes_idle_and_ends_at_the_latest_after_its_longest(console, clock):
    seat = await console("seat")
    clock.advance(IDLE - timedelta(minutes=1))
    await seat.text("/console/account")
    clock.advance(IDLE - timedelta(minutes=1))
    await seat.text("/console/account")
    clock.advance(IDLE + timedelta(minutes=1))
    assert (await seat.get("/console/account")).status == 303
    again = await console("seat")
    for _ in range(int(LONGEST / timedelta(minutes=20))):
        clock.advance(timedelta(minutes=20))
        await again.get("/console/account")
    clock.advance(timedelta(minutes=1))
    assert (await again.get("/console/account")).status == 303


async def test_one_time_codes(console, clock, services_of):
    seat = await console("seat")
    text = await seat.text("/console/account")
    secret = text.split('name="secret" value="')[1].split('"')[0]
    wrong = await seat.post("/console/account/totp/on", data={"secret": secret, "code": "000000"})
    assert wrong.status == 422
    assert secret in await wrong.text()
    code = totp.code_at(secret, int(clock.now().timestamp()) // totp.STEP)
    assert (await seat.post("/console/account/totp/on", data={"secret": secret, "code": code})).status == 303

    nobody = await console()
    for given in ("", code):  # without, and with the one that was used
        answer = await nobody.client.post(
            "/console/login", data={"name": "seat-one", "password": PASSWORD, "code": given}
        )
        assert answer.status == 401
    clock.advance(timedelta(seconds=60))
    code = totp.code_at(secret, int(clock.now().timestamp()) // totp.STEP)
    await nobody.log_in("seat-one", code=code)
    assert (await nobody.post("/console/account/totp/off", data={"old": "not it at all"})).status == 422
    assert (await nobody.post("/console/account/totp/off", data={"old": PASSWORD})).status == 303
    assert (await services_of.staff.by_name("seat-one")).totp_secret is None


async def test_a_new_password_ends_every_session(console):
    one, other = await console("seat"), await console("seat")
    data = {"old": PASSWORD, "password": "a longer secret", "again": "a longer secret"}
    assert (await one.post("/console/account/password", data={**data, "again": "else"})).status == 422
    assert (await one.post("/console/account/password", data={**data, "old": "wrong"})).status == 422
    assert (await one.post("/console/account/password", data=data)).status == 303
    assert (await other.get("/console/account")).status == 303
    await (await console()).log_in("seat-one", "a longer secret")
