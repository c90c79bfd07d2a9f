"""What a person reads when what they asked for failed: the sentence of every kind of payload."""

from __future__ import annotations

import logging

from bot.blocks import help as blocks
from bot.blocks.text import Rendered, section
from bot.domain.outbox import may_pass
from bot.errors import ButtonError, SlackError, StoreError, UserError
from bot.logs import request_id
from bot.services import inbound

log = logging.getLogger(__name__)


def failure(error: BaseException, *, what: str) -> tuple[str, Rendered]:
    """Return the outcome, as the metrics name it, and what the person reads. `what` failed, for the log."""
    if isinstance(error, ButtonError):
        said = str(error)
        return "refused", Rendered(said, [section(said), {"type": "actions", "elements": [error.button]}])
    if isinstance(error, UserError):
        return "refused", Rendered(str(error))
    if isinstance(error, SlackError):
        if not may_pass(error) and error.code not in blocks.SLACK_SAID:
            # What Slack refuses for what is in it, no second attempt helps; the log says which code it was.
            log.error("%s failed: %s", what, error)
            return "failed", blocks.failed(request_id.get(), may_be_saved=inbound.may_be_saved())
        log.warning("%s failed: %s", what, error)
        return "slack", blocks.slack_failed(error.code, may_be_saved=inbound.may_be_saved())
    if isinstance(error, StoreError):
        log.warning("%s failed: %s (%s)", what, error, getattr(error, "cause", ""))
        return "store", Rendered(str(error))
    log.error("%s failed", what, exc_info=error)
    return "failed", blocks.failed(request_id.get(), may_be_saved=inbound.may_be_saved())
