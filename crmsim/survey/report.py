"""The report of a survey as a list of blocks, which a page and a document set in their own way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crmsim.common.numbers import number
from crmsim.common.text import plain
from crmsim.common.words import Translate, dictionary, words
from crmsim.model.theory.estimation import Estimate
from crmsim.runs.polled import Poll
from crmsim.survey.analysis import (
    LEAST_FOR_WEIGHTS,
    LEAST_IN_GROUP,
    DimensionResult,
    SurveyResults,
    analyse,
)
from crmsim.survey.reading import Responses, SetAside
from crmsim.survey.simulated import simulated_answers

MOST_SAID = 6
"""Texts of customers that are shown from either end."""

MOST_ASIDE = 40
"""Lines of the appendix; the table beside the report has all of them."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; ``level`` 1 is the title of the report."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``own`` if the student wrote it, ``wanting`` if she has yet to write it."""

    text: str
    own: bool = False
    wanting: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: headings and rows; the first column is words, the others are numbers or words."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars of estimates; ``ends`` of the axis, and the ``unit`` below it."""

    rows: tuple[tuple[str, Estimate], ...]
    ends: tuple[float, float]
    unit: str


@dataclass(frozen=True, slots=True)
class Quadrants:
    """The importance–performance map.

    ``points`` has name, performance and importance of each dimension; ``middle`` is where the lines
    stand; ``corners`` are the words of each field, by name.
    """

    points: tuple[tuple[str, float, float], ...]
    middle: tuple[float, float]
    corners: Mapping[str, str]
    axes: tuple[str, str]

    def corner(self, performance: float, importance: float) -> str:
        """Return in which field a dimension lies: ``fix``, ``keep``, ``later`` or ``enough``.

        Parameters
        ----------
        performance, importance
            Where it lies.
        """
        weak = performance < self.middle[0]
        if importance >= self.middle[1]:
            return "fix" if weak else "keep"
        return "later" if weak else "enough"

    def within(self, corner: str) -> list[str]:
        """Return the names of the dimensions in a field, the most important first.

        Parameters
        ----------
        corner
            The name of the field.

        Returns
        -------
        list of str
            Names.
        """
        points = sorted(self.points, key=lambda point: -point[2])
        return [name for name, x, y in points if self.corner(x, y) == corner]


@dataclass(frozen=True, slots=True)
class Sayings:
    """Texts of customers, each with her satisfaction from 1 to 7."""

    rows: tuple[tuple[str, str], ...]


Block = Heading | Paragraph | Grid | Bars | Quadrants | Sayings


def blocks_of(
    results: SurveyResults,
    responses: Responses,
    text: Mapping[str, str],
    invited: int | None,
    lang: str,
    simulated: bool = False,
) -> list[Block]:
    """Return the report.

    Parameters
    ----------
    results
        What was computed.
    responses
        The answers it was computed from, with what was set aside.
    text
        What the student wrote, by part.
    invited
        How many people were asked; None if that is not known.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    simulated
        Whether the people are simulated; the report says so below its title.

    Returns
    -------
    list of Block
        From the title to the appendix.
    """
    writer = _Writer(results, responses, text, invited, lang)
    return [*writer.opening(simulated), *writer.results_part(), *writer.closing()]


def limits(
    results: SurveyResults, responses: Responses, invited: int | None, lang: str
) -> list[str]:
    """Return what the survey can't say, a sentence or a few for each kind of error.

    Parameters
    ----------
    results
        What was computed.
    responses
        The answers it was computed from.
    invited
        How many people were asked; None if that is not known.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Returns
    -------
    list of str
        Paragraphs.
    """
    return list(_Writer(results, responses, {}, invited, lang).limits())


def ipa_map(results: SurveyResults, lang: str) -> Quadrants | None:
    """Return the importance–performance map (Martilla & James 1977); None if too few answered.

    Parameters
    ----------
    results
        What was computed.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    """
    say = words(lang)
    points = tuple(
        (say(f"model.dimension.{each.name}"), each.did.value, each.weight)
        for each in results.dimensions
        if each.weight is not None
    )
    if not points:
        return None
    middle = tuple(sum(point[axis] for point in points) / len(points) for axis in (1, 2))
    corners = {name: say(f"survey.report.{name}") for name in ("fix", "keep", "later", "enough")}
    axes = (say("survey.report.performance"), say("survey.report.weight"))
    return Quadrants(points, (middle[0], middle[1]), corners, axes)


class _Writer:
    """The parts of a report, in the order in which they stand."""

    def __init__(
        self,
        results: SurveyResults,
        responses: Responses,
        text: Mapping[str, str],
        invited: int | None,
        lang: str,
    ) -> None:
        self.results, self.responses, self.text = results, responses, text
        self.invited, self.lang, self._words = invited, lang, words(lang)

    def say(self, key: str, **places: object) -> str:
        """Return words of the report."""
        return self._words(f"survey.report.{key}", **places)

    def opening(self, simulated: bool) -> Iterator[Block]:
        """Yield the title, the summary and how the survey was made."""
        firm, product = (self.text[part] or self.say(part) for part in ("firm", "product"))
        yield Heading(1, self.say("title", firm=plain(firm, 80), product=plain(product, 80)))
        yield from self._own("authors")
        if simulated:
            yield Paragraph(self.say("simulated"))
        yield Heading(2, self.say("summary"))
        yield Paragraph(self._summary())
        for part in ("why", "how_asked"):
            yield Heading(2, self._words(f"survey.own.{part}"))
            yield from self._own(part)
        yield Heading(2, self.say("sample"))
        aside = self.responses.rows_aside
        answers = sum(bool(each.code) and each.why != "recoded" for each in self.responses.aside)
        told = self.say("sample_line", count=self.results.count, aside=aside, answers=answers)
        yield Paragraph(f"{told} {self._rate()}")

    def results_part(self) -> Iterator[Block]:
        """Yield what was found."""
        results = self.results
        yield Heading(2, self.say("results"))
        yield Heading(3, self.say("scores"))
        yield Grid(
            tuple(self.say(each) for each in ("score", "value", "interval", "people")),
            tuple(
                (self.say(each.name), *self._in_cells(each.found, 2 if each.name == "CES" else 0))
                for each in results.scores
            ),
        )
        yield from self._gaps()
        yield Heading(3, self.say("map"))
        found = ipa_map(results, self.lang)
        if found:
            yield Paragraph(self.say("map_line"))
            yield found
        else:
            yield Paragraph(self.say("map_few", least=LEAST_FOR_WEIGHTS))
        yield from self._groups()
        yield from self._said()

    def closing(self) -> Iterator[Block]:
        """Yield what follows from it, the limits, and the appendix."""
        for part in ("reading", "advice"):
            yield Heading(2, self._words(f"survey.own.{part}"))
            yield from self._own(part)
        yield Heading(2, self.say("limits"))
        for told in self.limits():
            yield Paragraph(told)
        if self.text["limits"]:
            yield from self._own("limits")
        yield Heading(2, self._words("survey.own.learned"))
        yield from self._own("learned")
        if self.responses.doubts:
            yield Heading(2, self.say("doubts"))
            for doubt in self.responses.doubts:
                yield Paragraph(doubt)
        yield Heading(2, self.say("appendix"))
        yield from self._appendix()

    def _own(self, part: str) -> Iterator[Block]:
        paragraphs = [each.strip() for each in self.text[part].split("\n\n") if each.strip()]
        for each in paragraphs:
            yield Paragraph(each, own=True)
        if not paragraphs:
            heading = self._words(f"survey.own.{part}")
            yield Paragraph(self.say("yours", heading=heading), wanting=True)

    def _summary(self) -> str:
        satisfied = self.results.satisfied
        places = {
            "count": self.results.count,
            "satisfied": number(satisfied.value),
            "low": number(satisfied.low),
            "high": number(satisfied.high),
        }
        apart = [each for each in self.results.dimensions if each.gap]
        if not apart:
            return self.say("summary_bare", **places)
        apart.sort(key=_gap_of)
        worst, best = (
            self._words(f"model.dimension.{each.name}") for each in (apart[0], apart[-1])
        )
        gap, least = (number(_gap_of(each), 2) for each in (apart[0], apart[-1]))
        return self.say("summary_line", **places, worst=worst, best=best, gap=gap, least=least)

    def _rate(self) -> str:
        if not self.invited:
            return self.say("rate_unknown")
        share = number(100 * self.results.count / self.invited)
        return self.say("rate", invited=number(self.invited), rate=share)

    def _in_cells(self, found: Estimate, digits: int = 2) -> tuple[str, str, str]:
        low, high = number(found.low, digits), number(found.high, digits)
        return number(found.value, digits), f"{low} … {high}", number(found.count)

    def _gaps(self) -> Iterator[Block]:
        yield Heading(3, self.say("gaps"))
        yield Paragraph(self.say("gaps_line"))
        names = {
            each.name: self._words(f"model.dimension.{each.name}")
            for each in self.results.dimensions
        }
        apart = [(names[each.name], each.gap) for each in self.results.dimensions if each.gap]
        if apart:
            low = min(0.0, *(gap.low for _, gap in apart))
            high = max(0.0, *(gap.high for _, gap in apart))
            yield Bars(tuple(apart), (low, high), self.say("gap"))
        heads = ("dimension", "should", "did", "gap", "interval", "alpha", "weight")
        yield Grid(
            tuple(self.say(each) for each in heads),
            tuple((names[each.name], *self._cells_of(each)) for each in self.results.dimensions),
        )

    def _cells_of(self, each: DimensionResult) -> tuple[str, ...]:
        none = self.say("nothing")
        gap = self._in_cells(each.gap)[:2] if each.gap else (none, none)
        return (
            number(each.should.value, 2) if each.should else none,
            number(each.did.value, 2),
            *gap,
            none if each.alpha is None else number(each.alpha, 2),
            none if each.weight is None else number(each.weight),
        )

    def _groups(self) -> Iterator[Block]:
        yield Heading(3, self.say("groups"))
        if not self.results.groups:
            yield Paragraph(self.say("groups_none", least=LEAST_IN_GROUP))
            return
        known = dictionary()
        rows = []
        for each in self.results.groups:
            key = f"survey.question.{each.name}"
            name = self._words(key) if key in known else each.name
            rows.append((name, *self._in_cells(each.satisfaction)))
        heads = (self._words("survey.question.OFT"), self.say("satisfaction"), self.say("interval"))
        yield Grid((*heads, self.say("people")), tuple(rows))

    def _said(self) -> Iterator[Block]:
        yield Heading(3, self.say("said"))
        said = self.results.said
        if not said:
            yield Paragraph(self.say("said_none"))
            return
        yield Paragraph(self.say("said_line", count=len(said)))
        once = tuple({text: (level, text) for level, text in said}.values())
        chosen = once if len(once) <= 2 * MOST_SAID else (*once[:MOST_SAID], *once[-MOST_SAID:])
        yield Sayings(tuple((number(level), plain(text, 400)) for level, text in chosen))

    def limits(self) -> Iterator[str]:
        """Yield what the survey can't say."""
        results, satisfied = self.results, self.results.satisfied
        half = number((satisfied.high - satisfied.low) / 2)
        yield self.say("limit_chance", count=results.count, half=half)
        if self.invited:
            low, high = results.bounds(self.invited)
            rate = number(100 * results.count / self.invited)
            yield self.say("limit_silent", rate=rate, low=number(low), high=number(high))
        else:
            yield self.say("limit_unknown")
        if results.early and results.late:
            early, late = results.early, results.late
            apart = early.low > late.high or late.low > early.high
            told = self.say("waves_apart" if apart else "waves_alike")
            places = {"early": number(early.value, 2), "late": number(late.value, 2)}
            yield self.say("limit_waves", **places, told=told)
        yield self.say("limit_left")
        if results.likeness is not None:
            yield self.say("limit_halo", likeness=number(results.likeness, 2))
        yield self.say("limit_words")

    def _appendix(self) -> Iterator[Block]:
        aside = self.responses.aside
        if not aside:
            yield Paragraph(self.say("appendix_none"))
            return
        yield Grid(*aside_table(aside[:MOST_ASIDE], self._words))
        if len(aside) > MOST_ASIDE:
            more = len(aside) - MOST_ASIDE
            yield Paragraph(self.say("appendix_more", count=more, file="set-aside.csv"))


def aside_table(
    aside: Sequence[SetAside], say: Translate
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return headings and rows of a table of what was set aside.

    Parameters
    ----------
    aside
        What was set aside.
    say
        The words of the language.

    Returns
    -------
    tuple
        The headings; the rows, each with its row in the file, question, content and reason.
    """
    heads = tuple(say(f"survey.aside.{each}") for each in ("row", "question", "found", "why"))
    whole = say("survey.aside.whole")
    return heads, tuple((str(a.row), a.code or whole, a.found, a.said(say)) for a in aside)


def _gap_of(each: DimensionResult) -> float:
    return each.gap.value if each.gap else 0.0


def limits_of(poll: Poll, lang: str = "en") -> str:
    """Return the limits of a simulated survey, as its report tells them, in Markdown.

    Parameters
    ----------
    poll
        The survey.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    """
    responses = simulated_answers(poll, lang=lang)
    invited = int(poll.invited.sum())
    told = limits(analyse(responses), responses, invited, lang)
    return "\n".join(f"- {each}" for each in told)
