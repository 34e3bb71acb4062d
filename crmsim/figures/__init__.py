"""Figures: the title says the finding, the axes carry units, nothing is shown by itself."""

from crmsim.figures.airline import delays_through_the_day
from crmsim.figures.comparison import three_rules
from crmsim.figures.desk import queue, three_controls
from crmsim.figures.firm import loop_gain, standards_erode, what_it_hangs_on
from crmsim.figures.loyalty import (
    beside_usual,
    best_fifth,
    five_traits,
    satisfied_not_loyal,
    silence,
    winning_back,
    worth_of_staying,
)
from crmsim.figures.one_to_one import campaign_effect, lift_curve, stock_or_order
from crmsim.figures.people import complaint_iceberg, delight_fades, eighty_twenty, who_stays
from crmsim.figures.polled import gaps_and_map, what_foretells, who_is_missing
from crmsim.figures.runs import curve, plot
from crmsim.figures.spiral import earned, link_by_link
from crmsim.figures.stores import ahead_of_usual
from crmsim.figures.turnaround import cash_left
from crmsim.figures.ways import rise, ways

__all__ = [
    "ahead_of_usual",
    "beside_usual",
    "best_fifth",
    "campaign_effect",
    "cash_left",
    "complaint_iceberg",
    "curve",
    "delays_through_the_day",
    "delight_fades",
    "earned",
    "eighty_twenty",
    "five_traits",
    "gaps_and_map",
    "lift_curve",
    "link_by_link",
    "loop_gain",
    "plot",
    "queue",
    "rise",
    "satisfied_not_loyal",
    "silence",
    "standards_erode",
    "stock_or_order",
    "three_controls",
    "three_rules",
    "ways",
    "what_foretells",
    "what_it_hangs_on",
    "who_is_missing",
    "who_stays",
    "winning_back",
    "worth_of_staying",
]
