"""Stations (暖心聚“新”驿站), demonstration sites, and what stands at them.

From the seed: more than 1,100 places of the named categories, 30 demonstration sites of which five are
named, machines piloted in batches at the demonstration sites. Everything else (which places, points, hours,
services) is demo data.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.geo.boundary import kunshan
from bot.geo.datum import Point
from reference_data.common import DEMO, DEMO_MARK, SEED_ARTICLE, Row, rng_for
from reference_data.points import scatter

STATION_COLUMNS = (
    "code",
    "name",
    "category",
    "district",
    "address",
    "lng",
    "lat",
    "hours",
    "services",
    "demo_site",
    "site_kind",
    "status",
    "provenance",
)
MACHINE_COLUMNS = ("code", "station_code", "name", "lng", "lat", "drinks", "season", "status", "provenance")

# category: (how many, what its name ends in, hours that it may keep)
_CATEGORIES: dict[str, tuple[int, tuple[str, ...], tuple[str, ...]]] = {
    "union_home": (160, ("职工之家",), ("周一至周五 08:30-17:30", "每天 08:30-20:00", "每天 09:00-21:00")),
    "city_service": (
        110,
        ("城管服务站", "城市管理服务站"),
        ("每天 07:00-19:00", "每天 06:30-21:00", "24小时"),
    ),
    "bank": (
        150,
        ("银行网点", "银行支行网点"),
        ("周一至周五 09:00-16:30；周六周日 09:30-16:00", "周一至周五 09:00-17:00"),
    ),
    "shop": (
        230,
        ("便利店", "超市", "商场服务台"),
        ("24小时", "每天 07:00-22:00", "每天 08:00-21:30", "每天 07:00-23:00"),
    ),
    "post": (
        110,
        ("邮政服务网点", "邮政网点"),
        ("周一至周六 08:30-17:30", "每天 08:30-17:30", "周一至周五 09:00-17:00"),
    ),
}
_PARTY_HOURS = (
    "周一至周五 08:30-17:30",
    "每天 08:30-20:00",
    "每天 08:00-21:00",
    "周一至周五 08:30-20:30；周六周日 09:00-17:00",
)
_PARTY = ("party_registration", "party_activity", "party_study", "volunteering", "policy_consult")
_PUBLIC = (
    "legal_consult",
    "labour_mediation",
    "union_joining",
    "health_check",
    "mental_care",
    "skill_training",
    "job_info",
    "traffic_safety",
    "child_care",
    "gov_self_service",
    "reading",
)
_LIFE = (
    "hot_meal",
    "charging",
    "battery_swap",
    "air_conditioning",
    "toilet",
    "first_aid",
    "rain_gear",
    "tyre_pump",
    "wifi",
    "mother_baby",
    "parking",
)
_ALWAYS = ("rest", "water")
# category: the chance of each party, public and life service
_CHANCES = {
    "party_center": (0.8, 0.45, 0.6),
    "union_home": (0.15, 0.4, 0.6),
    "city_service": (0.05, 0.1, 0.5),
    "bank": (0.0, 0.12, 0.5),
    "shop": (0.0, 0.03, 0.4),
    "post": (0.0, 0.12, 0.4),
}
# The five that the seed names. Where they are is not in the seed: district, point and address are demo.
_NAMED = (
    ("物流港货车司机补给站", "truck_supply", "花桥镇", ("parking", "hot_meal", "charging", "toilet", "wifi")),
    (
        "楼宇“小哥·享趣”驿站",
        "xiaoge_xiangqu",
        "开发区",
        ("hot_meal", "charging", "air_conditioning", "reading", "wifi"),
    ),
    (
        "商圈“红黄蓝驿站”",
        "red_yellow_blue",
        "高新区",
        ("hot_meal", "charging", "battery_swap", "toilet", "wifi"),
    ),
    (
        "好孩子生态馆“网络主播驿站”",
        "streamer",
        "陆家镇",
        ("charging", "wifi", "air_conditioning", "skill_training"),
    ),
    (
        "鹿银先锋驿站",
        "luyin_pioneer",
        "陆家镇",
        ("hot_meal", "charging", "toilet", "first_aid", "party_activity"),
    ),
)
_GENERIC_SITES = 25
# 以城区为主: most of the other demonstration sites are in town, each district has at least one.
_SITE_DISTRICTS = (
    *("高新区",) * 8,
    *("开发区",) * 7,
    "花桥镇",
    "花桥镇",
    "张浦镇",
    "周市镇",
    "陆家镇",
    "巴城镇",
    "千灯镇",
    "淀山湖镇",
    "周庄镇",
    "锦溪镇",
)


def build_stations(tables: dict[str, list[Row]], services: list[Row]) -> list[Row]:
    """All stations, demonstration sites first; ``services`` gives the order of the codes in a row."""
    order = [row["code"] for row in services]
    bases = _bases(tables)
    roads = _roads_by_district(tables)
    rows = _demonstration_sites(bases, roads, order)
    for base in bases:
        if base["kind"] == "village":
            rows.append(_party_station(base, roads, order))
    for district in tables["districts"]:
        rows.append(_party_station(district, roads, order))
    taken = {row["name"] for row in rows}
    for category, (count, endings, hours) in _CATEGORIES.items():
        for number in range(1, count + 1):
            rng = rng_for(category, number)
            base = rng.choice(bases)
            name = _free_name(base["name"] + rng.choice(endings), taken)
            row = _row(name, category, base, roads, order, hours)
            rows.append(row)
    for number, row in enumerate(rows, 1):
        row["code"] = f"S{number:04d}"
    return rows


def build_machines(stations: list[Row]) -> list[Row]:
    """Free drink machines at 20 of the 30 demonstration sites: they come in batches, on trial."""
    sites = [row for row in stations if row["demo_site"] == "1"]
    rows = []
    for number, site in enumerate(sites[:20], 1):
        rng = rng_for("machine", site["name"])
        rows.append(
            {
                "code": f"D{number:02d}",
                "station_code": site["code"],
                "name": f"{site['name']}饮品机",
                "lng": site["lng"],
                "lat": site["lat"],
                "drinks": rng.choice(("cold|hot", "cold|hot", "cold|hot", "cold", "hot")),
                "season": "summer|winter",
                "status": rng.choice(("ok",) * 8 + ("empty", "out_of_order")),
                "provenance": f"{DEMO}; that machines are piloted at these sites in summer and winter: "
                f"{SEED_ARTICLE} item 5",
            }
        )
    return rows


def _bases(tables: dict[str, list[Row]]) -> list[Row]:
    """Gazetteer places to put demo stations near: inside the boundary, with a district."""
    rows = [row for name in ("villages", "landmarks", "roads", "metro") for row in tables[name]]
    kept = [row for row in rows if row["lng"] and row["district"] and row["kind"] not in ("hospital", "lake", "clinic")]
    return [row for row in kept if kunshan().contains(*_point(row))]


def _roads_by_district(tables: dict[str, list[Row]]) -> dict[str, list[str]]:
    roads: dict[str, list[str]] = {}
    for row in tables["roads"]:
        roads.setdefault(row["district"], []).append(row["name"])
    return roads


def _demonstration_sites(bases: list[Row], roads: dict[str, list[str]], order: list[str]) -> list[Row]:
    rows = []
    for name, kind, district, services in _NAMED:
        base = rng_for("named", name).choice([row for row in bases if row["district"] == district])
        point = scatter(f"station/{name}", _point(base), 500.0)
        provenance = f"name: {SEED_ARTICLE} item 1; district, point and services demo, hours not published"
        address = f"地址未公布，请向12345核实{DEMO_MARK}"
        rows.append(
            _station(name, "party_center", district, address, point)
            | {
                "hours": "",
                "services": "|".join(code for code in order if code in {*services, *_ALWAYS, "suggestion_box"}),
                "demo_site": "1",
                "site_kind": kind,
                "provenance": f"{DEMO}; {provenance}",
            }
        )
    taken: set[str] = set()
    kinds = (
        "general",
        "general",
        "xiaoge_xiangqu",
        "general",
        "red_yellow_blue",
        "general",
        "truck_supply",
        "streamer",
    )
    for number, district in enumerate(_SITE_DISTRICTS[:_GENERIC_SITES], 1):
        near = [row for row in bases if row["district"] == district and row["kind"] != "village"]
        base = rng_for("site", number).choice([row for row in near if row["name"] not in taken])
        taken.add(base["name"])
        row = _row(f"{base['name']}示范驿站", "party_center", base, roads, order, _PARTY_HOURS, richness=0.35)
        rows.append(row | {"demo_site": "1", "site_kind": kinds[number % len(kinds)]})
    return rows


def _party_station(base: Row, roads: dict[str, list[str]], order: list[str]) -> Row:
    ending = "党群服务中心" if base["kind"] == "district" else "党群服务站"
    name = base["name"] + ending
    if base["name"] == "花园社区":  # the one name that two districts share
        name = f"{base['district']}{name}"
    return _row(name, "party_center", base, roads, order, _PARTY_HOURS)


def _row(
    name: str,
    category: str,
    base: Row,
    roads: dict[str, list[str]],
    order: list[str],
    hours: tuple[str, ...],
    richness: float = 0.0,
) -> Row:
    rng = rng_for("station", name)
    point = scatter(f"station/{name}", _point(base), 600.0)
    near = rng.choice(roads.get(base["district"], [""])) if base["kind"] == "district" else base["name"]
    address = f"{base['district']}{near}附近{DEMO_MARK}"
    party, public, life = (min(1.0, chance + richness) for chance in _CHANCES[category])
    codes = set(_ALWAYS)
    for group, chance in ((_PARTY, party), (_PUBLIC, public), (_LIFE, life)):
        codes |= {code for code in group if rng.random() < chance}
    if category in ("party_center", "union_home") or rng.random() < 0.3:
        codes.add("suggestion_box")
    return _station(name, category, base["district"], address, point) | {
        "hours": rng.choice(hours),
        "services": "|".join(code for code in order if code in codes),
        "provenance": f"{DEMO}; point scattered near the gazetteer's {base['name']}",
    }


def _station(name: str, category: str, district: str, address: str, point: Point) -> Row:
    return {
        "code": "",
        "name": name,
        "category": category,
        "district": district,
        "address": address,
        "lng": f"{point[0]:.5f}",
        "lat": f"{point[1]:.5f}",
        "demo_site": "0",
        "site_kind": "",
        "status": "open",
    }


def _free_name(name: str, taken: set[str]) -> str:
    candidates: Iterable[str] = (name, *(f"{name}{number}号" for number in range(2, 100)))
    free = next(candidate for candidate in candidates if candidate not in taken)
    taken.add(free)
    return free


def _point(row: Row) -> Point:
    return float(row["lng"]), float(row["lat"])
