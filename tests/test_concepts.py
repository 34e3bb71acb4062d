"""Every concept of the source documents is taught in a lesson; ``pytest -rP`` prints where."""

import csv
import re
from functools import cache

from crmsim.authoring.build_lessons import NOTEBOOKS, read_source
from crmsim.common.words import data_path
from crmsim.course.glossary import terms
from crmsim.exercises.declared import declared_exercise, read_exercises

ASKED = re.compile(r'\bcheck\(\s*"([\w-]+)"')
HEADING = re.compile(r"^#+ (.*)$", re.M)


def concepts():
    with data_path("concepts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


WANTED = [row["id"] for row in concepts() if set(row["kind"]) & set("VSQ")]


def named(text):
    """The concepts that a text names: one by one, or from … to.

    >>> sorted(named("levels (A-06 … A-09) and the bus (B-13)"))
    ['A-06', 'A-07', 'A-08', 'A-09', 'B-13']
    """
    found = set(re.findall(r"\b[A-E]-\d\d\b", text))
    for part, first, last in re.findall(r"\b([A-E])-(\d\d) (?:…|to|–) (?:[A-E]-)?(\d\d)\b", text):
        found |= {f"{part}-{number:02}" for number in range(int(first), int(last) + 1)}
    return found


@cache
def taught():
    """Find where each concept is asked after it was explained: lesson, heading and cell.

    A guess alone teaches nothing: an exercise counts where it is marked, read by a person, or set
    against what came, in a lesson, under a heading.
    """
    where = {}
    for path in sorted((NOTEBOOKS / "source").glob("*.md")):
        heading = ""
        for cell in read_source(path):
            if cell.kind == "text":
                heading = (HEADING.findall(cell.en) or [heading])[-1]
                continue
            for name in ASKED.findall(cell.en) if heading and cell.kind == "code" else ():
                for concept in declared_exercise(name).concepts:
                    where.setdefault(concept, []).append((path.stem[:2], heading, cell.id))
    return where


def test_every_concept_is_taught():
    for concept, places in sorted(taught().items()):
        print(concept, "→", "; ".join(" · ".join(place) for place in places))
    assert len(WANTED) > 90
    assert sorted(set(WANTED) - taught().keys()) == []


def test_nothing_names_a_concept_that_there_is_not():
    known = {row["id"] for row in concepts()}
    lessons = {path.name: path.read_text("utf-8") for path in NOTEBOOKS.glob("source/*.md")}
    tasks = {
        task.id: " ".join(task.concepts)
        for path in data_path("exercises").glob("*.toml")
        for task in read_exercises(path).values()
    }
    assert lessons
    assert tasks
    wrong = {name: named(text) - known for name, text in (lessons | tasks).items()}
    assert {name: ids for name, ids in wrong.items() if ids} == {}


def test_the_concepts_are_those_of_the_five_documents():
    rows = concepts()
    assert len({row["id"] for row in rows}) == len(rows) == 119
    assert all(row["en"] and row["zh-Hans"] and set(row["kind"]) <= set("VSQR") for row in rows)


def test_every_term_of_the_glossary_belongs_to_a_concept():
    known = {row["id"] for row in concepts()}
    assert len(terms()) > 90
    assert [term.en for term in terms() if term.concept not in known] == []
