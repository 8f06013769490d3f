"""The rules of the riders' safety index, labels and education list, in the open (seed, initiative 04). Pure.

What the seed fixes: data are studied each month; minor violations that add up to 3 or more lead to education
by video, law study, helping on duty or a pledge. Index and labels are named, but no formula has been
published; the following is this system's own and is said to be so.

Index of a worker over a period = max(0, 100 − Σ points), rounded to one decimal:
- a minor violation 5, any other violation 20;
- an accident in which the rider is at fault: damage 15, injury 40, death 100, each times the share of fault
  (none 0, partial 0.3, equal 0.5, main 0.8, full 1).

Index of a company = max(0, 100 − Σ points of its riders ÷ number of riders × 10), so one minor violation for
each tenth rider costs 5. Riders are those the company reported, else those with a record (then an estimate).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.storage.safety import SafetyAccident, SafetyViolation

EDUCATION_THRESHOLD = 3
MINOR_POINTS = 5
OTHER_POINTS = 20
ACCIDENT_POINTS: Mapping[str, int] = {"damage": 15, "injury": 40, "death": 100}
FAULT_SHARE: Mapping[str, float] = {"none": 0.0, "partial": 0.3, "equal": 0.5, "main": 0.8, "full": 1.0}
COMPANY_SCALE = 10

VIOLATIONS: Mapping[str, str] = {
    "no_helmet": "未戴头盔",
    "wrong_way": "逆行",
    "red_light": "闯红灯",
    "motor_lane": "占用机动车道",
    "crossing_ridden": "骑车过人行横道",
    "phone_riding": "骑车看手机",
    "overload": "载物超限",
    "parking": "乱停放",
    "speeding_modified": "非法改装超速",
    "drunk_riding": "酒后骑行",
    "other": "其他",
}
SEVERITY_NAMES: Mapping[str, str] = {"damage": "只有车损", "injury": "有人受伤", "death": "有人死亡"}
FAULT_NAMES: Mapping[str, str] = {"none": "无责", "partial": "次责", "equal": "同责", "main": "主责", "full": "全责"}
LABEL_NAMES: Mapping[str, str] = {"steady": "平稳", "remind": "提醒", "education": "待学习", "focus": "重点关注"}
SEVERITIES = tuple(ACCIDENT_POINTS)
FAULTS = tuple(FAULT_SHARE)

Label = Literal["steady", "remind", "education", "focus"]


@dataclass(frozen=True)
class Tally:
    """What lies against one worker (or all of a company) in a period. Times are aware."""

    minor: int = 0
    other: int = 0
    accidents: int = 0
    at_fault: int = 0
    injured_at_fault: int = 0
    points: float = 0.0
    last: datetime | None = None

    @property
    def violations(self) -> int:
        return self.minor + self.other

    @property
    def index(self) -> float:
        """0 to 100, 100 is best."""
        return round(max(0.0, 100.0 - self.points), 1)


def tally(violations: Iterable[SafetyViolation], accidents: Iterable[SafetyAccident]) -> Tally:
    """Count records; points as the module text says."""
    rows = list(violations)
    crashes = list(accidents)
    minor = sum(row.minor for row in rows)
    moments = [row.occurred_at for row in rows] + [one.occurred_at for one in crashes]
    last = max(moments, default=None)
    return tally_of(minor, len(rows) - minor, [(one.severity, one.fault, 1) for one in crashes], last)


def tally_of(minor: int, other: int, accidents: Iterable[tuple[str, str, int]], last: datetime | None) -> Tally:
    """The same from counts; `accidents`: (severity, fault, how many)."""
    crashes = list(accidents)
    at_fault = [one for one in crashes if FAULT_SHARE[one[1]] > 0]
    points = float(minor * MINOR_POINTS + other * OTHER_POINTS)
    points += sum(ACCIDENT_POINTS[severity] * FAULT_SHARE[fault] * count for severity, fault, count in crashes)
    return Tally(
        minor=minor,
        other=other,
        accidents=sum(count for _, _, count in crashes),
        at_fault=sum(count for _, _, count in at_fault),
        injured_at_fault=sum(count for severity, _, count in at_fault if severity != "damage"),
        points=round(points, 2),
        last=last,
    )


def together(tallies: Iterable[Tally]) -> Tally:
    """The sum over several workers."""
    rows = list(tallies)
    return Tally(
        minor=sum(one.minor for one in rows),
        other=sum(one.other for one in rows),
        accidents=sum(one.accidents for one in rows),
        at_fault=sum(one.at_fault for one in rows),
        injured_at_fault=sum(one.injured_at_fault for one in rows),
        points=round(sum(one.points for one in rows), 2),
        last=max((one.last for one in rows if one.last is not None), default=None),
    )


def label(one: Tally, needs_education: bool) -> Label:
    """What a worker's last months look like; the first that fits.

    focus: a violation that is not minor, or an accident with injury at fault; education: on the education
    list; remind: any other violation or accident at fault; steady: none.
    """
    if one.other or one.injured_at_fault:
        return "focus"
    if needs_education:
        return "education"
    return "remind" if one.minor or one.at_fault else "steady"


def company_index(points: float, riders: int) -> float:
    """0 to 100 for a company with that many riders and that many points among them. ValueError: no riders."""
    if riders <= 0:
        raise ValueError("a company without riders has no index")
    return round(max(0.0, 100.0 - points / riders * COMPANY_SCALE), 1)
