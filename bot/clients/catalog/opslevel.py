"""OpsLevel's `opslevel.yml`, version 1: a service (or component), repositories, a team.

Source of the fields: https://docs.opslevel.com/docs/opslevel-yml
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bot.clients.catalog._git import forge_address, parse_remote, remote_of
from bot.clients.catalog._kinds import kind_of_word
from bot.clients.catalog._manifests import channel_of, mapping, name_of, team_claim, tier_of, web_link
from bot.clients.catalog._nodes import FieldReader, Fields, Items, Node
from bot.clients.catalog._reader import Format, ReadOptions, Sink, SourceFile, peek
from bot.clients.catalog._values import is_email, quoted, unique
from bot.clients.catalog._yaml import documents
from bot.domain.catalog import AssetClaim, AssetKind, Link, OwnerClaim, TeamClaim

_NAMES = frozenset({"opslevel.yml", "opslevel.yaml"})
_LOOKS = re.compile(rb"^(?:service|component|repository|repositories|team)\s*:", re.MULTILINE)
_ENTRIES = ("service", "component", "repository", "repositories", "team", "system", "domain")


def _matches(path: Path) -> bool:
    return path.name.lower() in _NAMES and _LOOKS.search(peek(path)) is not None


def _read_file(file: SourceFile, sink: Sink, options: ReadOptions) -> None:
    reader = FieldReader(file, sink)
    for document in documents(file, sink, options):
        if not isinstance(document, Fields):
            reader.problem(document.line, "is not an OpsLevel file: 'version: 1' and a 'service:' are expected.")
            continue
        _Document(reader).read(document)


class _Document:
    """Reads one document."""

    def __init__(self, reader: FieldReader) -> None:
        self._reader = reader

    def read(self, document: Fields) -> None:
        reader = self._reader
        version = reader.text(document, "version")
        if version not in {"", "1"}:
            reader.problem(document.line_of("version"), f"is of version {quoted(version)}; this Baton reads version 1.")
            return
        if not any(key in document.values for key in _ENTRIES):
            reader.problem(document.line, "says nothing of a service, a repository or a team; is it an OpsLevel file?")
        for key in ("service", "component"):
            for fields in self._entries(document, key):
                self._service(fields)
        for key, kind in (("system", AssetKind.SYSTEM), ("domain", AssetKind.SYSTEM)):
            for fields in self._entries(document, key):
                self._group(fields, key, kind)
        for key in ("repository", "repositories"):
            for fields in self._entries(document, key):
                self._repository(fields)
        for fields in self._entries(document, "team"):
            self._team(fields)

    def _entries(self, document: Fields, key: str) -> Iterator[Fields]:
        """Yield the mapping under `key`, or those in a list."""
        node: Node | None = document.values.get(key)
        if isinstance(node, Items):
            yield from self._reader.mappings(document, key)
        elif (fields := mapping(node)) is not None:
            yield fields
        elif node is not None:
            self._reader.fields(document, key)

    def _service(self, fields: Fields) -> None:
        reader = self._reader
        name = name_of(reader, fields, "name", "a service")
        if not name:
            return
        aliases = unique(reader.texts(fields, "aliases"), without=[name])
        tags = (("product", reader.text(fields, "product")), ("lifecycle", reader.text(fields, "lifecycle")))
        languages = (("language", reader.text(fields, "language")), ("framework", reader.text(fields, "framework")))
        reader.sink.asset(
            AssetClaim(
                external_id=f"service:{aliases[0] if aliases else name}".lower(),
                kind=kind_of_word(reader.text(fields, "type")),
                name=name,
                description=reader.text(fields, "description"),
                aliases=aliases,
                addresses=unique([*(link.url for link in self._repositories(fields)), *self._slugs(fields)]),
                parent=self._parent(fields),
                tier=tier_of(reader, fields, "tier"),
                links=(*self._repositories(fields), *self._tools(fields)),
                tags=(*((key, value) for key, value in (*tags, *languages) if value), *self._tags(fields)),
                owners=self._owners(fields),
                origin=reader.at(fields.line),
            )
        )

    def _group(self, fields: Fields, key: str, kind: AssetKind) -> None:
        reader = self._reader
        name = name_of(reader, fields, "name", f"a {key}")
        if not name:
            return
        reader.sink.asset(
            AssetClaim(
                external_id=f"{key}:{name}".lower(),
                kind=kind,
                name=name,
                description=reader.text(fields, "description"),
                aliases=unique(reader.texts(fields, "aliases"), without=[name]),
                parent=reader.text(fields, "domain"),
                owners=self._owners(fields),
                origin=reader.at(fields.line),
            )
        )

    def _repository(self, fields: Fields) -> None:
        reader = self._reader
        written = reader.text(fields, "name") or reader.text(fields, "path")
        remote = remote_of(reader.file.path.parent)
        address = self._address(fields, written) if written else ""
        name = written or (remote.name if remote else "")
        if not name:
            reader.problem(fields.line, "has a repository without a name outside a checkout; give it a 'name'.")
            return
        addresses = (address,) if address else remote.addresses if remote and not written else ()
        reader.sink.asset(
            AssetClaim(
                external_id=f"repository:{remote.path if remote and not written else name}".lower(),
                kind=AssetKind.REPOSITORY,
                name=name,
                aliases=unique(reader.texts(fields, "aliases"), without=[name]),
                addresses=addresses,
                links=tuple(Link("repository", url) for url in addresses[:1]),
                tier=tier_of(reader, fields, "tier"),
                owners=self._owners(fields),
                origin=reader.at(fields.line),
            )
        )

    def _team(self, fields: Fields) -> None:
        reader = self._reader
        name = name_of(reader, fields, "name", "a team")
        if not name:
            return
        members = [reader.text(each, "email").lower() for each in reader.mappings(fields, "members")]
        contacts = list(reader.mappings(fields, "contacts"))
        channels = [reader.text(each, "address") for each in contacts if "slack" in reader.text(each, "type").lower()]
        lead = reader.text(fields, "manager").lower()  # OpsLevel knows only one person above a team, who runs it
        reader.sink.team(
            TeamClaim(
                name=name,
                aliases=unique([*reader.texts(fields, "aliases"), reader.text(fields, "alias")], without=[name]),
                channel=channel_of(next((each for each in channels if each), "")),
                lead=lead if is_email(lead) else "",
                members=unique([each for each in members if is_email(each)]) if "members" in fields.values else None,
                origin=reader.at(fields.line),
            )
        )

    def _owners(self, fields: Fields) -> tuple[OwnerClaim, ...]:
        claim = team_claim(self._reader.text(fields, "owner"))
        return () if claim is None else (claim,)

    def _parent(self, fields: Fields) -> str:
        reader = self._reader
        node = mapping(fields.values.get("system"))
        return reader.text(node, "name") if node is not None else reader.text(fields, "system")

    def _repositories(self, fields: Fields) -> list[Link]:
        """Return links to the service's repositories. In a mono-repository, the link ends with the service's path."""
        reader, found = self._reader, []
        for each in reader.mappings(fields, "repositories"):
            url = self._address(each, reader.text(each, "name"))
            if url:
                found.append(Link(reader.text(each, "display_name") or "repository", url))
            else:
                message = f"repository {quoted(reader.text(each, 'name'))} has no address and is left out; "
                reader.problem(each.line, f"{message}give it a 'name' and a 'provider'.", is_error=False)
        return found

    def _slugs(self, fields: Fields) -> Iterator[str]:
        """Yield the names of repositories that belong to the service alone, without a host, as people write them."""
        for each in self._reader.mappings(fields, "repositories"):
            name, path = self._reader.text(each, "name"), self._reader.text(each, "path")
            if not path.strip("/.") and forge_address(self._reader.text(each, "provider"), name):
                yield name

    def _address(self, fields: Fields, name: str) -> str:
        if name.startswith(("https://", "http://", "git@")):
            remote = parse_remote(name)
            return remote.addresses[0] if remote is not None and remote.addresses else ""
        return forge_address(self._reader.text(fields, "provider"), name)

    def _tools(self, fields: Fields) -> Iterator[Link]:
        reader = self._reader
        for tool in reader.mappings(fields, "tools"):
            label = reader.text(tool, "name") or reader.text(tool, "category").replace("_", " ")
            yield from web_link(reader, tool, label)

    def _tags(self, fields: Fields) -> Iterator[tuple[str, str]]:
        reader = self._reader
        for tag in reader.mappings(fields, "tags"):
            if key := reader.text(tag, "key"):
                yield key, reader.text(tag, "value")
            else:
                reader.problem(tag.line, "has a tag without a 'key', which is left out.", is_error=False)


FORMAT = Format(
    name="opslevel",
    summary="OpsLevel: opslevel.yml",
    matches=_matches,
    read_file=_read_file,
    reads_beside=True,  # the checkout
)
