"""Short answers to a yes/no question, in the words of many provinces.

An answer is read word by word, longest word first; a single word outside the lists below means that the text
says more than yes or no, and then it is not taken for an answer: 对方不给钱 is not a yes.
"""

from __future__ import annotations

import re
from typing import Literal

from bot.language.normalise import normalise

Answer = Literal["affirm", "deny", "stop", "unsure"]

_LONGEST = 24
_SILENT = re.compile(r"[^0-9a-z\u3400-\u9fff👌👍👎🙅🆗✅❌]+")
# Only as the whole answer: buttons numbered 1 and 2, and single letters.
_WHOLE: dict[str, Answer] = {"1": "affirm", "y": "affirm", "2": "deny", "0": "deny", "n": "deny", "x": "deny"}
_AGREED = ("办", "约", "报", "继续", "办理", "申请", "登记", "预约", "报名", "提交")
_TASKS = (*_AGREED, "弄", "搞", "整", "填", "查", "说", "问", "改", "做", "投诉")

_WORDS: dict[Answer | Literal["neutral", "question"], str] = {
    "affirm": (
        "是 对 好 行 嗯 恩 嗯呐 嗯呢 恩呐 中 成 可以 可 能 要 有 确认 确定 同意 愿意 没错 没问题 没得问题 "
        "没毛病 没事 冇错 冇问题 "
        "无误 正确 得 得行 要得 对头 就是 是这样 系 好嘅 得嘅 晓得 知道 明白 需要 好嘞 好勒 得嘞 妥 必须 "
        "当然 肯定 阔以 可得 蛮好 还行 "
        "来塞 来赛 来三 好格 对个 是个 讲得对 说得对 就这样 就这个 就它 就那个 发 下一步 签了 签过 真的 "
        "昂 嚎 嗷 "
        "帮我办 帮我约 帮我报 帮我弄 给我办 给我约 ok okk okay yes yep yeah 👌 👍 🆗 ✅ " + " ".join(_AGREED)
    ),
    "deny": (
        "不 否 莫 莫得 莫要 冇 冇得 没 没有 没得 没签 没签过 没签合同过 木有 木得 不是 不对 不行 不要 "
        "不用 不需要 不可以 不好 不得行 "
        "不中 不成 不同意 不愿意 不想 不去 不能 不得 不会 不了 别 甭 唔 唔系 唔好 唔使 唔要 勿 勿是 勿要 "
        "弗 弗是 弗要 覅 错 错了 "
        "不正确 有误 拒绝 未 否认 假的 哪有 哪里 暂时不用 先不用 先不要 先不 没啥 没有啥 no nope not 👎 "
        "🙅 ❌ " + " ".join(f"不{task} 没{task}" for task in _TASKS)
    ),
    "stop": (
        "算了 算球 算球了 算咧 算逑 罢了 拉倒 取消 退出 停 停止 终止 中止 结束 放弃 撤了 返回 重来 不继续 "
        "别弄了 别办了 不用办 不要办 不用弄 "
        "下次再说 下次再办 改天再说 改天再办 以后再说 回头再说 回头再弄 取消办理 取消预约 取消操作 "
        "取消申请 cancel stop quit exit " + " ".join(f"不{task}了 先不{task} 不想{task} 别{task}了" for task in _TASKS)
    ),
    "unsure": (
        "不知道 不晓得 不清楚 不太清楚 不大清楚 不确定 不太确定 不懂 弄不清 搞不清 说不准 说不好 不好说 "
        "晓不得 不记得 记不清 记不得 忘 忘了 "
        "不明白 没想好 再想想 再看看 考虑一下 考虑考虑 再说吧 看情况 不一定 可能 也许 大概 应该 随便 都行 "
        "都可以 无所谓 你定 随你 看着办 "
        "母鸡 唔知 勿晓得 弗晓得 啥意思 什么意思 不造"
    ),
    "neutral": (
        "的 了 啊 呀 哦 噢 喔 吧 呗 嘛 哈 呢 啦 嘞 咧 哩 喽 咯 哟 呐 滴 哇 撒 噻 哒 那 就 我 俺 咱 老子 "
        "都 也 还 真 这 他 你 您 这个 那个 "
        "那就 还是 先 唉 哎 诶 欸 额 呃 谢谢 多谢 麻烦 并 根本 实在 暂时 今天 这样 过 来 用 一下 老铁 "
        "师傅 哥 姐"
    ),
    "question": (
        "是不是 有没有 行不行 好不好 要不要 可不可以 能不能 对不对 中不中 成不成 得不得 得不得行 可以不 "
        "好不 行不 是不 对不 中不 "
        "你好 您好 你们好 不用谢 不客气 不可能 不至于 不急 不好意思 没办法"
    ),
}
_KIND = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_WORD = re.compile("|".join(sorted(map(re.escape, _KIND), key=len, reverse=True)))
_RANKED: tuple[Answer, ...] = ("stop", "unsure", "deny", "affirm")

_AT_WORK = r"(?:干|做|跑|送|上班|岗|职)"
_STILL = re.compile(
    rf"在职|还在|没有?(?:走|离|辞)|未离职|(?:正|现|一直)在{_AT_WORK}|目前在|(?<![不没])在(?:岗|跑|干|送|做)|"
    r"还?(?:干|跑|做|送)着(?:呢|的)?|接着干|继续干|照常|还(?:跑|送|干|做)|还是(?:那|这)(?:个|家)|"
    r"人在(?:站|公司|这)|"
    r"(?:准备|想|打算|快要?|马上|正要|下个?月)(?:走|离职|辞职?|不干)"
)
_LEFT = re.compile(
    rf"离职|离了|辞职|辞了|走了|走的|刚走|不干|没(?:在|再)?{_AT_WORK}了?|不在|没在|不做|不跑|不送|停了|歇了|"
    r"被(?:开|辞|炒|裁|劝退)|把我(?:开|辞|炒|裁)|开除|解雇|辞退|走人|跑路|出来了|离开|自离|散伙|"
    r"换了?(?:公司|平台|站|家)|"
    r"转(?:了)?(?:众包|站|平台)|退出|黄了|倒闭|撤站"
)
_NOT_STILL = re.compile(rf"(?:不|没)(?:有)?在{_AT_WORK}")
_WHOLE_STILL = {"在": True, "在的": True, "在呢": True, "不在": False, "不在了": False}


def _bare(text: str) -> str:
    return _SILENT.sub("", normalise(text).text)


def read_answer(text: str) -> Answer | None:
    """Read a short answer: affirm, deny, stop, unsure; None if the text says more or something else.

    Where an answer holds several (好的不用了) the refusal counts. A question (可以吗, 行不行) is no answer.
    """
    bare = _bare(text)
    if not bare or len(bare) > _LONGEST or normalise(text).text.rstrip().endswith("?"):
        return None
    if bare in _WHOLE:
        return _WHOLE[bare]
    kinds = set()
    at = 0
    while at < len(bare):
        word = _WORD.match(bare, at)
        if word is None:
            return None
        kinds.add(_KIND[word[0]])
        at = word.end()
    if "question" in kinds:
        return None
    return next((answer for answer in _RANKED if answer in kinds), None)


def read_yes_no(text: str) -> bool | None:
    """True for yes, False for no, None for anything else (also for stop and unsure)."""
    answer = read_answer(text)
    return {"affirm": True, "deny": False}.get(answer) if answer else None


def read_still_employed(text: str) -> bool | None:
    """The answer to "您还在这家干吗": 在职, 还在干, 没走 → True; 离职, 走了, 不干了 → False; else None."""
    bare = _bare(text)
    if bare in _WHOLE_STILL:
        return _WHOLE_STILL[bare]
    if _NOT_STILL.search(bare):
        return False
    still, left = _STILL.search(bare), _LEFT.search(bare)
    if still and (not left or still.start() <= left.start()):
        return True
    if left:
        return False
    return read_yes_no(text)
