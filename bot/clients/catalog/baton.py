"""Baton's own YAML: teams, people and assets, written by hand. docs/catalog-formats.md has the template."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.clients.catalog._nodes import FieldReader, Fields, Items, Node, Text
from bot.clients.catalog._reader import Format, ReadOptions, Sink, SourceFile, peek
from bot.clients.catalog._runs import readings_of
from bot.clients.catalog._values import E, is_email, is_template, is_web, owner_ref, quoted, tier_in, unique, word_in
from bot.clients.catalog._yaml import documents
from bot.domain.catalog import (
    Area,
    AssetClaim,
    AssetKind,
    Hosting,
    Link,
    OwnerClaim,
    OwnerRef,
    OwnVersion,
    PathRule,
    PersonClaim,
    Role,
    Runs,
    TeamClaim,
)
from bot.domain.names import clean

_FILE_KEYS = ("baton", "teams", "people", "assets")
_TEAM_KEYS = ("name", "aliases", "formerly", "channel", "user-group", "timezone", "lead", "manager", "members")
_PERSON_KEYS = ("name", "email", "slack", "handle", "timezone", "left", "teams")
_ASSET_KEYS = (
    "name",
    "kind",
    "id",
    "namespace",
    "description",
    "owner",
    "owners",
    "secondary",
    "unowned",
    "aliases",
    "addresses",
    "part-of",
    "hosting",
    "tier",
    "environment",
    "runs",
    "versions",
    "links",
    "tags",
    "rule",
)
#: The keys of a link in Backstage files, which people often copy from.
_LINK_KEYS = {"url", "title", "icon", "type"}
_RULE_KEYS = ("repository", "pattern", "position", "section")
_RUNS_KEYS = ("product", "version", "provider", "environment")
_UNTIL = "supported-until"
_VERSION = re.compile(r"\w[\w.+~-]{0,60}", re.ASCII)
_AREA_KEYS = ("owner", "secondary")
_HEADER = re.compile(rb"^(?:\xef\xbb\xbf)?baton:\s*['\"]?1\b", re.MULTILINE)
_YES, _NO = frozenset({"true", "yes", "on"}), frozenset({"false", "no", "off", ""})


def _matches(path: Path) -> bool:
    return path.suffix.lower() in {".yaml", ".yml"} and _HEADER.search(peek(path)) is not None


def _read_file(file: SourceFile, sink: Sink, options: ReadOptions) -> None:
    for document in documents(file, sink, options):
        _Document(FieldReader(file, sink)).read(document)


class _Document:
    """Reads one document."""

    def __init__(self, reader: FieldReader) -> None:
        self._reader = reader
        self._sink = reader.sink

    def read(self, document: Node) -> None:
        reader = self._reader
        if not isinstance(document, Fields):
            reader.problem(
                document.line, "is not a Baton catalog: it should have 'teams:', 'people:' or 'assets:' at the top."
            )
            return
        reader.known_keys(document, _FILE_KEYS, "the file")
        version = reader.text(document, "baton")
        if version not in {"", "1"}:
            reader.problem(document.line_of("baton"), f"is of version {quoted(version)}; this Baton reads version 1.")
            return
        for fields in reader.mappings(document, "teams"):
            self._team(fields)
        for fields in reader.mappings(document, "people"):
            self._person(fields)
        for fields in reader.mappings(document, "assets"):
            self._asset(fields)

    def _team(self, fields: Fields) -> None:
        reader = self._reader
        name = self._name(fields, "team")
        if not name:
            return
        reader.known_keys(fields, _TEAM_KEYS, f"team {quoted(name)}")
        self._sink.team(
            TeamClaim(
                name=name,
                aliases=unique(reader.texts(fields, "aliases"), without=[name]),
                former_names=unique(reader.texts(fields, "formerly"), without=[name]),
                channel=reader.text(fields, "channel"),
                user_group=reader.text(fields, "user-group"),
                timezone=reader.text(fields, "timezone"),
                lead=reader.text(fields, "lead"),
                manager=reader.text(fields, "manager"),
                members=reader.texts(fields, "members") if "members" in fields.values else None,
                origin=reader.at(fields.line),
            )
        )

    def _person(self, fields: Fields) -> None:
        reader = self._reader
        name, email = reader.text(fields, "name"), reader.text(fields, "email").lower()
        slack_id, handle = reader.text(fields, "slack"), reader.text(fields, "handle").removeprefix("@")
        who = quoted(name or email or slack_id or handle)
        reader.known_keys(fields, _PERSON_KEYS, f"person {who}")
        if email and not is_email(email):
            reader.problem(fields.line_of("email"), f"{quoted(email)} is not an e-mail address; it is left out.")
            email = ""
        if not (email or slack_id or handle):
            reader.problem(fields.line, f"person {who} is left out: give an 'email', a 'slack' id or a 'handle'.")
            return
        self._sink.person(
            PersonClaim(
                name=name,
                slack_id=slack_id,
                email=email,
                handle=handle,
                timezone=reader.text(fields, "timezone"),
                is_active=not self._flag(fields, "left"),
                teams=reader.texts(fields, "teams"),
                origin=reader.at(fields.line),
            )
        )

    def _asset(self, fields: Fields) -> None:
        reader = self._reader
        name = self._name(fields, "asset")
        if not name:
            return
        reader.known_keys(fields, _ASSET_KEYS, f"asset {quoted(name)}")
        kind = (
            (self._word(fields, "kind", AssetKind) or AssetKind.OTHER)
            if reader.text(fields, "kind")
            else AssetKind.SERVICE
        )
        owners = tuple(dict.fromkeys([*self._whole_owners(fields), *self._area_owners(fields)]))
        unowned = reader.text(fields, "unowned")
        if owners and unowned:
            reader.problem(
                fields.line_of("unowned"),
                f"asset {quoted(name)} has both owners and 'unowned'; 'unowned' is ignored.",
            )
            unowned = ""
        environment = reader.text(fields, "environment")
        tags = self._pairs(fields, "tags")
        self._sink.asset(
            AssetClaim(
                external_id=reader.text(fields, "id") or f"{kind.value}:{name}".lower(),
                kind=kind,
                name=name,
                namespace=reader.text(fields, "namespace"),
                description=reader.text(fields, "description"),
                aliases=unique(reader.texts(fields, "aliases"), without=[name]),
                addresses=reader.texts(fields, "addresses"),
                parent=reader.text(fields, "part-of"),
                hosting=self._word(fields, "hosting", Hosting),
                tier=self._tier(fields),
                links=tuple(self._links(fields)),
                tags=(("environment", environment), *tags) if environment else tags,
                runs=tuple(self._runs(fields, environment)),
                versions=tuple(self._versions(fields)),
                owners=owners,
                unowned_reason=unowned,
                path_rule=self._rule(fields),
                origin=reader.at(fields.line),
            )
        )

    def _name(self, fields: Fields, what: str) -> str:
        """Return the name of a team or an asset; "" after a problem if there is no usable one."""
        name = self._reader.text(fields, "name")
        if not name:
            self._reader.problem(fields.line, f"has a {what} without a name, which is left out; give it a 'name'.")
        elif is_template(name):
            self._reader.problem(
                fields.line, f"has a {what} whose name is a template, {quoted(name)}; render it first."
            )
            return ""
        return name

    def _whole_owners(self, fields: Fields) -> Iterator[OwnerClaim]:
        for key, role in (("owner", Role.OWNER), ("secondary", Role.SECONDARY)):
            yield from (OwnerClaim(owner, Area.ALL, role) for owner in self._named(fields, key))

    def _area_owners(self, fields: Fields) -> Iterator[OwnerClaim]:
        by_area = self._reader.fields(fields, "owners")
        for key, node in by_area.values.items():
            area = self._one_of(key, Area, by_area.line_of(key), "area")
            if area is None:
                continue
            inner = node if isinstance(node, Fields) else Fields({"owner": node}, node.line)
            self._reader.known_keys(inner, _AREA_KEYS, f"area {quoted(key)}")
            yield from (replace(claim, area=area) for claim in self._whole_owners(inner))

    def _named(self, fields: Fields, key: str) -> Iterator[OwnerRef]:
        yield from filter(None, map(owner_ref, self._reader.texts(fields, key)))

    def _links(self, fields: Fields) -> Iterator[Link]:
        for label, url in self._labelled(fields):
            if is_web(url):
                yield Link(label, url)
            else:
                node = fields.values.get("links")
                line = node.line_of(label) if isinstance(node, Fields) else fields.line_of("links")
                self._reader.problem(
                    line, f"link {quoted(label)} has no web address and is left out; start it with https://."
                )

    def _labelled(self, fields: Fields) -> Iterator[tuple[str, str]]:
        """Yield label and address of each link. In a list, a link may have `title` and `url`, as in Backstage."""
        if not isinstance(fields.values.get("links"), Items):
            yield from self._reader.pairs(fields, "links")
            return
        for one in self._reader.mappings(fields, "links"):
            if "url" in one.values and one.values.keys() <= _LINK_KEYS:
                url = self._reader.text(one, "url")
                yield clean(self._reader.text(one, "title")) or "link", url
            else:
                yield from ((clean(name), self._reader.text(one, name)) for name in one.values)

    def _pairs(self, fields: Fields, key: str) -> tuple[tuple[str, str], ...]:
        """Return the pairs of a mapping, or of a list of mappings if a name occurs more than once."""
        if not isinstance(fields.values.get(key), Items):
            return self._reader.pairs(fields, key)
        return tuple(
            (clean(name), self._reader.text(one, name))
            for one in self._reader.mappings(fields, key)
            for name in one.values
        )

    def _rule(self, fields: Fields) -> PathRule | None:
        """Return the CODEOWNERS rule that a path stands for. Exports write it; people never have to."""
        if "rule" not in fields.values:
            return None
        reader, inner = self._reader, self._reader.fields(fields, "rule")
        reader.known_keys(inner, _RULE_KEYS, "'rule'")
        repository, pattern, position, section = (reader.text(inner, key) for key in _RULE_KEYS)
        if not repository or not pattern or not re.fullmatch(r"\d{1,9}", position):
            reader.problem(inner.line, "'rule' needs a repository, a pattern and a position; it is left out.")
            return None
        return PathRule(repository, pattern, int(position), section)

    def _runs(self, fields: Fields, environment: str) -> Iterator[Runs]:
        reader = self._reader
        node = fields.values.get("runs")
        for item in node.values if isinstance(node, Items) else [node] if node else []:
            runs = None
            if isinstance(item, Text) and (said := readings_of([item.value], environment)[0]).runs:
                if said.problem:
                    reader.problem(item.line, said.problem)
                yield from said.runs
                continue
            if isinstance(item, Fields):
                reader.known_keys(item, _RUNS_KEYS, "'runs'")
                product, version, provider, where = (reader.text(item, key) for key in _RUNS_KEYS)
                # Without a version it has an unknown one, as exports write it.
                runs = Runs(product, version, provider, where or environment) if product else None
            if runs is None:
                if not (isinstance(item, Text) and item.is_null):
                    reader.problem(
                        item.line,
                        "'runs' needs a product and a version, such as 'postgresql@16'; this one is left out.",
                    )
                continue
            yield runs

    def _versions(self, fields: Fields) -> Iterator[OwnVersion]:
        """Yield the versions that others may use. One with an unreadable day is left out, so that it never counts."""
        reader, listed = self._reader, self._reader.fields(fields, "versions")
        for key, node in listed.values.items():
            if not _VERSION.fullmatch(key):
                reader.problem(
                    listed.line_of(key), f"{quoted(key)} is no version, such as '2' or '2.1'; it is left out."
                )
                continue
            inner = node if isinstance(node, Fields) else Fields({_UNTIL: node}, node.line)
            reader.known_keys(inner, (_UNTIL,), f"version {quoted(key)}")
            text = reader.text(inner, _UNTIL)
            is_open = all(isinstance(said, Text) and said.is_null for said in inner.values.values())
            try:
                until = None if is_open else date.fromisoformat(text)
            except ValueError:
                message = f"{quoted(text)} is no day, such as 2027-03-31; version {quoted(key)} is left out."
                reader.problem(inner.line_of(_UNTIL), message)
                continue
            yield OwnVersion(key, until)

    def _tier(self, fields: Fields) -> int | None:
        text = self._reader.text(fields, "tier")
        tier = tier_in(text)
        if text and tier is None:
            self._reader.problem(
                fields.line_of("tier"), f"tier {quoted(text)} is not a number from 0 to 99; it is left out."
            )
        return tier

    def _flag(self, fields: Fields, key: str) -> bool:
        text = self._reader.text(fields, key).lower()
        if text not in _YES | _NO:
            self._reader.problem(fields.line_of(key), f"{quoted(key)} should be true or false; it is taken as false.")
        return text in _YES

    def _word(self, fields: Fields, key: str, words: type[E]) -> E | None:
        text = self._reader.text(fields, key)
        return self._one_of(text, words, fields.line_of(key), key) if text else None

    def _one_of(self, text: str, words: type[E], line: int | None, what: str) -> E | None:
        found = word_in(text, words)
        if found is None:
            known = ", ".join(word.value for word in words)
            self._reader.problem(line, f"{quoted(text)} is not a known {what} and is ignored; known are: {known}.")
        return found


FORMAT = Format(
    name="baton",
    summary="Baton's own YAML: teams, people and assets (files that begin with 'baton: 1')",
    matches=_matches,
    read_file=_read_file,
    reads_beside=False,
)
