"""Journal: a form for stories of the student's own, each coded by choosing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta

from crmsim.common.text import joined, value_as_text
from crmsim.common.words import words
from crmsim.exercises.exercise import Mark, Own
from crmsim.exercises.kinds.explain import Explain
from crmsim.exercises.parts import Option, by_id
from crmsim.scenario.parts import Id, Part, Text
from crmsim.scenario.wiring import repeated_ids

MOST_STORY = 400
"""Characters of one story."""


class PublishedShares(Part):
    """Published shares of the options of a code, in percent.

    ``of`` is the option of the first code that these stories have, such as the bad ones.
    """

    of: Id
    percent: dict[Id, Annotated[float, Meta(ge=0, le=100)]]


class Code(Part):
    """Something by which every story is coded: a question, and the options to choose from."""

    id: Id
    text: Text
    options: Annotated[tuple[Option, ...], Meta(min_length=2, max_length=9)]
    published: tuple[PublishedShares, ...] = ()


class Journal(Explain):
    """Some stories of the student's own, each coded; a person reads them by the rubric.

    An answer is a table from places to texts and options, such as ``{"1-story": "…", "1-group":
    "failure"}``. It is whole when every story is told and coded.
    """

    kind: Literal["journal"]  # type: ignore[assignment]
    stories: Annotated[int, Meta(ge=1, le=10)]
    codes: Annotated[tuple[Code, ...], Meta(min_length=1, max_length=5)]
    MOST_SIGNS = MOST_STORY

    @property
    def places(self) -> list[str]:
        """The places to fill in, story by story."""
        names = ["story", *(code.id for code in self.codes)]
        return [f"{number}-{name}" for number in range(1, self.stories + 1) for name in names]

    def takes(self, answer: object) -> bool:
        """Accept a form in which every place is filled in."""
        return self.begun(answer) and set(answer) == set(self.places)  # type: ignore[call-overload]

    def begun(self, answer: object) -> bool:
        """Accept a form in which some places are filled in, and no others are."""
        return (
            isinstance(answer, Mapping)
            and 0 < len(answer) <= len(self.places)
            and all(self._fits(place, said) for place, said in answer.items())
        )

    def changed(self, answer: Any, name: str, value: str | None) -> Any:
        """Return the form with a place filled in, or emptied where there is no value."""
        form = {**(answer or {}), name: (value or "")[:MOST_STORY]}
        kept = {place: said for place, said in form.items() if said.strip()}
        return kept if self.begun(kept) else answer

    def open_places(self, answer: Any) -> set[str]:
        """Return the places that are still empty."""
        return set(self.places) - set(answer or {})

    def _mark(self, answer: Any, own: Own | None) -> Mark:
        return Mark("waiting", 0, self.worth)

    def counted(self, answer: Any, code: str) -> dict[str, int]:
        """Return how many stories of an answer have each option of a code.

        Examples
        --------
        >>> from crmsim.exercises.declared import exercise
        >>> form = {"1-group": "failure", "2-group": "failure", "3-story": "…"}
        >>> exercise("11-journal").counted(form, "group")
        {'failure': 2, 'request': 0, 'unprompted': 0}
        """
        said = [story.get(code) for story in self.coded(answer)]
        return {option.id: said.count(option.id) for option in self._code(code).options}

    def published(self, code: str) -> dict[str, dict[str, float]]:
        """Return the published shares of a code, by the option of the first code.

        Examples
        --------
        >>> from crmsim.exercises.declared import exercise
        >>> exercise("11-journal").published("group")["good"]["unprompted"]
        44.0
        """
        return {each.of: dict(each.percent) for each in self._code(code).published}

    def coded(self, answer: Any) -> list[dict[str, str]]:
        """Return the codes of each story of an answer, without its words.

        Examples
        --------
        >>> from crmsim.exercises.declared import exercise
        >>> exercise("11-journal").coded({"1-story": "…", "1-group": "failure"})[0]
        {'group': 'failure'}
        """
        if not self.begun(answer):
            return []
        form = dict(answer)
        names = [code.id for code in self.codes]
        return [
            {name: form[place] for name in names if (place := f"{number}-{name}") in form}
            for number in range(1, self.stories + 1)
        ]

    def said(self, answer: Any, lang: str) -> str:
        """Return the stories of an answer, each with its codes."""
        if not self.begun(answer):
            return value_as_text(answer)
        t = words(lang)
        told = []
        for number in range(1, self.stories + 1):
            coded = [
                by_id(code.options, lang)[answer[place]]
                for code in self.codes
                if (place := f"{number}-{code.id}") in answer
            ]
            parts = [answer.get(f"{number}-story", "—"), *coded]
            told.append(f"{number}. " + joined(parts, t("gradebook.semicolon")))
        return "\n".join(told)

    def asked(self, place: str, lang: str) -> str:
        """Return the number of a story."""
        return value_as_text(place).partition("-")[0]

    def wiring(self) -> Iterator[str]:
        """Find what is wrong between the parts."""
        yield from super().wiring()
        yield from repeated_ids([code.id for code in self.codes], "codes")
        firsts = [option.id for option in self.codes[0].options]
        for code in self.codes:
            known = {option.id for option in code.options}
            for shares in code.published:
                if shares.of not in firsts or set(shares.percent) != known:
                    named = ", ".join(sorted(known))
                    yield (
                        f"codes {code.id!r}: published: of must be one of {', '.join(firsts)}, "
                        f"and percent must have a share for each of {named}"
                    )

    def _code(self, name: str) -> Code:
        (found,) = (code for code in self.codes if code.id == name)
        return found

    def _fits(self, place: object, said: object) -> bool:
        """Say whether something can stand at a place."""
        if not isinstance(place, str) or place not in self.places or not isinstance(said, str):
            return False
        name = place.partition("-")[2]
        options = {code.id: [option.id for option in code.options] for code in self.codes}
        if name == "story":
            return bool(said.strip()) and len(said) <= MOST_STORY
        return said in options[name]
