"""Slack in: parse, acknowledge, call one service, reply. The tables below are all that Baton listens to.

`app.yaml` declares the same commands, shortcuts and events; a test holds the two together.
"""

from __future__ import annotations

from bot.blocks import ownership as blocks
from handlers import baton, claiming, ownership
from handlers.dispatch import Routes


def routes() -> Routes:
    """Return every listener by what it listens to."""
    return Routes(
        commands={"/whoowns": ownership.on_whoowns, "/baton": baton.on_baton},
        actions={
            blocks.CONFIRM: ownership.on_confirm,
            blocks.DOUBT: ownership.on_doubt,
            blocks.SHARE: ownership.on_share,
            blocks.CHOOSE: ownership.on_choose,
            blocks.CLAIM: claiming.on_claim,
            blocks.WITHDRAW: claiming.on_withdraw,
        },
        submissions={
            blocks.DOUBT_VIEW: ownership.on_doubt_submitted,
            blocks.CLAIM_VIEW: claiming.on_claim_submitted,
        },
        shortcuts={"who_owns_this": ownership.on_who_owns_this},
        events={"app_mention": ownership.on_mention, "message": ownership.on_direct_message},
    )
