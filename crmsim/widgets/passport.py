"""The passport: who the student is, what she has done in each lesson, and handing it in."""

from __future__ import annotations

from typing import Any

from IPython.display import publish_display_data

from crmsim.common.files import reason
from crmsim.common.words import language, words
from crmsim.course import student
from crmsim.course.change_over import change_over
from crmsim.course.handin import HandInError, pack, still_missing, unpacked, work
from crmsim.course.passport import game_titles, stamps
from crmsim.course.student import MOST_NAME, StudentError
from crmsim.exercises.variants import MOST_NUMBER, clean_number, same_number
from crmsim.widgets.rendering import render
from crmsim.widgets.stage import HERE, Stage
from crmsim.widgets.turn import in_turn


@in_turn
def passport(lang: str = "en") -> Passport:
    """Show what has been done so far, ask who the student is, and pack what she hands in.

    Parameters
    ----------
    lang
        The language of the lesson.
    """
    return Passport(lang)


class Passport(Stage):
    """The passport on the stage; what is entered is saved when the student says so."""

    _css = (HERE / "stage.css").read_text("utf-8") + (HERE / "passport.css").read_text("utf-8")

    def __init__(self, lang: str = "en") -> None:
        self.tag, self.t = language(lang), words(lang)
        self.draft = {"number": "", "name": ""}
        self.editing = student.current() is None
        self.sure = False
        self.note = ""
        self.packed: dict[str, Any] = {}
        super().__init__(lang=self.tag, title=self.t("passport.title"), screen="passport")
        self.paint()

    def on_act(self, act: str, value: str) -> None:
        """Take what is typed, save who the student is, or pack the hand-in."""
        if act == "type":
            field, given, text = value.partition("=")
            if given and field in self.draft:
                self.draft[field] = text
            return
        self.note = ""
        getattr(self, f"act_{act}")(value)

    def act_save(self, _: str) -> None:
        """Save who she is; another number than before is asked for again."""
        before, new = student.current(), clean_number(self.draft["number"])
        if not new:
            self.note = self.t("passport.who.empty")
            self.paint("passport-number")
        elif before and not same_number(before.number, new) and not self.sure:
            self.sure = True
            self.paint("passport-sure")
        else:
            self._enter()

    def act_other(self, _: str) -> None:
        """Put the work of the present student aside: somebody else works here from now on."""
        before = student.current()
        try:
            folder = change_over(self.draft["number"], self.draft["name"])
        except (StudentError, OSError) as error:
            why = reason(error, self.tag) if isinstance(error, OSError) else str(error)
            self.note = self.t("play.unsaved", reason=why)
        else:
            self.editing = self.sure = False
            if before and folder:
                self.note = self.t("passport.who.over", old=before.number, folder=folder.name)
        self.packed = {}
        self.paint("passport-note")

    def act_change(self, _: str) -> None:
        """Open the form on what was entered before."""
        who = student.current()
        self.draft = {"number": who.number, "name": who.name} if who else self.draft
        self.editing, self.sure = True, False
        self.paint("passport-number")

    def act_cancel(self, _: str) -> None:
        """Leave everything as it was."""
        self.editing, self.sure = student.current() is None, False
        self.paint("passport-change")

    def act_look(self, _: str) -> None:
        """Show what has been done meanwhile."""
        self.packed = {}
        self.paint()

    def act_handin(self, _: str) -> None:
        """Write the one file, and give it to the browser as well."""
        self.packed = {}
        try:
            path = pack(lang=self.tag)
            self.send({"download": path.name}, [path.read_bytes()])
        except HandInError as error:
            self.note = str(error)
        except OSError as error:
            self.note = self.t("passport.handin.unwritten", reason=reason(error, self.tag))
        else:
            left = still_missing(stamps(self.tag), self.tag)
            self.packed = {"file": path.name, "folder": work(), "left": left}
            self.packed["unpacked"] = unpacked(self.tag)
        self.paint("passport-packed" if self.packed else "passport-note")

    def paint(self, focus: str | None = None) -> None:
        """Show the passport as it now is."""
        page = render("passport", self.shown())
        self.show({"passport": page}, focus=focus, say=self.note)

    def shown(self) -> dict[str, Any]:
        """Return what the template gets."""
        who = student.current()
        return {
            "t": self.t,
            "who": who,
            "editing": self.editing or who is None,
            "sure": self.sure,
            "draft": self.draft,
            "most": {"number": MOST_NUMBER, "name": MOST_NAME},
            "stamps": stamps(self.tag),
            "titles": game_titles(self.tag),
            "note": self.note,
            "packed": self.packed,
        }

    def _enter(self) -> None:
        try:
            student.enter(self.draft["number"], self.draft["name"])
        except StudentError:
            self.note = self.t("passport.who.empty")
        except OSError as error:
            self.note = self.t("play.unsaved", reason=reason(error, self.tag))
        else:
            self.editing = self.sure = False
            self.note = self.t("passport.who.saved")
        self.paint("passport-change")

    def _repr_mimebundle_(self, **_: Any) -> Any:
        """Show the stage, after a picture for a reopened notebook."""
        plain = self.t("passport.plain")
        still = render("passport_still", {"t": self.t})
        publish_display_data({"text/html": still, "text/plain": self.t("passport.title")})
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {"application/vnd.jupyter.widget-view+json": view, "text/plain": plain}, {}
