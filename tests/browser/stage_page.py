"""A browser, and a stage on a page without JupyterLab: for tests, and for the README's pictures."""

from __future__ import annotations

import json
import os
import shutil
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from crmsim.course.sessions.visit import OPTIONS
from crmsim.widgets.visit.play import Play

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TRAITS = ("regions", "screen", "focus", "turn", "say", "title", "lang", "stuck", "busy", "ahead")
# `change` shows what the kernel would have sent.
PAGE = """<!doctype html><meta charset="utf-8"><style>%s</style>
<div id="stage" style="width: 1200px"></div>
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

# Stages whose acts a widget answers in this process; what changes by itself is asked for.
LIVE = """
(states) => {
  const models = states.map((state, at) => {
    const heard = {};
    const model = {
      state,
      tell: (event, ...told) => (heard[event] ?? []).forEach((hear) => hear(...told)),
      get: (name) => model.state[name],
      on: (event, hear) => (heard[event] ??= []).push(hear),
      off: () => {},
      send: (message) => tellKernel(at, message).then(take),
    };
    return model;
  });
  const take = (news) => news.forEach(([at, state, messages]) => {
    models[at].state = state;
    models[at].tell("change");
    messages.forEach((message) => models[at].tell("msg:custom", message, []));
  });
  models.forEach((model) => {
    const el = document.createElement("div");
    el.style.width = "1200px";
    document.body.append(el);
    stage.render({ model, el });
  });
  setInterval(() => tellKernel(-1, {}).then(take), 400);
}
"""
CLICK = """
(element) => new Promise((done) => {
  const stage = element.closest(".crmsim-stage");
  const look = () => (stage.isConnected && stage.dataset.waiting ? setTimeout(look, 5) : done());
  element.click();
  setTimeout(look);
})
"""
ANSWERED = "() => !document.querySelector('.crmsim-stage[data-waiting]')"

SCRUB = """
(range, share) => {
  range.value = 1000 * share;
  range.dispatchEvent(new Event("input", { bubbles: true }));
}
"""


def chromium() -> str | None:
    """The browser of this system: ``$CHROMIUM``, or the first known one on the path."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def state_of(widget: Any) -> dict[str, Any]:
    """The parts from which a page draws a widget."""
    return {name: getattr(widget, name) for name in TRAITS}


class Bare:
    """A stage on a page of its own, without JupyterLab, whose clock is turned by hand."""

    def __init__(self, page: Page, widget: Any) -> None:
        self.page = page
        self.stage = page.locator(".crmsim-stage")
        page.clock.install(time=0)
        self.show(widget)
        page.clock.pause_at(60_000)

    def show(self, widget: Any) -> None:
        """Show a widget in the place of what is there; scripts of the page stay."""
        self.widget = widget
        source = str(widget._esm).replace("export default { render };", "")
        state = json.dumps(state_of(widget)).replace("</", "<\\/")
        self.page.evaluate("window.ready = false")
        self.page.set_content(PAGE % (widget._css, source, state))
        self.page.wait_for_function("window.ready")

    def act(self, *acts: tuple[str, str]) -> None:
        """Do something in the kernel's place, and show what follows; no time passes meanwhile."""
        for act in acts:
            self.widget.on_act(*act)
        self.page.evaluate("change", state_of(self.widget))

    def wait(self, seconds: float) -> None:
        """Let time pass, and every picture of it be drawn."""
        self.page.clock.run_for(round(1000 * seconds))

    def scrub(self, share: float) -> None:
        """Put the film at a share of its time."""
        self.page.locator(".film-bar input").evaluate(SCRUB, share)


class Live:
    """Stages on a page without JupyterLab, worked by a hand and answered at once."""

    def __init__(self, page: Page, work: Path) -> None:
        self.page, self.work = page, work
        self.stages = page.locator(".crmsim-stage")
        self.widgets: tuple[Any, ...] = ()
        page.expose_function("tellKernel", self._heard)

    def show(self, *widgets: Any) -> None:
        """Show widgets one below the other, in the place of what is there."""
        self.widgets = widgets
        self._shown = [state_of(widget) for widget in widgets]
        self._messages: list[list[Any]] = [[] for _ in widgets]
        for widget, messages in zip(widgets, self._messages, strict=True):
            widget.send = partial(_keep, messages)
        script = str(widgets[0]._esm).replace("export default", "window.stage =")
        styles = "".join({str(widget._css): "" for widget in widgets})
        self.page.goto("about:blank")
        self.page.set_content(f"<!doctype html><style>{styles}</style><body></body>")
        self.page.add_script_tag(content=f"(() => {{{script}}})()")
        self.page.evaluate(LIVE, self._shown)

    def _heard(self, at: int, message: dict[str, Any]) -> list[tuple[int, dict[str, Any], Any]]:
        """Answer a message of the page, and tell which stages have changed."""
        if at >= 0:
            self.widgets[at]._hear(None, message, None)
        news = []
        for place, widget in enumerate(self.widgets):
            state, messages = state_of(widget), self._messages[place][:]
            if messages or state != self._shown[place]:
                news.append((place, state, messages))
                self._shown[place] = state
                self._messages[place].clear()
        return news

    def answered(self) -> None:
        """Wait until every stage is answered."""
        self.page.wait_for_function(ANSWERED)

    def click(self, place: Locator) -> None:
        """Click as a script does, and wait for the answer: without a mouse, and without frames."""
        place.evaluate(CLICK)

    def cell(self, _: str) -> Locator:
        """Everything: which cell of a lesson a stage stands in is of no account here."""
        return self.page.locator("body")

    def saved(self, name: str) -> object:
        """Return the saved answer."""
        self.answered()
        return json.loads((self.work / "progress" / f"{name}.json").read_text())["answer"]


def _keep(messages: list[Any], message: Any, _: Any = None) -> None:
    """Keep what a widget sends, until the page asks for it."""
    messages.append(message)


def choose(play: Play, card: int) -> None:
    """Choose the card of that number of the hand, or the last one, from 0."""
    hand = play.session.view().on_offer
    play.on_act("choose", hand[min(card, len(hand) - 1)].id)


def play_to_the_last_bet(play: Play, card: int = 0) -> None:
    """Play a visit with the same card of each hand, up to the bet before the loop is shown."""
    while play.screen != "bet-profit":
        if play.screen == "visit":
            choose(play, card)
        elif play.screen.startswith("bet-"):
            play.on_act("bet", OPTIONS[play.screen[4:]][0])
        else:
            play.on_act("continue", "")
