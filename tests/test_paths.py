"""The three ready paths add up, name every lesson, and are the same in both languages."""

import re

import pytest

from crmsim.authoring.build_lessons import NOTEBOOKS

DOCS = NOTEBOOKS.parent / "docs"
PATHS = ("36", "48", "64")
SUM = ("sum", "合计")


def table(name):
    """The rows of a page's only table: number, what, handed in, periods of each path."""
    lines = [line for line in (DOCS / name).read_text("utf-8").splitlines() if line[:1] == "|"]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert tuple(cells[0][3:]) == PATHS
    return {row[0]: row[1:] for row in cells[2:]}


def periods(name):
    return {number: row[2:] for number, row in table(name).items() if number not in SUM}


@pytest.mark.parametrize("name", ["paths.md", "paths.zh-Hans.md"])
def test_each_path_adds_up_to_its_periods(name):
    hours = [
        sum(int(each or 0) for each in column)
        for column in zip(*periods(name).values(), strict=True)
    ]
    (told,) = [row[2:] for number, row in table(name).items() if number in SUM]
    assert [str(each) for each in hours] == told == list(PATHS)


def test_both_languages_say_the_same():
    assert periods("paths.md") == periods("paths.zh-Hans.md")


def test_every_lesson_is_on_every_path_under_its_title():
    pages = {name: table(name) for name in ("paths.md", "paths.zh-Hans.md")}
    for source in sorted((NOTEBOOKS / "source").glob("*.md")):
        titles = re.findall(r"^# (.*)$", source.read_text("utf-8"), re.M)[: len(pages)]
        for (name, page), title in zip(pages.items(), titles, strict=True):
            number = source.stem[:2]
            assert number in page, f"give lesson {number} a row in docs/{name}, with its periods"
            named, *periods_of = page[number][0], *page[number][2:]
            assert re.split("[:：]", title)[0] in named
            assert all(periods_of)


@pytest.mark.parametrize("suffix", ["", ".zh-Hans"])
def test_the_readme_sums_up_the_paths_as_they_are(suffix):
    of_path = periods(f"paths{suffix}.md")
    readme = (DOCS.parent / f"README{suffix}.md").read_text("utf-8")
    for place, path in enumerate(PATHS):
        hours = {number: int(each[place] or 0) for number, each in of_path.items()}
        told = [sum(h for n, h in hours.items() if n[0] in kind) for kind in ("01234", "P", "T")]
        (row,) = re.findall(rf"^\| {path} \| (\d+) \| (\d+).* \| (\d+) \|$", readme, re.M)
        assert list(map(int, row)) == told
