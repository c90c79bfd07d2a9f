"""Who decides where no owner does: one of the catalog admins."""

from __future__ import annotations

import logging

from bot.domain.recipients import NOBODY, Recipient
from bot.errors import SlackError
from bot.ports import Slack
from bot.services import inbound, people, routing
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot, refresh

log = logging.getLogger(__name__)


async def meet_admins(deps: Deps, slack: Slack, snapshot: Snapshot) -> None:
    """Let the catalog admins be people who can be written to, though no file names them and they have not acted yet."""
    unknown = [each for each in sorted(deps.catalog_admins) if snapshot.person_by_slack_id(each) is None]
    for slack_id in unknown:
        try:
            await people.meet(deps, slack, slack_id, seconds=inbound.seconds_to_wait())
        except SlackError as error:
            log.warning("Slack does not say who a catalog admin is: %s", error.code)
    if unknown:
        await refresh(snapshot, deps.database)


def admin_to_ask(deps: Deps, snapshot: Snapshot, *, but: int | None = None) -> Recipient:
    """Return the catalog admin who is asked, always the same one; the platform channel where none is known.

    `but` is the id of whoever claimed what is decided on: nobody decides on their own claim.
    """
    people = (snapshot.person_by_slack_id(slack_id) for slack_id in sorted(deps.catalog_admins))
    able = (each for each in people if each is not None and each.is_active and each.id != but)
    return next((Recipient(person=each) for each in able), NOBODY)


def channel_or_admin(deps: Deps, snapshot: Snapshot) -> Recipient:
    """Return who is asked what is nobody's in particular: the platform channel, or without one a catalog admin."""
    return NOBODY if routing.platform_of(deps, snapshot) else admin_to_ask(deps, snapshot)


def admin_or(deps: Deps, snapshot: Snapshot, otherwise: Recipient) -> Recipient:
    """Return the catalog admin who is asked, or somebody else where none is known."""
    admin = admin_to_ask(deps, snapshot)
    return admin if admin != NOBODY else otherwise


def has_admin(deps: Deps, snapshot: Snapshot, *, but: int | None = None) -> bool:
    """Whether a matter can be passed on to anybody, `but` whoever claimed what it is about."""
    if admin_to_ask(deps, snapshot, but=but) != NOBODY:
        return True
    return admin_to_ask(deps, snapshot) == NOBODY and bool(routing.platform_of(deps, snapshot))
