"""Hospital channels, levels of study, matters of a dispute."""

import pytest

from bot.language import (
    CHANNELS,
    DEGREES,
    DISPUTE_TYPES,
    SCHOOLING,
    find_channels,
    find_degrees,
    find_dispute_types,
    read_channel,
    read_degree,
    read_dispute_type,
    read_study,
)


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("门诊", "outpatient"),
        ("帮我挂个号", "outpatient"),
        ("想看病", "outpatient"),
        ("我要看医生", "outpatient"),
        ("掛號", "outpatient"),
        ("门针帮我约一个", "outpatient"),
        ("约个皮肤科", "outpatient"),
        ("健康证", "health_cert"),
        ("健康正到期了", "health_cert"),
        ("建康证咋办", "health_cert"),
        ("办健康政", "health_cert"),
        ("体检办证", "health_cert"),
        ("健康证明", "health_cert"),
        ("jkz 给我约一个", "health_cert"),
        ("幽门", "hp_test"),
        ("幽门螺旋杆菌", "hp_test"),
        ("优门检查", "hp_test"),
        ("幽门罗旋感菌", "hp_test"),
        ("那个胃里细菌", "hp_test"),
        ("吹气", "hp_test"),
        ("吹口气那个检查", "hp_test"),
        ("呼气试验", "hp_test"),
        ("碳14", "hp_test"),
        ("HP检查", "hp_test"),
        ("查一下胃里的细菌", "hp_test"),
    ],
)
def test_channel(text, channel) -> None:
    assert read_channel(text) == channel


@pytest.mark.parametrize(
    "text",
    ["拧油门拧的手麻", "部门整改", "健康", "体检", "php", "看路", "挂科", "号码", "电话号", "", "今天天气"],
)
def test_no_channel(text) -> None:
    assert find_channels(text) == []


def test_two_channels_are_no_answer() -> None:
    text = "健康证和门诊一起约"
    assert [found.value for found in find_channels(text)] == ["health_cert", "outpatient"]
    assert read_channel(text) is None


@pytest.mark.parametrize(
    ("text", "aim", "has"),
    [
        ("大专", "junior_college", None),
        ("专科", "junior_college", None),
        ("大專", "junior_college", None),
        ("本科", "bachelor", None),
        ("本棵", "bachelor", None),
        ("学士", "bachelor", None),
        ("专升本", "bachelor", "junior_college"),
        ("想考个本", "bachelor", None),
        ("我高中毕业想读大专", "junior_college", "senior_high"),
        ("初中毕业能上大专不", "junior_college", "junior_high"),
        ("中专学历 想念本科", "bachelor", "vocational"),
        ("大专毕业 想念本科", "bachelor", "junior_college"),
        ("我有大专文凭了", None, "junior_college"),
        ("本科毕业", None, "bachelor"),
        ("初中没读完", None, "junior_high"),
        ("没上过学", None, "primary"),
        ("技校出来的", None, "vocational"),
        ("硕士", None, "postgraduate"),
        ("我想学点东西", None, None),
        ("", None, None),
    ],
)
def test_study(text, aim, has) -> None:
    study = read_study(text)
    assert (study.aim, study.has) == (aim, has)
    assert read_degree(text) == aim


@pytest.mark.parametrize("text", ["十大专项", "专科医院", "本地人", "基本上", "日本来的", "专家", "成本"])
def test_no_degree(text) -> None:
    assert find_degrees(text) == []


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("一分没给", "wages"),
        ("拖着不发", "wages"),
        ("站长不发工资了", "wages"),
        ("欠薪三个月", "wages"),
        ("拖欠我们工资", "wages"),
        ("工资到现在没到账", "wages"),
        ("老板跑了", "wages"),
        ("白干了俩月", "wages"),
        ("工钿勿发", "wages"),
        ("運費一直不給", "wages"),
        ("押金不退", "deposit"),
        ("鸭金五百不退", "deposit"),
        ("保证金不还", "deposit"),
        ("扣着我身份证", "deposit"),
        ("扣我八百", "deduction"),
        ("罚款", "deduction"),
        ("超时一单扣五十", "deduction"),
        ("乱扣钱", "deduction"),
        ("要收我违约金", "deduction"),
        ("摔了平台不管", "injury"),
        ("工伤", "injury"),
        ("送餐路上被撞了", "injury"),
        ("医药费没人出", "injury"),
        ("手指夹断了", "injury"),
        ("没签合同", "contract"),
        ("合同一直没签", "contract"),
        ("沒簽合同", "contract"),
        ("逼我签空白合同", "contract"),
        ("注册成个体户", "contract"),
        ("叫我走人", "dismissal"),
        ("被开了", "dismissal"),
        ("怀孕了站长叫我走", "dismissal"),
        ("把我辞退了", "dismissal"),
        ("逼我自己写辞职信", "dismissal"),
        ("没交社保", "social_insurance"),
        ("社保断了没人缴", "social_insurance"),
        ("社宝从来没交过", "social_insurance"),
        ("封号", "account_ban"),
        ("账号被封了", "account_ban"),
        ("限制接单", "account_ban"),
        ("不给我派单", "account_ban"),
        ("被平台拉黑", "account_ban"),
        ("合同", "contract"),
        ("社保", "social_insurance"),
        ("摔伤", "injury"),
        ("其他", "other"),
        ("都不是", "other"),
    ],
)
def test_dispute(text, matter) -> None:
    assert read_dispute_type(text) == matter


@pytest.mark.parametrize(
    "text",
    [
        "房贷合同里利率是多少",
        "仲裁员让我补材料",
        "仲裁裁了老板不给执行",
        "社保卡补办",
        "我要走绿色通道",
        "让走人民路吗",
        "打我电话",
        "三点到四点有空",
        "健康证要多少天能下来",
        "",
    ],
)
def test_no_dispute(text) -> None:
    assert [found for found in find_dispute_types(text) if found.value != "wages"] == []


def test_two_matters_in_order() -> None:
    text = "站长不发工资 还扣我押金 也没签合同"
    assert [found.value for found in find_dispute_types(text)] == [
        "wages",
        "deduction",
        "deposit",
        "contract",
    ]
    assert read_dispute_type(text) == "wages"


def test_values_are_of_the_lists() -> None:
    text = "门诊 健康证 幽门 押金不退 扣我八百 工伤 没签合同 被辞退 没交社保 封号 不发工资"
    assert {found.value for found in find_channels(text)} == set(CHANNELS)
    assert {found.value for found in find_dispute_types(text)} == set(DISPUTE_TYPES) - {"other"}
    assert set(DEGREES) < set(SCHOOLING)
