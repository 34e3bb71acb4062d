"""The tests before and after the course: what a student gained, and what a class did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crmsim.common.numbers import number
from crmsim.common.words import words
from crmsim.exercises.gain import (
    ANSWERED,
    FormPair,
    class_gain_estimate,
    class_normalised_gain,
    form_pairs,
    normalised_gain,
)
from crmsim.grading.marks.marks import Grade
from crmsim.grading.pages.charts import before_after
from crmsim.grading.result import Item
from crmsim.model.theory.estimation import Estimate

HALF = 0.5
"""Share of the questions that have to be answered both times to be counted with the class."""

ItemPair = tuple[FormPair, Item | None, Item | None]


@dataclass(frozen=True)
class TopicGain:
    """One idea over a class: shares right before and after, and what still leads astray.

    ``idea`` is the commonest misconception after the course in both languages, where more than one
    student has it, and ``with_idea`` says how many do.
    """

    pair: FormPair
    count: int
    before: float
    after: float
    idea: Mapping[str, str] | None = None
    with_idea: int = 0


@dataclass(frozen=True)
class ClassGain:
    """Both tests over a class: means of the shares right, gains with their intervals, each idea."""

    count: int
    before: float
    after: float
    gain: Estimate
    of_open: Estimate | None
    topics: tuple[TopicGain, ...]


def class_gain(grades: Sequence[Grade], least: int) -> ClassGain | None:
    """Return what a class gained from the test before the course to the one after it.

    Counted are students who answered at least half of the questions both times; each by the share
    of these that she had right.

    Parameters
    ----------
    grades
        The class.
    least
        The number of students below which nothing is shown, of the whole and of each idea; at
        least 2, since one has no interval.

    Returns
    -------
    ClassGain or None
        None where fewer have answered both.
    """
    table = [[pair for pair in item_pairs(grade) if _twice(pair)] for grade in grades]
    rows = [
        np.mean([_right(pair) for pair in pairs], axis=0)
        for pairs in table
        if pairs and len(pairs) >= HALF * len(form_pairs())
    ]
    if len(rows) < max(least, 2):
        return None
    before, after = np.mean(rows, axis=0)
    found = [_topic(pair, table) for pair in form_pairs()]
    return ClassGain(
        len(rows),
        float(before),
        float(after),
        class_gain_estimate(rows),
        class_normalised_gain(rows),
        tuple(each for each in found if each and each.count >= least),
    )


def item_pairs(grade: Grade) -> list[ItemPair]:
    """Return the answers of a student to both tests, two by two.

    Returns
    -------
    list of tuple
        The pair of questions, and what was found about each; None where there is nothing.
    """
    items = {line.item.exercise: line.item for line in grade.lines} if grade.readable else {}
    return [(pair, items.get(pair.before.id), items.get(pair.after.id)) for pair in form_pairs()]


def _answered(item: Item | None) -> bool:
    return item is not None and item.verdict in ANSWERED


def _twice(pair: ItemPair) -> bool:
    return _answered(pair[1]) and _answered(pair[2])


def _right(pair: ItemPair) -> tuple[bool, bool]:
    return tuple(item is not None and item.verdict == "right" for item in pair[1:])  # type: ignore[return-value]


def _topic(pair: FormPair, table: Sequence[Sequence[ItemPair]]) -> TopicGain | None:
    """Return one idea over a class, None where nobody answered it twice."""
    both = [each for pairs in table for each in pairs if each[0] == pair]
    if not both:
        return None
    before, after = np.mean([_right(each) for each in both], axis=0)
    ideas = [text for each in both if (text := _misled(each[2]))]
    commonest = Counter(text["en"] for text in ideas).most_common(1)
    if not commonest or commonest[0][1] < 2:
        return TopicGain(pair, len(both), float(before), float(after))
    english, count = commonest[0]
    idea = next(text for text in ideas if text["en"] == english)
    return TopicGain(pair, len(both), float(before), float(after), idea, count)


def _misled(item: Item | None) -> Mapping[str, str] | None:
    """Return the misconception behind a wrong answer."""
    findings = item.findings if item else ()
    return next((each["misconception"] for each in findings if each.get("misconception")), None)


def told_of_class(grades: Sequence[Grade], least: int, lang: str) -> dict[str, Any] | None:
    """Put what a class gained into words and small pictures; it names nobody.

    Parameters
    ----------
    grades
        The class.
    least
        The number of students below which nothing is shown.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Returns
    -------
    dict or None
        ``found``, sentences; ``rows``, for each idea its words, shares in per cent and a picture.
    """
    found = class_gain(grades, least)
    if found is None:
        return None
    t = words(lang)
    shares = {"before": _percent(found.before), "after": _percent(found.after)}
    said = [t("gradebook.gain.found", count=found.count, **shares)]
    # of a loss nobody can say which share of the open part it is
    of_open = found.of_open if found.gain.value >= 0 else None
    for name, value in (("points", found.gain), ("open", of_open)):
        if value:
            limits = {"low": _percent(value.low), "high": _percent(value.high)}
            said.append(t(f"gradebook.gain.{name}", value=_percent(value.value), **limits))
    rows = [
        {
            "topic": each.pair.topic[lang],
            "count": each.count,
            "before": _percent(each.before),
            "after": _percent(each.after),
            "chart": before_after(each.before, each.after),
            "idea": each.idea[lang] if each.idea else "",
            "with_idea": each.with_idea,
        }
        for each in found.topics
    ]
    return {"found": said, "rows": rows}


def _percent(share: float) -> str:
    return number(100 * share)


def told_of_student(grade: Grade, lang: str) -> dict[str, Any] | None:
    """Put both tests of a student into words, once she has answered all of the second.

    Parameters
    ----------
    grade
        Her grade.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Returns
    -------
    dict or None
        ``found``, a sentence; ``rows``, for each idea its words, both verdicts and what lies behind
        a wrong answer. None while the second test is not complete: nothing is given away.
    """
    pairs = item_pairs(grade)
    if not pairs or not all(_answered(after) for _, _, after in pairs):
        return None
    t = words(lang)
    both = [_right(pair) for pair in pairs if _twice(pair)]
    now = sum(_right(pair)[1] for pair in pairs)
    found = t("gain.no_before", after=now, of=len(pairs))
    if both:
        before, after = (sum(column) for column in zip(*both, strict=True))
        found = t("gain.sum", before=before, after=after, of=len(both))
        share = normalised_gain(before / len(both), after / len(both))
        if share is not None and share >= 0:
            found = f"{found} {t('gain.gain', gain=f'{_percent(share)} %')}"
    rows = [
        {
            "topic": pair.topic[lang],
            "verdicts": [item.verdict if _answered(item) else "blank" for item in (before, after)],
            "idea": (_misled(after) or {}).get(lang, ""),
            "because": next(
                (each["because"][lang] for each in after.findings if each.get("because")), ""
            ),
        }
        for pair, before, after in pairs
    ]
    return {"found": found, "rows": rows}
