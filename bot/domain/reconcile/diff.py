"""How what was read differs from what the source said before, and when an import changes too much to be believed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from bot.domain.catalog import Origin, Problem
from bot.domain.phrases import counted

#: An import that removes more than this share of a source's assets, teams or people is refused unless that is requested
#: (see `refusal`).
MASS_CHANGE_SHARE = 0.2
#: Removing up to this many is never a mass change, however small the source is.
MASS_CHANGE_FLOOR = 5


@dataclass(frozen=True, slots=True)
class StoredClaim:
    """A claim as stored.

    Once the source no longer makes it, `digest` is "", and the row remembers whom it was about.
    """

    id: int
    subject_id: int
    digest: str
    path: str
    line: int | None

    @property
    def is_live(self) -> bool:
        """Whether the source made it in its last import."""
        return bool(self.digest)


@dataclass(slots=True)
class Diff:
    """External ids by what happened to them. `moved` ones are unchanged but are in another place in the files now.

    `kept` ones were not read, because their document has an error.
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    unchanged: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether the source says the same as before."""
        return not (self.added or self.changed or self.removed)

    def compare(self, external: str, digest: str, origin: Origin, stored: StoredClaim | None) -> None:
        """Record a claim that was read."""
        if stored is None or not stored.is_live:
            self.added.append(external)
        elif stored.digest != digest:
            self.changed.append(external)
        else:
            self.unchanged += 1
            if stored.path != origin.path or stored.line != origin.line:
                self.moved.append(external)

    def missing(self, stored: Mapping[str, StoredClaim], read: Collection[str], broken: Collection[str]) -> None:
        """Record the live claims that were not read: removed, or kept if their document is among the `broken` paths."""
        for external, claim in stored.items():
            if not claim.is_live or external in read:
                continue
            (self.kept if is_under(claim.path, broken) else self.removed).append(external)


def broken_paths(problems: Iterable[Problem]) -> frozenset[str]:
    """Return the paths, as given in the problems, of documents that could not be read completely."""
    return frozenset(problem.origin.path for problem in problems if problem.is_error)


def is_under(path: str, roots: Collection[str]) -> bool:
    """Tell whether `path` is one of `roots` or inside one of them."""
    if not roots:
        return False
    return path in roots or any(path.startswith(root.rstrip("/") + "/") for root in roots)


@dataclass(frozen=True, slots=True)
class Going:
    """How many of a source's assets, teams or people (`noun`) an import no longer names, out of `before`.

    - `is_other_file`: other files were read than the last time, and none of them are in these.
    - `secret`: how many more contain what looks like a secret. Their removal is intended, however many there are.
    - `are_kept`: the assets stay, and it is their owners that are removed.
    """

    noun: str
    before: int
    removed: int
    is_other_file: bool = False
    secret: int = 0
    are_kept: bool = False

    @property
    def said(self) -> str:
        """The removals in words."""
        whose = "the owners of " if self.are_kept else ""
        return f"{whose}{self.removed:,} of the source's {self.before:,} {self.noun}"

    @property
    def is_mass(self) -> bool:
        """Whether it is probably a mistake: too many are removed, or all of them with a different file."""
        if self.is_other_file and 0 < self.removed == self.before:
            return True
        return self.removed > MASS_CHANGE_FLOOR and self.removed > MASS_CHANGE_SHARE * self.before


def refusal(
    going: Iterable[Going], *, read: int, lost: int, errors: int, allow_mass_change: bool, secret: int = 0
) -> str:
    """Return why the import must not be carried out, in a sentence that says what to do; "" if it may be.

    `read` counts all claims of this import. `lost` counts those that are removed with files that now contain nothing,
    and `secret` those among them whose removal is intended.
    """
    if read == 0 and errors:
        return f"Nothing could be read ({counted(errors, 'error')}): correct the files and import again."
    if lost > secret and not allow_mass_change:
        return (
            "Nothing stands in what was read, so everything of the source would go, and nothing was changed: "
            "check the paths, or add --allow-mass-change if that is meant."
        )
    mass = [] if allow_mass_change else [each for each in going if each.is_mass]
    if not mass:
        return ""
    what = " and ".join(each.said for each in mass)
    secrets = sum(each.secret for each in mass)
    stands = f" {secrets:,} more hold what looks like a secret, and stay until it is carried out." if secrets else ""
    return (
        f"The import would remove {what}, more than {MASS_CHANGE_SHARE:.0%}, "
        "so nothing was changed: check the files, or add --allow-mass-change (with --dry-run to see them first)."
        f"{stands}"
    )
