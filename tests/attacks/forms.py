"""Forms in which honest work is handed in: each takes a hand-in, changes it, and returns it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from crmsim.course.lab import released
from crmsim.grading.reading.released import released_lessons


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


def from_an_older_edition(handed_in: Any) -> Any:
    """Keep the words of the open cells alone: all else was called and written otherwise."""
    for number, book in handed_in.books.items():
        open_cell = handed_in.open_cell(number)
        for place, cell in enumerate(book["cells"]):
            cell["id"] = f"older-{place}"
            if cell["cell_type"] == "code" and cell is not open_cell:
                cell["source"] = f"# as it was in spring\nolder_{place} = {place}"
    return handed_in


def with_a_rounded_function(handed_in: Any) -> Any:
    """Round what the function gives, below it in its own cell."""
    for number in handed_in.books:
        cell = handed_in.open_cell(number)
        if not (found := re.search(r"def (\w+)\(", cell["source"])):
            continue
        name = found[1]
        below = f"exact = {name}\ndef {name}(*given):\n    return round(exact(*given), 2)\n"
        cell["source"] = f"{cell['source'].split('check(')[0]}\n{below}"
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
    blank = next(c for c in released_lessons("en")["10"].cells if c.id == "minutes-check")
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
    for number in handed_in.books:
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
    for number in handed_in.books:
        cells = handed_in.books[number]["cells"]
        place = cells.index(handed_in.open_cell(number))
        cells[place] = code(cells[place]["source"].split("check(")[0])
    return handed_in


def retyped_at_the_end(handed_in: Any) -> Any:
    for number in handed_in.books:
        cell = handed_in.open_cell(number)
        source = cell["source"].split("check(")[0]
        cell["source"] = next(c.source for c in released_lessons("en")[number].cells if c.open)
        handed_in.books[number]["cells"].append(code(source))
    return handed_in


def without_ids_and_checks(handed_in: Any) -> Any:
    for number in handed_in.books:
        cell = handed_in.open_cell(number)
        cell["source"] = cell["source"].split("check(")[0]
    return stripped_of_ids(handed_in)


def merged_with_the_cell_above(handed_in: Any) -> Any:
    for number in handed_in.books:
        cells = handed_in.books[number]["cells"]
        cell = handed_in.open_cell(number)
        above = [c for c in cells[: cells.index(cell)] if c["cell_type"] == "code"][-1]
        text = above["source"] if isinstance(above["source"], str) else "".join(above["source"])
        above["source"] = text + "\n\n" + cell["source"]
        cells.remove(cell)
    return handed_in


def merged_with_the_cell_below(handed_in: Any) -> Any:
    for number in handed_in.books:
        cells = handed_in.books[number]["cells"]
        cell = handed_in.open_cell(number)
        below = next(c for c in cells[cells.index(cell) + 1 :] if c["cell_type"] == "code")
        text = below["source"] if isinstance(below["source"], str) else "".join(below["source"])
        cell["source"] += "\n\n" + text
        cells.remove(below)
    return handed_in


def with_a_blank_copy_full_of_notes(handed_in: Any) -> Any:
    for number in handed_in.books:
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


def with_other_magics_above_the_answer(handed_in: Any) -> Any:
    magics = "%load_ext autoreload\n%autoreload 2\n%precision 3\n%pylab\n%gui qt\n"
    for number in handed_in.books:
        cell = handed_in.open_cell(number)
        cell["source"] = magics + cell["source"]
    return handed_in


def with_magics_and_commands_among_the_lines(handed_in: Any) -> Any:
    handed_in.write(
        "10", "%time total = visit.log['minutes'].sum()\n!true\nminutes = total\n?minutes"
    )
    head = "def satisfaction(perceived, expected):\n    %matplotlib inline\n"
    return handed_in.write("12", head + "    return perceived / expected")


def with_the_name_taken_by_a_with_and_a_class(handed_in: Any) -> Any:
    after(handed_in, "12", "class satisfaction: pass")
    return after(
        handed_in, "10", "import contextlib\nwith contextlib.nullcontext(0) as minutes: pass"
    )


def retyped_with_hints_and_comments(handed_in: Any) -> Any:
    cells = handed_in.books["12"]["cells"]
    place = cells.index(handed_in.open_cell("12"))
    cells[place] = code(
        "# mine\nfrom typing import Any\n\n\ndef satisfaction(p: float, e: float) -> float:\n"
        '    """Divide."""\n    return p / e\n'
    )
    return handed_in


def copied_below_and_done_there(handed_in: Any) -> Any:
    for number in handed_in.books:
        cell = handed_in.open_cell(number)
        done = cell["source"]
        cell["source"] = next(c.source for c in released_lessons("en")[number].cells if c.open)
        after(handed_in, number, done)
    return handed_in


def merged_with_both_neighbours(handed_in: Any) -> Any:
    return merged_with_the_cell_above(merged_with_the_cell_below(handed_in))


def merged_with_everything_above(handed_in: Any) -> Any:
    for number in handed_in.books:
        cells = handed_in.books[number]["cells"]
        cell = handed_in.open_cell(number)
        above = [c for c in cells[: cells.index(cell)] if c["cell_type"] == "code"]
        texts = [
            c["source"] if isinstance(c["source"], str) else "".join(c["source"]) for c in above
        ]
        cell["source"] = "\n\n".join([*texts, cell["source"]])
        handed_in.books[number]["cells"] = [c for c in cells if c not in above]
    return handed_in


def done_in_the_copy(handed_in: Any) -> Any:
    for number in handed_in.books:
        path = next(p for p in released("en") if p.name.startswith(number))
        blank = json.loads(path.read_text("utf-8"))
        blank["cells"].insert(2, code("# notes\n" * 900))
        name = f"notebooks/en/{number}-lesson (1).ipynb"
        handed_in.others[name] = json.dumps(handed_in.books[number]).encode()
        handed_in.books[number] = blank
    return handed_in


def with_what_jupyter_keeps_beside_it(handed_in: Any) -> Any:
    for number in handed_in.books:
        path = next(p for p in released("en") if p.name.startswith(number))
        name = f"notebooks/en/.ipynb_checkpoints/{number}-lesson-checkpoint.ipynb"
        handed_in.others[name] = path.read_bytes()
    return handed_in


def with_a_copy_in_another_folder(handed_in: Any) -> Any:
    for number in handed_in.books:
        path = next(p for p in released("en") if p.name.startswith(number))
        handed_in.others[f"old/{number}-lesson.ipynb"] = path.read_bytes()
    return handed_in


def _slow(work: str) -> Callable[[Any], Any]:
    """Return a form in which each call of the function does some work first."""

    def changed(handed_in: Any) -> Any:
        return handed_in.write(
            "12",
            "import time\ndef work(s):\n    end = time.process_time() + s\n"
            "    while time.process_time() < end: pass\n"
            f"def satisfaction(perceived, expected):\n    {work}\n    return perceived / expected",
        )

    return changed


with_a_slow_function = _slow("work(0.35)")  # 5 s in all, more than a cell may take
with_a_function_that_waits = _slow("time.sleep(0.35)")
with_a_function_whose_first_call_is_slow = _slow("work(1.5 * (perceived == 60))")
with_a_function_that_grows_slower = _slow(
    "satisfaction.calls = getattr(satisfaction, 'calls', 0) + 1; work(0.01 * satisfaction.calls)"
)


def _rounded(how: str) -> Callable[[Any], Any]:
    """Return a form in which the result of the function is rounded."""

    def changed(handed_in: Any) -> Any:
        return handed_in.write(
            "12", f"import numpy\ndef satisfaction(perceived, expected):\n    return {how}"
        )

    return changed


with_a_result_of_two_decimals = _rounded("round(perceived / expected, 2)")
with_a_result_of_four_decimals = _rounded("round(perceived / expected, 4)")
with_a_result_that_numpy_rounds = _rounded("numpy.round(perceived / expected, 2)")
with_a_result_read_back_from_text = _rounded("float(f'{perceived / expected:.2f}')")

FORMS: dict[str, Callable[[Any], Any]] = {
    each.__name__: each
    for each in (
        stripped_of_ids,
        of_format_3,
        in_reverse,
        from_an_older_edition,
        with_a_rounded_function,
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
        with_other_magics_above_the_answer,
        with_magics_and_commands_among_the_lines,
        with_the_name_taken_by_a_with_and_a_class,
        retyped_with_hints_and_comments,
        copied_below_and_done_there,
        merged_with_both_neighbours,
        merged_with_everything_above,
        done_in_the_copy,
        with_what_jupyter_keeps_beside_it,
        with_a_copy_in_another_folder,
    )
} | {
    "with_a_slow_function": with_a_slow_function,
    "with_a_function_that_waits": with_a_function_that_waits,
    "with_a_function_whose_first_call_is_slow": with_a_function_whose_first_call_is_slow,
    "with_a_function_that_grows_slower": with_a_function_that_grows_slower,
    "with_a_result_of_two_decimals": with_a_result_of_two_decimals,
    "with_a_result_of_four_decimals": with_a_result_of_four_decimals,
    "with_a_result_that_numpy_rounds": with_a_result_that_numpy_rounds,
    "with_a_result_read_back_from_text": with_a_result_read_back_from_text,
}
