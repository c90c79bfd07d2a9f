"""Requests to the DevOps team, as Slack shows them."""

from __future__ import annotations

from bot.blocks.backlog.cards import card, followed, news, triage, triage_news

__all__ = ["card", "followed", "news", "triage", "triage_news"]
