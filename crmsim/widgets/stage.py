"""The stage: shows HTML regions in a notebook, and hears what the student does with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from crmsim.widgets.terms import explained, for_text
from crmsim.widgets.turn import in_turn

HERE = Path(__file__).parent


class Stage(anywidget.AnyWidget):
    """HTML regions in, acts out; all JavaScript of the course stands behind this class.

    A region is HTML written by Python. Elements with `data-act` and `data-value` send that act
    when clicked (range inputs: when moved), and `data-key` makes a number key click them.
    Subclasses answer in `on_act` and paint with `show`. What `show_ahead` is given is painted in
    the moment of a click, before the kernel has heard of it, so that a film begins at once.
    """

    _esm = "".join(
        (HERE / name).read_text("utf-8")
        for name in ("film.js", "terms.js", "figures.js", "stage.js")
    )
    _css = HERE / "stage.css"

    regions = traitlets.Dict().tag(sync=True)
    screen = traitlets.Unicode().tag(sync=True)
    focus = traitlets.Unicode().tag(sync=True)
    turn = traitlets.Int().tag(sync=True)
    say = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    lang = traitlets.Unicode("en").tag(sync=True)
    stuck = traitlets.Unicode().tag(sync=True)
    busy = traitlets.Unicode().tag(sync=True)
    ahead = traitlets.Dict().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._hear)

    def on_act(self, act: str, value: str) -> None:
        """Answer one act of the student; subclasses say how.

        Parameters
        ----------
        act
            The name of the act.
        value
            Its value.

        Raises
        ------
        NotImplementedError
            If a subclass does not say how.
        """
        raise NotImplementedError(f"{type(self).__name__} does not answer {act!r}")

    def on_look(self) -> None:
        """Come up to date when the stage comes into sight; most have nothing to do."""

    def on_failure(self, error: Exception) -> None:
        """Say that an act failed; a button that does nothing would say less."""
        self.say = str(error)

    def show(self, regions: dict[str, str], focus: str | None = None, **traits: Any) -> None:
        """Paint `regions`; move the keyboard focus to the element `focus` where one is given.

        Terms of the glossary are explained where they first stand, in the language of the stage,
        but not in exercises, where the meaning may be the answer.

        Parameters
        ----------
        regions
            HTML by the name of the region.
        focus
            The id of an element; None: the focus stays.
        traits
            Values of further traits, by name.
        """
        with self.hold_sync():
            asks = traits.get("screen", self.screen) == "exercise"
            lang = traits.get("lang", self.lang)
            self.regions = regions if asks else explained(regions, lang)
            self.ahead = {}
            if focus is not None:
                self.focus, self.turn = focus, self.turn + 1
            for name, value in traits.items():
                setattr(self, name, value)

    def show_ahead(self, act: str, screen: str, regions: dict[str, str], value: str = "") -> None:
        """Send ahead the screen that follows on the next act of this name.

        Parameters
        ----------
        act
            The name of the act.
        screen
            The name of the screen that follows.
        regions
            Its HTML, by the name of the region.
        value
            The value of the act on which it follows; empty: any.
        """
        shown = explained(regions, self.lang)
        self.ahead = {"act": act, "value": value, "screen": screen, "regions": shown}

    @in_turn
    def _hear(self, _: object, message: dict[str, Any], __: object) -> None:
        if message.get("need") == "look":
            self.on_look()
            return
        if message.get("need") == "state":
            # what this class shows; the script and the styles have come
            self.send_state({*self.trait_names(sync=True)} & {*vars(Stage)})
            return
        if message.get("need") == "terms":
            self.send({"terms": for_text(self.lang)})
            return
        try:
            self.on_act(str(message["act"]), str(message["value"]))
        except Exception as error:
            self.on_failure(error)
            raise
        finally:
            self.send({"ack": message["serial"]})
