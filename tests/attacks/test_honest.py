"""Marks for honest work, however it was saved; reasons for missing work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crmsim.common.words import LANGUAGES
from crmsim.course.lab import released
from crmsim.exercises.declared import declared
from crmsim.grading.one import grade_one
from crmsim.grading.options import Options
from crmsim.grading.reading.released import lessons
from crmsim.grading.result import to_json

SECRET = b"another secret"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_notebook_filled_from_its_teacher_twin_gets_full_marks(
    lang: str, whole: Any, tmp_path: Path
):
    every = tuple(lessons(lang))
    path = tmp_path / "hand-in.zip"
    path.write_bytes(whole(lang, every).zipped())
    result = grade_one(path, Options(), SECRET)
    short = [i.exercise for i in result.items if i.points < i.out_of and not i.needs_person]
    assert short == []
    assert {i.exercise for i in result.items if i.needs_person} == {
        name
        for lesson in lessons(lang).values()
        for name in lesson.checked
        if declared(name).kind == "explain"
    }
    assert (result.lang, result.problems, result.flags) == (lang, (), ())
    assert {item.lesson for item in result.items} == set(every)


def test_grading_again_gives_the_same_bytes(whole: Any, tmp_path: Path):
    path = tmp_path / "hand-in.zip"
    path.write_bytes(whole().write("10", "minutes = undefined").zipped())
    once, again = (json.dumps(to_json(grade_one(path, Options(), SECRET))) for _ in range(2))
    assert once == again


def test_a_wrong_answer_gets_nothing_and_its_reason_in_both_languages(whole: Any, graded: Any):
    handed_in = whole()
    task = declared("10-surprise")
    wrong = next(option for option in task.options if option.slip)
    handed_in.records["answer-10-surprise.json"] = {"answer": wrong.id}
    came = graded(handed_in)
    item = came.item("10-surprise")
    assert (item.points, item.verdict) == (0, "wrong")
    assert set(item.findings[0]["misconception"]) == set(LANGUAGES)
    assert came.below_full() == {"10-surprise"}


def test_a_function_that_is_wrong_is_told_with_which_numbers(whole: Any, graded: Any):
    handed_in = whole().write(
        "12", "def satisfaction(perceived, expected):\n    return perceived - expected"
    )
    handed_in.records.pop("answer-12-formula.json")
    item = graded(handed_in).item("12-satisfaction")
    assert (item.points, item.verdict, item.note) == (0, "wrong", "hidden-fails")
    assert item.note_args["call"].startswith("satisfaction(")


def test_the_twin_that_is_clicked_counts_as_much_as_the_function(whole: Any, graded: Any):
    handed_in = whole().write("12", "def satisfaction(perceived, expected): return 0")
    item = graded(handed_in).item("12-satisfaction")
    assert (item.points, item.verdict, item.note) == (3, "right", "twin")


# How an honest hand-in may differ; each takes one, changes it, and gives it back.


def code(source: str) -> dict[str, Any]:
    """A cell of her own."""
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}


def after(handed_in: Any, number: str, source: str) -> Any:
    """Put a cell of her own below the open cell of a lesson."""
    cells = handed_in.books[number]["cells"]
    cells.insert(cells.index(handed_in.open_cell(number)) + 1, code(source))
    return handed_in


def stripped_of_ids(handed_in: Any) -> Any:
    for book in handed_in.books.values():
        for cell in book["cells"]:
            cell.pop("id", None)
        book["nbformat_minor"] = 4
    return handed_in


def of_format_3(handed_in: Any) -> Any:
    for number, book in stripped_of_ids(handed_in).books.items():
        cells = []
        for cell in book["cells"]:
            code = cell["cell_type"] == "code"
            cells.append({"cell_type": "code", "input": cell["source"]} if code else cell)
        old = {"nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells}]}
        handed_in.books[number] = old | {"metadata": {"name": ""}}
    return handed_in


def in_reverse(handed_in: Any) -> Any:
    for book in handed_in.books.values():
        book["cells"].reverse()
    return handed_in


def with_cells_of_her_own(handed_in: Any) -> Any:
    noise = [
        "import warnings; warnings.warn('careful')",
        "print('x' * 1000)",
        "1 / 0",
        "%matplotlib inline",
        "!ls",
        "help?",
        "def broken(:",
        "visit = None",
    ]
    for book in handed_in.books.values():
        extra = [{"cell_type": "code", "source": source, "metadata": {}} for source in noise]
        middle = len(book["cells"]) // 2
        book["cells"][middle:middle] = extra[:-1]
    return handed_in


def with_a_helper_in_another_cell(handed_in: Any) -> Any:
    cells = handed_in.books["10"]["cells"]
    place = cells.index(handed_in.cell("10", "minutes-check"))
    helper = {"cell_type": "code", "source": "def added(column): return visit.log[column].sum()"}
    cells.insert(place, helper)
    return handed_in.write("10", 'minutes = added("minutes")\ncheck("10-minutes", minutes)')


def split_in_two(handed_in: Any) -> Any:
    cells = handed_in.books["10"]["cells"]
    place = cells.index(handed_in.cell("10", "minutes-check"))
    handed_in.write("10", "total = visit.log['minutes'].sum()")
    cells.insert(place + 1, {"cell_type": "code", "source": "minutes = total"})
    return handed_in


def with_an_id_twice(handed_in: Any) -> Any:
    cells = handed_in.books["10"]["cells"]
    place = cells.index(handed_in.cell("10", "minutes-check"))
    blank = next(c for c in lessons("en")["10"].cells if c.id == "minutes-check")
    cells.insert(place, {"cell_type": "code", "id": "minutes-check", "source": blank.source})
    return handed_in


def with_locked_cells_edited(handed_in: Any) -> Any:
    handed_in.cell("10", "visit")["source"] = "visit = None"
    return handed_in


def with_locked_cells_deleted(handed_in: Any) -> Any:
    book = handed_in.books["10"]
    keep = ("minutes-check", "setup")
    book["cells"] = [c for c in book["cells"] if c.get("id") in keep or c["cell_type"] != "code"]
    return handed_in


def with_outputs_and_metadata_of_others(handed_in: Any) -> Any:
    for book in handed_in.books.values():
        book["metadata"] = {"kernelspec": {"name": "julia"}, "language_info": {"name": "x"}}
        for cell in book["cells"]:
            cell["metadata"] = {"nbgrader": {"grade_id": "x", "points": 100}, "tags": ["skip"]}
            if cell["cell_type"] == "code":
                cell["outputs"] = [{"output_type": "stream", "name": "stderr", "text": "boo"}]
                cell["source"] = (
                    cell["source"].splitlines(keepends=True)
                    if isinstance(cell["source"], str)
                    else cell["source"]
                )
    return handed_in


def with_a_byte_order_mark(handed_in: Any) -> Any:
    handed_in.books = {
        number: "\ufeff".encode() + json.dumps(book).encode()
        for number, book in handed_in.books.items()
    }
    return handed_in


def with_magics_above_the_answer(handed_in: Any) -> Any:
    for number in ("10", "12"):
        cell = handed_in.open_cell(number)
        cell["source"] = "%matplotlib inline\n%config Completer.use_jedi = False\n" + cell["source"]
    return handed_in


def with_a_set_up_cell_of_her_own(handed_in: Any) -> Any:
    for book in handed_in.books.values():
        book["cells"].insert(1, code("%matplotlib notebook\nimport math\nfrom numpy import sqrt"))
    return handed_in


def with_a_magic_of_the_whole_cell(handed_in: Any) -> Any:
    for number, magic in (("10", "%%time"), ("12", "%%capture noise")):
        cell = handed_in.open_cell(number)
        cell["source"] = f"{magic}\n" + cell["source"]
    return handed_in


def with_the_name_used_again_below(handed_in: Any) -> Any:
    after(handed_in, "12", "satisfaction = satisfaction(60, 40)")
    return after(handed_in, "10", "minutes = [minutes, 'min']")


def with_the_name_of_a_loop_below(handed_in: Any) -> Any:
    after(handed_in, "12", "for satisfaction in range(3):\n    pass")
    return after(handed_in, "10", "for minutes in visit.log['minutes']: print(minutes)")


def with_everything_forgotten_below(handed_in: Any) -> Any:
    after(handed_in, "12", "%reset -f")
    return after(handed_in, "10", "del minutes")


def with_an_import_of_the_same_name_below(handed_in: Any) -> Any:
    after(handed_in, "12", "from crmsim.model.theory.satisfaction import satisfaction")
    return after(handed_in, "10", "minutes = visit.log['minutes']")


def retyped_without_its_check(handed_in: Any) -> Any:
    for number in ("10", "12"):
        cells = handed_in.books[number]["cells"]
        place = cells.index(handed_in.open_cell(number))
        cells[place] = code(cells[place]["source"].split("check(")[0])
    return handed_in


def retyped_at_the_end(handed_in: Any) -> Any:
    for number in ("10", "12"):
        cell = handed_in.open_cell(number)
        source = cell["source"].split("check(")[0]
        cell["source"] = next(c.source for c in lessons("en")[number].cells if c.open)
        handed_in.books[number]["cells"].append(code(source))
    return handed_in


def without_ids_and_checks(handed_in: Any) -> Any:
    for number in ("10", "12"):
        cell = handed_in.open_cell(number)
        cell["source"] = cell["source"].split("check(")[0]
    return stripped_of_ids(handed_in)


def merged_with_the_cell_above(handed_in: Any) -> Any:
    for number in ("10", "12"):
        cells = handed_in.books[number]["cells"]
        cell = handed_in.open_cell(number)
        above = [c for c in cells[: cells.index(cell)] if c["cell_type"] == "code"][-1]
        text = above["source"] if isinstance(above["source"], str) else "".join(above["source"])
        above["source"] = text + "\n\n" + cell["source"]
        cells.remove(cell)
    return handed_in


def merged_with_the_cell_below(handed_in: Any) -> Any:
    for number in ("10", "12"):
        cells = handed_in.books[number]["cells"]
        cell = handed_in.open_cell(number)
        below = next(c for c in cells[cells.index(cell) + 1 :] if c["cell_type"] == "code")
        text = below["source"] if isinstance(below["source"], str) else "".join(below["source"])
        cell["source"] += "\n\n" + text
        cells.remove(below)
    return handed_in


def with_a_blank_copy_full_of_notes(handed_in: Any) -> Any:
    for number in ("10", "12"):
        path = next(p for p in released("en") if p.name.startswith(number))
        copy = json.loads(path.read_text("utf-8"))
        copy["cells"].insert(2, code("# what I still have to do\n" + "# read it again\n" * 400))
        handed_in.others[f"notebooks/en/{number}-lesson-Copy1.ipynb"] = json.dumps(copy).encode()
    return handed_in


def with_the_function_as_a_class(handed_in: Any) -> Any:
    return handed_in.write(
        "12",
        "class Rule:\n    def __call__(self, perceived, expected): return perceived / expected\n"
        "satisfaction = Rule()\ncheck('12-satisfaction', satisfaction)",
    )


@pytest.mark.parametrize(
    "changed",
    [
        stripped_of_ids,
        of_format_3,
        in_reverse,
        with_cells_of_her_own,
        with_a_helper_in_another_cell,
        split_in_two,
        with_an_id_twice,
        with_locked_cells_edited,
        with_locked_cells_deleted,
        with_outputs_and_metadata_of_others,
        with_a_byte_order_mark,
        with_magics_above_the_answer,
        with_a_set_up_cell_of_her_own,
        with_a_magic_of_the_whole_cell,
        with_the_name_used_again_below,
        with_the_name_of_a_loop_below,
        with_everything_forgotten_below,
        with_an_import_of_the_same_name_below,
        retyped_without_its_check,
        retyped_at_the_end,
        without_ids_and_checks,
        merged_with_the_cell_above,
        merged_with_the_cell_below,
        with_a_blank_copy_full_of_notes,
        with_the_function_as_a_class,
    ],
    ids=lambda changed: changed.__name__,
)
def test_an_honest_hand_in_gets_full_marks_in_whatever_form(changed: Any, whole: Any, graded: Any):
    handed_in = changed(whole())
    for record in ("answer-10-minutes.json", "answer-12-formula.json"):
        handed_in.records.pop(record)
    came = graded(handed_in)
    assert came.below_full() == set()
    assert came.problems <= {"cell-error", "lesson-twice"}
    assert came.flags == set()


BROKEN = {
    "an error": "def satisfaction(perceived, expected): raise ValueError",
    "a name that is missing": "def satisfaction(perceived, expected): return perceived / wanted",
    "a file of her own": "satisfaction = __import__('my_own_module').satisfaction",
    "nothing": "",
}


@pytest.mark.parametrize("what", BROKEN)
def test_whose_code_does_not_work_here_is_not_accused(what: str, whole: Any, graded: Any):
    handed_in = whole().write("12", BROKEN[what])
    del handed_in.records["answer-12-formula.json"]
    answer = [example.gives for example in declared("12-satisfaction").examples]
    record = {"schema": 1, "answer": answer, "verdict": "right"}
    handed_in.records["answer-12-satisfaction.json"] = record
    came = graded(handed_in)
    assert came.points("12-satisfaction") == 0
    assert "claims-right" not in came.flags


@pytest.mark.parametrize("answer", [[0, 0, 0], [9, 9, 9], "right", 7])
def test_a_record_that_claims_more_than_is_in_it_is_flagged(answer: Any, whole: Any, graded: Any):
    handed_in = whole()
    record = {"schema": 1, "answer": answer, "verdict": "right"}
    handed_in.records["answer-12-satisfaction.json"] = record
    came = graded(handed_in)
    assert came.points("12-satisfaction") == 3
    assert came.flags == {"claims-right"}


def test_the_other_language_edition_counts_the_same(whole: Any, graded: Any):
    mixed, chinese = whole("en"), whole("zh-Hans")
    mixed.books["12"] = chinese.books["12"]
    assert graded(mixed).below_full() == set()


def test_an_error_in_one_lesson_costs_that_answer_alone_and_is_told(whole: Any, graded: Any):
    handed_in = whole().write("10", "minutes = vist.log['minutes'].sum()")
    handed_in.records.pop("answer-10-minutes.json")
    came = graded(handed_in)
    assert came.below_full() == {"10-minutes"}
    assert came.problems == {"cell-error"}
    told = next(each for each in came.result.problems)
    assert (told.place, told.args["error"]) == ("10", "NameError")


def test_what_is_missing_is_named_and_the_rest_counts(whole: Any, graded: Any):
    handed_in = whole("en", ("10",))
    del handed_in.records["answer-10-stages.json"]
    came = graded(handed_in)
    assert came.item("10-stages").verdict == "blank"
    assert [p.place for p in came.result.problems if p.kind == "lesson-missing"] == ["12"]
    assert came.points("10-rights") == came.item("10-rights").out_of


def test_a_bare_notebook_counts_for_its_code_and_says_what_is_missing(whole: Any, graded: Any):
    book = json.dumps(whole().books["10"]).encode()
    came = graded(book, "林悦 第10课（终稿）.ipynb")
    assert came.points("10-minutes") == 1
    assert {"no-saved-answers", "no-number"} <= came.problems


def test_without_a_notebook_the_feedback_is_in_the_language_of_the_zip_or_the_name(
    whole: Any, graded: Any
):
    handed_in = whole("en", ("10",))
    handed_in.books = {}
    assert graded(handed_in).result.lang == "zh-Hans"
    handed_in.hand_in["lang"] = "en"
    assert graded(handed_in).result.lang == "en"
