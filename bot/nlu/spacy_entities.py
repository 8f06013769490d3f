"""Employers, and places that no list holds: a Chinese spaCy pipeline of our own, one character a token.

Known firms come from ``data/gazetteer/employers.csv`` through an entity ruler; "鸿达劳务", which no list can
hold, from a small recogniser trained on the annotated examples. Both read the folded text. The recogniser is
the dearest part of understanding a message, so it is asked only where a word such as 物流 or 公司 stands.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import filter_spans, fix_random_seed, minibatch

from bot.geo.cues import trailing_cue
from bot.geo.files import GAZETTEER_DIR, read_csv, split_list
from bot.language.normalise import Normalised, normalise
from bot.nlu.found import Found
from bot.nlu.lexicon import Lexicon, whole_word

EMPLOYER, PLACE = "employer", "place"
EMPLOYERS_FILE = GAZETTEER_DIR / "employers.csv"
_NAME = "SpacyEntityRecogniser"
_MOST_CHARACTERS = 600
_AROUND = 12  # characters before the first and after the last cue that are read too
# Before a cue these end no name: 送快递, 我们公司, 那个小区.
_NAMED = r"(?<=[^\s,。!?;、的送们个是在些给跑有跟么啥没到要了说能我你他她和想做告种这那被把让从当也就都过去进换签欠对问罚查取写停卖收靠律诉险项每各总分爱])"
_FIRM = re.compile(
    _NAMED
    + "(?:物流|供应链|劳务|人力|传媒|文化|货运|快运|快送|配送|速运|速递|快递|冷链|家政|科技|租赁|汽租|集团|搬家|餐饮|公司"
    "|运输|网络|服务|装卸|代驾|管理|商贸|站点|分拨|工厂|电子|外包|咨询|mcn|工作室)"
)
_SPOT = re.compile(
    _NAMED + "(?:小区|大厦|花园|新村|家园|公寓|园区|产业园|工业园|市场|广场|路口|公馆|名苑|新城|华庭|村$)"
)
_WORKS_FOR = re.compile(
    "(?:给|在|送|跑|做|干|是|替|帮|为|被|找|告|叫|投诉|注册|加入|从|跟|属于|代表|转|接|挂靠|这个|那个|我们)$"
)
_OF_FIRM = re.compile(
    "无缘无故|平白|无故|突然|凭啥|凭什么|天天|老是|骑手|站长|站点|公司|平台|小哥|外卖|众包|专送|配送|快递|司机|网点|员|单|扣|欠|封|罚|不|没|拖|拉黑|给我|把我|上班|干|的"
)
# 圆桶速递: a firm's name and nothing else, as the answer to "哪家公司".
_ALONE = re.compile(
    "(?![我你他她咱俺这那在是没有给不要想找问查转]|人工|取消|停止|附近|同城|免费|.*(?:[叫是给在哪]|昆山|外卖))[\u4e00-\u9fff]{2,8}"
    "(?:物流|供应链|劳务|人力|传媒|货运|快运|快送|速运|速递|科技|汽租|集团|公司|商贸|工作室)"
)
_ITS_PEOPLE = re.compile("[那这]边(?:的?人|跟|和|给|说|把|答应|已经|也|都|不|没|就|又|叫|让|扣|欠)")
_PUNCTUATION = " ，。？！,.?!;；、"


@dataclass(frozen=True, slots=True)
class Annotated:
    """A training text as typed, with its (start, end, entity) mentions."""

    text: str
    mentions: tuple[tuple[int, int, str], ...]


def blank() -> Language:
    """A pipeline that splits a text into its characters and knows the firms of the gazetteer."""
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "char"}}})
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "ORTH"})
    patterns = [{"label": EMPLOYER, "pattern": surface, "id": name} for surface, name in _surfaces().items()]
    ruler.add_patterns(patterns)
    return nlp


def train(examples: Sequence[Annotated], epochs: int = 10, seed: int = 0) -> Language:
    """The pipeline with a recogniser trained on the examples that name an employer and as many that do not.

    Each of the former comes twice, once with another example's firm in place of its own, so that what is learnt
    is where a firm stands and how its name ends, not the name. Those without are ones it will be asked about.
    """
    nlp = blank()
    recogniser = nlp.add_pipe("ner", config={"model": _recogniser_model()})
    for label in (EMPLOYER, PLACE):
        recogniser.add_label(label)
    shuffler = random.Random(seed)  # noqa: S311 - shuffling, not secrecy
    named = [item for item in examples if any(label == EMPLOYER for *_, label in item.mentions)]
    firms = sorted({name for item in named for name in _firms(item) if _FIRM.search(name)})
    swapped = [_swap(item, shuffler.choice(firms)) for item in named if firms]
    asked = [item for item in examples if _FIRM.search(item.text) and not _firms(item)]
    chosen = named + swapped + _sample(asked, len(named), shuffler)
    fix_random_seed(seed)
    data = [example for item in chosen if (example := _example(nlp, item)) is not None]
    with nlp.select_pipes(enable=["ner"]):
        optimizer = nlp.initialize(lambda: data)
        for _ in range(epochs):
            shuffler.shuffle(data)
            for batch in minibatch(data, 16):
                nlp.update(batch, sgd=optimizer, drop=0.2)
    return nlp


class EntityRecogniser:
    """Finds employers and free places with a pipeline of :func:`train` or :func:`load`."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        self._ruler = nlp.get_pipe("entity_ruler")
        self._ner = nlp.get_pipe("ner") if "ner" in nlp.pipe_names else None
        self._cue_only = _cue_only()
        self._known = Lexicon(_surfaces())

    def find(self, text: str, edges: frozenset[int] = frozenset()) -> list[Found]:
        """The employers and free places of a text, in reading order.

        `edges`: offsets in the text where words begin or end. Where given, a short surface that cuts through
        a word (员通 in 人员通话, typed for 圆通 elsewhere) is none.
        """
        folded = normalise(text[:_MOST_CHARACTERS])
        unknown = [match.span() for cue in (_FIRM, _SPOT) for match in cue.finditer(folded.text)]
        cues = unknown + [(start, end) for start, end, _ in self._known.find(folded.text)]
        if not cues:
            return []
        # a name holds one of the cues, and what tells it apart stands near
        first = max(0, min(start for start, _ in cues) - _AROUND)
        near = folded.text[first : max(end for _, end in cues) + _AROUND]
        doc = self._ruler(self._nlp.make_doc(near))
        doc.ents = [span for span in doc.ents if self._is_meant(doc, span) and _is_word(folded, first, span, edges)]
        if not doc.ents and _ALONE.fullmatch(near.strip(_PUNCTUATION)):
            start = len(near) - len(near.lstrip(_PUNCTUATION))
            doc.ents = [span for span in [doc.char_span(start, len(near.rstrip(_PUNCTUATION)), EMPLOYER)] if span]
        elif self._ner is not None and unknown:
            doc = self._ner(doc)
        found = []
        for span in doc.ents:
            value = span.ent_id_ or _tidy(span.text)
            if span.ent_id_ or self._is_plausible(span):
                start, end = folded.span(first + span.start_char, first + span.end_char)
                # 富士康旁边 says where, not for whom
                where = span.label_ == EMPLOYER and trailing_cue(near, span.end_char)
                where = where and not _ITS_PEOPLE.match(near, span.end_char)
                entity, value = (PLACE, text[start:end]) if where else (span.label_, value)
                found.append(Found(entity, start, end, text[start:end], value, _NAME))
        return found

    def save(self, folder: Path) -> None:
        """Write the pipeline into the folder."""
        self._nlp.to_disk(folder)

    def _is_meant(self, doc: Doc, span: Span) -> bool:
        """饿了吗 is a firm in 给饿了吗送餐 alone; UU is none inside a Latin word."""
        text, start, end = doc.text, span.start_char, span.end_char
        if not whole_word(text, start, end):
            return False
        if span.text not in self._cue_only or not text.replace(span.text, "", 1).strip(_PUNCTUATION):
            return True
        return bool(_WORKS_FOR.search(text[:start]) or _OF_FIRM.match(text, end))

    @staticmethod
    def _is_plausible(span: Span) -> bool:
        text = span.text
        if not 2 <= len(text) <= 20 or any(mark in text for mark in _PUNCTUATION):
            return False
        pattern = _FIRM if span.label_ == EMPLOYER else _SPOT
        found = pattern.search(text)
        return found is not None and found.start() > 0


def load(folder: Path) -> EntityRecogniser:
    """Read what :meth:`EntityRecogniser.save` wrote."""
    return EntityRecogniser(spacy.load(folder))


def _recogniser_model() -> dict[str, Any]:
    return {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": 48,
        "maxout_pieces": 2,
        "use_upper": True,
        "nO": None,
        "tok2vec": {
            "@architectures": "spacy.HashEmbedCNN.v2",
            "pretrained_vectors": None,
            "width": 48,
            "depth": 3,
            "embed_size": 2000,
            "window_size": 1,
            "maxout_pieces": 2,
            "subword_features": False,
        },
    }


def _example(nlp: Language, item: Annotated) -> Example | None:
    folded = normalise(item.text)
    if not folded.text.strip():
        return None
    doc = nlp.make_doc(folded.text)
    where = {at: index for index, at in enumerate(folded.starts)}
    spans = [
        doc.char_span(where[start], where[start] + end - start, label)
        for start, end, label in item.mentions
        if start in where
    ]
    reference = doc.copy()
    reference.ents = filter_spans([span for span in spans if span is not None])
    return Example(doc, reference)


def _firms(item: Annotated) -> list[str]:
    return [item.text[start:end] for start, end, label in item.mentions if label == EMPLOYER]


def _swap(item: Annotated, firm: str) -> Annotated:
    """The example with its first firm replaced by this one."""
    start, end, _ = next(mention for mention in item.mentions if mention[2] == EMPLOYER)
    shift = len(firm) - (end - start)
    moved = tuple(
        (first, last + shift, label)
        if first == start
        else (first + shift, last + shift, label)
        if first > start
        else (first, last, label)
        for first, last, label in item.mentions
    )
    return Annotated(item.text[:start] + firm + item.text[end:], moved)


def _sample(items: Sequence[Annotated], most: int, shuffler: random.Random) -> list[Annotated]:
    return list(items) if len(items) <= most else shuffler.sample(items, most)


def _is_word(folded: Normalised, first: int, span: Span, edges: frozenset[int]) -> bool:
    if not edges or span.end_char - span.start_char > 2:
        return True
    start, end = folded.span(first + span.start_char, first + span.end_char)
    return start in edges and end in edges


def _tidy(name: str) -> str:
    return name.strip(_PUNCTUATION)


def _surfaces() -> dict[str, str]:
    surfaces: dict[str, str] = {}
    for row in read_csv(EMPLOYERS_FILE):
        for surface in _row_surfaces(row):
            surfaces.setdefault(normalise(surface).text, row["name"])
    return surfaces


def _row_surfaces(row: dict[str, str]) -> Iterable[str]:
    return (row["name"], *split_list(row["aliases"]), *split_list(row["misspellings"]))


def _cue_only() -> frozenset[str]:
    return frozenset(
        normalise(surface).text for row in read_csv(EMPLOYERS_FILE) for surface in split_list(row["cue_only"])
    )
