"""The words of days, weeks, months and years: what `time_dates` reads with.

Every quantifier is bounded, so no text makes these slow.
"""

from __future__ import annotations

import re

from bot.language.time_clock import JOIN, NUMERAL, N

MONTH_N = r"(?:[0-9]{1,2}|[〇零一二三四五六七八九十]{1,3})"
YEAR_WORDS = {
    "大前年": -3,
    "前年": -2,
    "去年": -1,
    "上一年": -1,
    "旧年": -1,
    "今年": 0,
    "本年": 0,
    "明年": 1,
    "来年": 1,
    "后年": 2,
}
THIRDS: dict[str, tuple[int, int]] = {
    "初": (1, 10),
    "上旬": (1, 10),
    "中": (11, 20),
    "中旬": (11, 20),
    "底": (21, 31),
    "末": (21, 31),
    "下旬": (21, 31),
}
Y4 = r"(?:(?:19|20)\d{2}|[一二][九零〇][〇零一二三四五六七八九]{2})"
THIRD = r"初(?![一二三四五六七八九十])|中旬|上旬|下旬|底(?!薪)|末|中(?![秋午介心间文国])"
REL_YEAR = "|".join(f"{word}(?!级)" for word in YEAR_WORDS)
FULL = re.compile(
    rf"(?P<y>{Y4}|\d{{2}}) ?年 ?(?P<m>{MONTH_N}) ?月份?(?: ?(?P<d>{MONTH_N}) ?(?:[号日]|(?!\d|"
    rf"[{NUMERAL}个]))|(?P<third>{THIRD}))?"
)
NUMERIC = re.compile(
    r"(?P<y>(?:19|20)\d{2})(?P<s>[-/.年])(?P<m>\d{1,2})(?:[-/.月])(?P<d>\d{1,2})(?:[号日]|(?!\d|[-/.]\d))"
)
COMPACT = re.compile(r"(?P<y>20\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?![\d\-]|[元块万千])")
MONTH = re.compile(
    rf"(?:(?P<ry>{REL_YEAR})的?)?(?:(?P<m0>{MONTH_N})(?P<join>{JOIN}|、))?(?P<m>{MONTH_N}) ?月份?(?!个)"
    rf"(?: ?(?P<d>{MONTH_N})(?:{JOIN}(?P<d2>{MONTH_N}))? ?(?:[号日](?!线|楼|院)|"
    rf"(?![{NUMERAL}个点年天月块元:.]))|(?P<third>{THIRD}))?"
)
LUNAR = re.compile(
    rf"(?:农历|阴历|旧历)(?:的?{REL_YEAR})?(?:闰?{N}|正|冬|腊)?月?(?:初?{N})?|(?:{N}|正|冬|"
    rf"腊)月(?:初[一二三四五六七八九十]{{1,2}}|大?年三十)|[正冬腊]月(?:{N}|里|间|底|初|中)?|"
    r"八月十五|五月初?五|七月七|九月九(?!号|日)|三月三(?!号|日|十)|初[一二三四五六七八九十]|"
    r"二十[四三](?:小年)|小年|腊八(?![蒜豆粥醋])"
)
YEAR = re.compile(
    rf"(?P<rel>{REL_YEAR})(?P<part>年?底|年?初|上半年|下半年|年?末)?|(?P<y>{Y4})年(?P<part2>底|初|上半年|"
    rf"下半年)?(?!\d|[{NUMERAL}]+月)|(?P<alone>年底|年末|年初|上半年|下半年)"
)
REL_MONTH = re.compile(
    r"(?P<rel>(?:[上下]{1,3}一?个?|这一?个?|本|当|"
    rf"次)月)(?:份)?的?(?:(?P<d>{N})(?:{JOIN}(?P<d2>{N}))?[号日]|(?P<third>{THIRD}))?|"
    r"(?P<alone>月[底初末中](?!薪|秋))"
)
POINTED = re.compile(
    r"(?P<m>1[0-2]|0?[1-9])(?P<s>[./\-])(?P<d>3[01]|[12]\d|0?[1-9])"
    r"(?P<sign>[号日]|(?!\d|(?P=s)\d|[./:]\d|[个元块万千kw%折点人单米]|小时|公里))"
)
POINTED_COMPANY = re.compile(rf" ?(?:上午|下午|早上|晚上|\(?周|\(?星期|礼拜)|{JOIN}\d{{1,2}}[./]\d{{1,2}}[号日]")
# 约门诊 12.3, 12.3有号吗: beside these a point is no decimal one.
BOOKED_BEFORE = re.compile(
    r"(?:门诊|健康证|幽门|吹气|呼气|体检|挂号|看病|复查|上牌|专窗|预约|约号)(?:的|在|到|是|约|,| ){0,2}$"
)
BOOKED_AFTER = re.compile(
    r" ?(?:的 ?)?(?:能不能约|能约|可以约|有没有号|还有号|有号|有没有空位|有空位|想约|要约|约(?!\d)|挂(?!\d)|门诊|健康证|查?幽门|体检|那天)"
)
BOOKED_END = re.compile(r"$|[ ,。?!]|[吧能可行的约去有上下中早晚来好成]")
BOOKED_WITHIN = 100
"""Days from today within which such a date lies: further off nothing can be booked, and 9.30 is an hour."""
IMPOSSIBLE = re.compile(rf"(?:{N} ?月份? ?{N} ?[号日]?|{N}[点:]\d{{0,2}})")
# 改到12.8: after these a point or dash stands between month and day.
MOVED_TO = re.compile(r"(?:改|约|换|挪|推|排|定|提前|延)[到在成个]?$")
DAY_NUMBER = re.compile(
    rf"(?:(?P<d0>{MONTH_N})(?P<sign0>[号日])?{JOIN})?(?P<d>{MONTH_N})(?:号|日)(?!线|楼|院|店|门|口|库|仓|"
    r"桥|路|机|码|车|馆|台|窗|公路|栋|厂|站|位|床|员|桩|柜|技师|选手|项目|那种|文件|附近|位置|\d)"
)
WEEK = re.compile(
    r"(?P<rel>[上下]{1,3}一?个?|这一?个?|本|当|次)(?:周(?![市庄边年刊])|星期|礼拜|礼白|星其|"
    r"[州洲舟粥](?=[一二三四五六日天末1-6]))(?:的?(?:周|星期|礼拜)?(?P<d>[一二三四五六日天末七]|"
    r"[1-7](?!\d))(?!个|次|单|[百千万]|十(?!点|[一二三四五六七八九]?[点号]))"
    r"(?P<run>[二三四五六日天]{1,3}(?![点号月个十百千天次节楼院]))?|(?P<third>[初中底]))?"
)
WEEKDAY = re.compile(
    r"(?:周|星期|礼拜|礼白|星其)(?:(?P<two>六[、和]?[日天](?![天期]))|(?P<d>[一二三四五六日天末七]|(?<=拜)两(?!个|天|次)|"
    r"[1-7](?!\d)))(?!个月|[百千万]|十(?![一二]?点))|双休日|(?P<end>周六日)"
)
NAMED_DAYS: tuple[tuple[int, str], ...] = (
    (-3, "大前[天日儿]"),
    (3, "大后[天日儿]"),
    (-2, "前[天日](?![气天])|前儿个?|前个儿"),
    (-1, "昨[天日]|昨儿个?|昨个儿?|[琴寻]日"),
    (0, "今[天日](?!头条)|今儿个?|今个儿?|今朝|当[天日](?![然])|即日"),
    (1, "明[天日]|明儿个?|明个儿?|明朝|[名明][天添田]|[翌听]日"),
    (2, "后[天日](?![天])|后儿个?|后个儿?|后朝|后添"),
)
NAMED = re.compile("|".join(f"(?P<d{offset + 9}>{words})" for offset, words in NAMED_DAYS))
SHORT = re.compile(r"(?P<w>[今明昨前后])(?=[早晚夜晨](?![点会餐饭班高安])|宵|上午|下午|中午|傍晚)")
SHORT_OFFSETS = {"今": 0, "明": 1, "昨": -1, "前": -2, "后": 2}
AGO = re.compile(
    r"(?P<n>\d{1,3}|[几半俩仨]|[一二两三四五六七八九十]{1,3})(?P<some>来|几)?(?P<g>个)?(?P<half>半)?(?P<more>多)?(?P<u>天|"
    r"日|周|星期|礼拜|月|年)(?P<half2>半)?(?P<more2>多)?"
    r"(?:(?P<dir>[以之]?[前后]|过后)(?![面头果台续悔门天日儿途半])|(?P<within>[之以]?内|里头?(?!的|面)))"
)
VAGUE: tuple[tuple[int, int, str], ...] = (
    (2, 3, r"(?:再|等)?过[两二]天"),
    (3, 7, r"(?:再|等)?过几[天日]"),
    (0, 2, r"这[两几]天|这一两天|近[两几]天内"),
    (1, 2, r"明后[两二]?天"),
    (0, 1, r"今明[两二]?天"),
    (-3, -1, r"前(?:[两几][天日]|一?阵子?|些天)|头[两几]天"),
)
VAGUE_RE = re.compile("|".join(f"(?P<v{index}>{words})" for index, (_, _, words) in enumerate(VAGUE)))
# 下周二三四 names three days in a row.
WEEKDAY_RUN = "一二三四五六日"
NOT_BEFORE = {"前": "目之以先提午饭节假眼", "后": "以最然先背之幕今午饭"}
NOT_BEFORE_SHORT = {**NOT_BEFORE, "明": "声说证文聪透表"}
# Every expression of `time_dates` begins with one of these or with a numeral.
DATE_TRIGGERS = (
    "大前昨今当即明名翌后上下这本次周星礼双近头过再等年月农阴旧正冬腊来去小"
    "元新春清五劳端中国圣妇三情除八十一几半俩仨光儿六听翌琴寻"
)
