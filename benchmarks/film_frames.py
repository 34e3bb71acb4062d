"""From a click to the first frame of a film, and the frames a second while it runs.

Four films are timed in JupyterLab and a headless Chromium: that of one answer after the bet on
profit, that of a quarter of an airline, that of its whole game, and its town of thousands of dots.
The game is played up to the click; then a student looks for some seconds and clicks. Frames are
counted for as long as the film runs, six seconds at most. The first frame is the first after the
click in which the film runs; how much else the machine had to do is told.

Run it with ``python -m benchmarks.film_frames [times]``; it prints one row for each film.
"""

from __future__ import annotations

import os
import statistics
import sys

from benchmarks.in_lab import shown

BEGIN = """
import shutil
from crmsim.course import progress
from crmsim.course.sessions.market import MEASURES, MarketSession
from crmsim.course.sessions.predictions import GUESSED
from crmsim.course.sessions.visit import OPTIONS, VisitSession
from crmsim.widgets.market.play import MarketPlay
from crmsim.widgets.visit.play import Play
shutil.rmtree(progress.folder(), ignore_errors=True)
"""
VISIT = """
session = VisitSession("buick", seed=SEED)
session.do("seat", "seller")
while session.phase != "bet-profit":
    if session.phase == "visit":
        session.do("choose", session.view().on_offer[-1].id)
    elif session.phase.startswith("bet-"):
        session.do("bet", OPTIONS[session.phase[4:]][0])
    else:
        session.do("continue", "")
Play(session)
"""
FIRM = """
def act(session):
    shapes = [measure for measure in MEASURES if measure not in session.shapes]
    guesses = [measure for measure in GUESSED if measure not in session.guess]
    if session.phase == "opening":
        return "begin", ""
    if session.phase == "foresee":
        return ("shape", f"{shapes[0]}=rises") if shapes else ("lock", "")
    if session.phase == "watch" and session.watched < len(session.history):
        return "next", ""
    if session.phase != "decide":
        return "continue", ""
    if session.unanswered:
        return "card", f"{session.unanswered[0]}={session.cards[0].options[0].id}"
    if session.quarter % 4 == 0 and "fare" not in session.draft:
        return "lever", f"fare={0.8 if session.quarter % 8 else 1.2}"
    return ("guess", f"{guesses[0]}=higher") if guesses else ("run", "")

session = MarketSession("southwest", seed=SEED)
while not (UNTIL):
    assert session.do(*act(session)), session.phase
stage = MarketPlay(session)
stage.on_act("language", "en")
stage
"""
FILMS = {
    "one answer": (VISIT, "[data-act=bet]"),
    "a quarter": (FIRM.replace("UNTIL", "session.quarter == 4 and session.ready"), "#run"),
    "a whole game": (
        FIRM.replace("UNTIL", "session.quarter == 16 and session.phase == 'came'"),
        "[data-act=continue]",
    ),
    "its town": (FIRM.replace("UNTIL", "session.phase == 'end'"), "#tab-town"),
}
"""The cell of each film, and the button that starts it."""

LONGEST_S = 6

MEASURE = """
async ([button, most]) => {
  const stage = document.querySelector(".crmsim-stage");
  const frame = () => new Promise(requestAnimationFrame);
  const filming = () => stage.hasAttribute("data-filming");
  stage.querySelector("[data-film-act=skip]")?.click();
  await frame();
  const start = performance.now();
  stage.querySelector(button).click();
  const ahead = filming();
  while (!filming()) await frame();
  await frame();
  const first = performance.now() - start;
  const from = performance.now();
  let frames = 0;
  while (filming() && performance.now() - from < 1000 * most) { await frame(); frames += 1; }
  return [first, (1000 * frames) / (performance.now() - from), ahead];
}
"""


def main(times: int = 5) -> None:
    """Measure each film several times, and print the medians with the worst of each."""
    print(
        f"{'film of':14}{'first frame, ms':>16}{'worst':>8}{'frames a second':>18}{'worst':>8}"
        f"{'sent ahead':>13}{'load average':>15}"
    )
    with shown() as show:
        for film, (cell, button) in FILMS.items():
            found = []
            for seed in range(times):
                page = show(f"film-{seed}", [BEGIN + cell.replace("SEED", str(seed))], button)
                found.append(page.evaluate(MEASURE, [button, LONGEST_S]))
                page.close()
            first, frames, ahead = zip(*found, strict=True)
            print(
                f"{film:14}{statistics.median(first):16.0f}{max(first):8.0f}"
                f"{statistics.median(frames):18.0f}{min(frames):8.0f}"
                f"{f'{sum(ahead)} of {len(ahead)}':>13}{os.getloadavg()[0]:15.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
