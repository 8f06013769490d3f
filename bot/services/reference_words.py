"""The codes of the reference tables in words: what the console shows, and what an import file may say as well."""

from __future__ import annotations

from collections.abc import Mapping

from bot.knowledge.desk import DISPUTE_TYPES
from bot.services.import_spec import Column, ListOf, OneOf
from bot.services.notices import CHANNEL_NAMES, EDUCATION_NAMES
from bot.services.safety_rules import FAULT_NAMES, SEVERITY_NAMES, VIOLATIONS
from bot.storage.bank import HARBOUR_SERVICES
from bot.storage.stations import SERVICE_CATEGORIES, SITE_KINDS, STATION_CATEGORIES

Words = Mapping[str, str]
OPEN_STATES: Words = {"open": "开放", "paused": "暂停", "closed": "关闭"}
VEHICLES: Words = {"micro": "微型货车", "light": "轻型货车", "medium": "中型货车", "heavy": "重型货车"}
ENERGIES: Words = {"bev": "纯电动", "phev": "插电混动", "fcev": "氢燃料电池", "fuel": "燃油"}

WORDS: Mapping[tuple[str, str], Words] = {
    ("services", "category"): SERVICE_CATEGORIES,
    ("stations", "category"): STATION_CATEGORIES,
    ("stations", "site_kind"): SITE_KINDS,
    ("stations", "status"): OPEN_STATES,
    ("drink-machines", "drinks"): {"cold": "冷饮", "hot": "热饮"},
    ("drink-machines", "season"): {"summer": "夏季", "winter": "冬季"},
    ("drink-machines", "status"): {"ok": "正常", "empty": "缺货", "out_of_order": "故障", "removed": "已撤走"},
    ("berths", "vehicle_classes"): VEHICLES,
    ("berths", "status"): OPEN_STATES,
    ("passage-rules", "vehicle_class"): VEHICLES,
    ("passage-rules", "energy"): ENERGIES,
    ("passage-rules", "verdict"): {"allowed": "可以通行", "forbidden": "禁止通行", "permit": "凭证通行"},
    ("bank-outlets", "services"): HARBOUR_SERVICES,
    ("hospital-channels", "channel"): CHANNEL_NAMES,
    ("hospital-closures", "channel"): CHANNEL_NAMES,
    ("dispute_windows", "level"): {"city": "市级", "district": "区镇"},
    ("dispute_windows", "accepts"): {
        "inspection": "劳动监察",
        "arbitration": "劳动仲裁",
        "legal_aid": "法律援助",
        "mediation": "调解",
    },
    ("mediators", "role"): {"arbitrator": "仲裁员", "judge": "法官", "lawyer": "律师", "mediator": "人民调解员"},
    ("mediators", "fields"): {**DISPUTE_TYPES, "other": "其他"},
    ("discounts", "kind"): {"cinema": "观影", "catering": "餐饮", "tourism": "旅游"},
    ("library-stations", "services"): {
        "borrowing": "借书",
        "salon": "读者沙龙",
        "family": "亲子教育",
        "mental_care": "心理疏导",
    },
    ("micro-homes", "services"): {
        "screening": "两癌筛查",
        "family": "亲子活动",
        "tutoring": "家教指导",
        "mental_care": "心灵关爱",
    },
    ("education-sites", "forms"): EDUCATION_NAMES,
    ("education-slots", "form"): EDUCATION_NAMES,
    ("safety-violations", "kind"): VIOLATIONS,
    ("safety-accidents", "severity"): SEVERITY_NAMES,
    ("safety-accidents", "fault"): FAULT_NAMES,
}


def words_of(kind: str, column: Column) -> Words:
    """Code → word of a column with fixed choices, empty for any other."""
    known = WORDS.get((kind, column.name), {})
    return known or {code: code for code in choices(column)}


def choices(column: Column) -> tuple[str, ...]:
    """The codes a cell may hold, empty when anything may stand there."""
    return column.read.allowed if isinstance(column.read, OneOf | ListOf) else ()


def to_codes(kind: str, column: Column, cell: str) -> str:
    """A cell in which words of ours stand for codes; what is no word of ours stays as it is."""
    codes = {word: code for code, word in WORDS.get((kind, column.name), {}).items()}
    if not codes:
        return cell
    if isinstance(column.read, ListOf):
        return "|".join(codes.get(part.strip(), part.strip()) for part in cell.replace("、", "|").split("|"))
    return codes.get(cell, cell)


def in_words(kind: str, column: Column, must: str) -> str:
    """What a cell must be, with the words beside the codes."""
    if not choices(column):
        return must
    listed = "、".join(choices(column))
    named = "、".join(word if word == code else f"{word}（{code}）" for code, word in words_of(kind, column).items())
    return must.replace(listed, named)
