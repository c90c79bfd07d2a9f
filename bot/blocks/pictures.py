"""What is said about a picture."""

from __future__ import annotations

from bot.blocks.text import Rendered, mention


def comment(user_id: str) -> str:
    """Return what stands above a picture: whoever asked for it."""
    return f"Asked for by {mention(user_id)}" if mention(user_id) else ""


def refused(code: str) -> Rendered:
    """Return why a picture did not come. `code` is Slack's own."""
    if code in ("not_in_channel", "channel_not_found"):
        return Rendered("I cannot post pictures here: `/invite @Baton`, or ask in your team's channel.")
    if code == "missing_scope":
        return Rendered("I may not post files. Ask your Baton administrator to add the scope `files:write`.")
    return Rendered("Slack refused the picture: try again in a moment.")
