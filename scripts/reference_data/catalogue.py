"""Catalogues: districts, services, dispute windows, hospital channels, experts, offers."""

from __future__ import annotations

from reference_data.common import DEMO, SEED_ARTICLE, Row, rng_for

DISTRICT_COLUMNS = ("code", "name", "full_name", "lng", "lat", "point_source", "provenance")
SERVICE_COLUMNS = ("code", "name", "category", "category_name", "provenance")
WINDOW_COLUMNS = ("code", "level", "name", "district", "address", "hours", "hotline", "accepts", "provenance")
CHANNEL_COLUMNS = (
    "channel",
    "name",
    "hospital",
    "workdays_only",
    "slots",
    "capacity",
    "yearly_quota",
    "days_ahead",
    "provenance",
)
MEDIATOR_COLUMNS = (
    "code",
    "name",
    "role",
    "fields",
    "weekday",
    "start",
    "end",
    "capacity",
    "online",
    "provenance",
)
DISCOUNT_COLUMNS = ("code", "kind", "title", "detail", "valid_from", "valid_to", "merchants", "provenance")
PASSAGE_COLUMNS = (
    "code",
    "vehicle_class",
    "energy",
    "area",
    "road",
    "days",
    "start",
    "end",
    "verdict",
    "valid_from",
    "valid_to",
    "source",
    "provenance",
)
PLATING_COLUMNS = ("code", "weekday", "start", "end", "capacity", "provenance")

_FULL_NAMES = {
    "开发区": "昆山经济技术开发区",
    "高新区": "昆山高新技术产业开发区（玉山镇）",
    "花桥镇": "花桥经济开发区（花桥镇）",
}
_CODES = {
    "开发区": "kfq",
    "高新区": "gxq",
    "花桥镇": "huaqiao",
    "张浦镇": "zhangpu",
    "周市镇": "zhoushi",
    "陆家镇": "lujia",
    "巴城镇": "bacheng",
    "千灯镇": "qiandeng",
    "淀山湖镇": "dianshanhu",
    "周庄镇": "zhouzhuang",
    "锦溪镇": "jinxi",
}
_CATEGORY_NAMES = {"party": "党建服务", "public": "公共服务", "life": "生活服务", "suggestion": "建议信箱"}


def build_districts(districts: list[Row]) -> list[Row]:
    return [
        {
            "code": _CODES[row["name"]],
            "name": row["name"],
            "full_name": _FULL_NAMES.get(row["name"], row["name"]),
            "lng": row["lng"],
            "lat": row["lat"],
            "point_source": row["point_source"],
            "provenance": row["source"],
        }
        for row in districts
    ]


def build_services(services: list[Row]) -> list[Row]:
    provenance = f"demo: composed; {SEED_ARTICLE} item 1 gives four categories and the number 30, not the list"
    return [
        {
            "code": row["code"],
            "name": row["name"],
            "category": row["category"],
            "category_name": _CATEGORY_NAMES[row["category"]],
            "provenance": provenance,
        }
        for row in services
    ]


def build_windows(districts: list[Row]) -> list[Row]:
    """The 1 + 11 windows. Addresses and hours are in no source used: left empty, 12333 answers."""
    accepts = "inspection|arbitration|legal_aid|mediation"
    provenance = (
        f"{SEED_ARTICLE} item 2: “1+11”, joint intake; that the 11 are the 11 区镇 is an inference; "
        "address and hours not published; hotline 12333 (人社)"
    )
    rows = [("W00", "city", "昆山市一站式劳动保障维权服务中心窗口", "")]
    for number, row in enumerate(districts, 1):
        rows.append((f"W{number:02d}", "district", f"{row['name']}一站式劳动保障维权服务窗口", row["name"]))
    return [
        {
            "code": code,
            "level": level,
            "name": name,
            "district": district,
            "address": "",
            "hours": "",
            "hotline": "12333",
            "accepts": accepts,
            "provenance": provenance,
        }
        for code, level, name, district in rows
    ]


def build_channels() -> list[Row]:
    """The three bookable channels; the quota of 100 is the seed's, times and capacities are demo."""
    slots = "08:30|09:00|09:30|10:00|10:30|13:30|14:00|14:30|15:00|15:30|16:00"
    mornings = "08:00|08:30|09:00|09:30|10:00"
    base = {"hospital": "昆山市第三人民医院", "workdays_only": "1"}
    tail = f"{SEED_ARTICLE} item 6 names the channel; slots and capacity demo"
    quota = f"{SEED_ARTICLE} item 6: 100 free tests a year; slots and capacity demo"
    return [
        base
        | {
            "channel": "outpatient",
            "name": "门诊专门预约通道",
            "slots": slots,
            "capacity": "4",
            "yearly_quota": "",
            "days_ahead": "14",
            "provenance": f"{DEMO}; {tail}",
        },
        base
        | {
            "channel": "health_cert",
            "name": "健康证办理预约绿色通道",
            "slots": slots,
            "capacity": "6",
            "yearly_quota": "",
            "days_ahead": "14",
            "provenance": f"{DEMO}; {tail}",
        },
        base
        | {
            "channel": "hp_test",
            "name": "幽门螺旋杆菌免费检查",
            "slots": mornings,
            "capacity": "2",
            "yearly_quota": "100",
            "days_ahead": "14",
            "provenance": f"{DEMO}; {quota}",
        },
    ]


def build_mediators() -> list[Row]:
    roles = (
        ("arbitrator", "仲裁员", 3),
        ("judge", "法官", 2),
        ("lawyer", "律师", 4),
        ("mediator", "人民调解员", 4),
    )
    fields = (
        "wages",
        "deduction",
        "injury",
        "contract",
        "dismissal",
        "social_insurance",
        "deposit",
        "account_ban",
    )
    rows: list[Row] = []
    for role, title, count in roles:
        for number in range(count):
            rng = rng_for("mediator", role, number)
            start = rng.choice(("09:00", "10:00", "13:30", "14:30", "15:30"))
            hour, minute = start.split(":")
            rows.append(
                {
                    "code": f"M{len(rows) + 1:02d}",
                    "name": f"示例{title}{'甲乙丙丁'[number]}",
                    "role": role,
                    "fields": "|".join(sorted(rng.sample(fields, 3), key=fields.index)),
                    "weekday": str(1 + (len(rows) * 2 + number) % 5),
                    "start": start,
                    "end": f"{int(hour) + 1:02d}:{minute}",
                    "capacity": "1",
                    "online": str(int(rng.random() < 0.7)),
                    "provenance": f"{DEMO}; {SEED_ARTICLE} item 2 names four roles, no persons",
                }
            )
    return rows


def build_discounts() -> list[Row]:
    """What the seed says of the 优享卡, and no more: merchants, dates and conditions are not published."""
    provenance = f"{SEED_ARTICLE} item 9; merchants, conditions and dates not published"
    offers = (
        ("O01", "cinema", "五折观影", "凭暖心聚“新”优享卡观影五折"),
        ("O02", "catering", "餐饮消费优惠", "凭暖心聚“新”优享卡享餐饮消费优惠"),
        ("O03", "tourism", "旅游休闲“折上折”", "凭暖心聚“新”优享卡享旅游休闲折上折"),
    )
    return [
        {"code": code, "kind": kind, "title": title, "detail": detail, "provenance": provenance}
        for code, kind, title, detail in offers
    ]


def build_plating_windows() -> list[Row]:
    """Sessions of the batch plating window: that there is one is the seed's, its days and hours are demo."""
    sessions = [(weekday, *times) for weekday in (2, 4) for times in (("09:00", "11:00"), ("14:00", "16:00"))]
    return [
        {
            "code": f"P{number:02d}",
            "weekday": str(weekday),
            "start": start,
            "end": end,
            "capacity": "3",
            "provenance": f"{DEMO}; {SEED_ARTICLE} item 3 names the window, no days or hours",
        }
        for number, (weekday, start, end) in enumerate(sessions, 1)
    ]
