"""From a moved slider to the changed picture, in JupyterLab and a headless Chromium.

Three ways of drawing the same run of 5,000 customers and 156 weeks are timed, from the slider's
``input`` event in the page to the first frame after the curve's path has changed:

* ``stage``: the play itself (the loop, the stocks and the chart, all of them SVG);
* ``figure-widget``: plotly's FigureWidget with ``batch_update``, moved by an ipywidgets slider;
* ``svg``: one SVG string in an ``ipywidgets.HTML``, moved by an ipywidgets slider.

Run it with ``python -m benchmarks.slider_latency [moves]``; it prints one row a way, in ms.
"""

from __future__ import annotations

import os
import statistics
import sys

from playwright.sync_api import Page

from benchmarks.in_lab import shown

COMMON = """
import ipywidgets as widgets
from crmsim import load, simulate
from crmsim.runs.butterfly import smooth

market = load("buick-market")
style = market.change(style={"quality": {"empathy": 0.1, "reliability": -0.05}, "cost": 20})
base = simulate(market, seed=1).series["profit"]

def profit(share):
    run = simulate(style, lambda seen: {"adoption": share}, seed=1)
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
from crmsim.widgets.drawings.drawings import run_drawing
picture = widgets.HTML(run_drawing(profit(1.0), smooth(base)))
handle = slider()
def move(change):
    picture.value = run_drawing(profit(change.new), smooth(base))
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


def measure(page: Page, way: str, moves: int) -> list[float]:
    """Milliseconds from each key press on the slider to the changed picture."""
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
    print(
        f"{'way':15}{'moves':>6}{'median':>8}{'p95':>8}{'worst':>8}   ms, slider to picture; load"
    )
    for way, cell in WAYS.items():
        # Each way in a JupyterLab of its own: no page of another way is left in it.
        with shown() as show:
            took = sorted(measure(show(way, [COMMON, cell], CURVE[way]), way, moves))
        if len(took) < 2:
            print(f"{way:15}{len(took):6}   moves changed the picture within five seconds")
            continue
        p95 = statistics.quantiles(took, n=20)[-1]
        print(
            f"{way:15}{len(took):6}{statistics.median(took):8.0f}{p95:8.0f}{took[-1]:8.0f}"
            f"   {os.getloadavg()[0]:.1f}"
        )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
