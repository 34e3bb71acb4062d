"""The box of the morning: a list of messages, the open one, and the time that is left."""

from __future__ import annotations

from crmsim.common.numbers import money
from crmsim.common.words import Translate
from crmsim.course.sessions.desk import DeskSession
from crmsim.model.desk.box import DEADLINES, MESSAGE_KINDS
from crmsim.scenario.desk import DeskReply, Message
from crmsim.widgets.rendering import Context


def box(session: DeskSession, t: Translate) -> Context:
    """Return the list, the open message with what can be chosen, and the time."""
    case, message = session.scenario(), session.message
    left = len(case.messages) - len(session.answered)
    used = 1 - session.seconds_left / (60 * case.box_min)
    can_open = session.seconds_left >= case.numbers.read_s
    return {
        "list": [_row(session, each, message is None, t) for each in case.messages],
        "open": _opened(session, message, t) if message else None,
        "heading": t("day.box.title", count=len(case.messages)),
        "costs": t("day.box.costs", read=f"{case.numbers.read_s:g}"),
        "used": round(100 * used, 1),
        "over": not can_open and message is None,
        "shut_note": t("day.box.shut_note", left=left, count=len(case.messages)) if left else "",
        "nothing_left": left == 0 or (not can_open and message is None),
    }


def _row(session: DeskSession, message: Message, keys: bool, t: Translate) -> Context:
    answered, lang = session.answered, session.lang
    done = message.id in answered
    read = message.id in session.attempt.read
    state = (
        t("day.box.sent", number=answered.index(message.id) + 1)
        if done
        else t("day.box.read" if read else "day.box.unread")
    )
    enough = read or session.seconds_left >= session.scenario().numbers.read_s
    return {
        "id": message.id,
        "sender": message.sender[lang],
        "subject": message.subject[lang],
        "state": state,
        "done": done,
        "read": read,
        "on": message.id == session.opened,
        "shut": done or not enough,
        "numbered": keys and not done and enough,
    }


def _opened(session: DeskSession, message: Message, t: Translate) -> Context:
    lang, sorting = session.lang, session.sorting
    asked = next((part for part in ("kind", "reply", "by") if part not in sorting), "")
    if asked == "by" and session.settles:
        asked = ""
    return {
        "from": t("day.box.from", sender=message.sender[lang]),
        "subject": message.subject[lang],
        "text": message.text[lang],
        "kinds": _segments("kind", MESSAGE_KINDS, sorting.get("kind"), t),
        "replies": [_reply(session, each, t) for each in message.replies],
        "times": [] if session.settles else _segments("by", DEADLINES, sorting.get("by"), t),
        "asked": asked,
        "complete": session.complete,
        "send": t(
            "day.box.send"
            if session.complete
            else "day.box.send_by"
            if asked == "by"
            else "day.box.send_first"
        ),
    }


def _segments(part: str, names: tuple[str, ...], chosen: str | None, t: Translate) -> list[Context]:
    return [
        {"value": name, "text": t(f"day.{part}.{name}"), "on": name == chosen} for name in names
    ]


def _reply(session: DeskSession, reply: DeskReply, t: Translate) -> Context:
    currency, enough = session.scenario().currency, session.time_for(reply.id)
    amount = money(reply.cost, currency, t)
    price = t(
        "day.box.cost" if reply.cost else "day.box.seconds", seconds=reply.seconds, amount=amount
    )
    return {
        "id": reply.id,
        "text": reply.text[session.lang],
        "price": price if enough else t("day.box.no_time"),
        "on": session.sorting.get("reply") == reply.id,
        "shut": not enough,
    }
