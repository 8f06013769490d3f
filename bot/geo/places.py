"""The gazetteer: which place in (or outside) Kunshan a piece of text names.

Rows come from ``data/gazetteer/*.csv`` (columns in that folder's README). Points are WGS-84, and each row
says where its point is from; a derived one is marked ``approximate`` and carries the radius within which the
place lies, so that nobody takes it for surveyed. What the gazetteer does not know is None, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from bot.geo.cues import cue_offsets, in_place_context, is_asked_for, strip_cues
from bot.geo.datum import Point
from bot.geo.files import GAZETTEER_DIR, read_csv, split_list
from bot.geo.pinyin import folded_key, pinyin_key
from bot.language.normalise import Normalised, normalise

PLACE_FILES = ("districts", "metro", "landmarks", "roads", "villages", "outside")
"""In order of standing: of places that share a surface, those of the first file are named first."""

Via = Literal["name", "alias", "misspelling", "pinyin"]

_MAX_PINYIN_LEN = 8
_MAX_SOUND_TEXT = 1000  # WeChat sends no longer texts; what is longer was not typed by someone asking the way
_LETTERS = re.compile("(?<![a-z0-9@._-])[a-z]{2,24}(?: [a-z]{2,24})*(?![a-z0-9@._-])")
_MOST_WORDS = 6
_TYPED_KINDS = frozenset({"district", "metro", "road", "rail", "locality", "mall", "sight"})
_GENERIC_KINDS = frozenset({"road", "village", "mall", "building", "hospital", "programme_site", "office"})
_UPPER_UNITS = frozenset({"苏州", "江苏"})
# 河南人, 上海话, 苏州迅捷劳务: where someone or a firm is from, not where the speaker is.
_NOT_WHERE = re.compile("人(?!民)|话|菜|牌|籍|户|口|老|[^在的有去来到那这，。 ]{1,6}(?:公司|劳务|人力|集团|物流|科技)")
_CITY_PREFIX = re.compile(r"^(?:江苏省|江苏)?(?:苏州市|苏州)?昆山市?")


@dataclass(frozen=True, slots=True)
class Place:
    """One row of the gazetteer. ``lng``/``lat`` are WGS-84 degrees, None when no point may be given."""

    name: str
    kind: str
    district: str
    lng: float | None
    lat: float | None
    radius_m: int | None
    point_source: str
    outside: bool = False

    @property
    def point(self) -> Point | None:
        """``(lng, lat)``, or None when where it is is not known."""
        return None if self.lng is None or self.lat is None else (self.lng, self.lat)

    @property
    def label(self) -> str:
        """The name, with its district to tell it from a namesake: "花园社区（张浦镇）"."""
        return f"{self.name}（{self.district}）" if self.district and self.district != self.name else self.name

    @property
    def approximate(self) -> bool:
        """True when the point was derived, not published: say so with any distance measured from it."""
        return self.point_source.startswith("approximate")


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """A place named in a text. ``start``/``end`` are offsets into the original text."""

    start: int
    end: int
    surface: str
    candidates: tuple[Place, ...]
    via: Via

    @property
    def ambiguous(self) -> bool:
        """True when the asker must choose among the candidates."""
        return len(self.candidates) > 1

    @property
    def outside(self) -> bool:
        """True when every candidate lies outside Kunshan."""
        return all(place.outside for place in self.candidates)

    @property
    def place(self) -> Place | None:
        """The one place meant, or None when there are several."""
        return self.candidates[0] if len(self.candidates) == 1 else None


@dataclass(frozen=True, slots=True)
class _Hit:
    place: Place
    via: Via
    needs_cue: bool


class Gazetteer:
    """Finds place names in text: longest first, doubtful ones only in place context, then by sound."""

    def __init__(
        self,
        rows: Iterable[Mapping[str, str]],
        not_places: Iterable[str] = (),
        common_words: Iterable[str] = (),
    ) -> None:
        self.places: list[Place] = []
        self._hits: dict[str, list[_Hit]] = {}
        self._not_places = frozenset(map(_fold, not_places))
        self._common_words = frozenset(map(_fold, common_words))
        self._by_sound: dict[str, list[_Hit]] = {}
        self._by_letters: dict[str, list[_Hit]] = {}
        self._common_sounds = {key for word in self._common_words if (key := pinyin_key(word))}
        for row in rows:
            self._add(row)
        lengths: dict[str, set[int]] = {}
        for surface in [*self._hits, *self._not_places]:
            lengths.setdefault(surface[0], set()).add(len(surface))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    @classmethod
    def load(cls, folder: Path = GAZETTEER_DIR) -> Gazetteer:
        """Read the gazetteer's CSV files. ValueError, naming it, for a row that does not hold together."""
        rows = [row for name in PLACE_FILES for row in read_csv(folder / f"{name}.csv")]
        not_places = [row["text"] for row in read_csv(folder / "not_places.csv")]
        common_words = [row["word"] for row in read_csv(folder / "common_words.csv")]
        return cls(rows, not_places, common_words)

    def find_places(self, text: str) -> list[PlaceMatch]:
        """All places named in the text, in order, not overlapping; empty when there are none.

        昆山 itself is not among them: it tells nothing about where in Kunshan someone is.
        """
        folded = normalise(text)
        matches, taken = self._scan(folded.text)
        matches += self._scan_by_sound(folded.text, taken)
        matches += self._scan_letters(folded.text, taken)
        matches.sort(key=lambda match: match.start)
        named = [match for match in _weigh(folded.text, matches) if match.candidates[0].kind != "city"]
        return [_in_original(folded, match) for match in named]

    def locate(self, text: str) -> PlaceMatch | None:
        """The place a text is about: the most specific in Kunshan (a stop before its town), else outside."""
        matches = self.find_places(text)
        return min(matches, key=_coarseness) if matches else None

    def resolve(self, name: str) -> PlaceMatch | None:
        """The place that a value given *as a place* names ("八成" is then 巴城); None when not known."""
        whole = _fold(name)
        plain = strip_cues(whole)
        for value in dict.fromkeys((whole, plain, plain.replace(" ", ""), _CITY_PREFIX.sub("", plain))):
            hits = self._hits.get(value) or self._hits_by_sound(value)
            if hits:
                return PlaceMatch(0, len(name), name, _places(hits), hits[0].via)
        return self.locate(name)

    def sounds_like_a_place(self, word: str) -> bool:
        """Is the word, itself no surface of the gazetteer, taken for a place by its sound?"""
        return 2 <= len(word) <= _MAX_PINYIN_LEN and word not in self._hits and bool(self._hits_by_sound(word))

    def _add(self, row: Mapping[str, str]) -> None:
        place = _place(row)
        self.places.append(place)
        needs_cue = {_fold(surface) for surface in split_list(row["cue_only"])}
        surfaces: list[tuple[str, Via]] = [(row["name"], "name")]
        surfaces += [(surface, "alias") for surface in split_list(row["aliases"])]
        surfaces += [(surface, "misspelling") for surface in split_list(row["misspellings"])]
        unknown = needs_cue - {_fold(surface) for surface, _ in surfaces}
        if unknown:
            raise ValueError(f"{place.name}: cue_only names no surface of the row: {'|'.join(sorted(unknown))}")
        for raw, via in surfaces:
            surface = _fold(raw)
            hit = _Hit(place, via, surface in needs_cue)
            self._hits.setdefault(surface, []).append(hit)
            if via != "misspelling" and not hit.needs_cue and not place.outside:
                self._add_sound(surface, replace(hit, via="pinyin"))

    def _add_sound(self, surface: str, hit: _Hit) -> None:
        key = pinyin_key(surface)
        if key is None or not 2 <= len(surface) <= _MAX_PINYIN_LEN:
            return
        if len(surface) == 2 and hit.place.kind == "hospital":  # 一院 sounds like 一元, 三院 like 三元
            return
        if hit.place.kind in _TYPED_KINDS and (hit.place.kind == "district" or key not in self._common_sounds):
            self._by_letters.setdefault(key.replace(" ", ""), []).append(hit)
        # Two syllables heard loosely fit too many words, so only longer names get the folded key.
        for one in {key, folded_key(key)} if len(surface) > 2 else {key}:
            self._by_sound.setdefault(one, []).append(hit)

    def _scan(self, text: str) -> tuple[list[PlaceMatch], list[bool]]:
        matches: list[PlaceMatch] = []
        taken = [False] * len(text)
        position = 0
        while position < len(text):
            if text[position] not in self._lengths:
                position += 1
                continue
            town = _town_before(text, matches, position)
            end, hits = self._longest_at(text, position, town)
            if hits:
                matches.append(PlaceMatch(position, end, text[position:end], _places(hits), hits[0].via))
            if end > position + 1:
                taken[position:end] = [True] * (end - position)
            position = end
        return matches, taken

    def _longest_at(self, text: str, start: int, town: str) -> tuple[int, list[_Hit]]:
        """Where scanning goes on, and what was found: the longest name here, or a word known to be none."""
        for length in self._lengths[text[start]]:
            end = start + length
            surface = text[start:end]
            if end > len(text):
                continue
            if surface in self._not_places:
                return end, []
            hits = self._accepted(text, start, surface, town)
            if hits and hits[0].place.kind == "city":  # 昆山 南站 is one name, not the city and a station
                spaced_end, spaced = self._longest_spaced(text, start)
                return (spaced_end, spaced) if spaced else (end, hits)
            if hits:
                return end, hits
        return self._longest_spaced(text, start)

    def _longest_spaced(self, text: str, start: int) -> tuple[int, list[_Hit]]:
        """The same for a name typed with blanks in it ("昆山 南站"); short ones would join by chance."""
        lengths = self._lengths[text[start]]
        if " " not in text[start : start + lengths[0]]:
            return start + 1, []
        offsets = [at for at in range(start, min(len(text), start + 2 * lengths[0])) if text[at] != " "]
        for length in lengths:
            if 3 <= length <= len(offsets):
                end = offsets[length - 1] + 1
                hits = self._hits.get("".join(text[at] for at in offsets[:length]), [])
                if end - start > length and hits and not any(hit.needs_cue for hit in hits):
                    return end, hits
        return start + 1, []

    def _accepted(self, text: str, start: int, surface: str, town: str) -> list[_Hit]:
        hits = self._hits.get(surface)
        if not hits:
            return []
        end = start + len(surface)
        if any(hit.needs_cue for hit in hits) and not in_place_context(text, start, end):
            asked = is_asked_for(text, start, end)
            hits = [
                hit
                for hit in hits
                if not hit.needs_cue or (hit.via != "misspelling" and (asked or town == hit.place.district != ""))
            ]
        if _NOT_WHERE.match(text, end):
            hits = [hit for hit in hits if not hit.place.outside]
        return hits

    def _scan_by_sound(self, text: str, taken: list[bool]) -> list[PlaceMatch]:
        """Names by their sound, next to a word such as 在 or 附近, where no name was found as written."""
        matches: list[PlaceMatch] = []
        if len(text) > _MAX_SOUND_TEXT:
            return matches
        ends, starts = cue_offsets(text)
        for end in ends:
            spans = [(end - length, end) for length in range(_MAX_PINYIN_LEN, 1, -1)]
            self._try_spans(text, taken, spans, matches)
        for start in starts:
            spans = [(start, start + length) for length in range(_MAX_PINYIN_LEN, 1, -1)]
            self._try_spans(text, taken, spans, matches, loosely=False)
        return matches

    def _scan_letters(self, text: str, taken: list[bool]) -> list[PlaceMatch]:
        """Names typed in letters, as one word or a word a syllable: "zai huaqiao", "renmin lu"."""
        matches: list[PlaceMatch] = []
        for run in _LETTERS.finditer(text):
            words = [(run.start() + word.start(), run.start() + word.end()) for word in re.finditer("[a-z]+", run[0])]
            at = 0
            while at < len(words):
                for last in range(min(len(words), at + _MOST_WORDS), at, -1):
                    start, end = words[at][0], words[last - 1][1]
                    hits = self._by_letters.get(text[start:end].replace(" ", ""))
                    if hits and not any(taken[start:end]):
                        matches.append(PlaceMatch(start, end, text[start:end], _places(hits), "pinyin"))
                        at = last - 1
                        break
                at += 1
        return matches

    def _try_spans(
        self,
        text: str,
        taken: list[bool],
        spans: list[tuple[int, int]],
        matches: list[PlaceMatch],
        loosely: bool = True,
    ) -> None:
        for start, end in spans:
            if start < 0 or end > len(text) or any(taken[start:end]):
                continue
            hits = self._hits_by_sound(text[start:end], loosely)
            if hits and in_place_context(text, start, end):
                taken[start:end] = [True] * (end - start)
                matches.append(PlaceMatch(start, end, text[start:end], _places(hits), "pinyin"))
                return

    def _hits_by_sound(self, surface: str, loosely: bool = True) -> list[_Hit]:
        if not 2 <= len(surface) <= _MAX_PINYIN_LEN or surface in self._common_words or surface in self._not_places:
            return []
        key = pinyin_key(surface)
        if key is None:
            return []
        found = self._by_sound.get(key)
        if not found and loosely and len(surface) > 2:
            found = self._by_sound.get(folded_key(key))
        return found or []


def _fold(text: str) -> str:
    return normalise(text).text


def _in_original(folded: Normalised, match: PlaceMatch) -> PlaceMatch:
    start, end = folded.span(match.start, match.end)
    return replace(match, start=start, end=end, surface=folded.original[start:end])


def _place(row: Mapping[str, str]) -> Place:
    name, has_lng, has_lat = row["name"], bool(row["lng"]), bool(row["lat"])
    if not name or has_lng != has_lat:
        raise ValueError(f"gazetteer row {name!r}: needs a name, and both lng and lat or neither")
    return Place(
        name=name,
        kind=row["kind"],
        district=row["district"],
        lng=float(row["lng"]) if has_lng else None,
        lat=float(row["lat"]) if has_lat else None,
        radius_m=int(row["radius_m"]) if row["radius_m"] else None,
        point_source=row["point_source"],
        outside=row["kind"] == "outside" or row.get("outside") == "1",
    )


def _places(hits: Iterable[_Hit]) -> tuple[Place, ...]:
    return tuple(dict.fromkeys(hit.place for hit in hits))


def _town_before(text: str, matches: list[PlaceMatch], position: int) -> str:
    """The district that was named right before (张浦新塘, 张浦的新塘), or ""."""
    if not matches or text[matches[-1].end : position] not in ("", "的"):
        return ""
    before = matches[-1].place
    return before.district if before is not None and before.kind == "district" else ""


def _coarseness(match: PlaceMatch) -> tuple[bool, bool, int]:
    first = match.candidates[0]
    return match.outside, first.kind in ("district", "metro_line"), match.start


def _weigh(text: str, matches: list[PlaceMatch]) -> list[PlaceMatch]:
    """Let neighbours speak: 张浦花园社区 is not 玉山's, 上海人民路 is not ours, 苏州昆山花桥 is."""
    result: list[PlaceMatch] = []
    for match in matches:
        before = result[-1] if result else None
        if before is not None and before.end == match.start:
            if before.outside and before.candidates[0].name in _UPPER_UNITS and not match.outside:
                result.pop()
            elif before.outside and all(place.kind in _GENERIC_KINDS for place in match.candidates):
                result[-1] = replace(before, end=match.end, surface=text[before.start : match.end])
                continue
            elif before.place is not None and before.place.kind == "district" and match.ambiguous:
                same = tuple(place for place in match.candidates if place.district == before.candidates[0].district)
                match = replace(match, candidates=same or match.candidates)
        result.append(match)
    return [match for match in result if not _only_prefix(text, match)]


def _only_prefix(text: str, match: PlaceMatch) -> bool:
    """苏州 in 苏州市昆山… names the upper unit of the address, not where the speaker is."""
    upper = match.outside and match.candidates[0].name in _UPPER_UNITS
    return upper and text.startswith("昆山", match.end)


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The committed gazetteer, read once."""
    return Gazetteer.load()


def find_places(text: str) -> list[PlaceMatch]:
    """See :meth:`Gazetteer.find_places`."""
    return gazetteer().find_places(text)


def resolve(name: str) -> PlaceMatch | None:
    """See :meth:`Gazetteer.resolve`."""
    return gazetteer().resolve(name)
