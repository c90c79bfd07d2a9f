"""What the DevOps team reads in its thread about a request's issue in a tracker."""

from __future__ import annotations

from bot.blocks.backlog import actions, card_lines
from bot.blocks.text import Block, Rendered, bold, button, escape, link, passage, section
from bot.domain.backlog.requests import RequestCard, RequestState, in_sentence

_LONGEST_COMMENT = 2_000


def issue_made(tracker: str, ref: str, url: str) -> Rendered:
    """Return where the issue is."""
    return _said(f"{tracker} issue: {link(url, ref)}")


def issue_refused(tracker: str, problem: str) -> Rendered:
    """Return why there is no issue."""
    return _said(f"No {tracker} issue. {escape(problem)} I try again every day.")


def issue_delayed(tracker: str, problem: str) -> Rendered:
    """Return why there is no issue yet."""
    return _said(f"No {tracker} issue yet. {escape(problem)} I try again every hour.")


def issue_gone(tracker: str, ref: str) -> Rendered:
    """Return that the issue was deleted, or is where it cannot be read."""
    gone = f"{escape(ref, 120)} was deleted in {tracker}, or moved to where Baton cannot read it."
    return _said(f"{gone} The request stays as it is.")


def issue_found(tracker: str, ref: str, url: str) -> Rendered:
    """Return that an issue is there again."""
    return _said(f"{link(url, ref)} is there again in {tracker}: Baton follows it.")


def issue_dropped(tracker: str, ref: str, url: str, request_id: int) -> Rendered:
    """Return that the issue was closed without being done, with the button to decide from."""
    said = f"{link(url, ref)} was closed in {tracker} without being done. Decline the request, or deliver it."
    return Rendered(said, [section(said), _show(request_id)])


def issue_reopened(tracker: str, ref: str, url: str, state: RequestState) -> Rendered:
    """Return that the issue was opened again, and how the request stands now: no tracker opens what has ended."""
    said = f"{link(url, ref)} was opened again in {tracker}"
    if state is RequestState.IN_PROGRESS:
        return _said(f"{said}, so the request is in progress again.")
    asked = "whether to reopen it" if state is RequestState.CONFIRMED else "whether they still need it"
    return _said(f"{said}. The request stays {in_sentence(state)}: those who asked for it are asked {asked}.")


def issue_of_part(tracker: str, ref: str, url: str, its: RequestCard) -> Rendered:
    """Return that the issue of a request was opened again which is part of another one, with the button to that."""
    whole = its.whole or its
    part = card_lines.part_of(whole, is_private=its.is_private)
    said = f"{link(url, ref)} was opened again in {tracker}, and its request is part of {part} Go on there."
    return Rendered(said, [section(said), _show(whole.id)])


def commented(tracker: str, ref: str, url: str, author: str, text: str) -> Rendered:
    """Return what somebody wrote in the issue, for the request's thread."""
    said = f"{bold(author, 60)} commented on {link(url, ref)} in {tracker}:"
    return _said(f"{said}\n{passage(text, _LONGEST_COMMENT, mark='> ')}")


def comment_gone(tracker: str, ref: str, url: str) -> Rendered:
    """Return what the thread reads in the place of a comment that was deleted in the tracker."""
    return _said(f"A comment on {link(url, ref)} was deleted in {tracker}.")


def comments_wait(ref: str, url: str, problem: str) -> Rendered:
    """Return why what is said in the thread does not reach the issue."""
    said = f"Replies in the thread do not reach {link(url, ref)}. {escape(problem)}"
    return _said(f"{said} I try again every hour.")


def comment_refused(ref: str, url: str, problem: str, reply: str) -> Rendered:
    """Return that one reply does not become a comment."""
    return _said(f"{link(reply, 'A reply in the thread')} is not in {link(url, ref)}. {escape(problem)}")


def comment_kept(ref: str, url: str, problem: str) -> Rendered:
    """Return that the comment stays whose message was deleted."""
    said = f"A reply was deleted in Slack, and its comment stays in {link(url, ref)}. {escape(problem)}"
    return _said(f"{said} Delete it there.")


def issue_left(tracker: str, ref: str, url: str, *, is_open: bool, still: str = "") -> Rendered:
    """Return that the issue does not stand as the request does since somebody has done something in Slack.

    `still` says in a line what is left to do, where that is not all of the request.
    """
    where = link(url, ref)
    if is_open:
        return _said(f"{where} is still open in {tracker}: close it there.")
    closed = f"{where} is closed in {tracker}: open it again there, so that whoever works there knows."
    return _said("\n".join(filter(None, (closed, still))))


def struck(message: Rendered) -> Rendered:
    """Return what asked for something that is done, or not wanted any more."""
    return _said(f"~{message.text}~")


def _show(request_id: int) -> Block:
    return {
        "type": "actions",
        "elements": [button("Show", actions.SHOW, str(request_id), label=f"Show #{request_id}")],
    }


def _said(text: str) -> Rendered:
    return Rendered(text, [section(text)])
