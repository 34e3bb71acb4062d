"""The table of lessons in both READMEs follows from the published notebooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmsim.authoring.readme_table import READMES, with_table
from crmsim.course.lessons import lessons

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("lang", READMES)
def test_the_table_of_lessons_is_up_to_date(lang):
    text = (ROOT / READMES[lang]).read_text("utf-8")
    assert with_table(text, lang) == text, "run: make notebooks"


@pytest.mark.parametrize("lang", READMES)
def test_every_lesson_has_its_row_minutes_and_links_that_lead_somewhere(lang):
    text = with_table((ROOT / READMES[lang]).read_text("utf-8"), lang)
    assert lessons(lang)
    for lesson in lessons(lang):
        row = next(line for line in text.splitlines() if line.startswith(f"| {lesson.number} "))
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells[1] == lesson.title
        assert int(cells[2]) > 0
        links = [part.split(")")[0] for part in row.split("](")[1:]]
        assert len(links) == 4
        assert all((ROOT / link).is_file() for link in links)


def test_a_table_that_lacks_a_lesson_is_made_whole():
    text = (ROOT / READMES["en"]).read_text("utf-8")
    short = "\n".join(line for line in text.splitlines() if not line.startswith("| 12 ")) + "\n"
    assert with_table(short, "en") == with_table(text, "en")
