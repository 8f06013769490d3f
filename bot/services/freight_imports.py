"""Import specs of initiative 03: berths, passage rules, sessions of the plating window."""

from __future__ import annotations

from bot.services.freight import VERSION, hours_of
from bot.services.import_spec import (
    CODE,
    PLACE,
    PROVENANCE,
    Column,
    Problem,
    Spec,
    Values,
    clock_time,
    day,
    decimal,
    list_of,
    one_of,
    text,
    whole,
)
from bot.services.opening_hours import DAYS, parse_hours
from bot.storage.freight import ENERGIES, VEHICLE_CLASSES, VERDICTS, Berth, PassageRule, PlatingWindow

_DAYS = Column("days", "日期", one_of(*DAYS))
_START = Column("start", "开始", clock_time)
_END = Column("end", "结束", clock_time)


def _check_hours(values: Values) -> list[Problem]:
    start, end = values["start"], values["end"]
    if (start is None) != (end is None):
        return [("end" if end is None else "start", "开始、结束要么都填，要么都不填")]
    if values["days"] is not None and start is None:
        return [("start", "填了日期就要填开始和结束")]
    try:
        parse_hours(hours_of(values["days"], start, end))
    except ValueError:
        return [("end", "和开始不同的时刻，24:00 只能作结束")]
    return []


def _check_rule(values: Values) -> list[Problem]:
    problems = _check_hours(values)
    if values["valid_from"] and values["valid_to"] and values["valid_to"] < values["valid_from"]:
        problems.append(("valid_to", "不早于 valid_from"))
    return problems


def _check_window(values: Values) -> list[Problem]:
    return [] if values["start"] < values["end"] else [("end", "晚于开始")]


IMPORTS = (
    Spec(
        kind="berths",
        title="蓝窗泊位",
        model=Berth,
        columns=(
            *PLACE,
            Column("length_m", "长（米）", decimal(1, 30)),
            Column("width_m", "宽（米）", decimal(1, 10)),
            Column("vehicle_classes", "车型", list_of(*VEHICLE_CLASSES), default=[]),
            _DAYS,
            _START,
            _END,
            Column("max_minutes", "限停（分钟）", whole(1, 1440)),
            Column("status", "状态", one_of("open", "paused", "closed"), default="open"),
            PROVENANCE,
        ),
        check=_check_hours,
        point=True,
        demo_file="berths.csv",
        versions=(VERSION,),
    ),
    Spec(
        kind="passage-rules",
        title="货车通行规则",
        model=PassageRule,
        columns=(
            CODE,
            Column("vehicle_class", "车型", list_of(*VEHICLE_CLASSES), default=[]),
            Column("energy", "能源", list_of(*ENERGIES), default=[]),
            Column("area", "区域", text(40)),
            Column("road", "道路", text(40)),
            _DAYS,
            _START,
            _END,
            Column("verdict", "结论", one_of(*VERDICTS), required=True),
            Column("valid_from", "生效", day),
            Column("valid_to", "失效", day),
            Column("source", "依据", text(300), required=True),
            PROVENANCE,
        ),
        check=_check_rule,
        demo_file="passage_rules.csv",
        versions=(VERSION,),
    ),
    Spec(
        kind="plating-windows",
        title="批量上牌专窗时段",
        model=PlatingWindow,
        columns=(
            CODE,
            Column("weekday", "星期", whole(1, 7), required=True),
            Column("start", "开始", clock_time, required=True),
            Column("end", "结束", clock_time, required=True),
            Column("capacity", "名额", whole(1, 1000), required=True),
            PROVENANCE,
        ),
        check=_check_window,
        demo_file="plating_windows.csv",
    ),
)
