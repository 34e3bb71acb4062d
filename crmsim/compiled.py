"""The same week, compiled: an optional engine that gives the numbers of the usual one, bit by bit.

It stands in for each step of :class:`crmsim.engine.Engine`, and draws luck only for those who need
it. Where the usual engine does each step for all who come, this one does all steps for each.
Everything is float32 in the same order, so that equality can be tested.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise

import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic
from numba.np.unsafe.ndarray import to_fixed_tuple
from numpy.typing import NDArray

from crmsim.chance import CAUSES, Chance, normal_of
from crmsim.coming import Coming
from crmsim.declared import Numbers
from crmsim.occasions import Spans
from crmsim.people import TIES, Floats, Indices, People
from crmsim.satisfaction import LEAST_EXPECTATION
from crmsim.visits import Given, Lived, dearer, leaving, lifting, solving
from crmsim.visits import serve as usual_serve
from crmsim.week import Guests, Lot, Service
from crmsim.word_of_mouth import RARE, Tellings, rests, room

_RULES = ("asymmetric", "ratio", "difference")
_M0, _M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_W0, _W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_ZERO, _ONE, _QUARTER, _FIVE = (np.float32(each) for each in (0, 1, 0.25, 5))
_UINT32, _SHARE = 2**32, np.float32(2**-16)
_UPPER, _NOTHING = np.arange(0, 2**16, 8, np.uint16), np.zeros(0, np.float32)
_LEAST, _RARE32 = np.float32(LEAST_EXPECTATION), np.float32(RARE)


def draw(chance: Chance, weeks: range, spans: Spans) -> list[Lot]:
    """See :func:`crmsim.occasions.draw`; draws luck for nobody else."""
    causes = (np.uint64(CAUSES.index(cause)) for cause in ("occasion", "visit"))
    people, luck, shop, shop_lot, rivals, rival_lot, ends = _draw(
        np.uint64(chance.seed), *causes, weeks.start, weeks.stop, *spans, normal_of(_UPPER)
    )
    return [
        Lot(people[a:b], luck[:, a:b], shop[c:d], shop_lot[c:d], rivals[e:f], rival_lot[e:f])
        for (a, c, e), (b, d, f) in pairwise(ends.tolist())
    ]


def come(people: People, lot: Lot, week: int, promise: float, numbers: Numbers) -> Coming:
    """See :func:`crmsim.coming.come`."""
    comes = people.customer.take(lot.people)
    buyers, joined = np.empty((2, len(lot.shop)), np.intp)
    lost = np.empty(len(lot.shop) + len(lot.rivals), np.intp)
    bought, new, gone = _come(
        people.held,
        people.failed_week,
        people.customer,
        lot.people,
        lot.shop,
        lot.shop_lot,
        lot.rivals,
        lot.rival_lot,
        week,
        _come_terms(numbers, promise),
        comes,
        buyers,
        joined,
        lost,
    )
    return Coming(comes, buyers[:bought], joined[:new], lost[:gone])


@lru_cache(maxsize=256)
def _come_terms(numbers: Numbers, promise: float) -> NDArray[np.float64]:
    return np.array(
        (
            numbers.failure_half_life_week,
            numbers.repeat_loyalty,
            numbers.failure_weight,
            numbers.repurchase_at_four / (1 - numbers.repurchase_at_four),
            numbers.repurchase_odds_ratio,
            numbers.opinion_at_rest,
            numbers.joining_valence,
            numbers.awareness_at_rest,
            numbers.joining_volume,
            numbers.joining * (1 + numbers.promise_pull * promise),
        )
    )


def serve(
    people: People,
    guests: Guests,
    week: int,
    service: Service,
    numbers: Numbers,
    rule: str,
    given: Given | None = None,
) -> tuple[Floats, Lived]:
    """See :func:`crmsim.visits.serve`; the week of a visit decided elsewhere is left to it."""
    if given is not None:
        return usual_serve(people, guests, week, service, numbers, rule, given)
    who, luck, buyers, beside = guests
    terms = _serve_terms(numbers, rule, dearer(people, numbers), service.surprise, service.promise)
    sales, level = np.empty((2, len(who)), np.float32)
    disappointed, fates, unhappy, gone = np.empty((4, len(who)), np.intp)
    bad, sad, lost = _serve(
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
    numbers: Numbers, rule: str, dearer: float, surprise: float, promise: float
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
        promise,
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
    """See :func:`crmsim.word_of_mouth.talk`."""
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
        *_talk_terms(numbers),
        speakers,
        told,
        warners,
        warned,
    )
    praise = Tellings(speakers[:praising], told[:praising])
    return praise, Tellings(warners[:warning], warned[:warning])


@lru_cache(maxsize=256)
def _talk_terms(numbers: Numbers) -> tuple[Floats, tuple[Floats, ...]]:
    terms = (
        numbers.talk_good_at,
        numbers.talk_good,
        max(numbers.talk_bad, RARE),
        1 - numbers.referral_loyalty / 2,
        numbers.referral_loyalty,
        *rests(numbers.opinion_at_rest, numbers.opinion_fade_week),
        *rests(numbers.awareness_at_rest, numbers.awareness_fade_week),
    )
    rooms = (room(numbers.heard_good), room(numbers.heard_bad), room(numbers.heard_awareness))
    return np.array(terms, np.float32), rooms


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
def _draw(
    seed, occasion, visit, start, stop, visit_below, pull_from, need_from, need_week, pull, normal
):
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
            for place, word in enumerate(_block(seed, occasion, when, number)):
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
            four = _block(seed, visit, when, one // 4)[one % 4]
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


@numba.njit(cache=True)
def _come(
    held,
    failed_week,
    customer,
    people,
    shop,
    shop_lot,
    rivals,
    rival_lot,
    week,
    terms,
    comes,
    buyers,
    joined,
    lost,
):
    half_life, loyal, remembered, at_four, ratio = to_fixed_tuple(terms[:5], 5)
    opinion, valence, awareness, volume, joining = to_fixed_tuple(terms[5:], 5)
    bought = new = gone = 0
    for slot in range(len(shop)):
        one = people[shop[slot]]
        if customer[one]:
            failed = 0.5 ** ((week - failed_week[one]) / half_life)
            bent = loyal * (np.float64(held[4, one]) - 0.5) - remembered * failed
            odds = at_four * ratio ** (np.float64(held[2, one]) - 4) * math.exp(bent)
            chance = odds / (1.0 + odds)
        else:
            drawn = (np.float64(held[3, one]) / opinion) ** valence
            chance = joining * drawn * (np.float64(held[5, one]) / awareness) ** volume
        comes[shop[slot]] = buys = shop_lot[slot] < min(chance, 1.0)
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
        if customer[one] and rival_lot[slot] < np.float64(_ONE - held[4, one]):
            lost[gone] = one
            gone += 1
    return bought, new, gone


@numba.njit(cache=True)
def _serve(
    held,
    failed_week,
    customer,
    weights,
    evenness,
    value,
    who,
    luck,
    buyers,
    beside,
    quality,
    forgiven_before,
    week,
    terms,
    shares,
    leaving,
    lifting,
    rule,
    sales,
    level,
    disappointed,
    fates,
    unhappy,
    gone,
):
    (
        price,
        across_from,
        across_by,
        dearer,
        noise,
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
    ) = to_fixed_tuple(terms, 27)
    complain, share, fast = np.float32(shares[0]), np.float32(shares[1]), np.float32(shares[2])
    low = np.array([0.0, 0.0, shares[1], shares[2], 0.0])
    span = np.array([1.0, 1.0, 1.0, shares[1], shares[2]]) - low
    should, will, satisfaction, opinion, loyalty = held[0], held[1], held[2], held[3], held[4]
    habit = held[6]
    normal, speaks, then = luck[0], luck[1], luck[2]
    bought = bad = sad = lost = 0
    for place in range(len(who)):
        one = who[place]
        sales[place] = value[one] * (across_from + across_by * loyalty[one]) * dearer
        if bought < len(buyers) and buyers[bought] == one:
            sales[place] = price
            bought += 1
        x = weights[one, 0] * quality[0]
        for dimension in range(1, 5):
            x += weights[one, dimension] * quality[dimension]
        x += noise * evenness[one] * normal[place]
        if len(beside):
            x += beside[place]
        x = min(max(x, _ZERO), _ONE)
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
        if fate < 3:
            unhappy[sad] = place
            sad += 1
        rest = (np.float64(then[place]) - low[fate]) / span[fate]
        if customer[one] and rest < np.float64(leave * (_ONE - loyalty[one]) * leaving[fate]):
            gone[lost] = one
            lost += 1
    return bad, sad, lost


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
