"""Translations: which English each Chinese text of the data was last compared with.

Lessons keep that hash in their source (``%% zh 1f0c2a9b``). In the words, cases, exercises,
cards and parameters both languages stand side by side; for them ``data/translations.csv`` holds a
hash of each pair, as it was when somebody last read both.

``python -m crmsim.authoring.translations`` writes the file again. If only the English of a text
changed, it refuses until somebody has read the Chinese: ``--looked-at words/play.toml:felt.go``.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tomllib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from crmsim.common.files import sha256_of
from crmsim.common.words import data_path
from crmsim.scenario.parameters import declared_parameters

FOLDERS = ("words", "scenarios", "exercises", "policies", "presets")
SEEN = data_path("translations.csv")


class BothLanguages(NamedTuple):
    """A text in both languages, and where it stands: ``words/play.toml:felt.go``."""

    place: str
    en: str
    zh: str

    @property
    def hashes(self) -> tuple[str, str]:
        """The hashes that show that a language has changed."""
        return sha256_of(self.en)[:8], sha256_of(self.zh)[:8]


def pairs() -> Iterator[BothLanguages]:
    """Yield every text of the data that stands in both languages, file by file."""
    files = [path for folder in FOLDERS for path in sorted(data_path(folder).glob("*.toml"))]
    for path in files:
        name = path.relative_to(data_path()).as_posix()
        yield from _pairs(tomllib.loads(path.read_text("utf-8")), f"{name}:")
    for each in declared_parameters().values():
        yield BothLanguages(f"parameters.csv:{each.part}.{each.name}", each.en, each.zh_hans)


def _pairs(value: Any, place: str) -> Iterator[BothLanguages]:
    if isinstance(value, list):
        for number, entry in enumerate(value):
            name = entry.get("id", number) if isinstance(entry, dict) else number
            yield from _pairs(entry, f"{place}.{name}")
    elif isinstance(value, dict):
        en, zh = value.get("en"), value.get("zh-Hans")
        if isinstance(en, str) and isinstance(zh, str):
            yield BothLanguages(place.replace(":.", ":"), en, zh)
        for key, entry in value.items():
            yield from _pairs(entry, f"{place}.{key}")


def seen() -> dict[str, tuple[str, str]]:
    """Return the hashes of each pair as it was last looked at, by place."""
    if not SEEN.is_file():
        return {}
    with SEEN.open(encoding="utf-8", newline="") as file:
        return {row["place"]: (row["en"], row["zh-Hans"]) for row in csv.DictReader(file)}


def drifted() -> list[BothLanguages]:
    """Return texts whose English changed while their Chinese stayed as it was."""
    known = seen()
    return [pair for pair in pairs() if _only_english(pair, known)]


def unrecorded() -> list[str]:
    """Return places that are new, gone, or changed in both languages: to be written down."""
    known, now = seen(), {pair.place: pair.hashes for pair in pairs()}
    drift = {pair.place for pair in drifted()}
    moved = {place for place in known | now if known.get(place) != now.get(place)}
    return sorted(moved - drift)


def record(looked_at: Sequence[str] = ()) -> list[BothLanguages]:
    """Write down every pair as it is now, but for those that drifted; return these."""
    known, left = seen(), []
    rows = []
    for pair in pairs():
        if _only_english(pair, known) and pair.place not in looked_at:
            left.append(pair)
            rows.append((pair.place, *known[pair.place]))
        else:
            rows.append((pair.place, *pair.hashes))
    with SEEN.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("place", "en", "zh-Hans"), *sorted(rows)])
    return left


def main(arguments: Sequence[str]) -> int:
    """Write the file, and name what somebody has to read again."""
    parser = argparse.ArgumentParser(prog="python -m crmsim.authoring.translations")
    parser.add_argument("--looked-at", nargs="+", default=[], metavar="PLACE")
    for pair in (left := record(parser.parse_args(arguments).looked_at)):
        print(f"{pair.place}: the English changed, the Chinese did not", file=sys.stderr)
        print(f"  en       {pair.en}\n  zh-Hans  {pair.zh}", file=sys.stderr)
    return bool(left)


def _only_english(pair: BothLanguages, known: dict[str, tuple[str, str]]) -> bool:
    before = known.get(pair.place)
    return before is not None and before[0] != pair.hashes[0] and before[1] == pair.hashes[1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
