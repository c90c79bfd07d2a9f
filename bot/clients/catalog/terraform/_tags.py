"""Tags and labels, and the check that every text of a state file goes through: it may be a misplaced secret."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.clients.catalog._placeholders import said_of
from bot.clients.catalog._values import is_email, owner_ref
from bot.domain.catalog import OwnerClaim, OwnerRef, OwnerType
from bot.domain.names import clean

_SEPARATORS = re.compile(r"[\s_.:/-]+")

ENVIRONMENT_TAGS = ("environment", "env", "stage")
PARENT_TAGS = ("service", "application", "app", "system")
NAME_TAG = "name"
TIER_TAG = "tier"
#: Tags that are kept unchanged, besides those above and the owner's.
KEPT_TAGS = ("cost-centre", "cost-center", "component", "project", "product", "domain")
_SHOWN = (*ENVIRONMENT_TAGS, *PARENT_TAGS, *KEPT_TAGS)
_ALLOWED = frozenset({*ENVIRONMENT_TAGS, *PARENT_TAGS, NAME_TAG, TIER_TAG, *KEPT_TAGS})

# Forms of credentials: cloud keys, tokens of code hosts and chats, JSON web tokens, PEM keys, payment keys.
_TOKEN = re.compile(
    r"(?:AKIA|ASIA)[A-Z0-9]{12,}|gh[pousr]_\w{8,}|github_pat_\w+|glpat-\S+|xox[a-z]-\S+|eyJ[\w-]{8,}|-----BEGIN|[sr]k_(?:live|test)_\w+"
    r"|AIza[\w-]{20,}|SG\.[\w-]{10,}|hv[sb]\.\w{10,}",
)
_SECRET_WORD = re.compile(r"passw|pwd|secret|token|api[-_ ]?key|private[-_ ]?key|credential", re.IGNORECASE)
_LONG_RUN = re.compile(r"(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9+/]{32,}")
# user:password@host, and Password=… in a connection string.
_USERINFO = re.compile(r":[^\s:/@]+@")
_ASSIGNED = re.compile(r"(?:passw|pwd|secret|token|key|credential)\w*\s*=", re.IGNORECASE)
_PLAIN = re.compile(r"[\w@(\[][\w .,@:&+()/\[\]#-]{0,119}")
_PREFIXED = re.compile(r"(?:team|group|user|person)\s*:\s*", re.IGNORECASE)


def tidy(text: str) -> str:
    """Return `text` cleaned and cut to 400 characters; fast for plain text, which nearly all is."""
    is_clean = len(text) <= 400 and text.isascii() and text.isprintable() and "  " not in text and text == text.strip()
    return text if is_clean else clean(text[:400])


def fold_key(key: str) -> str:
    """Return a tag's key in one form: `Cost_Centre`, `cost centre` and `cost-centre` are the same."""
    if key.isalpha():
        return key.lower()
    return _SEPARATORS.sub("-", key.strip()).lower()


def looks_secret(text: str) -> bool:
    """Return whether `text` has the form of a credential, or of text that contains one: a connection string."""
    return (
        "://" in text
        or _TOKEN.search(text) is not None
        or (len(text) >= 32 and _LONG_RUN.search(text) is not None)
        or ("@" in text and _USERINFO.search(text) is not None)
        or ("=" in text and _ASSIGNED.search(text) is not None)
    )


def holds_token(text: str) -> bool:
    """Return whether `text` contains a known kind of token; for text whose own form is checked already."""
    return _TOKEN.search(text) is not None


@dataclass(slots=True)
class CheckedValues:
    """Values that passed their checks, cached because thousands of resources share them.

    Refused values are not kept.
    """

    plain: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    owners: dict[str, tuple[OwnerClaim, ...]] = field(default_factory=dict)


class Tags:
    """One resource's tags by folded key. Only values that are plain words are returned."""

    def __init__(self, tags: Mapping[str, str], accepted: CheckedValues, *, own: frozenset[str] = frozenset()) -> None:
        self._own = frozenset(map(fold_key, own))
        self._tags = {fold_key(key): tidy(value) for key, value in tags.items()}
        self._accepted = accepted

    def text(self, *keys: str) -> str:
        """Return the first of `keys` with a plain value; "" if there is none."""
        for key in keys:
            value = self._tags.get(key, "")
            if not value:
                continue
            if value in self._accepted.plain:
                return value
            if ":" not in value and "@" not in value and _is_plain(value):
                self._accepted.plain.add(value)
                return value
        return ""

    def owners(self, keys: Sequence[str]) -> tuple[tuple[OwnerClaim, ...], bool]:
        """Return the owners under the first of the folded `keys`, and whether a value was refused.

        A tag of the resource's own comes before a default one. A key that says that there is no owner counts only if no
        other key names one.
        """
        refused = False
        nobody: tuple[OwnerClaim, ...] = ()
        for key in sorted(keys, key=lambda each: each not in self._own) if self._own else keys:
            value = self._tags.get(key, "")
            if not value:
                continue
            claims = self._accepted.owners.get(value)
            if claims is None:
                found = [_owner(part) for part in re.split(r"[,;]", value) if part.strip()]
                if not found or not all(found):
                    refused = True
                    continue
                claims = tuple(dict.fromkeys(OwnerClaim(owner) for owner in found if owner))
                self._accepted.owners[value] = claims
            if all(said_of(claim.owner) is not None for claim in claims):
                nobody = nobody or claims
                continue
            return claims, refused
        return nobody, refused

    def kept(self) -> tuple[tuple[str, str], ...]:
        """Return the tags that an asset keeps, under their folded keys."""
        return tuple((key, value) for key in _SHOWN if key in self._tags and (value := self.text(key)))


def is_allowed(key: str, owner_keys: frozenset[str]) -> bool:
    """Return whether a tag may be kept at all. `owner_keys` are folded."""
    folded = fold_key(key)
    return folded in _ALLOWED or folded in owner_keys


def _is_plain(value: str) -> bool:
    return _PLAIN.fullmatch(value) is not None and not looks_secret(value)


def _owner(text: str) -> OwnerRef | None:
    """Return the owner in a tag's value: a name, `team:name`, `@org/team` or an e-mail address; else None."""
    text = text.strip()
    prefix = _PREFIXED.match(text)
    rest = text[prefix.end() :] if prefix else text
    if ":" in rest or not _is_plain(rest):
        return None
    owner = owner_ref(text)
    if owner is None or ("@" in owner.name and not is_email(owner.name)) or _SECRET_WORD.search(owner.name):
        return None
    return OwnerRef(owner.name.rpartition("/")[2], owner.type, text) if owner.type is not OwnerType.UNSAID else owner
