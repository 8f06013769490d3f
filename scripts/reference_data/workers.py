"""Demo records of invented workers of invented companies: violations, accidents, selection figures.

Work numbers and company names are made up and say so; the codes of violations are the acts that
道路交通安全法实施条例 arts 70–72 and 江苏省电动自行车管理条例 arts 20–22 name.
"""

from __future__ import annotations

import datetime as dt

from reference_data.common import DEMO, Row, rng_for

VIOLATION_COLUMNS = ("record_no", "work_no", "company", "occurred_at", "kind", "minor", "place", "provenance")
ACCIDENT_COLUMNS = (
    "record_no",
    "work_no",
    "company",
    "occurred_at",
    "severity",
    "fault",
    "place",
    "provenance",
)
COMPANY_COLUMNS = ("company", "riders", "provenance")
METRIC_COLUMNS = ("work_no", "company", "tenure_months", "orders", "satisfaction", "provenance")

COMPANIES = ("示例配送公司甲", "示例配送公司乙", "示例快递公司丙", "示例快递公司丁", "示例即时配送公司戊")
_WORKERS_PER_COMPANY = 24
_FIRST_DAY = dt.date(2026, 6, 1)
_DAYS = 153  # June to October 2026
_MINOR = (
    "red_light",
    "wrong_way",
    "motor_lane",
    "no_helmet",
    "phone_riding",
    "crossing_ridden",
    "parking",
    "overload",
)
_SERIOUS = ("drunk_riding", "speeding_modified")
_PLACES = (
    "前进中路",
    "人民路",
    "长江中路",
    "朝阳西路",
    "柏庐南路",
    "绿地大道",
    "惠安路",
    "珠江中路",
    "萧林路",
    "震川西路",
)


def _workers() -> list[tuple[str, str]]:
    return [
        (f"DEMO{index * 100 + number:04d}", company)
        for index, company in enumerate(COMPANIES, 1)
        for number in range(1, _WORKERS_PER_COMPANY + 1)
    ]


def build_violations() -> list[Row]:
    rows: list[Row] = []
    for work_no, company in _workers():
        rng = rng_for("violations", work_no)
        count = rng.choices((0, 1, 2, 3, 4, 6), weights=(40, 25, 15, 10, 6, 4))[0]
        for _ in range(count):
            minor = rng.random() < 0.95
            rows.append(
                {
                    "work_no": work_no,
                    "company": company,
                    "occurred_at": _moment(rng.randrange(_DAYS), rng.randrange(7 * 60, 23 * 60)),
                    "kind": rng.choice(_MINOR if minor else _SERIOUS),
                    "minor": str(int(minor)),
                    "place": rng.choice(_PLACES),
                    "provenance": DEMO,
                }
            )
    return _numbered("V", rows)


def build_accidents() -> list[Row]:
    rows: list[Row] = []
    for work_no, company in _workers():
        rng = rng_for("accidents", work_no)
        if rng.random() < 0.2:
            rows.append(
                {
                    "work_no": work_no,
                    "company": company,
                    "occurred_at": _moment(rng.randrange(_DAYS), rng.randrange(7 * 60, 23 * 60)),
                    "severity": rng.choices(("damage", "injury"), weights=(4, 1))[0],
                    "fault": rng.choice(("none", "partial", "main", "full")),
                    "place": rng.choice(_PLACES),
                    "provenance": DEMO,
                }
            )
    return _numbered("A", rows)


def build_companies() -> list[Row]:
    """Riders of each company, the base of its index: more than those who stand in the records."""
    return [
        {"company": company, "riders": str(rng_for("companies", company).randrange(60, 240)), "provenance": DEMO}
        for company in COMPANIES
    ]


def build_metrics() -> list[Row]:
    rows: list[Row] = []
    for work_no, company in _workers():
        rng = rng_for("metrics", work_no)
        months = rng.randint(1, 72)
        rows.append(
            {
                "work_no": work_no,
                "company": company,
                "tenure_months": str(months),
                "orders": str(months * rng.randint(350, 1100)),
                "satisfaction": f"{rng.uniform(88.0, 100.0):.1f}",
                "provenance": DEMO,
            }
        )
    return rows


def _moment(day: int, minute: int) -> str:
    date = _FIRST_DAY + dt.timedelta(days=day)
    return f"{date.isoformat()}T{minute // 60:02d}:{minute % 60:02d}:00+08:00"


def _numbered(prefix: str, rows: list[Row]) -> list[Row]:
    rows.sort(key=lambda row: (row["occurred_at"], row["work_no"]))
    return [{"record_no": f"DEMO-{prefix}{number:04d}", **row} for number, row in enumerate(rows, 1)]
