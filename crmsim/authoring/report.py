"""The report on a case, as a colleague would write it: its words, its visits, its choices."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import asdict

from crmsim.authoring.allowed import LONGEST_TEXTS
from crmsim.authoring.leaders import DeskLeaders
from crmsim.authoring.markets import Progress
from crmsim.authoring.tables import laid_out, spread
from crmsim.authoring.walks import SEATS, on_offer, rivals, walks, weak_choices
from crmsim.common.errors import ScenarioError
from crmsim.common.words import LANGUAGES, Translate, data_path, words
from crmsim.runs.run import simulate
from crmsim.scenario import MOST_CASE_BYTES, Scenario, load
from crmsim.scenario.desk import DeskScenario
from crmsim.scenario.encounter import EncounterScenario
from crmsim.scenario.market import MarketScenario
from crmsim.scenario.parts import Part, Text
from crmsim.scenario.reading import broken_lines
from crmsim.scenario.worlds import part_of

if TYPE_CHECKING:
    import pandas as pd

_UNREADABLE = "not readable as TOML"
_PLACES_TOLD = 3
_DAYS = 20


def review(
    path: Path, lang: str, count: int = 2000, progress: Progress = lambda work, title: work
) -> Iterator[str]:
    """Yield everything there is to say of a case that can be read, line by line.

    Raises
    ------
    ScenarioError
        If the file has mistakes: all of them.
    """
    t, case = words(lang), load(path, lang)
    yield t("author.lint.fine", file=path.name)
    yield from _of_words(case, t)
    yield from part_of(case.world, "review")(case, t, progress, count)


def mistake_lines(error: ScenarioError, path: Path, lang: str) -> Iterator[str]:
    """Yield the mistakes of a file, and a line that sums them up."""
    t, told = words(lang), str(error).split("\n")
    if _UNREADABLE in told[0] and path.stat().st_size <= MOST_CASE_BYTES:
        broken = broken_lines(path.read_text("utf-8-sig", errors="replace"))
        told = [line for one in broken for line in f"{path.name}: {one}".split("\n")] or told
    unsaid = sum(line.endswith((" en: is missing", " zh-Hans: is missing")) for line in told)
    hint = t("author.lint.one_language") if unsaid >= _PLACES_TOLD else ""
    count = sum(not line.startswith(" ") for line in told)
    yield from told
    yield t("author.lint.mistakes", file=path.name, count=count, hint=hint)


# -- its words --------------------------------------------------------------------------------


def texts(
    part: Part, keys: tuple[str, ...] = (), place: str = ""
) -> Iterator[tuple[tuple[str, ...], str, Text]]:
    """Yield all words of a case: the keys that lead to them, the place in words, the words."""
    for key, value in asdict(part).items():
        here = (*keys, key)
        if isinstance(value, Text):
            yield here, f"{place}{key}", value
        elif isinstance(value, dict):
            for name, entry in value.items():
                if isinstance(entry, Text):
                    yield here, f"{place}{key} {name!r}", entry
        elif isinstance(value, tuple):
            for entry in value:
                if isinstance(entry, Part):
                    yield from texts(entry, here, f"{place}{key} {getattr(entry, 'id', '')!r}, ")


def _of_words(case: Scenario, t: Translate) -> Iterator[str]:
    if len(case.languages) == 1:
        yield t(f"author.lint.only_{case.languages[0][:2]}")
    known = _words_of_the_course(case.id)
    same = [place for _, place, text in texts(case) if text[case.languages[0]] in known]
    if same:
        told = "; ".join(same[:_PLACES_TOLD])
        yield t("author.lint.borrowed", count=len(same), places=told)
    for keys, place, text in texts(case):
        for lang, most in LONGEST_TEXTS.get(keys, {}).items():
            if lang in case.languages and len(text[lang]) > most:
                found = len(text[lang])
                yield t("author.lint.long", place=place, lang=lang, found=found, most=most)


def _words_of_the_course(but: str) -> set[str]:
    """Return the words of the course's cases, but for short labels, which two authors may share."""
    cases = (load(path.stem) for path in sorted(data_path("scenarios").glob("*.toml")))
    return {
        text[lang]
        for case in cases
        if case.id != but
        for keys, _, text in texts(case)
        for lang in LANGUAGES
        if keys[-1] not in ("title", "name")
    }


# -- its visits -------------------------------------------------------------------------------


def review_visit(
    case: EncounterScenario, t: Translate, progress: Progress, count: int
) -> Iterator[str]:
    """Walk a visit many times; say what was never reached, how it ends, and what is no choice."""
    yield from _of_market(case, t)
    walked = walks(case, count, lambda work: progress(work, t("author.lint.walking")))
    yield ""
    yield t("author.lint.walked", count=count)
    missed = sorted(on_offer(case) - set(walked.done))
    if not missed:
        yield t("author.lint.all_done")
    for _, place, action in missed:
        yield t("author.lint.not_done", place=place, action=action)
    yield t("author.lint.spread")
    yield from laid_out(_spreads(case, walked.table, t))
    yield from ("", t("author.lint.endings"))
    yield from _endings(case, walked.table, t)
    yield ""
    tried = rivals(case, lambda work: progress(work, t("author.lint.comparing")))
    found = list(weak_choices(tried, timed=not case.sells))
    for one in found:
        yield t(
            f"author.lint.{one.kind}", place=one.touchpoint, choice=one.choice, better=one.better
        )
    if not found:
        yield t("author.lint.balanced")


def _of_market(case: EncounterScenario, t: Translate) -> Iterator[str]:
    if case.market is None:
        yield t("author.lint.no_then")
    elif not isinstance(load(case.market), MarketScenario):
        yield t("author.lint.no_market", name=case.then)


def _spreads(case: EncounterScenario, table: pd.DataFrame, t: Translate) -> Iterator[list[str]]:
    columns = ("satisfaction", *(("buys",) if case.sells else ()), "earned", "minutes", "impatient")
    units = {"earned": f" ({case.currency})", "satisfaction": " (1–5)"}
    yield ["", *(t(f"author.lint.column.{name}") + units.get(name, "") for name in columns)]
    for seat in SEATS:
        yield [t(f"author.lint.{seat}")]
        for person in case.personas:
            mine = table[(table.seat == seat) & (table.persona == person.id)]
            if len(mine):
                cells = (spread(mine[name], share=mine[name].dtype == bool) for name in columns)
                yield [f"  {person.name[case.lang]}", *cells]


def _endings(case: EncounterScenario, table: pd.DataFrame, t: Translate) -> Iterator[str]:
    shares = table.ending.value_counts(normalize=True)
    for ending in case.endings:
        title = ending.title[case.lang]
        if ending.id in shares:
            yield f"  {shares[ending.id]:4.0%}  {title}"
        else:
            yield f"  {t('author.lint.never_ends', title=title)}"


# -- the days of a desk -----------------------------------------------------------------------


def review_desk(case: DeskScenario, t: Translate, progress: Progress, _: int) -> Iterator[str]:
    """Staff a desk by its rota and at random, and say what was never decided."""
    leaders = DeskLeaders(case)
    for seed in progress(range(_DAYS), t("author.lint.walking")):
        simulate(case, seed=seed)
        simulate(case, leaders.next(), seed)
    yield t("author.lint.days", count=2 * _DAYS)
    yield from leaders.told(t)
