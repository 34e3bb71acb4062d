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
from numpy.typing import NDArray

from crmsim.common.arrays import Indices, Singles
from crmsim.common.chance import CAUSES, Chance, normal_of
from crmsim.model.equations import buying_terms, recovery, talk_terms, told_by_each, visit_terms
from crmsim.model.market import visits
from crmsim.model.market.compiled import kernels
from crmsim.model.market.draws import Spans
from crmsim.model.market.people import People
from crmsim.model.market.shopping import Arrivals
from crmsim.model.market.visits import DecidedVisit, Lived
from crmsim.model.market.week import Guests, Service, WeekDraws
from crmsim.model.market.word_of_mouth import Tellings
from crmsim.scenario.parameters import Numbers

_UPPER, _NOTHING = np.arange(0, 2**16, 8, np.uint16), np.zeros(0, np.float32)


def draw_weeks(chance: Chance, weeks: range, spans: Spans) -> list[WeekDraws]:
    """See :func:`crmsim.model.market.draws.draw_weeks`; draws luck for nobody else."""
    causes = (np.uint64(CAUSES.index(cause)) for cause in ("occasion", "visit"))
    people, luck, shop, shop_lot, rivals, rival_lot, ends = kernels.draw_kernel(
        np.uint64(chance.seed), *causes, weeks.start, weeks.stop, *spans, normal_of(_UPPER)
    )
    return [  # a copy of each week's luck, so that the kernels meet one memory layout only
        WeekDraws(
            people[a:b], luck[:, a:b].copy(), shop[c:d], shop_lot[c:d], rivals[e:f], rival_lot[e:f]
        )
        for (a, c, e), (b, d, f) in pairwise(ends.tolist())
    ]


def arrive(people: People, lot: WeekDraws, week: int, promise: float, numbers: Numbers) -> Arrivals:
    """See :func:`crmsim.model.market.shopping.arrive`."""
    comes, (buyers, joined) = np.empty(len(lot.people), np.bool_), _places(2, len(lot.shop))
    (lost,) = _places(1, len(lot.shop) + len(lot.rivals))
    found, terms = (comes, buyers, joined, lost), _rounded(buying_terms, numbers, promise)
    bought, new, gone = kernels.come_kernel(_town(people), tuple(lot), week, terms, found)
    return Arrivals(comes, buyers[:bought], joined[:new], lost[:gone])


def serve(
    people: People,
    guests: Guests,
    week: int,
    service: Service,
    numbers: Numbers,
    rule: str,
    decided: DecidedVisit | None = None,
) -> tuple[Singles, Lived]:
    """See ``market.visits.serve``; the week of a visit decided elsewhere is left to it."""
    if decided is not None:
        return visits.serve(people, guests, week, service, numbers, rule, decided)
    beside = _NOTHING if guests.beside is None else guests.beside
    sales, level = np.empty((2, len(guests.who)), np.float32)
    disappointed, fates, unhappy, gone = _places(4, len(guests.who))
    bad, sad, lost = kernels.serve_kernel(
        _town(people),
        (*guests[:3], beside),
        week,
        *_of_visits(people, service, numbers, rule),
        sales,
        (level, disappointed, fates, unhappy, gone),
    )
    return sales, Lived(level, disappointed[:bad], fates[:bad], unhappy[:sad], gone[:lost])


def _of_visits(people: People, service: Service, numbers: Numbers, rule: str) -> tuple[Any, ...]:
    """Return the quality, the terms and the shares of a week's visits."""
    terms = _rounded(visit_terms, *visits.of_visits(people, service, numbers, rule))
    shares = _rounded(recovery, numbers, service.channel, service.solved, service.fast)
    return service.shown, terms, shares


def talk(
    people: People,
    who: Indices,
    satisfaction: Singles,
    unhappy: Indices,
    lots: Singles,
    numbers: Numbers,
) -> tuple[Tellings, Tellings]:
    """See :func:`crmsim.model.market.word_of_mouth.talk`."""
    praise = _unsaid(len(who), numbers.told_good)
    warnings, terms = _unsaid(len(unhappy), numbers.told_bad), _rounded(talk_terms, numbers)
    praising, warning = kernels.talk_kernel(
        _town(people), who, satisfaction, unhappy, lots, terms, praise, warnings
    )
    return _said(praise, praising), _said(warnings, warning)


def _unsaid(most: int, share: float) -> tuple[Indices, NDArray[np.int32]]:
    """Return room for ``Tellings``: so many speakers at most, who tell that share of their ties."""
    return np.empty(most, np.intp), np.empty((most, told_by_each(share)), np.int32)


def _said(room: tuple[Indices, NDArray[np.int32]], count: int) -> Tellings:
    return Tellings(room[0][:count], room[1][:count])


def _places(rows: int, most: int) -> Indices:
    """Return room for places of people, which a kernel fills."""
    return np.empty((rows, most), np.intp)


def _town(people: People) -> tuple[Any, ...]:
    """Return the arrays of a ``kernels.Town``; plain tuples reach a kernel faster than named."""
    return (
        people.held,
        people.failed_week,
        people.customer,
        people.weights,
        people.evenness,
        people.value,
        people.ties,
    )


@lru_cache(maxsize=256)
def _rounded(make: Callable[..., Any], *of: Any) -> Any:
    """Return the terms that are made of these as a kernel takes them.

    The numbers come first, in one array, rounded to the precision that they meet; then the tables.
    """
    terms = make(*of)
    numbers = [each for each in terms if not isinstance(each, np.ndarray)]
    precision = np.float64 if make is buying_terms else np.float32
    return np.array(numbers, precision), *terms[len(numbers) :]


def ordinary(
    people: People, lot: WeekDraws, week: int, service: Service, numbers: Numbers, rule: str
) -> tuple[Any, ...]:
    """Pass a week, all steps at once, where nobody is treated in a way of her own.

    Returns
    -------
    tuple
        Who came to buy or to visit (``Arrivals``), those who came, what each paid, what they lived
        through (``Lived``), who left, and the praise and warnings (``Tellings``).
    """
    most = len(lot.people)
    who, buyers, joined, disappointed, fates, unhappy = _places(6, most)
    (left,), (sales, level) = _places(1, most + len(lot.rivals)), np.empty((2, most), np.float32)
    praise, warnings = _unsaid(most, numbers.told_good), _unsaid(most, numbers.told_bad)
    came, bought, new, lost, bad, sad, praising, warning = kernels.ordinary_kernel(
        _town(people),
        tuple(lot),
        week,
        _rounded(buying_terms, numbers, service.promise),
        _of_visits(people, service, numbers, rule),
        _rounded(talk_terms, numbers),
        who,
        (buyers, joined),
        left,
        sales,
        (level, disappointed, fates, unhappy),
        (praise, warnings),
    )
    coming = Arrivals(_NOTHING, buyers[:bought], joined[:new], left)
    lived = Lived(level[:came], disappointed[:bad], fates[:bad], unhappy[:sad], left)
    said = _said(praise, praising), _said(warnings, warning)
    return coming, who[:came], sales[:came], lived, left[:lost], said
