"""Who is asked to confirm that an asset of tier 1 is given up: nobody who asked for it, and only who may."""

from __future__ import annotations

from collections.abc import Iterator

from bot.blocks.text import escape
from bot.domain.recipients import Recipient
from bot.domain.records import AssetRecord, PersonRecord
from bot.domain.trust import AccountStanding
from bot.errors import UserError
from bot.services import routing
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot


def confirmer(
    deps: Deps, snapshot: Snapshot, asset: AssetRecord, owner: Recipient, *, asker: PersonRecord | None
) -> Recipient:
    """Return who is asked: the team's lead, else its manager, else a catalog admin.

    Raises UserError, with the next step, where nobody else could confirm.
    """
    for person in confirmers(deps, snapshot, owner, asker=asker):
        return Recipient(person=person)
    name = escape(asset.name, 80)
    raise UserError(
        f"{name} is tier 1, and nobody else can confirm that it is given up: {escape(owner.name, 80)} has no other "
        "lead or manager in Slack, and there is no other catalog admin. Ask your Baton administrator to name "
        "another catalog admin, or offer it to a team that takes it: `/handoff`."
    )


def confirmers(
    deps: Deps, snapshot: Snapshot, owner: Recipient, *, asker: PersonRecord | None
) -> Iterator[PersonRecord]:
    """Yield whoever may confirm and is in Slack, in the order in which they are asked."""
    team = owner.team
    above = routing.above(snapshot, team) if team is not None else ()
    known = (None, AccountStanding.MEMBER)  # of an account that nobody has asked about yet nothing speaks against it
    members = (each for each in sorted(deps.catalog_admins) if snapshot.standing(each) in known)
    for person in (*above, *map(snapshot.person_by_slack_id, members)):
        if person is not None and routing.slack_id_of(person) and (asker is None or person.id != asker.id):
            yield person
