"""From a moved slider to the changed picture, in JupyterLab and a headless Chromium.

Three ways of drawing the same run of 5,000 customers and 156 weeks are timed, from the slider's
``input`` event in the page to the first frame after the curve's path has changed:

* ``stage``: the play itself (the loop, the stocks and the chart, all of them SVG);
* ``figure-widget``: plotly's FigureWidget with ``batch_update``, moved by an ipywidgets slider;
* ``svg``: one SVG string in an ``ipywidgets.HTML``, moved by an ipywidgets slider.

Run it with ``python benchmarks/slider_latency.py [moves]``; it prints one row a way, in ms.
"""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
from playwright.sync_api import Page, sync_playwright

COMMON = """
import time
import ipywidgets as widgets
from crmsim import load, simulate
from crmsim.runs.butterfly import smooth

market = load("buick-market")
style = market.change(style={"quality": {"empathy": 0.1, "reliability": -0.05}, "cost": 20})
base = simulate(market, seed=1).series["profit"]
sim_ms = []

def profit(share):
    start = time.perf_counter()
    run = simulate(style, lambda seen: {"adoption": share}, seed=1)
    sim_ms.append(1000 * (time.perf_counter() - start))
    return smooth(run.series["profit"])

def slider():
    return widgets.FloatSlider(value=1, min=0, max=1, step=0.05, continuous_update=True)
"""

WAYS = {
    "stage": """
from crmsim.widgets.visit.play import Play
from crmsim.course.sessions.visit import VisitSession
session = VisitSession("buick", seed=1)
session.do("seat", "seller")
while session.phase in ("visit", "bet-sale"):
    offers = session.view().on_offer
    gate = session.phase == "bet-sale"
    session.do("bet", "buys") if gate else session.do("choose", offers[-1].id)
for act, value in (("bet", "quiet"), ("continue", ""), ("bet", "higher")):
    session.do(act, value)
Play(session)
""",
    "figure-widget": """
import plotly.graph_objects as go
figure = go.FigureWidget([go.Scatter(y=smooth(base)), go.Scatter(y=profit(1.0))])
handle = slider()
def move(change):
    y = profit(change.new)
    with figure.batch_update():
        figure.data[1].y = y
handle.observe(move, "value")
widgets.VBox([handle, figure])
""",
    "svg": """
from crmsim.widgets.drawings.drawings import curve
picture = widgets.HTML(curve(profit(1.0), smooth(base)))
handle = slider()
def move(change):
    picture.value = curve(profit(change.new), smooth(base))
handle.observe(move, "value")
widgets.VBox([handle, picture])
""",
}

HANDLE = {"stage": "#lever-adoption", "figure-widget": ".noUi-handle", "svg": ".noUi-handle"}
CURVE = {
    "stage": ".crmsim-stage .crmsim-chart path:last-of-type",
    "figure-widget": ".scatterlayer .trace:last-child path.js-line",
    "svg": ".crmsim-stage path:last-of-type, .jupyter-widgets svg path:last-of-type",
}

WATCH = """
(curve) => {
  const path = () => document.querySelector(curve)?.getAttribute("d");
  window.moved = (start) => new Promise((done) => {
    const before = path();
    const look = () => {
      const now = path();
      if (now && now !== before) requestAnimationFrame(() => done(performance.now() - start));
      else if (performance.now() - start > 5000) done(null);
      else requestAnimationFrame(look);
    };
    look();
  });
  window.took = [];
  document.addEventListener("keydown", (event) => {
    if (event.key.startsWith("Arrow")) window.took.push(window.moved(performance.now()));
  }, true);
}
"""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_lab(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """JupyterLab in `folder`, ready to answer."""
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}",
        "--allow-root", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}",
    ]  # fmt: skip
    environment = os.environ | {"CRMSIM_WORK": str(folder)}
    quiet = subprocess.DEVNULL
    lab = subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet)
    for _ in range(240):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api").close()
            return lab
        except urllib.error.URLError:
            time.sleep(0.25)
    raise TimeoutError("JupyterLab did not start")


def write_notebook(folder: Path, way: str) -> None:
    """A notebook that shows one way of drawing, and one cell that tells the model's own time."""
    code = [COMMON, WAYS[way], "print(*(round(ms, 1) for ms in sim_ms[3:]))"]
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in code]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / f"{way}.ipynb")


def measure(page: Page, port: int, way: str, moves: int) -> list[float]:
    """Milliseconds from each key press on the slider to the changed picture."""
    page.goto(f"http://127.0.0.1:{port}/doc/tree/{way}.ipynb?reset")
    page.wait_for_selector(".jp-CodeCell")
    page.wait_for_timeout(3000)
    page.locator(".jp-CodeCell .jp-InputArea-editor").first.click()
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(CURVE[way], state="attached", timeout=60_000)
    page.wait_for_timeout(4000)
    page.evaluate(WATCH, CURVE[way])
    page.locator(HANDLE[way]).focus()
    for i in range(moves):
        page.keyboard.press("ArrowLeft" if i % 20 < 10 else "ArrowRight")
        page.evaluate("window.took.at(-1)")
        page.wait_for_timeout(60)
    took = page.evaluate("Promise.all(window.took)")
    return [ms for ms in took if ms is not None]


def main(moves: int = 60) -> None:
    """Measure each way and print one row for it."""
    folder, port = Path(tempfile.mkdtemp()), free_port()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    lab = start_lab(folder, port)
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            print(
                f"{'way':15}{'moves':>6}{'median':>8}{'p95':>8}{'worst':>8}   ms, slider to picture"
            )
            for way in WAYS:
                write_notebook(folder, way)
                page = browser.new_page(viewport={"width": 1366, "height": 768})
                took = sorted(measure(page, port, way, moves))
                p95 = statistics.quantiles(took, n=20)[-1]
                print(
                    f"{way:15}{len(took):6}{statistics.median(took):8.0f}{p95:8.0f}{took[-1]:8.0f}"
                )
                page.close()
    finally:
        lab.terminate()
        lab.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
