"""Requests to the DevOps team, as Slack shows them."""

from __future__ import annotations

from bot.blocks.backlog.cards import card, followed, following, news, receipt, triage, triage_news
from bot.blocks.backlog.forms import (
    assign_view,
    estimate_view,
    existing_view,
    merge_view,
    request_view,
    snooze_view,
    step_view,
)
from bot.blocks.backlog.lists import already, listing, offer
from bot.blocks.backlog.ranking import backlog, unranked, why

__all__ = [
    "already",
    "assign_view",
    "backlog",
    "card",
    "estimate_view",
    "existing_view",
    "followed",
    "following",
    "listing",
    "merge_view",
    "news",
    "offer",
    "receipt",
    "request_view",
    "snooze_view",
    "step_view",
    "triage",
    "triage_news",
    "unranked",
    "why",
]
