"""What demanding riders met: a place in focus, answers beside the question, matters told before a form began."""

from __future__ import annotations

from bot.dialogue.offers import accepted, ordered
from tests.dialogue.conftest import Talk
from tests.dialogue.talks import plain

OPENED = "登记好了"


async def test_the_place_looked_at_last_is_the_one_that_is_meant(talk: Talk) -> None:
    await talk("花桥那边有没有能充电的地方啊")
    last = await talk("最后一个")
    name = last.split("，")[0]
    assert (await talk("能导航吗")).startswith(name)
    assert (await talk("导过去")).startswith(name)
    assert name in await talk("刚才那个电话多少")
    hours = await talk("几点关门")
    assert hours.startswith(name)
    assert "没有统一的开门时间" not in hours
    toilet = await talk("那有厕所伐")
    assert toilet.startswith(f"{name}登记有卫生间") or toilet.startswith(f"{name}没登记有卫生间")
    assert (await talk("第二个呢")).split("，")[0] != name


async def test_any_place_of_the_kind_is_still_sought_after_one_was_looked_at(talk: Talk) -> None:
    await talk("花桥有能充电的驿站吗")
    await talk("最后一个")
    assert "1." in await talk("那有能热饭的吗")
    assert "1." in await talk("那能热饭的呢")


async def test_the_machine_looked_at_is_the_one_that_is_empty(talk: Talk) -> None:
    listed = await talk("今天热死了 哪有免费喝的 我在昆山南站")
    assert "2." in listed
    name = (await talk("最后一个")).split("的饮品机")[0]
    reported = await talk("冷饮机空的呀 没人加")
    assert f"机器:{name}" in plain(reported)


async def test_a_machine_without_a_published_address_is_near_to_nothing(talk: Talk) -> None:
    for place in ("陆家", "花桥"):
        assert "地址未公布" not in await talk(f"{place}哪里有免费喝的", sender=place)


async def test_a_firm_by_what_it_is_called_and_the_total_of_several_sums(talk: Talk) -> None:
    await talk("站长不发工资了 干了三个月一分没给")
    assert "欠您多少" in await talk("花桥的 叫快马")
    await talk("一个月六千五吧 总共一万九千五")
    read_back = plain(await talk("我电话13812345678"))
    assert "单位:快马" in read_back
    assert "金额:19500元" in read_back
    assert "上班地点:花桥" in read_back


async def test_more_of_the_story_is_kept_and_is_no_name_of_a_firm(talk: Talk) -> None:
    await talk("押金五百不退 说我干不满一个月")
    assert "单位：" not in await talk("接着办")
    assert "再补一句" not in plain(await talk("再补一句 站长叫王强")).replace("这句也记上了", "")
    await talk("八个")
    await talk("美团")
    read_back = plain(await talk("13812345678"))
    assert "单位:美团" in read_back
    assert "金额:500元" in read_back
    assert OPENED in await talk("对")


async def test_a_firm_said_alone_takes_the_place_of_the_one_before(talk: Talk) -> None:
    await talk("站长不发工资 欠八千")
    await talk("快马配送")
    assert "改好了:单位顺达物流" in plain(await talk("顺达物流"))


async def test_what_was_asked_about_before_is_not_asked_again(talk: Talk) -> None:
    await talk("怀孕了站长叫我走 这合法不")
    assert "哪家公司" in await talk("我要告他")
    await talk("京东")
    assert "什么事:辞退" in plain(await talk("13412345678"))


async def test_a_question_in_dialect_inside_the_form_is_answered(talk: Talk) -> None:
    await talk("超时一单扣我一百五 一个月扣了两千多")
    await talk("闪送")
    asked = await talk("调解收钱不")
    assert "专家团队" in asked
    assert "手机" in asked


async def test_a_story_of_the_platform_does_not_end_the_form(talk: Talk) -> None:
    await talk("美团给我封号了 申诉好几次都不过")
    for more in ("众包的", "没签过 就app上点的", "我自己想接就接"):
        assert "手机" in await talk(more)
    assert "单位:美团" in plain(await talk("13612345678"))


async def test_an_accident_that_is_over_is_a_matter_of_who_pays(talk: Talk) -> None:
    assert "120" in await talk("送外卖摔了腿断了 平台说不管 找谁")
    over = await talk("人没事了 现在在家")
    assert "急救车" not in over
    assert "哪家公司" in over
    assert "急救车" not in await talk("美团专送")
    assert "什么事:受伤工伤" in plain(await talk("13712345678"))


async def test_an_accident_of_which_nobody_pays_stays_one(talk: Talk) -> None:
    await talk("我同事摔了流了好多血")
    assert "急救车" in await talk("打了 车在路上了")


async def test_an_order_takes_the_choice_with_its_own_word(talk: Talk) -> None:
    await talk("请个律师贵不")
    assert "法律援助" in await talk("好 申请")
    await talk("公司要上十几台电动货车 能一块办不", sender="B")
    assert "大专" not in await talk("帮我登记", sender="B")


async def test_the_matter_of_a_request_grows(talk: Talk) -> None:
    await talk("我们公司想做个用工体检")
    await talk("昆山迅达供应链有限公司")
    await talk("八十多个骑手")
    read_back = await talk("13812341111")
    assert "昆山迅达供应链有限公司；八十多个骑手" in read_back
    assert "下周三下午" in await talk("下周三下午吧")


async def test_the_suggestion_box_says_that_it_asks_for_no_name(talk: Talk) -> None:
    await talk("我想提个意见 微波炉坏了半个月没人管")
    await talk("昆城广场那个")
    for word in ("匿名吧", "算了还是留电话 13812345678"):
        said = await talk(word)
        assert "不登记姓名和电话" in said
        assert "微波炉" in said
    assert "编号" in await talk("对")


async def test_place_and_time_of_a_ticket_by_words(talk: Talk) -> None:
    await talk("欠薪 美团 八千 电话13812345678")
    await talk("对")
    assert "哪个镇" in await talk("补一下时间地点")
    await talk("在张浦")
    await talk("今年3月到5月")
    assert "什么时候离开" in await talk("不干了")
    assert "张浦镇" in await talk("6月走的")


async def test_a_place_said_after_a_ticket_belongs_to_it(talk: Talk) -> None:
    await talk("欠薪 美团 八千 电话13812345678")
    await talk("对")
    assert "什么时候开始" in await talk("在张浦")


async def test_which_class_by_the_words_of_riders(talk: Talk) -> None:
    await talk("我是哪种用工啊")
    assert "归站点或公司管" in await talk("众包")
    assert "12356" not in await talk("自己")


async def test_a_quiz_does_not_say_again_what_was_right_before(talk: Talk) -> None:
    await talk("学交规 答题")
    said = (await talk("A")).splitlines()[0]
    assert said not in await talk("不知道")


async def test_nothing_to_go_on_with_is_said_as_such(talk: Talk) -> None:
    await talk("我要投诉")
    await talk("算了")
    assert "没有填到一半的登记" in await talk("刚才那个接着办")


async def test_a_second_grievance_leaves_the_sum_of_the_first(talk: Talk) -> None:
    await talk("我要投诉 工资拖了两个月 美团的 站点欠 9千6 手机 13811112222")
    assert "金额:8600元" in plain(await talk("金额不对 是八千六"))
    more = plain(await talk("还有头盔押金三百也没退"))
    assert "金额:8600元" in more
    assert "头盔押金三百" in more


async def test_names_of_firms_are_neither_cut_nor_lengthened(talk: Talk) -> None:
    await talk("跟快马配送 押金500不给退")
    assert "单位:快马配送" in plain(await talk("13812345678"))
    await talk("公司想请律师来讲讲用工", sender="B")
    await talk("我们是好运来物流 三十来个司机", sender="B")
    assert "好运来物流" in await talk("13612340000", sender="B")
    await talk("老板跑路了 我们的工钱没着落", sender="C")
    await talk("不晓得叫啥公司", sender="C")
    await talk("好像叫什么迅达", sender="C")
    await talk("两万出头", sender="C")
    assert "单位:迅达" in plain(await talk("13812345671", sender="C"))


async def test_what_was_in_doubt_before_the_form_is_in_it(talk: Talk) -> None:
    await talk("出车祸算工伤不")
    await talk("医药费花了一万二")
    assert "是哪种情况" not in await talk("帮我登记一下")


async def test_taking_back_in_few_words_and_not_taking_back(talk: Talk) -> None:
    await talk("欠薪 美团 八千 电话13812345678")
    await talk("对")
    assert "照常办" in await talk("先别撤")
    await talk("算了我跟站长说好了 撤掉")
    assert "撤回了" in await talk("对 撤")


async def test_the_others_of_a_ticket(talk: Talk) -> None:
    await talk("一起八个人都没拿到钱 老板跑了 顺达物流 三万二 电话13512345678")
    await talk("对")
    assert "8 人一起" in await talk("怎么让他们几个也加进来")


async def test_mediation_that_was_wished_for_comes_with_the_ticket(talk: Talk) -> None:
    await talk("我想申请调解 跟快马配送的押金")
    await talk("押金五百不给退")
    await talk("13812345678")
    await talk("能不能视频调解啊", sender="B")
    assert "门诊" not in await talk("那给我约", sender="B")


async def test_free_to_log_in_by_the_words_of_riders(talk: Talk) -> None:
    await talk("问三句看我哪一类")
    await talk("在app上勾的协议")
    await talk("不用打卡")
    assert "第三类" in await talk("想啥时候上就啥时候上")


async def test_progress_of_what_is_no_ticket(talk: Talk) -> None:
    await talk("我要举报客车拉货 就昆山南站那边")
    await talk("昨天晚上")
    await talk("不匿名")
    await talk("对")
    assert "JY" in await talk("结果咋样了")


async def test_one_place_in_a_list_is_the_one_that_is_meant(talk: Talk) -> None:
    await talk("鹿银先锋驿站在哪里")
    for asked in ("几点开", "远不远", "有啥"):
        assert (await talk(asked)).startswith("鹿银先锋驿站")


async def test_what_the_place_has_is_answered_and_where_else_is_offered(talk: Talk) -> None:
    await talk("我在震川路 想找个能充电能热饭的地儿")
    await talk("第一个几点开")
    said = await talk("有没有药箱")
    assert "登记有医药箱" in said.splitlines()[0]
    assert ("没登记有" in said) == ("找有医药箱的" in said)


async def test_the_page_before(talk: Talk) -> None:
    first = await talk("开发区哪儿有打气的")
    again = (await talk("下一批")) and await talk("上一批")
    assert again.splitlines()[1:4] == first.splitlines()[1:4]


async def test_a_berth_in_focus_and_one_sought_after_a_question(talk: Talk) -> None:
    await talk("前进中路附近哪里有蓝窗泊位")
    name = (await talk("最后一个")).splitlines()[0]
    assert (await talk("能停多久")).startswith(name)
    await talk("蓝窗收费不", sender="B")
    assert "蓝窗" in (await talk("我在周市 给找一个", sender="B")).splitlines()[0]


async def test_a_plate_and_no_name(talk: Talk) -> None:
    await talk("我要举报客车拉货 就昆山南站那边")
    await talk("昨天晚上")
    await talk("车牌苏EA1234")
    read_back = await talk("名字别留")
    assert "车牌：苏EA1234" in read_back
    assert "身份：匿名" in read_back


async def test_the_third_way_of_learning_and_which_session_was_taken(talk: Talk) -> None:
    await talk("我要去上安全课")
    assert "岗亭" in await talk("第三个")
    taken = await talk("第一个")
    assert taken.startswith("好，")
    assert "岗亭" in taken.splitlines()[0]


async def test_a_list_inside_a_form_can_be_pointed_at(talk: Talk) -> None:
    await talk("我要投诉 站长扣我全勤奖 600")
    await talk("闪送张浦站")
    await talk("附近哪有充电的 我在张浦")
    last = await talk("最后一个")
    assert "地址" in last
    assert "手机号" in last
    assert "最后一个" not in await talk("13812345678")


async def test_only_what_tells_of_the_matter_is_taken_from_before(talk: Talk) -> None:
    await talk("请问老板说不干满三个月不给工资合法吗")
    await talk("那我去劳动局告他行吗")
    await talk("我在淀山湖")
    await talk("好 帮我登记")
    await talk("人人快送")
    await talk("四千五左右")
    assert "没留着" in await talk("手机还是之前那个")
    read_back = await talk("13812345678")
    assert "劳动局" not in read_back
    assert "上班地点：淀山湖" in read_back


async def test_legal_aid_for_a_ticket_knows_its_matter(talk: Talk) -> None:
    await talk("欠薪 美团 八千 电话13812345678")
    await talk("对")
    assert "手机" in await talk("我要申请法律援助")
    assert "拖欠工资 8000元" in await talk("13812345678")


async def test_still_employed_said_after_a_ticket_belongs_to_it(talk: Talk) -> None:
    await talk("被开除了 没给补偿 美团 电话13812345678")
    await talk("对")
    assert "哪个镇" in await talk("我还在职")


async def test_a_death_is_met_with_sympathy(talk: Talk) -> None:
    assert "节哀" in await talk("我老公送外卖摔死了 站长不认账")


async def test_what_one_time_costs_is_not_the_sum(talk: Talk) -> None:
    await talk("我要投诉站长乱罚钱")
    await talk("快马配送花桥站")
    await talk("罚了我八百")
    assert "总数没动" in await talk("迟到一次两百")
    assert "金额：800元" in await talk("电话13812345678")
    assert "金额：900元" in await talk("不对 一共罚了九百")


async def test_that_nothing_is_owed_is_no_arrears(talk: Talk) -> None:
    await talk("我要投诉 公司没跟我签合同")
    await talk("达达")
    await talk("没欠钱")
    assert "什么事：没签合同" in await talk("18812345671")


async def test_one_word_of_a_sentence_is_corrected(talk: Talk) -> None:
    await talk("帮我报修 花桥站那边驿站的空调坏了")
    assert "驿站的热水器坏了" in await talk("不是空调 是热水器")
    assert "没照片也行" in await talk("没照片")


async def test_a_machine_in_sight_is_broken(talk: Talk) -> None:
    await talk("玉山广场哪有免费喝的")
    name = (await talk("第一个")).split("的饮品机")[0]
    assert f"机器：{name}" in await talk("坏的")


async def test_another_day_for_the_mediation(talk: Talk) -> None:
    await talk("欠薪 顺达物流 2万4 电话13812345678")
    await talk("对")
    for said in ("我约个专家调解", "第二个", "线上吧"):
        await talk(said)
    assert "约好了" in await talk("对")
    assert "专家调解" in await talk("换一天")


async def test_enough_of_it_leaves_the_form(talk: Talk) -> None:
    await talk("我要去上安全课")
    await talk("第一个")
    assert "先停下" in await talk("行 那就算了")


async def test_passed_over_and_forgotten_are_no_names(talk: Talk) -> None:
    for said in ("跳过", "叫什么忘了"):
        await talk("工资没发", sender=said)
        await talk(said, sender=said)
        await talk("八百", sender=said)
        assert "单位：没说" in await talk("18812345678", sender=said)


async def test_a_firm_of_a_town_and_a_sum_taken_apart(talk: Talk) -> None:
    await talk("押金 装备费 一共一千二不退")
    await talk("花桥快马")
    read_back = await talk("18812345678")
    assert "单位：快马" in read_back
    assert "上班地点：花桥" in read_back
    assert "金额：1200元" in await talk("押金五百 装备七百")


async def test_more_of_a_complaint_is_no_place(talk: Talk) -> None:
    await talk("我要投诉驿站 阿姨不让我进去")
    assert "哪个驿站" in await talk("态度不好")
    read_back = await talk("昆城广场")
    assert "态度不好" in read_back
    assert "地点：昆城广场" in read_back


async def test_the_road_of_a_passage_said_after(talk: Talk) -> None:
    await talk("早上8点绿牌能不能进中环")
    await talk("晚上十点呢")
    assert "人民路" in await talk("人民路")
    assert "驿站" not in await talk("人民路")


def test_an_order_names_its_choice_and_is_no_yes_to_the_first() -> None:
    choices = [
        {"title": "学堂怎么报名", "payload": "/school/how_to_enroll"},
        {"title": "登记劳动纠纷", "payload": "/open_dispute"},
        {"title": "都不是", "payload": "/deny"},
    ]
    last = {"offer": {"choices": choices, "asks": True}}
    assert accepted(last, "affirm", "登记") is None
    assert ordered(last, "登记") == "/open_dispute"
    assert accepted(last, "affirm", "对") != "/open_dispute"
