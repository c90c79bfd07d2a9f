"""The form that opens a request, filled from its thread, and what stands in its place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType
from typing import Any

from bot.blocks import forms
from bot.blocks.backlog import actions, form_metadata, words
from bot.blocks.backlog.actions import Instead, InsteadValue
from bot.blocks.backlog.form_metadata import FormMetadata
from bot.blocks.backlog.thread_requests import before
from bot.blocks.forms import Field, Fill, Form, filled_day, filled_number
from bot.blocks.text import (
    Block,
    bold,
    button,
    escape,
    link,
    mention,
    modal,
    passage,
    plain,
    section,
    shorten,
    with_days,
    within,
)
from bot.blocks.values import encode
from bot.domain.backlog.alternatives import NO_ALTERNATIVES, Alternatives
from bot.domain.backlog.demand import EvidenceKind
from bot.domain.backlog.item_types import retitled
from bot.domain.backlog.new_request import LONGEST_TITLE
from bot.domain.backlog.prefills import MOST_ITEMS, Prefill
from bot.domain.backlog.requests import ItemType, RequestCard, RequestItem
from bot.domain.phrases import figure, join
from bot.domain.records import TeamRecord

#: How hours are known, with the share of them that counts for the place in the backlog.
EVIDENCE_WORDS = {
    kind.value: f"{said}: {f'{kind.weight:.0%}' if kind.weight < 1 else 'all'} of the hours count"
    for kind, said in {
        EvidenceKind.MEASURED: "Measured",
        EvidenceKind.COUNTED: "Counted for a while",
        EvidenceKind.ESTIMATED: "Estimated",
        EvidenceKind.GUESSED: "A guess",
    }.items()
}
SHARE_WORDS = {"slowed": "Slowed down", "half": "Half of their work", "stopped": "Stopped"}
SHARE_CHOICES = {
    "slowed": "Slowed down, by about a quarter",
    "half": "Half of their work, or two to three days a week",
    "stopped": "Stopped",
}
COPY_VALUE = "copy"
KINDS = {kind.value: said for kind, said in words.ITEM_WORDS.items()}
#: How the choices in place of a new request begin; a name follows.
INSTEAD_WORDS = {
    Instead.JOIN: "Join",
    Instead.USE: "Use",
    Instead.SUPPORT: "Ask for support with",
}
_BETTER_KNOWN = (EvidenceKind.ESTIMATED, EvidenceKind.COUNTED, EvidenceKind.MEASURED)
#: Characters above the fields, beside what there is already.
_MOST_ABOVE = 1_200
FOLLOWS_WORDS = "Follows the words until you choose another."
OF_ITS_DAY = "Of this day: choose another and leave this, and it goes with it."
_WHY_EVIDENCE = "The better you know the hours, the higher the request stands: what is only guessed may be wrong."
_NO_TITLE = "In a few words, such as “a Kafka topic for orders”"
_ABOUT = "About; 0 if it does not happen again."
MOST_PEOPLE, MOST_TIMES, MOST_HOURS = 10_000, 10_000, 1_000

INSTEAD = forms.choice(actions.INSTEAD, "Join or use what is there already?")
TITLE = forms.text(actions.TITLE, "What do you need?", missing="Say what you need.", limit=LONGEST_TITLE)
#: An item that is asked for, in words that can be changed; without words it is asked for no longer.
ITEM_TITLES = tuple(
    forms.filled_text(f"{actions.ITEM}.{place}", "An item", limit=LONGEST_TITLE) for place in range(MOST_ITEMS)
)
#: The kind of each of these, which decides who owns what it leaves behind.
ITEM_KINDS = tuple(
    forms.choice(f"{actions.ITEM_KIND}.{place}", "Its kind", is_kept=True) for place in range(MOST_ITEMS)
)
#: One more item, in words that nobody has drafted; and its kind.
ADDED = forms.text(actions.ADDED, "One more thing?", limit=LONGEST_TITLE)
ADDED_TYPE = forms.choice(actions.ADDED_TYPE, "Kind of the one more thing")
ITEMS = forms.ticks(actions.ITEMS, "What usually comes with it", is_menu=True)
MODEL_ITEMS = forms.ticks(actions.MODEL_ITEMS, "Suggested by a model")
ITEM_TYPE = forms.choice(actions.ITEM_TYPE, "Kind of the title, if no item says it")
TECHNOLOGIES = forms.ticks(actions.TECHNOLOGIES, "Technologies")
OTHER_TECHNOLOGIES = forms.text(actions.OTHER_TECHNOLOGIES, "Other technologies", hint="Separated by commas", limit=300)
GAPS = forms.ticks(actions.GAPS, "Which are new to the team?")
TEAM = forms.name_or_choice(actions.TEAM, "Which team needs it?", hint="The team's name")
ASKED_BY = forms.person(actions.ASKED_BY, "Who needs it?")
PEOPLE = forms.number_between(actions.PEOPLE, "Without it: how many people lose time", 0, MOST_PEOPLE, is_whole=True)
TIMES = forms.number_between(actions.TIMES, "… how many times a month", 0, MOST_TIMES)
HOURS = forms.number_between(actions.HOURS, "… how many hours each time", 0, MOST_HOURS)
EVIDENCE = forms.choice(actions.EVIDENCE, "How do you know?")
BLOCKED = forms.number_between(actions.BLOCKED, "How many people are blocked?", 0, MOST_PEOPLE, is_whole=True)
SHARE = forms.choice(actions.SHARE, "How much are they blocked?")
UNTIL = forms.day(actions.UNTIL, "Blocked until when, if it ends by itself?")
NEEDED_BY = forms.day(actions.NEEDED_BY, "Needed by")
NEEDED_REASON = forms.text(actions.NEEDED_REASON, "Why by then?", limit=200)
MISSED = forms.number_between(actions.MISSED, "How many hours does it cost to miss that day?", 0, MOST_PEOPLE)
DETAILS = forms.text(actions.DETAILS, "Anything else?", limit=2_000, is_long=True)
COPY = forms.ticks(actions.COPY, "The thread's words")
_HINTS: Mapping[Field[Any], str] = MappingProxyType({ADDED_TYPE: FOLLOWS_WORDS, EVIDENCE: _WHY_EVIDENCE})
#: What has to be decided is asked at once, the rest behind a button.
_WHAT: tuple[Field[Any], ...] = (INSTEAD, TITLE, ITEM_TYPE, *ITEM_TITLES, ADDED, ITEMS, MODEL_ITEMS)
_FOR_WHOM: tuple[Field[Any], ...] = (TEAM, NEEDED_BY)
_REST: tuple[Field[Any], ...] = (
    ADDED_TYPE,
    NEEDED_REASON,
    MISSED,
    TECHNOLOGIES,
    OTHER_TECHNOLOGIES,
    GAPS,
    ASKED_BY,
    PEOPLE,
    TIMES,
    HOURS,
    EVIDENCE,
    BLOCKED,
    SHARE,
    UNTIL,
    DETAILS,
    COPY,
)
REQUEST = Form(
    actions.REQUEST_VIEW, "Open DevOps request", "Open it", (*_WHAT, *_FOR_WHOM, *ITEM_KINDS, *_REST), refused_at=TEAM
)
#: Where it is said why something that was chosen in place of a request cannot be had.
INSTEAD_CHOICE = Form(actions.REQUEST_VIEW, REQUEST.title, REQUEST.submit, refused_at=INSTEAD)
#: Where it is said what `bot.domain.backlog.new_request.problems` finds.
PROBLEM_FIELDS: Mapping[str, Field[Any]] = MappingProxyType(
    {
        "title": TITLE,
        "items": ITEM_TYPE,
        "needed_by": NEEDED_BY,
        "people": PEOPLE,
        "times": TIMES,
        "hours": HOURS,
        "blocked": BLOCKED,
        "until": UNTIL,
        "missed": MISSED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFrame:
    """Who fills in the form, for whom, and what is said above it.

    `note` says in a sentence why something is not filled in. `may_copy` is whether the box that lets the thread's words
    be copied is ticked, None where there are none. `model` is the name of the one that `Prefill.from_model` is from.
    `alternatives` is what is offered in place of a new request. `asset` is the name of what the request is about, where
    it is in the catalog. The thread has made the requests that are `ended` before, and for something else also those
    `besides`.
    """

    devops: str
    teams: Sequence[TeamRecord] = ()
    team_id: int | None = None
    asked_by: str = ""
    note: str = ""
    may_copy: bool | None = None
    model: str = ""
    alternatives: Alternatives = NO_ALTERNATIVES
    asset: str = ""
    ended: Sequence[RequestCard] = ()
    besides: Sequence[RequestCard] = ()


def request_view(prefill: Prefill, metadata: FormMetadata, frame: FormFrame) -> Block:
    """Return the form of a request. Metadata has all the items that can be asked for, those that are ahead.

    Only what has to be decided is asked at once. The rest is sent as it is said here, unless `full_view` shows it.
    """
    items = {str(place): each for place, each in enumerate(metadata.items)}
    first, last = len(prefill.items), len(items) - len(prefill.from_model)
    suggested, models = dict(islice(items.items(), first, last)), dict(islice(items.items(), last, None))
    instead = _instead(frame.alternatives)
    fills: dict[Field[Any], Fill] = {
        # Whoever uses what is there already need not say it.
        TIMES: Fill(label=prefill.how_often, hint=_ABOUT, is_needed=not instead),
        INSTEAD: Fill(options=instead),
        TITLE: Fill(prefill.title, hint="" if prefill.title else _NO_TITLE),
        **{field: _words(each) for field, each in zip(ITEM_TITLES, metadata.items[:first], strict=False)},
        ITEMS: _boxes(suggested),
        MODEL_ITEMS: replace(_boxes(models), label=f"Suggested by {plain(frame.model, 60)}"),
        ITEM_TYPE: _kinds(prefill, frame, has_items=bool(items)),
        TEAM: Fill(str(frame.team_id or ""), {str(each.id): each.name for each in frame.teams}),
        NEEDED_BY: Fill(filled_day(prefill.needed_by)),
    }
    more = button("More…", actions.REST, "more", label="More… of the request")
    rest = {**section(_filled(prefill, frame)), "block_id": actions.REST, "accessory": more}
    # A question that the thread leaves open is asked where everybody sees it.
    what = (TIMES, *_WHAT) if prefill.how_often else _WHAT
    if len(items) >= MOST_ITEMS:
        what = tuple(each for each in what if each is not ADDED)
    blocks = [
        section(_above(prefill, frame, is_private=metadata.is_private)),
        *before(frame.ended, frame.besides),
        *REQUEST.inputs(what, fills),
        _work([each.type for each in metadata.items], first, frame.devops, frame.asset),
        *REQUEST.inputs(_FOR_WHOM, fills),
        rest,
    ]
    speakers = {part.value: each for part, each in prefill.speakers.items()}
    return REQUEST.of_blocks(replace(metadata, kept=_kept(prefill, frame), speakers=speakers).encode(), blocks)


def full_view(
    blocks: Sequence[Mapping[str, Any]],
    text: str,
    metadata: FormMetadata,
    technologies: Mapping[str, str],
    *,
    devops: str,
    asset: str = "",
    typed: Mapping[str, str] = MappingProxyType({}),
) -> Block:
    """Return the form of a request with all its fields below those that are shown already, in its `blocks`.

    `text` is the metadata as the form carries it. Slack keeps what was `typed` into fields that stay. The kinds of the
    items can be changed here, so it says of each kind who owns what it leaves.
    """
    work = {actions.WORK: _work((), 0, devops, asset)}
    kept = (each for each in blocks if each.get("block_id") != actions.REST)
    shown = [work.get(str(each.get("block_id")), each) for each in kept]
    texts = {key: each for key, each in metadata.kept.items() if isinstance(each, str)}
    chosen = {key: each for key, each in metadata.kept.items() if not isinstance(each, str)}
    ids = {one.get("block_id") for one in shown}
    options: dict[Field[Any], Mapping[str, str]] = {
        TECHNOLOGIES: technologies,
        GAPS: technologies,
        EVIDENCE: EVIDENCE_WORDS,
        SHARE: SHARE_CHOICES,
        ITEM_TYPE: KINDS,
        ADDED_TYPE: KINDS if ADDED.block_id in ids else {},
        COPY: {COPY_VALUE: "DevOps may keep a copy"} if COPY.block_id in metadata.kept else {},
    }
    fields = [each for each in (ITEM_TYPE, *_REST) if each.block_id not in ids]
    fills = {
        each: Fill(
            texts.get(each.block_id, ""),
            options.get(each, {}),
            chosen=chosen.get(each.block_id, ()),
            hint=_HINTS.get(each, ""),
        )
        for each in fields
    }
    asked = zip(metadata.items, ITEM_TITLES, ITEM_KINDS, strict=False)
    kinds = {
        kind: kind_of(retitled(item, typed.get(title.block_id) or item.title))
        for item, title, kind in asked
        if title.block_id in ids
    }
    if kinds:
        filled = {form_metadata.KINDS: [each.initial for each in kinds.values()]}
        text = replace(metadata, kept={**metadata.kept, **filled}).encode()
    return REQUEST.of_blocks(text, [*shown, *REQUEST.inputs([*kinds, *fields], {**kinds, **fills})])


def _work(kinds: Sequence[ItemType], asked: int, devops: str, asset: str) -> Block:
    """Return who builds items of these kinds and who owns what they leave; behind those asked for, some are offered."""
    said = words.breakdown(kinds[:asked], devops, asset, offered=kinds[asked:])
    return {**section(said), "block_id": actions.WORK}


def kind_of(item: RequestItem) -> Fill:
    """Return the field with the kind of an item."""
    return Fill(item.type.value, KINDS, label=f"Kind of “{plain(item.title, 60)}”", hint=FOLLOWS_WORDS)


def problem_block(name: str, shown: Collection[str]) -> str:
    """Return the id of the field beside which a problem is said, by its name; `shown` are the ids of those asked."""
    asked = PROBLEM_FIELDS[name]
    # Where there are items, nobody is asked at first for the kind of the title.
    return ITEM_TITLES[0].block_id if asked is ITEM_TYPE and ITEM_TYPE.block_id not in shown else asked.block_id


def beside_shown(wrong: Mapping[str, str], shown: Collection[str]) -> dict[str, str]:
    """Return what is wrong beside fields that are shown; of the others it is said where the form refuses."""
    found = {block_id: said for block_id, said in wrong.items() if block_id in shown}
    labels = {each.block_id: each.label for each in REQUEST.fields}
    hidden = [f"{labels[each]}: {said}" for each, said in wrong.items() if each not in shown]
    if hidden:
        found[TEAM.block_id] = " ".join([*hidden, *filter(None, [found.get(TEAM.block_id)]), "“More…” shows it."])
    return found


def _kept(prefill: Prefill, frame: FormFrame) -> dict[str, str | list[str]]:
    """Return what the fields are filled with that are not shown at first; and the day, to see whether it changes."""
    found: dict[Field[Any], str | list[str]] = {
        NEEDED_REASON: plain(prefill.needed_reason, 200),
        TECHNOLOGIES: list(prefill.technologies),
        GAPS: list(prefill.gaps),
        ASKED_BY: frame.asked_by,
        PEOPLE: filled_number(prefill.people),
        TIMES: filled_number(prefill.times),
        HOURS: filled_number(prefill.hours),
        BLOCKED: filled_number(prefill.people_blocked),
        SHARE: prefill.blocked_share or "",
        NEEDED_BY: filled_day(prefill.needed_by),
        DETAILS: plain(prefill.details, 500),
    }
    kept = {field.block_id: value for field, value in found.items() if value}
    # An empty list is a box that is not ticked.
    return kept if frame.may_copy is None else {**kept, COPY.block_id: [COPY_VALUE] if frame.may_copy else []}


def lost_hours(people: float | None, times: float | None, hours: float | None) -> str:
    """Return the hours that are lost, in words; one person is not named: it may be the whole team."""
    how_often = (times, ("time a month", "times a month"))
    if people == 1:
        lost = [(hours, ("hour", "hours")), how_often]
    else:
        lost = [(people, ("person", "people")), how_often, (hours, ("hour each", "hours each"))]
    return ", ".join(f"{figure(value)} {unit[value != 1]}" for value, unit in lost if value is not None)


def _filled(prefill: Prefill, frame: FormFrame) -> str:
    """Return in words what the fields are filled with that are not shown at first: nothing is sent unseen."""
    numbers, blocked = lost_hours(prefill.people, prefill.times, prefill.hours), _blocked(prefill)
    known = f"a guess, of which {EvidenceKind.GUESSED.weight:.0%} counts in the backlog; say under *More…* if it is "
    known += join((f"{kind} ({kind.weight:.0%})" for kind in _BETTER_KNOWN), last="or")
    gaps = [name for key, name in prefill.technologies.items() if key in prefill.gaps]
    said = {
        "Who needs it": mention(frame.asked_by),
        "Technologies": escape(", ".join(prefill.technologies.values()), 300),
        "New to the team": escape(", ".join(gaps), 300),
        "Lost without it": numbers,
        "Blocked": blocked,
        "How you know": known if numbers or blocked else "",
        "Why by then": escape(prefill.needed_reason, 150),
        "Also said": passage(prefill.details, 600),
        "The thread's words": {None: "", True: "DevOps keeps a copy", False: "not copied"}[frame.may_copy],
    }
    return "\n".join(["*Also filled in*", *(f"{label}: {text}" for label, text in said.items() if text)])


def _blocked(prefill: Prefill) -> str:
    if not prefill.people_blocked:
        return ""
    share = SHARE_WORDS[prefill.blocked_share].lower() if prefill.blocked_share else "half of their work is assumed"
    return f"{prefill.people_blocked}, {share}"


def _kinds(prefill: Prefill, frame: FormFrame, *, has_items: bool) -> Fill:
    """Return the field with the kinds of the title, which is needed where nothing else can be sent."""
    if prefill.items:
        return Fill()
    is_needed = not has_items and not _instead(frame.alternatives)
    return Fill(options=KINDS, label="What kind of thing is it?" if is_needed else "", is_needed=is_needed)


def _words(item: RequestItem) -> Fill:
    """Return the field with an item's words, its kind, and the words that ask for it where they say more."""
    quote = plain(item.quote, 150) if item.quote.strip(" .") != item.title.strip(" .") else ""
    return Fill(item.title, label=words.kind_label(item), hint=quote)


def _boxes(items: Mapping[str, RequestItem]) -> Fill:
    """Return the boxes of items by their places, each with its kind and the words that ask for it."""
    titles = {place: each.title for place, each in items.items()}
    hints = {place: ": ".join(filter(None, (words.ITEM_WORDS[each.type], each.quote))) for place, each in items.items()}
    return Fill(options=titles, hints=hints)


def _above(prefill: Prefill, frame: FormFrame, *, is_private: bool) -> str:
    lines = [f"To {bold(frame.devops, 80)}. Nothing is sent until you press *Open it*."]
    if is_private:
        lines.append(f"Only whoever asks for it and {bold(frame.devops, 80)} see it.")
    if frame.note:
        lines.append(frame.note)
    if prefill.stays_with_team:
        lines.append(f"Stays with you: {'; '.join(escape(each, 150) for each in prefill.stays_with_team[:5])}")
    lines += [f"• {with_days(escape(each, 200))}" for each in prefill.questions[:5]]
    return "\n".join([*within(lines, _MOST_ABOVE), *_there(frame.alternatives)])


def _there(found: Alternatives) -> list[str]:
    """Return what there is already, with links to read before one chooses."""
    lines = [f"• {words.name(each)} · {words.standing(each)}" for each in found.requests]
    lines += [f"• {words.name(each)} · {_link_of(each.whereabouts)}" for each in found.delivered]
    lines += [
        f"• library {bold(each.name, 80)} · {_link_of(each.links[0].url if each.links else '')}"
        for each in found.libraries
    ]
    return ["*There already:*", *lines] if lines else []


def _link_of(url: str) -> str:
    return link(url, shorten(url, 80)) if url else "No link is known: ask the DevOps team."


def _instead(found: Alternatives) -> dict[str, str]:
    """Return what can be chosen in place of a new request: words by their values."""
    named = [(Instead.JOIN, InsteadValue(Instead.JOIN, each.id), f"#{each.id} {each.title}") for each in found.requests]
    for what in (Instead.USE, Instead.SUPPORT):
        named += [(what, InsteadValue(what, each.id), f"#{each.id} {each.title}") for each in found.delivered]
        named += [(what, InsteadValue(what, None, each.id), each.name) for each in found.libraries]
    return {encode(value): f"{INSTEAD_WORDS[what]} {name}" for what, value, name in named}


def opened_view(its: RequestCard) -> Block:
    """Return what is shown after a request was opened that has no thread in which its card could stand."""
    said = f"Opened {words.name(its)}. Its card is in your direct messages with me: there you hear what becomes of it."
    return modal("Opened", [section(said)])


def joined_view(its: RequestCard, team: str, *, hours_stay: bool = False) -> Block:
    """Return what is shown to whoever has joined a request."""
    who = bold(team, 80) if team else "You"
    said = f"{who} {'is' if team else 'are'} on {words.name(its)} now; nothing new was opened. I tell you what happens."
    stay = "\nThe hours that your team has given stay: they are better known." if hours_stay else ""
    return modal("Joined", [section(f"{said}\n{words.standing(its)}{stay}")])


def used_view(name: str, url: str) -> Block:
    """Return what is shown to whoever uses what there is."""
    return modal("Use what exists", [section(f"Nothing was opened: {bold(name, 150)} is there. {_link_of(url)}")])
