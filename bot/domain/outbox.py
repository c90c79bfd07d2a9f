"""What Slack's refusals of a message mean, and how long to wait before the next attempt.

The codes and where they are from: `bot/data/slack_refusals.yaml`.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from bot.data import table
from bot.errors import SlackError, SlackRateLimitedError, SlackUnreachableError

#: What the keys of answers to questions begin with.
ANSWER_PREFIX = "answer:"


class Blame(StrEnum):
    """Whose fault a refusal is, which says what helps."""

    #: The place cannot be posted to for good: try the next one.
    PLACE = "place"
    #: The thread is gone or closed: post it on its own in the same place.
    THREAD = "thread"
    #: The posted message is gone or cannot be edited (any more): post it anew.
    GONE = "gone"
    #: The message itself is not acceptable, wherever it goes: nothing helps but other words.
    MESSAGE = "message"
    #: Baton may do nothing at all, as its token, its scopes or the workspace stand: hold everything.
    ACCESS = "access"
    #: It passes, and Slack did nothing: try again later.
    BUSY = "busy"
    #: It passes, and a part of the work may have been done: look before trying again.
    UNSURE = "unsure"


#: The codes by whose fault they are.
CODES = {Blame(name): frozenset(codes.split()) for name, codes in table("slack_refusals").items()}

#: The codes of what passes by itself. A workspace that is being moved lets Baton in again afterwards.
_PASSING = CODES[Blame.BUSY] | CODES[Blame.UNSURE] | {"team_added_to_org"}

#: A refusal that passes is given up on after so many attempts, about 17 minutes …
MOST_REFUSALS = 10
#: … and a Slack that cannot be reached, or a channel that is moving, after so many: about a day. Later than that,
#: nobody needs the message.
MOST_ATTEMPTS = 100
_FIRST_RETRY, _LONGEST_RETRY = timedelta(seconds=2), timedelta(minutes=15)
_FIRST_HOLD, _LONGEST_HOLD = timedelta(minutes=1), timedelta(minutes=10)


def blame(code: str, *, is_update: bool = False) -> Blame:
    """Say whose fault Slack's refusal is. A code that nobody has written down yet is taken to be about the place."""
    own = Blame.GONE if is_update else Blame.THREAD
    found = (each for each in (own, Blame.MESSAGE, Blame.ACCESS, Blame.BUSY, Blame.UNSURE) if code in CODES[each])
    return next(found, Blame.PLACE)


def may_pass(error: SlackError) -> bool:
    """Whether Slack may take the same a little later."""
    return isinstance(error, SlackRateLimitedError | SlackUnreachableError) or error.code in _PASSING


def retry_pause(attempts: int, *, jitter: float) -> timedelta:
    """Return how long to wait after so many attempts: 2 s, twice as long each time, at most 15 minutes.

    `jitter`, from 0.0 to 1.0, spreads it by a fifth in either direction, so that what failed together is not tried
    again together.
    """
    return min(_FIRST_RETRY * _doubled(attempts), _LONGEST_RETRY) * (0.8 + 0.4 * jitter)


def hold_pause(holds: int) -> timedelta:
    """Return how long everything is held after the `holds`-th refusal in a row to let Baton in: 1 to 10 minutes."""
    return min(_FIRST_HOLD * _doubled(holds), _LONGEST_HOLD)


def _doubled(times: int) -> int:
    return 1 << min(max(times - 1, 0), 16)
