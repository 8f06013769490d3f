"""Which of the hospital's three channels is meant: outpatient, health_cert or hp_test."""

from __future__ import annotations

from bot.language.phrases import Labelled, PhraseTable

CHANNELS = ("outpatient", "health_cert", "hp_test")

# Voice input writes 正, 症 or 政 for 证, 优门 or 油门 for 幽门, 罗 or 锣 for 螺, 门针 for 门诊.
_TABLE = PhraseTable.of(
    {
        "hp_test": [
            r"(?:[幽优悠忧呦]门|[油又]门(?=[螺罗锣骡洛落杆检查菌]))(?:[螺罗锣骡洛落]?[旋玄悬选炫]?(?:杆|感|干|"
            r"竿|赶|肝)?[菌军君均]?)(?:检查|检测|筛查|感染)?",
            r"[螺罗锣骡][旋玄悬]?(?:杆|感|干|竿)[菌军君均](?:检查|检测|筛查)?",
            r"胃(?:里|里面|部|上)?(?:的|那个|那种)?(?:细|西|系)[菌军君](?:检查|检测)?",
            r"查(?:一下|个|下)?胃(?:里)?(?:的)?(?:细)?菌",
            r"(?:吹|呼)(?:一?个?|口)?[气汽](?:检查|检测|试验|实验|测试|的)?",
            r"碳ˉ?(?:13|14|十三|十四)(?:呼气)?|c ?-?1[34](?:呼气)?",
            r"(?<![a-z])hp(?![a-z])(?:检查|检测|筛查)?",
        ],
        "health_cert": [
            r"[健建件][康抗][证正症政征整郑挣]明?",
            r"健康z|(?<![a-z])jkz(?![a-z])|[健建]证(?=到期|过期|办|在哪|要|怎|多)",
            r"体检(?:办|拿|领)证|办(?:证)?体检|(?:办|做|搞|弄)(?:那个|个|一个)?健康(?:体检|证)",
            r"(?:外卖|骑手|跑单|餐饮|从业|上岗)(?:人员)?(?:的|要的)?(?:体检|健康检查)(?:证)?",
            r"从业人员健康(?:检查|证明)|绿本体检",
            r"(?:办证|拿证|领证)(?:的)?体检|体检证",
        ],
        "outpatient": [
            r"(?:门[诊珍疹枕]|(?<![部专热冷大车关开屋家铁])门[整针真震])(?:号|预约|通道)?",
            r"(?:看|瞧)(?:个|一下|下)?(?:病|医生|大夫|郎中|诊)|看(?:个|一下|下)?(?:内科|外科|骨科|皮肤科|牙|"
            r"牙科|眼科|眼睛|腰|胃病|感冒|发烧|妇科|专家|中医|颈椎)",
            r"[挂卦褂](?:个|一个|了|上|不上|下)?(?:专家|普通|内科|外科|骨科|皮肤科|眼科|牙科|"
            r"妇科)?[号好耗](?!看)?(?!码)",
            r"(?:内科|外科|骨科|皮肤科|眼科|口腔科|耳鼻喉科?|妇科|中医科|消化科|呼吸科|神经科)",
            r"就诊|就医|问诊|复诊|初诊",
        ],
    }
)


def find_channels(text: str) -> list[Labelled]:
    """Words of `text` that name a hospital channel; `value` is one of `CHANNELS`."""
    return _TABLE.find(text)


def read_channel(text: str) -> str | None:
    """The one channel a text is about, or None if it names none or several."""
    values = {found.value for found in find_channels(text)}
    return values.pop() if len(values) == 1 else None
