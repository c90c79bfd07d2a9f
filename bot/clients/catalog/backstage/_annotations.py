"""What Baton reads from an entity's annotations: channel, on-call, repository, and its own `baton/...` keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.clients.catalog._git import forge_address
from bot.clients.catalog._manifests import channel_of, pagerduty_link
from bot.clients.catalog._nodes import FieldReader, Fields
from bot.clients.catalog._reader import ReadOptions
from bot.clients.catalog._runs import readings_of
from bot.clients.catalog._values import is_web, owner_ref, quoted, tier_in, word_in
from bot.clients.catalog.backstage._refs import owner_of, parse_ref
from bot.domain.catalog import Area, Hosting, Link, OwnerClaim, OwnerType, Runs

_SLUGS = {
    "github.com/project-slug": "github",
    "gitlab.com/project-slug": "gitlab",
    "bitbucket.org/project-slug": "bitbucket",
}
#: The part of a file's or directory's URL behind the repository, at GitHub, GitLab and Bitbucket.
_BELOW_REPOSITORY = re.compile(r"/(?:-/)?(?:tree|blob|src)/[^/]+/?(?P<rest>.*)$")
AREA_PREFIX = "baton/owner-"


class Annotations:
    """An entity's annotations, looked up ignoring case."""

    def __init__(self, reader: FieldReader, fields: Fields, options: ReadOptions) -> None:
        self._reader = reader
        self._fields = fields
        self._options = options
        self._keys = {key.lower(): key for key in fields.values}

    def text(self, *names: str) -> str:
        """Return the text of the first annotation that exists and is not empty; else ""."""
        for name in names:
            key = self._keys.get(name.lower())
            text = self._reader.text(self._fields, key) if key is not None else ""
            if text:
                return text
        return ""

    def _line(self, name: str) -> int | None:
        return self._fields.line_of(self._keys.get(name, name))

    def channel(self) -> str:
        """Return the Slack channel: an id, a URL, or `#name`."""
        return channel_of(self.text(*self._options.backstage_channel_annotations))

    def user(self, name: str) -> str:
        """Return the user in an annotation; "" for nobody."""
        text = self.text(name)
        ref = parse_ref(text, kind="user", namespace="default") if text else None
        return ref.short if ref else ""

    def aliases(self) -> tuple[str, ...]:
        """Return the comma-separated names in `baton/aliases`."""
        return tuple(part.strip() for part in self.text("baton/aliases").split(","))

    def addresses(self) -> Iterator[str]:
        """Yield the repository's URL, the channel, and the PagerDuty page that alerts link to."""
        yield self._repository()
        yield self.channel()
        if service := self.text("pagerduty.com/service-id"):
            yield pagerduty_link(service).url

    def links(self) -> Iterator[Link]:
        """Yield links to the source and to on-call."""
        source = self._source() or self._repository()
        if source:
            yield Link("repository", source)
        for name in self._options.backstage_on_call_annotations:
            text = self.text(name)
            if is_web(text):
                yield Link("on-call", text)
                return
            if text and name.lower() == "pagerduty.com/service-id":
                yield pagerduty_link(text)
                return

    def hosting(self) -> Hosting | None:
        """Return the hosting level in `baton/hosting`."""
        text = self.text("baton/hosting")
        hosting = word_in(text, Hosting)
        if text and hosting is None:
            known = ", ".join(Hosting)
            self._reader.problem(
                self._line("baton/hosting"), f"{quoted(text)} is no hosting level and is ignored; known are: {known}."
            )
        return hosting

    def tier(self) -> int | None:
        """Return the tier in `baton/tier`, a number from 0 to 99."""
        text = self.text("baton/tier")
        tier = tier_in(text)
        if text and tier is None:
            self._reader.problem(
                self._line("baton/tier"), f"tier {quoted(text)} is not a number from 0 to 99; it is left out."
            )
        return tier

    def runs(self, lifecycle: str) -> tuple[Runs, ...]:
        """Return what runs: `postgresql@11, python@3.9 in staging`. `lifecycle` is the default environment."""
        for name in self._options.backstage_runs_annotations:
            text, line = self.text(name), self._line(name)
            if text:
                break
        else:
            return ()
        readings = readings_of(text.split(","), lifecycle.lower())
        for reading in readings:
            if reading.problem:
                self._reader.problem(line, reading.problem, is_error=bool(reading.runs))
        return tuple(runs for reading in readings for runs in reading.runs)

    def area_owners(self, namespace: str) -> Iterator[OwnerClaim]:
        """Yield the owners of single areas: `baton/owner-database: group:platform`."""
        for lowered, key in self._keys.items():
            if not lowered.startswith(AREA_PREFIX):
                continue
            written = self._reader.text(self._fields, key)
            area = word_in(lowered.removeprefix(AREA_PREFIX), Area)
            if area is None:
                known = ", ".join(Area)
                self._reader.problem(
                    self._line(lowered), f"{quoted(key)} names no known area and is ignored; known are: {known}."
                )
                continue
            owner = owner_ref(written)
            ref = parse_ref(written, kind="group", namespace=namespace)
            if owner is not None and ref is not None:
                is_plain = owner.type is OwnerType.UNSAID or ":" in written
                yield OwnerClaim(owner_of(ref, written=written) if is_plain else owner, area)

    def _repository(self) -> str:
        """Return the repository's URL, or that of the entity's directory if it has only a part of it; "" if unknown."""
        for name, forge in _SLUGS.items():
            if address := forge_address(forge, self.text(name)):
                return address
        source = self._source()
        below = _BELOW_REPOSITORY.search(source)
        if below is None:
            return source
        is_whole = below["rest"].strip("/") in {"", "catalog-info.yaml", "catalog-info.yml"}
        return source[: below.start()] if is_whole else source.rstrip("/")

    def _source(self) -> str:
        text = self.text("backstage.io/source-location", "backstage.io/view-url").removeprefix("url:")
        return text.rstrip("/") if is_web(text) else ""
