"""Requests to the DevOps team: what opens one, its form, and the buttons that take it on."""

from __future__ import annotations

from bot.blocks.backlog import actions as ids
from bot.blocks.backlog.change_form import CHANGE
from bot.blocks.request_button import OPEN
from handlers.backlog import changes, channels, follow_ups, intake, jobs, questions, steps, submissions
from handlers.events import EventListener
from handlers.routes import Routes

ROUTES = Routes(
    commands={ids.COMMAND: questions.on_devops},
    shortcuts={
        ids.MESSAGE_SHORTCUT: intake.on_message_shortcut,
        ids.GLOBAL_SHORTCUT: intake.on_global_shortcut,
    },
    actions={
        OPEN: intake.on_open,
        ids.OTHER: intake.on_other,
        ids.REST: intake.on_rest,
        ids.SHOW: questions.on_show,
        **dict.fromkeys(ids.LIST_TURNS, questions.on_turn),
        ids.WHY: questions.on_why,
        ids.FOLLOW: steps.on_follow,
        ids.UNFOLLOW: steps.on_follow,
        ids.CHANGE: changes.on_change,
        ids.CHANNEL: channels.on_channel,
        ids.ESTIMATE: steps.on_estimate,
        ids.MORE: steps.on_more,
        ids.NEED: follow_ups.on_need,
        ids.NO_DATE: follow_ups.on_no_date,
        ids.SAVING: follow_ups.on_saving,
        **dict.fromkeys(steps.AT_ONCE, steps.on_step),
        **dict.fromkeys(steps.BY_FORM, steps.on_step_form),
    },
    submissions={
        ids.REQUEST_VIEW: submissions.on_request_submitted,
        ids.CHANGE_VIEW: steps.told(changes.on_change_submitted, lambda _: CHANGE),
        ids.CHANNEL_VIEW: channels.on_channel_submitted,
        **steps.SUBMISSIONS,
        ids.NEED_VIEW: follow_ups.on_need_submitted,
        ids.SAVING_VIEW: follow_ups.on_saving_submitted,
    },
    events={"reaction_added": EventListener(questions.is_wanted, questions.on_reaction, questions.refuse)},
    reading=frozenset({*ids.LIST_TURNS, ids.REST, ids.SHOW, ids.WHY}),
)
JOBS = jobs.JOBS
