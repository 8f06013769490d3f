"""Valid nonsense over all forms: whatever is said in whatever order, the bot answers, with one question, and lets go.

Every choice is drawn from a seeded generator: a failure names seed, rider and turn, and comes again with them.
400 turns are in every run of the suite, 10,000 in `make test-long`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.actions.registry import BUTTONS, FORMS, STARTERS
from bot.dialogue.endpoint import InProcessEndpoint
from bot.dialogue.host import FALLBACK, NO_REPLY, DialogueHost
from bot.dialogue.turn import read_payload
from bot.knowledge.topics import topics
from bot.services.clock import FixedClock
from bot.settings import ROOT

LONGEST = 300  # characters of a message that is no list
LIST_LONGEST = 1200
TITLE_LONGEST = 30
RIDERS_MEET = 40  # turns after which another rider takes over
MOST_IN_FORM = 12  # turns after which the rider has had enough of any form

_QUOTED = re.compile(r"“[^”]*”|「[^」]*」|《[^》]*》|\"[^\"]*\"")
_ROW = re.compile(r"^(?:\s*[·•\-]|\d+[.、：])|^[^，。]{1,10}[：｜]", re.MULTILINE)
# a code, a slot or a Python value that slipped into a text; addresses of the web are no words
_CODE = re.compile(
    r"(?<![A-Za-z/.])(?:[a-z]+_[a-z_]+|None|True|False|nan|null|usual|first|second|more)(?![A-Za-z/.])|[{}]|<[a-z]"
)
_OPERATORS = re.compile(r"https?://\S+")

NAMES = ("蓝马物流", "饿了么花桥站", "快马配送", "昆达物流有限公司", "个人", "张三", "站长老李", "好又多超市", "顺丰达")
PLACES = (
    "花桥",
    "千灯",
    "人民路",
    "前进中路",
    "玉山广场",
    "昆山站",
    "花桥站",
    "上海虹桥",
    "彩虹琉璃塔",
    "巴城老街",
    "金鹰",
    "周庄",
)
TIMES = (
    "明天上午", "下周三下午两点", "12月3号上午九点", "昨天", "后天", "周六", "刚才", "去年8月", "今年3月到6月",
    "半夜三点", "随便哪天", "最早的", "2月30号", "两点半",
)  # fmt: skip
VALUES = (
    "13812345678", "1381234567", "137 1234 5678", "五百", "8500", "一万二", "3千5", "0", "-5", "12台", "三十人", "58岁",
    "本科", "大专", "初中毕业", "高中", "是会员", "不是会员", "A", "C", "第一个", "第二个", "第九个", "最后那个", "都可以",
    "匿名", "留联系", "线上", "现场", "没水了", "空了", "三轮车", "欠薪", "押金不退", "扣钱", "辞退", "工伤", "没签合同",
    "还在干", "不干了", "带孩子", "我老婆", "给我妈", "买房", "门诊", "健康证", "幽门", "看视频", "学法规", "签承诺",
    "LD20261125-123456", "BM20261125-000001", "YY20261125-999999", "S0001", "工号 10086", "验证码 123456",
    "6222021234567890123", "320583199001011234",
)  # fmt: skip
TALK = (
    "对", "不对", "嗯嗯", "好的呀", "行吧", "不是", "没有", "不知道", "忘了", "跳过", "随便", "不想说", "算了", "不办了",
    "接着填", "接着办", "还是刚才那个", "先去办那个", "接着办这个", "刚才的呢", "等下", "换一个", "还有别的吗", "怎么走",
    "继续", "确认", "提交", "改成八千", "电话错了 是13912345678", "公司写错了 是绿鸟速运", "时间改成后天", "地点是周市",
    "你好", "谢谢", "再见", "菜单", "人工", "你是机器人吗", "你说的什么玩意", "听不懂", "啥", "？", "...", "哈哈哈", "😀👍",
    "[图片]", "1", "2", "是", "否", "要", "不要", "可以吗", "多少钱", "在哪", "几点", "为什么", "谁负责", "别记了",
    "把我的信息都删了", "撤销工单", "取消预约", "查我的预约", "查工单", "我的违章", "睡不着 想哭", "手被烫了 流血不止",
    "我不想活了", "120打过了 车来了", "帮我登记", "我要报名", "约吧", "侬好伐", "咋整嘛", "要得", "中不中", "歪比巴卜",
    "asdf qwer", "SELECT * FROM tickets", "/nothing", "/inform{坏的", "<b>x</b>", "a" * 900, "好" * 2500, " ", "\u200b", "１２３", "㊙️",
)  # fmt: skip
# what makes something to change, add to or take back; each ends without a form
DONE_BEFORE = (
    ("/open_dispute", "欠薪", "青云快递", "5000", "13712345678", "/affirm"),
    ("约门诊 12月3号上午九点 手机13700002222", "确认", "确认"),
    ("/book_education", "看视频", "第一个", "13812345678", "对"),
    ("给我妈报两癌筛查 她58", "13812345679", "对"),
    ("/freight/plate_window:book", "昆达物流", "12台", "第一个", "13812345678", "对"),
)
JOINTS = (" ", "，", " 还有", " 顺便问下", "。", " 不行就")


@dataclass
class Rider:
    name: str
    choices: list[str] = field(default_factory=list)  # titles of the last reply
    in_form: int = 0  # turns since a form began
    said: list[str] = field(default_factory=list)
    script: list[str] = field(default_factory=list)  # said first, before the nonsense


class Nonsense:
    """What riders say, drawn from one seed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.starts = [*self._starts()]
        self.sentences = examples()

    def _starts(self) -> Iterator[str]:
        yield from (f"/{form.start_topic}" for form in FORMS.values() if form.start_topic not in ("", "inform"))
        runs_form = {*FORMS, *STARTERS}
        yield from (f"/{topic}:{do}" for (topic, do), runs in BUTTONS.items() if runs in runs_form)
        yield from (f"/{name}" for name, topic in topics().items() if not topic.is_question)

    def rider(self, number: int) -> Rider:
        done = self.draw.sample(DONE_BEFORE, k=self.draw.choice((0, 1, 2)))
        return Rider(f"N{number}", script=[line for script in done for line in script])

    def message(self, rider: Rider) -> tuple[str, dict[str, Any]]:
        draw = self.draw
        if rider.script:
            return rider.script.pop(0), {}
        kind = draw.random()
        if rider.in_form == 0 and kind < 0.45:
            return draw.choice(self.starts), {}
        if kind < 0.25 and rider.choices:
            return draw.choice(rider.choices), {}
        if kind < 0.55:
            return draw.choice(draw.choice((NAMES, PLACES, TIMES, VALUES))), {}
        if kind < 0.72:
            return draw.choice(TALK), {}
        if kind < 0.84:
            return draw.choice(self.sentences), {}
        if kind < 0.88:
            return draw.choice(self.starts), {}
        if kind < 0.91:
            lat, lng = draw.choice(((31.3849, 120.9810), (31.2304, 121.4737), (31.30, 121.09), (0.0, 0.0)))
            return "/location", {"location": {"lat": lat, "lng": lng, "label": draw.choice(("", "前进中路"))}}
        if kind < 0.93:
            return "[图片]", {"image_url": "https://mmbiz.qpic.cn/a/1"}
        parts = [draw.choice(draw.choice((NAMES, PLACES, TIMES, VALUES, TALK[:90], self.sentences))) for _ in "ab"]
        return draw.choice(JOINTS).join(parts)[:1500], {}


def examples() -> list[str]:
    """Every 20th sentence that people say in the training data, without its marks."""
    found: list[str] = []
    for path in sorted(Path(ROOT, "data", "nlu").glob("*.yml")):
        lines = re.findall(r"^    - (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        found += [re.sub(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})", r"\1", line) for line in lines[::20]]
    assert len(found) > 300
    return found


def is_list(text: str) -> bool:
    return len(_ROW.findall(text)) >= 2


def faults(replies: list[dict[str, Any]], host: DialogueHost, said: Sequence[str] = ()) -> Iterator[str]:
    """What is wrong with a reply, in words. `said`: the rider's own words, which a form reads back as they are."""
    texts = [str(reply.get("text") or "") for reply in replies]
    whole = "\n".join(texts)
    if not whole.strip():
        yield "an empty reply"
    if NO_REPLY in whole or FALLBACK in whole:
        yield "no answer"
    if len(re.findall(r"[?？]", _QUOTED.sub("", whole))) > 1:
        yield "more than one question"
    for text in texts:
        if len(text) > (LIST_LONGEST if is_list(text) else LONGEST):
            yield f"{len(text)} characters"
        for own in said:
            text = text.replace(own, "") if len(own) > 3 else text
        if code := _CODE.search(_OPERATORS.sub("", text)):
            yield f"a code in the text: {code[0]!r}"
    for button in (button for reply in replies for button in reply.get("buttons") or []):
        read = read_payload(str(button["payload"]))
        if not 0 < len(button["title"]) <= TITLE_LONGEST or read is None or not host.knows(read[0]):
            yield f"a choice that leads nowhere: {button}"


async def babble(
    host: DialogueHost, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, seed: int, turns: int
) -> tuple[list[str], set[str]]:
    """(faults found, forms that were begun) in so many turns."""
    broken: list[str] = []
    request = InProcessEndpoint.request

    async def watched(self: InProcessEndpoint, **call: Any) -> Any:
        try:
            return await request(self, **call)
        except Exception as error:
            # Rasa goes on after an action that failed; a rejected form is no failure
            if type(error).__name__ != "ClientResponseError":
                name = (call.get("json") or {}).get("next_action")
                broken.append(f"{name} raised {type(error).__name__}: {error}")
            raise

    monkeypatch.setattr(InProcessEndpoint, "request", watched)
    nonsense = Nonsense(seed)
    wrong: list[str] = []
    begun: set[str] = set()
    rider = nonsense.rider(0)
    for turn in range(turns):
        if turn % RIDERS_MEET == RIDERS_MEET - 1:
            rider = nonsense.rider(turn // RIDERS_MEET + 1)
            clock.advance(timedelta(minutes=nonsense.draw.choice((1, 7, 11, 45, 60 * 5))))
        enough = rider.in_form > MOST_IN_FORM and not rider.script
        text, metadata = ("算了", {}) if enough else nonsense.message(rider)
        rider.said.append(text[:60])
        where = f"seed {seed} turn {turn} {rider.name}: {' / '.join(rider.said[-6:])}"
        try:
            replies = await host.handle(rider.name, text, metadata=metadata, key=f"n{seed}:{turn}")
        except Exception as error:
            wrong.append(f"{where} → {type(error).__name__}: {error}")
            continue
        said = " ⏎ ".join(str(reply.get("text")) for reply in replies)
        wrong += [f"{where} → {fault}: {said}" for fault in [*faults(replies, host, rider.said), *broken]]
        broken.clear()
        tracker = await host.agent.tracker_store.retrieve(rider.name)
        loop = tracker.active_loop_name if tracker else None
        if loop:
            begun.add(loop)
        if enough and loop:
            wrong.append(f"{where} → {loop} does not let go: {said}")
        rider.in_form = rider.in_form + 1 if loop else 0
        rider.choices = [str(b["title"]) for reply in replies for b in reply.get("buttons") or []]
    return wrong, begun


@pytest.mark.parametrize("seed", [1, 2])
async def test_nonsense_is_answered(
    host: DialogueHost, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    wrong, begun = await babble(host, clock, monkeypatch, seed, 200)
    assert not wrong, "\n".join(wrong)
    assert len(begun) >= 8


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_ten_thousand_turns_of_nonsense(
    host: DialogueHost, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong, begun = await babble(host, clock, monkeypatch, 20261125, 10_000)
    assert not wrong, f"{len(wrong)} faults:\n" + "\n".join(wrong)
    assert begun == set(FORMS), f"never begun: {set(FORMS) - begun}"
