"""What is said about a picture."""

from __future__ import annotations

from bot.blocks.text import Rendered, escape, mention


def drawing(what: str, instead: str = "") -> Rendered:
    """Return that a picture is being drawn, with what says the same in words.

    Slack may take a file and never show it, and says so to nobody, so whoever asked has to notice.
    """
    words = f" {instead} says the same in words." if instead else ""
    return Rendered(f"Drawing {what}…{words} Not here in a minute? Ask again.")


def comment(user_id: str) -> str:
    """Return what stands above a picture: whoever asked for it."""
    return f"Asked for by {mention(user_id)}" if mention(user_id) else ""


def refused(code: str, *, may_pass: bool) -> Rendered:
    """Return why a picture did not come. `code` is Slack's own; with `may_pass` Slack may take it a little later."""
    if code in ("not_in_channel", "channel_not_found"):
        return Rendered("I cannot post pictures here: `/invite @Baton`, or ask in your team's channel.")
    if code == "missing_scope":
        return Rendered("I may not post files. Ask your Baton administrator to add the scope `files:write`.")
    if may_pass:
        return Rendered("Slack did not take the picture. If it is not here in a moment, try again.")
    return Rendered(f"Slack takes no picture from me here. Tell your Baton administrator `{escape(code, 60)}`.")
