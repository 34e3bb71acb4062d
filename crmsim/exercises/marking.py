"""What an answer to a declared exercise is worth, and why: pure, without screen or file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec import convert

from crmsim.common.words import LANGUAGES
from crmsim.exercises import curves
from crmsim.exercises.declared import (
    AnyExercise,
    Choose,
    Diagram,
    Draw,
    Explain,
    Function,
    Match,
    Number,
    Order,
    Slip,
)
from crmsim.exercises.functions import agrees
from crmsim.exercises.parts import PLACE, filled
from crmsim.model.theory import causal_loop
from crmsim.scenario.parts import Text

Verdict = Literal["right", "partly", "wrong", "blank", "nonsense", "waiting"]
Own = Mapping[str, Mapping[str, str]]
"""Values of the student's own run by language, as ``run_values.values`` gives them."""


@dataclass(frozen=True)
class Finding:
    """What to tell the student about one place of an answer."""

    place: str
    right: bool
    misconception: Text | None = None
    because: Text | None = None


@dataclass(frozen=True)
class Mark:
    """What an answer is worth, and why. ``verdict`` is a key of ``lesson.verdict`` in the words."""

    verdict: Verdict
    points: int = 0
    out_of: int = 1
    findings: tuple[Finding, ...] = ()


def mark(task: AnyExercise, answer: object, own: Own | None = None) -> Mark:
    """What an answer is worth; anything at all may be handed in as one.

    An answer is an option's id (choose), a number (number), a mapping of rows to options (match),
    a list of rows (order), of values (draw), of links (loop) or of what a function gave (function),
    or words (explain), which wait for a person. A prediction is worth nothing, whatever it says.

    With the values of the student's `own` run a counter-example is taken from that run.

    Examples
    --------
    >>> from crmsim.exercises.declared import exercise
    >>> mark(exercise("10-stages"), "no idea").verdict
    'nonsense'
    """
    if answer is None or answer is ...:
        return Mark("blank")
    if not task.takes(answer):
        return Mark("nonsense")
    if task.prediction:
        return Mark("blank", 0, 0)
    match task:
        case Explain():
            return Mark("waiting", 0, task.worth)
        case Choose():
            return _mark_choice(task, answer, own)
        case Number():
            return _mark_number(task, answer, own)
    marked = {
        Match: _mark_match,
        Order: _mark_order,
        Diagram: _mark_diagram,
        Function: _mark_function,
    }
    return marked[type(task)](task, answer)  # type: ignore[operator]


def compared(task: Diagram, answer: Sequence[Sequence[str]]) -> list[causal_loop.Compared]:
    """The links of an answer against the key, one by one, and those that are missing."""
    return causal_loop.compare(
        signs(answer),
        {(link.source, link.target): link.sign for link in task.links},
        {(link.source, link.target): link.sign for link in task.more},
    )


def signs(answer: Sequence[Sequence[str]]) -> dict[causal_loop.Pair, str]:
    """The sign of each link of an answer."""
    return {(source, target): sign for source, sign, target in answer}


def gap(task: Choose | Number, predicted: object, came: object) -> str:
    """How a prediction compares with what came: a key of ``lesson.gap`` in the words.

    Examples
    --------
    >>> from crmsim.exercises.declared import exercise
    >>> gap(exercise("10-bet-floor"), 2, 12)
    'too-weak'
    """
    if predicted is None:
        return "none"
    if isinstance(task, Choose):
        return "right" if predicted == came else "other"
    said, is_now = float(predicted), float(came)  # type: ignore[arg-type]
    if abs(said - is_now) <= task.tolerance:
        return "right"
    if abs(said) <= task.tolerance:
        return "no-effect"
    if abs(is_now) <= task.tolerance:
        return "none-came"
    if said * is_now < 0:
        return "wrong-way"
    return "too-weak" if abs(said) < abs(is_now) else "too-strong"


def fared(task: AnyExercise, answer: object, came: object) -> str:
    """How a prediction fared: a key of ``lesson.gap``, or of ``lesson.curve`` where it was drawn.

    Examples
    --------
    >>> from crmsim.exercises.declared import exercise
    >>> fared(exercise("31-reputation"), [50] * 8, [57, 20, 30, 40, 50, 50, 50, 50, 50])
    'right-direction'
    """
    if isinstance(task, Draw):
        drawn = [task.given[-1], *answer]  # type: ignore[misc]
        return curves.compare(drawn, came, task.tolerance).verdict[0]  # type: ignore[arg-type]
    return gap(task, answer, came)  # type: ignore[arg-type]


def _mark_choice(task: Choose, answer: object, own: Own | None) -> Mark:
    chosen = next(option for option in task.options if option.id == answer)
    if chosen.slip is None:
        return Mark("right", 1, 1, (Finding(chosen.id, True),))
    return Mark("wrong", 0, 1, (_slipped(chosen.id, chosen.slip, own),))


def _mark_number(task: Number, answer: object, own: Own | None) -> Mark:
    value = float(answer)  # type: ignore[arg-type]
    if abs(value - task.key) <= task.tolerance:  # type: ignore[operator]
        return Mark("right", 1, 1)
    slip = next((s for s in task.slips if abs(value - s.value) <= task.tolerance), None)
    return Mark("wrong", 0, 1, (_slipped("", slip, own),) if slip else ())


def _slipped(place: str, slip: Slip, own: Own | None) -> Finding:
    """A misconception and its counter-example, from the student's own run where that has it."""
    counter = slip.counter
    if own and slip.own:
        told = {lang: filled(slip.own[lang], own[lang]) for lang in LANGUAGES}
        if not any(PLACE.search(text) for text in told.values()):
            counter = convert(told, Text)
    return Finding(place, False, slip.misconception, counter)


def _mark_function(task: Function, answer: Sequence[object]) -> Mark:
    """A point an example; the finding of each says what it would mean in business."""
    if all(value is None for value in answer):
        return Mark("blank")
    findings = []
    for place, (example, value) in enumerate(zip(task.examples, answer, strict=True)):
        right = agrees(value, example.gives, task.tolerance)
        near = (s for s in example.slips if agrees(value, s.value, max(task.tolerance, 1e-6)))
        slip = None if right else next(near, None)
        findings.append(
            Finding(
                str(place),
                right,
                slip.misconception if slip else None,
                slip.counter if slip else example.because,
            )
        )
    return _summed(findings)


def _mark_match(task: Match, answer: Mapping[str, object]) -> Mark:
    return _summed(
        [Finding(row.id, answer.get(row.id) == row.key, because=row.because) for row in task.rows]
    )


def _mark_order(task: Order, answer: Sequence[str]) -> Mark:
    """Each row is right where it follows the row it should follow, so one slip costs little."""
    before = dict(zip(answer[1:], answer, strict=False))
    right = [row.id for row in task.rows]
    wanted = dict(zip(right[1:], right, strict=False))
    return _summed(
        [
            Finding(row.id, before.get(row.id) == wanted.get(row.id), because=row.because)
            for row in task.rows
        ]
    )


def _mark_diagram(task: Diagram, answer: Sequence[Sequence[str]]) -> Mark:
    """A point a link; whoever draws every arrow there is gains nothing by it."""
    because = {(link.source, link.target): link.because for link in (*task.links, *task.more)}
    links = compared(task, answer)
    findings = tuple(
        Finding(
            "→".join(each.link),
            each.fits,
            because=because.get(each.about or each.link),
        )
        for each in links
    )
    points, out_of = causal_loop.score(links)
    whole = all(found.right for found in findings)
    verdict: Verdict = "right" if whole else "partly" if points else "wrong"
    return Mark(verdict, points, out_of, findings)


def _summed(findings: list[Finding]) -> Mark:
    points = sum(finding.right for finding in findings)
    verdict: Verdict = "wrong" if not points else "right" if points == len(findings) else "partly"
    return Mark(verdict, points, len(findings), tuple(findings))
