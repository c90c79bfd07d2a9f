"""Datadog's service and entity definitions, v1 to v3. A file may contain several, in different versions.

Source of the fields: https://docs.datadoghq.com/internal_developer_portal/software_catalog/entity_model/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bot.clients.catalog._kinds import kind_of_word
from bot.clients.catalog._manifests import channel_of, name_of, team_claim, tier_of, web_link
from bot.clients.catalog._nodes import FieldReader, Fields, Items, Node
from bot.clients.catalog._reader import Format, ReadOptions, Sink, SourceFile, peek
from bot.clients.catalog._values import is_web, quoted, unique
from bot.clients.catalog._yaml import documents
from bot.domain.catalog import AssetClaim, AssetKind, Link, OwnerClaim, Role

_NAME = re.compile(r"(?:.*[._-])?(?:service|entity)\.datadog\.(?:ya?ml|json)", re.IGNORECASE)
_LOOKS = re.compile(
    rb"['\"]?(?:dd-service|schema-version)['\"]?\s*:|['\"]?apiVersion['\"]?\s*:\s*['\"]?v3", re.MULTILINE
)
_MOST_ENTITIES = 100_000
#: Types of version 2 that have another meaning here than in other formats.
_V2_TYPES = {"web": AssetKind.SERVICE, "custom": AssetKind.SERVICE, "browser": AssetKind.WEBSITE}


def _matches(path: Path) -> bool:
    return _NAME.fullmatch(path.name) is not None and _LOOKS.search(peek(path)) is not None


def _read_file(file: SourceFile, sink: Sink, options: ReadOptions) -> None:
    # JSON is YAML, so one reader serves both, with lines.
    reader = FieldReader(file, sink)
    older: list[Fields] = []
    newer: set[str] = set()
    for document in documents(file, sink, options):
        for entity in _entities(document):
            if not isinstance(entity, Fields):
                reader.problem(entity.line, "is not a Datadog definition: a mapping is expected.")
            elif reader.text(entity, "apiVersion").lower().startswith("v3"):
                newer.add(reader.text(reader.fields(entity, "metadata"), "name").lower())
                _read_v3(reader, entity)
            else:
                older.append(entity)
    for entity in older:
        name = reader.text(entity, "dd-service")
        if name and name.lower() in newer:
            message = f"{quoted(name)} is defined in version 3 as well, which counts; remove the older definition."
            reader.problem(entity.line, message, is_error=False)
        else:
            _read_v2(reader, entity)


def _entities(document: Node) -> Iterator[Node]:
    if isinstance(document, Items):
        yield from document.values[:_MOST_ENTITIES]
    else:
        yield document


def _read_v2(reader: FieldReader, entity: Fields) -> None:
    """Read `schema-version: v2`, `v2.1` or `v2.2`, or a v1 definition, whose service is `info.dd-service`."""
    field = "apiVersion" if "apiVersion" in entity.values else "schema-version"
    version = reader.text(entity, field).lower()
    info = reader.fields(entity, "info") if "info" in entity.values else entity
    if version and version not in {"v1", "v2", "v2.1", "v2.2"}:
        reader.problem(entity.line_of(field), f"is of version {quoted(version)}, which Baton cannot read.")
        return
    name = name_of(reader, info, "dd-service", "a service")
    if not name:
        return
    organisation = reader.fields(entity, "org") if "org" in entity.values else entity
    owner = team_claim(reader.text(entity, "team") or reader.text(organisation, "team"))
    repositories = [link for each in reader.mappings(entity, "repos") for link in web_link(reader, each, "repository")]
    links = [*repositories, *_links(reader, entity)]
    reader.sink.asset(
        AssetClaim(
            external_id=f"service:{name}".lower(),
            kind=_V2_TYPES.get(reader.text(entity, "type").lower()) or kind_of_word(reader.text(entity, "type")),
            name=name,
            description=reader.text(entity, "description") or reader.text(info, "description"),
            aliases=unique([reader.text(info, "display-name")], without=[name]),
            addresses=unique([*(link.url for link in links if _is_repository(link)), *_channels(reader, entity)]),
            parent=reader.text(entity, "application"),
            tier=tier_of(reader, entity, "tier"),
            links=tuple(links),
            tags=tuple(_tags(reader, entity, "lifecycle")),
            owners=() if owner is None else (owner,),
            origin=reader.at(entity.line),
        )
    )


def _read_v3(reader: FieldReader, entity: Fields) -> None:
    metadata, spec = reader.fields(entity, "metadata"), reader.fields(entity, "spec")
    name = name_of(reader, metadata, "name", "an entity")
    if not name:
        return
    kind = reader.text(entity, "kind").lower()
    namespace = reader.text(metadata, "namespace").lower()
    namespace = "" if namespace == "default" else namespace
    links = _links(reader, metadata)
    where = f"{kind or 'service'}:{namespace}/{name}" if namespace else f"{kind or 'service'}:{name}"
    if above := reader.text(metadata, "inheritFrom"):
        reader.sink.heir(where, above.replace(":default/", ":"))
    reader.sink.asset(
        AssetClaim(
            external_id=where.lower(),
            kind=kind_of_word(kind),
            name=name,
            namespace=namespace,
            description=reader.text(metadata, "description"),
            aliases=unique([reader.text(metadata, "displayName")], without=[name]),
            addresses=unique([*(link.url for link in links if _is_repository(link)), *_channels(reader, metadata)]),
            parent=_parent(reader, spec),
            tier=tier_of(reader, spec, "tier"),
            links=tuple(links),
            tags=tuple(_tags(reader, metadata, "", spec=spec)),
            owners=tuple(dict.fromkeys(_owners(reader, metadata))),
            origin=reader.at(entity.line),
        )
    )


def _owners(reader: FieldReader, metadata: Fields) -> Iterator[OwnerClaim]:
    """Yield the owner and the additional owners: operators and similar help, all others own it too."""
    if (claim := team_claim(reader.text(metadata, "owner"))) is not None:
        yield claim
    for other in reader.mappings(metadata, "additionalOwners"):
        is_helper = reader.text(other, "type").lower() in {"operator", "contributor", "other", "support"}
        claim = team_claim(reader.text(other, "name"), Role.SECONDARY if is_helper else Role.OWNER)
        if claim is None:
            reader.problem(other.line, "has an additional owner without a name; it is left out, give it one.")
        else:
            yield claim


def _parent(reader: FieldReader, spec: Fields) -> str:
    """Return the first of `componentOf`; `system:shop` means the system with the external id `shop`."""
    return next(iter(reader.texts(spec, "componentOf")), "").lower()


def _links(reader: FieldReader, fields: Fields) -> list[Link]:
    found: list[Link] = []
    for each in reader.mappings(fields, "links"):
        label = reader.text(each, "name") or reader.text(each, "type")
        type_ = reader.text(each, "type").lower()
        found += web_link(reader, each, "repository" if type_ in {"repo", "repository"} else label)
    for each in reader.mappings(fields, "docs"):
        found += web_link(reader, each, reader.text(each, "name"))
    return found


def _is_repository(link: Link) -> bool:
    return link.label == "repository" and is_web(link.url)


def _channels(reader: FieldReader, fields: Fields) -> Iterator[str]:
    for contact in reader.mappings(fields, "contacts"):
        if reader.text(contact, "type").lower() == "slack" and (channel := reader.text(contact, "contact")):
            yield channel_of(channel.removeprefix("#"))


def _tags(
    reader: FieldReader, fields: Fields, lifecycle: str, *, spec: Fields | None = None
) -> Iterator[tuple[str, str]]:
    for tag in reader.texts(fields, "tags"):
        key, _, value = tag.partition(":")
        yield key, value
    said = reader.text(spec, "lifecycle") if spec is not None else reader.text(fields, lifecycle)
    if said:
        yield "lifecycle", said


FORMAT = Format(
    name="datadog",
    summary="Datadog: service.datadog.yaml and entity.datadog.yaml, v1 to v3",
    matches=_matches,
    read_file=_read_file,
    reads_beside=False,
)
