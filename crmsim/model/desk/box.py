"""The box of messages that have come before the desk opens: an in-basket exercise as a model.

The head of the desk reads messages, sorts them by what they are about, replies, and names a time,
in an order of her own, until the minutes are over. A message that was answered is a case for the
handlers, in her order, unless the reply settled it. One that was not stays in the box, and nobody
else knows of it, until its sender rings and stands in the queue. A sender who was answered rings
too, if there is no solution by the time that was promised: demand that is made by a failure (Seddon
2003, Freedom from Command and Control). A wait that is known feels shorter than one that is not
(Maister 1985, The psychology of waiting lines), so her patience lasts longer; one who is put off
beyond that rings before the time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from crmsim.common.chance import Chance
from crmsim.common.errors import ActionError
from crmsim.model.desk.cases import (
    EXPLANATION,
    FOLLOW_UP,
    SOLUTION,
    Case,
    Casework,
    Letter,
)
from crmsim.model.desk.demand import HOUR_MIN, Contact
from crmsim.scenario.desk import DeskReply, DeskScenario, Message, MessageKind

MESSAGE_KINDS: tuple[str, ...] = get_args(MessageKind)
DEADLINES = ("noon", "sunset", "tomorrow", "none")
"""Times by which a solution can be promised; ``none``: no time is said."""

NOON = 12
KEYS = ("message", "kind", "reply", "by")


class Box:
    """The messages of the morning, and what was done with them.

    What was done is a list with one table for each message that was answered, in the order in which
    they were, such as ``{"message": "rice", "kind": "delivery", "reply": "call", "by": "noon"}``.
    Messages that are not in it were left unanswered.
    """

    def __init__(self, scenario: DeskScenario, chance: Chance) -> None:
        self._scenario, self._chance = scenario, chance
        self._messages = {message.id: message for message in scenario.messages}
        self._cases: list[tuple[Message, Case]] = []
        self.cost = 0.0

    def checked(self, done: Any) -> list[dict[str, str]]:
        """Return what was done, if it can have been done in the time there is.

        Raises
        ------
        ActionError
            If it names what is not there, answers a message twice, or takes too long.
        """
        name = self._scenario.id
        if isinstance(done, str) or not isinstance(done, Sequence):
            raise ActionError(f"{name}: box = {done!r}: must be a list with a table a message")
        answers = [self._answer(each) for each in done]
        ids = [answer["message"] for answer in answers]
        if twice := next((each for each in ids if ids.count(each) > 1), None):
            raise ActionError(f"{name}: box: message {twice!r} is answered twice; leave one out")
        taken, there = seconds(self._scenario, answers), HOUR_MIN * self._scenario.box_min
        if taken > there:
            raise ActionError(
                f"{name}: box: takes {taken} seconds: must be at most {there:g}; answer fewer "
                "messages, or choose shorter replies"
            )
        return answers

    def open(self, answers: Sequence[Mapping[str, str]], back: Casework) -> list[Case]:
        """Make the messages cases of the day, and hand them to those who work on cases.

        Returns
        -------
        list of Case
            The answered ones in the order in which they were, then the rest.
        """
        given = {answer["message"]: answer for answer in answers}
        rest = [name for name in self._messages if name not in given]
        lots = self._chance.uniform("case", 0, 8 * len(self._messages), occasion=2)
        places = {name: 8 * place for place, name in enumerate(self._messages)}
        for rank, name in enumerate([*given, *rest]):
            message, at = self._messages[name], places[name]
            luck = [float(lot) for lot in lots[at : at + 8]]
            case = self._case(message, rank - len(self._messages), given.get(name), luck)
            self._cases.append((message, case))
            if answer := given.get(name):
                settled = reply(message, answer["reply"]).settles
                back.enter(case, 0.0, FOLLOW_UP if settled else EXPLANATION)
        return [case for _, case in self._cases]

    def rings(self, start: float, end: float) -> list[Contact]:
        """Return the senders who ring between two minutes, because they know too little.

        One who was never answered brings her case with her.
        """
        found = []
        for message, case in self._cases:
            letter = case.letter
            assert letter is not None
            numbers, unknown = self._scenario.numbers, letter.remedy is None
            due = HOUR_MIN * message.patience_h
            if math.isfinite(letter.promised_min):
                known = due / max(numbers.wait_promised, 1e-9)
                due = min(known, letter.promised_min)
            solved = case.done_min[SOLUTION] <= start
            if start <= due < end and not solved:
                case.voiced = True
                brings = case if unknown else None
                found.append(Contact(due, numbers.handle_min, numbers.patience_min, brings))
        return found

    def _answer(self, each: Any) -> dict[str, str]:
        name = self._scenario.id
        if not isinstance(each, Mapping) or set(each) != set(KEYS):
            raise ActionError(f"{name}: box: {each!r}: must be a table with {', '.join(KEYS)}")
        message = self._messages.get(each["message"])
        if message is None:
            known = ", ".join(self._messages)
            raise ActionError(
                f"{name}: box: message = {each['message']!r}: is not in the box; "
                f"choose from: {known}"
            )
        for key, allowed in (
            ("kind", MESSAGE_KINDS),
            ("reply", tuple(reply.id for reply in message.replies)),
            ("by", DEADLINES),
        ):
            if each[key] not in allowed:
                raise ActionError(
                    f"{name}: box: {message.id}: {key} = {each[key]!r}: must be one of: "
                    f"{', '.join(allowed)}"
                )
        return {key: str(each[key]) for key in KEYS}

    def _case(
        self, message: Message, number: int, answer: Mapping[str, str] | None, luck: list[float]
    ) -> Case:
        numbers = self._scenario.numbers
        explain, remedy, solvable, promised = numbers.explain_min, None, True, math.inf
        if answer:
            chosen = reply(message, answer["reply"])
            self.cost += chosen.cost
            remedy = (chosen.result, chosen.treatment)
            solvable = not chosen.settles or chosen.result > 0
            explain += numbers.misroute_min * (answer["kind"] != message.kind)
            if not chosen.settles:
                promised = self._deadline(answer["by"])
        return Case(
            number=number,
            step=0,
            arrives_min=0.0,
            voiced=answer is not None,
            solvable=solvable,
            work_min=(numbers.receive_min, explain, message.work_min, numbers.recheck_min),
            links=tuple(luck[4:]),
            lots=(luck[2], luck[3]),
            letter=Letter(message.id, message.worth, remedy, promised),
        )

    def _deadline(self, by: str) -> float:
        """Return the minute of working time by which a solution was promised."""
        opens, day_min = self._scenario.opens, HOUR_MIN * len(self._scenario.hours)
        return {
            "noon": HOUR_MIN * (NOON - opens),
            "sunset": HOUR_MIN * (self._scenario.sunset - opens),
            "tomorrow": day_min + HOUR_MIN * (NOON - opens),
            "none": math.inf,
        }[by]


def reply(message: Message, name: str) -> DeskReply:
    """Return a reply to a message by its id.

    Parameters
    ----------
    message
        A message of the desk.
    name
        The id of one of its replies.
    """
    return next(each for each in message.replies if each.id == name)


def seconds(scenario: DeskScenario, answers: Sequence[Mapping[str, str]]) -> int:
    """Return the seconds that reading and answering these messages takes.

    Parameters
    ----------
    scenario
        The case of the desk.
    answers
        Ids of a message and of its reply, under ``"message"`` and ``"reply"``.
    """
    messages = {message.id: message for message in scenario.messages}
    read = int(scenario.numbers.read_s)
    return sum(read + reply(messages[a["message"]], a["reply"]).seconds for a in answers)
