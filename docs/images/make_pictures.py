"""Make the pictures of the README from the games themselves, in a headless Chromium.

A visit is played from the salesperson's chair in an honest way: nothing is pressed on the customer.
One picture shows the talk. The other, a short animation, is the film of the loop that follows. The
clock of the page is turned by hand, so each frame is complete however slow the machine is. Around
the round corners both are clear, so that they stand on a light page and on a dark one.

Run it with ``python docs/images/make_pictures.py`` from the folder of the project, after a change
of those screens. It needs the packages of ``make test``.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from crmsim.common.words import LANGUAGES
from crmsim.course.sessions.visit import VisitSession
from crmsim.widgets.drawings.film import WHOLE_S
from crmsim.widgets.visit.play import Play

HERE = Path(__file__).parent
# The page on which a stage stands alone is that of the browser tests.
sys.path.insert(0, str(HERE.parents[1] / "tests" / "browser"))
from stage_page import Bare, choose, chromium, play_to_the_last_bet  # noqa: E402

CARD = 2
"""The card of each hand that is played, from 0."""

FRAMES_A_SECOND = 10
REST_S = 2.5
WIDTH_PX = 840


def frame(page: Page) -> Image.Image:
    """Return the stage as it is seen now, at the width of the animation."""
    shot = Image.open(io.BytesIO(page.locator(".crmsim-stage").screenshot(omit_background=True)))
    return shot.resize((WIDTH_PX, round(shot.height * WIDTH_PX / shot.width)), Image.LANCZOS)


def make(page: Page, lang: str) -> None:
    """Play one visit in a language, and write its two pictures."""
    play = Play(VisitSession("buick", 1, lang))
    play.on_act("seat", "seller")
    choose(play, CARD)
    choose(play, CARD)
    stage = Bare(page, play)
    ending = "" if lang == "en" else f".{lang}"
    stage.stage.screenshot(path=HERE / f"play{ending}.png", omit_background=True)
    play_to_the_last_bet(play, CARD)
    stage.act(("bet", "higher"))
    frames = []
    for _ in range(round(FRAMES_A_SECOND * (WHOLE_S + 1))):
        stage.wait(1 / FRAMES_A_SECOND)
        frames.append(frame(page))
    durations = [round(1000 / FRAMES_A_SECOND)] * (len(frames) - 1) + [round(1000 * REST_S)]
    frames[0].save(
        HERE / f"loop{ending}.webp",
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        loop=0,
        quality=70,
        method=4,
    )


def main() -> None:
    """Make the pictures of both languages."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for lang in LANGUAGES:
            os.environ["CRMSIM_WORK"] = f"{folder}/{lang}"
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            make(page, lang)
            page.close()


if __name__ == "__main__":
    main()
