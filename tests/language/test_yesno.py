"""Short answers."""

import pytest

from bot.language import read_answer, read_still_employed, read_yes_no


def words(line: str) -> list[str]:
    return line.split()


AFFIRM = words(
    "是 是的 对 对的 对对对 对头 好 好的 好嘞 好吧 行 行吧 中 中嘞 成 可以 可以啊 可 "
    "嗯 嗯嗯 嗯呐 嗯呢 恩 恩恩 要 要的 要得 得行 得 没错 冇错 没问题 没毛病 确认 确定 "
    "同意 愿意 OK ok Okay yes Y 1 👌 👍 好滴 是滴 妥 必须的 阔以 系 系啊 "
    "好嘅 需要 就这样 那行 那好吧 嗯，可以 好的呀 对，没错 是啊 当然 提交 就这个 没事"
)
DENY = words(
    "不 不是 不是的 不对 不行 不要 不用 不用了 不需要 不可以 不得行 不中 不成 不同意 "
    "不想 莫 莫得 没 没有 没得 冇 唔系 唔好 弗是 覅 否 no NO n 2 错了 "
    "不要了谢谢 没有啊 哪有 甭 不好 🙅 都不是"
)
STOP = words(
    "算了 算了吧 不办了 不弄了 不搞了 取消 退出 停止 算球了 先不办了 还是算了 那算了 "
    "改天再说 下次再说 以后再说 拉倒 不投诉了 不约了 算了不办了 唉算了 不想办了 取消吧 结束"
)
UNSURE = words("不知道 不晓得 不清楚 不确定 说不准 不好说 晓不得 记不清了 忘了 看情况 随便 都行 无所谓 不太清楚 可能吧")
NEITHER = [
    "可以吗",
    "对吗",
    "嗯？",
    "行不行",
    "是不是",
    "不用谢",
    "谢谢",
    "等一下",
    "换一个",
    "改一下",
    "111",
    "对方不给钱",
    "是站长扣的",
    "不给我发工资",
    "我要投诉站长",
    "明天",
    "行政路怎么走",
    "中午",
    "好孩子驿站在哪",
    "要多少钱",
    "对了 还有个事",
    "可以约明天吗",
    "没签合同",
    "",
    "？",
    "3",
    "取消预约要几天",
    "停车",
    "中环",
    "我不知道驿站在哪",
    "不给我派单了怎么办",
]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        *((text, "affirm") for text in AFFIRM),
        *((text, "deny") for text in DENY),
        *((text, "stop") for text in STOP),
        *((text, "unsure") for text in UNSURE),
        *((text, None) for text in NEITHER),
    ],
)
def test_answer(text, answer) -> None:
    assert read_answer(text) == answer


@pytest.mark.parametrize(
    ("text", "value"), [("嗯呐", True), ("冇", False), ("算了", None), ("不知道", None), ("明天", None)]
)
def test_yes_no(text, value) -> None:
    assert read_yes_no(text) is value


@pytest.mark.parametrize(
    ("text", "employed"),
    [
        ("在职", True),
        ("在", True),
        ("跑着呢", True),
        ("还是那个站", True),
        ("马上离职", True),
        ("想走", True),
        ("我没走", True),
        ("不在", False),
        ("没在跑了", False),
        ("前天刚走", False),
        ("合同到期走的", False),
        ("站长把我开了", False),
        ("转众包了", False),
        ("停了", False),
        ("老板不让我走", None),
        ("还在干", True),
        ("还在干着呢", True),
        ("没走", True),
        ("还没走", True),
        ("没离职", True),
        ("还没离职", True),
        ("在岗", True),
        ("目前还在这家", True),
        ("现在还在跑", True),
        ("还在", True),
        ("是", True),
        ("嗯", True),
        ("离职", False),
        ("离职了", False),
        ("已经离职了", False),
        ("走了", False),
        ("早走了", False),
        ("不干了", False),
        ("早就不干了", False),
        ("辞了", False),
        ("上个月辞职的", False),
        ("被开了", False),
        ("不在那干了", False),
        ("不在职", False),
        ("换平台了", False),
        ("没干了", False),
        ("没有", False),
        ("不知道", None),
        ("八千五", None),
        ("", None),
    ],
)
def test_still_employed(text, employed) -> None:
    assert read_still_employed(text) is employed
