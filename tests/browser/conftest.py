"""A real JupyterLab and a real browser, and the words in which the tests speak of them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from crmsim.course.lab import released

# What answers exercises and shows a stage lies beside the tests that use it.
sys.path.insert(0, str(Path(__file__).parent))
from stage_page import ANSWERED, Bare, Live, chromium

TOKEN = "browser-tests"
expect.set_options(timeout=30_000)
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Open a file in the JupyterLab that stands there, and nothing beside it.
OPEN = """
async path => {
  const { shell, commands } = window.jupyterapp;
  [...shell.widgets("main")].forEach(widget => widget.dispose());
  const widget = await commands.execute("docmanager:open", { path });
  await widget.context.ready;
  await widget.revealed;
}
"""
SOURCES = """
() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells
  .map(({ cell_type, source }) => `${cell_type}: ${source}`)
"""
HAS_RUN = """
() => {
  const { content } = window.jupyterapp.shell.currentWidget;
  const code = content.widgets.map(({ model }) => model).filter(({ type }) => type === "code");
  return code.every((cell) => cell.executionCount && cell.executionState === "idle");
}
"""
CLOSE_ALL = """
() => {
  if (document.querySelector(".jp-Dialog") || !window.jupyterapp) return false;
  [...window.jupyterapp.shell.widgets("main")].forEach(widget => widget.dispose());
  return true;
}
"""
PLAY = ".crmsim-stage[data-screen]:not([data-screen=exercise])"
PROMPT, RUN = ".jp-InputPrompt", re.compile(r"\[\d+\]:")
IDLE = ".jp-Notebook-ExecutionIndicator[data-status=idle]"

# Whatever a stage of 1200 × 540 does not show: what is cut off, scrolled away or spilled.
OUT_OF_SIGHT = """
stage => {
  const frame = stage.getBoundingClientRect();
  const seen = [...stage.querySelectorAll(":scope *:not(.crmsim-live)")].filter(
    element => element.checkVisibility() && !element.closest("svg svg"));
  const cut = seen.filter(element => getComputedStyle(element).overflowY !== "visible"
    && element.scrollHeight > element.clientHeight + 1);
  const spilled = seen.filter(element => {
    const box = element.getBoundingClientRect();
    return box.width && (box.bottom > frame.bottom + 1 || box.right > frame.right + 1);
  });
  const large = frame.width > 1200.5 || frame.height > 540.5 ? [stage] : [];
  return [...large, ...cut, ...spilled].map(element => element.outerHTML.slice(0, 160));
}
"""
# The stage has none of these marks, or it is gone; the page itself looks at every picture.
FREE_OF = """
([stage, marks]) => !stage.isConnected || !marks.some((mark) => stage.hasAttribute(mark))
"""
# How often the page looks, in milliseconds; else it would draw picture after picture meanwhile.
SOON_MS, SELDOM_MS = 30, 250
NAMELESS = re.compile(
    r"- (?:button|checkbox|combobox|link|radio|slider|spinbutton|textbox)(?! \")[^\n]*"
)


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """The library that leads browsers, where there is one to lead."""
    if chromium() is None:
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse("no Chromium or Chrome was found; install one, or name it in $CHROMIUM")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(driver: Playwright, tmp_path_factory) -> Iterator[BrowserContext]:
    """A browser with a profile of its own, which keeps what it has once compiled."""
    browser = driver.chromium.launch_persistent_context(
        tmp_path_factory.mktemp("profile"),
        executable_path=chromium(),
        args=OPTIONS,
        viewport={"width": 1366, "height": 768},
        locale="en",
    )
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def theatre(driver: Playwright) -> Iterator[Browser]:
    """A second browser, for pages whose clock a test turns: a clock holds for all of a profile."""
    browser = driver.chromium.launch(executable_path=chromium(), args=OPTIONS)
    yield browser
    browser.close()


@dataclass
class Lab:
    """A running JupyterLab that was started by `crmsim lab`."""

    url: str
    work: Path

    def ask(self, method: str, what: str) -> Any:
        """Ask the server's own interface."""
        wanted = Request(f"{self.url}/api/{what}", method=method)
        wanted.add_header("Authorization", f"token {TOKEN}")
        with urlopen(wanted, timeout=20) as answer:
            return json.loads(answer.read() or "null")

    def end_kernels(self) -> None:
        """End the kernels, as a night does."""
        for session in self.ask("GET", "sessions"):
            self.ask("DELETE", f"sessions/{session['id']}")

    def has_kernel(self) -> bool:
        """Return True if a notebook is connected to its kernel, and the kernel is ready."""
        try:
            kernels = self.ask("GET", "kernels")
        except URLError:
            return False
        return ("idle", 1) in [(each["execution_state"], each["connections"]) for each in kernels]

    def forget(self) -> None:
        """Back to the first day: no kernel, nothing saved, every lesson as it was released."""
        self.end_kernels()
        shutil.rmtree(self.work / "progress", ignore_errors=True)
        for lang in ("en", "zh-Hans"):
            for lesson in released(lang):
                shutil.copyfile(lesson, self.work / lang / lesson.name)


class Play:
    """The stage of one play, looked at and driven as a person would."""

    def __init__(self, stage: Locator) -> None:
        self.stage = stage
        self.keyboard = stage.page.keyboard

    @property
    def screen(self) -> str:
        return self.stage.get_attribute("data-screen") or ""

    def settle(self) -> None:
        """Wait until the kernel has answered, and the new screen takes clicks."""
        self._wait_without("data-waiting", "data-new")

    def answered(self) -> None:
        """Wait until the kernel has answered: a new screen takes keys at once, clicks later."""
        self._wait_without("data-waiting")

    def _wait_without(self, *marks: str) -> None:
        stage = self.stage.element_handle()
        self.stage.page.wait_for_function(FREE_OF, arg=[stage, marks], polling=SOON_MS)

    def click(self, selector: str) -> None:
        """Click as soon as the screen takes clicks, and wait for what follows."""
        self.settle()
        self.stage.locator(selector).first.click()
        self.answered()

    def press(self, key: str) -> None:
        """Press a key as soon as the screen takes it, and wait for what follows."""
        self.answered()
        self.keyboard.press(key)
        self.answered()

    def has_focus(self, selector: str = "*") -> bool:
        """Return True if the keyboard is in the play, and on such an element of it."""
        there = "(stage, wanted) => stage.contains(document.activeElement)"
        return self.stage.evaluate(f"{there} && document.activeElement.matches(wanted)", selector)

    def tab_to(self, selector: str) -> None:
        """Press Tab until the element has the focus."""
        for _ in range(60):
            if self.stage.evaluate(
                "(_, wanted) => document.activeElement.matches(wanted)", selector
            ):
                return
            self.keyboard.press("Tab")
        pytest.fail(f"60 tabs do not lead to {selector}")

    def other_key(self) -> str:
        """The number key of the first choice that can be made and was not made before."""
        other = self.stage.locator(".card:enabled:not(.first)").first
        return other.get_attribute("data-key") or ""

    def until(
        self, screen: str, by: Callable[[], None], look: Callable[[], None] = lambda: None
    ) -> None:
        """Go on in one way, having a look at everything passed, until the screen is there."""
        for _ in range(60):
            look()
            if self.screen == screen:
                return
            by()
        pytest.fail(f"after 60 acts the play is still at {self.screen!r}")

    @property
    def tries(self) -> list[list[str]]:
        """The table of the two tries: name, first try, second try."""
        rows = self.stage.locator("table.tries tbody tr")
        return [row.locator("th, td").all_inner_texts() for row in rows.all()]

    @property
    def said_below(self) -> str:
        """Return what stands below the last screen."""
        below = "stage => getComputedStyle(stage.parentElement, '::after').content"
        return self.stage.evaluate(below)

    def look(self) -> None:
        """Everything that can be worked has a name, and all of it is in sight."""
        assert NAMELESS.findall(self.stage.aria_snapshot()) == []
        assert self.stage.evaluate(OUT_OF_SIGHT) == []


class Notebook:
    """One notebook in JupyterLab's single-document mode."""

    def __init__(self, page: Page, lab: Lab) -> None:
        self.page, self.lab = page, lab

    def open(self, lang: str, lesson: str) -> None:
        """Open a lesson as it was released, and wait until it has run by itself."""
        self._open(f"{lang}/{lesson}")
        self.wait_until_run()

    def open_file(self, path: str) -> None:
        """Open a notebook by its path in the work folder, without its ending."""
        self._open(path)
        wait_for(self.lab.has_kernel, "a kernel")
        self.page.locator(IDLE).wait_for()

    def open_page(self, path: str) -> None:
        """Open a notebook as one does in the morning: in a page that has just been loaded."""
        self.page.goto(f"{self.lab.url}/doc/tree/{path}.ipynb?token={TOKEN}")
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for()

    def _open(self, path: str) -> None:
        """Start JupyterLab when it is not there yet; it stays for the tests to come."""
        if self.close():
            self.page.evaluate(OPEN, f"{path}.ipynb")
        else:
            self.open_page(path)

    def close(self) -> bool:
        """Close every notebook without saving it; False where no JupyterLab stands ready."""
        return bool(self.page.evaluate(CLOSE_ALL))

    def wait_until_run(self) -> None:
        """Wait until every code cell has been run, and nothing runs any more."""
        self.page.wait_for_function(HAS_RUN, timeout=120_000, polling=SELDOM_MS)

    def answered(self) -> None:
        """Wait until the kernel has answered every stage."""
        self.page.wait_for_function(ANSWERED, timeout=30_000, polling=SOON_MS)

    def click(self, place: Locator) -> None:
        """Click when the kernel has answered all that came before."""
        self.answered()
        place.click()
        self.answered()

    def wait_until_runs_again(self) -> None:
        """Wait until cells that had been run are running, and then until all of them have run."""
        self.page.wait_for_function(f"() => !({HAS_RUN})()", timeout=60_000, polling=SOON_MS)
        self.wait_until_run()

    def run_all(self) -> None:
        """Choose Run ▸ Run All Cells in the menu, once there is a kernel to run them."""
        wait_for(self.lab.has_kernel, "a kernel")
        self.page.locator(".lm-MenuBar-item", has_text=re.compile("^(Run|运行)$")).click()
        self.page.locator(".lm-Menu-item[data-command='runmenu:run-all']").click()

    @property
    def sources(self) -> list[str]:
        """Return the text of every cell, as it would be saved now."""
        return self.page.evaluate(SOURCES)

    def cell(self, code: str) -> Locator:
        """The first cell that holds a piece of code, folded away or not."""
        place = next(i for i, source in enumerate(self.sources) if code in source)
        return self.page.locator(f".jp-Cell[data-windowed-list-index='{place}']")

    def stage(self, code: str) -> Locator:
        """The stage that a cell shows."""
        stage = self.cell(code).locator(".crmsim-stage").first
        stage.wait_for(timeout=60_000)
        stage.scroll_into_view_if_needed()
        return stage

    def run_again(self, code: str) -> Locator:
        """Show the code, press Ctrl+Enter in a cell once more, and wait."""
        cell = self.cell(code)
        if not cell.locator(".cm-content").is_visible():
            self.button("Show the code", "显示代码").click()
        cell.locator(".cm-content").click()
        before = cell.locator(PROMPT).text_content() or ""
        self.page.keyboard.press("Control+Enter")
        expect(cell.locator(PROMPT)).not_to_have_text(before)
        expect(cell.locator(PROMPT)).to_have_text(RUN, timeout=60_000)
        return cell

    def button(self, *names: str) -> Locator:
        """The button of the notebook's own bar, by its name in either language."""
        name = re.compile("|".join(map(re.escape, names)))
        return self.page.locator(".jp-NotebookPanel-toolbar").get_by_role("button", name=name)

    def write(self, code: str, new: str) -> Locator:
        """Write something else into a cell, and run it."""
        self.cell(code).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(new)
        wait_for(lambda: any(new in source for source in self.sources), "what was written")
        return self.run_again(code)

    def saved(self, name: str) -> object:
        """Return the saved answer, once the kernel has saved it."""
        self.answered()
        return json.loads((self.lab.work / "progress" / f"{name}.json").read_text())["answer"]

    def save(self) -> None:
        self.page.locator("[data-command='docmanager:save']").click()
        expect(self.page.locator(".jp-mod-dirty")).to_have_count(0)

    @property
    def play(self) -> Play:
        stage = self.page.locator(PLAY).first
        stage.wait_for(timeout=30_000)
        return Play(stage)


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[Lab]:
    """`crmsim lab` itself, with a home and a work folder of its own."""
    with started(tmp_path_factory.mktemp("home"), "lab") as lab:
        yield lab


@pytest.fixture
def elsewhere(browser: BrowserContext) -> Iterator[Callable[..., Notebook]]:
    """A function that runs a command of `crmsim` in a folder, and gives a page of that lab."""
    with ExitStack() as running:

        def open_in(home: Path, *command: str) -> Notebook:
            lab = running.enter_context(started(home, *command))
            page = browser.new_page()
            running.callback(page.close)
            page.set_default_timeout(20_000)
            return Notebook(page, lab)

        yield open_in


@contextmanager
def started(home: Path, *command: str) -> Iterator[Lab]:
    """A command of `crmsim` that opens JupyterLab, run in a folder that is its home too."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--lang=en", "--no-browser", "--ServerApp.port_retries=0", f"--port={port}"]
    options.append(f"--IdentityProvider.token={TOKEN}")
    options.append("--LabApp.expose_app_in_browser=True")
    written = home / "server.log"
    log = written.open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "crmsim.cli", command[0], *options, *command[1:]],
        cwd=home,
        env=os.environ | {"HOME": str(home), "CRMSIM_WORK": str(home / "work")},
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    lab = Lab(f"http://127.0.0.1:{port}", home / "work")
    try:
        wait_for(lambda: answers(lab) or process.poll() is not None, "JupyterLab")
        assert process.poll() is None, written.read_text()
        yield lab
        # a kernel says so, and nobody else does, when it throws away what the page asked of it
        assert "exception in ZMQStream callback" not in written.read_text(), written.read_text()
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        log.close()


def answers(lab: Lab) -> bool:
    """Return True if the server is up."""
    try:
        return bool(lab.ask("GET", "status"))
    except (URLError, ConnectionError):
        return False


def wait_for(happened: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait for something that the page alone can't tell."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"{what} did not come within {seconds} s"
        time.sleep(0.1)


@pytest.fixture
def bare(theatre: Browser, tmp_path, monkeypatch) -> Iterator[Callable[..., Bare]]:
    """A function that shows a widget on a page of its own."""
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path / "work"))
    profiles = []

    def show(widget: Any, motion: str = "no-preference", touch: bool = False) -> Bare:
        screen = {"width": 1366, "height": 768}
        profile = theatre.new_context(viewport=screen, locale="en", has_touch=touch)
        profiles.append(profile)
        page = profile.new_page()
        page.emulate_media(reduced_motion=motion)
        return Bare(page, widget)

    yield show
    for profile in profiles:
        profile.close()


@pytest.fixture
def live(browser: BrowserContext, tmp_path, monkeypatch) -> Iterator[Live]:
    """A page without JupyterLab, on whose stages everything can be clicked; no film runs there."""
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path / "work"))
    page = browser.new_page()
    page.emulate_media(reduced_motion="reduce")
    page.set_default_timeout(20_000)
    yield Live(page, tmp_path / "work")
    page.close()


@pytest.fixture
def play_live(live: Live) -> Callable[..., Play]:
    """A function that shows a game on such a page, and gives its stage."""

    def show(*widgets: Any) -> Play:
        live.show(*widgets)
        return Play(live.stages.last)

    return show


@pytest.fixture(scope="session")
def desk(browser: BrowserContext, server: Lab) -> Page:
    """A page of 1366 × 768 in which JupyterLab is started once for all tests."""
    page = browser.new_page()
    page.set_default_timeout(20_000)
    return page


@pytest.fixture
def notebook(desk: Page, server: Lab, standing: list[tuple[str, str]]) -> Notebook:
    """A student's first day: nothing open, nothing saved, no kernel."""
    # a page behind another one draws seldom, so each click would take seconds
    desk.bring_to_front()
    standing.clear()
    notebook = Notebook(desk, server)
    notebook.close()
    server.forget()
    return notebook


@pytest.fixture(scope="session")
def standing() -> list[tuple[str, str]]:
    """The language and the name of the lesson that `lesson` has left open, if one stands there."""
    return []


@pytest.fixture
def lesson(
    request: pytest.FixtureRequest, desk: Page, server: Lab, standing: list[tuple[str, str]]
) -> Callable[[str, str], Notebook]:
    """A function that opens a lesson, or takes it as the test before has left it.

    For tests that ask nothing of what another one may have done in the same lesson.
    """

    def opened(lang: str, name: str) -> Notebook:
        if standing == [(lang, name)]:
            desk.bring_to_front()
            return Notebook(desk, server)
        notebook = request.getfixturevalue("notebook")
        notebook.open(lang, name)
        standing.append((lang, name))
        return notebook

    return opened
