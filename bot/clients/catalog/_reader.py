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
#: Bytes read from the start of a file to decide whether a format would use it.
PEEK_BYTES = 64 * 1024
#: How many assets above one without an owner are searched for owners.
_MOST_STEPS = 10
#: The most problems kept for one file; a file in the wrong format would otherwise give one for each line.
_PROBLEMS_PER_FILE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What an organisation can configure about how its files are read. The defaults fit most.

    Annotation and tag keys are compared ignoring case. If several are present, the first in the list counts.
    """

    #: Backstage annotations with the Slack channel.
    backstage_channel_annotations: tuple[str, ...] = (
        "slack.com/channel",
        "slack/channel",
        "slack.com/channel-name",
        "slack.com/channel-id",
        "backstage.io/slack-channel",
        "slack-channel",
    )
    #: Backstage annotations for on-call: a URL, or a service's id at the vendor in the key.
    backstage_on_call_annotations: tuple[str, ...] = (
        "pagerduty.com/service-id",
        "pagerduty.com/integration-key",
        "opsgenie.com/component-selector",
        "grafana/oncall",
        "on-call",
    )
    #: Backstage annotations with what an entity runs: `postgresql@11.22 on aws-rds, java@17`.
    backstage_runs_annotations: tuple[str, ...] = ("baton/runs",)
    #: Name of a CODEOWNERS file's repository (`acme/shop`); "" takes it from the checkout.
    repository: str = ""
    #: Terraform tags and labels that name an owner; the first one counts.
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
    #: Larger files are refused. Formats that need the whole file in memory have a lower limit.
    max_file_bytes: int = 2048 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read: its path, its name as the user gave it, and the directory that was walked to find it, if any.

    `ambiguous` are names (in lower case) that other files beside it use for other things.
    """

    path: Path
    shown: str
    walked_from: Path | None = None
    ambiguous: frozenset[str] = frozenset()

    def at(self, line: int | None = None) -> Origin:
        """Return a place in this file. `line` counts from 1."""
        return Origin(self.shown, line)


@dataclass(slots=True)
class Sink:
    """Collects a source's statements and keeps its names unique. The second of two equal names becomes a problem."""

    catalog: SourceCatalog = field(default_factory=SourceCatalog)
    _seen: dict[tuple[str, str], Origin] = field(default_factory=dict)
    _problem_counts: dict[str, int] = field(default_factory=dict)
    #: External id -> the owners that were named first, and where.
    _owners: dict[str, tuple[tuple[OwnerClaim, ...], Origin]] = field(default_factory=dict)
    #: Assets with an owner's text that names nobody, as they were read.
    _unnamed: list[AssetClaim] = field(default_factory=list)
    #: External id -> what the asset takes its owner from, or is a part of according to the whole.
    _heirs: dict[str, str] = field(default_factory=dict)
    _wholes: dict[str, str] = field(default_factory=dict)
    #: External id -> the external ids of the assets that depend on it.
    _users: dict[str, set[str]] = field(default_factory=dict)
    #: External id of a part -> the type and name of the whole that runs the same, and whether the parts count.
    _same: dict[str, tuple[str, str, bool]] = field(default_factory=dict)
    #: Name of a repository -> where the first one with that name is.
    _places: dict[str, str] = field(default_factory=dict)
    #: Name of a repository that is only its folder's -> the first folder with that name.
    _called: dict[str, Path] = field(default_factory=dict)

    def repository_id(self, name: str, place: str) -> str:
        """Return the id of a repository: its name or, for the second one with that name at another host, its place."""
        first = self._places.setdefault(name.casefold(), place)
        return name if first in {place, name} or place == name else place

    def called(self, name: str, root: Path, origin: Origin, *, is_guessed: bool) -> None:
        """Record that a repository's name comes from its folder, or from the command.

        Raise `UnreadableError` if another folder has that name already, because they are two repositories.
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
        """Add an asset; or a problem if its `external_id` is taken, or a name of it looks like a secret."""
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
        """Return an asset without owners that name nobody.

        They are counted; if somebody is meant, the asset says so.
        """
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
        """Keep both of two files' statements about one asset: answers show both, until one of them is removed."""
        external_id = external_id_in_file(claim)
        message = f"asset {quoted(claim.external_id)} has another owner at {first}; both are kept, correct one of them."
        if self._is_new("asset", external_id, claim.external_id, claim.origin):
            self.problem(claim.origin, message)
            self.catalog.assets.append(replace(claim, external_id=external_id))

    def heir(self, external_id: str, of: str) -> None:
        """Let an asset without an owner take the owners of another one, which may be in a later file."""
        self._heirs[external_id.lower()] = of.lower()

    def part(self, name: str, whole: str) -> None:
        """Let an asset without a parent be a part of another one that lists it."""
        self._wholes.setdefault(name.lower(), whole)

    def used(self, external_id: str, by: str) -> None:
        """Let an asset be a part of the one that depends on it, unless several do."""
        self._users.setdefault(external_id.lower(), set()).add(by.lower())

    def counted_once(self, part: str, whole_type: str, whole: str, *, in_parts: bool) -> None:
        """Count what a part and its whole run only once, if the source has both: in the parts, or in the whole."""
        self._same[part] = (whole_type, whole.lower(), in_parts)

    def finish(self) -> None:
        """Connect what files say about each other's assets, and note how many owners in each file name nobody."""
        if self._heirs or self._wholes or self._users:
            self.catalog.assets[:] = self._joined()
        if self._same:
            self._count_once()
        if self._unnamed:
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
        """Assign placeholder names that are declared teams to those teams, and note that the rest have no owner."""
        # Not folded: "payments?" is not Payments.
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
        """Return an asset with the owners of the nearest one above that has any; otherwise with a remark about it."""
        said, steps = above, 0
        while above in by_id and not by_id[above].owners and steps < _MOST_STEPS:
            above, steps = self._heirs.get(above, ""), steps + 1
        if above in by_id and by_id[above].owners:
            return replace(claim, owners=by_id[above].owners)
        hint = f"name the owner of {quoted(claim.name)} as well"
        self.problem(claim.origin, f"takes its owner from {quoted(said)}, which names none here; {hint}.")
        return replace(claim, description=unread_owner(claim.description, said))

    def team(self, claim: TeamClaim) -> None:
        """Add a team; or a problem if the source already has one with that name, or the name looks like a secret."""
        if self._is_secret("team", _texts_of(claim), claim.origin):
            return
        if not fold(claim.name):
            message = f"names a team {quoted(claim.name)}, which is no name; it is left out."
            self.problem(claim.origin, message, is_error=False)
            return
        if self._is_new("team", claim.name.casefold(), claim.name, claim.origin):
            self.catalog.teams.append(replace(claim, timezone=self._zone(claim.timezone, claim.origin)))

    def person(self, claim: PersonClaim) -> None:
        """Add a person; or a problem if somebody else has the same e-mail address, Slack id or handle."""
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
        """Add a problem. A file's problems beyond a limit are summed up in one sentence."""
        count = self._problem_counts[origin.path] = self._problem_counts.get(origin.path, 0) + 1
        if count < _PROBLEMS_PER_FILE:
            self.catalog.problems.append(Problem(origin, message, is_error))
        elif count == _PROBLEMS_PER_FILE:
            text = f"has more than {_PROBLEMS_PER_FILE} problems, the rest is not shown; is this the right format?"
            self.catalog.problems.append(Problem(Origin(origin.path), text))

    def leaves_out(self, line: str, origin: Origin) -> bool:
        """Return whether a line of a file has to be left out because it looks like a secret; a problem says so.

        A single word of it may not look like one, such as `hunter2` in `password: hunter2`, so the whole line is
        checked.
        """
        if not looks_secret(line[:MOST_LOOKED_AT]):
            return False
        self.problem(origin, "looks like a secret; this line is left out. Remove the secret.", is_error=False)
        return True

    def _is_secret(self, what: str, names: Iterable[str], origin: Origin) -> bool:
        if not looks_secret("\n".join(names)):
            return False
        # Not an error: an error would keep what the file said before, which may be this very secret.
        message = f"gives the {what} a name that looks like a secret; it is left out. Remove the secret."
        self.problem(origin, message, is_error=False)
        return True

    def _is_new(self, what: str, key: str, shown: str, origin: Origin, *, agrees: bool = False) -> bool:
        """Whether the key is new. If not, a problem says so; it is not an error if another file says the same."""
        first = self._seen.get((what, key))
        if first is None:
            self._seen[what, key] = origin
            return True
        self._duplicate(what, shown, origin, first, is_error=not agrees or first.path == origin.path)
        return False

    def _duplicate(self, what: str, name: str, origin: Origin, first: Origin, *, is_error: bool = True) -> None:
        message = f"{what} {quoted(name)} is already defined at {first}; this one is left out, remove one of them."
        self.problem(origin, message, is_error=is_error)


#: What the report says about owners that name nobody.
_UNNAMED = {
    NoOwner.NOBODY: "names nobody as the owner of {count} assets ({shown})",
    NoOwner.UNREAD: "says only vaguely who owns {count} assets ({shown})",
}
_ADVICE = {NoOwner.NOBODY: "", NoOwner.UNREAD: ", name a team or a person"}


def _owned_by_then(claim: AssetClaim, teams: Collection[str]) -> str:
    """Return the sentence about an asset with an owner's text that names nobody."""
    if any(said_of(each.owner) is None or each.owner.name.casefold() in teams for each in claim.owners):
        return "their other owners are kept"
    is_heir = claim.parent and claim.path_rule is None  # the last matching rule decides about a path, whatever it says
    return "whoever owns what they are a part of answers for them" if is_heir else "they are unowned"


def _as_declared(claim: AssetClaim, declared: Mapping[str, AssetClaim], teams: Collection[str]) -> AssetClaim:
    """Return an asset with those of its owners whose placeholder names are names of declared teams."""
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

    - `matches`: whether the format would use a file found in a directory. It may look inside, and never raises.
    - `read_file`: adds a file's content to the sink. It raises `UnreadableError` or `OSError` only if nothing (more) of
      the file can be read.
    - `choose`: drops files that do not count beside others, with the reason.
    - `reads_beside`: whether the result depends on more than the file's name, its bytes and the options: on the
      checkout around it, or on another file.
    """

    name: str
    summary: str
    matches: Callable[[Path], bool]
    read_file: Callable[[SourceFile, Sink, ReadOptions], None]
    reads_beside: bool
    choose: Callable[[Sequence[SourceFile]], Chosen] = field(default=lambda files: (files, ()))


def peek(path: Path) -> bytes:
    """Return the start of a file; empty if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(PEEK_BYTES)
    except OSError:
        return b""


def unread_owner(description: str, where: str) -> str:
    """Return a description with a remark where the owner is written that could not be read."""
    return f"Its owner stands in {quoted(where)}, which Baton could not read. {description}".strip()
