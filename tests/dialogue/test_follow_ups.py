"""Three questions in a row about one thing, as riders ask them: each gets its own line, and the thing is not lost."""

from __future__ import annotations

import pytest

from bot.dialogue.host import DialogueHost
from tests.dialogue.conftest import Talk

LINE = 200  # characters of a line with its choices


@pytest.mark.parametrize(
    "talked",
    [
        [("健康证怎么办", "绿色通道"), ("要带啥", "身份证带上"), ("要钱不", "没写免费"), ("乙肝能办吗", "能。乙肝")],
        [("健康证咋办", "三院"), ("代办行不", "代办不行"), ("外地户口呢", "没写限昆山户口"), ("多久拿到", "几天出证")],
        [("查幽门螺杆菌的", "100 份"), ("要钱吗", "不要钱"), ("啥时候出结果", "几天出结果没有公布")],
        [("查幽门螺杆菌的", "100 份"), ("我前两天刚吃了头孢 能做吹气吗", "先别做"), ("还剩多少份", "登记 100 份")],
        [("五折电影票咋用", "优享卡"), ("怎么领", "12345"), ("那吃饭呢", "吃饭也能用"), ("万达能用不", "先问店家")],
        [
            ("旅游年卡怎么评", "满意率"),
            ("要跑多少单", "没有公布要多少单"),
            ("去年没评上今年还有机会不", "没写评过一次"),
        ],
        [("买面包车能分期不", "面包车"), ("要押绿本吗", "绿本"), ("首付多少", "首付没有公布")],
        [("有没有骑手专门的保险", "专属保险"), ("多少钱一个月", "一个月多少钱没有公布"), ("摔了赔不赔", "一键报案")],
        [("建行手机银行能发工资不", "收工资"), ("工资能发那里不", "能，用建行"), ("卡丢了咋办", "挂失")],
        [("建行能给骑手贷款买房不", "按揭"), ("利率多少", "利率没有公布"), ("流水够不够", "银行审核")],
        [("图书馆爱心驿站是啥", "借阅"), ("要押金不", "押金没有公布"), ("能借几本", "一次借几本")],
        [("两癌筛查怎么弄", "宫颈癌"), ("我33岁能查不", "还不到"), ("多久一次", "三年一次"), ("四十岁呢", "对得上")],
        [("昆小哥医院在哪", "第三人民医院"), ("我在周庄过去多远", "多远我算不了"), ("电话多少", "三院的电话")],
        [("骑手姐姐是干啥的", "妇联"), ("我是男的能进不", "给女骑手"), ("要钱吗", "收不收钱没有写")],
    ],
    ids=lambda talked: talked[0][0] + talked[1][0],
)
async def test_a_row_of_questions_about_one_thing(talk: Talk, talked: list[tuple[str, str]]) -> None:
    for number, (text, expected) in enumerate(talked):
        reply = await talk(text)
        assert expected in reply, text
        if number:
            assert "全都说说" in reply, text
            assert len(reply) < LINE, text  # not the whole answer again


async def test_the_whole_answer_comes_on_tapping(talk: Talk) -> None:
    await talk("健康证怎么办")
    assert "活动性肺结核" not in await talk("要钱不")
    assert "活动性肺结核" in await talk("全都说说")


async def test_a_question_that_names_its_topic_has_its_line_first(talk: Talk) -> None:
    reply = await talk("健康证要钱不 几天拿")
    assert reply.startswith("健康证没写免费")
    assert reply.index("几天出证没有公布") < reply.index("三院有健康证预约绿色通道")


async def test_an_answer_edited_in_the_console_is_given_whole(talk: Talk, host: DialogueHost) -> None:
    await talk("健康证怎么办")
    host.answers.put("hospital/health_cert", {"text": "收费按窗口公示，带身份证。", "buttons": []})
    try:
        assert await talk("要钱不") == "收费按窗口公示，带身份证。"
    finally:
        host.answers.put("hospital/health_cert", None)


@pytest.mark.parametrize(
    "text", ["驿站要钱吗", "站长不给钱 欠我5000", "仲裁要带啥", "约门诊要等多久", "花桥哪里能充电"]
)
async def test_another_matter_is_no_follow_up(talk: Talk, text: str) -> None:
    await talk("健康证怎么办")
    assert "全都说说" not in await talk(text)


async def test_a_topic_left_for_another_is_not_meant_any_more(talk: Talk) -> None:
    await talk("健康证怎么办")
    await talk("花桥附近哪里能充电")
    assert "绿色通道只管预约" not in await talk("要钱不")


async def test_after_a_booking_the_question_is_about_what_was_booked(talk: Talk) -> None:
    await talk("健康证怎么办")
    await talk("约幽门 下周四上午9点")
    await talk("13900001111")
    assert "约好了" in await talk("对")
    assert (await talk("要空肚子不")).startswith("要。若是吹气")


async def test_a_question_in_a_form_is_answered_and_the_form_goes_on(talk: Talk) -> None:
    await talk("我要加入骑手姐姐")
    reply = await talk("有啥活动")
    assert "写明的有四样" in reply
    assert "最想要哪方面的帮助" in reply
    assert "给女骑手" in await talk("我是男的能进不")
    assert "区镇" in await talk("亲子活动")  # said as an answer, it is one
    await talk("花桥")
    assert "需求：亲子活动" in await talk("13812345678")


async def test_the_rule_of_the_travel_card_comes_before_the_work_number(talk: Talk) -> None:
    reply = await talk("旅游年卡咋领 我跑了一万单了")
    assert reply.index("三样一起看") < reply.index("工号")
    place = await talk("能去周庄不")
    assert "周庄算不算也没写" in place
    assert "工号" in place
    assert "能不能带家人" in await talk("我老婆能用吗")


async def test_an_age_outside_is_told_before_it_is_sent(talk: Talk) -> None:
    await talk("两癌筛查怎么弄")
    await talk("给我妈报 65岁")
    read_back = await talk("13912345678")
    assert "64 岁以上" in read_back
    assert "35–64" in read_back


async def test_three_questions_in_one_are_all_answered(talk: Talk) -> None:
    reply = await talk("胃疼好几天了 三院挂号要钱不 能免不 怎么去")
    assert reply.startswith("不是都免")
    assert "导航" in reply


async def test_the_place_beside_another_matter_is_where_to_search(talk: Talk) -> None:
    reply = await talk("健康证在哪办 我在花桥 热水哪有")
    assert "花桥镇" in reply
    assert "您在哪儿" not in reply


async def test_a_complaint_about_a_place_is_no_labour_dispute(talk: Talk) -> None:
    await talk("我要投诉")
    reply = await talk("投诉你们三院 态度太差")
    assert "内容：投诉你们三院 态度太差" in reply
    assert "第三人民医院" in reply
    await talk("我要投诉", sender="B")
    assert "公司" in await talk("老板欠我5000", sender="B")


@pytest.mark.parametrize("text", ["人呢", "还没人啊", "咋还没人", "有人吗", "怎么没人理我"])
async def test_nobody_there_yet_is_about_the_human_asked_for(talk: Talk, text: str) -> None:
    await talk("转人工")
    assert "一直排着" in await talk(text)


@pytest.mark.parametrize("text", ["三天没吃饭了 没钱", "没钱吃饭了", "身上一分钱没有 两天没吃东西了"])
async def test_nothing_to_eat(talk: Talk, text: str) -> None:
    assert (await talk(text)).startswith("先顾人")


@pytest.mark.parametrize("text", ["老板不发工资 没钱吃饭了", "忙得没吃饭", "检查前没吃饭行吗"])
async def test_a_meal_missed_or_pay_withheld_is_another_matter(talk: Talk, text: str) -> None:
    assert "先顾人" not in await talk(text)


async def test_a_credit_card_is_for_the_bank_and_a_stolen_one_is_not_just_asked_about(talk: Talk) -> None:
    assert "信用卡得问建行网点" in await talk("我要办张信用卡")
    assert "信用卡得问建行网点" not in await talk("信用卡被盗刷了", sender="B")


async def test_a_lunar_day_is_said_not_to_be_understood(talk: Talk) -> None:
    assert "农历" in await talk("约门诊 腊月初八")
    assert "农历" in await talk("初八")
    assert "12月2日" in await talk("12月2号上午")
