"""The colours of every picture: those of Okabe and Ito (2008), told apart by colour-blind eyes."""

from __future__ import annotations

INK, MUTED, LINE, WASH = "#1F2933", "#52606D", "#D9E2EC", "#F5F7FA"
"""Words, quieter words, rules, and the ground under a group of things."""

RUN, BASE, HISTORY = "#0072B2", "#8A94A0", "#9A6B00"
"""A run, what it is compared with, and what was there before it."""

GOOD, BAD, GOLD = "#009E73", "#D55E00", "#E69F00"
"""Colours of help, of harm, and of emphasis."""

GOOD_TEXT, BAD_TEXT = "#00694A", "#A84300"
"""Good and bad once more, dark enough for letters on white."""

WATER, PAPER = "#E3EEF6", "#FFFFFF"
"""A filled area, and the ground of everything."""
