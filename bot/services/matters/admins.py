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


def admin_to_ask(deps: Deps, snapshot: Snapshot) -> Recipient:
    """Return the catalog admin who is asked, always the same one; the platform channel where none is known."""
    people = (snapshot.person_by_slack_id(slack_id) for slack_id in sorted(deps.catalog_admins))
    return next((Recipient(person=each) for each in people if each is not None and each.is_active), NOBODY)


def channel_or_admin(deps: Deps, snapshot: Snapshot) -> Recipient:
    """Return who is asked what is nobody's in particular: the platform channel, or without one a catalog admin."""
    return NOBODY if routing.platform_of(deps, snapshot) else admin_to_ask(deps, snapshot)


def admin_or(deps: Deps, snapshot: Snapshot, otherwise: Recipient) -> Recipient:
    """Return the catalog admin who is asked, or somebody else where none is known."""
    admin = admin_to_ask(deps, snapshot)
    return admin if admin != NOBODY else otherwise


def has_admin(deps: Deps, snapshot: Snapshot) -> bool:
    """Whether a matter can be passed on to anybody."""
    return admin_to_ask(deps, snapshot) != NOBODY or bool(routing.platform_of(deps, snapshot))
