"""The same week, compiled: an optional engine that gives the numbers of the usual one, bit by bit.

It stands in for each step of :class:`crmsim.model.market.compiled.engine.Engine`, and draws luck
only for those who need it. Where the usual engine does each step for all who come, this one
does all steps for each; the loops are in ``kernels``, and here is what they are given.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from crmsim.common.chance import CAUSES, Chance, normal_of
from crmsim.model.equations import buying_terms, talk_terms
from crmsim.model.market.compiled import kernels
from crmsim.model.market.draws import Spans
from crmsim.model.market.people import Floats, Indices, People
from crmsim.model.market.shopping import Arrivals
from crmsim.model.market.visits import DecidedVisit, Lived, dearer, leaving, lifting, solving
from crmsim.model.market.visits import serve as usual_serve
from crmsim.model.market.week import Guests, Service, Week, WeekDraws
from crmsim.model.market.word_of_mouth import Tellings
from crmsim.scenario.parameters import Numbers

_RULES = ("asymmetric", "ratio", "difference")
_UPPER, _NOTHING = np.arange(0, 2**16, 8, np.uint16), np.zeros(0, np.float32)


def draw(chance: Chance, weeks: range, spans: Spans) -> list[WeekDraws]:
    """See :func:`crmsim.model.market.draws.draw`; draws luck for nobody else."""
    causes = (np.uint64(CAUSES.index(cause)) for cause in ("occasion", "visit"))
    people, luck, shop, shop_lot, rivals, rival_lot, ends = kernels.draw(
        np.uint64(chance.seed), *causes, weeks.start, weeks.stop, *spans, normal_of(_UPPER)
    )
    return [  # a copy of each week's luck, so that the kernels meet one memory layout only
        WeekDraws(
            people[a:b], luck[:, a:b].copy(), shop[c:d], shop_lot[c:d], rivals[e:f], rival_lot[e:f]
        )
        for (a, c, e), (b, d, f) in pairwise(ends.tolist())
    ]


def come(people: People, lot: WeekDraws, week: int, promise: float, numbers: Numbers) -> Arrivals:
    """See :func:`crmsim.model.market.shopping.come`."""
    return kernels.come(_town(people), lot, week, buying_terms(numbers, promise))


def serve(
    people: People,
    guests: Guests,
    week: int,
    service: Service,
    numbers: Numbers,
    rule: str,
    given: DecidedVisit | None = None,
) -> tuple[Floats, Lived]:
    """See ``market.visits.serve``; the week of a visit decided elsewhere is left to it."""
    if given is not None:
        return usual_serve(people, guests, week, service, numbers, rule, given)
    who, luck, buyers, beside = guests
    terms = _serve_terms(numbers, rule, dearer(people, numbers), service.surprise, service.believed)
    sales, level = np.empty((2, len(who)), np.float32)
    disappointed, fates, unhappy, gone = np.empty((4, len(who)), np.intp)
    bad, sad, lost = kernels.serve(
        people.held,
        people.failed_week,
        people.customer,
        people.weights,
        people.evenness,
        people.value,
        who,
        luck,
        buyers,
        _NOTHING if beside is None else beside,
        service.shown,
        week - numbers.second_failure_week,
        week,
        terms,
        solving(service, numbers),
        leaving(numbers),
        lifting(numbers),
        _RULES.index(rule),
        sales,
        level,
        disappointed,
        fates,
        unhappy,
        gone,
    )
    return sales, Lived(level, disappointed[:bad], fates[:bad], unhappy[:sad], gone[:lost])


@lru_cache(maxsize=256)
def _serve_terms(
    numbers: Numbers, rule: str, dearer: float, surprise: float, believed: float
) -> Floats:
    terms = (
        numbers.purchase_value,
        1 - numbers.cross_buying / 2,
        numbers.cross_buying,
        dearer,
        numbers.visit_noise,
        numbers.will_effect,
        numbers.should_effect,
        numbers.surprise_gain * surprise,
        numbers.surprise_gain * surprise + numbers.surprise_loss * (1 - surprise),
        surprise,
        1 - 0.5 ** (1 / numbers.surprise_half_life_visits),
        believed,
        1 - numbers.tolerance_loyalty / 2,
        numbers.tolerance_loyalty,
        numbers.tolerance_half_width,
        1 - numbers.tolerance_slope,
        numbers.ratio_slope if rule == "ratio" else numbers.satisfaction_slope,
        -numbers.loss_aversion,
        numbers.satisfaction_at_expectation,
        numbers.should_rate,
        numbers.should_fade,
        numbers.expectation_rate,
        numbers.satisfaction_rate,
        numbers.own_experience,
        numbers.loyalty_rate,
        numbers.talk_bad_at,
        numbers.leave_after_bad,
    )
    return np.array(terms, np.float32)


def talk(
    people: People,
    who: Indices,
    satisfaction: Floats,
    unhappy: Indices,
    lots: Floats,
    numbers: Numbers,
) -> tuple[Tellings, Tellings]:
    """See :func:`crmsim.model.market.word_of_mouth.talk`."""
    terms = _rounded(talk_terms, numbers)
    return kernels.talk(_town(people), who, satisfaction, unhappy, lots, terms)


def _town(people: People) -> kernels.Town:
    return kernels.Town(*(getattr(people, name) for name in kernels.Town._fields))


@lru_cache(maxsize=256)
def _rounded(make: Callable[..., Any], *of: Any) -> Any:
    """Return the terms that are made of these, each rounded to the precision that people have."""
    return _float32(make(*of))


def _float32(terms: Any) -> Any:
    if isinstance(terms, tuple):
        return type(terms)(*map(_float32, terms))
    return np.float32(terms) if isinstance(terms, float) else terms


def ordinary(
    people: People, lot: WeekDraws, week: int, service: Service, numbers: Numbers, rule: str
) -> Week:
    """All steps of a week at once, where nobody is treated in a way of her own.

    See :meth:`crmsim.model.market.customers.Customers.week`.
    """
    most = len(lot.people)
    terms = _serve_terms(numbers, rule, dearer(people, numbers), service.surprise, service.believed)
    disappointed, fates, unhappy, left = np.empty((4, most), np.intp)
    sales, level = np.empty((2, most), np.float32)
    who, coming, left, bad, sad, key, praise, warnings = kernels.ordinary(
        _town(people),
        people.key,
        lot,
        service.shown,
        week - numbers.second_failure_week,
        week,
        buying_terms(numbers, service.promise),
        (terms, solving(service, numbers), leaving(numbers), lifting(numbers)),
        _RULES.index(rule),
        _rounded(talk_terms, numbers),
        (sales, level, disappointed, fates, unhappy, left),
    )
    sales = sales[: len(who)]
    return Week(
        people=who,
        satisfaction=level[: len(who)],
        sales=sales,
        takings=float(np.add.reduce(sales, dtype=np.float64)),
        buyers=coming.buyers,
        shoppers=len(lot.shop),
        joined=coming.joined,
        left=left,
        complaints=np.count_nonzero(fates[:bad]),
        unhappy=sad,
        disappointed=disappointed[:bad],
        fates=fates[:bad],
        key_visits=key,
        praise=praise,
        warnings=warnings,
    )
