"""Links that open a place in Tencent Maps or Amap. Input is WGS-84; links carry GCJ-02, as both need.

Formats: Tencent "URI API" (marker, routeplan; ``lat,lng``) and Amap "URI API" (navigation; ``lng,lat``).
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from bot.geo.datum import wgs84_to_gcj02

REFERER = "nuanxin"
TencentMode = Literal["walk", "drive", "bus", "bike"]
AmapMode = Literal["ride", "walk", "car", "bus"]


def tencent_marker(lng: float, lat: float, title: str, address: str = "", referer: str = REFERER) -> str:
    """A Tencent map page with one pin. Opens inside WeChat. ValueError for a bad point."""
    x, y = wgs84_to_gcj02(lng, lat)
    marker = f"coord:{y:.6f},{x:.6f};title:{_text(title)}"
    if address:
        marker += f";addr:{_text(address)}"
    return f"https://apis.map.qq.com/uri/v1/marker?marker={marker}&referer={_text(referer)}"


def tencent_route(lng: float, lat: float, name: str, mode: TencentMode = "walk", referer: str = REFERER) -> str:
    """Tencent route planning from where the user is to the point."""
    x, y = wgs84_to_gcj02(lng, lat)
    return (
        f"https://apis.map.qq.com/uri/v1/routeplan?type={mode}&to={_text(name)}"
        f"&tocoord={y:.6f},{x:.6f}&referer={_text(referer)}"
    )


def amap_navigation(lng: float, lat: float, name: str, mode: AmapMode = "ride", source: str = REFERER) -> str:
    """Amap navigation to the point; ``ride`` plans for two wheels."""
    x, y = wgs84_to_gcj02(lng, lat)
    return (
        f"https://uri.amap.com/navigation?to={x:.6f},{y:.6f},{_text(name)}&mode={mode}&src={_text(source)}&callnative=0"
    )


def _text(value: str) -> str:
    # Every reserved character goes: a raw ';', ',' or '&' in a name would end the field it stands in.
    return quote(value, safe="")
