"""Places other than stations: berths, bank outlets, education sites, micro-homes, library stations."""

from __future__ import annotations

from bot.geo.datum import Point
from bot.geo.distance import haversine_m
from reference_data.common import DEMO, DEMO_MARK, SEED_ARTICLE, Row, rng_for
from reference_data.points import scatter

BERTH_COLUMNS = (
    "code",
    "name",
    "district",
    "address",
    "lng",
    "lat",
    "length_m",
    "width_m",
    "vehicle_classes",
    "days",
    "start",
    "end",
    "max_minutes",
    "status",
    "provenance",
)
BANK_COLUMNS = ("code", "name", "district", "address", "lng", "lat", "hours", "services", "provenance")
EDUCATION_COLUMNS = ("code", "name", "district", "address", "lng", "lat", "forms", "provenance")
EDUCATION_SLOT_COLUMNS = ("site_code", "form", "weekday", "start", "end", "capacity", "provenance")
MICRO_HOME_COLUMNS = (
    "code",
    "name",
    "station_code",
    "district",
    "address",
    "lng",
    "lat",
    "hours",
    "services",
    "provenance",
)
LIBRARY_COLUMNS = ("code", "name", "district", "address", "lng", "lat", "hours", "services", "provenance")

_RING_CENTRE: Point = (120.9640, 31.3830)  # half way between the town points of 高新区 and 开发区
RING_RADIUS_M = 3500.0
# What such corners commonly hold (seat, water, …): public notices on 劳动者港湾, see the facts on that brand.
_HARBOR = (
    ("seats", 1.0),
    ("water", 1.0),
    ("microwave", 0.8),
    ("charging", 1.0),
    ("wifi", 0.9),
    ("first_aid", 0.8),
    ("umbrella", 0.8),
    ("reading_glasses", 0.7),
    ("wheelchair", 0.4),
)
_BANK_PLACES = {
    "高新区": 9,
    "开发区": 7,
    "花桥镇": 3,
    "周市镇": 2,
    "张浦镇": 2,
    "陆家镇": 2,
    "巴城镇": 1,
    "千灯镇": 1,
    "淀山湖镇": 1,
    "周庄镇": 1,
    "锦溪镇": 1,
}
_MICRO_HOMES = (
    "高新区",
    "高新区",
    "开发区",
    "开发区",
    "花桥镇",
    "周市镇",
    "张浦镇",
    "陆家镇",
    "千灯镇",
    "巴城镇",
)
_LIBRARIES = (
    "高新区",
    "高新区",
    "开发区",
    "花桥镇",
    "张浦镇",
    "周市镇",
    "陆家镇",
    "巴城镇",
    "千灯镇",
    "淀山湖镇",
    "锦溪镇",
)


def build_berths(tables: dict[str, list[Row]]) -> list[Row]:
    """100 berths (the seed's number) within 3.5 km of the centre: where 中环 runs is in no source used."""
    roads = [
        row
        for row in tables["roads"]
        if row["lng"] and haversine_m(*_point(row), *_RING_CENTRE) <= RING_RADIUS_M - 600.0
    ]
    windows = (("09:30", "16:30"), ("10:00", "16:00"), ("20:00", "06:30"), ("00:00", "24:00"))
    sizes = (
        ("6.0", "2.5", "micro|light"),
        ("7.0", "2.8", "micro|light"),
        ("9.0", "3.0", "micro|light|medium"),
    )
    rows = []
    for number in range(1, 101):
        rng = rng_for("berth", number)
        road = roads[number % len(roads)]
        lng, lat = scatter(f"berth/{number}", _point(road), 600.0)
        length, width, classes = rng.choice(sizes)
        start, end = rng.choice(windows)
        rows.append(
            {
                "code": f"B{number:03d}",
                "name": f"{road['name']}蓝窗泊位{number:03d}",
                "district": road["district"],
                "address": f"{road['name']}沿线{DEMO_MARK}",
                "lng": f"{lng:.5f}",
                "lat": f"{lat:.5f}",
                "length_m": length,
                "width_m": width,
                "vehicle_classes": classes,
                "days": "每天",
                "start": start,
                "end": end,
                "max_minutes": rng.choice(("30", "30", "60")),
                "status": "open",
                "provenance": f"{DEMO}; {SEED_ARTICLE} item 3: 100 blue-window berths inside 中环, no list",
            }
        )
    return rows


def build_banks(tables: dict[str, list[Row]]) -> list[Row]:
    """30 outlets (the seed's number), places demo."""
    rows: list[Row] = []
    for district, count in _BANK_PLACES.items():
        bases = _bases(tables, district, ("road", "mall", "metro", "village"))
        for number, base in enumerate(rng_for("banks", district).sample(bases, count), 1):
            rng = rng_for("bank", district, number)
            lng, lat = scatter(f"bank/{district}/{number}", _point(base), 400.0)
            rows.append(
                {
                    "code": f"C{len(rows) + 1:02d}",
                    "name": f"建设银行昆山{base['name']}网点",
                    "district": district,
                    "address": f"{district}{base['name']}附近{DEMO_MARK}",
                    "lng": f"{lng:.5f}",
                    "lat": f"{lat:.5f}",
                    "hours": rng.choice(("周一至周五 09:00-17:00", "周一至周五 09:00-17:00；周六周日 09:30-16:00")),
                    "services": "|".join(code for code, chance in _HARBOR if rng.random() < chance),
                    "provenance": f"{DEMO}; {SEED_ARTICLE} item 8: 30 outlets with 劳动者港湾, no list",
                }
            )
    return rows


def build_education_sites() -> list[Row]:
    """The three that the seed names. Where they are is not published: no point, no address."""
    provenance = f"{SEED_ARTICLE} item 4; address not published"
    sites = (
        ("E1", "客运北站骑手交通安全宣教基地", "video|law_study|pledge"),
        ("E2", "交警绣衣岗亭", "duty_help|law_study|pledge"),
        ("E3", "交警国际大厦岗亭", "duty_help|law_study|pledge"),
    )
    return [{"code": code, "name": name, "forms": forms, "provenance": provenance} for code, name, forms in sites]


def build_education_slots(sites: list[Row]) -> list[Row]:
    times = {
        "video": ("09:00", "10:00", 20),
        "law_study": ("14:00", "15:00", 20),
        "duty_help": ("16:30", "18:00", 4),
        "pledge": ("10:30", "11:00", 30),
    }
    rows = []
    for site in sites:
        for form in site["forms"].split("|"):
            start, end, capacity = times[form]
            for weekday in ("2", "4", "6") if form != "duty_help" else ("1", "2", "3", "4", "5"):
                rows.append(
                    {
                        "site_code": site["code"],
                        "form": form,
                        "weekday": weekday,
                        "start": start,
                        "end": end,
                        "capacity": str(capacity),
                        "provenance": DEMO,
                    }
                )
    return rows


def build_micro_homes(stations: list[Row]) -> list[Row]:
    """“骑手姐姐” micro-homes at party-service stations where couriers gather."""
    services = "screening|family|tutoring|mental_care"
    rows = []
    for number, district in enumerate(_MICRO_HOMES, 1):
        pool = [row for row in stations if row["district"] == district and row["category"] == "party_center"]
        host = rng_for("micro_home", number).choice([row for row in pool if row["demo_site"] == "0"])
        rows.append(
            {
                "code": f"H{number:02d}",
                "name": f"“骑手姐姐”妇女微家（{host['name']}）",
                "station_code": host["code"],
                **{key: host[key] for key in ("district", "address", "lng", "lat", "hours")},
                "services": services,
                "provenance": f"{DEMO}; {SEED_ARTICLE} item 10 describes micro-homes, gives no list",
            }
        )
    return rows


def build_libraries(tables: dict[str, list[Row]]) -> list[Row]:
    """Library stations: the city library (a public address, hours not checked) and demo branches."""
    main = next(row for row in tables["landmarks"] if row["name"] == "昆山市图书馆")
    services = ("borrowing", "salon", "family", "mental_care")
    rows: list[Row] = [
        {
            "code": "L01",
            "name": "昆山市图书馆爱心驿站",
            "district": main["district"],
            "address": "前进中路353号（2022年资料，请核实）",
            "lng": main["lng"],
            "lat": main["lat"],
            "hours": "",
            "services": "|".join(services),
            "provenance": f"demo: point {main['point_source']}; {SEED_ARTICLE} item 9; "
            "address from public data of 2022",
        }
    ]
    for number, district in enumerate(_LIBRARIES, 2):
        rng = rng_for("library", number)
        base = rng.choice(_bases(tables, district, ("village",)))
        lng, lat = scatter(f"library/{number}", _point(base), 400.0)
        rows.append(
            {
                "code": f"L{number:02d}",
                "name": f"{base['name']}图书馆爱心驿站",
                "district": district,
                "address": f"{district}{base['name']}附近{DEMO_MARK}",
                "lng": f"{lng:.5f}",
                "lat": f"{lat:.5f}",
                "hours": rng.choice(("周二至周日 09:00-20:30", "每天 09:00-21:00", "周二至周日 09:00-17:30")),
                "services": "|".join(services[: rng.randint(1, 4)]),
                "provenance": f"{DEMO}; {SEED_ARTICLE} item 9 gives the services, no list",
            }
        )
    return rows


def _bases(tables: dict[str, list[Row]], district: str, kinds: tuple[str, ...]) -> list[Row]:
    rows = [row for name in ("villages", "landmarks", "roads", "metro") for row in tables[name]]
    return [row for row in rows if row["district"] == district and row["kind"] in kinds and row["lng"]]


def _point(row: Row) -> Point:
    return float(row["lng"]), float(row["lat"])
