"""Check for a student what she is about to hand in: is it complete, and does it run.

It runs as it will when it is graded, with the same limits. Nothing here says whether an answer is
right.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from shutil import copyfile

from crmsim.common.text import plain
from crmsim.common.words import language, words
from crmsim.grading.one import grade_one
from crmsim.grading.options import Options
from crmsim.grading.pages.pages import lesson_title
from crmsim.grading.pages.wording import problem_words, task_of
from crmsim.grading.result import Item, Result

NO_SECRET = b"what a student checks needs no secret"
LESSON_MISSING, NO_NUMBER = "lesson-missing", "no-number"
MISSING = ("blank", "nonsense", "lost")


def validate(path: str | Path, lang: str = "en") -> tuple[list[str], bool]:
    """Return what a student should know before handing in, and whether everything is there.

    Parameters
    ----------
    path
        A notebook, or the zip that is handed in.
    lang
        The language to say it in.
    """
    path, lang = Path(path), language(lang)
    if not path.exists():
        return [f"{plain(path)}: {words(lang)('gradebook.validate.no_file')}"], False
    if path.suffix.lower() != ".ipynb":
        return told_of_submission(grade_one(path, Options(), NO_SECRET), path.name, lang)
    with tempfile.TemporaryDirectory() as folder:
        alone = _handed_in(path, Path(folder) / path.stem)
        result = _alone(grade_one(alone, Options(), NO_SECRET))
    if not result.items:
        result = grade_one(path, Options(), NO_SECRET)
    return told_of_submission(result, path.name, lang)


def told_of_submission(result: Result, name: str, lang: str) -> tuple[list[str], bool]:
    """Return the sentences about a submission, and whether everything is there."""
    t = words(lang)
    problems = [problem_words(problem, lang) for problem in result.problems]
    if not result.items:
        return [*problems, t("gradebook.validate.unreadable")], False
    said = [t("gradebook.validate.readable", name=plain(name)), *problems]
    if result.student:
        said.insert(1, t("gradebook.validate.number", number=plain(result.student)))
    fine = not problems and not any(map(_missing, result.items))
    end = t("gradebook.validate.fine" if fine else "gradebook.validate.missing")
    return [*said, *_lessons(result.items, lang), end], fine


def _handed_in(notebook: Path, folder: Path) -> Path:
    """Return a notebook alone as a hand-in, with the answers that were saved beside it."""
    folder.mkdir()
    copyfile(notebook, folder / notebook.name)
    here = notebook.resolve().parent
    places = (here / "progress", here.parent / "progress")
    saved = next((place for place in places if place.is_dir()), None)
    if saved:
        (folder / "progress").mkdir()
        for record in saved.glob("*.json"):
            copyfile(record, folder / "progress" / record.name)
    return folder


def _alone(result: Result) -> Result:
    """Return the part of a result that is about the lesson of the one notebook."""
    others = {p.place for p in result.problems if p.kind == LESSON_MISSING}
    return replace(
        result,
        items=tuple(item for item in result.items if item.lesson not in others),
        problems=tuple(p for p in result.problems if p.kind not in (LESSON_MISSING, NO_NUMBER)),
    )


def _missing(item: Item) -> bool:
    return item.verdict in MISSING


def _lessons(items: Sequence[Item], lang: str) -> Iterator[str]:
    t = words(lang)
    for lesson in dict.fromkeys(item.lesson for item in items):
        mine = [item for item in items if item.lesson == lesson]
        left = [item for item in mine if _missing(item)]
        counts = {"answered": len(mine) - len(left), "all": len(mine)}
        yield t("gradebook.validate.lesson", lesson=lesson_title(lesson, lang), **counts)
        for item in left:
            task = task_of(item)
            kind = "no_prediction" if task and task.prediction else item.verdict
            question = task.question[lang] if task else ""
            yield t(f"gradebook.validate.{kind}", exercise=item.exercise, question=question)
