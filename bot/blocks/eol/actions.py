"""The ids that reminders' buttons, modals and inputs carry; `handlers` answers to each.

The value of a button is the reminder's id, of Accept, Decline, Approve and Refuse the answer's, of Pin
the deployment's, of what is inside an image the asset's. Open has a `DeadlineValue` where there is no reminder yet.
The ids begin with `lifecycle.` because messages that are in Slack have them.
"""

from __future__ import annotations

from typing import NamedTuple

#: The command that shows everything about ends of life.
COMMAND = "/eol"
OPEN = "lifecycle.open"
INSIDE = "lifecycle.inside"
ACKNOWLEDGE = "lifecycle.acknowledge"
PLAN = "lifecycle.plan"
COMPATIBLE = "lifecycle.compatible"
KEEP_PLAN = "lifecycle.keep_plan"
SNOOZE = "lifecycle.snooze"
MORE = "lifecycle.more"
EXPLAIN = "lifecycle.explain"
ACCEPT = "lifecycle.accept"
DECLINE = "lifecycle.decline"
PIN = "lifecycle.pin"
APPROVE = "lifecycle.approve"
REFUSE = "lifecycle.refuse"

#: What "More" offers, in its order: the word in the choice's value, and what people read.
DELEGATE, NOT_OURS, WRONG_VERSION, WAIVE, DONE = "delegate", "not_ours", "wrong_version", "waive", "done"
MORE_CHOICES = (
    (DONE, "It is done…"),
    (DELEGATE, "Delegate to another team…"),
    (NOT_OURS, "Not ours…"),
    (WRONG_VERSION, "Correct the version…"),
    (WAIVE, "Ask for a waiver…"),
)
#: Days that "Snooze" offers.
SNOOZE_DAYS = (7, 14, 30)

PLAN_VIEW = "lifecycle.plan_view"
PLAN_TARGET = "lifecycle.plan_target"
PLAN_OTHER = "lifecycle.plan_other_target"
PLAN_DAY = "lifecycle.plan_day"
PLAN_COMPATIBILITY = "lifecycle.plan_compatibility"
PLAN_COMPATIBLE_BY = "lifecycle.plan_compatible_by"
PLAN_UPGRADE = "lifecycle.plan_upgrade"
PLAN_ROLLBACK = "lifecycle.plan_rollback"
PLAN_DECIDER = "lifecycle.plan_decider"
PLAN_HELP = "lifecycle.plan_help"

DELEGATE_VIEW = "lifecycle.delegate_view"
DELEGATE_TEAM = "lifecycle.delegate_team"
DELEGATE_REASON = "lifecycle.delegate_reason"

NOT_OURS_VIEW = "lifecycle.not_ours_view"
NOT_OURS_ASSET = "lifecycle.not_ours_asset"
NOT_OURS_TEAM = "lifecycle.not_ours_team"
NOT_OURS_REASON = "lifecycle.not_ours_reason"

PIN_VIEW = "lifecycle.pin_view"
PIN_WHAT = "lifecycle.pin_what"
PIN_CYCLE = "lifecycle.pin_cycle"
PIN_TYPED = "lifecycle.pin_typed"

WAIVE_VIEW = "lifecycle.waive_view"
WAIVE_REASON = "lifecycle.waive_reason"
WAIVE_DAY = "lifecycle.waive_day"

DONE_VIEW = "lifecycle.done_view"


class SnoozeValue(NamedTuple):
    """A choice of "Snooze"."""

    days: int
    reminder_id: int


class MoreValue(NamedTuple):
    """A choice of "More": one of its words."""

    word: str
    reminder_id: int


class DeadlineValue(NamedTuple):
    """A deadline of which nobody has been reminded yet: whose it is, what ends, and which kind it is of."""

    addressee: str
    product: str
    cycle: str
    kind: str


class CycleValue(NamedTuple):
    """A choice of what a version really is: the keys of a product and of one of its release cycles."""

    product: str
    cycle: str
