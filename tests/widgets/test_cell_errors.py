"""An error of Python in a student's cell comes with one sentence in her language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from crmsim.common.words import data_path
from crmsim.course.lessons import released


class Notebook:
    """A kernel that began as those of the course begin, and what its cells show."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self._client = client

    def run(self, source: str) -> list[str]:
        """Run a cell; give the plain text of all it shows, and the names of its errors."""
        shown = []

        def hear(message: dict) -> None:
            content = message["content"]
            if message["msg_type"] == "error":
                shown.append(content["ename"])
            elif "data" in content:
                shown.append(content["data"]["text/plain"])

        self._client.execute_interactive(source, output_hook=hear, timeout=60)
        return shown


@pytest.fixture(scope="module", params=["en", "zh-Hans"])
def notebook(request, tmp_path_factory) -> Iterator[Notebook]:
    place = tmp_path_factory.mktemp("work") / request.param
    place.mkdir()
    lesson = released(request.param)[0]
    (place / lesson.name).write_bytes(lesson.read_bytes())
    extension = "--InteractiveShellApp.extensions=crmsim.widgets.cell_errors"
    manager, client = start_new_kernel(cwd=str(place), extra_arguments=[extension])
    notebook = Notebook(client)
    notebook.lang = request.param
    yield notebook
    client.stop_channels()
    manager.shutdown_kernel(now=True)


SAID = {
    "check('10-why')": ("NameError", "Run the cells above first", "先运行上面的格子"),
    "minutes = 7\nminuts + 1": (
        "NameError",
        "Line 2: Python doesn’t know minuts. Do you mean minutes?",
        "第2行：Python 不认识 minuts。你想写的是不是 minutes？",
    ),
    "x = 3\nprint(“late”)": (
        "SyntaxError",
        "Line 2, character 7: “ is a sign",
        "第2行第7个字符：“ 是中文符号",
    ),
    "def late(x):\n    return x，1": (
        "SyntaxError",
        "Line 2, character 13: ，",
        "第2行第13个字符：，",
    ),
    "def late(x)\n    return x": (
        "SyntaxError",
        "Line 1: A colon",
        "第1行：这一行末尾少了一个英文冒号",
    ),
    "def late(x):\nreturn x": (
        "IndentationError",
        "Line 2: This line belongs",
        "第2行：这一行属于",
    ),
    "1 / 0": ("ZeroDivisionError", "Line 1: Something is divided", "第1行：这里除以了零"),
    "def f(x):\n    return x + '1'\n\nf(1)": (
        "TypeError",
        "Line 2: Text and a number",
        "第2行：文字和数",
    ),
    "raise KeyboardInterrupt": ("KeyboardInterrupt", "You stopped this cell", "停下了这一格"),
    "from crmsim import simulate\nsimulate('buick', lambda seen: 5)": (
        "ActionError",
        "Line 2: The course can’t do that",
        "第2行：课程做不了这一步",
    ),
}
"""The error of a cell, and what is said of it in both languages."""


@pytest.mark.parametrize("source", SAID)
def test_an_error_is_followed_by_one_sentence_in_her_language(notebook, source):
    error, en, zh = SAID[source]
    shown = notebook.run(source)
    assert shown[0] == error
    assert len(shown) == 2
    assert {"en": en, "zh-Hans": zh}[notebook.lang] in shown[1]


def test_a_cell_that_works_gets_no_sentence(notebook):
    assert notebook.run("1 + 1") == ["2"]


def test_a_cell_that_runs_for_long_is_told_as_busy_and_names_the_button_that_stops_it(notebook):
    notebook.run("import crmsim.widgets.cell_errors as c; c.BUSY_S = 0.1")
    shown = notebook.run(
        "import time\nuntil = time.monotonic() + 1\nwhile time.monotonic() < until: pass\n'done'"
    )
    assert shown[-1] == "'done'"
    assert "■" in shown[0]


def test_the_lesson_decides_the_language_whatever_the_folder_is_called(notebook):
    other = {"en": "zh-Hans", "zh-Hans": "en"}[notebook.lang]
    shown = notebook.run(f"lang = {other!r}\n1 / 0")
    assert ("除以了零" in shown[1]) == (other == "zh-Hans")
    notebook.run("del lang")


def test_outside_of_the_course_nothing_is_said(tmp_path):
    extension = "--InteractiveShellApp.extensions=crmsim.widgets.cell_errors"
    manager, client = start_new_kernel(cwd=str(tmp_path), extra_arguments=[extension])
    try:
        assert Notebook(client).run("1 / 0") == ["ZeroDivisionError"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_the_installed_course_loads_it_from_the_start_and_nothing_of_the_folder(tmp_path):
    """A hand-in may lie beside a ``crmsim.py`` that does something else."""
    seen = tmp_path / "seen"
    (tmp_path / "crmsim.py").write_text(f"open({str(seen)!r}, 'w').close()", "utf-8")
    (tmp_path / "10-lesson.ipynb").write_text("{}", "utf-8")
    config = data_path("lab", "ipython_kernel_config.py")
    manager, client = start_new_kernel(cwd=str(tmp_path), extra_arguments=[f"--config={config}"])
    try:
        shown = Notebook(client).run("nothing_yet")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert shown[0] == "NameError"
    assert "nothing_yet" in shown[1]
    assert not seen.exists()
    setup = (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    assert f'"data/lab/{config.name}" = "etc/ipython/{config.name}"' in setup
