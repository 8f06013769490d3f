"""Good news after danger: he woke, no more fits, shaken off, taken away by 120, in hospital, only a scratch; "气话".

None of it is a new accident, and none of it makes the doctor needless: what is said then is in `bot.actions.relief`.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.wording import QUESTION
from bot.dialogue.danger_kinds import Danger
from bot.dialogue.taken_up import resume
from bot.dialogue.turn import Parse, Turn, with_topic
from bot.nlu.safety_words import CRISIS, NOT_CRISIS

LIFE = 6  # the rider's messages since the danger
LENGTH = 24  # characters
BY_HANDS: frozenset[Danger] = frozenset(
    ["violence", "home_violence", "wounded", "home_wounded", "threat", "followed", "assault", "harassment"]
)
_NO_SCRATCH: frozenset[Danger] = frozenset(
    [*("heart", "heart_other", "poison", "poison_other", "convulsion", "gas", "electric", "drowning", "choking")]
)
_NEWS = {
    "hospital": r"(?:在|到|进|住|送到?|送进|来)(?:了)?(?:三院|医院|急诊|病房|手术室|抢救室|icu)(?:了|里|看|检查|躺着)?",
    "taken": r"(?:被|让)?(?:120|救护车|急救车|医生)?(?:来了)?(?:拉|接|抬|送)走了|(?:拉|接|送)(?:去|到)医院了",
    "woke": r"(?:清)?醒(?:过来|来)?了|缓过(?:来|劲)(?:来)?了|有(?:意识|反应|呼吸)了|能(?:说话|走|动|站)了",
    "eased": r"不(?:抽|疼|痛|吐|闷|流血|流|出血|晕|难受|喘|咳|抖|慌)了|血?止住了|不怎么(?:疼|痛|晕|流)了?|抽完了|吐出来了",
    "gone": (
        r"甩(?:掉|开|脱)了?|(?:走|跑|离开|撤|散|回去)了|(?:没|不)(?:再)?跟(?:着|踪)?(?:我)?了?|跟丢了|"
        r"(?:被)?(?:警察|保安|民警)(?:来了)?(?:把他)?(?:带|劝|赶|拉)走了"
    ),
    "scratch": (
        r"小伤|(?:皮|轻)外?伤|轻伤|(?:就|只是?|不过)?(?:擦|蹭|磕|碰|破)(?:破|伤|掉)?(?:了)?(?:一?点|块)?(?:儿)?皮|没(?:有)?(?:受|大|啥|什么)?伤(?:着|到)?|"
        r"(?:就|只|有点)(?:是)?(?:疼|痛)(?:一|了)?(?:下|点)|伤(?:得|的)?不重|不严重|没流血"
    ),
}
_FILLER = (
    r"我们?|俺|人|他们?|她们?|那人|那个(?:人|男的|女的)?|对方|孩子|娃|儿子|女儿|老婆|老公|工友|同事|朋友|客户|伤者|司机|现在|已经|刚刚?|刚才|终于|都|也|又|嗯|哦|就|这会儿|自己|"
    r"好的?|谢谢|放心|万幸|还好|幸好|没事儿?|没什么事|没大碍|没啥事|没啥|不要紧|了|的|啦|呀|啊|吧|呢|120|救护车|急救车|来了|到了|[\s，,。.!！~]"
)
_ALL = re.compile(rf"(?:{_FILLER}|{'|'.join(_NEWS.values())})+")
_NOT_SO = re.compile(
    r"没(?:有)?(?:醒|缓|止|送|到医院|甩)|还没|不醒|没人|但|可是|就是|不过又|才(?:能|会)|如果|要是|又(?:抽|晕|疼|吐|流|来|回)"
)
_AGAIN = re.compile(
    r"又[^，。没不]{0,3}(?:抽|晕|昏|倒|疼|痛|吐|流血|出血|喘|犯|发作|不行|不动|没反应|叫不醒|喊不醒|冒烟|着)"
)
_WORDS_ONLY = re.compile(
    r"气话|说说(?:而已|罢了|的)?|说着玩|吓唬|气头上|一时冲动|(?:我)?(?:不会|没想|哪敢|不敢)(?:真的?)?(?:去|动手|砍|烧|打|干|做)|开玩笑"
)
_REGISTERS = re.compile(r"登记|投诉|接着办|办(?:一下|吧)|要回(?:我的)?(?:钱|工资)|走正路|帮我(?:报|弄|办|要)")


def relieved(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker | None) -> Turn | None:
    """The turn of good news after danger; None where there was none, or where it may still be bad."""
    if tracker is None or tracker.active_loop_name or text.startswith("/") or len(text) > LENGTH:
        return None
    if str(parse.get("text") or "").startswith("/") or metadata.keys() & {"location", "image_url"}:
        return None
    found, kind = _lately(tracker)
    if not found:
        return None
    if kind == "harm_others":
        return _only_words(text, parse, metadata, tracker)
    said = text.strip().lower()
    if _AGAIN.search(said) and not QUESTION.search(text) and _is_relieved(tracker):
        again = {"danger": kind} if kind else {}
        return Turn(text, with_topic(parse, "emergency"), {**metadata, **again})
    if QUESTION.search(text) or _NOT_SO.search(said) or not _ALL.fullmatch(said):
        return None
    news = next((one for one, words in _NEWS.items() if re.search(words, said)), None)
    if news == "gone" and kind not in BY_HANDS:
        news = None
    if (
        news is None
        or (news == "scratch" and kind in _NO_SCRATCH)
        or (news not in ("gone", "hospital") and kind == "fire")
    ):
        return None
    if news in ("woke", "eased") and kind in ("poison", "poison_other"):
        news = "poisoned"
    about = {"about": "emergency", "runs": "action_safe_again", "news": news}
    return Turn(text, with_topic(parse, "inform"), {**metadata, **about})


def _is_relieved(tracker: DialogueStateTracker) -> bool:
    """Whether good news was the last of the danger: what is told now is new."""
    last = next((e.metadata or {} for e in reversed(tracker.events) if isinstance(e, UserUttered)), {})
    return last.get("runs") == "action_safe_again"


def _lately(tracker: DialogueStateTracker) -> tuple[bool, Danger | None]:
    """(was there danger, of which kind) in the rider's last messages."""
    for event in [event for event in reversed(tracker.events) if isinstance(event, UserUttered)][:LIFE]:
        metadata = event.metadata or {}
        kind = metadata.get("danger")
        if metadata.get("runs") == "action_safe_again" and not metadata.get("news"):
            return False, None
        if kind:
            return True, kind
        if event.intent_name == "emergency" and not metadata.get("emergency_follow_up"):
            return True, None
        if event.intent_name == "crisis":
            return False, None
    return False, None


def _only_words(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "气话 帮我登记" after "我要砍了他": the claim goes on; "说气话呢" alone is offered it."""
    if CRISIS.search(NOT_CRISIS.sub("", text)):
        return None
    calm, registers = bool(_WORDS_ONLY.search(text)), bool(_REGISTERS.search(text))
    if registers:
        if tracker.get_slot("suspended"):
            return resume(text, {**parse, "do": "resume"}, metadata, tracker)
        return Turn(text, with_topic(parse, "open_dispute"), metadata)
    if not calm:
        return None
    return Turn(text, with_topic(parse, "inform"), {**metadata, "about": "crisis", "runs": "action_safe_again"})
