"""A draft of a request: all that a thread says of it, each thing with the words that say so. Nothing here decides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from bot.domain.backlog import due, gaps, need_reader, people, quantities, stances
from bot.domain.backlog.cues import WORDS, alternatives, patterns
from bot.domain.backlog.item_types import WORK, Work
from bot.domain.backlog.needs import Need, Strength, title, together
from bot.domain.backlog.people import Blocked
from bot.domain.backlog.quantities import Hours
from bot.domain.backlog.requests import ItemType
from bot.domain.backlog.technologies import Mention, Vocabulary, ids
from bot.domain.backlog.threads import Sentence, Thread

_SAID = patterns("wishes")
_DEVOPS = re.compile(alternatives([r"\b{devops}\b"]), re.IGNORECASE)
#: What a sentence tells before the clause that asks: "the module fails, can somebody …".
_TOLD = re.compile(r"(.+?)\s*[,;:.–—-]\s[^,;:.–—]*$", re.DOTALL)
#: A name that begins a sentence, of what something is needed for.
_NEEDING = re.compile(
    r"^\W*(?:(?:our|the) )?`?(?P<name>[a-z][a-z0-9]*(?:[-_][a-z0-9]+)+)`? (?:also |really |now )?"
    r"(?:needs|requires|lacks|is (?:full|too small|out of)|runs out)\b",
    re.IGNORECASE,
)
_TITLE = 80
#: So many sentences back stands what help is for.
_NEAR = 6
_TEAM = re.compile(
    r"\b(?:we|us|this is|i|here) (?:from|in|are|is|of|on|at)? ?(?:the )?(?P<name>[\w-]{2,30}) (?:team|squad|guild|"
    r"crew)(?: here)?\b|\bteam (?P<after>[A-Z][\w-]{1,30})\b(?= (?:here|needs|would|asks))"
)
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


def draft(thread: Thread, vocabulary: Vocabulary, *, is_asked: bool = False) -> Draft:
    """Return the draft of a request from a thread; with `is_asked` from words that are meant as one."""
    mentions = vocabulary.find([sentence.text for sentence in thread.sentences])
    found = need_reader.find(thread, mentions, vocabulary)
    taken = stances.find(thread, mentions, vocabulary, asked_in=found.asked_in)
    coached_in = {need.sentence.at for need in found.needs if need.kind is ItemType.COACHING}
    lacking = gaps.find(thread, mentions, vocabulary, rejected=taken.rejected.keys(), coached_in=coached_in)
    hours, blocked = quantities.hours(thread), people.blocked(thread, mentions)
    owned = {sentence.at for _, sentence in found.stays} - found.asked_in
    by = due.needed_by(thread, asked_in=found.asked_in, owned=owned)
    has_evidence = is_asked or bool(lacking or hours or blocked or by or found.stays or _names_devops(thread))
    wanted = _left(_with_successors(found.needs, taken.rejected, mentions, vocabulary), taken.rejected)
    choices = list(_to_choose(thread, mentions, taken, wanted, vocabulary))
    is_over = found.withdrawn_at is not None or need_reader.is_closed(thread)
    if not wanted and not is_over and not choices:
        wanted = [each for each in found.likely if not taken.rejected.keys() & set(each.technologies)][:1]
    gone = found.dropped - {each for need in wanted for each in (*need.technologies, *need.near)}
    about = Draft(
        title=_headline(thread),
        technologies=_named(thread, mentions, vocabulary, taken.rejected.keys() | gone),
        skills_gaps=tuple(Quoted(each, said.text, said.message.index) for each, said in lacking.items()),
        hours=hours,
        blocked=blocked,
        needed_by=by,
        confidence=0.5,
    )
    if not wanted and (is_over or not has_evidence or not choices):
        # Who says what it costs wants something, even where no words are found for it; a day alone is talk.
        if not is_over and (hours or blocked):
            return about
        return Draft(title=_headline(thread), confidence=0.8 if found.withdrawn_at is not None else 0.5)
    items = (*(_item(need, lacking, thread) for need in wanted), *choices)
    return replace(
        about,
        title=_title(items, wanted, vocabulary),
        items=items,
        suggested=tuple(_suggested(lacking, vocabulary, items)),
        stays_with_team=tuple(Quoted(text, said.text, said.message.index) for text, said in found.stays),
        team=_team(thread),
        questions=tuple(_questions(hours, taken.undecided, vocabulary)),
        confidence=_confidence(wanted),
    )


def _with_successors(
    found: Sequence[Need],
    rejected: Mapping[str, int],
    mentions: Sequence[Sequence[Mention]],
    vocabulary: Vocabulary,
) -> list[Need]:
    """Return the needs with what takes a technology's place: of "a MySQL database" and then "no, rather Postgres"."""
    asked = {each for need in found for each in need.technologies}
    kept = []
    for need in found:
        # "I'd go with RabbitMQ" names no thing, and is gone with it.
        name = need.technologies[0] if need.weight and len(need.technologies) == 1 else ""
        at = rejected.get(name, -1)
        later = ids(mentions[at]) if at > need.sentence.at else ()
        alike = [each for each in later if each not in rejected and vocabulary[each].type == vocabulary[name].type]
        called = [each for each in vocabulary.find([need.title])[0] if each.id == name]
        if len(alike) == len(called) == 1 and alike[0] not in asked:
            title = f"{need.title[: called[0].start]}{vocabulary[alike[0]].name}{need.title[called[0].end :]}"
            kept.append(replace(need, technologies=(alike[0],), title=title))
        else:
            kept.append(need)
    return kept


def _left(found: Sequence[Need], rejected: dict[str, int]) -> list[Need]:
    """Return the needs that are not about a technology which the thread decides against later."""
    dropped = {
        need.sentence.at
        for need in found
        if need.technologies and all(rejected.get(each, -1) >= need.sentence.at for each in need.technologies)
    }
    kept = []
    for need in found:
        technologies = tuple(each for each in need.technologies if each not in rejected)
        if technologies or need.sentence.at not in dropped:
            kept.append(replace(need, technologies=technologies))
    surest = max((need.strength for need in kept), default=Strength.NAMED)
    if surest >= Strength.LISTED:
        # Where something is asked for in words, what is only named beside it is talk or a part of it.
        least = {True: Strength.IMPLIED, False: Strength.LISTED}
        kept = [need for need in kept if need.strength >= least[bool(need.technologies) or need.weight > 2]]
    elif surest is Strength.IMPLIED:
        kept = [need for need in kept if need.strength is surest or need.technologies or _is_new(need.sentence.text)]
    return kept


def _is_new(text: str) -> bool:
    """Whether a sentence names a thing as if for the first time, or one more."""
    return bool(_SAID["continued"].search(text) or _SAID["fragment"].match(text))


def _names_devops(thread: Thread) -> bool:
    return any(_DEVOPS.search(sentence.text) for sentence in thread.sentences)


def _item(need: Need, lacking: Mapping[str, Sentence], thread: Thread) -> Item:
    helps = need.kind is ItemType.SUPPORT and re.search(r"\bhelp\b|\bhand with\b", need.quote, re.IGNORECASE)
    kind = (
        ItemType.COACHING if helps and any(each in lacking for each in (*need.technologies, *need.near)) else need.kind
    )
    quote = need.quote
    if kind in (ItemType.COACHING, ItemType.SUPPORT) and not need.technologies:
        # "Somebody who has": what for was said before.
        before = [each for each in lacking.values() if 0 < need.sentence.at - each.at <= _NEAR]
        quote = together(max(before, key=lambda each: each.at).text, quote) if before else quote
    return Item(kind, _called(need, thread), quote, need.sentence.message.index)


def _called(need: Need, thread: Thread) -> str:
    """Return what is needed as it is called: of "fix it" the words before it, which say what."""
    at, called = need.sentence.at, _SAID["spoken"].sub("", _with_subject(need))
    if _SAID["points"].match(need.title):
        told = _TOLD.match(need.sentence.text)
        before = told[1] if told is not None else thread.sentences[at - 1].text if at else ""
        called = title(before) if len(before.split()) >= 3 else called
    return called[:1].upper() + called[1:]


def _with_subject(need: Need) -> str:
    """Return what is needed, with what it is for where a name begins its sentence: "shipping-db needs a replica"."""
    text = need.sentence.text
    found = _NEEDING.match(text)
    if found is None or found["name"].lower() in need.title.lower():
        return need.title
    before = text[found.end() : max(found.end(), text.lower().find(need.title.lower()))]
    if re.search(r"\b(?:we|i)\b", before, re.IGNORECASE):  # another wish begins in between
        return need.title
    named = re.sub(r"(?<=\w )\bit\b", found["name"], need.title, count=1)
    return named if named != need.title else f"{need.title} for {found['name']}"


def _to_choose(
    thread: Thread,
    mentions: Sequence[Sequence[Mention]],
    taken: stances.Stances,
    wanted: Sequence[Need],
    vocabulary: Vocabulary,
) -> Iterator[Item]:
    """Yield an item for alternatives that nobody chose from, where no other item is about one of them."""
    covered = {each for need in wanted for each in (*need.technologies, *need.near)}
    for group in taken.undecided:
        said = next(each for each in thread.sentences if group[-1] in ids(mentions[each.at]))
        if not covered.intersection(group) and not any(need.kind in _HOSTS for need in wanted):
            covered |= set(group)
            yield Item(
                ItemType.INFRASTRUCTURE,
                " or ".join(vocabulary[each].name for each in group),
                said.text,
                said.message.index,
            )


def _named(
    thread: Thread, mentions: Sequence[Sequence[Mention]], vocabulary: Vocabulary, rejected: Set[str]
) -> tuple[Quoted, ...]:
    found: dict[str, Quoted] = {}
    for sentence in thread.sentences:
        for each in ids(mentions[sentence.at]):
            found.setdefault(each, Quoted(each, sentence.text, sentence.message.index))
    for message in thread.messages:
        for each in ids(vocabulary.find([message.code])[0]) if message.code else ():
            found.setdefault(each, Quoted(each, message.code[:200], message.index))
    if not found:
        for message in thread.messages:
            for each in ids(vocabulary.find([message.unfurls])[0]) if message.unfurls else ():
                found.setdefault(each, Quoted(each, message.unfurls[:200], message.index))
    return tuple(said for each, said in found.items() if each not in rejected)


def _suggested(lacking: Mapping[str, Sentence], vocabulary: Vocabulary, items: Sequence[Item]) -> Iterator[Item]:
    """Yield what usually comes with technologies that are new to the team."""
    said = {item.title.lower() for item in items}
    for each, sentence in lacking.items():
        for words, kind in _USUAL.get(vocabulary[each].type, {}).items():
            title = words.format(vocabulary[each].name)
            if title.lower() not in said:
                yield Item(ItemType(kind), title, sentence.text, sentence.message.index)


def _title(items: Sequence[Item], wanted: Sequence[Need], vocabulary: Vocabulary) -> str:
    first = items[0].title
    named = [vocabulary[each] for need in wanted[:1] for each in need.technologies]
    is_said = any(_is_spelt(each, first) for one in named for each in one.spellings)
    # "VM with a GPU" keeps its letters, "The queue" does not.
    is_short_name = any(each.isupper() or each.isdigit() for each in first.partition(" ")[0][1:])
    behind = first if is_short_name else f"{first[:1].lower()}{first[1:]}"
    title = first if is_said or not named else f"{named[0].name}: {behind}"
    more = f" and {len(items) - 1} more" if len(items) > 1 else ""
    return (title if len(title) + len(more) <= _TITLE else title[: _TITLE - len(more) - 1].rstrip() + "…") + more


def _is_spelt(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}s?(?!\w)", text, re.IGNORECASE) is not None


def _headline(thread: Thread) -> str:
    text = thread.sentences[0].text if thread.sentences else ""
    return text if len(text) <= _TITLE else text[: _TITLE - 1].rstrip() + "…"


def _team(thread: Thread) -> Quoted | None:
    for sentence in thread.sentences:
        if said := _TEAM.search(sentence.text):
            return Quoted(said["name"] or said["after"], sentence.text, sentence.message.index)
    return None


def how_often_question(hours: Hours | None) -> str:
    """Return what is asked where a thread names hours and not how often they are lost; empty where it says both."""
    if hours is None or hours.monthly is not None:
        return ""
    return f"How many times a month does it take {hours.amount:g} {'hour' if hours.amount == 1 else 'hours'}?"


def _questions(hours: Hours | None, undecided: Sequence[Sequence[str]], vocabulary: Vocabulary) -> list[str]:
    asked = []
    if how_often := how_often_question(hours):
        asked.append(how_often)
    for group in dict.fromkeys(map(tuple, undecided)):
        asked.append(f"Which of {', '.join(vocabulary[each].name for each in group)} is it to be?")
    return asked


def _confidence(wanted: Sequence[Need]) -> float:
    """Return how sure the draft is of its items: asked in words, of a kind that a noun names."""
    sure = [0.3 + 0.1 * need.strength + 0.1 * min(need.weight, 2) for need in wanted] or [0.4]
    return round(sum(sure) / len(sure), 2)
