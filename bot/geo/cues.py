"""Words around a place name that say "this is a place": the context in which a doubtful surface may count.

"八成" is a share, "签到" a check-in, "前灯" a headlight; in "我在八成那边" the first is 巴城 heard wrongly.
Positions are offsets into normalised text (see :func:`normalise`), which has the length of the original.
"""

from __future__ import annotations

TRAILING = (
    "附近", "那边", "这边", "旁边", "周边", "边上", "周围", "那里", "这里", "这儿", "那儿", "那块", "这块", "那头", "这头",
    "那片", "这片", "一带", "门口", "对面", "跟前", "边边", "嘎达", "那旮", "镇上", "街上", "老街", "镇里", "村里", "地铁站",
)  # fmt: skip
"""What follows a place: "…附近", "…那边"."""

_LEADING = ("在", "到", "去", "往", "从", "离", "距", "住", "靠近", "位于", "定位", "路过", "经过", "挨着", "临近")
_NOT_LEADING = (
    "现在", "正在", "存在", "实在", "好在", "自在", "充到", "达到", "得到", "收到", "感到", "看到", "遇到", "受到", "直到",
    "迟到", "签到", "拿到", "轮到", "提到", "说到", "涨到", "降到", "跌到", "打到", "想到", "失去", "脱离", "记住", "抓住",
    "堵住", "往往", "挣到", "做到", "干到", "扣到", "电到", "没到", "掉到", "剩到", "用到", "升到",
)  # fmt: skip
_MAY_FOLLOW = frozenset("有哪怎的能找呢啊呀吧吗嘛哈这那附旁边要想上送跑干做等歇没被出就和跟离周镇街东南西北，。？！,.?!;；、 \t\n")

_FOLD = {
    "崑": "昆", "橋": "桥", "張": "张", "陸": "陆", "鎮": "镇", "燈": "灯", "莊": "庄", "錦": "锦", "開": "开", "發": "发",
    "區": "区", "廣": "广", "場": "场", "鐵": "铁", "車": "车", "園": "园", "館": "馆", "醫": "医", "鄉": "乡", "灣": "湾",
    "綠": "绿", "東": "东", "長": "长", "陽": "阳", "門": "门", "興": "兴", "華": "华", "龍": "龙", "聯": "联", "馬": "马",
    "豐": "丰", "樂": "乐", "寶": "宝", "雙": "双", "會": "会", "國": "国", "際": "际", "業": "业", "慶": "庆", "衛": "卫",
    "邊": "边", "這": "这", "裡": "里", "裏": "里", "從": "从", "離": "离", "線": "线", "號": "号", "蘇": "苏", "滬": "沪",
    "術": "术", "藝": "艺", "劇": "剧", "體": "体", "學": "学", "圖": "图", "書": "书", "繡": "绣", "鶯": "莺", "鷹": "鹰",
    "嶺": "岭", "濱": "滨", "潤": "润", "達": "达", "萬": "万", "匯": "汇", "軟": "软", "後": "后", "驛": "驿", "銀": "银",
}  # fmt: skip


def normalise(text: str) -> str:
    """Lower case, half width, simplified: one character for one, so that offsets stay those of ``text``."""
    return "".join(map(_normal_char, text))


def _normal_char(char: str) -> str:
    if char < "\x7f":
        return char.lower() if "A" <= char <= "Z" else char
    code = ord(char)
    if 0xFF01 <= code <= 0xFF5E:
        return _normal_char(chr(code - 0xFEE0))
    return " " if code == 0x3000 else _FOLD.get(char, char)


def trailing_cue(text: str, end: int) -> bool:
    """Does a word such as 附近 stand right after offset ``end``?"""
    return text.startswith(TRAILING, end)


def leading_cue(text: str, start: int) -> bool:
    """Does a word such as 在 stand right before offset ``start``, in its local sense?"""
    head = text[max(0, start - 2) : start]
    return head.endswith(_LEADING) and not head.endswith(_NOT_LEADING)


def in_place_context(text: str, start: int, end: int) -> bool:
    """Is ``text[start:end]`` used as a place: 在 X, X 附近, 到 X 怎么走?"""
    if trailing_cue(text, end):
        return True
    return leading_cue(text, start) and (end == len(text) or text[end] in _MAY_FOLLOW)


def strip_cues(name: str) -> str:
    """The name without 我在 / 附近 and the like around it, for a value that is said to be a place."""
    name = name.strip(" ，。？！,.?!;；、\t\n")
    for word in ("我现在在", "我人在", "我就在", "我在", "人在", "就在", "在", "到", "去", "靠近"):
        if name.startswith(word) and len(name) > len(word) + 1:
            name = name[len(word) :]
            break
    for word in TRAILING[:-1]:
        if name.endswith(word) and len(name) > len(word) + 1:
            return name[: -len(word)]
    return name
