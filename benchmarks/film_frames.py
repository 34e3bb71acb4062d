"""From the click on a bet to the first frame of the film, and the frames a second while it runs.

It plays the Buick case up to the bet on profit in JupyterLab and a headless Chromium, waits for
as long as a student needs to read it, clicks, and counts the frames of six seconds. The first frame
is the first after the click in which the film runs; how much else the machine had to do is told.

Run it with ``python -m benchmarks.film_frames [times]``; it prints one row.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

import nbformat
from playwright.sync_api import Page, sync_playwright

from benchmarks.slider_latency import free_port, start_lab

CELL = """
import shutil
from crmsim.course import progress
from crmsim.course.sessions.visit import VisitSession
from crmsim.widgets.visit.play import Play
shutil.rmtree(progress.folder(), ignore_errors=True)
stage = Play(VisitSession("buick", seed={seed}))
stage.on_act("seat", "seller")
while stage.screen != "bet-profit":
    if stage.screen == "visit":
        stage.on_act("choose", stage.session.view().on_offer[-1].id)
    elif stage.screen.startswith("bet-"):
        stage.on_act("bet", {{"bet-sale": "buys", "bet-talk": "quiet"}}[stage.screen])
    else:
        stage.on_act("continue", "")
stage
"""
READING_MS = 4000
WATCH_S = 6

MEASURE = """
async (seconds) => {
  const stage = document.querySelector(".crmsim-stage");
  const frame = () => new Promise(requestAnimationFrame);
  const start = performance.now();
  stage.querySelector("[data-act=bet]").click();
  const ahead = stage.hasAttribute("data-filming");
  while (!stage.hasAttribute("data-filming")) await frame();
  await frame();
  const first = performance.now() - start;
  const from = performance.now();
  let frames = 0;
  while (performance.now() - from < 1000 * seconds) { await frame(); frames += 1; }
  return [first, frames / seconds, ahead];
}
"""


def measure(page: Page, url: str) -> tuple[float, float, bool]:
    """Return the ms to the first frame, the frames a second, and if the film was sent ahead."""
    page.goto(url)
    page.wait_for_selector(".jp-CodeCell")
    page.wait_for_timeout(3000)
    page.locator(".jp-CodeCell .jp-InputArea-editor").first.click()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-act=bet]", timeout=60_000)
    page.wait_for_timeout(READING_MS)
    first, frames, ahead = page.evaluate(MEASURE, WATCH_S)
    return first, frames, ahead


def main(times: int = 5) -> None:
    """Measure several visits, and print the medians with the worst of each."""
    folder, port = Path(tempfile.mkdtemp()), free_port()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    lab = start_lab(folder, port)
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            found = []
            for seed in range(times):
                cell = nbformat.v4.new_code_cell(CELL.format(seed=seed).strip())
                kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
                notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})
                nbformat.write(notebook, folder / f"film-{seed}.ipynb")
                page = browser.new_page(viewport={"width": 1366, "height": 768})
                url = f"http://127.0.0.1:{port}/doc/tree/film-{seed}.ipynb?reset"
                found.append(measure(page, url))
                page.close()
            first, frames, ahead = zip(*found, strict=True)
            print(
                f"{'first frame, ms':>16}{'worst':>8}{'frames a second':>18}{'worst':>8}"
                f"{'sent ahead':>13}{'load average':>15}"
            )
            print(
                f"{statistics.median(first):16.0f}{max(first):8.0f}"
                f"{statistics.median(frames):18.0f}{min(frames):8.0f}"
                f"{f'{sum(ahead)} of {len(ahead)}':>13}{os.getloadavg()[0]:15.1f}"
            )
    finally:
        lab.terminate()
        lab.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
