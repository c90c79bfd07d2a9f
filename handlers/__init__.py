"""Slack in: parse, acknowledge, call one service, reply. The tables below are all that Baton listens to.

`app.yaml` declares the same commands, shortcuts and events; a test holds the two together.
"""

from __future__ import annotations

from bot.blocks import calendars as calendar_blocks
from bot.blocks import ownership as blocks
from bot.blocks.eol import reports as eol_reports
from bot.blocks.home import REMOVE_MISS, SHOW
from bot.blocks.portfolio import TEAM, with_turns
from handlers import baton, calendars, changes, claims, conversations, home, ownership
from handlers import eol as lifecycle
from handlers.dispatch import Routes
from handlers.eol import questions
from handlers.events import EventListener


def routes() -> Routes:
    """Return every listener by what it listens to."""
    return Routes(
        from_memory={"/whoowns": ownership.whoowns_from_memory},
        commands={"/whoowns": ownership.on_whoowns, "/baton": baton.on_baton, "/eol": questions.on_eol},
        actions={
            blocks.CONFIRM: ownership.on_confirm,
            blocks.DOUBT: ownership.on_doubt,
            blocks.SHARE: ownership.on_share,
            blocks.CHOOSE: ownership.on_choose,
            blocks.CLAIM: claims.on_claim,
            blocks.WITHDRAW: claims.on_withdraw,
            **dict.fromkeys(with_turns(TEAM), baton.on_team),
            **dict.fromkeys(with_turns(SHOW), home.on_show),
            REMOVE_MISS: home.on_remove_miss,
            **dict.fromkeys(with_turns(eol_reports.TURN), questions.on_turn),
            eol_reports.SHARE: questions.on_share,
            calendar_blocks.RENEW: calendars.on_renew,
            calendar_blocks.REVOKE: calendars.on_revoke,
            calendar_blocks.REVOKE_ALL: calendars.on_revoke_all,
            **lifecycle.ACTIONS,
        },
        submissions={
            blocks.DOUBT_VIEW: ownership.on_doubt_submitted,
            blocks.CLAIM_VIEW: claims.on_claim_submitted,
            **lifecycle.SUBMISSIONS,
        },
        shortcuts={"who_owns_this": ownership.on_who_owns_this},
        events={
            "app_home_opened": EventListener(home.is_opened, home.on_home_opened, home.refuse),
            "app_mention": EventListener(conversations.is_mention, conversations.on_question, conversations.refuse),
            "message": EventListener(conversations.is_direct_message, conversations.on_question, conversations.refuse),
        },
        changes={
            "user_change": changes.on_account,
            "team_join": changes.on_account,
            **dict.fromkeys(("channel_archive", "channel_rename", "channel_deleted"), changes.on_channel),
            **dict.fromkeys(("group_archive", "group_rename", "group_deleted"), changes.on_channel),
            **dict.fromkeys(("channel_unarchive", "group_unarchive"), changes.on_channel_opened),
            "member_joined_channel": changes.on_joined,
        },
        reading=frozenset(
            {
                blocks.CHOOSE,
                *with_turns(TEAM),
                *with_turns(SHOW),
                *with_turns(eol_reports.TURN),
                *lifecycle.READING,
            }
        ),
    )
