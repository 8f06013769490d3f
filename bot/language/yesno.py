"""Short answers to a yes/no question, in the words of many provinces."""

from __future__ import annotations

import re
from typing import Literal

from bot.language.normalise import normalise

Answer = Literal["affirm", "deny", "stop", "unsure"]

_TRIM = re.compile(r"[^0-9a-z\u3400-\u9fff👌👍🙅🆗✅❌]+")
_PARTICLES = "啊呀哦噢喔吧呗嘛么哈呢啦嘞咧哩喽咯哟呐滴的了哇撒噻嗯恩嗳"
_LONGEST = 24

_STOP = re.compile(
    r"(?:那|就|还是|先|我|唉|哎|行|好|不|嗯|那就|那我|这个|暂时|今天|别|咱|老子|麻烦)*(?:算了?(?:吧)?|"
    r"算球|算咧|算逑|不办|不弄|不搞|不整|不约|不报|不填|不查|不投诉|不说|不问|不要办|不想办|不想弄|不想报|"
    r"不想填|不办理|取消|退出|停止|停|终止|中止|结束|下次再(?:说|办)|改天再(?:说|办)|以后再说|回头再(?:说|"
    r"弄|办)|拉倒|罢了|放弃|撤了|不用办|不用了谢谢|不继续|重来|返回|cancel|stop|quit|exit)"
    r"(?:了|吧|啦|哈|就这样|不办|不弄|不搞|不想办|不约|这个|谢谢|先|操作|预约|麻烦)*"
)
_UNSURE = re.compile(
    r"(?:这个|我|俺|也|还|真|都|实在)*(?:不知道|不晓得|不清楚|不确定|不懂|弄不清|搞不清|说不准|说不好|"
    r"不好说|不大清楚|不太清楚|晓不得|不记得|记不清|记不得|忘|不明白|没想好|再想想|看情况|不一定|可能|"
    r"也许|大概|应该|随便|都行|都可以|无所谓|你定|看着办|莫名|母鸡|唔知|勿晓得|弗晓得|啥意思|什么意思|"
    r"不造)"
    r"(?:了|吧|啊|是|这个|不|呢)*"
)
_DENY = re.compile(
    r"(?:那|我|俺|都|也|还|真|肯定|当然|这|就|他|并|根本|哪有|个)*(?:不是|不对|不行|不要|不用|不需要|"
    r"不可以|不好|不得行|不中|不成|不同意|不愿意|不想|不去|不能|不得|不会|不|否|莫|莫得|冇|冇得|没|没有|"
    r"没得|没啊|没签|"
    r"没有过|别|甭|唔|唔系|唔好|唔使|勿|勿是|弗是|弗|勿要|覅|错|错了|不正确|有误|拒绝|未|否认|no|nope|not|"
    r"n|x|2|0|🙅|❌|假的|哪里|哪有)"
    r"(?:了|的|呀|啊|吧|要|过|用|是|有|谢谢|这个|这样|对|没有|不是|我没|啦|啥|人|没)*"
)
_AFFIRM = re.compile(
    r"(?:那|我|就|都|也|还|真|当然|这|他|可|肯定|必须|嗯|恩|哎|好|行|对|是|可以|没错)*(?:是|对|好|行|嗯|"
    r"恩|嗯呐|嗯呢|恩呐|嗯嗯|中|成|可以|可|能|要|有|确认|确定|同意|愿意|没错|没问题|没毛病|没事|冇错|"
    r"冇问题|无误|正确|得|得行|要得|对头|对滴|是滴|好滴|行嘛|"
    r"就是|就是这样|是这样|系|系啊|好嘅|得嘅|噻|晓得|知道|明白|需要|要的|好嘞|好勒|得嘞|妥|妥妥|必须|当然|"
    r"肯定|阔以|可得|蛮好|来塞|来赛|好格|侬讲得对|就这样|就这个|就它|就那个|办|约|报|提交|发|继续|下一步|"
    r"ok|okay|okk|yes|yep|yeah|y|1|👌|👍|🆗|✅|真的|嗨|哎|诶|欸|昂|嚎|嗷)"
    r"(?:的|了|呀|啊|吧|是|对|对对|好|行|可以|嘞|就这样|没错|谢谢|麻烦|办|这个|没问题|要|有|我|过|嘛|确认|"
    r"提交|就|它|来)*"
)
_STILL = re.compile(
    r"在职|还在(?:干|做|跑|上班|岗|那|职|送|这|里面|站|公司)?|没(?:有)?(?:走|离职|辞|离开|辞职)|未离职|"
    r"(?:正|现)在(?:干|做|跑|上班|还在|职)|目前(?:还)?在|还没(?:有)?(?:走|离职|辞|离)|还干着|干着(?:呢|"
    r"的)|接着干|继续干|照常|还(?:跑|送)着?(?:呢|的|单)?|"
    r"没离|在岗|在跑|在干|在送"
)
_LEFT = re.compile(
    r"离职|辞职|辞了|走了|不干了?|没(?:在)?干了|不在(?:那|这|职|干|做|了|公司|站)|不做了|不跑了|被(?:开|"
    r"辞|炒|裁|劝退)|开除|解雇|辞退|走人|跑路|出来了|离开|自离|散伙|没做了|不送了|已经走|换(?:了)?(?:公司|"
    r"平台|站|家)|退出|没在(?:那|职|做)|黄了|倒闭|早就不"
)
_STILL_NEGATED = re.compile(r"(?:不|没)(?:有)?(?:在职|在干|在岗)")


def _bare(text: str) -> str:
    return _TRIM.sub("", normalise(text).text)


def read_answer(text: str) -> Answer | None:
    """Read a short answer: affirm, deny, stop, unsure; None if the text says more or something else.

    Longer texts are never taken for an answer: 对方不给钱 is not a yes.
    """
    bare = _bare(text)
    if not bare or len(bare) > _LONGEST:
        return None
    for candidate in dict.fromkeys((bare, bare.strip(_PARTICLES) or bare)):
        for answer, pattern in _ORDER:
            if pattern.fullmatch(candidate):
                return answer
    return None


_ORDER: tuple[tuple[Answer, re.Pattern[str]], ...] = (
    ("stop", _STOP),
    ("unsure", _UNSURE),
    ("deny", _DENY),
    ("affirm", _AFFIRM),
)


def read_yes_no(text: str) -> bool | None:
    """True for yes, False for no, None for anything else (also for stop and unsure)."""
    answer = read_answer(text)
    return {"affirm": True, "deny": False}.get(answer) if answer else None


def read_still_employed(text: str) -> bool | None:
    """The answer to "您还在这家干吗": 在职, 还在干, 没走 → True; 离职, 走了, 不干了 → False; else None."""
    bare = _bare(text)
    still, left = _STILL.search(bare), _LEFT.search(bare)
    if _STILL_NEGATED.search(bare):
        return False
    if still and (not left or still.start() <= left.start()):
        return True
    if left:
        return False
    return read_yes_no(text)
