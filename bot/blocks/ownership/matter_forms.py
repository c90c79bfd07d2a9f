"""The forms behind the buttons of a matter: a question to whoever raised it, the answer, and why it is somebody's."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import forms
from bot.blocks.forms import Form
from bot.blocks.ownership import actions, words
from bot.blocks.text import Block, bold, escape, possessive
from bot.domain.ownership.matters import MatterCard
from bot.domain.recipients import Recipient

ASK_FIELD = forms.text(actions.MATTER_WORDS, "What do you want to know?", missing="Write your question.", is_long=True)
ASK_FORM = Form(actions.MATTER_ASK_VIEW, "Ask", "Ask", (ASK_FIELD,), refused_at=ASK_FIELD)
REPLY_FIELD = forms.text(actions.MATTER_WORDS, "Your answer", missing="Write your answer.", is_long=True)
REPLY_FORM = Form(actions.MATTER_REPLY_VIEW, "Answer", "Answer", (REPLY_FIELD,), refused_at=REPLY_FIELD)
SIDE_FIELD = forms.text(actions.MATTER_WORDS, "Why?", hint="e.g. They have run it since May", is_long=True)
SIDE_FORM = Form(actions.MATTER_SIDE_VIEW, "Whose is it?", "Say so", (SIDE_FIELD,), refused_at=SIDE_FIELD)


def question_view(matter: MatterCard, metadata: str) -> Block:
    """Return the form for a question to whoever raised a matter."""
    return ASK_FORM.view(
        metadata, f"{words.somebody(matter.raised_by)} is asked about {words.part(matter.asset, matter.area)}."
    )


def reply_view(matter: MatterCard, metadata: str) -> Block:
    """Return the form for the answer to the owner's question."""
    return REPLY_FORM.view(metadata, f"{words.somebody(matter.question_by)} asks:\n> {escape(matter.question, 500)}")


def side_view(matter: MatterCard, owner: Recipient, losers: Sequence[Recipient], metadata: str) -> Block:
    """Return the form that asks why something disputed is this owner's, and not these losers'."""
    name, thing = bold(owner.name, 80), words.part(matter.asset, matter.area)
    whose = f"{thing} is {name}{possessive(owner.name)}" if owner.name else f"nobody owns {thing}"
    reads = [bold(each.name, 60) for each in losers if each.name]
    return SIDE_FORM.view(metadata, f"You say that {whose}.{f' {words.join(reads)} will read why.' if reads else ''}")
