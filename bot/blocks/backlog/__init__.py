"""Requests to the DevOps team, as Slack shows them."""

from __future__ import annotations

from bot.blocks.backlog.cards import (
    also_asked,
    asked_for,
    card,
    card_view,
    changed_news,
    followed,
    following,
    in_person,
    issue_open_again,
    joined_card,
    joined_news,
    left,
    news,
    pointed,
    resumed,
    settled,
    triage,
    triage_news,
    triage_post,
    used,
    withdrawn,
)
from bot.blocks.backlog.change_form import change_view
from bot.blocks.backlog.channels import channel_settings, channel_view, not_a_channel, shared_channel
from bot.blocks.backlog.follow_ups import answered, follow_up, line, lines_redrawn, named_in, section
from bot.blocks.backlog.forms import full_view, joined_view, opened_view, request_view, used_view
from bot.blocks.backlog.home import MOST_OF_LANE, MOST_ON_HOME, RequestsOverview, home_parts
from bot.blocks.backlog.lists import MOST_LISTED, already, listing, mistyped, offer
from bot.blocks.backlog.part_messages import merged, moved_day, part_news, unmerged, whole_ended
from bot.blocks.backlog.ranks import MOST_RANKED, alt_text, backlog, drawing, unranked, why
from bot.blocks.backlog.receipts import estimated, receipt, saved
from bot.blocks.backlog.savings import savings
from bot.blocks.backlog.step_forms import (
    assign_view,
    changed_view,
    estimate_view,
    merge_view,
    need_view,
    saving_view,
    snooze_view,
    step_view,
)
from bot.blocks.backlog.thread_requests import existing_view
from bot.blocks.backlog.triage_notes import (
    assigned,
    ended_by,
    joined_by,
    left_news,
    released,
    took_in,
    took_out,
    unassigned,
)
