"""Which point of law or traffic a message asks about, and which it only sounds like."""

from __future__ import annotations

import time

import pytest

from bot.evaluation.data import read_training
from bot.knowledge.law_points import law_points
from bot.language.legal import POINTS, find_point, tells_injury, tells_unwell

ASKED = [
    ("撞了 对方要私了 要不要报警", "accident"),
    ("在路口被三轮刮了一下 他说赔我两百 要不要报警", "accident"),
    ("我把人家后视镜碰坏了 怎么办", "accident"),
    ("送餐跟轿车刮了下 没伤着 要报警不", "accident_unhurt"),
    ("电动车刚被汽车追尾了 人没啥事 要打122不", "accident_unhurt"),
    ("出了事故交警还没来 对方催我走 能走吗", "accident"),
    ("车祸对方跑了 我人没事 车坏了", "hit_and_run"),
    ("今天被一个小轿车别倒了 人没事 他开走了", "hit_and_run"),
    ("交警认定我全责 我不服 咋复核", "finding_review"),
    ("事故认定书下来了 说我主责 我觉得不对", "finding_review"),
    ("撞了人家的车 赔了钱 现在他又要 咋办", "settled"),
    ("没戴头盔罚多少", "helmet_fine"),
    ("不戴头盔 罚20还是50", "helmet_fine"),
    ("骑电动车闯红灯罚多少", "fine_general"),
    ("短信叫我点链接交罚款 说我违法三次", "fine_by_link"),
    ("微信有人发链接说我有违章没处理", "fine_by_link"),
    ("我点了那个罚款链接 钱扣走了2000", "fine_link_paid"),
    ("电瓶车被拖了 去哪领", "vehicle_taken"),
    ("我电动车被交警扣了 怎么取", "vehicle_taken"),
    ("非机动车道限速多少", "speed_limit"),
    ("电动车超速了 不是说25吗 咋说15", "speed_limit"),
    ("卸个货二十分钟就给我贴条了 咋整", "parking_ticket"),
    ("怎么投诉交警乱罚款", "police_complaint"),
    ("领头盔哪里有免费的", "free_helmet"),
    ("累计三次 短信说叫我去客运北站 去那学多久", "study_length"),
    ("公司扣身份证合法吗", "id_kept"),
    ("手里有工资欠条 能不能直接起诉", "iou"),
    ("老板跑了 能报警抓他吗", "crime"),
    ("自己辞职有没有补偿", "leave_for_arrears"),
    ("送外卖摔了 医药费谁出", "injury"),
    ("没签合同 能要双倍工资吗", "double_pay"),
    ("说我签的合作协议不算员工 能告吗", "not_employee"),
    ("仲裁下来了公司不给钱怎么办", "award_unpaid"),
    ("不服仲裁怎么办", "award_appeal"),
    ("交警大队在哪", "police_where"),
    ("改装车能上路吗", "may_it_ride"),
    ("那监察呢 能查不", "inspection"),
    ("老板说交两千押金才能上班 能交吗", "compensation_deposit"),
    ("贴条了 多久内要去处理", "parking_ticket"),
    ("电动车在非机动车道能骑多快", "speed_limit"),
]
NOT_ASKED = [
    "顶撞站长 被罚了两百 怎么办",
    "跟老板撞见了 要不要说",
    "公司说这单我全责 我不服",
    "工伤认定不服怎么办",
    "站长说不戴头盔罚我50 合理吗",
    "银行短信让我点链接领积分",
    "扣车费五百 怎么要回来",
    "租的电瓶车被老板收走了 押金不退",
    "网速太慢 限速了吗",
    "哪里能停车卸货不贴条",
    "告诉交警叔叔一声",
    "学历要学多久",
    "体检要带身份证吗 不带能不能查",
    "我朋友借条不还 怎么起诉",
    "外卖超时能赔多少",
    "保险赔不赔",
    "双倍工资的时效是多久",
    "充电器坏了 撞坏的",
    "约后天的门诊",
    "13700001111",
    "租车押金要交吗 合法吗",
    "",
]


@pytest.mark.parametrize(("text", "point"), ASKED)
def test_what_is_asked(text: str, point: str) -> None:
    assert find_point(text) == point


@pytest.mark.parametrize("text", NOT_ASKED)
def test_what_only_sounds_like_it(text: str) -> None:
    assert find_point(text) is None


def test_every_point_has_its_answer() -> None:
    ways = {name for name, _ in POINTS} - {"compensation"}
    assert ways <= set(law_points())


def test_training_lines_of_other_initiatives_ask_no_law() -> None:
    """Other initiatives' own lines keep their answers; `compensation` needs a matter besides its words."""
    others = ("bank/", "culture/", "station/", "school/", "drinks/", "women/", "hospital/", "find_", "book_", "calc_")
    wrong = [
        (line.text, point)
        for line in read_training()
        if line.topic.startswith(others) and (point := find_point(line.text)) not in (None, "compensation")
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "text", ["上周四送单摔了 手骨折 站里不给报工伤", "送货砸了脚 公司不管", "卸货压了手 老板不认工伤"]
)
def test_harm_that_is_told(text: str) -> None:
    assert tells_injury(text)


@pytest.mark.parametrize("text", ["站里不给报工伤怎么办", "老板不给发工资", "手骨折了", "公司不管饭"])
def test_harm_that_is_not_told(text: str) -> None:
    assert not tells_injury(text)


@pytest.mark.parametrize("text", ["我难受 明天能不能看", "明天能不能看 我难受", "肚子疼 想看医生"])
def test_somebody_unwell(text: str) -> None:
    assert tells_unwell(text)


@pytest.mark.parametrize("text", ["心里难受 能不能聊聊看", "难受死了 站长不发工资", "能不能看书", "学校能不能看看"])
def test_nobody_unwell(text: str) -> None:
    assert not tells_unwell(text)


@pytest.mark.parametrize("piece", ["撞", "交警罚", "头盔罚", "链接违章短信", "不给身份证扣", "仲裁不服", "车被"])
def test_no_pattern_hangs(piece: str) -> None:
    started = time.perf_counter()
    find_point((piece * 80)[:80])
    find_point(piece * 2000)
    assert time.perf_counter() - started < 0.5
