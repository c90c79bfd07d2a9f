"""Requests to the DevOps team, as Slack shows them."""

from __future__ import annotations

from bot.blocks.backlog.cards import (
    also_asked,
    card,
    card_view,
    followed,
    following,
    news,
    receipt,
    triage,
    triage_news,
    triage_post,
)
from bot.blocks.backlog.follow_ups import follow_up, line, section
from bot.blocks.backlog.forms import (
    assign_view,
    estimate_view,
    existing_view,
    merge_view,
    need_view,
    request_view,
    saving_view,
    snooze_view,
    step_view,
)
from bot.blocks.backlog.home import RequestsOverview, home_parts
from bot.blocks.backlog.lists import already, listing, offer
from bot.blocks.backlog.ranks import backlog, unranked, why

__all__ = [
    "RequestsOverview",
    "already",
    "also_asked",
    "assign_view",
    "backlog",
    "card",
    "card_view",
    "estimate_view",
    "existing_view",
    "follow_up",
    "followed",
    "following",
    "home_parts",
    "line",
    "listing",
    "merge_view",
    "need_view",
    "news",
    "offer",
    "receipt",
    "request_view",
    "saving_view",
    "section",
    "snooze_view",
    "step_view",
    "triage",
    "triage_news",
    "triage_post",
    "unranked",
    "why",
]
