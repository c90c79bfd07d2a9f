"""The answer to "who owns X?" as a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from bot.blocks.handoff_button import show_buttons
from bot.blocks.ownership import open_handoffs, verdicts, words
from bot.blocks.ownership.actions import CLAIM, CONFIRM, DISPUTE, DOUBT, MATTER_SHOW, SHARE, AssetValue
from bot.blocks.ownership.claims import claim_button, withdraw_button
from bot.blocks.ownership.orphans import suggest_button
from bot.blocks.ownership.releases import more_menu
from bot.blocks.text import (
    MESSAGE_TEXT,
    Block,
    Rendered,
    bold,
    button,
    context,
    cut_mrkdwn,
    escape,
    link,
    mention,
    option,
    plain,
    section,
)
from bot.blocks.values import encode
from bot.domain.catalog import Area
from bot.domain.handoff.status import HandoffStatus
from bot.domain.ownership import Disputed, Orphaned, Owned, Unowned, UnownedOnPurpose, Verdict
from bot.domain.records import AssetRecord, HandoffRecord, PersonRecord, TeamRecord
from bot.domain.value_object import value_object

_MOST_LINKS = 6


@value_object(kw_only=True)
class AnswerFrame:
    """Around the answer: how the question was read when that is not plain, and for whom it is written.

    `understood_as` is empty for a literal match; the others decide the buttons, none of which are on a shared answer;
    `may_end` is for a dispute, `claim_to_answer` a claim's id, and `is_guest` for whoever changes and shares nothing;
    `claims` is the part that *We own this* is about, None for all that the answer is about;
    `next_steps` are buttons of other nouns. `shared_by` is the Slack id of the person who shared it. `confirmers` are
    whoever confirmed an owner, by their ids, `asked_by` the teams that claim it and wait for the owner's answer, or
    for the end of a `loan`, and `handoffs` what is under way.
    """

    understood_as: str = ""
    may_confirm: bool = False
    may_claim: bool = False
    claims: Area | None = None
    may_withdraw: bool = False
    may_release: bool = False
    may_mark: bool = False
    may_end: bool = False
    claim_to_answer: int | None = None
    is_guest: bool = False
    next_steps: Sequence[Block] = ()
    is_shared: bool = False
    shared_by: str = ""
    confirmers: Mapping[int, PersonRecord] = field(default_factory=dict)
    asked_by: Sequence[TeamRecord] = ()
    loan: HandoffRecord | None = None
    handoffs: Sequence[HandoffStatus] = ()


def answer(verdict: Verdict, frame: AnswerFrame) -> Rendered:
    """Return the message that answers for one asset."""
    shares = verdicts.shares(verdict)
    headline, warnings = verdicts.headline(
        verdict,
        shares,
        may_claim=frame.may_claim and not frame.is_shared,
        may_end=frame.may_end,
        asked_by=frame.asked_by,
        loan=frame.loan,
    )
    if frame.handoffs:
        warnings += open_handoffs.lines(frame.handoffs)
    about = _asset_line(verdict.asset, frame)
    trust, others = verdicts.trust(verdict, shares, frame.confirmers), verdicts.others(verdict, shares)
    links = " · ".join([said for each in verdict.asset.links[:_MOST_LINKS] if (said := link(each.url, each.label))])
    sharer = mention(frame.shared_by) if frame.is_shared else ""
    shared = f"Shared by {sharer}" if sharer else ""
    blocks: list[Block] = [section(headline), context(about)]
    if others:
        blocks.append(section("\n".join(others)))
    if warnings:
        blocks.append(section("\n".join(warnings)))
    if trust or links:
        blocks.append(context(*filter(None, (trust, links))))
    if not frame.is_shared and (buttons := _buttons(verdict, frame)):
        blocks.append({"type": "actions", "elements": buttons})
    elif shared:
        blocks.append(context(shared))
    text = "\n".join(filter(None, (headline, *warnings, about, trust, *others, links, shared)))
    return Rendered(cut_mrkdwn(text, MESSAGE_TEXT), blocks)


def _asset_line(asset: AssetRecord, frame: AnswerFrame) -> str:
    parts = [words.kind(asset)]
    if asset.namespace:
        parts.append(f"in {escape(asset.namespace, 60)}")
    if asset.hosting is not None:
        parts.append(asset.hosting.value.replace("-", " "))
    if asset.tier is not None:
        parts.append(f"tier {asset.tier}")
    if asset.description:
        parts.append(escape(asset.description, 160))
    line = " · ".join(parts)
    return f"I read that as {bold(frame.understood_as)} · {line}" if frame.understood_as else line


def _buttons(verdict: Verdict, frame: AnswerFrame) -> list[Mapping[str, Any]]:
    asset = verdict.asset
    value = encode(AssetValue(asset.id, verdict.area))
    name = plain(asset.name, 45)
    elements: list[Mapping[str, Any]] = []
    is_free = isinstance(verdict, (UnownedOnPurpose, Unowned, Orphaned)) or frame.claims is not None
    if frame.may_confirm:
        elements.append(button("Confirm", CONFIRM, value, label=f"Confirm that we own {name}", style="primary"))
    if frame.claim_to_answer is not None:
        label = f"Answer the claim of {name}"
        elements.append(button("Answer the claim", MATTER_SHOW, str(frame.claim_to_answer), label=label))
    if isinstance(verdict, Disputed) and not frame.is_guest:
        text = "End the dispute" if frame.may_end else "See the dispute"
        style = "primary" if frame.may_end else ""
        elements.append(button(text, DISPUTE, value, label=f"{text}: {name}", style=style))
    if frame.may_claim and is_free:
        elements.append(claim_button(asset, frame.claims or verdict.area))
    if isinstance(verdict, (Unowned, Orphaned)) and not frame.is_guest:
        elements.append(suggest_button(asset, value))
    if frame.may_withdraw:
        elements.append(withdraw_button(asset, verdict.area))
    if not isinstance(verdict, (UnownedOnPurpose, Unowned)) and not frame.is_guest:
        elements.append(button("Wrong owner?", DOUBT, value, label=f"Wrong owner? {name}"))
    if frame.handoffs:  # the first of several; `/handoff show` has the others
        elements += show_buttons(frame.handoffs[0].record.number, "Show handoff")
    elements += frame.next_steps
    if not frame.is_guest:
        elements.append(button("Share in channel", SHARE, value, label=f"Share in channel who owns {name}"))
    if frame.may_claim and not is_free:
        is_confirmed = isinstance(verdict, Owned) and verdict.is_confirmed
        elements.append(_claim_menu(value) if is_confirmed else claim_button(asset, verdict.area))
    if frame.may_release or frame.may_mark:
        elements.append(more_menu(asset, verdict.area, may_release=frame.may_release, may_mark=frame.may_mark))
    return elements


def _claim_menu(value: str) -> Block:
    """Return the claim under "⋯": what somebody has confirmed is rarely somebody else's."""
    return {"type": "overflow", "action_id": CLAIM, "options": [option("We own this…", value)]}
