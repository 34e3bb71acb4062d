"""Codes of a class for its own stories, beside what was published; nobody's words are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crmsim.exercises.parts import by_id
from crmsim.grading.marks.marks import Grade
from crmsim.grading.pages.wording import task_of


def coded_stories(grades: Sequence[Grade], least: int, lang: str) -> list[dict[str, Any]]:
    """Return a table of each code by which a class sorted its own stories.

    Only what was chosen is counted; the words of a story stay with their student.

    Parameters
    ----------
    grades
        The class.
    least
        The number of students that must have written a journal.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Returns
    -------
    list of dict
        With ``text``, the question of the code; ``heads``, the options of the first code with the
        number of their stories; ``rows``, for each option its share among these (in percent) and
        the published one, or None; ``known``, True if any was published.
    """
    journals: dict[str, Any] = {}
    stories: dict[str, list[list[dict[str, str]]]] = {}
    for grade in grades:
        for line in grade.lines if grade.readable else ():
            task = task_of(line.item)
            if task and (coded := task.coded(line.item.answer)):
                journals[task.id] = task
                stories.setdefault(task.id, []).append(coded)
    return [
        _table(journals[name], code, [story for answer in answers for story in answer], lang)
        for name, answers in sorted(stories.items())
        if len(answers) >= least
        for code in journals[name].codes[1:]
    ]


def _table(task: Any, code: Any, stories: Sequence[dict[str, str]], lang: str) -> dict[str, Any]:
    """Return the shares of a code, apart for each option of the first code."""
    first, published = task.codes[0], task.published(code.id)
    said = {
        option.id: [
            story[code.id]
            for story in stories
            if code.id in story and story.get(first.id) == option.id
        ]
        for option in first.options
    }
    firsts, options = by_id(first.options, lang), by_id(code.options, lang)
    rows = []
    for option, text in options.items():
        shares = []
        for of, codes in said.items():
            share = 100 * codes.count(option) / len(codes) if codes else None
            shares.append((share, published.get(of, {}).get(option)))
        rows.append((text, shares))
    heads = [(firsts[of], len(codes)) for of, codes in said.items()]
    return {"text": code.text[lang], "heads": heads, "rows": rows, "known": bool(published)}
