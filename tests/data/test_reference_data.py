import csv
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bot.geo.boundary import kunshan
from bot.geo.distance import haversine_m
from bot.geo.files import DATA_DIR, GAZETTEER_DIR, REFERENCE_DIR, read_csv, split_list

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = {path.stem: path for path in sorted(REFERENCE_DIR.glob("*.csv"))}
ALL_FILES = [*sorted(REFERENCE_DIR.iterdir()), *sorted(GAZETTEER_DIR.iterdir())]
DISTRICTS = [
    "开发区",
    "高新区",
    "花桥镇",
    "张浦镇",
    "周市镇",
    "陆家镇",
    "巴城镇",
    "千灯镇",
    "淀山湖镇",
    "周庄镇",
    "锦溪镇",
]
SERVICES = {row["code"] for row in read_csv(REFERENCE_DIR / "services.csv")}
STATIONS = read_csv(REFERENCE_DIR / "stations.csv")
NAMED_SITES = {
    "物流港货车司机补给站": "truck_supply",
    "楼宇“小哥·享趣”驿站": "xiaoge_xiangqu",
    "商圈“红黄蓝驿站”": "red_yellow_blue",
    "好孩子生态馆“网络主播驿站”": "streamer",
    "鹿银先锋驿站": "luyin_pioneer",
}
HOURS_PART = re.compile(r"(?:每天|周一至周五|周一至周六|周二至周日|周六周日) (\d\d):(\d\d)-(\d\d):(\d\d)")
PUBLIC_HOTLINES = {"12345", "12333", "12348", "12351", "12338", "12356"}
MOBILE = re.compile(r"(?<![\d.])1[3-9]\d{9}(?!\d)")
LANDLINE = re.compile(r"(?<![\d.])(?:0\d{2,3}[- ]?)?[3-9]\d{7}(?!\d)")
SERVICE_LINE = re.compile(r"(?<![\d.])[48]00-?\d{3}-?\d{4}(?!\d)")


def rows_of(name: str) -> list[dict[str, str]]:
    return read_csv(REFERENCE[name])


def test_the_script_reproduces_the_committed_files_byte_for_byte() -> None:
    result = subprocess.run(
        [sys.executable, "scripts/make_reference_data.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (result.returncode, result.stdout) == (0, ""), result.stderr


def test_the_script_would_notice_a_changed_file(tmp_path, monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import make_reference_data

    monkeypatch.setattr(make_reference_data, "ROOT", tmp_path)
    assert make_reference_data.main(["--check"]) == 1
    assert list(tmp_path.iterdir()) == []
    assert make_reference_data.main([]) == 0
    assert make_reference_data.main(["--check"]) == 0
    for name, path in REFERENCE.items():
        assert (tmp_path / "data" / "reference" / f"{name}.csv").read_bytes() == path.read_bytes()


def test_every_table_is_there_with_its_number_of_rows() -> None:
    counts = {name: len(rows_of(name)) for name in REFERENCE}
    stations, rest = counts.pop("stations"), counts
    assert stations >= 1100
    assert rest.pop("safety_violations_demo") > 100
    assert rest.pop("safety_accidents_demo") > 10
    assert rest == {
        "bank_outlets": 30,
        "berths": 100,
        "discounts": 3,
        "dispute_windows": 12,
        "districts": 11,
        "drink_machines": 20,
        "education_sites": 3,
        "education_slots": 31,
        "hospital_channels": 3,
        "library_stations": 12,
        "mediators": 13,
        "micro_homes": 10,
        "passage_rules": 0,
        "plating_windows": 4,
        "safety_companies_demo": 5,
        "services": 30,
        "tour_card_metrics_demo": 120,
    }


@pytest.mark.parametrize("name", REFERENCE)
def test_rows_say_where_they_are_from(name) -> None:
    with REFERENCE[name].open(encoding="utf-8", newline="") as handle:
        header = next(csv.reader(handle))
    assert header[-1] == "provenance"
    for row in rows_of(name):
        assert row["provenance"].startswith(("demo", "seed article", "the 11 区镇")), row


@pytest.mark.parametrize("path", ALL_FILES, ids=lambda path: path.name)
def test_files_are_small_plain_utf8(path) -> None:
    raw = path.read_bytes()
    assert len(raw) < 1 << 20
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    raw.decode("utf-8")


@pytest.mark.parametrize("name", REFERENCE)
def test_points_are_in_kunshan(name) -> None:
    for row in rows_of(name):
        if row.get("lng"):
            assert kunshan().contains(float(row["lng"]), float(row["lat"])), row
        assert bool(row.get("lng")) == bool(row.get("lat"))


@pytest.mark.parametrize("name", REFERENCE)
def test_codes_and_names_are_unique(name) -> None:
    rows = rows_of(name)
    for column in ("code", "name", "channel", "record_no"):
        if rows and column in rows[0]:
            assert max(Counter(row[column] for row in rows).values()) == 1, column


@pytest.mark.parametrize("name", [name for name in REFERENCE if name != "districts"])
def test_districts_are_among_the_eleven(name) -> None:
    for row in rows_of(name):
        assert row.get("district", "") in ["", *DISTRICTS]


def test_the_eleven_districts_in_their_order() -> None:
    assert [row["name"] for row in rows_of("districts")] == DISTRICTS


def test_services_are_thirty_in_four_categories() -> None:
    rows = rows_of("services")
    assert Counter(row["category"] for row in rows) == {"party": 5, "public": 11, "life": 13, "suggestion": 1}
    assert {row["category_name"] for row in rows} == {"党建服务", "公共服务", "生活服务", "建议信箱"}
    assert [row["code"] for row in rows] == [row["code"] for row in read_csv(GAZETTEER_DIR / "services.csv")]


def test_stations_cover_categories_districts_and_services() -> None:
    categories = Counter(row["category"] for row in STATIONS)
    assert set(categories) == {"party_center", "union_home", "city_service", "bank", "shop", "post"}
    assert min(categories.values()) >= 100
    districts = Counter(row["district"] for row in STATIONS)
    assert set(districts) == set(DISTRICTS)
    assert min(districts.values()) >= 15
    offered: Counter[str] = Counter()
    for row in STATIONS:
        codes = split_list(row["services"])
        assert set(codes) <= SERVICES, row
        assert {"rest", "water"} <= set(codes), row
        assert len(codes) == len(set(codes))
        offered.update(codes)
    assert set(offered) == SERVICES
    assert min(offered.values()) >= 40


def test_every_district_has_a_place_to_charge_and_warm_a_meal() -> None:
    for district in DISTRICTS:
        here = [set(split_list(row["services"])) for row in STATIONS if row["district"] == district]
        assert any({"charging", "hot_meal"} <= codes for codes in here), district


def test_thirty_demonstration_sites_with_the_five_of_the_seed() -> None:
    sites = [row for row in STATIONS if row["demo_site"] == "1"]
    assert len(sites) == 30
    named = {row["name"]: row for row in sites if row["name"] in NAMED_SITES}
    assert {name: row["site_kind"] for name, row in named.items()} == NAMED_SITES
    for row in named.values():
        assert row["hours"] == ""
        assert row["address"] == "地址未公布，请向12345核实（示例数据）"
    assert {row["district"] for row in sites} == set(DISTRICTS)
    assert all(row["site_kind"] == "" for row in STATIONS if row["demo_site"] == "0")


def test_synthetic_stations_say_so_to_the_reader() -> None:
    for row in STATIONS:
        assert row["provenance"].startswith("demo"), row
        assert row["address"].endswith("（示例数据）"), row


def test_stations_stand_near_the_place_they_are_named_for() -> None:
    villages = {row["name"]: row for row in read_csv(GAZETTEER_DIR / "villages.csv") if row["lng"]}
    checked = 0
    for row in STATIONS:
        village = villages.get(row["name"].removesuffix("党群服务站"))
        if row["name"].endswith("党群服务站") and village and village["name"] != "花园社区":
            here, there = ((float(one["lng"]), float(one["lat"])) for one in (row, village))
            assert haversine_m(*here, *there) <= 605
            checked += 1
    assert checked > 340


@pytest.mark.parametrize("name", ["stations", "bank_outlets", "micro_homes", "library_stations", "dispute_windows"])
def test_hours_keep_to_their_grammar(name) -> None:
    for row in rows_of(name):
        for part in row["hours"].split("；") if row["hours"] not in ("", "24小时") else []:
            match = HOURS_PART.fullmatch(part)
            assert match, row
            opens, closes = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
            assert 0 <= opens < closes <= 24 * 60, row


def test_drink_machines_stand_at_demonstration_sites() -> None:
    sites = {row["code"]: row for row in STATIONS if row["demo_site"] == "1"}
    machines = rows_of("drink_machines")
    for row in machines:
        assert (row["lng"], row["lat"]) == (
            sites[row["station_code"]]["lng"],
            sites[row["station_code"]]["lat"],
        )
        assert set(split_list(row["drinks"])) <= {"cold", "hot"}
    assert {row["status"] for row in machines} <= {"ok", "empty", "out_of_order"}
    assert len({row["station_code"] for row in machines}) == len(machines)


def test_berths_are_in_the_city_centre_and_have_sizes_and_windows() -> None:
    for row in rows_of("berths"):
        assert haversine_m(float(row["lng"]), float(row["lat"]), 120.964, 31.383) <= 3500
        assert 5.0 <= float(row["length_m"]) <= 12.0
        assert 2.0 <= float(row["width_m"]) <= 3.5
        assert re.fullmatch(r"\d\d:\d\d", row["start"])
        assert re.fullmatch(r"\d\d:\d\d", row["end"])


def test_one_and_eleven_windows_without_invented_address_or_hours() -> None:
    rows = rows_of("dispute_windows")
    assert [row["level"] for row in rows] == ["city"] + ["district"] * 11
    assert [row["district"] for row in rows[1:]] == DISTRICTS
    for row in rows:
        assert (row["address"], row["hours"], row["hotline"]) == ("", "", "12333")


def test_hospital_channels() -> None:
    rows = {row["channel"]: row for row in rows_of("hospital_channels")}
    assert set(rows) == {"outpatient", "health_cert", "hp_test"}
    assert {name: row["yearly_quota"] for name, row in rows.items()} == {
        "outpatient": "",
        "health_cert": "",
        "hp_test": "100",
    }
    for row in rows.values():
        slots = split_list(row["slots"])
        assert list(slots) == sorted(set(slots))
        assert int(row["capacity"]) > 0
        assert row["workdays_only"] == "1"


def test_education_sites_are_the_three_of_the_seed_without_an_address() -> None:
    sites = rows_of("education_sites")
    assert [row["name"] for row in sites] == [
        "客运北站骑手交通安全宣教基地",
        "交警绣衣岗亭",
        "交警国际大厦岗亭",
    ]
    assert all(not row["address"] and not row["lng"] for row in sites)
    forms = {row["code"]: set(split_list(row["forms"])) for row in sites}
    for slot in rows_of("education_slots"):
        assert slot["form"] in forms[slot["site_code"]]
        assert slot["start"] < slot["end"]


def test_the_panel_has_the_four_roles_and_no_real_person() -> None:
    rows = rows_of("mediators")
    assert {row["role"] for row in rows} == {"arbitrator", "judge", "lawyer", "mediator"}
    assert all(row["name"].startswith("示例") for row in rows)


def test_discounts_promise_what_the_seed_says_and_no_dates() -> None:
    for row in rows_of("discounts"):
        assert (row["valid_from"], row["valid_to"], row["merchants"]) == ("", "", "")


@pytest.mark.parametrize(
    "name", ["safety_violations_demo", "safety_accidents_demo", "safety_companies_demo", "tour_card_metrics_demo"]
)
def test_demo_workers_and_companies_are_invented_and_say_so(name) -> None:
    for row in rows_of(name):
        assert row.get("work_no", "DEMO").startswith("DEMO")
        assert row["company"].startswith("示例")
        assert row["provenance"].startswith("demo")


def test_demo_violations_reach_the_threshold_of_three_for_some() -> None:
    minor = Counter(row["work_no"] for row in rows_of("safety_violations_demo") if row["minor"] == "1")
    assert sum(count >= 3 for count in minor.values()) >= 5
    assert sum(count < 3 for count in minor.values()) >= 5


@pytest.mark.parametrize("path", ALL_FILES, ids=lambda path: path.name)
def test_no_phone_number(path) -> None:
    text = path.read_text(encoding="utf-8")
    for shape in (MOBILE, LANDLINE, SERVICE_LINE):
        assert not shape.search(text), shape.search(text)


def test_the_only_hotlines_in_shown_cells_are_public_ones() -> None:
    shown = {"name", "address", "hotline", "title", "detail"}
    for name in REFERENCE:
        for row in rows_of(name):
            cells = " ".join(value for key, value in row.items() if key in shown)
            for number in re.findall(r"(?<!\d)\d{5}(?!\d)", cells):
                assert number in PUBLIC_HOTLINES, row


@pytest.mark.parametrize("text", ["13812345678", "0512-57501234", "电话57501234", "400-820-8820"])
def test_the_number_shapes_catch_numbers(text) -> None:
    assert any(shape.search(text) for shape in (MOBILE, LANDLINE, SERVICE_LINE))


def test_gazetteer_lists_are_unambiguous() -> None:
    services: dict[str, str] = {}
    for row in read_csv(GAZETTEER_DIR / "services.csv"):
        for surface in (row["name"], *split_list(row["synonyms"]), *split_list(row["misspellings"])):
            assert services.setdefault(surface.lower(), row["code"]) == row["code"], surface
    employers: dict[str, str] = {}
    for row in read_csv(GAZETTEER_DIR / "employers.csv"):
        surfaces = (row["name"], *split_list(row["aliases"]), *split_list(row["misspellings"]))
        assert set(split_list(row["cue_only"])) <= set(surfaces), row["name"]
        for surface in surfaces:
            assert employers.setdefault(surface, row["name"]) == row["name"], surface


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("热一热", "hot_meal"),
        ("微波炉", "hot_meal"),
        ("叮一下", "hot_meal"),
        ("手机没电", "charging"),
        ("换电", "battery_swap"),
        ("解手", "toilet"),
        ("上厕所", "toilet"),
        ("避雨", "rest"),
        ("药箱", "first_aid"),
        ("看书", "reading"),
        ("打气", "tyre_pump"),
        ("雨衣", "rain_gear"),
        ("停车位", "parking"),
        ("心理咨询", "mental_care"),
        ("喂奶", "mother_baby"),
    ],
)
def test_services_as_riders_say_them(said, code) -> None:
    rows = read_csv(GAZETTEER_DIR / "services.csv")
    assert [row["code"] for row in rows if said in split_list(row["synonyms"])] == [code]


def test_the_tokeniser_dictionary_holds_places_and_no_misspelling() -> None:
    lines = (GAZETTEER_DIR / "jieba_dict.txt").read_text(encoding="utf-8").splitlines()
    words = {line.split(" ")[0] for line in lines}
    assert all(re.fullmatch(r"\S+ (?:ns|nt|n)", line) for line in lines)
    assert {"花桥", "昆山南站", "绣衣地铁站", "美团", "热饭", "党建地图", "劳动者港湾"} <= words
    assert not words & {"八成", "签到", "前灯", "前进", "饿了吗", "顺风"}


def test_no_machine_path_or_download_address_in_the_data() -> None:
    for path in DATA_DIR.rglob("*"):
        if path.is_file() and path.parent in (REFERENCE_DIR, GAZETTEER_DIR):
            assert not re.search(
                r"/(?:work|root|tmp)\b|https?://(?!www\.ks\.gov\.cn)", path.read_text(encoding="utf-8")
            ), path
