"""骑手安全: open formulas, monthly import, the education list, codes that bind, sessions, quiz, pledge."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from bot.knowledge.quiz import quiz
from bot.services import Services
from bot.services.clock import SHANGHAI, FixedClock
from bot.services.education_proofs import PLEDGE_TEXT, QUIZ_LENGTH
from bot.services.errors import AlreadyExists, Invalid, NotFound, QuotaExhausted, WrongState
from bot.services.importing import SPECS, import_table
from bot.services.safety_binding import PERSON_ATTEMPTS, TooManyAttempts
from bot.services.safety_rules import Tally, company_index, label, tally
from bot.storage.outbox import OutboxMessage
from bot.storage.safety import (
    EducationBooking,
    EducationSession,
    EducationSite,
    EducationSlot,
    SafetyAccident,
    SafetyCompany,
    SafetyViolation,
    WorkBinding,
    WorkCode,
)

PHONE = "13812345678"
HEADER = ["record_no", "work_no", "company", "occurred_at", "kind", "minor", "place"]


def violation(number: int, day: int, *, work_no: str = "W1", minor: bool = True) -> SafetyViolation:
    return SafetyViolation(
        record_no=f"V{number}",
        work_no=work_no,
        company="甲",
        occurred_at=datetime(2026, 11, day, 8, tzinfo=SHANGHAI),
        kind="wrong_way",
        minor=minor,
    )


def accident(severity: str, fault: str) -> SafetyAccident:
    return SafetyAccident(
        record_no=f"A-{severity}-{fault}",
        work_no="W1",
        company="甲",
        occurred_at=datetime(2026, 11, 3, 8, tzinfo=SHANGHAI),
        severity=severity,
        fault=fault,
    )


async def person(services: Services, name: str = "a") -> str:
    return (await services.people.ensure(f"rest:{name}")).id


async def add_violations(services: Services, *rows: SafetyViolation) -> None:
    async with services.db.write() as session:
        session.add_all(rows)


# -- formulas ----------------------------------------------------------------------------------------------


def test_points_are_those_written_down() -> None:
    one = tally(
        [violation(1, 1), violation(2, 2), violation(3, 3, minor=False)],
        [accident("damage", "main"), accident("injury", "none"), accident("injury", "partial")],
    )
    assert (one.minor, one.other, one.accidents, one.at_fault, one.injured_at_fault) == (2, 1, 3, 2, 1)
    assert one.points == 2 * 5 + 20 + 15 * 0.8 + 40 * 0.3
    assert one.index == 46.0
    assert tally([violation(n, 1, minor=False) for n in range(9)], []).index == 0.0
    assert tally([], []).index == 100.0


@pytest.mark.parametrize(
    ("one", "needs", "expected"),
    [
        (Tally(), False, "steady"),
        (Tally(minor=2), False, "remind"),
        (Tally(accidents=1, at_fault=1), False, "remind"),
        (Tally(accidents=1), False, "steady"),
        (Tally(minor=3), True, "education"),
        (Tally(), True, "education"),
        (Tally(minor=3, other=1), True, "focus"),
        (Tally(accidents=1, at_fault=1, injured_at_fault=1), False, "focus"),
    ],
)
def test_labels(one: Tally, needs: bool, expected: str) -> None:
    assert label(one, needs) == expected


def test_a_companys_index_is_per_rider() -> None:
    assert company_index(50.0, 100) == 95.0
    assert company_index(5000.0, 10) == 0.0
    with pytest.raises(ValueError, match="riders"):
        company_index(1.0, 0)


# -- records -----------------------------------------------------------------------------------------------


async def test_the_monthly_import_is_checked_and_changes_nothing_the_second_time(services: Services) -> None:
    spec = SPECS["safety-violations"]
    good = ["V1", "w1", "甲", "2026-11-02 08:00", "wrong_way", "1", "人民路"]
    wrong = ["V2", "w1", "甲", "昨天", "flying", "也许", ""]
    report = await import_table(services.db, spec, [HEADER, good, wrong])
    assert {error.column for error in report.errors} == {"occurred_at", "kind", "minor"}
    assert (await services.safety.record("W1")).total.violations == 0
    assert (await import_table(services.db, spec, [HEADER, good])).added == 1
    again = await import_table(services.db, spec, [HEADER, good])
    assert (again.added, again.unchanged) == (0, 1)
    record = await services.safety.record("w1")
    assert (record.work_no, record.total.minor, record.company) == ("W1", 1, "甲")


async def test_three_minor_violations_put_a_worker_on_the_list_until_education(
    services: Services, clock: FixedClock
) -> None:
    await add_violations(
        services,
        *(violation(n, n) for n in (1, 2)),
        violation(7, 3, minor=False),
        *(violation(10 + n, n, work_no="W2") for n in (1, 2)),
    )
    assert await services.safety.education_list() == []
    await add_violations(services, violation(3, 4))
    (listed,) = await services.safety.education_list("甲")
    assert (listed.work_no, listed.counted, listed.label) == ("W1", 3, "focus")
    who = await _bound(services, "W1")
    await _education_plan(services)
    session = (await services.safety.education.free_sessions("video"))[0]
    booking = await services.safety.education.book(who, session.id, PHONE)
    assert booking.work_no == "W1"
    clock.moment = session.ends_at
    await services.safety.education.mark(booking.number, "attended")
    assert await services.safety.education_list() == []
    record = await services.safety.record("W1")
    assert (record.counted, record.total.minor, record.educated_at) == (0, 3, session.starts_at)


async def test_old_records_count_but_do_not_weigh_on_index(services: Services, clock: FixedClock) -> None:
    await add_violations(services, *(violation(n, n) for n in (1, 2, 3)))
    clock.moment = datetime(2027, 11, 25, tzinfo=SHANGHAI)
    record = await services.safety.record("W1")
    assert (record.total.minor, record.recent.minor, record.recent.index) == (3, 0, 100.0)
    assert (record.needs_education, record.label) == (True, "education")
    assert record.data_until == datetime(2026, 11, 3, 8, tzinfo=SHANGHAI)


async def test_company_reports_of_the_demo_data(reference_services: Services) -> None:
    reports = await reference_services.safety.companies()
    assert [one.index for one in reports] == sorted(one.index for one in reports)
    assert all(one.riders_known for one in reports)
    assert len({one.index for one in reports}) == 5  # they differ, and none is at an end of the scale
    assert 0 < reports[0].index < reports[-1].index < 100
    listed = {record.work_no for record in await reference_services.safety.education_list()}
    assert listed == {name for one in reports for name in one.to_educate}
    assert listed
    trend = await reference_services.safety.trend()
    assert sum(v for v, _ in trend.values()) == 180
    header = ["company", "riders"]
    rows = [[one.company, "1000"] for one in reports]
    assert (await import_table(reference_services.db, SPECS["safety-companies"], [header, *rows])).ok
    more = await reference_services.safety.companies()
    assert {one.riders for one in more} == {1000}
    assert more[0].index > reports[0].index
    async with reference_services.db.write() as session:
        await session.execute(delete(SafetyCompany))
    assert not any(one.riders_known for one in await reference_services.safety.companies())


async def test_what_the_database_counts_is_what_the_records_say(services: Services, clock: FixedClock) -> None:
    from bot.geo.files import REFERENCE_DIR
    from bot.services.table_files import read_table

    for kind in ("safety-violations", "safety-accidents"):
        spec = SPECS[kind]
        assert (await import_table(services.db, spec, read_table(REFERENCE_DIR / str(spec.demo_file)))).ok
    late = [HEADER, ["N1", "DEMO0312", "乙", "2026-11-01 00:30", "drunk_riding", "0", ""]]
    assert (await import_table(services.db, SPECS["safety-violations"], late)).ok
    clock.advance(timedelta(days=40))  # some records are older than half a year
    async with services.db.write() as session:
        session.add(EducationSite(code="E", name="e", forms=["video"]))
        await session.flush()
        lesson = EducationSession(
            site_code="E", form="video", starts_at=datetime(2026, 9, 1, tzinfo=SHANGHAI),
            ends_at=datetime(2026, 9, 1, 1, tzinfo=SHANGHAI), capacity=3, taken=1,
        )  # fmt: skip
        session.add(lesson)
        await session.flush()
        session.add(
            EducationBooking(
                number="BM1",
                work_no="DEMO0313",
                session_id=lesson.id,
                form="video",
                starts_at=lesson.starts_at,
                status="attended",
                created_at=lesson.starts_at,
                changed_at=lesson.starts_at,
            )
        )
    workers = await services.safety.workers()
    assert len(workers) > 50
    shared = ("company", "total", "recent", "counted", "needs_education", "educated_at", "label", "demo")
    records = []
    for worker in workers:
        record = await services.safety.record(worker.work_no)
        records.append(record)
        assert [getattr(worker, name) for name in shared] == [getattr(record, name) for name in shared], worker.work_no
    assert any(worker.educated_at for worker in workers)
    assert any(worker.total != worker.recent for worker in workers)
    months: dict[str, list[int]] = {}
    for record in records:
        for place, rows in enumerate((record.violations, record.accidents)):
            for row in rows:
                months.setdefault(f"{row.occurred_at:%Y-%m}", [0, 0])[place] += 1
    assert await services.safety.trend() == {name: tuple(months[name]) for name in sorted(months)}
    assert "2026-11" in months


# -- binding -----------------------------------------------------------------------------------------------


async def _bound(services: Services, work_no: str, name: str = "a") -> str:
    who = await person(services, name)
    code = await services.safety.binding.issue(work_no, "甲", "console:test")
    await services.safety.binding.bind(who, work_no, code)
    return who


async def test_a_code_binds_once_and_only_its_own_number(services: Services) -> None:
    who, other = await person(services), await person(services, "b")
    code = await services.safety.binding.issue("w1", "甲", "console:test")
    with pytest.raises(NotFound):
        await services.safety.record_of(who)
    with pytest.raises(Invalid):
        await services.safety.binding.bind(who, "W2", code)
    binding = await services.safety.binding.bind(who, " w1 ", code)
    assert (binding.work_no, binding.company) == ("W1", "甲")
    assert (await services.safety.record_of(who)).company == "甲"
    with pytest.raises(Invalid):
        await services.safety.binding.bind(other, "W1", code)
    async with services.db.read() as session:
        stored = await session.scalar(select(WorkCode))
    assert stored is not None
    assert code not in (stored.code_hash, stored.salt)


async def test_a_new_code_moves_the_number_to_its_owner(services: Services) -> None:
    first = await _bound(services, "W1", "a")
    second = await _bound(services, "W1", "b")
    await _bound(services, "W2", "b")
    async with services.db.read() as session:
        rows = list(await session.scalars(select(WorkBinding)))
    assert [(row.person_id, row.work_no) for row in rows] == [(second, "W2")]
    with pytest.raises(NotFound):
        await services.safety.binding.of(first)


async def test_guessing_ends_the_code_and_then_the_day(services: Services, clock: FixedClock) -> None:
    who, owner = await person(services), await person(services, "owner")
    code = await services.safety.binding.issue("W1", "甲", "console:test")
    wrong = "0" * 8 if code != "0" * 8 else "1" * 8
    for _ in range(5):
        with pytest.raises(Invalid):
            await services.safety.binding.bind(who, "W1", wrong)
    with pytest.raises(Invalid):  # the code is dead, even for who knows it
        await services.safety.binding.bind(owner, "W1", code)
    for _ in range(PERSON_ATTEMPTS - 5):
        with pytest.raises(Invalid):
            await services.safety.binding.bind(who, "W9", wrong)
    fresh = await services.safety.binding.issue("W1", "甲", "console:test")
    with pytest.raises(TooManyAttempts):
        await services.safety.binding.bind(who, "W1", fresh)
    clock.advance(timedelta(days=1, minutes=1))
    assert (await services.safety.binding.bind(who, "W1", fresh)).work_no == "W1"


async def test_a_code_grows_old(services: Services, clock: FixedClock) -> None:
    who = await person(services)
    code = await services.safety.binding.issue("W1", "甲", "console:test")
    clock.advance(timedelta(days=8))
    with pytest.raises(Invalid):
        await services.safety.binding.bind(who, "W1", code)


# -- education ---------------------------------------------------------------------------------------------


async def _education_plan(services: Services, capacity: int = 2) -> None:
    async with services.db.write() as session:
        session.add(EducationSite(code="E1", name="客运北站骑手交通安全宣教基地", forms=["video", "pledge"]))
        await session.flush()
        for weekday in (2, 4):
            session.add(
                EducationSlot(
                    site_code="E1",
                    form="video",
                    weekday=weekday,
                    start="09:00",
                    end="10:00",
                    capacity=capacity,
                )
            )


async def test_sessions_follow_the_weekly_plan(services: Services, clock: FixedClock) -> None:
    await _education_plan(services)
    found = await services.safety.education.free_sessions("video")
    assert [f"{one.starts_at:%m-%d}" for one in found] == ["11-26", "12-01", "12-03", "12-08"]
    assert {(one.site, one.left) for one in found} == {("客运北站骑手交通安全宣教基地", 2)}
    later = await services.safety.education.free_sessions("video", first_day=date(2026, 12, 2), limit=1)
    assert later[0].starts_at.date() == date(2026, 12, 3)
    assert await services.safety.education.free_sessions("video", site_code="E9") == []
    clock.advance(timedelta(days=7))
    assert len(await services.safety.education.free_sessions("video")) == 4
    with pytest.raises(Invalid):
        await services.safety.education.free_sessions("party")


async def test_places_are_never_oversold_and_one_is_booked_a_person(services: Services) -> None:
    await _education_plan(services, capacity=3)
    first, second, *_ = await services.safety.education.free_sessions("video")
    people = [await person(services, f"p{n}") for n in range(8)]
    results = await asyncio.gather(
        *(services.safety.education.book(who, first.id, PHONE, key=f"k{who}") for who in people),
        return_exceptions=True,
    )
    assert sum(isinstance(r, EducationBooking) for r in results) == 3
    full = [r for r in results if isinstance(r, QuotaExhausted)]
    assert len(full) == 5
    assert full[0].alternatives[0].starts_at == second.starts_at
    lucky = next(r for r in results if isinstance(r, EducationBooking))
    owner = str(lucky.person_id)
    with pytest.raises(AlreadyExists) as again:
        await services.safety.education.book(owner, second.id, PHONE)
    assert again.value.existing.number == lucky.number
    stranger = next(who for who in people if who != owner)
    with pytest.raises(NotFound):
        await services.safety.education.cancel(stranger, lucky.number)
    await asyncio.gather(*(services.safety.education.cancel(owner, lucky.number) for _ in range(3)))
    async with services.db.read() as session:
        taken = await session.scalar(select(EducationSession.taken).where(EducationSession.id == first.id))
    assert taken == 2


async def test_attendance_is_marked_once(services: Services) -> None:
    await _education_plan(services)
    who = await person(services)
    lesson = (await services.safety.education.free_sessions("video"))[0]
    booking = await services.safety.education.book(who, lesson.id, PHONE)
    assert (await services.safety.education.session_of(booking)).site == "客运北站骑手交通安全宣教基地"
    assert [b.number for b in await services.safety.education.of_session(lesson.id)] == [booking.number]
    await services.safety.education.mark(booking.number, "no_show")
    with pytest.raises(WrongState):
        await services.safety.education.mark(booking.number, "attended")
    with pytest.raises(WrongState):
        await services.safety.education.cancel(who, booking.number)
    assert await services.safety.education.bookings(who) == []


async def test_the_quiz_is_passed_with_four_of_five(services: Services) -> None:
    who = await person(services)
    attempt, questions = await services.safety.proofs.start_quiz(who)
    assert len({q.code for q in questions}) == QUIZ_LENGTH
    right = [q.answer for q in questions]
    wrong = next(letter for letter in questions[0].options if letter != right[0])
    half = await services.safety.proofs.answer_quiz(who, attempt, right[:2])
    assert (half.answered, half.correct, half.passed) == (2, 2, None)
    done = await services.safety.proofs.answer_quiz(who, attempt, [wrong, *right[1:]])
    assert (done.correct, done.passed) == (4, True)
    after = await services.safety.proofs.answer_quiz(who, attempt, [wrong] * 5)
    assert (after.correct, after.passed) == (4, True)
    with pytest.raises(NotFound):
        await services.safety.proofs.answer_quiz(await person(services, "b"), attempt, right)
    second, _ = await services.safety.proofs.start_quiz(who)
    with pytest.raises(Invalid):
        await services.safety.proofs.answer_quiz(who, second, ["Z"])


def test_every_quiz_question_names_its_law() -> None:
    assert len(quiz()) >= 2 * QUIZ_LENGTH
    assert all("法" in q.source or "条例" in q.source or "规定" in q.source for q in quiz())
    assert all(len(q.options) == 3 and q.why for q in quiz())


async def test_a_pledge_is_signed_once_a_day(services: Services, clock: FixedClock) -> None:
    who = await _bound(services, "W1")
    first = await services.safety.proofs.sign_pledge(who, key="k1")
    assert (first.work_no, first.text) == ("W1", PLEDGE_TEXT)
    assert (await services.safety.proofs.sign_pledge(who, key="k2")).number == first.number
    clock.advance(timedelta(days=1))
    assert (await services.safety.proofs.sign_pledge(who)).number != first.number
    assert len(await services.safety.proofs.pledges(who)) == 2


async def test_forgetting_cuts_the_link_and_keeps_the_polices_records(services: Services) -> None:
    await add_violations(services, violation(1, 1))
    who = await _bound(services, "W1")
    await services.safety.proofs.sign_pledge(who)
    await services.safety.forget(who)
    with pytest.raises(NotFound):
        await services.safety.record_of(who)
    assert await services.safety.proofs.pledges(who) == []
    assert (await services.safety.record("W1")).total.minor == 1


async def test_staff_give_a_worker_a_place_and_the_worker_is_told(reference_services: Services) -> None:
    services = reference_services
    desk = services.safety.education
    today = date(2026, 11, 25)
    lessons = [one for one in await desk.sessions(today, today + timedelta(days=7)) if one.left > 1]
    assert lessons == sorted(lessons, key=lambda one: one.starts_at)
    future = [one for one in lessons if one.starts_at > services.clock.now()]
    rider = await person(services)
    code = await services.safety.binding.issue("DEMO0409", "示例", "x")
    await services.safety.binding.bind(rider, "DEMO0409", code)
    booking = await desk.assign("DEMO0409", future[0].id, key="k")
    assert (await desk.assign("DEMO0409", future[0].id, key="k")).number == booking.number
    assert [one.number for one in await desk.bookings(rider)] == [booking.number]
    assert (await desk.lesson(future[0].id)).left == future[0].left - 1
    async with services.db.read() as session:
        texts = list(await session.scalars(select(OutboxMessage.text)))
    assert any(booking.number in text and text.startswith("给您排了安全学习") for text in texts)
    with pytest.raises(AlreadyExists):
        await desk.assign("DEMO0409", future[1].id)
    with pytest.raises(AlreadyExists):
        await desk.book(rider, future[1].id, PHONE)
    await desk.release(booking.number)
    assert (await desk.release(booking.number)).status == "cancelled"
    assert (await desk.lesson(future[0].id)).left == future[0].left
    again = await desk.assign("DEMO0409", future[1].id)
    await desk.mark(again.number, "attended")
    assert [one.status for one in await desk.of_worker("DEMO0409")] == ["attended", "cancelled"]
    with pytest.raises(WrongState):
        await desk.release(again.number)
    with pytest.raises(NotFound):
        await desk.lesson(10**6)


async def test_a_place_given_to_a_number_goes_to_whoever_proves_it(reference_services: Services) -> None:
    services = reference_services
    desk = services.safety.education
    today = date(2026, 11, 26)
    lessons = await desk.sessions(today, today + timedelta(days=7))
    booking = await desk.assign("DEMO0409", lessons[0].id)
    assert (await desk.ahead())["DEMO0409"].person_id is None
    rider = await person(services)
    code = await services.safety.binding.issue("DEMO0409", "示例", "x")
    await services.safety.binding.bind(rider, "DEMO0409", code)
    assert [one.number for one in await desk.bookings(rider)] == [booking.number]
    with pytest.raises(AlreadyExists):
        await desk.book(rider, lessons[1].id, PHONE)


async def test_moving_to_another_session_takes_the_new_place_before_the_old_one_goes(services: Services) -> None:
    await _education_plan(services, capacity=1)
    education = services.safety.education
    first, second, third, *_ = await education.free_sessions("video")
    who, other = await person(services, "p"), await person(services, "q")
    booking = await education.book(who, first.id, PHONE)
    await education.book(other, second.id, PHONE)
    with pytest.raises(QuotaExhausted) as full:
        await education.move(who, booking.number, second.id)
    assert third.id in {one.id for one in full.value.alternatives}
    assert [one.number for one in await education.bookings(who)] == [booking.number]
    with pytest.raises(NotFound):
        await education.move(other, booking.number, third.id)
    moved = await education.move(who, booking.number, third.id, key="m1")
    assert (await education.move(who, booking.number, third.id, key="m1")).number == moved.number
    assert [(one.session_id, one.phone) for one in await education.bookings(who)] == [(third.id, PHONE)]
    free = {one.id: one.left for one in await education.free_sessions("video")}
    assert first.id in free
    assert third.id not in free
    async with services.safety._db.read() as session:
        waiting = await session.scalars(select(OutboxMessage.text).where(OutboxMessage.state == "waiting"))
        assert [text for text in waiting if booking.number in text] == []
    with pytest.raises(WrongState):
        await education.move(who, booking.number, first.id, key="m2")


async def test_two_who_change_places_at_once_both_get_one_or_keep_their_own(services: Services) -> None:
    await _education_plan(services, capacity=2)
    education = services.safety.education
    first, second, *_ = await education.free_sessions("video")
    one, two = await person(services, "p"), await person(services, "q")
    a, b = await education.book(one, first.id, PHONE), await education.book(two, second.id, PHONE)
    await asyncio.gather(education.move(one, a.number, second.id), education.move(two, b.number, first.id))
    left = {each.id: each.left for each in await education.free_sessions("video")}
    assert (left[first.id], left[second.id]) == (1, 1)


async def test_a_lesson_moves_before_it_begins_and_to_its_own_kind_only(services: Services, clock: FixedClock) -> None:
    await _education_plan(services, capacity=2)
    education = services.safety.education
    first, second, other_kind, *_ = await education.free_sessions("video")
    async with services.db.write() as session:
        await session.execute(
            update(EducationSession).where(EducationSession.id == other_kind.id).values(form="pledge")
        )
    who = await person(services, "p")
    booking = await education.book(who, first.id, PHONE)
    with pytest.raises(Invalid):
        await education.move(who, booking.number, other_kind.id)
    with pytest.raises(NotFound):
        await education.move(who, booking.number, 999_999)
    clock.moment = first.starts_at
    with pytest.raises(WrongState):
        await education.move(who, booking.number, second.id)
    assert (await education.mark(booking.number, "attended")).status == "attended"
