"""What is set for a channel: how much Baton says there about requests, and the form that changes it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.blocks import forms
from bot.blocks.backlog import actions
from bot.blocks.forms import Answers, Fill, Form
from bot.blocks.text import Block, Rendered, button, context, is_channel_id, section
from bot.domain.backlog.channels import ChannelPosts, ChannelSettings, StatusMark

_POSTS: Mapping[str, str] = {
    ChannelPosts.USUAL: "Post what happens to a request in its thread",
    ChannelPosts.CARD: "Only keep the card in the thread up to date",
}
_EMOJI: Mapping[str, str] = {"off": "No reactions", "on": "A reaction shows how a thread's request stands"}
POSTS = forms.choice(actions.CHANNEL_POSTS, "What do I post about requests?", is_kept=True)
EMOJI = forms.choice(actions.CHANNEL_EMOJI, "Do I react to the first message of a thread?", is_kept=True)
CHANNEL = Form(actions.CHANNEL_VIEW, "Requests in this channel", "Save", (POSTS, EMOJI), refused_at=POSTS)
_NO_SCOPE = (
    ":warning: I may not react yet. Ask your Baton administrator to add the scope `reactions:write` to the app and to "
    "install it again."
)
_IN_PERSON = "whoever asked gets a direct message when their answer is needed, and when it ends."


def read(said: Answers) -> ChannelSettings:
    """Return what was chosen in the form."""
    return ChannelSettings(ChannelPosts(said.text(POSTS) or ChannelPosts.USUAL), said.text(EMOJI) == "on")


def channel_settings(
    channel_id: str,
    its: ChannelSettings,
    emoji: Mapping[StatusMark, str],
    refusal: str = "",
    *,
    can_react: bool = True,
) -> Rendered:
    """Return what is set for a channel, with the button to change it or, in `refusal`, who may.

    `emoji` are those of the reactions, without colons. `can_react` is whether the app has the scope for them.
    """
    lacking = [] if can_react else [_NO_SCOPE]
    said = "\n".join([f"Requests in {_channel(channel_id)}:", *_lines(its, emoji), *lacking])
    if refusal:
        return Rendered(f"{said}\n{refusal}", [section(said), context(refusal)])
    change = button("Change…", actions.CHANNEL, channel_id, label="Change how much is said in this channel")
    return Rendered(said, [section(said), {"type": "actions", "elements": [change]}])


def not_a_channel() -> Rendered:
    """Return what somebody reads who asks for the settings of a conversation that is no channel."""
    return Rendered("Use `/devops channel` in the channel whose settings you want to see.")


def shared_channel(channel_id: str) -> Rendered:
    """Return what somebody reads who asks in a channel where Baton posts nothing, whatever is set."""
    return Rendered(
        f"Other organisations are in {_channel(channel_id)}, so I post nothing about requests there, and do not react. "
        "Whoever asked hears in a direct message what becomes of it."
    )


def channel_view(channel_id: str, its: ChannelSettings, emoji: Mapping[StatusMark, str], metadata: str) -> Block:
    """Return the form that changes how much is said in a channel."""
    fills = {
        POSTS: Fill(its.posts, options=_POSTS, hint=f"With the card only, {_IN_PERSON}"),
        EMOJI: Fill("on" if its.has_emoji else "off", options=_EMOJI, hint=_marks(emoji)),
    }
    return CHANNEL.view(metadata, f"What I say about requests in {_channel(channel_id)}", fills)


def _lines(its: ChannelSettings, emoji: Mapping[StatusMark, str]) -> list[str]:
    posts = {
        ChannelPosts.USUAL: "I post what happens to a request in its thread.",
        ChannelPosts.CARD: f"I only keep the card in a request's thread up to date; {_IN_PERSON}",
    }
    marks = (
        f"A reaction shows how a thread's request stands: {_marks(emoji)}"
        if its.has_emoji
        else "I do not react to the first message of a thread."
    )
    return [f"• {posts[its.posts]}", f"• {marks}"]


def _marks(emoji: Mapping[StatusMark, str]) -> str:
    words = {StatusMark.SEEN: "seen", StatusMark.DONE: "delivered", StatusMark.FAILED: "declined or withdrawn"}
    return ", ".join(f":{emoji[mark]}: {said}" for mark, said in words.items())


def _channel(channel_id: str) -> str:
    return f"<#{channel_id}>" if is_channel_id(channel_id) else "this channel"
