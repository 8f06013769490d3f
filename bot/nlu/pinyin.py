"""Syllables: of characters, and of Latin letters typed by those who cannot find the character ("gongzi 不发")."""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import Style, pinyin

# The toneless syllables of Standard Chinese, ü as v; of single letters only a and e, the others stand for too much.
_TABLE = """
a ai an ang ao ba bai ban bang bao bei ben beng bi bian biang biao bie bin bing bo bong bu ca cai can cang cao ce cei
cen ceng cha chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui chun chuo ci cong cou
cu cuan cui cun cuo da dai dan dang dao de dei den deng di dia dian diao die din ding diu dong dou du duan dui dun duo
e ei en eng er fa fan fang fei fen feng fiao fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan
guang gui gun guo ha hai han hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian jiang
jiao jie jin jing jiong jiu ju juan jue jun ka kai kan kang kao ke kei ken keng kong kou ku kua kuai kuan kuang kui
kun kuo la lai lan lang lao le lei len leng li lia lian liang liao lie lin ling liu lo long lou lu luan lun luo lv lve
ma mai man mang mao me mei men meng mi mian miao mie min ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nia
nian niang niao nie nin ning niu nong nou nu nuan nun nuo nv nve ou pa pai pan pang pao pei pen peng pi pian piao pie
pin ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun ran rang rao re ren reng ri rong rou
ru rua ruan rui run ruo sa sai san sang sao se sen seng sha shai shan shang shao she shei shen sheng shi shou shu shua
shuai shuan shuang shui shun shuo si song sou su suan sui sun suo ta tai tan tang tao te tei teng ti tian tiao tie
ting tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wong wu xi xia xian xiang xiao xie xin xing xiong
xiu xu xuan xue xun ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng zha
zhai zhan zhang zhao zhe zhei zhen zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan
zui zun zuo
"""
SYLLABLES = frozenset(_TABLE.split())
_LONGEST = max(map(len, SYLLABLES))
# Alone, three letters are as often a word (app, emo, vip); among characters they stand for one ("撞dao了").
_LATIN = re.compile("[a-z]{4,80}|(?<=[\u3400-\u9fff])[a-z]{2,3}(?=[\u3400-\u9fff]|$)|^[a-z]{2,3}(?=[\u3400-\u9fff])")


@lru_cache(maxsize=16_384)
def syllable(character: str) -> str:
    """The character's commonest reading, toneless (ü as v), or the character itself when it has none."""
    if not "\u3400" <= character <= "\u9fff":
        return character
    return pinyin(character, style=Style.NORMAL, errors=lambda text: text)[0][0]


def syllables(folded: str) -> list[str]:
    """The text as syllables: "gongzi不发" → gong zi bu fa. Letters that are no syllables stay single letters."""
    found: list[str] = []
    at = 0
    for run in _LATIN.finditer(folded):
        parts = split_latin(run[0])
        if len(parts) > 1 or (parts and _among_characters(folded, run)):
            found.extend(map(syllable, folded[at : run.start()]))
            found.extend(parts)
            at = run.end()
    found.extend(map(syllable, folded[at:]))
    return found


def _among_characters(folded: str, run: re.Match[str]) -> bool:
    around = folded[run.start() - 1 : run.start()] if run.start() else "", folded[run.end() : run.end() + 1]
    return any("\u3400" <= one <= "\u9fff" for one in around if one)


@lru_cache(maxsize=4_096)
def split_latin(letters: str) -> tuple[str, ...]:
    """The fewest syllables that the letters (a–z) make up, () when they make up none."""
    best: list[tuple[str, ...] | None] = [(), *([None] * len(letters))]
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - _LONGEST), end):
            before, last = best[start], letters[start:end]
            if before is None or last not in SYLLABLES:
                continue
            now = best[end]
            if now is None or len(before) + 1 < len(now):
                best[end] = (*before, last)
    return best[-1] or ()
