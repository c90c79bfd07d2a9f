"""What the service manifests of several vendors have in common: names, tiers, links, channels, owners."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.clients.catalog._nodes import FieldReader, Fields, Node
from bot.clients.catalog._values import is_email, is_template, is_web, quoted, tier_in
from bot.domain.catalog import Area, Link, OwnerClaim, OwnerRef, OwnerType, Role


def tier_of(reader: FieldReader, fields: Fields, key: str) -> int | None:
    """Return the number in `tier_1`, `Tier 1` or `1`.

    Words such as `high` have an organisation's own meaning and are noted.
    """
    text = reader.text(fields, key)
    if not text:
        return None
    tier = tier_in(text)
    if tier is None:
        message = f"tier {quoted(text)} has no number, so it is left out."
        reader.problem(fields.line_of(key), message, is_error=False)
    return tier


def name_of(reader: FieldReader, fields: Fields, key: str, what: str) -> str:
    """Return the name under `key`; "" after a problem if there is no usable one."""
    name = reader.text(fields, key)
    if not name:
        reader.problem(fields.line, f"has {what} without {quoted(key)}, which is left out; give it one.")
    elif is_template(name):
        reader.problem(fields.line_of(key), f"{quoted(key)} is a template, {quoted(name)}; render it first.")
        return ""
    return name


def team_claim(written: str, role: Role = Role.OWNER) -> OwnerClaim | None:
    """Return the claim for an owner that these formats treat as a team. An e-mail address may be a person's."""
    name = written.strip().removeprefix("@").removeprefix("mailto:")
    if not name or is_template(name):
        return None
    if is_email(name):
        return OwnerClaim(OwnerRef(name.lower(), OwnerType.UNSAID, written), Area.ALL, role)
    return OwnerClaim(OwnerRef(name, OwnerType.TEAM, written), Area.ALL, role)


def person_claim(email: str) -> OwnerClaim | None:
    """Return the claim for an owner who is a person, by e-mail address."""
    return OwnerClaim(OwnerRef(email.lower(), OwnerType.PERSON, email), Area.ALL) if is_email(email) else None


def web_link(reader: FieldReader, fields: Fields, label: str) -> Iterator[Link]:
    """Yield the link in a mapping with a `url`; note one without a web address."""
    url = reader.text(fields, "url")
    if is_web(url):
        yield Link(label or "link", url)
        return
    what = f"link {quoted(label or url)}" if label or url else "a link"
    message = f"{what} has no web address and is left out; give it a 'url' that starts with https://."
    reader.problem(fields.line, message, is_error=False)


def pagerduty_link(service: str) -> Link:
    """Return the link to who is on call for a service, by the service's id at PagerDuty."""
    return Link("on-call", f"https://app.pagerduty.com/service-directory/{service}")


def channel_of(text: str) -> str:
    """Return a Slack channel as `#name`; a link or an id stays as it is."""
    return f"#{text}" if re.fullmatch(r"[a-z0-9][\w-]*", text) else text


def mapping(node: Node | None) -> Fields | None:
    """Return a node if it is a mapping, else None."""
    return node if isinstance(node, Fields) else None
