from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from bot.geo.datum import wgs84_to_gcj02
from bot.geo.links import amap_navigation, tencent_marker, tencent_route

POINT = (120.95431, 31.37762)
GCJ_LNG, GCJ_LAT = (f"{value:.6f}" for value in wgs84_to_gcj02(*POINT))
NASTY = "楼宇“小哥·享趣”;驿站,A&B=1#?/ %"


def test_tencent_marker_is_latitude_first_in_gcj02() -> None:
    link = tencent_marker(*POINT, "驿站", "花桥镇绿地大道附近（示例数据）")
    marker = parse_qs(urlsplit(link).query)["marker"][0]
    assert marker == f"coord:{GCJ_LAT},{GCJ_LNG};title:驿站;addr:花桥镇绿地大道附近（示例数据）"
    assert link.startswith("https://apis.map.qq.com/uri/v1/marker?marker=coord:")
    assert link.endswith("&referer=nuanxin")


def test_tencent_marker_without_address() -> None:
    assert "addr" not in tencent_marker(*POINT, "驿站")


@pytest.mark.parametrize("mode", ["walk", "drive", "bus", "bike"])
def test_tencent_route(mode) -> None:
    link = tencent_route(*POINT, NASTY, mode)
    query = parse_qs(urlsplit(link).query)
    assert urlsplit(link).path == "/uri/v1/routeplan"
    assert query == {
        "type": [mode],
        "to": [NASTY],
        "tocoord": [f"{GCJ_LAT},{GCJ_LNG}"],
        "referer": ["nuanxin"],
    }


def test_amap_is_longitude_first_in_gcj02() -> None:
    link = amap_navigation(*POINT, NASTY)
    parts = urlsplit(link)
    assert (parts.netloc, parts.path) == ("uri.amap.com", "/navigation")
    raw_to = parts.query.split("&")[0].removeprefix("to=").split(",")
    assert raw_to[:2] == [GCJ_LNG, GCJ_LAT]
    assert len(raw_to) == 3
    assert unquote(raw_to[2]) == NASTY
    assert parts.query.endswith("&mode=ride&src=nuanxin&callnative=0")


def test_a_name_cannot_break_out_of_its_field() -> None:
    link = tencent_marker(*POINT, NASTY, NASTY)
    assert link.count("&") == 1
    assert link.count(";") == 2
    assert link.isascii()


@pytest.mark.parametrize("make", [tencent_marker, tencent_route, amap_navigation])
def test_no_link_to_no_point(make) -> None:
    with pytest.raises(ValueError, match="coordinates"):
        make(float("nan"), 31.0, "驿站")
