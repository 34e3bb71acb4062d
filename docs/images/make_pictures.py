"""Make the pictures of the README from the games themselves, in a headless Chromium.

A visit is played from the salesperson's chair, by the book and without much care. One picture
shows the talk. The other, a short animation, is the film of the loop that follows. The clock of
the page is turned by hand, so each frame is complete however slow the machine is.

Run it with ``python docs/images/make_pictures.py`` from the folder of the project, after a change
of those screens. It needs the packages of ``make test``.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from crmsim.common.words import LANGUAGES
from crmsim.course.sessions.visit import OPTIONS, VisitSession
from crmsim.widgets.drawings.film import WHOLE_S
from crmsim.widgets.visit.play import Play

HERE = Path(__file__).parent
TRAITS = ("regions", "screen", "focus", "turn", "say", "title", "lang", "stuck", "ahead")
PAGE = """<!doctype html><meta charset="utf-8"><style>%s</style>
<body style="margin: 0"><div id="stage" style="width: 1200px"></div>
<script type="module">
%s
let state = %s;
const heard = [];
const model = {
  get: (name) => state[name],
  on: (event, hear) => { if (event === "change") heard.push(hear); },
  off: () => {},
  send: () => {},
};
render({ model, el: document.getElementById("stage") });
window.change = (next) => { state = next; heard.forEach((hear) => hear()); };
window.ready = true;
</script>"""
FRAMES_A_SECOND = 10
REST_S = 2.5
WIDTH_PX = 840


def state(play: Play) -> dict[str, object]:
    """Return what the page draws from."""
    return {name: getattr(play, name) for name in TRAITS}


def frame(page: Page) -> Image.Image:
    """Return the stage as it is seen now, at the width of the animation."""
    shot = Image.open(io.BytesIO(page.locator(".crmsim-stage").screenshot())).convert("RGB")
    return shot.resize((WIDTH_PX, round(shot.height * WIDTH_PX / shot.width)), Image.LANCZOS)


def make(page: Page, lang: str) -> None:
    """Play one visit in a language, and write its two pictures."""
    play = Play(VisitSession("buick", 1, lang))
    play.on_act("seat", "seller")
    play.on_act("choose", play.session.view().on_offer[0].id)
    play.on_act("choose", play.session.view().on_offer[0].id)
    page.clock.install(time=0)
    source = str(play._esm).replace("export default { render };", "")
    page.set_content(PAGE % (play._css, source, json.dumps(state(play)).replace("</", "<\\/")))
    page.wait_for_function("window.ready")
    page.clock.pause_at(60_000)
    ending = "" if lang == "en" else f".{lang}"
    page.locator(".crmsim-stage").screenshot(path=HERE / f"play{ending}.png")
    while play.screen != "bet-profit":
        if play.screen == "visit":
            play.on_act("choose", play.session.view().on_offer[0].id)
        elif play.screen.startswith("bet-"):
            play.on_act("bet", OPTIONS[play.screen[4:]][0])
        else:
            play.on_act("continue", "")
    play.on_act("bet", "higher")
    page.evaluate("change", state(play))
    frames = []
    for _ in range(round(FRAMES_A_SECOND * (WHOLE_S + 1))):
        page.clock.run_for(round(1000 / FRAMES_A_SECOND))
        frames.append(frame(page))
    durations = [round(1000 / FRAMES_A_SECOND)] * (len(frames) - 1) + [round(1000 * REST_S)]
    frames[0].save(
        HERE / f"loop{ending}.webp",
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        loop=0,
        quality=70,
        method=6,
    )


def main() -> None:
    """Make the pictures of both languages."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for lang in LANGUAGES:
            os.environ["CRMSIM_WORK"] = f"{folder}/{lang}"
            page = browser.new_page(viewport={"width": 1200, "height": 600})
            make(page, lang)
            page.close()


if __name__ == "__main__":
    main()
