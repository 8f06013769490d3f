"""All generated files, as a mapping from path under ``data/`` to text."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import jieba

from bot.geo.files import GAZETTEER_DIR, read_csv, split_list
from bot.geo.places import PLACE_FILES, Gazetteer
from reference_data import catalogue, points, sites, stations, workers
from reference_data.common import Row, csv_text


def build_all() -> dict[str, str]:
    """Every generated file's text. Reads the hand-kept gazetteer columns, writes nothing."""
    files: dict[str, str] = {}
    tables = {name: read_csv(GAZETTEER_DIR / f"{name}.csv") for name in PLACE_FILES}
    points.fill(tables)
    for name, rows in tables.items():
        files[f"gazetteer/{name}.csv"] = csv_text(_header(GAZETTEER_DIR / f"{name}.csv"), rows)
    files["gazetteer/common_words.csv"] = csv_text(["word"], _common_words(tables))
    files["gazetteer/jieba_dict.txt"] = _jieba_dictionary(tables)
    for name, columns, rows in _reference(tables):
        files[f"reference/{name}.csv"] = csv_text(columns, rows)
    return files


def _reference(tables: dict[str, list[Row]]) -> Iterator[tuple[str, Sequence[str], list[Row]]]:
    services = read_csv(GAZETTEER_DIR / "services.csv")
    station_rows = stations.build_stations(tables, services)
    education_sites = sites.build_education_sites()
    yield "districts", catalogue.DISTRICT_COLUMNS, catalogue.build_districts(tables["districts"])
    yield "services", catalogue.SERVICE_COLUMNS, catalogue.build_services(services)
    yield "stations", stations.STATION_COLUMNS, station_rows
    yield "drink_machines", stations.MACHINE_COLUMNS, stations.build_machines(station_rows)
    yield "berths", sites.BERTH_COLUMNS, sites.build_berths(tables)
    yield "passage_rules", catalogue.PASSAGE_COLUMNS, []
    yield "plating_windows", catalogue.PLATING_COLUMNS, catalogue.build_plating_windows()
    yield "bank_outlets", sites.BANK_COLUMNS, sites.build_banks(tables)
    yield "dispute_windows", catalogue.WINDOW_COLUMNS, catalogue.build_windows(tables["districts"])
    yield "mediators", catalogue.MEDIATOR_COLUMNS, catalogue.build_mediators()
    yield "hospital_channels", catalogue.CHANNEL_COLUMNS, catalogue.build_channels()
    yield "education_sites", sites.EDUCATION_COLUMNS, education_sites
    yield "education_slots", sites.EDUCATION_SLOT_COLUMNS, sites.build_education_slots(education_sites)
    yield "micro_homes", sites.MICRO_HOME_COLUMNS, sites.build_micro_homes(station_rows)
    yield "library_stations", sites.LIBRARY_COLUMNS, sites.build_libraries(tables)
    yield "discounts", catalogue.DISCOUNT_COLUMNS, catalogue.build_discounts()
    yield "safety_violations_demo", workers.VIOLATION_COLUMNS, workers.build_violations()
    yield "safety_accidents_demo", workers.ACCIDENT_COLUMNS, workers.build_accidents()
    yield "safety_companies_demo", workers.COMPANY_COLUMNS, workers.build_companies()
    yield "tour_card_metrics_demo", workers.METRIC_COLUMNS, workers.build_metrics()


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as handle:
        return next(csv.reader(handle))


def _common_words(tables: dict[str, list[Row]]) -> list[Row]:
    """Dictionary words (jieba, MIT) that sound like a place: the gazetteer must not hear a place in them."""
    gazetteer = Gazetteer(row for rows in tables.values() for row in rows)
    dictionary = Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8")
    words = {line.split(" ", 1)[0] for line in dictionary.splitlines()}
    return [{"word": word} for word in sorted(words) if gazetteer.sounds_like_a_place(word)]


def _jieba_dictionary(tables: dict[str, list[Row]]) -> str:
    """jieba user dictionary (``word tag``): places, services, platforms, programme terms.

    Misspellings and everyday words stay out: the tokeniser must not cut "签到" or "前进" as places.
    """
    words: dict[str, str] = {}
    for name, tag in (("employers", "nt"), ("services", "n")):
        for row in read_csv(GAZETTEER_DIR / f"{name}.csv"):
            for word in (
                row["name"],
                *split_list(row.get("aliases", "")),
                *split_list(row.get("synonyms", "")),
            ):
                if word not in split_list(row.get("cue_only", "")):
                    words.setdefault(word, tag)
    for rows in tables.values():
        for row in rows:
            for word in (row["name"], *split_list(row["aliases"])):
                if word not in split_list(row["cue_only"]):
                    words.setdefault(word, "ns")
    for row in read_csv(GAZETTEER_DIR / "terms.csv"):
        words.setdefault(row["term"], "n")
    kept = {word: tag for word, tag in words.items() if len(word) > 1 and " " not in word}
    return "".join(f"{word} {tag}\n" for word, tag in sorted(kept.items()))
