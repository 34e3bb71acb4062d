"""The loops of the compiled engine (see ``steps``), one person after another.

Everything is float32 in the order of the usual engine, so that equality can be tested.
"""

from __future__ import annotations

from hashlib import sha256
from inspect import isfunction
from pathlib import Path
from typing import Any, NamedTuple

import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.caching import FunctionCache
from numba.extending import intrinsic, overload, register_jitable
from numba.np.unsafe.ndarray import to_fixed_tuple
from numpy.typing import NDArray

from crmsim.common.arrays import Singles
from crmsim.model import equations
from crmsim.model.equations import (
    ONE,
    ZERO,
    BuyingTerms,
    Recovery,
    TalkTerms,
    VisitTerms,
    awareness_after,
    chance_to_join,
    chance_to_return,
    faded,
    fate_of,
    learn,
    likely_to_praise,
    luck_left,
    opinion_after,
    perceive,
    quality_met,
    remember,
    satisfaction_with,
    spent,
    wish_to_leave,
)
from crmsim.model.market.week import FATES, Guests, WeekDraws

# Compiled by Numba's ``inline="always"``, these gave other numbers; LLVM inlines them correctly.
for _equation in vars(equations).values():
    if isfunction(_equation) and _equation is not equations.pick:
        register_jitable(error_model="numpy")(_equation)


@overload(equations.pick)
def _pick(condition, one, other):
    """Choose one of two numbers, where NumPy chooses in arrays."""
    return lambda condition, one, other: one if condition else other


_SOURCE = sha256(Path(equations.__file__).read_bytes()).hexdigest()


class _Cache(FunctionCache):
    """Machine code on disk that is made anew when an equation changes, not the kernel alone."""

    def _index_key(self, *of: Any) -> tuple[Any, ...]:
        return (*super()._index_key(*of), _SOURCE)


def kernel(function: Any) -> Any:
    """Compile a function when it is first called, and keep the machine code on disk."""
    compiled = numba.njit(function, error_model="numpy")
    compiled._cache = _Cache(function)
    return compiled


class Town(NamedTuple):
    """The people of a market, as :class:`crmsim.model.market.people.People` has them."""

    held: Singles
    failed_week: NDArray[np.int32]
    customer: NDArray[np.bool_]
    weights: Singles
    evenness: Singles
    value: Singles
    ties: NDArray[np.int32]


class Held(NamedTuple):
    """The rows of what people expect and think, as in ``people.Minds``."""

    should: Singles
    will: Singles
    satisfaction: Singles
    opinion: Singles
    loyalty: Singles
    awareness: Singles
    habit: Singles


@register_jitable
def rows(held):
    """Give each row of what people expect and think its name."""
    return Held(held[0], held[1], held[2], held[3], held[4], held[5], held[6])


@register_jitable
def shares_of(numbers, begins, width):
    """Give the shares of a ``Recovery`` their names."""
    return Recovery(numbers[0], numbers[1], numbers[2], begins, width)


class Lots(NamedTuple):
    """The rows of luck, as in :class:`crmsim.model.market.week.WeekDraws`."""

    normal: Singles
    speaks: Singles
    then: Singles
    talks: Singles


@register_jitable
def lots_of(luck):
    """Give each row of luck its name."""
    return Lots(luck[0], luck[1], luck[2], luck[3])


_M0, _M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_W0, _W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_UINT32, _SHARE = 2**32, np.float32(2**-16)
RESOLVED = FATES.index("resolved")
# The terms reach a kernel as one array of numbers, of so many, and the tables behind it.
BUYING, VISIT = len(BuyingTerms._fields), VisitTerms._fields.index("wish_left")
PRAISE_ROOM = TalkTerms._fields.index("praise_room")


@intrinsic
def _product(typing, one, other):
    """Return the upper and the lower 64 bits of the product of two numbers of 64 bits."""

    def generate(context, builder, signature, arguments):
        half, wide = ir.IntType(64), ir.IntType(128)
        product = builder.mul(*(builder.zext(each, wide) for each in arguments))
        high = builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), half)
        parts = high, builder.trunc(product, half)
        return context.make_tuple(builder, signature.return_type, parts)

    return types.UniTuple(types.uint64, 2)(types.uint64, types.uint64), generate


@kernel
def block(seed, cause, week, number):
    """Four draws of Philox-4x64-10, those of one counter (Salmon et al. 2011)."""
    a, b, c, d = np.uint64(number + 1), np.uint64(0), week, np.uint64(0)
    for _ in range(10):
        high, low = _product(_M0, a)
        up, down = _product(_M1, c)
        a, b, c, d = up ^ b ^ seed, down, high ^ d ^ cause, low
        seed, cause = seed + _W0, cause + _W1
    return a, b, c, d


@kernel
def draw_kernel(
    seed, occasion, visit, start, stop, visit_below, pull_from, need_from, need_week, pull, normal
):
    """Draw the people with an occasion in each week, and their luck; see ``draws.draw_weeks``."""
    count, weeks = len(need_from), stop - start
    words = np.empty((-(-count // 8), 4), np.uint64)
    lots = words.reshape(-1).view(np.uint32)
    marks, hits = np.empty(count, np.bool_), np.empty(count + 1, np.intp)
    people, shop, rivals = np.empty((3, weeks * count), np.intp)
    luck = np.empty((4, weeks * count), np.float32)
    shop_lot, rival_lot = np.empty(weeks * count), np.empty(weeks * count)
    ends = np.zeros((weeks + 1, 3), np.intp)
    may_come = needy = lured = 0
    for week in range(weeks):
        when = np.uint64(start + week)
        for number in range(len(words)):
            for place, word in enumerate(block(seed, occasion, when, number)):
                words[number, place] = word
        for one in range(count):
            marks[one] = (lots[one] < visit_below[one]) | (lots[one] >= pull_from[one])
        found = 0
        for one in range(count):
            hits[found] = one
            found += marks[one]
        for one in hits[:found]:
            lot = lots[one]
            needs = lot >= need_from[one]
            if not needs and lot >= visit_below[one]:
                rivals[lured] = one
                rival_lot[lured] = (lot - pull_from[one]) / max(pull, 1.0)
                lured += 1
                continue
            if needs:
                shop[needy] = may_come - ends[week, 0]
                span = need_week[one] * np.float32(_UINT32)
                shop_lot[needy] = (lot - need_from[one]) / np.float64(span)
                needy += 1
            four = block(seed, visit, when, one // 4)[one % 4]
            people[may_come] = one
            luck[0, may_come] = normal[(four & 0xFFFF) >> 3]
            for row in range(1, 4):
                luck[row, may_come] = np.float32((four >> (16 * row)) & 0xFFFF) * _SHARE
            may_come += 1
        ends[week + 1] = may_come, needy, lured
    return (
        people[:may_come].copy(),
        luck[:, :may_come].copy(),
        shop[:needy].copy(),
        shop_lot[:needy].copy(),
        rivals[:lured].copy(),
        rival_lot[:lured].copy(),
        ends,
    )


@kernel
def come_kernel(town, lot, week, terms, found):
    """Fill ``found``, an ``Arrivals``; see :func:`crmsim.model.market.shopping.arrive`."""
    town, lot = Town(*town), WeekDraws(*lot)
    terms = BuyingTerms(*to_fixed_tuple(terms[0], BUYING))
    customer, held = town.customer, rows(town.held)
    comes, buyers, joined, lost = found
    for slot in range(len(comes)):
        comes[slot] = customer[lot.people[slot]]
    bought = new = gone = 0
    for slot in range(len(lot.shop)):
        one = lot.people[lot.shop[slot]]
        if customer[one]:
            level, loyalty = np.float64(held.satisfaction[one]), np.float64(held.loyalty[one])
            chance = chance_to_return(level, loyalty, week - town.failed_week[one], terms)
        else:
            opinion, awareness = np.float64(held.opinion[one]), np.float64(held.awareness[one])
            chance = chance_to_join(opinion, awareness, terms)
        comes[lot.shop[slot]] = buys = lot.shop_lot[slot] < chance
        if buys:
            buyers[bought] = one
            bought += 1
            if not customer[one]:
                joined[new] = one
                new += 1
        elif customer[one]:
            lost[gone] = one
            gone += 1
    for slot in range(len(lot.rivals)):
        one = lot.rivals[slot]
        if customer[one] and lot.rival_lot[slot] < np.float64(ONE - held.loyalty[one]):
            lost[gone] = one
            gone += 1
    return bought, new, gone


@kernel
def serve_kernel(town, guests, week, quality, terms, shares, sales, found):
    """Fill ``sales`` and ``found``, a ``Lived``; see :func:`crmsim.model.market.visits.serve`."""
    town, guests = Town(*town), Guests(*guests)
    terms = VisitTerms(*(to_fixed_tuple(terms[0], VISIT) + terms[1:]))
    shares, held, luck = shares_of(*shares), rows(town.held), lots_of(guests.luck)
    who, buyers, beside = guests.who, guests.buyers, guests.beside
    level, disappointed, fates, unhappy, gone = found
    bought = bad = sad = lost = 0
    for place in range(len(who)):
        one = who[place]
        sales[place] = spent(town.value[one], held.loyalty[one], terms)
        if bought < len(buyers) and buyers[bought] == one:
            sales[place] = terms.purchase_value
            bought += 1
        evenness, normal = town.evenness[one], luck.normal[place]
        extra = beside[place] if len(beside) else ZERO
        met = quality_met(town.weights[one], quality, evenness, normal, extra, terms)
        felt = satisfaction_with(held, one, perceive(held, one, met, terms), terms)
        level[place] = felt
        learn(held, one, met, terms)
        remember(held, one, felt, terms)
        if felt > terms.bad_at:
            continue
        then = luck.then[place]
        forgives = week - town.failed_week[one] > terms.second_failure_week
        fate = fate_of(luck.speaks[place], then, forgives, shares)
        town.failed_week[one] = week
        held.satisfaction[one] = max(held.satisfaction[one], terms.lifted_to[fate])
        disappointed[bad], fates[bad] = place, fate
        bad += 1
        if fate < RESOLVED:
            unhappy[sad] = place
            sad += 1
        hazard = wish_to_leave(held.loyalty[one], terms.wish_left[fate], terms)
        if town.customer[one] and luck_left(then, fate, shares) < hazard:
            gone[lost] = one
            lost += 1
    return bad, sad, lost


@kernel
def tell(one, luck, ties, told, counts):
    """Tell some ties, beginning with one that luck picks, and count what each of them hears."""
    near = len(ties[one])
    first = np.intp(luck * np.float32(near))
    for step in range(len(told)):
        other = ties[one, (first + step) % near]
        told[step] = other
        counts[other] += 1


@kernel
def talk_kernel(town, who, satisfaction, unhappy, lots, terms, praise, warnings):
    """Fill two ``Tellings``; see :func:`crmsim.model.market.word_of_mouth.talk`."""
    town, terms = Town(*town), TalkTerms(*(to_fixed_tuple(terms[0], PRAISE_ROOM) + terms[1:]))
    held = rows(town.held)
    opinion, awareness = held.opinion, held.awareness
    (speakers, told), (warners, warned) = praise, warnings
    for one in range(len(opinion)):
        opinion[one] = faded(opinion[one], terms.opinion_kept, terms.opinion_added)
        awareness[one] = faded(awareness[one], terms.awareness_kept, terms.awareness_added)
    good, bad = np.zeros(len(opinion), np.int16), np.zeros(len(opinion), np.int16)
    praising = warning = 0
    for place in range(len(who)):
        if satisfaction[place] < terms.good_at:
            continue
        one = who[place]
        luck = lots[place] / likely_to_praise(held.loyalty[one], terms)
        if luck < ONE:
            tell(one, luck, town.ties, told[praising], good)
            speakers[praising] = one
            praising += 1
    for place in unhappy:
        luck = lots[place] / terms.bad
        if luck < ONE:
            tell(who[place], luck, town.ties, warned[warning], bad)
            warners[warning] = who[place]
            warning += 1
    for each in (told[:praising], warned[:warning]):
        for other in each.flat:
            praised, blamed = good[other], bad[other]
            if praised or blamed:
                praise_room, warning_room = terms.praise_room[praised], terms.warning_room[blamed]
                opinion[other] = opinion_after(opinion[other], praise_room, warning_room)
                room = terms.awareness_room[praised + blamed]
                awareness[other] = awareness_after(awareness[other], room)
                good[other] = bad[other] = 0
    return praising, warning


@kernel
def ordinary_kernel(
    town, lot, week, buying, visiting, talking, who, bought, left, sales, lived, said
):
    """All of it, one step after another; see ``market.customers.Customers.week``."""
    people, lots, customer = lot[0], lot[1], Town(*town).customer
    (buyers, joined), (level, disappointed, fates, unhappy) = bought, lived
    comes, luck = np.empty(len(people), np.bool_), np.empty((4, len(people)), np.float32)
    buying_here, new, lost = come_kernel(town, lot, week, buying, (comes, buyers, joined, left))
    came = 0
    for slot in range(len(people)):
        if comes[slot]:
            who[came] = people[slot]
            for row in range(4):
                luck[row, came] = lots[row, slot]
            came += 1
    who = who[:came]
    for one in joined[:new]:
        customer[one] = True
    guests = who, luck, buyers[:buying_here], luck[0, :0]
    found = level, disappointed, fates, unhappy, left[lost:]
    bad, sad, gone = serve_kernel(town, guests, week, *visiting, sales, found)
    lost += gone
    for one in left[:lost]:
        customer[one] = False
    talks = lots_of(luck).talks
    praising, warning = talk_kernel(town, who, level, unhappy[:sad], talks, talking, *said)
    return came, buying_here, new, lost, bad, sad, praising, warning
