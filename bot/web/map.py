"""`/map`: the stations on a map of our own, for a phone; public, nothing about a person is kept.

The list under the map is made here, by the same search as in chat, and works without script; the script adds the
drawing, the phone's position and filtering without a reload. Points in and out are WGS-84 degrees
(`datum=gcj02` for what comes from a WeChat location message); a tile provider is a setting, none by default.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from jinja2 import Environment

from bot.geo.boundary import in_kunshan, kunshan
from bot.geo.datum import Point, check_point, gcj02_to_wgs84
from bot.geo.distance import distance_zh, haversine_m
from bot.geo.places import Place, gazetteer
from bot.services.errors import NotFound
from bot.services.reference import OutsideKunshan, PlaceUnknown
from bot.services.stations import FoundStation, StationInfo, StationPage, Wanted
from bot.storage.stations import SERVICE_CATEGORIES, SITE_KINDS, STATION_CATEGORIES
from bot.web.keys import SERVICES, SETTINGS
from bot.web.templating import environment

routes = web.RouteTableDef()

PATH = "/map"
STEP, MOST = 20, 200  # stations listed at first and at a further tap, and at most
MOST_TEXT = 40  # characters of a place that is searched for
FIRST_CHIPS = ("charging", "hot_meal", "water", "toilet", "rest", "battery_swap", "air_conditioning", "first_aid")
"""The services that get a button of their own; the others are in the sheet of all thirty."""
_FOLDER = Path(__file__).parent
_STATIC = {"map.css": "text/css", "map.js": "text/javascript"}
_STATIC_HEADERS = {"Cache-Control": "max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True)
class Asked:
    """What the visitor wants to see. `point`: WGS-84 degrees."""

    text: str = ""
    services: tuple[str, ...] = ()
    open_now: bool = False
    point: Point | None = None
    station: str = ""
    shown: int = STEP
    bad_point: bool = False


@dataclass(frozen=True)
class Listing:
    """What the list shows. `from_`: what distances are measured from, empty when from nothing."""

    items: tuple[FoundStation, ...]
    more: bool
    headline: str
    from_: str = ""
    point: Point | None = None
    choices: tuple[Place, ...] = ()
    chosen: FoundStation | None = None


@cache
def _templates() -> Environment:
    templates = environment(_FOLDER / "templates" / "map")
    templates.filters["distance"] = distance_zh
    return templates


def _render(template: str, **values: Any) -> str:
    return _templates().get_template(template).render(**values)


@cache
def _static(name: str) -> tuple[str, str]:
    """(text, version) of a file of ours."""
    text = (_FOLDER / "static" / name).read_text(encoding="utf-8")
    return text, hashlib.sha256(text.encode()).hexdigest()[:12]


def security_headers(tiles: str | None) -> dict[str, str]:
    """Headers of the page. Pictures may come from the tile provider's host and from nowhere else."""
    pictures = "'self'"
    if tiles:
        parts = urlsplit(tiles.partition(":")[2])
        pictures += f" {parts.scheme}://{parts.netloc}"
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {pictures}; connect-src 'self'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "Cache-Control": "no-store",
        "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


@routes.get("/{name:map\\.(?:css|js)}")
async def static(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    return web.Response(text=_static(name)[0], content_type=_STATIC[name], headers=_STATIC_HEADERS)


@routes.get(PATH)
async def page(request: web.Request) -> web.Response:
    """The whole page. Query: q (a place or a station's name), service (repeated), open=1, lat and lng with
    datum, station (a code), n (how many). What cannot be read counts as not given."""
    services = request.app[SERVICES]
    catalogue = await services.stations.catalogue()
    asked = _asked(request.query, {one.code for one in catalogue})
    tiles = request.app[SETTINGS].map_tiles
    datum, _, template = (tiles or "").partition(":")
    names = {one.code: one.name for one in catalogue}
    html = _render(
        "map.html",
        **await _list_values(request, asked),
        chips=[(code, names[code]) for code in FIRST_CHIPS if code in names],
        groups=[
            (SERVICE_CATEGORIES[category], [(one.code, one.name) for one in catalogue if one.category == category])
            for category in SERVICE_CATEGORIES
        ],
        style=f"/map.css?v={_static('map.css')[1]}",
        script=f"/map.js?v={_static('map.js')[1]}",
        tiles=template,
        tiles_datum=datum,
    )
    return web.Response(text=html, content_type="text/html", headers=security_headers(tiles))


@routes.post(PATH + "/list")
async def listing(request: web.Request) -> web.Response:
    """The list alone, for the script. A POST, so that where somebody stands is in no server's log."""
    catalogue = await request.app[SERVICES].stations.catalogue()
    form = await request.post()
    values = [(name, value) for name, value in form.items() if isinstance(value, str)]
    asked = _asked(_Form(values), {one.code for one in catalogue})
    html = _render("list.html", **await _list_values(request, asked))
    return web.Response(text=html, content_type="text/html", headers=security_headers(None))


@routes.get(PATH + "/stations.json")
async def stations(request: web.Request) -> web.Response:
    """Everything the drawing needs: {boundary: rings of [lng, lat], services: codes,
    districts and metro: [name, lng, lat],
    stations: [code, name, lng, lat, open (1, 0, null), bits of services, demo site]}."""
    services = request.app[SERVICES]
    rows = await services.stations.all()
    catalogue = await services.stations.catalogue()
    bit = {one.code: 1 << place for place, one in enumerate(catalogue)}
    now = services.clock.now()
    data = {
        "boundary": [[[round(x, 5), round(y, 5)] for x, y in ring] for ring in kunshan().rings],
        "services": [one.code for one in catalogue],
        **_landmarks(),
        "stations": [_drawn(row, bit, row.hours.open_at(now)) for row in rows if row.located],
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    tag = hashlib.sha256(text.encode()).hexdigest()[:20]
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff", "ETag": f'"{tag}"'}
    if any(one.value in (tag, "*") for one in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    response = web.Response(text=text, content_type="application/json", headers=headers)
    response.enable_compression()
    return response


def _drawn(row: StationInfo, bit: dict[str, int], is_open: bool | None) -> list[Any]:
    mask = sum(bit.get(code, 0) for code in row.services)
    state = None if is_open is None else int(is_open)
    return [row.code, row.name, round(row.lng or 0, 5), round(row.lat or 0, 5), state, mask, int(row.demo_site)]


@cache
def _landmarks() -> dict[str, list[list[Any]]]:
    """Names that tell where one is on a map without streets."""
    found: dict[str, list[list[Any]]] = {"district": [], "metro": []}
    for place in gazetteer().places:
        if place.kind in found and not place.outside and place.point:
            name = place.name.removesuffix("地铁站")
            found[place.kind].append([name, round(place.point[0], 5), round(place.point[1], 5)])
    return {"districts": found["district"], "metro": found["metro"]}


# -- what was asked ------------------------------------------------------------------------------------------


class _Form:
    """A list of (name, value) pairs with the two readings that are needed of it."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def get(self, name: str, default: str = "") -> str:
        return next((value for key, value in self._pairs if key == name), default)

    def getall(self, name: str, default: list[str]) -> list[str]:
        return [value for key, value in self._pairs if key == name] or default


def _asked(values: Any, known: set[str]) -> Asked:
    point, bad = None, False
    lng, lat = values.get("lng", ""), values.get("lat", "")
    if lng and lat:
        try:
            point = check_point(float(lng), float(lat))
            if values.get("datum", "") == "gcj02":
                point = gcj02_to_wgs84(*point)
        except ValueError:
            bad = True
    if point is not None and not in_kunshan(*point):
        point, bad = None, True
    count = values.get("n", "")
    return Asked(
        text=values.get("q", "").strip()[:MOST_TEXT],
        services=tuple(dict.fromkeys(code for code in values.getall("service", []) if code in known)),
        open_now=values.get("open", "") == "1",
        point=point,
        station=values.get("station", "")[:40],
        shown=min(MOST, max(STEP, int(count))) if count.isascii() and count.isdigit() and len(count) < 5 else STEP,
        bad_point=bad,
    )


async def _list_values(request: web.Request, asked: Asked) -> dict[str, Any]:
    found = await _listing(request, asked)
    return {
        "asked": asked,
        "found": found,
        "shown": [_shown(one, found.point) for one in found.items],
        "chosen": _shown(found.chosen, found.point) if found.chosen else None,
        "next": min(MOST, asked.shown + STEP) if found.more and asked.shown < MOST else 0,
        "more_href": f"{PATH}?{_query(asked, n=str(asked.shown + STEP))}#list",
        "any_demo": any(one.station.demo for one in (*found.items, *((found.chosen,) if found.chosen else ()))),
    }


def _query(asked: Asked, **more: str) -> str:
    pairs: list[tuple[str, str]] = [("service", code) for code in asked.services]
    pairs += [("q", asked.text)] if asked.text else []
    pairs += [("open", "1")] if asked.open_now else []
    if asked.point:
        pairs += [("lng", f"{asked.point[0]:.5f}"), ("lat", f"{asked.point[1]:.5f}")]
    return urlencode(pairs + list(more.items()))


def _shown(found: FoundStation, point: Point | None) -> dict[str, Any]:
    station = found.station
    metres = found.metres
    if metres is None and point and station.located and station.lng is not None and station.lat is not None:
        metres = haversine_m(*point, station.lng, station.lat)
    state = "unknown" if not station.hours.known else {True: "open", False: "closed", None: "unsure"}[found.open]
    return {
        "code": station.code,
        "name": station.name,
        "kind": SITE_KINDS[station.site_kind] if station.site_kind else STATION_CATEGORIES[station.category],
        "demo_site": station.demo_site,
        "demo": station.demo,
        "located": station.located,
        "metres": metres if station.located else None,
        "address": (station.address or "").replace("（示例数据）", "") if station.located else "",
        "state": state,
        "hours": station.hours.shown,
        "services": found.service_names,
        "walk": station.map_link,
        "ride": station.ride_link,
    }


# -- the search ----------------------------------------------------------------------------------------------


async def _listing(request: web.Request, asked: Asked) -> Listing:
    services = request.app[SERVICES]
    wanted = Wanted(services=asked.services, open_at=services.clock.now() if asked.open_now else None)
    chosen = None
    if asked.station:
        try:
            chosen = await services.stations.get(asked.station)
        except NotFound:
            return await _by_place(request, asked, wanted, "这个驿站没有查到，可能已经停用。")
        if not asked.point and not asked.text:
            return Listing((), False, "", chosen=chosen)
    found = await _by_place(request, asked, wanted)
    return Listing(found.items, found.more, found.headline, found.from_, found.point, found.choices, chosen)


async def _by_place(request: web.Request, asked: Asked, wanted: Wanted, note: str = "") -> Listing:
    stations = request.app[SERVICES].stations
    if asked.bad_point:
        note = "这个位置不在昆山。可以输入昆山的地名来找。"
    if asked.text:
        return await _by_text(request, asked, wanted)
    if asked.point:
        found = await stations.search(asked.point, wanted, limit=asked.shown)
        return Listing(found.items, found.more, _nearest("您", found), "您", asked.point)
    found = await stations.listed(wanted, limit=asked.shown)
    headline = note or f"共 {found.total} 个驿站。点“我的位置”或输入地名，由近到远排。"
    return Listing(found.items, found.more, headline)


async def _by_text(request: web.Request, asked: Asked, wanted: Wanted) -> Listing:
    stations = request.app[SERVICES].stations
    named = await stations.mentioned(asked.text)
    match = gazetteer().resolve(asked.text) if named is None else None
    if match is None:
        found_by_name = await stations.named(asked.text if named is None else named.station.name, asked.shown)
        if found_by_name:
            return Listing(found_by_name, False, f"名字里有“{asked.text}”的驿站", point=asked.point)
        return Listing((), False, f"没有找到“{asked.text}”。换个说法试试，如镇名、村名、路名、地铁站。")
    if match.place is None:
        return Listing((), False, f"“{asked.text}”有几处，您说的是哪一处？", choices=match.candidates)
    place = match.place
    try:
        found = await stations.at_place(place, wanted, limit=asked.shown)
    except OutsideKunshan:
        return Listing((), False, f"{place.name}不在昆山，这里只有昆山的驿站。")
    except PlaceUnknown:
        return Listing((), False, f"{place.label}没有公布准确位置，量不出远近。换个附近的地名试试。")
    headline = _nearest(place.label, found)
    if place.approximate:
        headline += "（地名位置是大致的，距离仅供参考）"
    return Listing(found.items, found.more, headline, place.name, place.point)


def _nearest(where: str, found: StationPage) -> str:
    if not found.items:
        return "没有符合条件的驿站。去掉一两个条件再看。"
    return f"离{where}最近的驿站（直线距离）"


def link(values: Mapping[str, str]) -> str:
    """The path that opens the map so: `station`, or `lat` and `lng` in WGS-84 degrees."""
    return f"{PATH}?{urlencode(values)}"
