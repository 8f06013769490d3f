"""The kinds of danger, and who may do something to whom."""

from __future__ import annotations

from typing import Literal

Danger = Literal[
    "violence", "home_violence", "wounded", "home_wounded", "threat", "followed", "assault", "harassment", "harm_others", "despair",
    "other_suicide", "poison", "poison_other", "fire", "battery", "gas", "heart", "heart_other", "convulsion", "burn",
    "drowning", "choking", "electric", "missing", "fraud", "card_theft",
]  # fmt: skip

ASIDE: frozenset[Danger] = frozenset({"fraud", "card_theft", "harassment"})
"""To be answered at once, but no cry for help: a running form waits and goes on."""
OF_DESPAIR: frozenset[Danger] = frozenset({"harm_others", "despair", "other_suicide"})
"""Of the topic crisis: a human is called."""

KIN = (
    "老公|丈夫|我男人|孩子他?爸|老婆|媳妇|对象|爱人|男朋友|女朋友|男友|女友|前夫|前妻|前任|前男友|前女友|婆婆|公公|岳父|岳母|丈母娘|继父|后爸|"
    "爸爸?|妈妈?|我哥|我弟|我姐|我妹|小舅子|大伯子"
)
CHILD = "孩子|娃|小孩|儿子|女儿|闺女|宝宝|宝贝|孙子|孙女|外甥|侄子"
OTHER = (
    "客户|客人|顾客|买家|收货人|商家|商户|老板娘?|店家|店员|站长|队长|主管|领班|调度|组长|经理|领导|保安|门卫|同事|工友|骑手|小哥|路人|司机|车主|"
    "房东|邻居|室友|朋友|哥们|兄弟|闺蜜|老乡|徒弟|师傅|"
    "醉汉|酒鬼|混混|流氓|歹徒|男的|女的|男人|女人|陌生人|有人|别人|人家|对方|他们|她们|他(?!妈的)|她|那人|那个人|这人|一群人|一帮人|几个人|大爷|"
    "大妈|大叔|阿姨|老头"
)
WHO = f"(?:{KIN}|{CHILD}|{OTHER})"
BOSS = "(?:站长|老板|队长|主管|领班|调度|组长|经理|领导|同事|师傅|房东)"
