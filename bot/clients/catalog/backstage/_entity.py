"""From one Backstage entity to a claim: https://backstage.io/docs/features/software-catalog/descriptor-format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.clients.catalog._kinds import kind_of
from bot.clients.catalog._manifests import web_link
from bot.clients.catalog._nodes import FieldReader, Fields, Items, Node, Text
from bot.clients.catalog._reader import ReadOptions, unread_owner
from bot.clients.catalog._values import is_email, is_template, quoted, unique
from bot.clients.catalog.backstage._annotations import Annotations
from bot.clients.catalog.backstage._refs import (
    DEFAULT_NAMESPACE,
    EntityRef,
    is_valid_name,
    node_ref,
    owner_of,
    parse_ref,
)
from bot.domain.catalog import AssetClaim, Link, OwnerClaim, PersonClaim, TeamClaim

_ASSETS = frozenset({"component", "api", "resource", "system", "domain"})
#: Kinds that are owned and never own anything.
_OWN_NOTHING = frozenset({"component", "api", "resource", "system", "domain", "location", "template"})
#: Kinds without ownership. A Location's targets are found by walking the directory.
_IGNORED = frozenset({"location", "template"})
_SLACK_IDS = ("slack.com/user-id", "slack.com/user_id", "slack/user-id")
_GROUP_IDS = ("slack.com/user-group", "slack.com/usergroup", "slack/user-group")
_PARENTS = (("subcomponentOf", "component"), ("system", "system"), ("domain", "domain"), ("subdomainOf", "domain"))


class EntityReader:
    """Reads the entities of one file."""

    def __init__(self, reader: FieldReader, options: ReadOptions) -> None:
        self._reader = reader
        self._options = options

    def read(self, entity: Fields) -> None:
        """Add the entity's content to the sink, or a problem."""
        reader = self._reader
        kind, version = reader.text(entity, "kind"), reader.text(entity, "apiVersion")
        if kind.lower() in _IGNORED:
            return
        if not kind or (version and not version.startswith("backstage.io/")):
            reader.problem(entity.line, "is not a Backstage entity (no 'kind', or another apiVersion); it is left out.")
            return
        if kind.lower() not in _ASSETS | {"group", "user"}:
            reader.problem(
                entity.line, f"is of the kind {quoted(kind)}, which Baton does not use; it is left out.", is_error=False
            )
            return
        metadata = reader.fields(entity, "metadata")
        ref = self._ref(kind.lower(), metadata)
        if ref is None:
            return
        annotations = Annotations(reader, reader.fields(metadata, "annotations"), self._options)
        if ref.kind == "group":
            self._group(ref, entity, metadata, annotations)
        elif ref.kind == "user":
            self._user(ref, entity, annotations)
        else:
            self._asset(ref, entity, metadata, annotations)

    def _ref(self, kind: str, metadata: Fields) -> EntityRef | None:
        reader = self._reader
        name = reader.text(metadata, "name")
        line = metadata.line_of("name")
        if not name:
            reader.problem(metadata.line, f"has a {kind} without metadata.name, which is left out; give it a name.")
            return None
        if is_template(name):
            reader.problem(
                line, f"has a {kind} whose name is a template, {quoted(name)}; it is left out, render it first."
            )
            return None
        if not is_valid_name(name):
            rule = "at most 63 letters and digits, joined by - _ ."
            message = f"{quoted(name)} is no valid Backstage name ({rule}); it is read anyway."
            reader.problem(line, message, is_error=False)
        return EntityRef(kind, (reader.text(metadata, "namespace") or DEFAULT_NAMESPACE).lower(), name)

    def _asset(self, ref: EntityRef, entity: Fields, metadata: Fields, annotations: Annotations) -> None:
        reader = self._reader
        spec = reader.fields(entity, "spec")
        written_type = reader.text(spec, "type")
        kind, hosting = kind_of(ref.kind, written_type)
        lifecycle = reader.text(spec, "lifecycle")
        owners = tuple(dict.fromkeys([*self._owners(ref, entity, spec), *annotations.area_owners(ref.namespace)]))
        tags = [("type", written_type)] if written_type and written_type.lower() != kind.value else []
        tags += [("lifecycle", lifecycle)] if lifecycle else []
        tags += [(tag, "") for tag in reader.texts(metadata, "tags")]
        tags += reader.pairs(metadata, "labels")
        for user, used in self._uses(ref, entity, spec):
            reader.sink.used(str(used), by=str(user))
        reader.sink.asset(
            AssetClaim(
                external_id=str(ref),
                kind=kind,
                name=ref.name,
                namespace="" if ref.namespace == DEFAULT_NAMESPACE else ref.namespace,
                description=_described(reader.text(metadata, "description"), spec, owners),
                aliases=unique([reader.text(metadata, "title"), *annotations.aliases()], without=[ref.name]),
                addresses=unique([*_ref_spellings(ref), *annotations.addresses()]),
                parent=self._parent(ref, entity, spec),
                hosting=annotations.hosting() or hosting,
                tier=annotations.tier(),
                links=(*self._links(metadata), *annotations.links()),
                tags=tuple(dict.fromkeys(tags)),
                runs=annotations.runs(lifecycle),
                owners=owners,
                unowned_reason="" if owners else annotations.text("baton/unowned"),
                origin=reader.at(entity.line),
            )
        )

    def _owners(self, ref: EntityRef, entity: Fields, spec: Fields) -> Iterator[OwnerClaim]:
        related = list(self._related(entity, "ownedBy", kind="group", namespace=ref.namespace))
        if related:
            for owner in related:
                yield OwnerClaim(owner_of(owner, written=str(owner)))
            return
        node = spec.values.get("owner")
        if isinstance(node, Items):
            written = self._reader.text(spec, "owner") if len(node.values) == 1 else ""
            if not written:
                self._reader.problem(
                    node.line, "'owner' is a list where one owner is expected; name one, the rest with relations."
                )
            node = Text(written, node.line)
        if isinstance(node, Text) and is_template(node.value):
            self._reader.problem(
                node.line, f"the owner is a template, {quoted(node.value)}; it is left out, render it first."
            )
            return
        if isinstance(node, Fields) and (placeholder := next((key for key in node.values if key.startswith("$")), "")):
            where = quoted(f"{placeholder}: {self._reader.text(node, placeholder)}")
            self._reader.problem(
                node.line, f"the owner of {quoted(ref.name)} stands in another file ({where}), which is not read."
            )
            return
        found = node_ref(self._reader, node, kind="group", namespace=ref.namespace)
        if found is not None and found.kind in _OWN_NOTHING and node is not None:
            self._reader.problem(
                node.line, f"the owner of {quoted(ref.name)} is a {found.kind}; name a group or a user instead."
            )
        elif found is not None:
            yield OwnerClaim(owner_of(found, written=node.value if isinstance(node, Text) else str(found)))
        elif node is not None and (said := _written(node)):
            self._reader.problem(node.line, f"the owner of {quoted(ref.name)} is {quoted(said)}, which has no name.")

    def _related(self, entity: Fields, type_: str, *, kind: str, namespace: str) -> Iterator[EntityRef]:
        """Yield the targets of the entity's relations of one type. Only the API's answers have relations."""
        reader = self._reader
        if "relations" not in entity.values:
            return
        for relation in reader.mappings(entity, "relations"):
            if reader.text(relation, "type") != type_:
                continue
            node = relation.values.get("targetRef") or relation.values.get("target")
            found = node_ref(reader, node, kind=kind, namespace=namespace)
            if found is not None:
                yield found

    def _parent(self, ref: EntityRef, entity: Fields, spec: Fields) -> str:
        related = {one.kind: one for one in self._related(entity, "partOf", kind="system", namespace=ref.namespace)}
        for kind in ("component", "system", "domain"):
            if kind in related:
                return str(related[kind])
        for key, kind in _PARENTS:
            found = node_ref(self._reader, spec.values.get(key), kind=kind, namespace=ref.namespace)
            if found is not None and str(found) != str(ref):
                return str(found)
        return ""

    def _uses(self, ref: EntityRef, entity: Fields, spec: Fields) -> Iterator[tuple[EntityRef, EntityRef]]:
        """Yield pairs of a component and a resource that it depends on, as stated by either of them."""
        for key, of, kind in (("dependsOn", "component", "resource"), ("dependencyOf", "resource", "component")):
            if ref.kind != of:
                continue
            written = (parse_ref(text, kind="", namespace=ref.namespace) for text in self._reader.texts(spec, key))
            for other in (*written, *self._related(entity, key, kind=kind, namespace=ref.namespace)):
                if other is not None and other.kind == kind:
                    yield (ref, other) if of == "component" else (other, ref)

    def _links(self, metadata: Fields) -> Iterator[Link]:
        for link in self._reader.mappings(metadata, "links"):
            yield from web_link(self._reader, link, self._reader.text(link, "title") or self._reader.text(link, "type"))

    def _group(self, ref: EntityRef, entity: Fields, metadata: Fields, annotations: Annotations) -> None:
        reader = self._reader
        spec = reader.fields(entity, "spec")
        profile = reader.fields(spec, "profile")
        names = [reader.text(profile, "displayName"), reader.text(metadata, "title"), str(ref)]
        reader.sink.team(
            TeamClaim(
                name=ref.short,
                aliases=unique(
                    [*names, reader.text(profile, "email").lower(), *annotations.aliases()], without=[ref.short]
                ),
                channel=annotations.channel(),
                user_group=annotations.text("baton/user-group", *_GROUP_IDS),
                timezone=annotations.text("baton/timezone"),
                lead=annotations.user("baton/lead"),
                manager=annotations.user("baton/manager"),
                members=self._members(ref, entity, spec),
                origin=reader.at(entity.line),
            )
        )

    def _members(self, ref: EntityRef, entity: Fields, spec: Fields) -> tuple[str, ...] | None:
        """Return the group's users; None if the entity does not list them. Users name their groups as well."""
        related = [one.short for one in self._related(entity, "hasMember", kind="user", namespace=ref.namespace)]
        if related:
            return unique(related)
        if "members" not in spec.values:
            return None
        found = (self._person(text, ref.namespace) for text in self._reader.texts(spec, "members"))
        return unique([one for one in found if one])

    @staticmethod
    def _person(text: str, namespace: str) -> str:
        ref = parse_ref(text, kind="user", namespace=namespace)
        return "" if ref is None else ref.name.lower() if is_email(ref.name) else ref.short

    def _user(self, ref: EntityRef, entity: Fields, annotations: Annotations) -> None:
        reader = self._reader
        spec = reader.fields(entity, "spec")
        profile = reader.fields(spec, "profile")
        email = reader.text(profile, "email").lower()
        teams = [one.short for one in self._related(entity, "memberOf", kind="group", namespace=ref.namespace)]
        if not teams:
            refs = (parse_ref(text, kind="group", namespace=ref.namespace) for text in reader.texts(spec, "memberOf"))
            teams = [one.short for one in refs if one is not None]
        reader.sink.person(
            PersonClaim(
                name=reader.text(profile, "displayName") or ref.name,
                slack_id=annotations.text(*_SLACK_IDS),
                email=email if is_email(email) else "",
                handle=ref.short,
                timezone=annotations.text("baton/timezone"),
                teams=unique(teams),
                origin=reader.at(entity.line),
            )
        )


def _described(description: str, spec: Fields, owners: Sequence[OwnerClaim]) -> str:
    """Return the description, with a remark if the owner in the file names nobody and could not be read.

    Otherwise the owner of what it is a part of would be taken for the file's answer.
    """
    node = spec.values.get("owner")
    if owners or node is None:
        return description
    if isinstance(node, Text) and is_template(node.value):
        return unread_owner(description, node.value)
    if isinstance(node, Fields) and (
        held := next((each for each in node.values.items() if each[0].startswith("$")), None)
    ):
        key, value = held
        return unread_owner(description, f"{key}: {value.value}" if isinstance(value, Text) else key)
    said = _written(node)
    return (
        f"Its file names the owner {quoted(said)}, which Baton could not read. {description}".strip()
        if said
        else description
    )


def _written(node: Node) -> str:
    """Return the text of a field in one line."""
    if isinstance(node, Text):
        return node.value.strip()
    if isinstance(node, Items):
        return ", ".join(filter(None, map(_written, node.values)))
    return ", ".join(f"{key}: {said}" for key, value in node.values.items() if (said := _written(value)))


def _ref_spellings(ref: EntityRef) -> tuple[str, ...]:
    """Return the forms in which people write the reference, the full one first."""
    full = str(ref)
    return (full, f"{ref.kind}:{ref.name}".lower()) if ref.namespace == DEFAULT_NAMESPACE else (full,)
