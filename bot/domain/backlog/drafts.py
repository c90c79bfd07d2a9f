"""A draft of a request: all that a thread says of it, each thing with the words that say so. Nothing here decides."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from bot.domain.backlog import due, gaps, need_reader, people, quantities, stances, type_classifier
from bot.domain.backlog.cues import WORDS, patterns
from bot.domain.backlog.item_types import WORK, Work
from bot.domain.backlog.needs import HELP, Need, Needs, Strength, together
from bot.domain.backlog.people import Blocked
from bot.domain.backlog.plausibility import Plausibility
from bot.domain.backlog.quantities import Hours
from bot.domain.backlog.relevance import Relevance
from bot.domain.backlog.requests import ItemType
from bot.domain.backlog.stances import Stances
from bot.domain.backlog.summaries import shortened, summed_up
from bot.domain.backlog.technologies import Mention, Vocabulary, ids
from bot.domain.backlog.threads import Sentence, Thread
from bot.domain.backlog.titles import Titles
from bot.domain.phrases import figure

_SAID = patterns("wishes")
#: So many sentences back stands what help is for.
_NEAR = 6
_ARTICLES = ("", "a", "an", "the")
_HOSTS = (ItemType.INFRASTRUCTURE, ItemType.API_SERVICE, ItemType.ENVIRONMENT)
#: What comes with a technology of a type; offered for the team to tick, never ticked.
_USUAL: dict[str, dict[str, str]] = WORDS["usual"]


@dataclass(frozen=True, slots=True)
class Item:
    """A thing that is asked for, the words that ask for it, and what comes of it."""

    type: ItemType
    title: str
    why: str
    message: int

    @property
    def work(self) -> Work:
        """Who builds it, what it leaves behind and who owns that afterwards."""
        return WORK[self.type]


@dataclass(frozen=True, slots=True)
class Quoted:
    """Something that a thread says, with the words and the place in the thread."""

    value: str
    quote: str
    message: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What a thread asks for. Absent means that nobody said it."""

    title: str
    items: tuple[Item, ...] = ()
    suggested: tuple[Item, ...] = ()
    technologies: tuple[Quoted, ...] = ()
    skills_gaps: tuple[Quoted, ...] = ()
    stays_with_team: tuple[Quoted, ...] = ()
    hours: Hours | None = None
    blocked: Blocked | None = None
    needed_by: due.Due | None = None
    team: Quoted | None = None
    questions: tuple[str, ...] = ()
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in a thread, before it is put into a draft."""

    found: Needs
    taken: Stances
    wanted: list[Need]
    choices: list[Item]
    plausible: Plausibility
    #: What nobody in the team can do as the rules have it, with the sentence that says so.
    lacking: dict[str, Sentence]
    relevance: Relevance

    @property
    def is_over(self) -> bool:
        """Whether nothing is wanted any more: it was taken back, or the thread says that it is done."""
        return self.found.withdrawn_at is not None or need_reader.is_closed(self.relevance.thread)


def read(thread: Thread, vocabulary: Vocabulary, *, is_asked: bool = False) -> Reading:
    """Return what a thread wants, what it decides against and what nobody can do."""
    mentions = vocabulary.find([sentence.text for sentence in thread.sentences])
    found = need_reader.find(thread, mentions, vocabulary)
    taken = stances.find(thread, mentions, vocabulary, asked_in=found.asked_in)
    coached_in = {need.sentence.at for need in found.needs if need.kind is ItemType.COACHING}
    plausible = Plausibility(thread, mentions, vocabulary)
    lacking = plausible.gaps(
        gaps.find(thread, mentions, vocabulary, rejected=taken.rejected.keys(), coached_in=coached_in),
        taken.rejected.keys(),
    )
    wanted = _left(_with_successors(found.needs, taken.rejected, mentions, vocabulary), taken.rejected)
    choices = list(_to_choose(thread, mentions, taken.undecided, wanted, vocabulary))
    is_over = found.withdrawn_at is not None or need_reader.is_closed(thread)
    if not wanted and not is_over and not choices:
        wanted = [each for each in found.likely if not taken.rejected.keys() & set(each.technologies)][:1]
    wanted = plausible.needs(wanted, found.asked_in | found.errands, lacking.keys(), is_asked=is_asked)
    if is_asked and not (wanted or choices or is_over):
        wanted = plausible.as_said()
    wanted = [replace(need, kind=ItemType.COACHING) if _is_to_learn(need, lacking) else need for need in wanted]
    about = {each for need in wanted for each in need.technologies} | {
        each.id for row, said in zip(mentions, thread.sentences, strict=True) for each in row if _quotes(wanted, said)
    }
    relevance = Relevance(
        thread,
        mentions,
        vocabulary,
        taken,
        plausible.likely,
        wanted=about,
        lacking=lacking.keys(),
        dropped=found.dropped - about,
        is_wish=bool(wanted or choices),
    )
    return Reading(found, taken, wanted, choices, plausible, lacking, relevance)


def draft(thread: Thread, vocabulary: Vocabulary, *, is_asked: bool = False) -> Draft:
    """Return the draft of a request from a thread; with `is_asked` from words that are meant as one."""
    reading = read(thread, vocabulary, is_asked=is_asked)
    found, wanted = reading.found, reading.wanted
    lacking = reading.lacking if is_asked else dict(_lacking(reading))
    hours, blocked = quantities.hours(thread), people.blocked(thread, reading.relevance.mentions)
    by = due.needed_by(thread, asked_in=found.asked_in)
    about = Draft(
        title=_headline(thread),
        technologies=tuple(_named(reading, is_asked=is_asked)),
        skills_gaps=tuple(_quoted(each, said) for each, said in lacking.items()),
        hours=hours,
        blocked=blocked,
        needed_by=by,
        confidence=0.5,
    )
    names_devops = any(_SAID["devops"].search(each.text) for each in thread.sentences)
    has_evidence = is_asked or bool(lacking or hours or blocked or by or found.stays or names_devops)
    if not wanted and (reading.is_over or not has_evidence or not reading.choices):
        is_due = by and (lacking or (about.technologies and found.needs))
        if reading.is_over or not (hours or blocked or is_due):
            return Draft(title=_headline(thread), confidence=0.8 if found.withdrawn_at is not None else 0.5)
        # Who says what it costs wants something, even where no words are found for it; a day alone is talk.
        wanted = reading.plausible.likeliest({each.value for each in about.technologies})
        if not wanted:
            return about
    called = Titles(thread, reading.relevance.mentions, vocabulary, wanted)
    items = (*(_item(need, reading, called) for need in wanted), *reading.choices)
    return replace(
        about,
        title=summed_up([each.title for each in items]),
        items=items,
        suggested=tuple(_suggested(lacking, vocabulary, items)),
        stays_with_team=tuple(_quoted(text, said) for text, said in found.stays),
        team=_team(thread),
        questions=tuple(_questions(hours, reading.taken.undecided, vocabulary)),
        confidence=_confidence(wanted),
    )


def _quotes(wanted: Iterable[Need], said: Sentence) -> bool:
    return any(said.text in need.quote for need in wanted)


def said_in(found: Draft, messages: Set[int], vocabulary: Vocabulary) -> Draft:
    """Return what these messages of a thread say of a draft, which is read from all of it, by their places."""
    items = tuple(each for each in found.items if each.message in messages)
    named = {name for each in items for name in ids(vocabulary.find([each.why])[0])}
    hours, blocked, due_ = found.hours, found.blocked, found.needed_by
    return Draft(
        title=summed_up([each.title for each in items]),
        items=items,
        technologies=tuple(each for each in found.technologies if each.message in messages or each.value in named),
        skills_gaps=tuple(each for each in found.skills_gaps if each.message in messages or each.value in named),
        stays_with_team=tuple(each for each in found.stays_with_team if each.message in messages),
        hours=hours if hours is not None and hours.message in messages else None,
        blocked=blocked if blocked is not None and blocked.message in messages else None,
        needed_by=due_ if due_ is not None and due_.message in messages else None,
    )


def _quoted(value: str, said: Sentence) -> Quoted:
    return Quoted(value, said.text, said.message.index)


def _with_successors(
    found: Sequence[Need], rejected: Mapping[str, int], mentions: Sequence[Sequence[Mention]], vocabulary: Vocabulary
) -> Iterator[Need]:
    """Yield the needs with what takes a technology's place: of "a MySQL database" and then "no, rather Postgres"."""
    asked = {each for need in found if need.strength > Strength.NAMED for each in need.technologies}
    for need in found:
        name = need.technologies[0] if len(need.technologies) == 1 else ""
        at = rejected.get(name, -1)
        later = ids(mentions[at]) if at > need.sentence.at else ()
        alike = [each for each in later if each not in rejected and vocabulary[each].type == vocabulary[name].type]
        called = [each for each in vocabulary.find([need.title])[0] if each.id == name] if alike else []
        before = need.title[: called[0].start].strip().lower() if called else ""
        # "I'd go with RabbitMQ" names no thing, and is gone with it.
        is_thing = need.weight or before in _ARTICLES
        if len(alike) == len(called) == 1 and alike[0] not in asked and is_thing:
            title = f"{need.title[: called[0].start]}{vocabulary[alike[0]].name}{need.title[called[0].end :]}"
            need = replace(need, technologies=(alike[0],), title=title)  # noqa: PLW2901
        yield need


def _left(found: Iterable[Need], rejected: Mapping[str, int]) -> list[Need]:
    """Return the needs that are not about a technology which the thread decides against later."""
    kept, found = [], list(found)
    dropped = {each.sentence.at for each in found if each.technologies and _is_rejected(each, rejected)}
    for need in found:
        technologies = tuple(each for each in need.technologies if each not in rejected)
        if technologies or need.sentence.at not in dropped:
            kept.append(replace(need, technologies=technologies))
    surest = max((need.strength for need in kept), default=Strength.NAMED)
    if surest >= Strength.LISTED:
        # Where something is asked for in words, what is only named beside it is talk or a part of it.
        least = {True: Strength.IMPLIED, False: Strength.LISTED}
        return [need for need in kept if need.strength >= least[bool(need.technologies) or need.weight > 2]]
    return [need for need in kept if need.strength is surest or need.technologies or _is_new(need.sentence.text)]


def _is_rejected(need: Need, rejected: Mapping[str, int]) -> bool:
    return all(rejected.get(each, -1) >= need.sentence.at for each in need.technologies)


def _is_new(text: str) -> bool:
    """Whether a sentence names a thing as if for the first time, or one more."""
    return bool(_SAID["continued"].search(text) or _SAID["fragment"].match(text))


def _is_to_learn(need: Need, lacking: Container[str]) -> bool:
    """Whether help is asked for with what nobody in the team can do."""
    is_lacking = any(each in lacking for each in (*need.technologies, *need.near))
    return need.kind is ItemType.SUPPORT and is_lacking and _SAID["helps"].search(need.quote) is not None


def quoted(reading: Reading, need: Need) -> dict[Sentence, list[Mention]]:
    """Return the sentences that ask for something, each with the technologies that it names."""
    rows = zip(reading.relevance.thread.sentences, reading.relevance.mentions, strict=True)
    return {said: list(row) for said, row in rows if said.text in need.quote or need.quote in said.text}


def _item(need: Need, reading: Reading, titles: Titles) -> Item:
    kind = type_classifier.kind(need, quoted(reading, need), reading.lacking, reading.relevance.vocabulary)
    need, quote = replace(need, kind=kind), need.quote
    before = [each for each in reading.lacking.values() if 0 < need.sentence.at - each.at <= _NEAR]
    if kind in HELP and not need.technologies and before:
        # "Somebody who has": what for was said before.
        quote = together(max(before, key=lambda each: each.at).text, quote)
    return Item(kind, titles.of(need), quote, need.sentence.message.index)


def _to_choose(
    thread: Thread,
    mentions: Sequence[Sequence[Mention]],
    undecided: Iterable[Sequence[str]],
    wanted: Sequence[Need],
    vocabulary: Vocabulary,
) -> Iterator[Item]:
    """Yield an item for alternatives that nobody chose from, where no other item is about one of them."""
    covered = {each for need in wanted for each in (*need.technologies, *need.near)}
    for group in undecided if not any(need.kind in _HOSTS for need in wanted) else ():
        if not covered.intersection(group):
            covered |= set(group)
            said = next(each for each in thread.sentences if group[-1] in ids(mentions[each.at]))
            names = " or ".join(vocabulary[each].name for each in group)
            yield Item(ItemType.INFRASTRUCTURE, names, said.text, said.message.index)


def candidates(reading: Reading) -> dict[str, Quoted]:
    """Return the technologies that are named, in code as well; in what links lead to where nothing else names any."""
    thread, vocabulary, mentions = reading.relevance.thread, reading.relevance.vocabulary, reading.relevance.mentions
    said = [(each, one.text, one.message) for one in thread.sentences for each in ids(mentions[one.at])]
    said += [(each, one.code[:200], one) for one in thread.messages for each in ids(vocabulary.find([one.code])[0])]
    links = [(one, each) for one in thread.messages for each in ids(vocabulary.find([one.unfurls])[0])]
    found: dict[str, Quoted] = {}
    for each, text, message in said or [(each, one.unfurls[:200], one) for one, each in links]:
        found.setdefault(each, Quoted(each, text, message.index))
    return found


def _named(reading: Reading, *, is_asked: bool) -> Iterator[Quoted]:
    """Yield the technologies of what is asked for: where all is meant as a request, all but what is rejected."""
    for name, said in candidates(reading).items():
        if name not in reading.taken.rejected if is_asked else reading.relevance.belongs(name):
            yield said


def _lacking(reading: Reading) -> Iterator[tuple[str, Sentence]]:
    """Yield the technologies that nobody in the team can handle, each with the sentence that says so."""
    relevance = reading.relevance
    by_sentence: dict[Sentence, list[str]] = {}
    for name, said in reading.lacking.items():
        by_sentence.setdefault(said, []).append(name)
    for said, names in by_sentence.items():
        if relevance.lacks(names, is_said=True):
            yield from ((name, said) for name in names)
    for name in relevance.stances.notes:
        if name not in reading.lacking and relevance.lacks([name], is_said=False):
            yield name, relevance.plainest(name)


def _suggested(lacking: Mapping[str, Sentence], vocabulary: Vocabulary, items: Sequence[Item]) -> Iterator[Item]:
    """Yield what usually comes with technologies that are new to the team."""
    said = {item.title.lower() for item in items}
    for each, sentence in lacking.items():
        for words, kind in _USUAL.get(vocabulary[each].type, {}).items():
            title = words.format(vocabulary[each].name)
            if title.lower() not in said:
                yield Item(ItemType(kind), title, sentence.text, sentence.message.index)


def _headline(thread: Thread) -> str:
    return shortened(thread.sentences[0].text) if thread.sentences else ""


def _team(thread: Thread) -> Quoted | None:
    said = ((_SAID["team"].search(each.text), each) for each in thread.sentences)
    return next((_quoted(found["name"] or found["after"], each) for found, each in said if found), None)


def how_often_question(hours: Hours | None) -> str:
    """Return what is asked where a thread names hours and not how often they are lost; empty where it says both."""
    if hours is None or hours.monthly is not None:
        return ""
    return f"How many times a month does it take {figure(hours.amount)} {'hour' if hours.amount == 1 else 'hours'}?"


def _questions(hours: Hours | None, undecided: Sequence[Sequence[str]], vocabulary: Vocabulary) -> Iterator[str]:
    if how_often := how_often_question(hours):
        yield how_often
    for group in dict.fromkeys(map(tuple, undecided)):
        yield f"Which of {', '.join(vocabulary[each].name for each in group)} is it to be?"


def _confidence(wanted: Sequence[Need]) -> float:
    """Return how sure the draft is of its items: asked in words, of a kind that a noun names."""
    sure = [0.3 + 0.1 * need.strength + 0.1 * min(need.weight, 2) for need in wanted] or [0.4]
    return round(sum(sure) / len(sure), 2)
