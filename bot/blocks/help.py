"""Help, and the answer to words that Baton does not know."""

from __future__ import annotations

from bot.blocks.text import Rendered, context, escape, section
from bot.domain.trust import Admission

_FIRST = (
    "• `/whoowns payments-db` or `/whoowns who looks after checkout?` — who owns it; on any message: "
    "⋯ → *Who owns this?*\n"
    "• `/eol` or `/eol payments this quarter` — what reaches its end of life\n"
    "• `/devops a read replica for payments-db` — ask DevOps for something; on any message: ⋯ → *Open DevOps request*\n"
    "• `/handoff payments-db` — offer it to another team, or ask its owner for it"
)
_MORE = "More: `/whoowns help`, `/eol help`, `/devops help`, `/handoff help`. You can also mention me or write to me."
_WHOOWNS = (
    "*Ask who owns something*\n"
    "• `/whoowns payments-db` — a name in any spelling, an alias, a repository or a path in it, a host name, an ARN\n"
    "• `/whoowns who looks after deployments of checkout?` — plain words; an area asks for that part only\n"
    "• `/whoowns payments-db on 2026-03-03` — who owned it then; `/whoowns payments-db history` — all its owners\n"
    "• `/whoowns what does @ada own?`, `what do I own?`, `what does payments own?` — a person's or a team's things\n"
    "• Mention me in a channel, or write to me here: _who owns the payments database?_\n"
    "• On any message: ⋯ → *Who owns this?*"
)
_TEAMS = (
    "*See what a team has*\n"
    "• `/baton team payments` — what it owns, what needs attention, who is in it; `/baton team` is your own\n"
    "• `/baton health` — how well things are owned, and where to begin; `/baton health payments`, "
    "`/baton health picture`\n"
    "• `/baton attest` — what was confirmed this quarter, and what was not; `/baton attest payments`\n"
    "• `/baton calendar` — your team's end-of-life dates in your calendar\n"
    "• My *Home* tab — what your teams have, what nobody owns, what is disputed"
)
_EOL = (
    "*See what reaches its end of life*\n"
    "• `/eol` — your teams; `/eol payments` — a team, a product or an asset; `/eol all` — all teams\n"
    "• `/eol product postgresql`, `/eol team search`, `/eol asset payments-db` — when a name is ambiguous\n"
    "• `/eol payments this quarter`, `… in 90 days`, `… by 31 March`, `/eol overdue` — a time\n"
    "• `/eol unknown` — unknown versions; `/eol timeline` — a picture for the channel\n"
    "• In plain words, in a mention or here: _which postgres 11 do we still run?_\n"
    "• `/baton calendar` — the dates of your team in your calendar"
)
_DEVOPS = (
    "*Ask DevOps for something*\n"
    "• On any message: ⋯ → *Open DevOps request*; or _@Baton request_ in its thread; or react with `:{emoji}:`\n"
    "• `/devops a read replica for payments-db before March` — without a thread; `/devops` opens an empty form\n"
    "• `/devops list` — what is open; `/devops rank` — in which order; `/devops why 7` — why one stands where it does; "
    "`/devops picture` — the order as a picture for the channel\n"
    "• `/devops mine` — what your teams asked for, and what you work on; `/devops show 7` — one of them; "
    "`/devops savings` — what deliveries save, against what was claimed\n"
    "• `/devops channel` — how much I say about requests in a channel\n"
    "I fill the form from the thread. Nothing is sent until you press *Open it*."
)
_HANDOFF = (
    "*Hand something over*\n"
    "• `/handoff payments-db` — offer it to another team, or ask its owner for it; `/handoff` — choose among what is "
    "your team's\n"
    "• `/handoff list` — what is open of your teams, `list over` what has ended, `list all` both; `/handoff show 7` — "
    "one of them\n"
    "The other team answers each part by itself. Nothing moves until somebody of it accepts."
)
_TRUST = (
    "Press *Confirm* if it is yours and right, *Wrong owner?* if it is wrong, *We own this* (perhaps under ⋯) if it is "
    "your team's. I say which owner I tell."
)
_UNKNOWN = "Dates are the provider's: PostgreSQL on RDS ends when AWS says. Unknown versions do not count as supported."


def help_message() -> Rendered:
    """Return `/baton help`: how to begin with each command, and where there is more."""
    head = "Only you see the answer to a command; a mention is answered in its thread."
    return Rendered(f"{head}\n{_FIRST}\n{_TEAMS}\n{_MORE}", [*map(section, (head, _FIRST, _TEAMS)), context(_MORE)])


def whoowns_help() -> Rendered:
    """Return `/whoowns help`."""
    return Rendered(f"{_WHOOWNS}\n{_TRUST}", [section(_WHOOWNS), context(_TRUST)])


def eol_help() -> Rendered:
    """Return `/eol help`."""
    return Rendered(f"{_EOL}\n{_UNKNOWN}", [section(_EOL), context(_UNKNOWN)])


def handoff_help() -> Rendered:
    """Return `/handoff help`."""
    return Rendered(_HANDOFF, [section(_HANDOFF)])


def devops_help(emoji: str) -> Rendered:
    """Return `/devops help`; `emoji` is the one that opens a request."""
    said = _DEVOPS.format(emoji=emoji)
    return Rendered(said, [section(said)])


def unknown_word(word: str, nearest: str) -> Rendered:
    """Return the answer to `/baton WORD` that means nothing; `nearest` is a word that would have worked, or empty."""
    said = f"I do not know `/baton {escape(word, 60).replace('`', '')}`."
    step = (
        f"Did you mean `/baton {nearest}`?" if nearest else "Try `/baton help`, or `/whoowns NAME` to ask for an owner."
    )
    return Rendered(f"{said} {step}")


def command_elsewhere(name: str) -> Rendered:
    """Return the answer to a command that somebody wrote as a message; `name` is the command's, without its slash."""
    return Rendered(
        f"Type `/{name}` in the message field of a channel, outside threads: Slack runs commands only there."
    )


_ASK_ANEW = "Slack takes no answer there any more: ask again."
_TOO_LATE = "Slack did not wait for the form: try again."
_NOT_HERE = "Slack does not let me write here: `/invite` me, or ask me in a direct message."
_NO_RIGHT = "Slack does not allow me that: ask your Baton administrator to run `baton doctor`."
#: What the codes mean to a person that Slack answers a reply or a form with; others say nothing that would help.
SLACK_SAID = {
    **dict.fromkeys(("expired_url", "used_url"), _ASK_ANEW),
    **dict.fromkeys(("expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"), _TOO_LATE),
    **dict.fromkeys(("not_in_channel", "channel_not_found", "restricted_action"), _NOT_HERE),
    "is_archived": "This channel is archived: ask me in another, or in a direct message.",
    **dict.fromkeys(("missing_scope", "no_permission", "not_allowed_token_type", "invalid_auth"), _NO_RIGHT),
    "ratelimited": "Slack asks me to slow down: try again in a minute.",
}


def failed(reference: str, *, may_be_saved: bool) -> Rendered:
    """Return what a person reads when something broke that should not have. `reference` finds it in the logs."""
    said = (
        "Something went wrong. Some of it may be saved: look before you try again"
        if may_be_saved
        else "Something went wrong, and nothing was saved. Try again"
    )
    return Rendered(f"{said}; if it repeats, tell your Baton administrator `{reference}`.")


def interrupted() -> Rendered:
    """Return what a person reads when Baton was stopped before it could say what came of what they did."""
    return Rendered("I was interrupted before I could answer you. Look whether it is done, and if not, try again.")


def no_form() -> Rendered:
    """Return what a person reads whose window was closed, or stopped loading, before its form was there."""
    return Rendered("I could not show you the form in its window. Open it again.")


def form_ended(refusal: str = "") -> Rendered:
    """Return how a form ended whose window is gone; `refusal` says why it was not taken, empty when it was."""
    if refusal:
        return Rendered(f"I did not take the form that you sent: {escape(refusal, 1000)}")
    return Rendered("The form that you sent is saved.")


def slack_failed(code: str, *, may_be_saved: bool = False) -> Rendered:
    """Return what a person reads when Slack refused what Baton tried; `code` is Slack's own, which they do not read."""
    said = SLACK_SAID.get(code, "Slack refused that: try again in a moment.")
    return Rendered(f"{said} It may be saved: look first." if may_be_saved else said)


def not_admitted(admission: Admission) -> Rendered:
    """Return the one sentence for whoever may not ask, or not here. It says nothing of what the catalog holds."""
    if admission is Admission.UNKNOWN:
        return Rendered("Slack could not tell me who you are. Try again in a minute.")
    if admission is Admission.SHARED:
        return Rendered("Not in shared channels. Use `/whoowns` or `/devops`: only you see it.")
    return Rendered("I answer members of this workspace only.")
