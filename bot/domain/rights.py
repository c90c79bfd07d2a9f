"""Who may do what, in one table. It is checked before a button is shown or a form opens, and again at the click."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.phrases import join
from bot.domain.recipients import Recipient
from bot.domain.records import PersonRecord, TeamRecord
from bot.domain.value_object import value_object
from bot.errors import NotAllowedError


class ActorRole(StrEnum):
    """What a person is to the subject of a right, or in the workspace."""

    GUEST = "guest"  #: reads and changes nothing, whatever other roles they have
    ANYBODY = "anybody"  #: every full member of the workspace
    OWNER = "owner in person"
    MEMBER = "team member"
    LEAD = "team lead"
    MANAGER = "team manager"
    CATALOG_ADMIN = "catalog admin"
    ASKER = "whoever asked"  #: gives no right, and takes some away


class Right(StrEnum):
    """Everything that the table covers. The values are the names in docs/rights.md."""

    CHANGE = "Change anything at all, such as doubting an owner"
    SHARE = "Share an answer in a channel"
    PICTURE = "Post a picture in a channel"
    CONFIRM = "Confirm an owner"
    CLAIM = "Claim an asset for a team"
    WITHDRAW = "Withdraw a team's claim"
    RELEASE = "Release an asset: we no longer own it"
    CONFIRM_RELEASE = "Confirm the release of an asset of tier 1"
    MARK_UNOWNED = "Mark what nobody owns as unowned on purpose"
    REVIEW_UNOWNED = "Keep something unowned on purpose, or end that"
    REJECT = "Say that a team which is suggested is no owner"
    SETTLE = "End a claim, a doubt or a dispute about what they own"
    SUCCEED = "Claim what its last owner left behind"
    CALENDAR = "Make or revoke a team's calendar"
    ANSWER = "Answer a reminder: acknowledge, plan, snooze, delegate, not ours, waive, done"
    CLOSE_PART = "Close the first part of an upgrade that names somebody for it: the application is compatible"
    PIN = "Say which version it is"
    APPROVE = "Approve or refuse a waiver"
    ACCEPT = "Accept a reminder that another team offers"
    DECLINE = "Decline a reminder that another team offers"
    MISSES = "See names that were asked for in vain; add, ignore or remove them, or make them other names of things"
    TRIAGE = "Triage a request: accept, ask, answer, decline, merge, estimate, assign, deliver"
    REQUEST = "Speak for a request: answer a question, correct it, withdraw, say whether it does the job, reopen"
    CHANNEL = "Set how much Baton says about requests in a team's channel"
    HAND_OVER = "Offer a handoff or withdraw it"
    TAKE_OVER = "Accept what a handoff offers"
    PUT_OFF = "Ask for a handoff, decline it, or say what it needs first"
    SUPPLY = "Say that what the receiver of a handoff needs first is there"
    CALL_OFF = "Call off a handoff that is accepted and not in effect yet"
    REVIEW = "Say whether a handoff works"
    EVIDENCE = "Show that a handoff is ready"


@value_object()
class Actor:
    """The person who wants to do something. `person_id` is None for an account that is not a person of the catalog yet.

    `admins` are mentions of the other catalog admins, whom they may ask.
    """

    person_id: int | None = None
    is_guest: bool = False
    is_catalog_admin: bool = False
    admins: tuple[str, ...] = ()


@value_object()
class Holders:
    """The teams and people who hold the subject of a right, with the teams' members as known at that moment.

    `what` is the subject's name, and `asked_by` the id of the person whose request is decided on. `names` maps ids of
    the teams' people to names, as far as known. Refusals quote all names unchanged, so escape them first.
    """

    teams: tuple[TeamRecord, ...] = ()
    people: tuple[PersonRecord, ...] = ()
    what: str = ""
    asked_by: int | None = None
    names: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, *owners: Recipient) -> Holders:
        """Return these teams and people as holders."""
        teams, people = [], []
        for each in owners:
            if each.team is not None:
                teams.append(each.team)
            if each.person is not None:
                people.append(each.person)
        return cls(tuple(teams), tuple(people))


@dataclass(frozen=True, slots=True)
class Grant:
    """A row of the table: who may, and the sentences for everybody else, each with the next step.

    - `refusal`: may contain `{people}` (who may) and `{what}`.
    - `nobody`: used if nobody holds the subject, and no team that still exists.
    - `asker`: for the person who asked; if it is empty, having asked takes nothing away.
    - `guest`: for guests.

    Each sentence may contain `{them}`, whom to ask. If catalog admins may as well, a sentence follows that says who
    they are.
    """

    roles: frozenset[ActorRole]
    refusal: str
    nobody: str = ""
    asker: str = ""
    guest: str = "Guests can ask me anything, but only full members can change something: ask one of them to do it."


#: How many people a refusal names at most.
_MOST_NAMED = 3
_TEAM = frozenset({ActorRole.MEMBER, ActorRole.LEAD})
_OWNERS = _TEAM | {ActorRole.OWNER}
_ANSWERING = _OWNERS | {ActorRole.MANAGER}
_GONE = "That team is no longer in the catalog: ask again, and choose another."
_OVER = "That team is no longer in the catalog, so nobody has to answer this any more."
_UNOWNED = "Nobody owns this, so nobody can {} yet: claim it for your team first."

GRANTS: Mapping[Right, Grant] = {
    Right.CHANGE: Grant(frozenset({ActorRole.ANYBODY}), "Only full members of the workspace can change something."),
    Right.SHARE: Grant(
        frozenset({ActorRole.ANYBODY}),
        "Only full members of the workspace can share answers.",
        guest="Guests cannot share answers: ask a full member to do it.",
    ),
    Right.PICTURE: Grant(
        frozenset({ActorRole.ANYBODY}),
        "Only full members of the workspace can post pictures.",
        guest="Guests cannot post pictures in a channel: ask a full member to do it.",
    ),
    Right.CONFIRM: Grant(
        _OWNERS,
        "Only {people} can confirm {what}: ask {them}.",
        nobody=_UNOWNED.format("confirm it"),
    ),
    Right.CLAIM: Grant(
        _TEAM,
        "Only {people} can claim {what} for it: ask {them}.",
        nobody="You are in no team that could claim it: ask to be added to yours, then try again.",
    ),
    Right.WITHDRAW: Grant(
        _TEAM,
        "Only {people} can withdraw the claim on {what}: ask {them}.",
        nobody="No team's claim stands here any more, so there is nothing to withdraw.",
    ),
    Right.RELEASE: Grant(
        _OWNERS,
        "Only {people} can release {what}: ask {them}.",
        nobody=_UNOWNED.format("release it"),
    ),
    Right.CONFIRM_RELEASE: Grant(
        frozenset({ActorRole.LEAD, ActorRole.MANAGER, ActorRole.CATALOG_ADMIN}),
        "Only the lead or manager of whoever owns {what}, or a catalog admin, can confirm that: ask {them}.",
        asker="You asked for it, so the lead, the manager or a catalog admin must confirm: ask {them}.",
    ),
    Right.MARK_UNOWNED: Grant(
        _TEAM | {ActorRole.CATALOG_ADMIN},
        "Only {people}, who gave {what} up, or a catalog admin can mark it: ask {them}.",
        nobody="Only a catalog admin can mark what nobody has given up.",
    ),
    Right.REVIEW_UNOWNED: Grant(
        frozenset({ActorRole.OWNER, ActorRole.CATALOG_ADMIN}),
        "Only {people}, who looks at {what} again, or a catalog admin can decide that: ask {them}.",
        nobody="Its reviewer has left, so a catalog admin decides.",
    ),
    Right.REJECT: Grant(
        _TEAM | {ActorRole.CATALOG_ADMIN},
        "Only {people} can say that {what} is not theirs, or a catalog admin: ask {them}.",
        nobody=_GONE,
    ),
    Right.SETTLE: Grant(
        _OWNERS | {ActorRole.CATALOG_ADMIN},
        "Only {people}, or a catalog admin, can decide that: ask {them}.",
        nobody="Nobody who owns this is still here, so a catalog admin decides.",
        asker="You claimed it yourself, so its owner must agree: ask {them}.",
    ),
    Right.SUCCEED: Grant(
        frozenset({ActorRole.LEAD, ActorRole.CATALOG_ADMIN}),
        "Its owner is gone, so your team's lead or a catalog admin must decide: ask {them}.",
    ),
    Right.CALENDAR: Grant(_TEAM, "Only {people} can have its calendar: ask {them}.", nobody=_GONE),
    Right.ANSWER: Grant(
        _ANSWERING,
        "Only {people} can answer this. Yours? Claim the asset with `/whoowns`.",
        nobody=_UNOWNED.format("answer it"),
    ),
    Right.CLOSE_PART: Grant(
        frozenset({ActorRole.OWNER}),
        "Only whoever the plan names for it can say so. Somebody else does it? Change the plan.",
        nobody="The plan names somebody who has left: change the plan, and name somebody else.",
    ),
    Right.PIN: Grant(
        _OWNERS, "Only {people} can say which version it is: ask {them}.", nobody=_UNOWNED.format("say it")
    ),
    Right.APPROVE: Grant(
        _ANSWERING,
        "Only {people} can decide that: ask {them}.",
        nobody=_UNOWNED.format("decide it"),
        asker="You asked for it, so a teammate must decide: ask {them}.",
    ),
    Right.ACCEPT: Grant(
        _TEAM,
        "Only {people} can decide that: ask {them}.",
        nobody=_GONE,
        asker="You offered it, so a teammate must accept: ask {them}.",
    ),
    Right.DECLINE: Grant(_TEAM, "Only {people} can decide that: ask {them}.", nobody=_GONE),
    Right.MISSES: Grant(
        frozenset({ActorRole.CATALOG_ADMIN}),
        "Only catalog admins can decide on a name.",
    ),
    Right.TRIAGE: Grant(
        _TEAM | {ActorRole.MANAGER},
        "Only {people} can do that: they take care of requests.",
        nobody="No DevOps team is set: ask your Baton administrator to name it in BATON_DEVOPS_TEAM.",
    ),
    Right.REQUEST: Grant(
        _ANSWERING,
        "Only {people} can speak for this request: ask {them}.",
        nobody="Nobody who asked for this is still here: ask the DevOps team.",
    ),
    Right.CHANNEL: Grant(
        _TEAM | {ActorRole.CATALOG_ADMIN},
        "Only {people}, whose channel this is, or a catalog admin can change that: ask {them}.",
        nobody="No team has this channel, so a catalog admin decides.",
    ),
    Right.HAND_OVER: Grant(
        _TEAM,
        "Only {people} can offer this or take the offer back: ask {them}.",
        nobody="You are in no team that could hand anything over: ask to be added to yours, then try again.",
    ),
    Right.TAKE_OVER: Grant(
        _TEAM,
        "Only {people} can accept this: ask {them}.",
        nobody=_OVER,
        asker="You offered it, so somebody else of the receiving team must accept: ask {them}.",
    ),
    Right.PUT_OFF: Grant(_TEAM, "Only {people} can answer this: ask {them}.", nobody=_OVER),
    Right.SUPPLY: Grant(_OWNERS, "Only {people} can say that it is there: ask {them}.", nobody=_OVER),
    Right.CALL_OFF: Grant(_TEAM, "Only {people} can call this off: ask {them}.", nobody=_OVER),
    Right.REVIEW: Grant(_TEAM, "Only {people} can say whether it works: ask {them}.", nobody=_GONE),
    Right.EVIDENCE: Grant(_TEAM, "Only {people} can add evidence: ask {them}.", nobody=_GONE),
}


def _roles(actor: Actor, holders: Holders) -> set[ActorRole]:
    """Return a person's roles towards a subject. A team that has left the catalog gives nobody a role."""
    who, found = actor.person_id, {ActorRole.ANYBODY}
    if actor.is_catalog_admin:
        found.add(ActorRole.CATALOG_ADMIN)
    if who is None:
        return found
    if who == holders.asked_by:
        found.add(ActorRole.ASKER)
    for person in holders.people:
        if person.id == who:
            found.add(ActorRole.OWNER)
    for team in holders.teams:
        if team.is_gone:
            continue
        if who in team.member_ids:
            found.add(ActorRole.MEMBER)
        if who == team.lead_id:
            found.add(ActorRole.LEAD)
        if who == team.manager_id:
            found.add(ActorRole.MANAGER)
    return found


def _living(holders: Holders) -> list[TeamRecord]:
    return [team for team in holders.teams if not team.is_gone]


def why_not(actor: Actor, right: Right, holders: Holders | None = None) -> str:
    """Return why somebody may not do something, with the next step; "" if they may."""
    holders = holders or Holders()
    if may(actor, right, holders):
        return ""
    grant = GRANTS[right]
    if actor.is_guest:
        return grant.guest
    said = grant.refusal
    if not grant.roles.isdisjoint(_roles(actor, holders)):
        said = grant.asker
    elif grant.nobody and not _living(holders) and not holders.people:
        said = grant.nobody
    said = said.format(people=_people(grant, holders), what=holders.what, them=_them(grant, holders, actor))
    return f"{said} {admins_to_ask(actor)}" if ActorRole.CATALOG_ADMIN in grant.roles else said


def may(actor: Actor, right: Right, holders: Holders | None = None) -> bool:
    """Whether somebody may do something."""
    if actor.is_guest:
        return False
    grant, roles = GRANTS[right], _roles(actor, holders or Holders())
    return not (grant.asker and ActorRole.ASKER in roles) and not grant.roles.isdisjoint(roles)


def require(actor: Actor, right: Right, holders: Holders | None = None) -> None:
    """Raise NotAllowedError with the sentence of `why_not`, unless they may."""
    refusal = why_not(actor, right, holders)
    if refusal:
        raise NotAllowedError(refusal)


def admins_to_ask(actor: Actor) -> str:
    """Return the sentence that says who the catalog admins are, or how to become one."""
    if not actor.admins:
        other = "other " if actor.is_catalog_admin else ""
        return f"No {other}catalog admin is set: ask your Baton administrator to name one."
    return f"Catalog admin{'s' if len(actor.admins) > 1 else ''}: {join(actor.admins, most=_MOST_NAMED)}."


def _people(grant: Grant, holders: Holders) -> str:
    """Return who may, such as `members of Payments and their leads`."""
    above = {ActorRole.LEAD: "leads", ActorRole.MANAGER: "managers"}
    theirs = " or ".join(word for role, word in above.items() if role in grant.roles)
    named = [person.name or "its owner" for person in holders.people]
    if holders.teams:
        named.append(f"members of {join(team.name for team in holders.teams)} and their {theirs}")
    return ", ".join(named)


def _them(grant: Grant, holders: Holders, actor: Actor) -> str:
    """Return whom to ask: leads first, by name if it is known. Names do not notify anybody."""
    kept = {actor.person_id, holders.asked_by if grant.asker else None}
    found = {each.id: each.name for each in holders.people if ActorRole.OWNER in grant.roles}
    for role, ids in (
        (ActorRole.LEAD, [team.lead_id for team in _living(holders)]),
        (ActorRole.MEMBER, [each for team in _living(holders) for each in team.member_ids]),
        (ActorRole.MANAGER, [team.manager_id for team in _living(holders)]),
    ):
        found |= {each: holders.names.get(each, "") for each in ids if each is not None and role in grant.roles}
    names = list(dict.fromkeys(name for each, name in found.items() if name and each not in kept))
    if not names:
        return "one of them"
    return join([*names[:_MOST_NAMED], *(["another of them"] if len(names) > _MOST_NAMED else [])], last="or")
