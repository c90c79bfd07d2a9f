"""Handoffs between teams: the command, the card's buttons, the forms, and what happens by the clock."""

from __future__ import annotations

from bot.blocks.handoff import actions as ids
from bot.blocks.handoff_button import OPEN
from handlers.handoff import commands, due_days, forms, steps
from handlers.routes import Job, Routes

ROUTES = Routes(
    commands={ids.COMMAND: commands.on_handoff},
    actions={
        OPEN: forms.on_open,
        **dict.fromkeys((ids.ANSWER, ids.NOT_YET, ids.DECLINE), steps.on_answer),
        **dict.fromkeys(steps.AT_ONCE, steps.on_all),
        ids.REFUSE: steps.on_refuse,
        ids.CALL_OFF: steps.on_call_off,
        ids.AGAIN: forms.on_again,
        ids.EVIDENCE: forms.on_evidence,
        ids.DETAILS: commands.on_details,
        ids.SHOW: commands.on_show,
        ids.WORKS: steps.on_works,
        ids.NO: steps.on_no,
        ids.BACK: steps.on_back,
    },
    submissions={
        ids.OFFER_VIEW: forms.on_offer_submitted,
        ids.AGAIN_VIEW: forms.on_again_submitted,
        ids.ASK_VIEW: forms.on_ask_submitted,
        ids.EVIDENCE_VIEW: forms.on_evidence_submitted,
        ids.ANSWER_VIEW: steps.on_answer_submitted,
        ids.NO_VIEW: steps.on_no_submitted,
        ids.BACK_VIEW: steps.on_back_submitted,
    },
    reading=frozenset({ids.DETAILS, ids.SHOW}),
)
JOBS: tuple[Job, ...] = due_days.JOBS
