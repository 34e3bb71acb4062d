"""Answers of a person to the exercises of a lesson, on the page: with nothing, wrongly, rightly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, expect

from crmsim.common.words import words
from crmsim.exercises.declared import declared_exercise

NONSENSE = "happy🙂"


class Answering:
    """One exercise on its stage, and the words in which it answers.

    Of the wrong answers that the exercise foresees, ``every`` one is given, or only the first.
    """

    def __init__(
        self, notebook: Any, exercise_id: str, lang: str, code: str = "", every: bool = True
    ) -> None:
        self.page, self.lang, self.t = notebook.page, lang, words(lang)
        self.notebook, self.code = notebook, code or f'("{exercise_id}"'
        self.stage = self._stage(exercise_id)
        self.task = self._version(exercise_id)
        self.verdict = self.stage.locator(".ex-verdict")
        self.tried = None if every else 1

    def _stage(self, exercise_id: str) -> Locator:
        """Find the stage of the exercise; a cell may ask several."""
        asked = self.page.locator(f"[id='{exercise_id}-question']")
        stage = self.notebook.cell(self.code).locator(".crmsim-stage", has=asked).first
        stage.wait_for(timeout=60_000)
        stage.scroll_into_view_if_needed()
        return stage

    def _version(self, exercise_id: str) -> Any:
        """Find the version of the exercise that this student was given."""
        task = declared_exercise(exercise_id)
        asked = self.stage.locator(".ex-question").text_content()
        versions = task.versions() if hasattr(task, "versions") else []
        return next((each for each in versions if each.question[self.lang] == asked), task)

    def _part(self, name: str) -> Locator:
        """The part of the exercise of that name."""
        return self.stage.locator(f"[id='{self.task.id}-{name}']")

    def done(self, *verdicts: str) -> None:
        """Press the button below the exercise, and read one of these verdicts."""
        self.notebook.click(self._part("done"))
        told = [self.t(f"lesson.verdict.{verdict}") for verdict in verdicts]
        expect(self.verdict).to_be_visible()
        assert any(each in (self.verdict.text_content() or "") for each in told), self.task.id

    def place(self, answer: Mapping[str, str]) -> None:
        """Put a card on each row."""
        for row, card in answer.items():
            self.notebook.click(self._part(row))
            self.notebook.click(self._part(f"card-{card}"))

    def choose(self, option: str) -> None:
        """Choose an option."""
        self.notebook.click(self.stage.locator(f"label:has([data-value='{option}'])"))

    def type(self, text: str) -> None:
        """Write into the field."""
        self.stage.locator("input, textarea").first.fill(text)
        self.page.keyboard.press("Tab")

    def says(self, *texts: str) -> None:
        """Read each of these texts in the verdict."""
        for text in texts:
            expect(self.verdict).to_contain_text(text)

    def walk(self) -> None:
        """Answer with nothing or nonsense, wrongly, and rightly, as the kind of exercise allows."""
        getattr(self, f"_{self.task.kind}")()

    def _says_why(self) -> None:
        """Look for why it matters, where that is told."""
        if self.task.business:
            self.says(self.task.business[self.lang])

    def _choose(self) -> None:
        self.done("blank")
        wrong = [option for option in self.task.options if option.id != self.task.key]
        for option in wrong[: self.tried]:
            self.choose(option.id)
            self.done("wrong")
            self.says(option.slip.misconception[self.lang])
        self.choose(self.task.key)
        self.done("right")
        self._says_why()

    def _match(self) -> None:
        self.done("blank")
        right = {row.id: row.key for row in self.task.rows}
        row, card = next(iter(right.items()))
        other = next(option.id for option in self.task.options if option.id != card)
        self.place(right | {row: other})
        self.done("partly")
        self.place({row: card})
        self.done("right")
        self._says_why()

    def _number(self) -> None:
        self.type(NONSENSE)
        self.done("nonsense")
        for slip in self.task.slips[: self.tried]:
            self.type(f"{slip.value:g}")
            self.done("wrong")
            self.says(slip.misconception[self.lang])
        self.type(f"{self.task.key:g}")
        self.done("right")
        self._says_why()

    def _explain(self) -> None:
        self.type(NONSENSE)
        expect(self.stage.locator(".ex-note")).to_be_visible()

    def _journal(self) -> None:
        for place in self.task.places:
            part, name = self._part(place), place.partition("-")[2]
            if name == "story":
                part.fill(NONSENSE)
                self.page.keyboard.press("Tab")
            else:
                codes = {code.id: code for code in self.task.codes}
                part.select_option(codes[name].options[-1].id)
        told = self.t("lesson.explain.saved", points=self.task.worth)
        expect(self.stage.locator(".ex-note")).to_have_text(told)

    def _order(self) -> None:
        rows = self.task.start
        wrong = [*reversed(self.task.right_answer)]
        for wanted, verdict in ((wrong, "wrong"), (self.task.right_answer, "right")):
            for place, row in enumerate(wanted):
                if rows[place] != row:
                    self.notebook.click(self._part(row))
                    self.notebook.click(self._part(rows[place]))
                    rows = self.task.changed(rows, row, rows[place])
            self.done(verdict)
        self._says_why()

    def _plan(self) -> None:
        self.done("blank")
        first = [
            next(item.id for item in self.task.items if item.group == group.id)
            for group in self.task.groups
        ]
        for wanted in (first, self.task.right_answer):
            for item in self.task.items:
                button = self._part(f"item-{item.id}")
                taken = button.get_attribute("aria-pressed") == "true"
                if (item.id in wanted) != taken and (taken is False or not self._single(item)):
                    self.notebook.click(button)
            self.done(self.task.mark(wanted).verdict)
        self._says_why()

    def _single(self, item: Any) -> bool:
        """Say whether an item goes by itself when another of its group is taken."""
        (group,) = (each for each in self.task.groups if each.id == item.group)
        return group.one and group.needed

    def _loop(self) -> None:
        shown = self.stage.locator(".ex-links li")
        for source, sign, target in self.task.right_answer:
            before = shown.count()
            self._draw_arrow(source, sign, target)
            expect(shown).to_have_count(before + 1)
        self.done("right")

    def _draw_arrow(self, source: str, sign: str, target: str) -> None:
        """Draw one arrow of a diagram."""
        for act, value in (("node", source), ("sign", sign), ("node", target)):
            self.notebook.click(self.stage.locator(f"[data-act={act}][data-value='{value}']"))

    def foresee(self) -> None:
        """Write nonsense where there is a field, and then bet on something."""
        if self.task.kind == "choose":
            self.choose(self.task.options[0].id)
        elif self.task.kind == "number":
            self.bet("20")
        elif self.task.kind == "draw":
            self._draw()
        elif self.task.kind == "match":
            self.place({row.id: self.task.options[-1].id for row in self.task.rows})
        else:
            assert self.task.kind == "loop", self.task.id
            self._draw_arrow(*self.task.right_answer[0])
            return
        expect(self.stage.locator(".ex-note")).to_be_visible()

    def _draw(self) -> None:
        points = self.stage.get_by_role("slider")
        points.first.focus()
        for _ in range(points.count()):
            self.page.keyboard.press("ArrowUp")
            self.page.keyboard.press("ArrowRight")

    def bet(self, guess: str) -> None:
        """Write nonsense, and then a number, where something is foreseen."""
        self.type(NONSENSE)
        self.type(guess)
        expect(self.stage.locator(".ex-note")).to_be_visible()

    def write(self, source: str, *verdicts: str) -> None:
        """Write the cell of a function, run it, and read one of these verdicts."""
        self.notebook.write(self.code, source)
        self.stage = self._stage(self.task.id)
        self.verdict = self.stage.locator(".ex-verdict")
        told = [self.t(f"lesson.verdict.{verdict}") for verdict in verdicts]
        expect(self.verdict).to_be_visible()
        assert any(each in (self.verdict.text_content() or "") for each in told), self.task.id
