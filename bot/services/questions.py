"""What a question is about: the past, a team or a person that it refers to, or whatever it names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from bot.blocks.text import is_channel_id
from bot.domain.dates import split_day
from bot.domain.directory import Match, Nearest, Resolution, ResolutionMethod, owner_questions
from bot.domain.directory.courtesies import Courtesy, courtesy
from bot.domain.directory.owner_questions import OwnerQuestion, Owners
from bot.domain.directory.references import Reference, Refers, references, without_references
from bot.domain.names import fold
from bot.domain.records import PersonRecord, TeamRecord
from bot.domain.value_object import value_object
from bot.services.near_names import people_near, teams_near
from bot.services.snapshot import Snapshot

#: Of several references, the surest to be meant comes first: people are also mentioned to call them.
_FIRST = (Refers.GROUP, Refers.CHANNEL, Refers.PERSON)
#: How a question asks for all that is known: `payments-db history`, `history of payments-db`.
_HISTORY = re.compile(r"^\s*(?:history\s+(?:of\s+)?(?P<after>.+)|(?P<before>.+?)\s+history)\s*\??\s*$", re.IGNORECASE)
#: Words without which nobody asks for what somebody owns; most questions have none of them.
_OF_AN_OWNER = re.compile(r"\b(?:own|owns|owned|owners?|mine|ours?|my|after|for|of|maintains?)\b", re.IGNORECASE)
#: How a question asks who was its owner, at a time that it does not say or that nobody can read.
_FORMERLY = re.compile(
    r"\bwho\s+(?:(?:has|had|once|previously|formerly|originally)\s+)*owned\b|\bused\s+to\s+(?:own|belong)\b"
    r"|\b(?:former|previous|past|last|original)\s+owners?\b",
    re.IGNORECASE,
)
#: The same in other languages: a word that asks for somebody, and one for a time that is over.
_WHO_ABROAD = re.compile(r"\b(?:wer|wem|wessen|qui|quién|quien|chi|quem|wie|vem|hvem|kto|kdo)\b", re.IGNORECASE)
_FORMERLY_ABROAD = re.compile(
    r"\b(?:früher|vorher|zuvor|damals|ehemals|auparavant|autrefois|anteriormente|antes|in\s+passato|precedentemente|vroeger|voorheen"
    r"|tidigare|tidligere|wcześniej|dříve)\b|\b(?:avant|prima|dawniej)(?=\s*\??\s*$)",
    re.IGNORECASE,
)
#: In the past tense, it asks the same: "wer war letztes Jahr für payments-db zuständig?". "Wer war nochmal" does not.
_WAS_ABROAD = re.compile(
    r"\b(?:wer\s+(?:war(?:en)?|hatte)|wem\s+gehörten?)\b(?!\s+(?:das\s+)?(?:noch\s?mal|doch|gleich|noch\s+gleich))"
    r"|\bqui\s+(?:était|étaient|avait|s['’]occupait|gérait|possédait|détenait|appartenai(?:en)?t)\b"
    r"|\bqui[eé]n(?:es)?\s+(?:era|eran|fue|llevaba|tenía|gestionaba|pertenecían?)\b"
    r"|\bchi\s+(?:era|erano|aveva|gestiva|possedeva|apparteneva(?:no)?)\b|\bquem\s+(?:era|foi|tinha|cuidava|pertenciam?)\b"
    r"|\bwie\s+(?:was|waren|had|bezat|beheerde)\b|\b(?:кто|хто)\s+(?:был[аи]?|владел[аи]?|отвечал[аи]?|володі\w+|відповідав\w*)\b"
    r"|\bкому\s+(?:принадлежал|належа[вл])\w*\b"
    r"|\bvem\s+(?:var|ägde)\b|\bhvem\s+(?:var|eide|ejede)\b|\bkto\s+(?:był|odpowiadał)\b|\bkdo\s+(?:byl|měl)\b",
    re.IGNORECASE,
)
#: The same where words have no blanks between them.
_WAS_IN_THE_EAST = re.compile(
    r"(?=.*(?:谁|誰|担当|누가|누구|담당))(?:.*?)(?P<when>以前|之前|从前|曾经|去年|上个月|昨年|先月|かつて|이전|예전|작년|지난달)",
    re.DOTALL,
)
#: When that was, which is no part of a name.
_PERIOD_ABROAD = re.compile(
    r"\b(?:letzt\w+|vorig\w+)\s+(?:jahr\w*|monat\w*|quartal\w*|woche\w*)\b|\bl['’](?:an|année)\s+derni(?:er|ère)\b|\ble\s+mois\s+dernier\b"
    r"|\b(?:el|no)?\s*(?:año|mes|ano|mês)\s+pas+ado\b|\bl['’]anno\s+scorso\b|\bil\s+mese\s+scorso\b|\bvorige?\s+(?:jaar|maand|week)\b"
    r"|\bförra\s+(?:året|månaden)\b|\b(?:i\s+fjor|sidste\s+år)\b|\bw\s+zeszłym\s+roku\b|\b(?:loni|minulý\s+rok)\b"
    r"|\bв\s+прошлом\s+(?:году|месяце)\b|\b(?:раньше|торік)\b",
    re.IGNORECASE,
)
#: … and what it says of the time then.
_AT_SOME_TIME = re.compile(
    r",?\s+(?:at\s+first|before|earlier|first|in\s+the\s+past|originally|previously|back\s+then|so\s+far)(?:\s.*)?\W*$",
    re.IGNORECASE,
)
#: A person or a team as people write one that Slack does not know; `@acme/ui` is a package, or a team of GitHub.
_HANDLE = re.compile(r"@(?P<name>[\w][\w.-]{0,79})")
#: Nobody has a name of more words.
_MOST_NAMES = 5
_LITERALLY = frozenset({ResolutionMethod.REF, ResolutionMethod.NAME})


@dataclass(frozen=True, slots=True)
class OnDay:
    """A question about a day."""

    text: str
    day: date


@dataclass(frozen=True, slots=True)
class Always:
    """A question about all times."""

    text: str


@value_object()
class Named:
    """A question about today, as far as it names something, and what that resolves to.

    `is_literal` is whether all of it is a name, a reference or an address, so that it asks for nothing else.
    """

    text: str
    resolution: Resolution
    is_literal: bool = False


@dataclass(frozen=True, slots=True)
class TeamsMeant:
    """The teams that have this channel or user group, at least one."""

    teams: tuple[TeamRecord, ...]


@dataclass(frozen=True, slots=True)
class TeamThings:
    """A question for what this team owns."""

    team: TeamRecord


@dataclass(frozen=True, slots=True)
class PersonMeant:
    """A person that the catalog knows."""

    person: PersonRecord


@dataclass(frozen=True, slots=True)
class PeopleMeant:
    """Several people have this name."""

    people: tuple[PersonRecord, ...]


@dataclass(frozen=True, slots=True)
class AskerUnknown:
    """Somebody asks for what is theirs whom the catalog does not know, or knows in no team."""


@dataclass(frozen=True, slots=True)
class NobodyMeant:
    """The catalog has nothing for this reference; `is_sure` is False while not all channels have been read.

    Slack may know more of it: which handle a user group has, and what a channel is called that is newer than its list.
    """

    reference: Reference
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class NobodyCalled:
    """Somebody is asked for as `@name`, and neither a person nor a team has this name; those whose names are near."""

    name: str
    people: tuple[PersonRecord, ...] = ()
    teams: tuple[TeamRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class NoQuestion:
    """A greeting, thanks or a remark: nothing is asked."""

    courtesy: Courtesy


Meant: TypeAlias = (
    NoQuestion | TeamsMeant | TeamThings | PersonMeant | PeopleMeant | AskerUnknown | NobodyMeant | NobodyCalled
)


def read(snapshot: Snapshot, text: str, *, now: datetime, asker: str = "") -> OnDay | Always | Meant | Named:
    """Return what a question of the person with this Slack id is about.

    What is literally a name asks for nothing else, whatever it ends in, unless people say it as a courtesy. It refers
    to a channel, a person or a user group only as far as it names nothing.
    """
    literally = snapshot.directory.literally(text)
    if (said := courtesy(text)) is not None and not (said is Courtesy.NOD and literally is not None):
        return NoQuestion(said)
    if literally is not None:
        return Named(text, literally, is_literal=True)
    if (past := about_the_past(snapshot, text, now=now)) is not None:
        return past
    is_of_owner = _OF_AN_OWNER.search(text) is not None or owner_questions.may_ask(text)
    if is_of_owner and (meant := _owner_meant(snapshot, text, asker)) is not None:
        return meant
    if not (referred := references(text)):
        return Named(text, snapshot.directory.resolve(text))
    found = named(snapshot, text)
    if found.text != text:
        return found
    ordered = sorted(referred, key=lambda reference: _FIRST.index(reference.to))
    for reference in ordered:
        if (known := _known(snapshot, reference)) is not None:
            return known
    # A channel may be an asset's, by its id or by its name.
    if not isinstance(found.resolution, Nearest):
        return found
    return NobodyMeant(ordered[0], is_sure=ordered[0].to is not Refers.CHANNEL or snapshot.has_listed_channels)


def about_the_past(snapshot: Snapshot, text: str, *, now: datetime) -> OnDay | Always | None:
    """Return what a question asks of the past; None for a question about today.

    What names an asset literally is a question about today, whatever it ends in.
    """
    rest, day = split_day(text, today=now.date())
    asked = _HISTORY.match(text)
    if day is None and asked is None:
        before = _FORMERLY.search(text)
        if before is None and _WHO_ABROAD.search(text) is not None and (abroad := _FORMERLY_ABROAD.search(text)):
            return Always(text[: abroad.start()] + text[abroad.end() :])
        if before is None and (east := _WAS_IN_THE_EAST.match(text)):
            return Always(f"{text[: east.start('when')]} {text[east.end('when') :]}")
        if before is None and _WAS_ABROAD.search(text) is not None:
            return Always(_PERIOD_ABROAD.sub("", text))
        if before is None:
            return None
        return Always(text[: before.end()] + _AT_SOME_TIME.sub("", text[before.end() :]))
    found = snapshot.directory.resolve(text)
    if isinstance(found, Match) and found.method in _LITERALLY:
        return None
    if day is not None:
        return OnDay(rest, day)
    return Always((asked["after"] or asked["before"]) if asked else text)


def named(snapshot: Snapshot, text: str) -> Named:
    """Return what a question names, without whom and what it mentions in passing if it names something beside that."""
    rest = without_references(text)
    if rest != text and not snapshot.directory.is_name(text):
        resolution = snapshot.directory.resolve(rest)
        if _names_something(snapshot, rest, resolution):
            return Named(rest, resolution)
    return Named(text, snapshot.directory.resolve(text))


def _names_something(snapshot: Snapshot, text: str, resolution: Resolution) -> bool:
    """Whether a text asks for an asset by name: "who owns checkout, @jo?" does, and "what does @jo own?" does not."""
    if not snapshot.directory.asks_by_name(text):
        return isinstance(resolution, Match) and resolution.method.is_literal
    return not isinstance(resolution, Nearest)


def _owner_meant(snapshot: Snapshot, text: str, asker: str) -> Meant | None:
    """Return whose things a question asks for, as "what does Ada own?" does; None when it asks something else."""
    asked = owner_questions.asked(text)
    if asked is None:
        return None
    if asked.of is Owners.NAMED:
        return _named_owner(snapshot, asked)
    person = snapshot.person_by_slack_id(asker)
    if asked.of is Owners.ASKER:
        return PersonMeant(person) if person is not None else AskerUnknown()
    teams = snapshot.teams_of(person.id) if person is not None else ()
    if len(teams) == 1:
        return TeamThings(teams[0])
    return TeamsMeant(teams) if teams else AskerUnknown()


def _named_owner(snapshot: Snapshot, asked: OwnerQuestion) -> Meant | None:
    if references(asked.name):
        return None
    for name in dict.fromkeys((asked.name, asked.bare)):
        team = snapshot.team_by_name(name)
        if team is not None and not team.is_gone:
            return TeamThings(team)
    people = snapshot.people_called(asked.name)
    if not people:
        return _nobody_called(snapshot, asked.name) if asked.is_handle else None
    return PersonMeant(people[0]) if len(people) == 1 else PeopleMeant(people)


def owner_at(snapshot: Snapshot, name: str) -> Meant | None:
    """Return whom `@name` means, perhaps nobody whom the catalog has; None for a name that is written otherwise."""
    found = _HANDLE.fullmatch(name)
    if found is None:
        return None
    return _named_owner(snapshot, OwnerQuestion(Owners.NAMED, found["name"], found["name"], is_handle=True))


def _nobody_called(snapshot: Snapshot, name: str) -> NobodyCalled:
    return NobodyCalled(name, people_near(snapshot, name), teams_near(snapshot, name))


def team_said(snapshot: Snapshot, text: str) -> TeamRecord | None:
    """Return the team that a text names as one, "the growth team", where no asset is called so."""
    said = owner_questions.team_said(text)
    if said is None or snapshot.directory.is_name(text):
        return None
    teams = filter(None, map(snapshot.team_by_name, said))
    return next((team for team in teams if not team.is_gone), None)


def owner_called(snapshot: Snapshot, name: str) -> TeamsMeant | TeamThings | PersonMeant | None:
    """Return the team or the person of a name that no asset has; the teams, where it is only the end of their names."""
    team = snapshot.team_by_name(name)
    if team is not None and not team.is_gone:
        return TeamThings(team)
    if len(name.split()) > _MOST_NAMES:
        return None
    key = fold(name)
    people = [each for each in snapshot.people_called(name) if key in (fold(each.name), fold(each.email))]
    if len(people) == 1:
        return PersonMeant(people[0])
    teams = tuple(each for each in snapshot.teams() if "/" in each.name and fold(each.name.rpartition("/")[2]) == key)
    if len(teams) > 1:
        return TeamsMeant(tuple(sorted(teams, key=lambda each: fold(each.name))))
    return TeamThings(teams[0]) if teams else None


def _known(snapshot: Snapshot, reference: Reference) -> Meant | None:
    if reference.to is Refers.PERSON:
        person = snapshot.person_by_slack_id(reference.id)
        return PersonMeant(person) if person is not None else None
    has = _has_channel if reference.to is Refers.CHANNEL else _has_group
    teams = tuple(sorted((team for team in snapshot.teams() if has(team, reference)), key=lambda team: fold(team.name)))
    if not teams and reference.to is Refers.GROUP:
        teams = _called_as_group(snapshot, reference)
    return TeamsMeant(teams) if teams else None


def teams_called(snapshot: Snapshot, texts: Iterable[str]) -> TeamsMeant | TeamThings | None:
    """Return the teams whose channels or user groups texts give; people whom they mention are only called."""
    given = (each for text in texts for each in references(text) if each.to is not Refers.PERSON)
    known = (_known(snapshot, each) for each in given)
    teams = tuple(dict.fromkeys(team for each in known if isinstance(each, TeamsMeant) for team in each.teams))
    if len(teams) == 1:
        return TeamThings(teams[0])
    return TeamsMeant(teams) if teams else None


def _called_as_group(snapshot: Snapshot, reference: Reference) -> tuple[TeamRecord, ...]:
    """Return the team that a user group is called after, as many are; not one that has another group."""
    team = snapshot.team_by_name(reference.label)
    return () if team is None or team.is_gone or team.user_group else (team,)


def _has_channel(team: TeamRecord, reference: Reference) -> bool:
    if is_channel_id(team.channel):
        return team.channel == reference.id
    name = team.channel.removeprefix("#")
    return bool(name) and name.casefold() == reference.label.casefold()


def _has_group(team: TeamRecord, reference: Reference) -> bool:
    handle = team.user_group.removeprefix("@")
    return bool(handle) and (handle == reference.id or handle.casefold() == reference.label.casefold())
