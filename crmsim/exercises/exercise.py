"""An exercise, whatever its kind: how it is declared, varied, marked and put into words.

A kind of exercise is one class in :mod:`crmsim.exercises.kinds`. It says what can be an answer,
what one is worth and why, what is right, and how an answer reads; notebook and grader only ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self

from msgspec import Meta, to_builtins

from crmsim.common.conversion import convert
from crmsim.common.errors import CrmsimError
from crmsim.common.text import value_as_text
from crmsim.common.words import LANGUAGES, words
from crmsim.exercises.parts import PLACE, NearMiss, Slip, fill, filled, in_words
from crmsim.scenario.parts import Finite, Id, Part, Text

Verdict = Literal["right", "partly", "wrong", "blank", "nonsense", "waiting"]
"""Verdicts on an answer; keys of ``lesson.verdict`` in the words."""

BET_POINTS = {
    "right": 1.0,
    "nothing": 1.0,
    "right-shape": 1.0,
    "half": 0.5,
    "right-direction": 0.5,
    "too-weak": 0.5,
    "too-strong": 0.5,
}
"""The points of a prediction by how it fared; the student sees them, no gradebook does."""

Own = Mapping[str, Mapping[str, str]]
"""Values of the student's own run by language, as ``run_values.values_of_run`` gives them."""

Note = tuple[str, dict[str, Any]]
"""A key of ``lesson`` in the words, and what fills its places."""


class ExerciseError(CrmsimError):
    """An exercise file has mistakes, a line each, or there is no exercise of that id."""


@dataclass(frozen=True)
class Finding:
    """One place of an answer: whether it is right, and what to tell the student about it."""

    place: str
    right: bool
    misconception: Text | None = None
    because: Text | None = None

    @classmethod
    def of(cls, place: str, slip: Slip, own: Own | None) -> Self:
        """Return a misconception and its counter-example, from the student's own run if it can.

        Parameters
        ----------
        place
            The part of the answer that it is about.
        slip
            The wrong answer that is known.
        own
            What the student's run fills the places with, by language; None where there is no run.
        """
        counter = slip.counter
        if own and slip.own:
            told = {lang: filled(slip.own[lang], own[lang]) for lang in LANGUAGES}
            if not any(PLACE.search(text) for text in told.values()):
                counter = convert(told, Text)
        return cls(place, False, slip.misconception, counter)


@dataclass(frozen=True)
class Mark:
    """The points of an answer, and the reasons for them."""

    verdict: Verdict
    points: int = 0
    out_of: int = 1
    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Self:
        """Return a mark of a point a finding.

        Parameters
        ----------
        findings
            What was found, an entry for each part of the answer.
        """
        found = tuple(findings)
        return cls.counted(found, sum(each.right for each in found), len(found))

    @classmethod
    def counted(cls, findings: tuple[Finding, ...], points: int, out_of: int) -> Self:
        """Return a mark of so many points, right only where every finding is.

        Parameters
        ----------
        findings
            What was found, an entry for each part of the answer.
        points
            The points reached.
        out_of
            The points that can be reached.
        """
        whole = all(each.right for each in findings)
        return cls("right" if whole else "partly" if points else "wrong", points, out_of, findings)


class Parallel(Part):
    """The question that asked the same before the course, and the idea in a few words."""

    to: Id
    topic: Text


class Exercise(Part, kw_only=True):
    """Declaration of an exercise, whatever its kind.

    ``points`` is what it is worth in a gradebook, by default as much as its kind usually is; a
    prediction is worth nothing. ``twin`` names an exercise that is answered by clicking and counts
    for this one: the better of the two does. ``parallel`` makes it a question of the test after the
    course, and names the one of the test before it. ``business`` says why it matters in business,
    where that is more than a moral.
    """

    POINTS: ClassVar[int] = 1
    BY_CALLS: ClassVar[bool] = False
    """True of a kind whose answer is a function, marked by calling it."""
    BY_PERSON: ClassVar[bool] = False
    """True of a kind that a person marks."""
    REST_S: ClassVar[float] = 0.0
    """Seconds for which a hand rests until a prediction counts as made. While one is typed or
    drawn, every stroke is saved, and an outcome that has been seen would fix it.
    """

    id: Id
    question: Text
    business: Text | None = None
    hints: tuple[Text, ...] = ()
    concepts: Annotated[tuple[str, ...], Meta(min_length=1)]
    points: Annotated[int, Meta(ge=0, le=100)] | None = None
    twin: Id | None = None
    parallel: Parallel | None = None

    @property
    def prediction(self) -> bool:
        """True if it has no key, because only a run can tell what is right."""
        return False

    @property
    def worth(self) -> int:
        """The points it is worth."""
        usual = 0 if self.prediction else self.POINTS
        return usual if self.points is None else self.points

    def versions(self) -> list[Self]:
        """Return every student's version of it.

        Returns
        -------
        list of Exercise
            At least one.
        """
        return [self]

    def wiring(self) -> Iterator[str]:
        """Find what is wrong between the parts of its declaration.

        Yields
        ------
        str
            A mistake, with its place.
        """
        yield from ()

    # --- answers -------------------------------------------------------------------------------

    @property
    def start(self) -> Any:
        """The answer that stands there before anything is done, or None."""
        return None

    def takes(self, answer: object) -> bool:
        """Say whether something can be a whole answer.

        Raises
        ------
        NotImplementedError
            If a kind does not say it.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say what it takes")

    def begun(self, answer: object) -> bool:
        """Say whether something can be the beginning of an answer."""
        return self.takes(answer)

    def changed(self, answer: Any, name: str, value: str | None) -> Any:
        """Return an answer after an act of the student: `name` clicked, or set to `value`.

        Parameters
        ----------
        answer
            The answer before; None where there is none yet.
        name
            What was clicked or set.
        value
            What it was set to; None for a click.

        Returns
        -------
        Any
            The answer after it, in the form of the kind.
        """
        return answer if value is None else value

    def from_code(self, answer: Any) -> Any:
        """Return an answer found by code in the form in which it is marked.

        Returns
        -------
        Any
            The answer in the form of the kind.
        """
        return answer

    def open_places(self, answer: Any) -> set[str]:
        """Return the places that an answer leaves open: nothing is told about them.

        Returns
        -------
        set of str
            Names of places.
        """
        return set()

    # --- marks ---------------------------------------------------------------------------------

    def mark(self, answer: object, own: Own | None = None) -> Mark:
        """Return what an answer is worth, and why; anything at all may be handed in as one.

        Parameters
        ----------
        answer
            An answer in the form of its kind, which ``takes`` checks. One that a person marks
            waits; a prediction is worth nothing.
        own
            Values of the student's own run: a counter-example is taken from it where there is one.

        Examples
        --------
        >>> from crmsim.exercises.declared import exercise
        >>> exercise("10-stages").mark("no idea").verdict
        'nonsense'
        """
        if answer is None or answer is ...:
            return Mark("blank")
        if not self.takes(answer):
            return Mark("nonsense")
        if self.prediction:
            return Mark("blank", 0, 0)
        return self._mark(answer, own)

    def _mark(self, answer: Any, own: Own | None) -> Mark:
        """Return the mark of an answer that can be one."""
        raise NotImplementedError(f"{type(self).__name__} marks nothing")

    def on_other_lucks(self, answer: Any, lucks: tuple[int, ...]) -> dict[str, float]:
        """Return what an answer comes to on other lucks; most kinds have nothing to do with luck.

        Parameters
        ----------
        answer
            What the student handed in.
        lucks
            Seeds.

        Returns
        -------
        dict of float
            Results by name; empty where there are none.
        """
        return {}

    @property
    def right_answer(self) -> Any:
        """The answer that gets every point."""
        raise ExerciseError(f"{self.id}: has no right answer before the run; run it first")

    # --- predictions ---------------------------------------------------------------------------

    def fared(self, answer: Any, came: Any) -> str:
        """Return how a prediction compares with what came, a key of ``lesson.gap`` or ``.curve``.

        Nothing can be predicted about most kinds; then it is empty.

        Parameters
        ----------
        answer
            What was predicted.
        came
            What happened.
        """
        return ""

    def bet_points(self, answer: Any, came: Any) -> float:
        """Return what a prediction brings: 1 where it is met, half for the direction alone.

        Parameters
        ----------
        answer
            What was predicted.
        came
            What happened.

        Returns
        -------
        float
            From 0 to 1.
        """
        return BET_POINTS.get(self.fared(answer, came), 0.0)

    def band(self, came: Any) -> tuple[float, float] | None:
        """Return the lowest and the highest prediction that counts as met, or None.

        Parameters
        ----------
        came
            What happened.

        Returns
        -------
        tuple of float, or None
            In the unit of what is predicted.
        """
        return None

    # --- words ---------------------------------------------------------------------------------

    def said(self, answer: Any, lang: str) -> str:
        """Return an answer in one line; it may be anything, and is told as plain text.

        Parameters
        ----------
        answer
            Any value, also one that is not an answer.
        lang
            The language, ``"en"`` or ``"zh-Hans"``.
        """
        return value_as_text(answer)

    def said_as_outcome(self, value: Any, lang: str) -> str:
        """Return a prediction, or what came, as a student reads it.

        Parameters
        ----------
        value
            What was predicted, or what happened.
        lang
            The language, ``"en"`` or ``"zh-Hans"``.
        """
        return self.said(value, lang)

    def asked(self, place: str, lang: str) -> str:
        """Return what one place of an answer is about; empty where there is only one.

        Parameters
        ----------
        place
            The name of the place.
        lang
            The language, ``"en"`` or ``"zh-Hans"``.
        """
        return ""

    def own_places(self, answer: Any) -> list[str] | None:
        """Return the places that an answer names by itself, in its order; None: all there are.

        Nobody may be told other places, or another order, before the right answer may be known.

        Returns
        -------
        list of str, or None
            Names of places.
        """
        return None

    def chosen(self, answer: Any, place: str, lang: str) -> str:
        """Return what an answer says at one place, where that can be said by itself.

        Parameters
        ----------
        answer
            A whole answer.
        place
            The name of the place.
        lang
            The language, ``"en"`` or ``"zh-Hans"``.
        """
        return ""

    def solution(self, lang: str) -> str:
        """Return the question and its right answer in one line, for a teacher's guide.

        Examples
        --------
        >>> from crmsim.exercises.declared import exercise
        >>> exercise("10-qualities").solution("en").rsplit("→ ")[-1]
        '**Functional quality: the way was poor**'
        """
        return f"{self.question[lang]}{self._solution(lang)}"

    def short_solution(self, lang: str) -> str:
        """Return the right answer by itself; empty where it can't be said in a line."""
        if self.prediction or self.BY_CALLS or self.BY_PERSON:
            return ""
        return self._solution(lang).replace("**", "").strip().removeprefix("→").strip()

    def _solution(self, lang: str) -> str:
        return f" → **{self.said(self.right_answer, lang)}**"

    def note(self, answer: Any, verdict: Verdict | None) -> Note | None:
        """Return what stands under the exercise: how to go about it, or whether it is saved.

        Parameters
        ----------
        answer
            The answer as it stands.
        verdict
            What was said of it when it was last marked; None before that.

        Returns
        -------
        Note or None
            A key of words and what fills its places.
        """
        return None

    def coded(self, answer: Any) -> list[dict[str, str]]:
        """Return the codes of each story of an answer; only a journal has any.

        Parameters
        ----------
        answer
            What the student handed in.

        Returns
        -------
        list of dict
            For each story, the code chosen under each name.
        """
        return []

    def note_on_prediction(self, answer: Any) -> Note | None:
        """Return what stands under a prediction: whether it is saved.

        Parameters
        ----------
        answer
            The prediction as it stands.
        """
        return ("saved", {}) if self.takes(answer) else None


class Variant(Part):
    """One student's version: what fills the places of the words, and what then is right.

    A number's ``slips`` take the place of those of the exercise; where only the value differs, the
    values in their order are enough.
    """

    values: dict[str, Text | str | int | Finite]
    key: Id | Finite
    slips: tuple[NearMiss | Finite, ...] = ()


class Varied(Exercise, kw_only=True):
    """An exercise with a key, or several versions with one each; without it is a prediction."""

    key: Any = None
    variants: Annotated[tuple[Variant, ...], Meta(max_length=20)] = ()

    @property
    def prediction(self) -> bool:
        """Only a run can tell, where neither it nor a variant has a key."""
        return self.key is None and not self.variants

    @property
    def right_answer(self) -> Any:
        """The key."""
        return super().right_answer if self.key is None else self.key

    def versions(self) -> list[Self]:
        """Return every student's version of it."""
        return [self.variant(index) for index in range(len(self.variants))] or [self]

    def variant(self, index: int) -> Self:
        """Return the version of that index; the exercise itself where there is only one."""
        return self._filled(self.variants[index]) if self.variants else self

    def solution(self, lang: str) -> str:
        """Return the question and its right answer; of each further variant, its values alone.

        Examples
        --------
        >>> from crmsim.exercises.declared import declared_exercise
        >>> declared_exercise("12-formula").solution("en")[-37:]
        ' 45; 75 → **0.6** / 51; 60 → **0.85**'
        """
        if not self.variants:
            return super().solution(lang)
        asked = dict.fromkeys(PLACE.findall(self.question[lang]))
        told = [self.variant(0).solution(lang)]
        for index, chosen in enumerate(self.variants[1:], 1):
            values = (in_words(chosen.values[name], lang) for name in asked)
            listed = words(lang)("gradebook.semicolon").join(values)
            told.append(f"{listed}{self.variant(index)._solution(lang)}")
        return " / ".join(told)

    def _filled(self, chosen: Variant) -> Self:
        """Return this exercise with the places of its words filled, and the key of a variant."""
        return convert(fill(self._raw(chosen), chosen.values), type(self))

    def _raw(self, chosen: Variant) -> dict[str, Any]:
        """Return this exercise with the key of a variant, its places not filled yet."""
        return to_builtins(self) | {"variants": (), "key": chosen.key}

    def wiring(self) -> Iterator[str]:
        """Find what is wrong between the parts, in any variant."""
        for index, chosen in enumerate(self.variants):
            open_places = set(PLACE.findall(str(to_builtins(self.question)))) - set(chosen.values)
            for name in sorted(open_places):
                yield f"variants no. {index + 1}: values: {name!r} of the question is missing"
