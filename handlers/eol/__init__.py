"""Reminders of ends of support: their buttons and forms."""

from __future__ import annotations

from bot.blocks.eol import actions as ids
from handlers.eol import buttons, forms

#: Listeners by action id.
ACTIONS = {
    ids.OPEN: buttons.on_open,
    ids.EXPLAIN: buttons.on_explain,
    ids.ACKNOWLEDGE: buttons.on_acknowledge,
    ids.SNOOZE: buttons.on_snooze,
    ids.PLAN: buttons.on_plan,
    ids.MORE: buttons.on_more,
    ids.PIN: buttons.on_pin,
    ids.APPROVE: buttons.on_approve,
    ids.REFUSE: buttons.on_refuse,
    ids.ACCEPT: buttons.on_accept,
    ids.DECLINE: buttons.on_decline,
}
#: The actions that only show something.
READING = frozenset({ids.OPEN, ids.EXPLAIN})
#: Listeners by the callback id of a form.
SUBMISSIONS = {
    ids.PLAN_VIEW: forms.on_plan_submitted,
    ids.DELEGATE_VIEW: forms.on_delegate_submitted,
    ids.NOT_OURS_VIEW: forms.on_not_ours_submitted,
    ids.PIN_VIEW: forms.on_pin_submitted,
    ids.WAIVE_VIEW: forms.on_waive_submitted,
    ids.DONE_VIEW: forms.on_done_submitted,
}
