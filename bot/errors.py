"""The error tree. Every error that Baton raises on purpose is one of these.

BatonError
├── UserError               the person can put it right; `str(error)` is the sentence they read
│   ├── NotFoundError       what was named is not there (any more)
│   │   └── MovedOnError    somebody else has it now; carries the button that leads there
│   ├── OfferInsteadError   it can be offered to somebody instead; carries the button that does so
│   ├── NotAllowedError     the person may not do this; says who may
│   ├── FormError           a form cannot be taken; carries the sentence for each of its fields
│   └── ChangedError        what a form is about was changed since it was opened; carries how it stands now
├── NotTakenError           an event could be neither kept nor answered: Slack has to deliver it again
├── RepeatedError           the same press or form was carried out before, so this time nothing is done
├── SettingsError           the process cannot run as it is configured
├── CatalogError            a catalog file or an import as a whole was refused
│   └── UnreadableError     a file that is not what its format says; carries `path` and `line`
├── StoreError              the database is missing, older or newer than this code
│   └── StoreUnavailableError   the database cannot be used just now; says whether something was saved
├── SlackError              Slack refused a call; carries Slack's `code`
│   ├── SlackRateLimitedError   try again after `retry_after_seconds`
│   └── SlackUnreachableError   no answer: the call may or may not have been carried out
└── TrackerError            a tracker did not do what it was asked; `retry_after_seconds` is the pause it asked for
    ├── TrackerBusyError        it asks for fewer requests; nothing was done
    ├── TrackerRefusedError     somebody has to put it right; nothing was done
    └── TrackerUnreachableError no usable answer: the call may or may not have been carried out
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import MappingProxyType


class BatonError(Exception):
    """Root of everything that Baton raises on purpose."""


class UserError(BatonError):
    """The person who asked can put it right; the message is one sentence with the next step."""


class NotFoundError(UserError):
    """What was named does not exist, or no longer does."""


class ButtonError(UserError):
    """`button` is the Block Kit element that leads on from there."""

    def __init__(self, said: str, button: Mapping[str, object]) -> None:
        super().__init__(said)
        self.button = button


class MovedOnError(ButtonError, NotFoundError):
    """Somebody else has what was named now; the button leads there."""


class OfferInsteadError(ButtonError):
    """What somebody wants to give up would be another's without their word; the button begins to offer it to them."""


class NotAllowedError(UserError):
    """The person may not do this; the message says who may."""


class FieldError(UserError):
    """One thing that somebody has said cannot be; `field` is its name where it was checked."""

    def __init__(self, field: str, said: str) -> None:
        super().__init__(said)
        self.field = field


class FormError(UserError):
    """A form cannot be taken as it was filled in; `by_field` maps block ids to the sentence that is said there."""

    def __init__(self, by_field: Mapping[str, str]) -> None:
        super().__init__(" ".join(by_field.values()))
        self.by_field = by_field


class ChangedError(UserError):
    """Others have changed what a form is about since it was opened, so it has to be sent once more.

    `version` is the last change that whoever sends it has been told of then, and `shown` how things stand, as mrkdwn.
    `contested` are the fields that both have changed, by block id: what stands there now, and what they have sent.
    """

    def __init__(
        self, said: str, *, shown: str, version: int, contested: Mapping[str, tuple[str, str]] = MappingProxyType({})
    ) -> None:
        super().__init__(said)
        self.shown, self.version, self.contested = shown, version, contested


class NotTakenError(BatonError):
    """An event could be neither written down nor answered at once, so it must not be acknowledged."""


class RepeatedError(BatonError):
    """The same interaction came a second time; it acts once."""


class SettingsError(BatonError):
    """The process cannot run as configured; the message says which setting and what to set."""


class CatalogError(BatonError):
    """An import as a whole was refused."""


class UnreadableError(CatalogError):
    """A file is not what its format says.

    `path` is the file as the caller named it, `line` the 1-based line or None when the format has none.
    """

    def __init__(self, message: str, *, path: str, line: int | None = None) -> None:
        super().__init__(message)
        self.path = path
        self.line = line


class StoreError(BatonError):
    """The database is missing, or its schema is not the one that this code works with.

    `why` says what the database does, such as "cannot be reached", where somebody else asks than who was to be served.
    """

    def __init__(self, said: str, *, why: str = "") -> None:
        super().__init__(said)
        self.why = why


class StoreUnavailableError(StoreError):
    """The database is locked, slow, full or gone; the message says whether something was saved, and the next step.

    `cause` names the driver's error, for logs. `may_pass` tells whether waiting may be enough.
    """

    def __init__(self, why: str, *, cause: str = "", may_pass: bool = True, may_be_saved: bool = False) -> None:
        said, step = f"Nothing was saved: the database {why}", "Try again in a minute"
        if may_be_saved:
            said = f"This may have been saved, at least in part, but then the database {why}"
            step = "Look before you try again"
        super().__init__(f"{said}. {step}; if it goes on, tell your Baton administrator.", why=why)
        self.cause, self.may_pass = cause, may_pass


class SlackError(BatonError):
    """Slack refused a call. `code` is Slack's own error code, e.g. `channel_not_found`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Slack answered {code}")
        self.code = code


class SlackRateLimitedError(SlackError):
    """Slack asks for a pause of `retry_after_seconds`."""

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__("ratelimited")
        self.retry_after_seconds = retry_after_seconds


class SlackUnreachableError(SlackError):
    """No usable answer came back: the call may or may not have been carried out."""

    def __init__(self, why: str) -> None:
        super().__init__(why)


class TrackerError(BatonError):
    """A tracker did not do what it was asked. The message is a sentence for the DevOps team, without foreign text."""

    def __init__(self, why: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(why)
        self.retry_after_seconds = retry_after_seconds


class TrackerBusyError(TrackerError):
    """The tracker asks for fewer requests; nothing was done."""


class TrackerRefusedError(TrackerError):
    """The tracker refused, and nothing was done.

    With `is_for_all` it would refuse every issue: the token, its rights, or the place. Else it is about this one, and
    `objections` is what the tracker has against its fields. That may repeat what people wrote, so it is no part of the
    message, which is logged.
    """

    def __init__(self, why: str, *, is_for_all: bool, objections: str = "") -> None:
        super().__init__(why)
        self.is_for_all, self.objections = is_for_all, objections


class TrackerUnreachableError(TrackerError):
    """No usable answer came back: the call may or may not have been carried out."""


class ModelError(BatonError):
    """A language model gave no usable answer. The message says why, for the log, without anything that it was sent."""


def log_failure(log: logging.Logger, error: BaseException, message: str, *args: object) -> None:
    """Log that work which goes on by itself has failed, and will be tried again.

    Trouble of the database, of Slack or of a tracker is one line: no traceback tells more. Anything else is a fault of
    Baton's, and is logged with its traceback.
    """
    if isinstance(error, StoreError | SlackError | TrackerError):
        log.warning(f"{message}: %s", *args, _in_short(error))
    else:
        log.error(message, *args, exc_info=error)


def _in_short(error: BatonError) -> str:
    return f"the database {error.why} ({error.cause})" if isinstance(error, StoreUnavailableError) else str(error)
