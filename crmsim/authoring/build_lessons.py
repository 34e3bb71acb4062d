"""Build the notebooks of the course: one text source per lesson, both languages side by side.

A source is a list of cells, each opened by a line that starts with ``%%``::

    %% text goal            prose in English …
    %% zh 1f0c2a9b          … and in Chinese, with the hash of the English it was written from
    %% note goal-guide      as text, but for the teacher only; {{10-rights}}: that one's answer
    %% picture loop         its alternative text, then an SVG; [[English|中文]] in either
    %% code play folded     code, the same in every language; folded where nobody need read it

``python -m crmsim.authoring.build_lessons`` builds and executes all notebooks and
writes the table of lessons in both READMEs; ``--check`` proves
that they still match their sources, and a number after it restricts either to one lesson.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from crmsim.authoring.readme_table import write_tables
from crmsim.common.errors import CrmsimError
from crmsim.common.files import sha256_of
from crmsim.common.words import LANGUAGES
from crmsim.exercises.declared import declared_exercise

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "name": "python"},
}
NBGRADER = {"grade": False, "locked": False, "schema_version": 3, "solution": True, "task": False}
"""Mark for nbgrader of a cell in which students write; points come from elsewhere."""

NAMES_LANGUAGE = 'lang = "en"'
OPEN = re.compile(r"^%% (text|zh|note|picture|code) ?(.*)$")
BOTH = re.compile(r"\[\[(.*?)\|(.*?)\]\]")
SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION\n(.*?)^ *### END SOLUTION$", re.M | re.S)


class LessonError(CrmsimError):
    """The source of a lesson can't be built; its author can put it right."""


@dataclass
class BilingualCell:
    """A cell of a lesson in every language."""

    kind: str
    id: str
    en: str
    zh: str = ""
    seen: str = ""
    folded: bool = False

    def text(self, lang: str) -> str:
        """Return the source of the cell in a language."""
        if self.kind == "code":
            return self.en.replace(NAMES_LANGUAGE, f'lang = "{lang}"')
        if self.kind == "picture":
            side = 1 if lang == "en" else 2
            alternative, svg = BOTH.sub(lambda words: words[side], self.en).split("\n", 1)
            return f"![{alternative}](data:image/svg+xml;base64,{b64encode(svg.encode()).decode()})"
        text = self.en if lang == "en" else self.zh
        return re.sub(
            r"\{\{(.*?)\}\}", lambda name: declared_exercise(name[1]).solution(lang), text
        )


def read_source(path: Path) -> list[BilingualCell]:
    """Return the cells of a source.

    Raises
    ------
    LessonError
        Listing each cell that can't be built.
    """
    cells: list[BilingualCell] = []
    for number, head, rest, body in _blocks(path):
        if head == "zh":
            if not cells or cells[-1].kind not in ("text", "note") or cells[-1].zh:
                raise LessonError(f"{path.name}:{number}: '%% zh' follows no English text")
            cells[-1].zh, cells[-1].seen = body, rest
        else:
            name, *flags = rest.split()
            cells.append(BilingualCell(head, name, body, folded="folded" in flags))
    if mistakes := list(_mistakes(cells)):
        raise LessonError("\n".join(f"{path.name}: {mistake}" for mistake in mistakes))
    return cells


def stale(cells: list[BilingualCell]) -> list[str]:
    """List cells whose English changed after their Chinese was last read, and how to clear them."""
    return [
        f"{cell.id}: the English changed; when the Chinese says the same again, write '%% zh {new}'"
        for cell in cells
        if cell.zh and cell.seen != (new := sha256_of(cell.en)[:8])
    ]


def notebook(cells: list[BilingualCell], lang: str, teacher: bool) -> NotebookNode:
    """Return the notebook of a lesson in one language, for a student or a teacher, not executed."""
    book = nbformat.v4.new_notebook(metadata=METADATA)
    for cell in cells:
        if cell.kind == "code":
            text = cell.text(lang)
            new = nbformat.v4.new_code_cell(text if teacher else without_solution(text), id=cell.id)
            if cell.folded:
                new.metadata["jupyter"] = {"source_hidden": True}
            if not teacher and SOLUTION.search(cell.en):
                new.metadata["nbgrader"] = {"grade_id": cell.id} | NBGRADER
            book.cells.append(new)
        elif teacher or cell.kind != "note":
            book.cells.append(nbformat.v4.new_markdown_cell(cell.text(lang), id=cell.id))
    return book


def without_solution(code: str) -> str:
    """Return the code that a student gets: each solution a blank ``...``.

    Examples
    --------
    >>> print(without_solution("### BEGIN SOLUTION\\nminutes = 5\\n### END SOLUTION\\nminutes"))
    minutes = ...
    minutes
    """
    blanked = SOLUTION.sub(lambda found: found[1] + _blank(found[2]), code)
    if "SOLUTION" in blanked:
        raise LessonError(f"a solution must have a line BEGIN and a line END:\n{code}")
    return blanked


def build(source: Path, check: bool = False) -> list[str]:
    """Write the notebooks of a source, or only say which of them no longer match it."""
    cells = read_source(source)
    problems = [f"{source.name}: {problem}" for problem in stale(cells)]
    for lang in LANGUAGES:
        for teacher in (False, True):
            path = NOTEBOOKS / ("teacher" if teacher else "") / lang / f"{source.stem}.ipynb"
            fresh = notebook(cells, lang, teacher)
            if check:
                problems += [] if matches(path, fresh) else [f"{path.name} ({lang}) is out of date"]
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(execute(fresh, path.parent) if teacher else fresh, path)
    return problems


def matches(path: Path, fresh: NotebookNode) -> bool:
    """Return True if the notebook of that path is the fresh one, outputs apart."""
    if not path.is_file():
        return False
    published = nbformat.read(path, as_version=4)
    for cell in published.cells:
        if cell.cell_type == "code" and "teacher" in path.parts:
            cell.outputs, cell.execution_count = [], None
    return published == fresh


def execute(book: NotebookNode, folder: Path) -> NotebookNode:
    """Run a notebook in an empty work folder; add its outputs to it, without widget ids."""
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory() as nobody:
        client = NotebookClient(book, timeout=120, record_timing=False, store_widget_state=False)
        client.resources = {"metadata": {"path": str(folder)}}
        client.execute(env=os.environ | {"CRMSIM_WORK": nobody})
    book.metadata = nbformat.from_dict(METADATA)
    for cell in book.cells:
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    return book


def main(arguments: list[str]) -> int:
    """Build or check every lesson, or those whose number is given."""
    numbers = tuple(word for word in arguments if not word.startswith("-"))
    sources = [s for s in sorted(NOTEBOOKS.glob("source/*.md")) if s.name.startswith(numbers or "")]
    check = "--check" in arguments
    problems = [problem for source in sources for problem in _problems(source, check)]
    if not check:
        write_tables()
    print("\n".join(problems) or f"{len(sources)} lessons: in order", file=sys.stderr)
    return bool(problems)


def _problems(source: Path, check: bool) -> list[str]:
    """Build or check one lesson; one that can't be built does not stop the others."""
    try:
        return build(source, check)
    except CrmsimError as error:
        return [str(error)]


def _blocks(path: Path) -> Iterator[tuple[int, str, str, str]]:
    head: tuple[int, str, str] | None = None
    lines: list[str] = []
    for number, line in enumerate([*path.read_text("utf-8").splitlines(), "%% text end"], 1):
        if found := OPEN.match(line):
            if head:
                yield *head, "\n".join(lines).strip()
            head, lines = (number, found[1], found[2]), []
        else:
            lines.append(line)


def _mistakes(cells: list[BilingualCell]) -> Iterator[str]:
    ids = [cell.id for cell in cells]
    for name in dict.fromkeys(name for name in ids if ids.count(name) > 1):
        yield f"{name}: this id stands more than once"
    for cell in cells:
        if cell.kind in ("text", "note") and not cell.zh:
            yield f"{cell.id}: has no '%% zh'"
        if cell.kind == "code":
            try:
                without_solution(cell.en)
            except LessonError as error:
                yield f"{cell.id}: {error}"
    if (named := sum(cell.en.count(NAMES_LANGUAGE) for cell in cells if cell.kind == "code")) != 1:
        yield f"{named} code cells say {NAMES_LANGUAGE}; exactly one names the language"


def _blank(solution: str) -> str:
    assigned = re.fullmatch(r" *(\w+) = [^\n]*\n", solution)
    return f"{assigned[1]} = ..." if assigned else "..."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
