"""End of life: the questions about it, reminders with their buttons and forms, calendars."""

from __future__ import annotations

from bot.blocks import calendars as calendar_ids
from bot.blocks.eol import actions as ids
from bot.blocks.eol import reports as report_ids
from bot.blocks.portfolio import with_turns
from bot.services.context import Context
from bot.services.eol import feed_refresh
from handlers.eol import buttons, calendars, forms, questions
from handlers.routes import Job, Routes

ROUTES = Routes(
    commands={"/eol": questions.on_eol},
    actions={
        **dict.fromkeys(with_turns(report_ids.TURN), questions.on_turn),
        report_ids.SHARE: questions.on_share,
        ids.OPEN: buttons.on_open,
        ids.INSIDE: questions.on_inside,
        ids.EXPLAIN: buttons.on_explain,
        ids.ACKNOWLEDGE: buttons.on_acknowledge,
        ids.SNOOZE: buttons.on_snooze,
        ids.PLAN: buttons.on_plan,
        ids.KEEP_PLAN: buttons.on_keep_plan,
        ids.COMPATIBLE: buttons.on_compatible,
        ids.MORE: buttons.on_more,
        ids.PIN: buttons.on_pin,
        ids.APPROVE: buttons.on_approve,
        ids.REFUSE: buttons.on_refuse,
        ids.ACCEPT: buttons.on_accept,
        ids.DECLINE: buttons.on_decline,
        calendar_ids.RENEW: calendars.on_renew,
        calendar_ids.REVOKE: calendars.on_revoke,
        calendar_ids.REVOKE_ALL: calendars.on_revoke_all,
    },
    submissions={
        ids.PLAN_VIEW: forms.on_plan_submitted,
        ids.DELEGATE_VIEW: forms.on_delegate_submitted,
        ids.NOT_OURS_VIEW: forms.on_not_ours_submitted,
        ids.PIN_VIEW: forms.on_pin_submitted,
        ids.WAIVE_VIEW: forms.on_waive_submitted,
        ids.DONE_VIEW: forms.on_done_submitted,
    },
    reading=frozenset({*with_turns(report_ids.TURN), ids.OPEN, ids.INSIDE, ids.EXPLAIN, report_ids.SHARE}),
)


async def refresh_facts(context: Context) -> None:
    """Ask the feed of end-of-life dates once a day, whichever process comes first, and take over what it brought."""
    if context.feed_url and await feed_refresh.refresh_if_due(context.deps, base_url=context.feed_url) is not None:
        await context.watcher.facts.follow(context.deps.database)


JOBS: tuple[Job, ...] = (("refresh_facts", 1, refresh_facts),)
