"""The same week, compiled: an optional engine that gives the numbers of the usual one, bit by bit.

It stands in for each step of :class:`crmsim.engine.Engine`, and draws luck only for those who need
it. Where the usual engine does each step for all who come, this one does all steps for each.
Everything is float32 in the same order, so that equality can be tested.
"""

from __future__ import annotations

from types import SimpleNamespace

import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic
from numba.np.unsafe.ndarray import to_fixed_tuple
from numpy.typing import NDArray

from crmsim.chance import CAUSES, Chance
from crmsim.people import TIES, Floats, Indices, People
from crmsim.satisfaction import LEAST_EXPECTATION
from crmsim.visits import Given, Lived, leaving, lifting, solving
from crmsim.visits import live as usual_live
from crmsim.week import Drawn, Lot, Service
from crmsim.word_of_mouth import RARE, Tellings, rests, room

_RULES = ("asymmetric", "ratio", "difference")
_M0, _M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_W0, _W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_ONE, _QUARTER, _FIVE = np.float32(1), np.float32(0.25), np.float32(5)
_LEAST, _RARE32 = np.float32(LEAST_EXPECTATION), np.float32(RARE)


def draw(
    chance: Chance, weeks: range, below: NDArray[np.uint32], above: NDArray[np.uint32]
) -> Drawn:
    """See :func:`crmsim.engine.draw`; draws luck for nobody else."""
    causes = (np.uint64(CAUSES.index(cause)) for cause in ("occasion", "visit"))
    return Drawn(*_draw(np.uint64(chance.seed), *causes, weeks.start, weeks.stop, below, above))


def meet(
    people: People, lot: Lot, chance_to_buy: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], Indices, Indices, Indices]:
    """See :func:`crmsim.engine.meet`."""
    comes = people.customer.take(lot.people)
    buyers, joined = np.empty((2, len(lot.shop)), np.intp)
    lost = np.empty(len(lot.shop) + len(lot.rivals), np.intp)
    bought, new, gone = _meet(
        people.customer,
        people.loyalty,
        lot.people,
        lot.shop,
        lot.shop_lot,
        lot.rivals,
        lot.rival_lot,
        chance_to_buy,
        comes,
        buyers,
        joined,
        lost,
    )
    return comes, buyers[:bought], joined[:new], lost[:gone]


def live(
    people: People,
    who: Indices,
    met: Floats,
    lots: tuple[Floats, Floats],
    week: int,
    service: Service,
    numbers: SimpleNamespace,
    rule: str,
    given: Given | None = None,
) -> Lived:
    """See :func:`crmsim.visits.live`; the week of a visit decided elsewhere is left to it."""
    if given is not None:
        return usual_live(people, who, met, lots, week, service, numbers, rule, given)
    lack = numbers.surprise_gain * service.surprise + numbers.surprise_loss * (1 - service.surprise)
    terms = (
        numbers.will_effect,
        numbers.should_effect,
        numbers.surprise_gain * service.surprise,
        lack,
        service.surprise,
        1 - 0.5 ** (1 / numbers.surprise_half_life_visits),
        service.promise,
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
    level = np.empty(len(who), np.float32)
    disappointed, fates, gone = np.empty((3, len(who)), np.intp)
    bad, lost = _live(
        people.held,
        people.failed_week,
        people.customer,
        who,
        met,
        *lots,
        week - numbers.second_failure_week,
        week,
        np.array(terms, np.float32),
        solving(service, numbers),
        leaving(numbers),
        lifting(numbers),
        _RULES.index(rule),
        level,
        disappointed,
        fates,
        gone,
    )
    return Lived(level, disappointed[:bad], fates[:bad], gone[:lost])


def talk(
    people: People,
    who: Indices,
    satisfaction: Floats,
    unhappy: Indices,
    lots: Floats,
    numbers: SimpleNamespace,
) -> tuple[Tellings, Tellings]:
    """See :func:`crmsim.word_of_mouth.talk`."""
    terms = (
        numbers.talk_good_at,
        numbers.talk_good,
        max(numbers.talk_bad, RARE),
        1 - numbers.referral_loyalty / 2,
        numbers.referral_loyalty,
    )
    fading = (
        *rests(numbers.opinion_at_rest, numbers.opinion_fade_week),
        *rests(numbers.awareness_at_rest, numbers.awareness_fade_week),
    )
    rooms = (room(numbers.heard_good), room(numbers.heard_bad), room(numbers.heard_awareness))
    speakers, warners = np.empty(len(who), np.intp), np.empty(len(unhappy), np.intp)
    told = np.empty((len(who), round(numbers.told_good * TIES)), np.int32)
    warned = np.empty((len(unhappy), round(numbers.told_bad * TIES)), np.int32)
    praising, warning = _talk(
        people.opinion,
        people.awareness,
        people.loyalty,
        people.ties,
        who,
        satisfaction,
        unhappy,
        lots,
        np.array((*terms, *fading), np.float32),
        rooms,
        speakers,
        told,
        warners,
        warned,
    )
    praise = Tellings(speakers[:praising], told[:praising])
    return praise, Tellings(warners[:warning], warned[:warning])


@intrinsic
def _product(typing, one, other):
    """The upper and the lower 64 bits of the product of two numbers of 64 bits."""

    def generate(context, builder, signature, arguments):
        half, wide = ir.IntType(64), ir.IntType(128)
        product = builder.mul(*(builder.zext(each, wide) for each in arguments))
        high = builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), half)
        parts = high, builder.trunc(product, half)
        return context.make_tuple(builder, signature.return_type, parts)

    return types.UniTuple(types.uint64, 2)(types.uint64, types.uint64), generate


@numba.njit(cache=True)
def _block(seed, cause, week, number):
    """Four draws of Philox-4x64-10, those of one counter (Salmon et al. 2011)."""
    a, b, c, d = np.uint64(number + 1), np.uint64(0), week, np.uint64(0)
    for _ in range(10):
        high, low = _product(_M0, a)
        up, down = _product(_M1, c)
        a, b, c, d = up ^ b ^ seed, down, high ^ d ^ cause, low
        seed, cause = seed + _W0, cause + _W1
    return a, b, c, d


@numba.njit(cache=True)
def _draw(seed, occasion, visit, start, stop, below, above):
    count = len(below)
    people, ends = np.empty((stop - start) * count + 1, np.intp), np.empty(stop - start, np.intp)
    lot, luck = np.empty(len(people), np.uint32), np.empty(len(people), np.uint64)
    words = np.empty((-(-count // 8), 4), np.uint64)
    lots = words.reshape(-1).view(np.uint32)
    found = 0
    for week in range(start, stop):
        for number in range(len(words)):
            for place, word in enumerate(_block(seed, occasion, np.uint64(week), number)):
                words[number, place] = word
        first = found
        for one in range(count):
            people[found], lot[found] = one, lots[one]
            found += (lots[one] < below[one]) | (lots[one] >= above[one])
        for slot in range(first, found):
            four = _block(seed, visit, np.uint64(week), people[slot] // 4)
            luck[slot] = four[people[slot] % 4]
        ends[week - start] = found
    return people[:found].copy(), ends, lot[:found].copy(), luck[:found].copy()


@numba.njit(cache=True)
def _meet(
    customer,
    loyalty,
    people,
    shop,
    shop_lot,
    rivals,
    rival_lot,
    chance_to_buy,
    comes,
    buyers,
    joined,
    lost,
):
    bought = new = gone = 0
    for slot in range(len(shop)):
        one = people[shop[slot]]
        comes[shop[slot]] = buys = shop_lot[slot] < chance_to_buy[slot]
        if buys:
            buyers[bought] = one
            bought += 1
            if not customer[one]:
                joined[new] = one
                new += 1
        elif customer[one]:
            lost[gone] = one
            gone += 1
    for slot in range(len(rivals)):
        one = rivals[slot]
        if customer[one] and rival_lot[slot] < np.float64(_ONE - loyalty[one]):
            lost[gone] = one
            gone += 1
    return bought, new, gone


@numba.njit(cache=True)
def _live(
    held,
    failed_week,
    customer,
    who,
    met,
    speaks,
    then,
    forgiven_before,
    week,
    terms,
    shares,
    leaving,
    lifting,
    rule,
    level,
    disappointed,
    fates,
    gone,
):
    (
        will_effect,
        should_effect,
        surprise,
        lack,
        given,
        habituation,
        promise,
        patient_from,
        patient_by,
        width,
        inside_less,
        slope,
        loss,
        at_rest,
        learn,
        forget,
        follow,
        weigh,
        think,
        bind,
        bad_at,
        leave,
    ) = to_fixed_tuple(terms, 22)
    complain, share, fast = np.float32(shares[0]), np.float32(shares[1]), np.float32(shares[2])
    low = np.array([0.0, 0.0, shares[1], shares[2], 0.0])
    span = np.array([1.0, 1.0, 1.0, shares[1], shares[2]]) - low
    should, will, satisfaction, opinion, loyalty = held[0], held[1], held[2], held[3], held[4]
    habit = held[6]
    bad = lost = 0
    for place in range(len(who)):
        one, x = who[place], met[place]
        seen = x + will_effect * (will[one] - x) - should_effect * (should[one] - x)
        used = habit[one]
        seen = seen + (surprise - lack * used)
        habit[one] = used + habituation * (given - used)
        promised = will[one] + promise
        if rule == 0:
            gap = seen - promised
            size = abs(gap)
            inside = min(size, width * (patient_from + patient_by * loyalty[one]))
            felt = slope * (size - inside_less * inside)
            if gap < 0:
                felt = loss * felt
        elif rule == 1:
            felt = slope * (seen / max(promised, _LEAST) - _ONE)
        else:
            felt = slope * (seen - promised)
        felt = min(max(at_rest + felt, _ONE), _FIVE)
        level[place] = felt
        liked = _QUARTER * (felt - _ONE)
        better = x - should[one]
        should[one] += better * (forget if better < 0 else learn)
        will[one] += (x - will[one]) * follow
        satisfaction[one] += (felt - satisfaction[one]) * weigh
        opinion[one] += (liked - opinion[one]) * think
        loyalty[one] += (liked - loyalty[one]) * bind
        if felt > bad_at:
            continue
        fate = 0
        if speaks[place] < complain:
            fate = 1
            if failed_week[one] < forgiven_before:
                fate = 2 + (then[place] < share) + (then[place] < share and then[place] < fast)
        failed_week[one] = week
        satisfaction[one] = max(satisfaction[one], lifting[fate])
        disappointed[bad], fates[bad] = place, fate
        bad += 1
        luck = (np.float64(then[place]) - low[fate]) / span[fate]
        if customer[one] and luck < np.float64(leave * (_ONE - loyalty[one]) * leaving[fate]):
            gone[lost] = one
            lost += 1
    return bad, lost


@numba.njit(cache=True)
def _talk(
    opinion,
    awareness,
    loyalty,
    ties,
    who,
    satisfaction,
    unhappy,
    lots,
    terms,
    rooms,
    speakers,
    told,
    warners,
    warned,
):
    good_at, talk_good, talk_bad, refer_from, refer_by = to_fixed_tuple(terms[:5], 5)
    keep, back, recall, fade = to_fixed_tuple(terms[5:], 4)
    for one in range(len(opinion)):
        opinion[one] = opinion[one] * keep + back
        awareness[one] = awareness[one] * recall + fade
    near = ties.shape[1]
    good, bad = np.zeros(len(opinion), np.int16), np.zeros(len(opinion), np.int16)
    praising = warning = 0
    for place in range(len(who)):
        if satisfaction[place] < good_at:
            continue
        one = who[place]
        likely = talk_good * (refer_from + refer_by * loyalty[one])
        luck = lots[place] / max(likely, _RARE32)
        if luck < _ONE:
            first = np.intp(luck * np.float32(near))
            for step in range(told.shape[1]):
                other = ties[one, (first + step) % near]
                told[praising, step] = other
                good[other] += 1
            speakers[praising] = one
            praising += 1
    for slot in range(len(unhappy)):
        one = who[unhappy[slot]]
        luck = lots[unhappy[slot]] / talk_bad
        if luck < _ONE:
            first = np.intp(luck * np.float32(near))
            for step in range(warned.shape[1]):
                other = ties[one, (first + step) % near]
                warned[warning, step] = other
                bad[other] += 1
            warners[warning] = one
            warning += 1
    for each in (told[:praising], warned[:warning]):
        for other in each.flat:
            praised, blamed = good[other], bad[other]
            if praised or blamed:
                thinks = _ONE - (_ONE - opinion[other]) * rooms[0][praised]
                opinion[other] = thinks * rooms[1][blamed]
                unaware = (_ONE - awareness[other]) * rooms[2][praised + blamed]
                awareness[other] = _ONE - unaware
                good[other] = bad[other] = 0
    return praising, warning
