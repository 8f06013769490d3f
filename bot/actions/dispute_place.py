"""Where a dispute belongs: the place of work among the places of a story, and what to say when it is not in Kunshan.

A place outside Kunshan is held as `{"outside": name, "works": bool}` until the rider has heard that the windows here
may not be the right ones and says what to do; then the slot is words again, as for any other place. Where only the
firm's name points elsewhere (苏州迅捷劳务) it carries `"firm": True`: then it is asked where the work is, no more.
"""

from __future__ import annotations

import re
from typing import Any

from bot.actions.base import Choice, Heard
from bot.actions.form_fields import SKIPPED, Question
from bot.geo.places import gazetteer
from bot.language import read_yes_no

NOT_HERE = "（不在昆山）"  # after the name of a place in a ticket that the rider wanted registered all the same
CITY = "昆山"  # works in Kunshan, nobody knows in which town

_WORK = r"跑(?!到|去|来|了|路)|上班|送|干活|干(?!嘛|啥|什么)|做工|做事|打工|开车|拉货|拉活|接单|直播|配送"
_LIVES_BEFORE = re.compile(r"(?:住|家|老家|户口|户籍|来自|租房子?|搬)(?:是|在|到)?\s*$|(?:从|回)\s*$")
_LIVES_AFTER = re.compile(r"(?:人|户口|户籍|那?边?过来|来的|住)(?!家公司)")
_WORKS_BEFORE = re.compile(r"(?<!住)(?<!家)(?:在|跑|去|到|给)\s*$")
_WORKS_AFTER = re.compile(rf"[^\s，,。；;住]{{0,6}}?(?:{_WORK}|站(?!长)|站点|门店|仓)")
_WORKS_IN_KUNSHAN = re.compile(
    rf"(?<![住家不没])(?<!不是)在昆山(?!住|租|的?家)|(?<!不在)(?<!没在)(?<!不是)昆山[^\s，,。；;在住]{{0,4}}(?:{_WORK}|站|公司|单位|平台)"
)
_NOT_IN_KUNSHAN = re.compile(r"(?:不|没|不是)在(?:昆山|[的了]?$)")
_IN_KUNSHAN = re.compile(r"(?<![住家])在昆山|^昆山|^在[的呀啊]?$")
# as a firm's name begins; not 上海路站点, nor what is only called after a city of the same letters
_CITY_OF_FIRM = re.compile(
    r"(?:江苏|浙江|安徽|江苏省|浙江省|安徽省)?(苏州|上海|太仓|常熟|张家港|吴江|无锡|江阴|宜兴|常州|南京|南通|扬州|镇江|泰州|盐城|淮安|宿迁|徐州"
    r"|连云港|杭州|宁波|嘉兴|湖州|绍兴|合肥|温州|金华|台州|义乌|芜湖|北京|天津|深圳|广州"
    r"|东莞|佛山|武汉|成都|重庆|郑州|西安|济南|青岛|长沙|南昌|福州|厦门|昆明|石家庄|太原|沈阳|大连|哈尔滨)(?!.{0,2}[路街道]|小吃|菜|面馆)"
)
_ALL_THE_SAME = re.compile(r"照样|还是(?:登|报|办)|先登|(?<!不)登记[吧了上]?$|登吧|报吧|无所谓|那也(?:登|办|报)")


def outside_of(value: Any) -> str | None:
    """The name of a place outside Kunshan about which the rider has not decided yet."""
    return str(value["outside"]) if isinstance(value, dict) and value.get("outside") else None


def is_far(value: Any) -> bool:
    """Whether the rider told of a place elsewhere, not only of a firm that is called after one."""
    return outside_of(value) is not None and not value.get("firm")


def is_outside(words: str | None) -> bool:
    """Whether a place a ticket holds lies surely outside Kunshan."""
    place = gazetteer().resolve(words) if words else None
    return place is not None and place.outside


ELSEWHERE_PLACE = f"别处{NOT_HERE}"
ELSEWHERE = "上班不在昆山，能不能在这边办，由窗口答复您；不能办就要找那边，别干等。"


def shown(value: Any) -> str:
    if outside_of(value) and not is_far(value):
        return "还没说"
    return outside_of(value) or str(value)


def workplace(heard: Heard) -> Any:
    """Words for a place of work in Kunshan, `{"outside": …}` for one elsewhere, None when no place of work is told.

    Where someone lives or comes from is none; a firm's seat counts only where nothing says where the work is.
    """
    here: list[tuple[bool, str]] = []
    away: list[tuple[bool, str]] = []
    for entity in heard.all("place"):
        words = heard.words_of(entity)
        start, end = entity.get("start"), entity.get("end")
        before = heard.text[:start] if isinstance(start, int) else ""
        after = heard.text[end:] if isinstance(end, int) else ""
        if _LIVES_BEFORE.search(before) or _LIVES_AFTER.match(after):
            continue
        works = bool(_WORKS_BEFORE.search(before) or _WORKS_AFTER.match(after))
        place = gazetteer().resolve(words)
        if place is not None and place.outside and after[:1] in ("路", "街"):
            continue  # 上海路
        (away if place is not None and place.outside else here).append((works, words))
    for works, words in sorted(here, key=lambda place: not place[0]):
        if works or not any(there for there, _ in away):
            return words
    if not away:
        return (
            CITY
            if here == [] and re.search(r"(?<![住家不没])(?<!不是)在昆山(?:上班|跑|送|干|做)", heard.text)
            else None
        )
    works, words = max(away, key=lambda place: place[0])
    if _WORKS_IN_KUNSHAN.search(heard.text):
        return words if works else CITY  # the firm is of Kunshan, or the work is there
    return {"outside": words, "works": works}


def decided(heard: Heard, held: Any, told: Any = None) -> str | None:
    """The place once the rider has answered `outside_question`; None when this is no answer to it.

    `told`: the place that `workplace` reads in the answer.
    """
    name = outside_of(held)
    if name is None:
        return None
    if held.get("firm"):
        return _decided_of_firm(heard, told)
    if heard.do == "kunshan" or _WORKS_IN_KUNSHAN.search(heard.text):
        return CITY
    if read_yes_no(heard.text) is False or re.search(r"不(?:登|办|报|用|弄)", heard.text):
        return None
    yes = heard.do == "anyway" or heard.text == "/affirm" or read_yes_no(heard.text) is True
    return f"{name}{NOT_HERE}" if yes or _ALL_THE_SAME.search(heard.text.strip()) else None


def of_firm(firm: str, told: str) -> dict[str, Any] | None:
    """What is held when a firm's name begins with another city and nothing in `told` puts the work in Kunshan."""
    found = _CITY_OF_FIRM.match(firm)
    here = "昆山" in firm or any(not place.outside for place in gazetteer().find_places(firm))
    if found is None or here or _WORKS_IN_KUNSHAN.search(told):
        return None
    return {"outside": found[1], "works": False, "firm": True}


def _decided_of_firm(heard: Heard, told: Any) -> str | None:
    """The answer to "您上班的地方在昆山吗"."""
    if heard.do == "unsure_where":
        return SKIPPED
    if isinstance(told, dict):
        return f"{told['outside']}{NOT_HERE}"
    if heard.do == "elsewhere" or _NOT_IN_KUNSHAN.search(heard.text):
        return ELSEWHERE_PLACE
    if heard.do == "kunshan" or _IN_KUNSHAN.search(heard.text):
        return CITY
    verdict = {"/affirm": True, "/deny": False}.get(heard.text, read_yes_no(heard.text))
    return None if verdict is None else CITY if verdict else ELSEWHERE_PLACE


def outside_question(value: Any) -> Question:
    """What is known about who is in charge (劳动保障监察条例 Art 13, 劳动争议调解仲裁法 Art 21), and the choice."""
    name = outside_of(value)
    if name is None:
        return Question("在哪个区镇上班？")
    if not is_far(value):
        return Question(
            f"单位名字是“{name}”开头的，问一句：您上班的地方在昆山吗？不在也照样登记，只是让窗口知道归哪边管。",
            (("在昆山上班", "/inform:kunshan"), ("不在昆山", "/inform:elsewhere"), ("说不准", "/inform:unsure_where")),
        )
    here: tuple[Choice, ...] = () if value.get("works") else (("我在昆山上班", "/inform:kunshan"),)
    return Question(
        f"先说清楚：{name}不在昆山，昆山的窗口不一定管得了。劳动监察找干活所在的县市（劳动保障监察条例第13条），"
        "仲裁找干活的地方或单位所在地（劳动争议调解仲裁法第21条）。归哪边管，可以打 12333 或 12345 问。\n"
        "要在昆山照样登记吗？登记了，能不能办由窗口答复您。",
        (("照样登记", "/inform:anyway"), *here, ("不用了", "/stop")),
    )
