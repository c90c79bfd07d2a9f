"""What Baton posts on its own account: rendered messages with a unique key, committed with their cause, posted once.

States: `waiting` -> `sending` (claimed until `due_at`) -> `sent`, or back to `waiting` after a passing refusal, or
`failed` for good, or `dropped` by an administrator. A revision of a sent message makes it `waiting` again: it is
updated in place.

A message that is due steps into a line (`lane`): that of its channel, in which posts go out in order and at most one
a second, or that of updates. A reply steps into the line of its root's channel once its root is in Slack.

A message that Slack may have taken unbeknown to us (`unsure_since`) is looked for by its key before it is posted
again. A claim is the row's `due_at`: whoever writes down what became of a message has to hold the claim still.

Whoever caused a message and was told where it goes is in its body (`askers`). When it goes elsewhere, or nowhere, a
message to them is added in the same transaction that writes that down.
"""

from __future__ import annotations

from bot.services.outbox._drainer import Drainer, drain
from bot.services.outbox._enqueue import (
    Asker,
    Destination,
    ask_again,
    destination,
    destinations,
    enqueue,
    keys_below,
    postpone,
    redraw,
    revise,
    take_back,
    unsent,
)
from bot.services.outbox._pace import Pace
