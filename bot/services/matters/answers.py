"""What people answer to a matter: agree, keep it, say whose it is, ask back, or let a catalog admin decide."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlmodel import col

from bot.blocks import ownership as blocks
from bot.blocks.text import escape
from bot.domain import ownership as rules
from bot.domain import secrets
from bot.domain.names import clean
from bot.domain.ownership.matters import MatterCard, MatterKind, MatterState, Side, asked_first, decides_alone, may_say
from bot.domain.recipients import NOBODY, Recipient
from bot.domain.records import PersonRecord
from bot.domain.rights import Actor, Holders, Right, admins_to_ask, may
from bot.domain.secrets import SECRET
from bot.errors import NotAllowedError, NotFoundError, UserError
from bot.services import actors, routing
from bot.services.actors import Decider
from bot.services.deps import Deps
from bot.services.matters import _decisions, proposals
from bot.services.matters._cards import QUESTION, MatterAct, acting, card_key, loaded, say_where_asked
from bot.services.matters._open import open_matters
from bot.services.matters._sides import back_from_loan
from bot.services.matters.admins import admin_to_ask, has_admin
from bot.services.release import CONFIRMED_TIER
from bot.services.snapshot import Snapshot
from bot.store import tables


async def shown(deps: Deps, snapshot: Snapshot, *, matter_id: int) -> MatterCard:
    """Return a matter as it stands. Raises NotFoundError where there is none."""
    async with deps.database.reading() as session:
        row = await session.get(tables.OwnershipMatter, matter_id)
        if row is None:
            raise NotFoundError("There is no such question about an owner: ask again with `/whoowns`.")
        card = await loaded(session, deps, snapshot, row)
        return replace(card, state=MatterState.OVER) if card.is_open and card.has_left else card


async def agree(deps: Deps, snapshot: Snapshot, *, matter_id: int, by: Decider) -> MatterCard:
    """Give way: to a claim, so that the area passes to the team; to a doubt, so that the owner is one no longer.

    Where several own what is claimed, each has to agree, and the next one is asked; of what is doubted, each speaks for
    itself. A catalog admin agrees for all, or for those who have said so and wait for it to be confirmed.
    What is given up on a doubt goes to the one team whose claim to it waits, if there is one. Where nobody takes it
    and it is of tier 1, the lead or a catalog admin has to say so, as with a release, and is asked; no silent heir may
    remain.
    Raises NotAllowedError for anybody but an owner or a catalog admin, and for whoever claimed it; UserError where
    what is given up would fall to somebody who has not agreed.
    """
    async with acting(deps, snapshot, matter_id, by) as act:
        if act.card.kind is MatterKind.DISPUTE:
            raise NotFoundError("Say whose it is with the buttons of the message.")
        actor = await _allow(act)
        sides = {each.owner.key: each for each in act.sides}
        own = list(sides) if actor.is_catalog_admin or act.card.is_orphans else await _own_keys(act, actor)
        _require_back(act.card)
        if act.card.kind is MatterKind.DOUBT and await back_from_loan(act.session, snapshot, [act.row]):
            await act.note("over")  # it was about the borrower
            return await act.end(MatterState.OVER, act.sides[0].owner if act.sides else None)
        if act.card.kind is MatterKind.DOUBT:
            if actor.is_catalog_admin and act.row.agreed:
                own = [key for key in own if key in act.row.agreed] or own
            claim = await _claim_that_waits(act, own)
            if claim is None and act.card.asset.tier == CONFIRMED_TIER:  # it would be nobody's
                given_up = await act.holders_of([sides[key] for key in own], asked_by=act.row.person_id)
                if not may(actor, Right.CONFIRM_RELEASE, given_up):
                    return await _ask_to_confirm(act, own, given_up)
            audit_id = await act.note("agree", owners=own)
            if claim is not None:
                team = await _decisions.grant(act, claim, own, audit_id)
                return await _agreed(act, own, team)
            await _decisions.give_up(act, [sides[key] for key in own], audit_id)
            is_free = act.living_owners() <= set(own)
            if is_free:
                await proposals.propose(act)
            return await _agreed(act, own, is_free=is_free)
        if own and set(own) <= set(act.row.agreed):  # and the other owners have not answered yet
            return act.card
        agreed = [*act.row.agreed, *own]
        left = [each for key, each in sides.items() if key in act.living_owners() and key not in agreed]
        audit_id = await act.note("agree", owners=own)
        if left:
            act.row.agreed = agreed
            await act.ask(left[0].owner, is_passed_on=False)
            return await act.redraw()
        givers = [*sides.keys() - {NOBODY.key}]
        return await _agreed(act, givers, await _decisions.hand_over(act, act.row, givers, audit_id))


async def _agreed(
    act: MatterAct, givers: Collection[str], owner: Recipient | None = None, *, is_free: bool = False
) -> MatterCard:
    """End a matter to which somebody agreed, and tell the `givers` for whom another did that how to object."""
    own, agreed = await _own_keys(act, await act.who()), act.row.agreed
    act.row.agreed = list(givers)
    card = await act.end(MatterState.AGREED, owner, is_free=is_free)
    said = blocks.outcome(card, is_lost=True)
    for key in sorted((act.living_owners() & set(givers)) - {*own, *agreed}):
        await act.send(act.snapshot.recipient(key), f"ownership.outcome:{act.subject_id}:{key}", said)
    return card


async def keep(deps: Deps, snapshot: Snapshot, *, matter_id: int, by: Decider) -> MatterCard:
    """Say that it stays with its owner, which confirms that."""
    async with acting(deps, snapshot, matter_id, by) as act:
        if act.card.kind is MatterKind.DISPUTE:
            raise NotFoundError("Say whose it is with the buttons of the message.")
        actor = await _allow(act)
        own = await _own_keys(act, actor) or [each.owner.key for each in act.sides]
        await act.note("keep")
        for key in own if not act.card.is_orphans else ():
            await _decisions.confirm(act, act.snapshot.recipient(key))
        return await act.end(MatterState.KEPT, act.snapshot.recipient(own[0]) if own else None)


async def deciding_side(
    deps: Deps, snapshot: Snapshot, *, matter_id: int, owner: str, by: Decider
) -> tuple[MatterCard, Recipient, list[Recipient]]:
    """Return a dispute with the owner whom somebody finds to be right, and whose it is not then; raises as `decide`."""
    async with acting(deps, snapshot, matter_id, by) as act:
        losers = await _found_wrong(act, owner)
        return act.card, act.snapshot.recipient(owner), [each.owner for each in losers]


async def _found_wrong(act: MatterAct, owner: str) -> list[Side]:
    """Return whose something disputed is not, where whoever acts says that it is this owner's."""
    if act.card.kind is not MatterKind.DISPUTE or owner not in {each.owner.key for each in act.sides}:
        raise NotFoundError("That owner is named no longer: ask again with `/whoowns`.")
    actor = await act.allow(Right.SETTLE, await act.holders())
    _require_no_way_back(act, actor, owner)
    own = {each.owner.key for each in await act.own_sides(actor)}
    return await _losers(act, actor, own, owner)


async def decide(
    deps: Deps, snapshot: Snapshot, *, matter_id: int, owner: str, by: Decider, reason: str = ""
) -> MatterCard:
    """Say whose something disputed is, by the key of one of its sides, and why.

    Whoever gives way says that it is another's, and whoever was asked says that it is theirs; a catalog admin says
    either. The facts of those whose it is not end, and files that go on naming them are not believed.
    What a team has taken over by a handoff goes back to its giver by another one only, unless an admin of another team
    decides.
    """
    why = clean(reason)[:500]
    if secrets.looks_secret(why):
        raise UserError(SECRET)
    async with acting(deps, snapshot, matter_id, by) as act:
        losers = await _found_wrong(act, owner)
        sides = {each.owner.key: each for each in act.sides}
        audit_id = await act.note("decide", owner=owner, losers=[each.owner.key for each in losers], reason=why)
        await _decisions.disown(act, losers, audit_id)
        left = [each for each in sides.values() if each not in losers]
        if len(left) > 1:  # somebody gave way, and the others still contradict each other
            return await _ask_the_rest(act, left)
        act.row.reason = why
        await _decisions.believe_files(act, sides[owner].owner, audit_id)
        await _decisions.confirm(act, sides[owner].owner)
        is_kept = owner == act.row.owner and sides[owner].owner != NOBODY
        card = await act.end(MatterState.KEPT if is_kept else MatterState.AGREED, sides[owner].owner)
        for each in await _hearers(act, losers, sides[owner]):
            is_lost = each.key in {one.owner.key for one in losers}
            said = blocks.outcome(card, is_theirs=each == sides[owner].owner, is_lost=is_lost)
            await act.send(each, f"ownership.outcome:{act.subject_id}:{each.key}", said)
        return card


async def _ask_the_rest(act: MatterAct, left: Sequence[Side]) -> MatterCard:
    """Let one of the sides that are left have to end a dispute."""
    act.sides = tuple(left)
    if act.row.owner not in {each.owner.key for each in left}:
        next_one = asked_first(left, [each.owner.key in act.living_owners() for each in left])
        act.row.owner = next_one.key
        await act.ask(
            next_one if next_one != NOBODY else admin_to_ask(act.deps, act.snapshot),
            is_passed_on=act.row.is_passed_on or next_one == NOBODY,
        )
    return await act.redraw()


def _require_no_way_back(act: MatterAct, actor: Actor, owner: str) -> None:
    """Raise NotAllowedError where the giver of a handoff would own it again without having accepted that."""
    way = act.card.way_back
    if way is None or owner != way.giver.key or decides_alone(way, actor):
        return
    giver = escape(way.giver.name, 80)
    how = f"it goes back with *Hand it back* in `/handoff show {way.handoff_id}`, once {giver} accepts that."
    if way.under_way is not None:
        how = f"it goes back once {giver} accepts it in `/handoff show {way.under_way}`."
    raise NotAllowedError(f"{giver} handed it over: {how} Or let a catalog admin decide. {admins_to_ask(actor)}")


async def _hearers(act: MatterAct, losers: Iterable[Side], winner: Side) -> list[Recipient]:
    """Return who hears how a dispute ended: the sides, and whoever let a catalog admin decide.

    Whoever decided knows, and so does the side for which they said that it is theirs. A team for which one of its
    people gave way hears it. Nobody hears it in private besides who reads it in their team's channel.
    """
    own = {each.owner.key for each in await act.own_sides(await act.who())}
    sides = [*(each for each in losers if each.owner.person is None or each.owner.key not in own)]
    sides += [winner] if winner.owner.key not in own else []
    entry = tables.AuditEntry
    passed_on = select(col(entry.actor)).where(
        col(entry.subject) == f"{act.subject}:{act.subject_id}", col(entry.action) == f"{act.prefix}.pass_on"
    )
    keys = (await act.session.execute(passed_on)).scalars()
    owners = [each.owner for each in sides]
    people = [act.snapshot.recipient(key).person for key in keys if key != act.actor]
    apart = [each for each in people if each is not None and not any(_reads(act, one, each) for one in owners)]
    found = [*owners, *(Recipient(person=each) for each in apart if routing.slack_id_of(each))]
    return list({each.key: each for each in found if each != NOBODY}.values())


def _reads(act: MatterAct, to: Recipient, person: PersonRecord) -> bool:
    """Whether somebody reads what is sent to a team, in its channel or for it."""
    if to.team is None or person.id not in (to.team.lead_id, *to.team.member_ids):
        return False
    first = next(iter(routing.places(act.deps, act.snapshot, to)), "")
    return first in (act.snapshot.channel_id(to.team.channel), person.slack_id)


async def pass_on(deps: Deps, snapshot: Snapshot, *, matter_id: int, by: Decider) -> MatterCard:
    """Let a catalog admin decide."""
    async with acting(deps, snapshot, matter_id, by) as act:
        await _allow(act)
        if not has_admin(deps, snapshot, but=act.card.claimed_by):
            raise UserError("No catalog admin is set: ask your Baton administrator to name one, or agree among you.")
        if not act.row.is_passed_on:
            await act.note("pass_on")
            await act.ask(admin_to_ask(deps, snapshot, but=act.card.claimed_by), is_passed_on=True)
            await act.render()
        return act.card


async def asking(deps: Deps, snapshot: Snapshot, *, matter_id: int, by: Decider) -> MatterCard:
    """Return a matter of which somebody wants to ask whoever raised it something; raises as `ask`."""
    async with acting(deps, snapshot, matter_id, by) as act:
        await _allow_to_ask(act)
        return act.card


async def ask(deps: Deps, snapshot: Snapshot, *, matter_id: int, by: Decider, words: str) -> MatterCard:
    """Ask whoever raised a matter something back, where they raised it."""
    async with acting(deps, snapshot, matter_id, by) as act:
        asked = await _allow_to_ask(act)
        asks = clean(words)[:500]
        if (asks, by.person_id, "") == (act.row.question, act.row.question_by, act.row.reply):
            return act.card
        number = sum(key.startswith(QUESTION) for key in act.row.message_keys)
        key = f"{QUESTION}{matter_id}:{number}"
        act.row.question, act.row.question_by, act.row.reply = asks, by.person_id, ""
        act.row.message_keys = [*act.row.message_keys, key]
        await act.note("ask")
        card = await act.redraw()
        await say_where_asked(
            act.session,
            key,
            asked.slack_id,
            act.row.channel_id,
            act.row.thread_ts,
            blocks.asked_back(card),
            at=act.now,
            by=act.hears_of_loss(asked.name),
        )
        return card


async def _allow_to_ask(act: MatterAct) -> PersonRecord:
    """Return who can be asked. Raises NotAllowedError for anybody who cannot end the matter."""
    await _allow(act)
    asked = act.card.raised_by
    if asked is None or not routing.slack_id_of(asked):
        raise UserError("Whoever asked has no active account in Slack, so decide without an answer.")
    return asked


async def replying(deps: Deps, snapshot: Snapshot, *, matter_id: int, by: Decider) -> MatterCard:
    """Return a matter whose owner's question somebody wants to answer; raises as `reply`."""
    async with acting(deps, snapshot, matter_id, by) as act:
        await _allow_to_reply(act)
        return act.card


async def _allow_to_reply(act: MatterAct) -> None:
    """Raise NotAllowedError for anybody but whoever raised the matter, and the team for which they claimed it."""
    held = await actors.holders(act.session, [act.row.team_id] if act.card.kind is MatterKind.CLAIM else [])
    if act.person_id != act.row.person_id and not may(await act.who(), Right.CLAIM, held):
        raise NotAllowedError("Only whoever was asked can answer that: tell them what you know.")
    if not act.card.question:
        raise NotFoundError("Nothing is asked any more.")


async def reply(deps: Deps, snapshot: Snapshot, *, matter_id: int, by: Decider, words: str) -> MatterCard:
    """Answer the owner's question; the answer stands on the card, and in the thread under it."""
    async with acting(deps, snapshot, matter_id, by) as act:
        await _allow_to_reply(act)
        says = clean(words)[:500]
        if says == act.row.reply:
            return act.card
        act.row.reply = says
        await act.note("reply")
        card = await act.redraw()
        parent = next((key for key in reversed(act.row.message_keys) if key.startswith(card_key(matter_id, ""))), None)
        to = act.snapshot.recipient(act.row.answerer)
        await act.send(
            to, f"ownership.reply:{matter_id}:{act.now.timestamp():.0f}", blocks.replied(card), parent_key=parent
        )
        return card


def _require_back(card: MatterCard) -> None:
    """Raise UserError for what is lent: its lender agrees once it is back."""
    if (loan := card.loan) is not None:
        borrower = escape(loan.borrower, 80)
        back = f"I ask again once it is back, or ask them to hand it back in handoff #{loan.handoff_id}."
        raise UserError(f"It is on loan to {borrower} until {loan.until}: {back}")


async def _allow(act: MatterAct) -> Actor:
    """Return who acts. Raises NotAllowedError for anybody who cannot end the matter."""
    if act.card.is_orphans:
        team = act.card.team.id if act.card.team is not None else None
        return await act.allow(Right.SUCCEED, await actors.holders(act.session, [team], what=act.card.asset.name))
    return await act.allow(Right.SETTLE, await act.holders(asked_by=act.card.claimed_by))


async def _ask_to_confirm(act: MatterAct, own: Collection[str], held: Holders) -> MatterCard:
    """Note that an owner gives something of tier 1 up on a doubt, and ask whoever can confirm it, once.

    Raises NotAllowedError where there is nobody.
    """
    if set(own) <= set(act.row.agreed):
        return act.card
    leads = [routing.lead_of(act.snapshot, each) for each in held.teams]
    able = [each for each in leads if each is not None and each.id not in (act.row.person_id, act.person_id)]
    asked = [Recipient(person=each) for each in able if routing.slack_id_of(each)]
    if not asked and not has_admin(act.deps, act.snapshot):
        await act.allow(Right.CONFIRM_RELEASE, held)
    act.row.agreed = list(dict.fromkeys([*act.row.agreed, *own]))
    await act.note("confirm_asked", owners=list(own))
    if asked:
        act.card = await act.load()
        for each in asked:
            await act.tell(each)
    else:
        await act.ask(admin_to_ask(act.deps, act.snapshot), is_passed_on=True)
    return await act.redraw()


async def _own_keys(act: MatterAct, actor: Actor) -> list[str]:
    return [each.owner.key for each in await act.own_sides(actor)]


async def _losers(act: MatterAct, actor: Actor, own: set[str], owner: str) -> list[Side]:
    """Return whose the thing is not, when somebody says that it is the owner's.

    Raises NotAllowedError for whoever says that it is their own, and was not asked.
    """
    others = [each for each in act.sides if each.owner.key != owner]
    if not may_say(owner, own=own, asked=act.row.owner, is_admin=actor.is_catalog_admin):
        asked = act.snapshot.recipient(act.row.owner).name or "a catalog admin"
        why = f"{escape(asked, 80)} is asked first: talk to them, or let a catalog admin decide."
        raise NotAllowedError(f"{why} {admins_to_ask(actor)}")
    return others if actor.is_catalog_admin or owner in own else [each for each in others if each.owner.key in own]


async def _claim_that_waits(act: MatterAct, givers: Collection[str]) -> tables.OwnershipMatter | None:
    """Return the claim that waits for what these give up; None where others own it, too, or claims compete."""
    if act.living_owners() - set(givers):
        return None
    found = await open_matters(act.session, MatterKind.CLAIM, [act.row.asset_id])
    # A claim of who gives it up is theirs: they are one team now.
    claims = [each for each in found if each.area == act.row.area and f"team:{each.team_id}" not in givers]
    if len(claims) != 1 or claims[0].person_id == act.person_id or claims[0].team_id is None:
        return None
    team = act.snapshot.team(claims[0].team_id)
    return claims[0] if rules.has_somebody(team, act.snapshot) else None
