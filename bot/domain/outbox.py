"""What Slack's refusals of a message mean, and how long to wait before the next attempt.

The codes and their sources are in `bot/data/slack_refusals.yaml`.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from bot.data import table
from bot.errors import SlackError, SlackRateLimitedError, SlackUnreachableError

#: The prefix of the keys of answers to questions.
ANSWER_PREFIX = "answer:"


class Blame(StrEnum):
    """The cause of a refusal, which decides what helps."""

    #: The place permanently cannot be posted to: try the next one.
    PLACE = "place"
    #: The thread is gone or closed: post the message outside it, in the same place.
    THREAD = "thread"
    #: The posted message is gone or can no longer be edited: post it again.
    GONE = "gone"
    #: The message itself is not acceptable anywhere: it has to be changed.
    MESSAGE = "message"
    #: Baton may do nothing, because of its token, its scopes or the workspace: hold everything.
    ACCESS = "access"
    #: Temporary, and Slack did nothing: try again later.
    BUSY = "busy"
    #: Temporary, and part of the work may have been done: check before trying again.
    UNSURE = "unsure"


#: Slack's codes by their cause.
CODES = {Blame(name): frozenset(codes.split()) for name, codes in table("slack_refusals").items()}

#: Codes of temporary problems. A workspace that is being moved lets Baton in again afterwards.
_PASSING = CODES[Blame.BUSY] | CODES[Blame.UNSURE] | {"team_added_to_org"}

#: How many attempts are made after temporary refusals, in about 17 minutes …
MOST_REFUSALS = 10
#: … and how many while Slack cannot be reached, or a channel is being moved: about a day. After that, nobody needs the
#: message.
MOST_ATTEMPTS = 100
_FIRST_RETRY, _LONGEST_RETRY = timedelta(seconds=2), timedelta(minutes=15)
_FIRST_HOLD, _LONGEST_HOLD = timedelta(minutes=1), timedelta(minutes=10)


def blame(code: str, *, is_update: bool = False) -> Blame:
    """Return the cause of Slack's refusal. An unknown code is taken to be about the place."""
    own = Blame.GONE if is_update else Blame.THREAD
    found = (each for each in (own, Blame.MESSAGE, Blame.ACCESS, Blame.BUSY, Blame.UNSURE) if code in CODES[each])
    return next(found, Blame.PLACE)


def may_pass(error: SlackError) -> bool:
    """Whether Slack may accept the same request a little later."""
    return isinstance(error, SlackRateLimitedError | SlackUnreachableError) or error.code in _PASSING


def retry_pause(attempts: int, *, jitter: float) -> timedelta:
    """Return the pause after so many attempts: 2 s, doubled each time, at most 15 minutes.

    `jitter`, from 0.0 to 1.0, changes it by up to a fifth in either direction, so that messages that failed together
    are not retried together.
    """
    return min(_FIRST_RETRY * _doubled(attempts), _LONGEST_RETRY) * (0.8 + 0.4 * jitter)


def hold_pause(holds: int) -> timedelta:
    """Return how long everything is held after the `holds`-th refusal of access in a row: 1 to 10 minutes."""
    return min(_FIRST_HOLD * _doubled(holds), _LONGEST_HOLD)


def _doubled(times: int) -> int:
    return 1 << min(max(times - 1, 0), 16)
