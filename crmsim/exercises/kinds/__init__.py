"""The kinds of exercise, a class and a file each; a new one is added to ``KINDS``.

Its template is ``widgets/templates/exercise/<kind>.html``, its words are in ``words/lesson.toml``.
"""

from __future__ import annotations

from crmsim.exercises.kinds.choose import Choose
from crmsim.exercises.kinds.draw import Draw
from crmsim.exercises.kinds.explain import Explain
from crmsim.exercises.kinds.function import Function
from crmsim.exercises.kinds.journal import Journal
from crmsim.exercises.kinds.loop import Loop
from crmsim.exercises.kinds.match import Match
from crmsim.exercises.kinds.number import Number
from crmsim.exercises.kinds.order import Order
from crmsim.exercises.kinds.plan import Plan

KINDS = {
    "choose": Choose,
    "number": Number,
    "match": Match,
    "order": Order,
    "draw": Draw,
    "loop": Loop,
    "function": Function,
    "explain": Explain,
    "journal": Journal,
    "plan": Plan,
}
