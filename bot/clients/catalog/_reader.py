"""What all catalog formats share: options, the description of a format, bytes to text, and the sink for claims."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.clients.catalog import _alphabets
from bot.clients.catalog._placeholders import NoOwner, said_of
from bot.clients.catalog._values import MOST_LOOKED_AT, quoted
from bot.domain.catalog import (
    AssetClaim,
    Origin,
    OwnerClaim,
    PersonClaim,
    Problem,
    SourceCatalog,
    TeamClaim,
)
from bot.domain.names import fold
from bot.domain.reconcile.assets import external_id_in_file
from bot.domain.secrets import looks_secret
from bot.domain.working_time import zone_of
from bot.errors import UnreadableError

MEBIBYTE = 1024 * 1024
#: Bytes read from the start of a file to see whether a format would use it.
PEEK_BYTES = 64 * 1024
#: Owners are looked for so many assets above one that names none.
_MOST_STEPS = 10
#: At most this many problems are kept for one file; a file in the wrong format would otherwise give one a line.
_PROBLEMS_PER_FILE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What an organisation may set about how its files are read; the defaults fit most.

    Annotation and tag keys are compared without case; where several are present, the first in the list counts.
    """

    #: Backstage annotations that hold the Slack channel.
    backstage_channel_annotations: tuple[str, ...] = (
        "slack.com/channel",
        "slack/channel",
        "slack.com/channel-name",
        "slack.com/channel-id",
        "backstage.io/slack-channel",
        "slack-channel",
    )
    #: Backstage annotations that lead to on-call: a URL, or a service's id at the vendor that the key names.
    backstage_on_call_annotations: tuple[str, ...] = (
        "pagerduty.com/service-id",
        "pagerduty.com/integration-key",
        "opsgenie.com/component-selector",
        "grafana/oncall",
        "on-call",
    )
    #: Backstage annotations that list what an entity runs: `postgresql@11.22 on aws-rds, java@17`.
    backstage_runs_annotations: tuple[str, ...] = ("baton/runs",)
    #: Name of the repository that a CODEOWNERS file belongs to (`acme/shop`); "" takes it from the checkout.
    repository: str = ""
    #: Tags and labels that name an owner in Terraform, first one first.
    owner_tags: tuple[str, ...] = (
        "owner",
        "owners",
        "owned-by",
        "team",
        "team-name",
        "owner-team",
        "owning-team",
        "managed-by-team",
        "squad",
        "contact",
    )
    #: Larger files are refused. Formats that have to be held in memory whole have a lower limit of their own.
    max_file_bytes: int = 2048 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read: where it is, what the user called it, and the directory that was walked to find it, if any.

    `ambiguous` are names that other files beside it give to other things, in lower case.
    """

    path: Path
    shown: str
    walked_from: Path | None = None
    ambiguous: frozenset[str] = frozenset()

    def at(self, line: int | None = None) -> Origin:
        """Return the place in this file, `line` counted from 1."""
        return Origin(self.shown, line)


@dataclass(slots=True)
class Sink:
    """Collects what a source says and keeps its names unique; the second of two equal ones becomes a problem."""

    catalog: SourceCatalog = field(default_factory=SourceCatalog)
    _seen: dict[tuple[str, str], Origin] = field(default_factory=dict)
    _problem_counts: dict[str, int] = field(default_factory=dict)
    #: By external id, the owners that were named first, and where.
    _owners: dict[str, tuple[tuple[OwnerClaim, ...], Origin]] = field(default_factory=dict)
    #: The assets of which an owner's text names none, as they were read.
    _unnamed: list[AssetClaim] = field(default_factory=list)
    #: By external id, what an asset takes its owner from, and what it is a part of by the word of the whole.
    _heirs: dict[str, str] = field(default_factory=dict)
    _wholes: dict[str, str] = field(default_factory=dict)
    #: By external id, the external ids of what cannot do without it.
    _users: dict[str, set[str]] = field(default_factory=dict)
    #: By the external ids of parts: the type and the name of the whole that runs the same, and whether parts count.
    _same: dict[str, tuple[str, str, bool]] = field(default_factory=dict)
    #: By the name of a repository, where the first of that name is.
    _places: dict[str, str] = field(default_factory=dict)
    #: By the name of a repository that nothing in it says, the folder that was called so first.
    _called: dict[str, Path] = field(default_factory=dict)

    def repository_id(self, name: str, place: str) -> str:
        """Return what to call a repository by: its name or, for the second of that name at another host, its place."""
        first = self._places.setdefault(name.casefold(), place)
        return name if first in {place, name} or place == name else place

    def called(self, name: str, root: Path, origin: Origin, *, is_guessed: bool) -> None:
        """Note that a repository has its name from its folder, or from the command.

        Raise `UnreadableError` where another folder has that name already: they are two repositories.
        """
        is_first = name.casefold() not in self._called
        first = self._called.setdefault(name.casefold(), root)
        if first != root:
            raise UnreadableError(
                f"would be of the repository {quoted(name)}, as {first} is, and nothing here says another name: put "
                "the comment '# baton: repository OWNER/NAME' into it, or import it by itself with --repository.",
                path=origin.path,
            )
        if is_guessed and is_first:
            message = (
                f"is of a repository that has no remote, so that is called {quoted(name)}, as its folder is; "
                "say what it is called with --repository OWNER/NAME."
            )
            self.problem(origin, message, is_error=False)

    def asset(self, claim: AssetClaim) -> None:
        """Add an asset, or a problem when its `external_id` is already taken or a name of it looks like a secret."""
        if self._is_secret("asset", _names_of(claim), claim.origin):
            return
        if looks_secret("\n".join(_remarks_of(claim))):
            message = "has a remark that looks like a secret; its remarks are left out, remove it."
            self.problem(claim.origin, message, is_error=False)
            claim = replace(claim, description="", links=(), tags=(), runs=(), versions=(), unowned_reason="")
        claim = self._with_owners(claim)
        first = self._owners.setdefault(claim.external_id, (claim.owners, claim.origin))
        is_contested = claim.owners and set(first[0]) != set(claim.owners)
        if is_contested and first[1].path != claim.origin.path:
            self._contested(claim, first[1])
        elif self._is_new("asset", claim.external_id, claim.external_id, claim.origin, agrees=not is_contested):
            self.catalog.assets.append(claim)

    def _with_owners(self, claim: AssetClaim) -> AssetClaim:
        """Return an asset without what names no owner of it, which is counted; where somebody is meant, it says so."""
        said = [said_of(each.owner) for each in claim.owners]
        if not any(said):
            return claim
        self._unnamed.append(claim)
        kept = tuple(each for each, why in zip(claim.owners, said, strict=True) if why is None)
        unread = [each.owner for each, why in zip(claim.owners, said, strict=True) if why is NoOwner.UNREAD]
        if kept or not unread:
            return replace(claim, owners=kept)
        remark = f"Its owner is given as {quoted(unread[0].written)}, which names nobody for sure."
        return replace(claim, owners=(), description=f"{remark} {claim.description}".strip())

    def _contested(self, claim: AssetClaim, first: Origin) -> None:
        """Keep both of two files' words about one asset: whoever asks is shown both, until one of them goes."""
        external_id = external_id_in_file(claim)
        message = f"asset {quoted(claim.external_id)} has another owner at {first}; both are kept, correct one of them."
        if self._is_new("asset", external_id, claim.external_id, claim.origin):
            self.problem(claim.origin, message)
            self.catalog.assets.append(replace(claim, external_id=external_id))

    def heir(self, external_id: str, of: str) -> None:
        """Let an asset that names no owner take those of another one, which may come in a later file."""
        self._heirs[external_id.lower()] = of.lower()

    def part(self, name: str, whole: str) -> None:
        """Let an asset that names no parent be a part of another one, which names it as its part."""
        self._wholes.setdefault(name.lower(), whole)

    def used(self, external_id: str, by: str) -> None:
        """Let an asset be a part of the one that depends on it, unless several do."""
        self._users.setdefault(external_id.lower(), set()).add(by.lower())

    def counted_once(self, part: str, whole_type: str, whole: str, *, in_parts: bool) -> None:
        """Let what a part runs be what its whole runs, if the source has both: only the parts, or the whole, say so."""
        self._same[part] = (whole_type, whole.lower(), in_parts)

    def finish(self) -> None:
        """Join what files say of one another's assets, and say of every file how many of its owners are none."""
        if self._heirs or self._wholes or self._users:
            self.catalog.assets[:] = self._joined()
        if self._same:
            self._count_once()
        self._count_unnamed()
        for note in _alphabets.notes(self.catalog):
            self.problem(note.origin, note.message, is_error=False)

    def _count_once(self) -> None:
        running = {claim.external_id: claim for claim in self.catalog.assets if claim.runs}
        wholes = {(dict(claim.tags).get("type"), claim.name.lower()): each for each, claim in running.items()}
        silent = {
            wholes[type_, name] if in_parts else part
            for part, (type_, name, in_parts) in self._same.items()
            if part in running and (type_, name) in wholes
        }
        self.catalog.assets[:] = [
            replace(claim, runs=()) if claim.external_id in silent else claim for claim in self.catalog.assets
        ]

    def _count_unnamed(self) -> None:
        """Give what is called as a team that is declared to that team, and say of the rest that it is nobody's."""
        # Not folded: "payments?" is no Payments.
        teams = {name.casefold() for team in self.catalog.teams for name in (team.name, *team.aliases)} - {""}
        counted: dict[tuple[str, NoOwner, str], list[tuple[AssetClaim, str]]] = {}
        declared: dict[str, AssetClaim] = {}
        for claim in self._unnamed:
            for each in claim.owners:
                why = said_of(each.owner)
                if why is not None and each.owner.name.casefold() in teams:
                    declared[claim.external_id] = claim
                elif why is not None:
                    then = _owned_by_then(claim, teams)
                    counted.setdefault((claim.origin.path, why, then), []).append((claim, each.owner.written))
        self._unnamed.clear()
        if declared:
            self.catalog.assets[:] = [_as_declared(each, declared, teams) for each in self.catalog.assets]
        for (_, why, then), found in counted.items():
            count = len({claim.external_id for claim, _ in found})
            shown = ", ".join(quoted(name, limit=30) for name in sorted({name for _, name in found})[:5])
            message = f"{_UNNAMED[why].format(count=count, shown=shown)}; {then}{_ADVICE[why]}."
            self.problem(found[0][0].origin, message, is_error=False)

    def _joined(self) -> list[AssetClaim]:
        by_id = {claim.external_id.lower(): claim for claim in self.catalog.assets}
        joined = []
        for claim in self.catalog.assets:
            whole = self._wholes.get(claim.name.lower(), "")
            if whole and not claim.parent and whole.lower() != claim.name.lower():
                claim = replace(claim, parent=whole)  # noqa: PLW2901 - the same asset, with more said of it
            users = [by_id[each] for each in self._users.get(claim.external_id.lower(), ()) if each in by_id]
            if len(users) == 1 and claim.parent in ("", users[0].parent):
                claim = replace(claim, parent=users[0].external_id)  # noqa: PLW2901 - as above
            above = self._heirs.get(claim.external_id.lower(), "")
            if above and not claim.owners:
                claim = self._inherited(claim, above, by_id)  # noqa: PLW2901 - as above
            joined.append(claim)
        return joined

    def _inherited(self, claim: AssetClaim, above: str, by_id: Mapping[str, AssetClaim]) -> AssetClaim:
        """Return an asset with the owners of the first one above it that has any; without, with a word of it."""
        said, steps = above, 0
        while above in by_id and not by_id[above].owners and steps < _MOST_STEPS:
            above, steps = self._heirs.get(above, ""), steps + 1
        if above in by_id and by_id[above].owners:
            return replace(claim, owners=by_id[above].owners)
        hint = f"name the owner of {quoted(claim.name)} as well"
        self.problem(claim.origin, f"takes its owner from {quoted(said)}, which names none here; {hint}.")
        return replace(claim, description=unread_owner(claim.description, said))

    def team(self, claim: TeamClaim) -> None:
        """Add a team, or a problem when the source already has one of that name, or it looks like a secret."""
        if self._is_secret("team", _texts_of(claim), claim.origin):
            return
        if not fold(claim.name):
            message = f"names a team {quoted(claim.name)}, which is no name; it is left out."
            self.problem(claim.origin, message, is_error=False)
            return
        if self._is_new("team", claim.name.casefold(), claim.name, claim.origin):
            self.catalog.teams.append(replace(claim, timezone=self._zone(claim.timezone, claim.origin)))

    def person(self, claim: PersonClaim) -> None:
        """Add a person, or a problem when somebody else has the same e-mail address, Slack id or handle."""
        if self._is_secret("person", _texts_of(claim), claim.origin):
            return
        keys = [("person", key.casefold()) for key in (claim.email, claim.slack_id, claim.handle) if key]
        taken = next((key for key in keys if key in self._seen), None)
        if taken is not None:
            self._duplicate("person", taken[1], claim.origin, self._seen[taken])
            return
        for key in keys:
            self._seen[key] = claim.origin
        self.catalog.people.append(replace(claim, timezone=self._zone(claim.timezone, claim.origin)))

    def _zone(self, name: str, origin: Origin) -> str:
        if not name or zone_of(name).key == name:
            return name
        message = f"{quoted(name)} is no time zone, so it is left out; write one like Europe/Berlin."
        self.problem(origin, message, is_error=False)
        return ""

    def problem(self, origin: Origin, message: str, *, is_error: bool = True) -> None:
        """Add a problem; past a bound, the file's further ones are summed up in one sentence."""
        count = self._problem_counts[origin.path] = self._problem_counts.get(origin.path, 0) + 1
        if count < _PROBLEMS_PER_FILE:
            self.catalog.problems.append(Problem(origin, message, is_error))
        elif count == _PROBLEMS_PER_FILE:
            text = f"has more than {_PROBLEMS_PER_FILE} problems, the rest is not shown; is this the right format?"
            self.catalog.problems.append(Problem(Origin(origin.path), text))

    def leaves_out(self, line: str, origin: Origin) -> bool:
        """Return whether a line of a file is to be left out because it looks like a secret; a problem says so.

        A single word of it may look like none, as `hunter2` in `password: hunter2`, so the line is judged whole.
        """
        if not looks_secret(line[:MOST_LOOKED_AT]):
            return False
        self.problem(origin, "looks like a secret; this line is left out. Remove the secret.", is_error=False)
        return True

    def _is_secret(self, what: str, names: Iterable[str], origin: Origin) -> bool:
        if not looks_secret("\n".join(names)):
            return False
        # No error: an error would keep what the file said before, which may be this very secret.
        message = f"gives the {what} a name that looks like a secret; it is left out. Remove the secret."
        self.problem(origin, message, is_error=False)
        return True

    def _is_new(self, what: str, key: str, shown: str, origin: Origin, *, agrees: bool = False) -> bool:
        """Whether nothing has this key yet; a problem says so, which is no error where another file says the same."""
        first = self._seen.get((what, key))
        if first is None:
            self._seen[what, key] = origin
            return True
        self._duplicate(what, shown, origin, first, is_error=not agrees or first.path == origin.path)
        return False

    def _duplicate(self, what: str, name: str, origin: Origin, first: Origin, *, is_error: bool = True) -> None:
        message = f"{what} {quoted(name)} is already defined at {first}; this one is left out, remove one of them."
        self.problem(origin, message, is_error=is_error)


#: What the report says of owners that are none.
_UNNAMED = {
    NoOwner.NOBODY: "names nobody as the owner of {count} assets ({shown})",
    NoOwner.UNREAD: "says only vaguely who owns {count} assets ({shown})",
}
_ADVICE = {NoOwner.NOBODY: "", NoOwner.UNREAD: ", name a team or a person"}


def _owned_by_then(claim: AssetClaim, teams: Collection[str]) -> str:
    """Say what becomes of an asset of which one owner's text names none."""
    if any(said_of(each.owner) is None or each.owner.name.casefold() in teams for each in claim.owners):
        return "their other owners are kept"
    is_heir = (
        claim.parent and claim.path_rule is None
    )  # the last rule that matches answers for a path, whatever it says
    return "whoever owns what they are a part of answers for them" if is_heir else "they are unowned"


def _as_declared(claim: AssetClaim, declared: Mapping[str, AssetClaim], teams: Collection[str]) -> AssetClaim:
    """Return an asset with those of its owners whose names are such as nobody's, but are those of declared teams."""
    read = declared.get(claim.external_id)
    if read is None:
        return claim
    owners = tuple(each for each in read.owners if said_of(each.owner) is None or each.owner.name.casefold() in teams)
    return replace(claim, owners=owners, description=read.description)


def _names_of(claim: AssetClaim) -> Iterator[str]:
    yield from (claim.external_id, claim.name, claim.namespace, claim.parent, *claim.aliases, *claim.addresses)
    for each in claim.owners:
        yield from (each.owner.name, each.owner.written)
    if claim.path_rule is not None:
        yield from (claim.path_rule.repository, claim.path_rule.pattern)


def _remarks_of(claim: AssetClaim) -> Iterator[str]:
    yield from (claim.description, claim.unowned_reason)
    for link in claim.links:
        yield from (link.label, link.url)
    for key, value in claim.tags:
        yield f"{key}={value}"
    yield from (each.version for each in claim.versions)
    for run in claim.runs:
        yield from (run.product, run.version)


def _texts_of(claim: TeamClaim | PersonClaim) -> Iterator[str]:
    for name in claim.__slots__:
        value = getattr(claim, name)
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from (each for each in value if isinstance(each, str))


Chosen = tuple[Sequence[SourceFile], Sequence[Problem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A catalog file format.

    `matches` says whether the format would use a file met in a walk; it may look inside, and never raises.
    `read_file` adds what a file says to the sink; it raises `UnreadableError` or `OSError` only for a file of which
    nothing (more) can be read. `choose` drops files that do not count beside others, with the reason.
    `reads_beside` says that what a file says depends on more than its name, its bytes and the options: on the checkout
    that it lies in, or on another file.
    """

    name: str
    summary: str
    matches: Callable[[Path], bool]
    read_file: Callable[[SourceFile, Sink, ReadOptions], None]
    reads_beside: bool
    choose: Callable[[Sequence[SourceFile]], Chosen] = field(default=lambda files: (files, ()))


def peek(path: Path) -> bytes:
    """Return the start of a file, empty when it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(PEEK_BYTES)
    except OSError:
        return b""


def unread_owner(description: str, where: str) -> str:
    """Return a description that says where the owner stands that could not be read, for whoever asks."""
    return f"Its owner stands in {quoted(where)}, which Baton could not read. {description}".strip()
