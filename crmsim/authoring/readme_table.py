"""The table of lessons in both READMEs, made from the published notebooks.

``python -m crmsim.authoring.build_lessons`` writes it; a test holds that it is up to date.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from crmsim.common.files import write
from crmsim.common.words import data_path
from crmsim.course.lessons import Lesson, lessons

READMES = {"en": "README.md", "zh-Hans": "README.zh-Hans.md"}
_HEAD = {
    "en": ("no.", "lesson", "minutes", "student", "teacher, with answers"),
    "zh-Hans": ("编号", "课程", "分钟", "学生版", "教师版（含答案）"),
}
_LINKS = {"en": "en", "zh-Hans": "中文"}
_TABLE = re.compile(r"(?:^\|[^\n]*\.ipynb[^\n]*\n|^\| (?:no\.|编号)[^\n]*\n\|[-|]+\n)+", re.M)
_STATED = re.compile(r"^(\d+) ?(?:minutes|分钟) ·|^(\d+) ?分钟", re.M)
_NOTED = re.compile(r"(?:For the teacher|教师提示) · (\d+) ?(?:minutes|分钟)")


def with_table(text: str, lang: str) -> str:
    """Return the text of a README with its table of lessons made anew.

    Parameters
    ----------
    text
        The README, with one table of lessons in it.
    lang
        The language of the README; its links stand first.
    """
    rows = [_row(_HEAD[lang]), "|---" * len(_HEAD[lang]) + "|"]
    rows += [_row(_cells(lesson, lang)) for lesson in lessons(lang)]
    return _TABLE.sub("\n".join(rows) + "\n", text, count=1)


def write_tables() -> None:
    """Write the table of lessons of both READMEs."""
    for lang, name in READMES.items():
        path = data_path().parent / name
        write(path, with_table(path.read_text("utf-8"), lang))


def minutes(teacher: Path) -> int:
    """Return the minutes of a lesson, from its teacher notebook.

    The head of a lesson states them; where it does not, the notes for the teacher add up to them.
    """
    cells = json.loads(teacher.read_text("utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells)
    if stated := _STATED.search(text):
        return int(stated[1] or stated[2])
    return sum(map(int, _NOTED.findall(text)))


def _cells(lesson: Lesson, lang: str) -> tuple[str, ...]:
    folder = data_path().parent / "notebooks"
    path = next((folder / lang).glob(f"{lesson.number}-*.ipynb"))
    places = ("notebooks", "notebooks/teacher")
    return (
        lesson.number,
        lesson.title,
        str(minutes(folder / "teacher" / lang / path.name)),
        *(_links(place, path, lang) for place in places),
    )


def _links(place: str, path: Path, lang: str) -> str:
    order = sorted(_LINKS, key=lambda each: each != lang)
    return " · ".join(f"[{_LINKS[each]}]({place}/{each}/{path.name})" for each in order)


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
