"""The ids that requests' buttons, modals and inputs carry. The value of a button is the request's id."""

from __future__ import annotations

COMMAND = "/devops"

#: The buttons of the card in the thread.
CONFIRM = "backlog.confirm"
NOT_YET = "backlog.not_yet"
REPLY = "backlog.reply"
WITHDRAW = "backlog.withdraw"
REOPEN = "backlog.reopen"
FOLLOW = "backlog.follow"
WHY = "backlog.why"
#: The buttons of the message to the DevOps team.
ACCEPT = "backlog.accept"
START = "backlog.start"
DELIVER = "backlog.deliver"
ASK = "backlog.ask"
ESTIMATE = "backlog.estimate"
MORE = "backlog.more"

#: What "More" offers: the word in the choice's value, and what people read.
ANSWER, MERGE, UNMERGE, DECLINE, SNOOZE, ASSIGN = "answer", "merge", "unmerge", "decline", "snooze", "assign"
