"""What only sounds like danger, beside what is danger in nearly the same words."""

from __future__ import annotations

import time

import pytest

from bot.dialogue.danger_words import code_is_asked, danger_in
from bot.dialogue.false_alarms import without_false_alarm
from bot.dialogue.hurt_words import is_hurt, names_chest

NOTHING = (
    "同事打架 站长罚我500",
    "我跟站长打架了 他扣我工资",
    "客户投诉我打人 平台封号 其实没打",
    "商家举报我动手打人 停我号三天",
    "客户说要打我 我没去 取消了 平台扣我钱",
    "跟保安打架被辞退了",
    "站长砍了我的奖金 500",
    "站长砍了我绩效300",
    "老板砍了我一半的提成",
    "平台砍我单价",
    "我要弄死这个破手机",
    "真想砸死这台破电脑",
    "老人走失手环有领吗",
    "我爸走丢过 想给他办个旅游年卡",
    "以前孩子走丢过 现在想参加亲子活动",
    "怎么防煤气中毒",
    "一氧化碳报警器哪里领",
    "电动车充电冒烟 已经拔了 没事 驿站报修",
    "老板说弄死也不给我结工资",
    "站长把我头盔打破了",
    "站长把我手机打破了",
    "站长让我把验证码给他 说发工资用",
)
DANGER = {
    "wounded": (
        "站长把我头打破了",
        "保安把我头打破了",
        "站长把我打破头了",
        "客户把我头打破了 平台还扣钱",
        "队长把我鼻子打出血了",
        "老板把我胳膊打断了",
        "商家把我打骨折了",
        "门卫把我打得头破血流",
        "站长砍了我一刀 流血了",
    ),
    "home_wounded": ("老公把我打骨折了", "老公把我打骨折了 现在在医院", "对象把我头打破了", "我男朋友把我打住院了"),
    "violence": (
        "客户骂我 要打我 咋办",
        "商家骂我还要打我 咋办",
        "客户打我 站长还罚我500",
        "同事打架 现在还在打",
        "我跟客户打架了 他还打我",
        "站长打了我 还扣我工资",
    ),
    "missing": ("我爸走丢了", "孩子走失了 手环也没带"),
    "gas": ("一氧化碳报警器一直响", "煤气中毒了"),
    "battery": ("电瓶车冒烟了", "电动车充电冒烟 拔了还在冒"),
    "fraud": ("骗子让我把验证码给他 我给了", "验证码告诉对方了 钱没了"),
}
HURT = (
    "脚被压了 走不了 我在周市 帮我找个歇的地方",
    "腿摔断了 我在花桥 哪有歇的地方",
    "脚崴了 站不起来 附近有驿站吗",
    "昨天撞的 今天头疼想吐 站长还催我上班",
    "前天摔了头 今天一直吐 能约门诊吗",
    "昨天磕到头了 现在头好晕",
    "头撞了一下 看东西有点花",
)
NOT_HURT = (
    "走不动了 帮我找个歇的地方",
    "腿酸 哪有歇的地方",
    "上个月腿摔断了 现在想找个歇的地方",
    "撞了车 赔钱的事头疼",
    "摔了手机 头疼",
    "昨天摔了头盔 今天头疼",
    "客户想吐槽我 撞单了 头疼",
    "腿摔断了算不算工伤",
    "脚被压了 好了 想约复查",
)


@pytest.mark.parametrize("text", NOTHING)
def test_no_danger(text: str) -> None:
    assert danger_in(text) is None


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in DANGER.items() for text in texts])
def test_danger(kind: str, text: str) -> None:
    assert danger_in(text) == kind


@pytest.mark.parametrize("text", HURT)
def test_hurt(text: str) -> None:
    assert is_hurt(text, "find_station")


@pytest.mark.parametrize("text", NOT_HURT)
def test_not_hurt(text: str) -> None:
    assert not is_hurt(text, "find_station")


def test_a_claim_is_no_fresh_wound() -> None:
    assert not is_hurt("送外卖摔断了腿，平台说不管，我该找谁", "open_dispute")
    assert is_hurt("昨天撞了头 今天一直吐 平台还扣我钱", "open_dispute")


def test_a_chest_that_is_not_well() -> None:
    for text in ("胸口闷 想约门诊", "心慌 想约门诊 周二", "这几天胸口疼 挂个号"):
        assert names_chest(text)
    for text in ("扣我钱 心慌", "约门诊 胸牌丢了", "心情闷 约门诊"):
        assert not names_chest(text)


def test_a_code_asked_is_not_a_code_given() -> None:
    assert code_is_asked("站长让我把验证码给他 说发工资用")
    assert code_is_asked("客服叫我把验证码告诉他")
    assert not code_is_asked("客服叫我把验证码告诉他 我已经给了")
    assert not code_is_asked("图书馆WiFi要密码不")


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("跳了几个单 站长罚我", "open_dispute"),
        ("割草的活 老板没给钱", "open_dispute"),
        ("睡过头 醒来发现超时 平台扣50", "open_dispute"),
        ("我想死磕到底 把工资要回来", "open_dispute"),
        ("活太多 干不完 不想活动了", "chitchat"),
        ("爬楼爬到想死 平台不给补贴", "open_dispute"),
        ("跳槽失败 不想活了", "crisis"),
        ("跳单被罚 想跳楼", "crisis"),
        ("割草累了 活着没意思", "crisis"),
        ("想割腕", "crisis"),
        ("睡过头 永远不醒就好了 想死", "crisis"),
        ("想死 平台不给补贴", "crisis"),
        ("死了算了 老板没给钱", "crisis"),
    ],
)
def test_everyday_words_are_no_despair(text: str, topic: str) -> None:
    heard = without_false_alarm(text, {"topic": "crisis", "topic_ranking": [], "intent": {"name": "crisis"}})
    assert heard["topic"] == topic


def test_only_prevention_calms_an_emergency() -> None:
    ranking = [{"name": "emergency", "confidence": 0.9}, {"name": "out_of_scope", "confidence": 0.1}]
    parse = {"topic": "emergency", "topic_ranking": ranking, "intent": {"name": "emergency"}}
    assert without_false_alarm("怎么防煤气中毒", parse)["topic"] == "out_of_scope"
    assert without_false_alarm("怎么防煤气中毒 我老婆现在头晕", parse)["topic"] == "emergency"
    assert without_false_alarm("煤气中毒咋办", parse)["topic"] == "emergency"


def test_no_text_hangs() -> None:
    texts = [
        word * 700
        for word in ("站长把我", "我没伤", "头", "验证码给", "砍了我的", "打架罚我", "摔了头，", "跳了几个单")
    ]
    started = time.process_time()
    for text in texts:
        danger_in(text)
        is_hurt(text, "find_station")
        names_chest(text)
        without_false_alarm(text, {"topic": "crisis", "topic_ranking": []})
    assert time.process_time() - started < 2
