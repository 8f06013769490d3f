"""Finding a micro-home of the “骑手姐姐” or a library station, as other places are found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import Choice, Heard, say
from bot.actions.finding import PAGE, FindAction
from bot.actions.last_search import MORE, ORDINALS, Where
from bot.actions.opening import When
from bot.actions.places import DEMO_NOTE, address_line, address_zh
from bot.geo.distance import distance_zh, haversine_m
from bot.knowledge.topics import payload
from bot.services.errors import NotFound
from bot.services.sites import Site, SiteDirectory

_FIRST_WORDS = r"哪(?:里|儿|几|个|些|有)|附近|最近|地址|怎么(?:走|去)|离我|位置"


def _do(topic: str) -> frozenset[tuple[str, str]]:
    return frozenset((topic, do) for do in ("near", MORE, *ORDINALS))


class FindSite(FindAction):
    """Base: a page of sites with distance and services, and one in full."""

    service_names: ClassVar[Mapping[str, str]] = {}
    more_choices: ClassVar[tuple[Choice, ...]] = ()

    def directory(self) -> SiteDirectory:
        raise TypeError(f"{type(self).__name__} has no directory")

    async def page(
        self, dispatcher: CollectingDispatcher, heard: Heard, where: Where, wanted: dict[str, Any], skip: int
    ) -> Sequence[str]:
        found = await self.directory().find(where.point, limit=PAGE, skip=skip)
        if not found:
            text = "没有更多了。" if skip else f"还没有登记{self.noun}，可以打 12345 问。"
            say(dispatcher, text, self.more_choices)
            return ()
        lines = [f"离{where.label}最近的{self.noun}："]
        for number, one in enumerate(found, 1):
            site = one.row
            services = "、".join(self.service_names[each] for each in site.services if each in self.service_names)
            lines.append(
                f"{number}. {site.name}，{distance_zh(one.metres)}，{address_zh(site.address)}"
                + (f"；{services}" if services else "")
            )
        if any(one.row.demo for one in found):
            lines.append(DEMO_NOTE)
        choices = [*self.pointing(len(found)), ("还有别的吗", f"/{self.topic}:{MORE}"), *self.more_choices]
        links = [
            {"title": f"{number}. {one.row.name}", "url": one.row.map_link}
            for number, one in enumerate(found, 1)
            if one.row.map_link
        ]
        say(dispatcher, "\n".join(lines), choices, custom={"links": links} if links else None)
        return [one.row.code for one in found]

    async def opening(self, code: str, when: When | None, heard: Heard) -> tuple[str, str, bool] | None:
        try:
            site = await self.directory().get(code)
        except NotFound:
            return None
        return site.name, site.hours or "时间没有公布，去之前先问", site.demo

    async def detail(self, dispatcher: CollectingDispatcher, heard: Heard, code: str, where: Where | None) -> None:
        try:
            site = await self.directory().get(code)
        except NotFound:
            say(dispatcher, "这个点查不到了，换一个吧。", self.more_choices)
            return
        links = [{"title": f"地图：{site.name}", "url": site.map_link}] if site.map_link else []
        text = self._text(site)
        if where is not None and site.lng is not None and site.lat is not None and site.map_link:
            metres = haversine_m(*where.point, site.lng, site.lat)
            away = f"{site.name}，离{'您' if where.here else where.label}{distance_zh(metres)}（直线）"
            text = text.replace(site.name, away, 1)
        say(dispatcher, text, self.more_choices, custom={"links": links} if links else None)

    def _text(self, site: Site) -> str:
        services = "、".join(self.service_names[each] for each in site.services if each in self.service_names)
        lines = [
            site.name,
            address_line(site.address),
            f"时间：{site.hours or '未公布，去之前先问'}",
            f"服务：{services or '以现场为准'}",
        ]
        if site.map_link:
            lines.append("点下面的链接打开地图导航。")
        if site.demo:
            lines.append(DEMO_NOTE)
        return "\n".join(lines)


class ActionFindMicroHome(FindSite):
    action_name = "action_find_micro_home"
    topic = "women/what_is"
    noun = "妇女微家"
    buttons: ClassVar[frozenset[tuple[str, str]]] = _do("women/what_is")
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", rf"微家.{{0,10}}(?:{_FIRST_WORDS}|在哪)|(?:{_FIRST_WORDS}).{{0,8}}微家"),
    )
    service_names: ClassVar[Mapping[str, str]] = {
        "screening": "两癌筛查",
        "family": "亲子活动",
        "tutoring": "家教指导",
        "mental_care": "心灵关爱",
    }
    more_choices: ClassVar[tuple[Choice, ...]] = (payload("join_alliance"),)

    def directory(self) -> SiteDirectory:
        return self.services.women.homes


class ActionFindLibrary(FindSite):
    action_name = "action_find_library"
    topic = "culture/library"
    noun = "图书馆爱心驿站"
    buttons: ClassVar[frozenset[tuple[str, str]]] = _do("culture/library")
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (("culture/library", _FIRST_WORDS),)
    service_names: ClassVar[Mapping[str, str]] = {
        "borrowing": "借书",
        "salon": "读者沙龙",
        "family": "亲子教育",
        "mental_care": "心理疏导",
    }
    more_choices: ClassVar[tuple[Choice, ...]] = (payload("culture/library"),)

    def directory(self) -> SiteDirectory:
        return self.services.culture.libraries
