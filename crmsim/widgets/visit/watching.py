"""Two runs of a market to be watched: the film of the loop, and that of the town."""

from __future__ import annotations

from typing import Any

from IPython.display import publish_display_data

from crmsim.common.errors import ActionError
from crmsim.common.numbers import money, number
from crmsim.common.words import language, words
from crmsim.runs.arrivals import arrivals
from crmsim.runs.butterfly import trace
from crmsim.runs.run import Run, check_run
from crmsim.scenario.market import MarketScenario
from crmsim.widgets.drawings import film, loop
from crmsim.widgets.drawings.town_film import town_film
from crmsim.widgets.rendering import Context, render
from crmsim.widgets.stage import Stage
from crmsim.widgets.turn import in_turn
from crmsim.widgets.visit import firm_pages
from crmsim.widgets.visit.bets import profit_gained
from crmsim.widgets.visit.people_touched import traced

VIEWS = ("town", "loop")


class Watch(Stage):
    """Two runs on the stage; show it as the last line of a cell."""

    def __init__(self, run: Run, base: Run, lang: str) -> None:
        self.run, self.base, self.tag = run, base, language(lang)
        self.t = words(lang)
        self.view = VIEWS[0]
        super().__init__()
        self._paint()

    def on_act(self, act: str, value: str) -> None:
        """Show the town or the loop."""
        if act == "view" and value in VIEWS:
            self.view = value
            self._paint(f"view-{value}")

    @property
    def one_visit(self) -> bool:
        """True if the runs differ by one visit only."""
        return getattr(self.run.scenario, "incident", None) is not None

    @property
    def finding(self) -> str:
        """The change of profit, in a sentence."""
        return firm_pages.finding(self.run, self.base, True, self.t)

    def _paint(self, focus: str | None = None) -> None:
        t = self.t
        context: Context = {
            "t": t,
            "view": self.view,
            "views": VIEWS,
            "finding": self.finding,
            "base_name": t("play.loop.first"),
            "run_name": t("play.loop.second"),
            "scope": "one" if self.one_visit and self.view == "town" else "floor",
            "chart": firm_pages.profit_chart(self.run, self.base, self.finding, t),
            "tanks": firm_pages.stocks(self.run, self.base, True, t),
            "lines": [],
            "more": "",
            **(self._town() if self.view == "town" else {"ring": self._loop()}),
        }
        parts = {"left": "watch/told", "middle": "watch/picture", "right": "tanks"}
        regions = {region: render(part, context) for region, part in parts.items()}
        busy = {"stuck": t("play.stuck"), "busy": t("play.busy")}
        title = t("play.watch.title")
        self.show(regions, focus, screen="loop", title=title, lang=self.tag, **busy)

    def _town(self) -> Context:
        if self.one_visit:
            return traced(trace(self.run, self.base), self.run, self.base, self.t)
        gained = self.run.series["profit"] - self.base.series["profit"]
        return {"ring": town_film(self.run, self.base, gained, "town", self.t)}

    def _loop(self) -> loop.LoopDrawing:
        run, base, t = self.run, self.base, self.t
        gained = profit_gained(run, base)
        amount = money(gained.change, run.scenario.currency, t)
        centre = (
            t("play.loop.centre", years=number(run.scenario.years)),  # type: ignore[union-attr]
            ("+" if round(gained.change) > 0 else "") + amount,
            t("play.loop.against_first"),
        )
        shown = film.whole(run, base, arrivals(run, base))
        return loop.loop(run, base, t, centre, "loop", film=shown, same=gained.same)

    def _repr_mimebundle_(self, **_: Any) -> Any:
        """Return the stage, after the finished picture as a reopened notebook shows it."""
        ring = self._town()["ring"]
        still = render("watch/still", {"drawing": ring.drawing, "finding": self.finding})
        publish_display_data({"text/html": still, "text/plain": self.finding})
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {"application/vnd.jupyter.widget-view+json": view, "text/plain": self.finding}, {}


@in_turn
def watch(run: Run, base: Run, lang: str = "en") -> Watch:
    """Watch what is different between two runs of a market: its town, and the loop, as films.

    Parameters
    ----------
    run
        The run that is shown.
    base
        The run of the same market, with the same luck, that it is held against.
    lang
        ``"en"`` or ``"zh-Hans"``.

    Raises
    ------
    ActionError
        If the two are not runs of one market with one seed.

    Examples
    --------
    >>> from crmsim import aftermath, simulate
    >>> firm = aftermath(simulate("buick", seed=1))
    >>> watch(firm, firm).finding
    'The second try earns the same'
    """
    for each in (run, base):
        check_run(each)
        if not isinstance(each.scenario, MarketScenario):
            raise ActionError(f"{each.scenario.id}: is not a market; give two runs of a market")
    if (run.seed, run.scenario.id) != (base.seed, base.scenario.id):
        both = " and ".join(f"{each.scenario.id} with seed {each.seed}" for each in (run, base))
        raise ActionError(f"{both}: the two runs must be of one market with one seed")
    return Watch(run, base, lang)
