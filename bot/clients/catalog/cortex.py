"""Cortex: `cortex.yaml`, an OpenAPI document whose `info` has the `x-cortex-…` fields.

Source of the fields: https://docs.cortex.io/ingesting-data-into-cortex/entities/yaml
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bot.clients.catalog._git import forge_address
from bot.clients.catalog._kinds import kind_of_word
from bot.clients.catalog._manifests import (
    channel_of,
    mapping,
    name_of,
    pagerduty_link,
    person_claim,
    team_claim,
    web_link,
)
from bot.clients.catalog._nodes import FieldReader, Fields, Items
from bot.clients.catalog._reader import Format, ReadOptions, Sink, SourceFile, peek
from bot.clients.catalog._values import is_email, quoted, unique
from bot.clients.catalog._yaml import documents
from bot.domain.catalog import AssetClaim, AssetKind, Link, OwnerClaim, TeamClaim

_LOOKS = re.compile(rb"(?:^\s+|[{,]\s*)['\"]?x-cortex-(?:tag|type|owners|git|team)\b", re.MULTILINE)


def _matches(path: Path) -> bool:
    return path.suffix.lower() in {".yaml", ".yml"} and _LOOKS.search(peek(path)) is not None


def _read_file(file: SourceFile, sink: Sink, options: ReadOptions) -> None:
    reader = FieldReader(file, sink)
    for document in documents(file, sink, options):
        info = mapping(document.values.get("info")) if isinstance(document, Fields) else None
        if info is None:
            reader.problem(document.line, "is not a Cortex entity: an 'info:' with 'x-cortex-tag' is expected.")
            continue
        _Entity(reader, info).read()


class _Entity:
    """Reads one entity."""

    def __init__(self, reader: FieldReader, info: Fields) -> None:
        self._reader, self._info = reader, info

    def read(self) -> None:
        reader, info = self._reader, self._info
        tag = name_of(reader, info, "x-cortex-tag", "an entity")
        if not tag:
            return
        type_ = reader.text(info, "x-cortex-type").lower()
        if type_ == "team":
            self._team(tag)
        else:
            self._asset(tag, type_)

    def _asset(self, tag: str, type_: str) -> None:
        reader, info = self._reader, self._info
        title = reader.text(info, "title")
        # Cortex's domains are groups of services; Baton's `domain` is a DNS name.
        kind = AssetKind.SYSTEM if type_ == "domain" else kind_of_word(type_)
        for child in self._tags_of("x-cortex-children"):
            reader.sink.part(child, tag)
        repository = self._repository()
        links = [*self._links(), *([Link("repository", repository)] if repository else [])]
        reader.sink.asset(
            AssetClaim(
                external_id=f"{type_ or 'service'}:{tag}".lower(),
                kind=kind,
                name=tag,
                description=reader.text(info, "description"),
                aliases=unique([title, *self._alias()], without=[tag]),
                addresses=unique([repository, *self._channels(), *(link.url for link in self._on_call())]),
                parent=self._parent(),
                links=tuple(links),
                tags=tuple(self._tags()),
                owners=tuple(dict.fromkeys(self._owners())),
                origin=reader.at(info.line),
            )
        )

    def _team(self, tag: str) -> None:
        reader, info = self._reader, self._info
        team = reader.fields(info, "x-cortex-team")
        members = [reader.text(each, "email").lower() for each in reader.mappings(team, "members")]
        groups = [reader.text(each, "name") for each in reader.mappings(team, "groups")]
        emails = tuple(each for each in members if is_email(each))
        reader.sink.team(
            TeamClaim(
                name=tag,
                aliases=unique([reader.text(info, "title"), *groups], without=[tag]),
                channel=next(iter(self._channels()), ""),
                members=unique(emails) if "members" in team.values else None,
                origin=reader.at(info.line),
            )
        )

    def _owners(self) -> Iterator[OwnerClaim]:
        """Yield the owners. Groups are teams, e-mail owners are people."""
        reader = self._reader
        for owner in reader.mappings(self._info, "x-cortex-owners"):
            type_ = reader.text(owner, "type").lower()
            name, email = reader.text(owner, "name"), reader.text(owner, "email")
            claim = None
            if type_ == "email" or (not type_ and email):
                claim = person_claim(email or name)
            elif type_ in {"group", "team", ""}:
                claim = team_claim(name)
            elif type_ == "slack":
                continue  # a channel, which is among the links
            if claim is None:
                what = quoted(type_ or "no type")
                reader.problem(owner.line, f"has an owner of {what} that names nobody; it is left out, correct it.")
                continue
            yield claim

    def _channels(self) -> Iterator[str]:
        """Yield the Slack channels, in either form that Cortex has for them."""
        reader = self._reader
        node = self._info.values.get("x-cortex-slack")
        slack = reader.fields(self._info, "x-cortex-slack") if node is not None else Fields()
        for channel in reader.mappings(slack, "channels"):
            if name := reader.text(channel, "name"):
                yield channel_of(name.removeprefix("#"))
        for owner in reader.mappings(self._info, "x-cortex-owners"):
            if reader.text(owner, "type").lower() == "slack" and (name := reader.text(owner, "channel")):
                yield channel_of(name.removeprefix("#"))

    def _repository(self) -> str:
        reader = self._reader
        git = reader.fields(self._info, "x-cortex-git")
        for provider in git.values:
            below = mapping(git.values[provider])
            if below is not None and (address := forge_address(provider, reader.text(below, "repository"))):
                return f"{address}/{reader.text(below, 'basepath').strip('/')}".rstrip("/")
        return ""

    def _links(self) -> Iterator[Link]:
        reader = self._reader
        for link in reader.mappings(self._info, "x-cortex-link"):
            label = reader.text(link, "name") or reader.text(link, "type")
            yield from web_link(reader, link, label)
        yield from self._on_call()

    def _on_call(self) -> Iterator[Link]:
        reader = self._reader
        on_call = reader.fields(self._info, "x-cortex-oncall")
        pagerduty = mapping(on_call.values.get("pagerduty"))
        service = reader.text(pagerduty, "id") if pagerduty is not None else ""
        is_service = pagerduty is not None and reader.text(pagerduty, "type").upper() in {"", "SERVICE"}
        if is_service and re.fullmatch(r"[A-Z0-9]+", service):
            yield pagerduty_link(service)

    def _parent(self) -> str:
        """Return the first parent's tag. Cortex allows several."""
        for key in ("x-cortex-parents", "x-cortex-domain-parents"):
            if found := next(self._tags_of(key), ""):
                return found
        return ""

    def _tags_of(self, key: str) -> Iterator[str]:
        """Yield the tags of the entities in a list, given directly or each in a field."""
        node = self._info.values.get(key)
        for each in node.values if isinstance(node, Items) else ():
            tag = self._reader.text(each, "tag") if isinstance(each, Fields) else getattr(each, "value", "")
            if tag:
                yield tag

    def _alias(self) -> Iterator[str]:
        reader = self._reader
        aliases = reader.fields(self._info, "x-cortex-alias") if "x-cortex-alias" in self._info.values else Fields()
        for key in aliases.values:
            yield reader.text(aliases, key)

    def _tags(self) -> Iterator[tuple[str, str]]:
        for group in self._reader.texts(self._info, "x-cortex-groups"):
            key, _, value = group.partition(":")
            yield key, value


FORMAT = Format(
    name="cortex",
    summary="Cortex entities: cortex.yaml, OpenAPI with x-cortex-tag",
    matches=_matches,
    read_file=_read_file,
    reads_beside=False,
)
