"""Backstage entity references: `[kind:][namespace/]name`, ignoring case.

https://backstage.io/docs/features/software-catalog/references
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.clients.catalog._nodes import FieldReader, Fields, Node, Text
from bot.clients.catalog._values import is_email
from bot.domain.catalog import OwnerRef, OwnerType
from bot.domain.names import clean

DEFAULT_NAMESPACE = "default"
#: The longest name; names consist of letters and digits joined by `-`, `_` or `.`.
MAX_NAME_LENGTH = 63
_NAME = re.compile(r"[A-Za-z0-9]+(?:[-_.]+[A-Za-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class EntityRef:
    """An entity's kind and namespace in lower case, and its name as written."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.namespace}/{self.name}".lower()

    @property
    def short(self) -> str:
        """The name, preceded by the namespace unless that is the default one."""
        return self.name if self.namespace == DEFAULT_NAMESPACE else f"{self.namespace}/{self.name}"


def is_valid_name(name: str) -> bool:
    """Return whether Backstage would accept `name` for an entity."""
    return len(name) <= MAX_NAME_LENGTH and _NAME.fullmatch(name) is not None


def parse_ref(text: str, *, kind: str, namespace: str) -> EntityRef | None:
    """Return the reference in `text`, with defaults for its missing parts; None for empty text and empty names."""
    head, colon, rest = clean(text).rpartition(":")
    space, slash, name = rest.partition("/")
    if not slash:
        space, name = namespace, rest
    if not name.strip() or (colon and not head.strip()):
        return None
    return EntityRef((head if colon else kind).strip().lower(), space.strip().lower() or namespace, name.strip())


def node_ref(reader: FieldReader, node: Node | None, *, kind: str, namespace: str) -> EntityRef | None:
    """Return the reference in a field: text, or a mapping with kind, namespace and name, the older form."""
    if isinstance(node, Text):
        return parse_ref(node.value, kind=kind, namespace=namespace)
    if isinstance(node, Fields):
        name = reader.text(node, "name")
        have = (reader.text(node, "kind") or kind).lower(), (reader.text(node, "namespace") or namespace).lower()
        return EntityRef(*have, name) if name else None
    return None


def owner_of(ref: EntityRef, *, written: str) -> OwnerRef:
    """Return the owner in a reference: a group is a team, a user a person.

    An e-mail address stays `UNSAID` unless it is called a user, because it may be a team's mailbox.
    """
    if is_email(ref.name):
        type_ = OwnerType.PERSON if written.lower().startswith("user:") else OwnerType.UNSAID
        return OwnerRef(ref.name.lower(), type_, written)
    type_ = {"group": OwnerType.TEAM, "user": OwnerType.PERSON}.get(ref.kind, OwnerType.UNSAID)
    return OwnerRef(ref.short, type_, written)
