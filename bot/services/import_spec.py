"""How a table of reference data is described for import: its columns, what each must hold, its model.

A service module that owns such a table exports `IMPORTS: tuple[Spec, ...]`; `bot.services.importing.SPECS`
lists them all. Readers turn a cell (stripped, not empty) into a value and raise `ValueError` with one Chinese
clause that says what the cell must be; an empty cell is the column's default unless the column is required.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.geo.files import split_list
from bot.geo.places import gazetteer
from bot.services.clock import SHANGHAI
from bot.storage.base import Base

Values = dict[str, Any]
Reader = Callable[[str], Any]
Problem = tuple[str, str]
"""(column, what it must be)."""


@dataclass(frozen=True)
class Column:
    """One column. `label` is its Chinese heading, accepted in the file as well as `name`.

    `field`: attribute of the model, when it is not `name`. `default`: the value of an empty cell.
    `optional`: the whole column may be missing from the file.
    """

    name: str
    label: str
    read: Reader
    required: bool = False
    default: Any = None
    field: str | None = None
    optional: bool = False

    @property
    def attribute(self) -> str:
        return self.field or self.name


@dataclass(frozen=True)
class Spec:
    """One kind of data for `nuanxin import KIND FILE`.

    `key`: the columns by which a row is known again, so that a second import changes nothing.
    `check`: rules over a whole row of values, by attribute; returns the problems.
    `references`: attribute -> (model, attribute) that must exist; lists are checked item by item.
    `point`: columns `lng` and `lat` are there; they are converted to WGS-84 and must lie in Kunshan.
    `demo_file`: the file in data/reference that `load_demo` loads, None when there is none.
    `store`: writes the rows itself, for data that is not one row to one row; gets (session, rows of values)
    and returns (added, changed). `versions`: the counters of in-memory data that depend on the table.
    """

    kind: str
    title: str
    model: type[Base]
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("code",)
    check: Callable[[Values], Sequence[Problem]] | None = None
    references: Mapping[str, tuple[type[Base], str]] = field(default_factory=dict)
    point: bool = False
    demo_file: str | None = None
    store: Callable[[AsyncSession, list[Values]], Awaitable[tuple[int, int]]] | None = None
    versions: tuple[str, ...] = ()


# -- readers -----------------------------------------------------------------------------------------------


def text(longest: int = 200) -> Reader:
    def read(cell: str) -> str:
        if len(cell) > longest:
            raise ValueError(f"不超过{longest}个字")
        return cell

    return read


_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.\-]{0,31}")


def code(cell: str) -> str:
    if _CODE.fullmatch(cell) is None:
        raise ValueError("编号，由字母、数字、横线组成，不超过32位")
    return cell


@dataclass(frozen=True)
class OneOf:
    """Reads one of the codes."""

    allowed: tuple[str, ...]

    def __call__(self, cell: str) -> str:
        if cell not in self.allowed:
            raise ValueError("只能是 " + "、".join(self.allowed))
        return cell


def one_of(*allowed: str) -> OneOf:
    return OneOf(allowed)


@dataclass(frozen=True)
class ListOf:
    """Reads parts separated by `|`, without repeats; with `allowed` empty anything that `item` reads."""

    allowed: tuple[str, ...]
    item: Reader | None = None

    def __call__(self, cell: str) -> list[Any]:
        parts = list(dict.fromkeys(split_list(cell)))
        wrong = [part for part in parts if self.allowed and part not in self.allowed]
        if wrong:
            raise ValueError(f"用 | 隔开，每项只能是 {'、'.join(self.allowed)}；不认识 {'、'.join(wrong)}")
        return [self.item(part) for part in parts] if self.item else list(parts)


def list_of(*allowed: str, item: Reader | None = None) -> ListOf:
    return ListOf(allowed, item)


def whole(low: int, high: int) -> Reader:
    def read(cell: str) -> int:
        if not re.fullmatch(r"-?\d{1,12}(\.0+)?", cell) or not low <= int(float(cell)) <= high:
            raise ValueError(f"{low} 到 {high} 的整数")
        return int(float(cell))

    return read


def decimal(low: float, high: float) -> Reader:
    def read(cell: str) -> float:
        try:
            value = float(cell)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise ValueError(f"{low:g} 到 {high:g} 的数")
        return value

    return read


def yes_no(cell: str) -> bool:
    known = {"1": True, "是": True, "true": True, "0": False, "否": False, "false": False}
    if cell.lower() not in known:
        raise ValueError("1 或 0（是、否也可以）")
    return known[cell.lower()]


def day(cell: str) -> date:
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?", cell)
    try:
        if found is None:
            raise ValueError
        return date(*map(int, found.groups()))
    except ValueError:
        raise ValueError("日期，如 2026-11-25") from None


def moment(cell: str) -> datetime:
    """An ISO moment; without a zone it is Beijing time."""
    try:
        value = datetime.fromisoformat(cell.replace("/", "-"))
    except ValueError:
        raise ValueError("时间，如 2026-11-25 14:30") from None
    return value.replace(tzinfo=SHANGHAI) if value.tzinfo is None else value.astimezone(SHANGHAI)


def clock_time(cell: str) -> str:
    """A time of day as HH:MM; 24:00 ends a day."""
    found = re.fullmatch(r"(\d{1,2})[:：](\d{2})(?::00)?", cell)
    if found is None or not (found[1] + found[2] == "2400" or _is_time(found[1], found[2])):
        raise ValueError("时刻，如 09:30")
    return f"{int(found[1]):02d}:{found[2]}"


def _is_time(hour: str, minute: str) -> bool:
    try:
        time(int(hour), int(minute))
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1)
def district_names() -> tuple[str, ...]:
    """The 11 区镇 as the gazetteer names them."""
    return tuple(place.name for place in gazetteer().places if place.kind == "district" and not place.outside)


def district(cell: str) -> str:
    """One of the 11, by any of its names (花桥, 花桥经济开发区, 玉山镇)."""
    if cell in district_names():
        return cell
    match = gazetteer().resolve(cell)
    place = match.place if match else None
    if place is None or place.kind != "district" or place.outside:
        raise ValueError("11个区镇之一：" + "、".join(district_names()))
    return place.name


CODE = Column("code", "编号", code, required=True)
NAME = Column("name", "名称", text(80), required=True)
DISTRICT = Column("district", "区镇", district)
ADDRESS = Column("address", "地址", text(120))
LNG = Column("lng", "经度", decimal(-180, 180))
LAT = Column("lat", "纬度", decimal(-90, 90))
PLACE = (CODE, NAME, DISTRICT, ADDRESS, LNG, LAT)
"""What every table of places begins with; its rows have a point (`Spec.point`)."""
PROVENANCE = Column("provenance", "来源", text(600), default="", optional=True)
