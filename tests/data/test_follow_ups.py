"""Short questions about the topic just answered: which line each asks for, and what looks like one and is none."""

from __future__ import annotations

import pytest

from bot.dialogue.follow_ups import asked
from bot.knowledge.follow_ups import follow_ups

CERT, TEST, CAR = "hospital/health_cert", "hospital/hp_test", "bank/car_loan"
TOUR, CARD, HER, SCREEN = "culture/tour_card", "culture/discount_card", "women/what_is", "women/screening"

ASKED = {
    CERT: {
        "cost": "要钱不|收不收费|多少钱啊|那贵不贵|是免费的不|办一个几块钱|要不要交钱",
        "bring": "要带啥|需要准备什么材料|带什么证件|要带身份证不|用不用带照片",
        "ready": "多久拿到|几天能拿证|啥时候出证|当天能拿到吗|能加急不",
        "hepatitis": "乙肝能办吗|我是乙肝|小三阳呢|大三阳可以办不",
        "proxy": "代办行不|能找人代办吗|别人替我去行吗|网上能办不|能不能不去",
        "outside": "外地户口呢|我外地的能办吗|不是昆山人可以不|没社保行不行",
        "expired": "过期了还能跑单不 会罚钱不|过期了咋办|没证还能接单吗",
        "often": "一年要办几次|几年一次|每年都要办吗",
        "crowd": "众包能办吗|我是兼职的",
    },
    TEST: {
        "cost": "要钱吗|免费的吗|那要不要钱|多少钱",
        "ready": "啥时候出结果|几天出结果|结果多久出来",
        "fasting": "要空肚子不|空腹吗|能吃早饭吗|能喝水不|吃了饭能查吗",
        "medicine": "我前两天刚吃了头孢 能做吹气吗|刚吃了消炎药|在吃胃药能查不|要停药吗",
        "left": "还剩多少份|还有名额没|还有几个名额",
        "family": "家属能做吗|我老婆能查吗|孩子可以不",
    },
    CAR: {
        "pawn": "要押绿本吗|押不押绿本|要抵押吗|要担保不",
        "kind": "面包车呢|二手的行不行|电动车可以吗|货车能办不",
        "rate": "利率多少|利息呢",
        "down": "首付多少|首付几成",
        "howlong": "多久批下来|几天能放款",
    },
    "bank/insurance": {
        "cost": "多少钱一个月|多少钱|贵不贵",
        "cover": "保啥|摔了赔不|能赔多少|撞人了赔吗",
        "family": "我老婆能买吗",
    },
    "bank/mobile_banking": {"wage": "工资能发那里不|工资能打到这张卡上吗", "lost": "卡丢了咋办"},
    TOUR: {
        "orders": "要跑多少单|我跑了一万单了|跑了八千单够不够|多少单才够",
        "again": "去年没评上今年还有机会不|没评上明年还能评吗|还有机会吗",
        "place": "能去周庄不|都有哪些景点|可以去哪",
        "family": "我老婆能用吗|能带家人吗",
        "how": "咋领|怎么评|自己报还是单位推",
    },
    CARD: {
        "how": "怎么领|去哪里领|咋领的|怎么申请",
        "food": "那吃饭呢|吃饭能用不",
        "shop": "万达能用不|哪家影院都行吗|金鹰呢",
        "count": "能用几次|一次能买几张",
        "family": "老婆能一起用吗",
    },
    HER: {
        "men": "我是男的能进不|男的能加入吗|男骑手能参加不|我是男的",
        "activity": "有啥活动|都有什么活动|最近有活动吗|有啥福利",
        "cost": "要钱吗|收费不",
        "how": "那个群怎么进|怎么加入",
    },
    SCREEN: {
        "often": "多久一次|几年一次|多久能查一次",
        "under_35": "我33岁能查不|二十九岁行吗|我今年30",
        "35_64": "四十二岁呢|我妈60岁能查吗|35岁可以不",
        "over_64": "65岁能报吗|我婆婆七十岁|我妈六十八了能去不",
        "period": "来例假能查吗|来例假了咋办|大姨妈来了行不行",
        "fasting": "要空腹吗|能吃早饭不",
        "men": "男的能查吗",
    },
    "hospital/location": {
        "phone": "电话多少|有没有电话",
        "far": "我在周庄过去多远|远不远|过去要多久",
        "parking": "停车方便不|能停车吗",
        "floor": "去几楼",
    },
}


@pytest.mark.parametrize(("topic", "key"), [(topic, key) for topic, keys in ASKED.items() for key in keys])
def test_each_way_of_asking_gets_its_line(topic: str, key: str) -> None:
    missed = [text for text in ASKED[topic][key].split("|") if key not in [line.key for line in asked(topic, text)]]
    assert missed == []


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        (CERT, "驿站要钱吗"),
        (CERT, "老板要钱"),
        (CERT, "站长不给钱"),
        (CERT, "还我钱"),
        (CERT, "仲裁要带啥"),
        (CERT, "工资多久能拿到"),
        (CERT, "约明天上午"),
        (CERT, "好的谢谢"),
        (CERT, "押金要多少钱"),
        (TEST, "我吃了一瓶安眠药"),
        (TEST, "饭卡丢了"),
        (TEST, "门诊要钱吗"),
        (CAR, "车被交警扣了"),
        (CAR, "车丢了"),
        (CAR, "我被面包车撞了"),
        ("bank/insurance", "我摔断了腿 站长不管"),
        ("bank/mobile_banking", "工资没发到卡上"),
        ("bank/mobile_banking", "钱被转走了"),
        (TOUR, "站长扣我一百单"),
        (CARD, "饭都吃不上"),
        (HER, "有个男的跟着我"),
        (HER, "男的打我"),
        (SCREEN, "我33了还没结婚 老板欠我钱"),
        (SCREEN, "工资3500"),
        ("hospital/location", "电话打不通老板"),
    ],
)
def test_what_says_more_is_no_follow_up(topic: str, text: str) -> None:
    assert asked(topic, text) == ()


def test_two_questions_in_one_get_both_lines() -> None:
    assert [line.key for line in asked(CERT, "要带啥 要钱不")] == ["cost", "bring"]


def test_too_many_at_once_is_for_the_whole_answer() -> None:
    assert asked(CERT, "要带啥 要钱不 多久拿到 外地户口呢") == ()


def test_every_line_can_be_asked_for() -> None:
    assert len(follow_ups()) > 15
    for row in follow_ups().values():
        assert {key for key, _ in row.asks} == set(row.lines)
