"""What an answer to a declared exercise is worth, and why: pure, without screen or file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from crmsim import causal_loop
from crmsim.exercise import AnyExercise, Choose, Diagram, Match, Number, Order
from crmsim.scenario.parts import Text

Verdict = Literal["right", "partly", "wrong", "blank", "nonsense"]


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


def mark(task: AnyExercise, answer: object) -> Mark:
    """What an answer is worth; anything at all may be handed in as one.

    An answer is an option's id (choose), a number (number), a mapping of rows to options (match),
    a list of rows (order), of values (draw) or of links (loop). A prediction is worth nothing,
    whatever it says.

    Examples
    --------
    >>> from crmsim.exercise import exercise
    >>> mark(exercise("10-stages"), "no idea").verdict
    'nonsense'
    """
    if answer is None or answer is ...:
        return Mark("blank")
    if not task.takes(answer):
        return Mark("nonsense")
    if task.prediction:
        return Mark("blank", 0, 0)
    marked = {
        Choose: _mark_choice,
        Number: _mark_number,
        Match: _mark_match,
        Order: _mark_order,
        Diagram: _mark_diagram,
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
    >>> from crmsim.exercise import exercise
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


def _mark_choice(task: Choose, answer: object) -> Mark:
    chosen = next(option for option in task.options if option.id == answer)
    if chosen.slip is None:
        return Mark("right", 1, 1, (Finding(chosen.id, True),))
    slip = chosen.slip
    return Mark("wrong", 0, 1, (Finding(chosen.id, False, slip.misconception, slip.counter),))


def _mark_number(task: Number, answer: object) -> Mark:
    value = float(answer)  # type: ignore[arg-type]
    if abs(value - task.key) <= task.tolerance:  # type: ignore[operator]
        return Mark("right", 1, 1)
    slip = next((s for s in task.slips if abs(value - s.value) <= task.tolerance), None)
    found = (Finding("", False, slip.misconception, slip.counter),) if slip else ()
    return Mark("wrong", 0, 1, found)


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
