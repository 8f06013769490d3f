"""Rows in bulk for the benchmark of the console: made by PostgreSQL itself, the same ones every time."""

from __future__ import annotations

from typing import Any

TOPICS = (
    "open_dispute", "dispute/one_window", "find_station", "hospital/health_cert", "book_hospital", "find_drinks",
    "my_safety_record", "school/what_is", "bank/harbor", "culture/tour_card", "women/what_is", "freight/passage",
    "greet", "out_of_scope",
)  # fmt: skip
WORDS = (
    "押金五百不退怎么办", "站长三个月没发工资", "附近有没有能充电的驿站", "健康证到期了明天能办吗", "绿牌货车进中环要办证吗",
    "闯了两次红灯要不要去上课", "学费补一半是先补还是后补", "旅游年卡怎么领", "免费水一次能拿几瓶", "想查那两个癌",
)  # fmt: skip
DISTRICTS = (
    "开发区", "高新区", "花桥镇", "张浦镇", "周市镇", "陆家镇", "巴城镇", "千灯镇", "淀山湖镇", "周庄镇", "锦溪镇",
)  # fmt: skip
TYPES = ("wages", "deposit", "deduction", "injury", "contract", "dismissal", "social_insurance", "account_ban")
STATES = (
    "received", "assigned", "in_progress", "waiting", "resolved", "closed", "closed", "closed", "closed", "withdrawn",
)  # fmt: skip


def _array(values: tuple[str, ...]) -> str:
    return "ARRAY[" + ",".join(f"'{value}'" for value in values) + "]"


def _pick(values: tuple[str, ...], by: str = "i") -> str:
    return f"({_array(values)})[1 + ({by}) % {len(values)}]"


# two years, up to an hour ago; {n} rows in order of time
_WHEN = "now() - interval '1 hour' - (({n} - i)::float / {n}) * interval '730 days'"
# hashtext is the same everywhere: numbers that look like chance but are not
_SPREAD = "abs(hashtext('{salt}' || i::text))"


def spread(salt: str) -> str:
    return _SPREAD.replace("{salt}", salt)


def statements(turns: int, tickets: int) -> list[tuple[str, int, str]]:
    """(table, rows, statement) in an order in which rows that are pointed at come first."""
    people = max(20, tickets // 2)
    person = f"md5('person' || (1 + {spread('who')} % {people}))"
    made: list[tuple[str, int, str]] = []

    def add(table: str, rows: int, columns: str, values: str) -> None:
        text = f"INSERT INTO {table} ({columns}) SELECT {values} FROM generate_series(1, {{n}}) AS i"
        made.append((table, rows, text.replace("{when}", _WHEN).replace("{n}", str(rows))))

    add(
        "people", people, "id, channel, external_id, created_at, seen_at, phone",
        "md5('person' || i), 'wechat', 'openid-' || i, {when}, {when}, "
        "CASE WHEN i % 2 = 0 THEN '138' || lpad(i::text, 8, '0') END",
    )  # fmt: skip
    add(
        "transcript", turns, "person_id, at, text, topic, confidence, reply, milliseconds, decision",
        f"{person}, {{when}}, {_pick(WORDS, spread('text'))} || '（' || i || '）', {_pick(TOPICS, spread('topic'))}, "
        f"0.3 + ({spread('sure')} % 70) / 100.0, '请先说明是哪一种情况，再给您办。依据和窗口见下面。', 20 + {spread('ms')} % 200, "
        f"CASE {spread('decision')} % 20 WHEN 0 THEN 'unsure' WHEN 1 THEN 'ambiguous' WHEN 2 THEN 'ambiguous' "
        "ELSE 'sure' END",
    )  # fmt: skip
    state = _pick(STATES, spread("state"))
    add(
        "dispute_tickets", tickets,
        "number, person_id, dispute_type, employer, amount_fen, still_employed, district, phone, summary, routes, "
        "group_size, window_code, window_name, state, reason, assigned_to, contact_due, finish_due, contacted_at, "
        "waiting_since, created_at, updated_at, closed_at",
        f"'LD' || to_char({{when}}, 'YYYYMMDD') || '-' || lpad(i::text, 6, '0'), {person}, {_pick(TYPES, spread('type'))}, "
        f"'第' || (i % 500) || '配送站', ({spread('fen')} % 2000000)::bigint, i % 3 = 0, {_pick(DISTRICTS, spread('town'))}, "
        f"'138' || lpad((i % 90000)::text, 8, '0'), {_pick(WORDS, spread('text'))} || '（' || i || '）', "
        f"'[\"inspection\"]'::json, 1, 'W' || lpad((i % 12)::text, 2, '0'), '劳动维权窗口', {state}, "
        f"CASE WHEN {state} IN ('waiting', 'resolved', 'closed') THEN '已联系单位' END, "
        f"CASE WHEN {state} <> 'received' THEN 'seat-' || (i % 30) END, ({{when}})::date + 1, ({{when}})::date + 15, "
        f"CASE WHEN {state} <> 'received' THEN {{when}} END, CASE WHEN {state} = 'waiting' THEN ({{when}})::date END, "
        f"{{when}}, {{when}}, CASE WHEN {state} IN ('closed', 'withdrawn') THEN {{when}} END",
    )  # fmt: skip
    add(
        "dispute_events", tickets * 3, "ticket_id, at, actor, kind, to_state, text, visible",
        "1 + (i - 1) / 3, {when}, CASE i % 3 WHEN 1 THEN 'worker' ELSE 'staff:seat-' || (i % 30) END, "
        "CASE i % 3 WHEN 1 THEN 'state' WHEN 2 THEN 'reply' ELSE 'note' END, "
        "CASE i % 3 WHEN 1 THEN 'received' END, '已打电话给单位，等回复', i % 3 <> 0",
    )  # fmt: skip
    some = max(5, tickets // 10)
    add(
        "handoffs", some, "person_id, reason, urgent, text, state, staff, created_at, taken_at, last_at, closed_at",
        f"{person}, 'asked', i % 50 = 0, '我要人工', CASE WHEN i > {some} - 5 THEN 'waiting' ELSE 'closed' END, "
        f"CASE WHEN i > {some} - 5 THEN NULL ELSE 'seat-1' END, {{when}}, "
        f"CASE WHEN i > {some} - 5 THEN NULL ELSE {{when}} END, {{when}}, "
        f"CASE WHEN i > {some} - 5 THEN NULL ELSE {{when}} END",
    )  # fmt: skip
    add(
        "handoff_messages", some * 6, "handoff_id, at, actor, text",
        "1 + (i - 1) / 6, {when}, CASE i % 2 WHEN 0 THEN 'staff' ELSE 'worker' END, '好的，我看一下再回您'",
    )  # fmt: skip
    add(
        "review_items", some * 3, "id, text, guess, confidence, reason, state, created_at",
        f"md5('review' || i), {_pick(WORDS, spread('text'))} || i, {_pick(TOPICS, spread('topic'))}, 0.2, "
        "CASE i % 3 WHEN 0 THEN 'low_confidence' WHEN 1 THEN 'disliked' ELSE 'no_answer' END, "
        "CASE WHEN i % 6 = 0 THEN 'open' ELSE 'dismissed' END, {when}",
    )  # fmt: skip
    add(
        "requests", some * 2, "number, person_id, kind, phone, note, details, status, created_at, updated_at",
        f"'QT' || to_char({{when}}, 'YYYYMMDD') || '-' || lpad(i::text, 6, '0'), {person}, "
        "(ARRAY['legal_aid', 'fitness_test', 'care_package'])[1 + i % 3], '13800000000', '周末方便', '{}'::json, "
        "(ARRAY['received', 'done', 'done', 'declined'])[1 + i % 4], {when}, {when}",
    )  # fmt: skip
    add(
        "suggestions", some, "number, person_id, kind, text, status, created_at, updated_at",
        f"'JY' || to_char({{when}}, 'YYYYMMDD') || '-' || lpad(i::text, 6, '0'), {person}, 'other', '微波炉坏了半个月', "
        "(ARRAY['received', 'answered'])[1 + i % 2], {when}, {when}",
    )  # fmt: skip
    add(
        "hospital_slots", 800, "channel, starts_at, capacity, taken",
        "'hp_test', date_trunc('day', now()) - interval '700 days' + i * interval '1 day' + interval '16 hours', 40, 30",
    )  # fmt: skip
    add(
        "hospital_bookings", some * 2, "id, number, person_id, channel, slot_id, starts_at, phone, status, version, "
        "created_at, changed_at",
        f"md5('visit' || i), 'YY' || lpad(i::text, 10, '0'), {person}, 'hp_test', s.id, s.starts_at, '13800000000', "
        "CASE WHEN s.starts_at > now() THEN 'booked' ELSE 'attended' END, 1, s.starts_at, s.starts_at",
    )  # fmt: skip
    table, rows, text = made.pop()
    made.append((table, rows, text + " JOIN hospital_slots s ON s.id = 1 + i % 800"))
    add(
        "audit_entries", some * 40, "at, staff_name, address, action, object_kind, object_id, detail",
        "{when}, 'seat-' || (i % 30), '10.0.0.1', (ARRAY['ticket.view', 'login', 'ticket.move'])[1 + i % 3], 'ticket', "
        "'LD' || i, '{}'::json",
    )  # fmt: skip
    add(
        "outbox", some * 10, "key, person_id, text, state, attempts, created_at, due, sent_at",
        f"'bench' || i, {person}, '您的工单有新进展', 'sent', 1, {{when}}, {{when}}, {{when}}",
    )  # fmt: skip
    add(
        "safety_violations", some, "record_no, work_no, company, occurred_at, kind, minor, place, provenance",
        f"'B' || i, 'B' || ({spread('worker')} % 3000), '第' || ({spread('worker')} % 3000 % 40) || '配送公司', {{when}}, "
        "(ARRAY['red_light', 'wrong_way', 'no_helmet'])[1 + i % 3], i % 20 <> 0, '前进西路', ''",
    )  # fmt: skip
    return made


def fill(connection: Any, turns: int, tickets: int) -> dict[str, int]:
    """Insert all rows through a psycopg connection; returns the rows of each table."""
    done = {}
    connection.execute("SET synchronous_commit = off")
    for table, rows, text in statements(turns, tickets):
        connection.execute(text)
        done[table] = rows
    connection.execute("VACUUM ANALYZE")
    return done
