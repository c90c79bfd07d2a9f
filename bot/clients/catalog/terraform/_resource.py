"""From one resource to a claim. The form of every text from the file is checked first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.clients.catalog._reader import SourceFile
from bot.clients.catalog._runs import is_product
from bot.clients.catalog._values import tier_in, unique
from bot.clients.catalog.terraform._stream import Resource
from bot.clients.catalog.terraform._tags import (
    ENVIRONMENT_TAGS,
    NAME_TAG,
    PARENT_TAGS,
    TIER_TAG,
    CheckedValues,
    Tags,
    holds_token,
    looks_secret,
    tidy,
)
from bot.clients.catalog.terraform._types import UNKNOWN, RunsRule, TypeRule, is_glue, rule_of
from bot.clients.inventory import images
from bot.domain.catalog import AssetClaim, AssetKind, Origin, OwnerClaim, Runs
from bot.domain.eol import providers
from bot.domain.names import clean, fold

_ARN = re.compile(r"arn:[a-z-]+:[a-z0-9-]*:[a-z0-9-]*:\d*:[\w.:/@+=,*-]{1,500}", re.IGNORECASE)
_PATH_ID = re.compile(r"/?[\w.-]+(?:/[\w.@ ()-]+){2,}")
#: The id of an AWS machine.
_INSTANCE = re.compile(r"i-[0-9a-f]{8}(?:[0-9a-f]{9})?")
_INDEX = re.compile(r"\[\"[^\]]*\"\]")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HOST = re.compile(r"(?:https?://)?(?P<host>[\w*-]+(?:\.[\w-]+)+)\.?(?::\d{1,5})?/?")
_URL = re.compile(r"https://[\w-]+(?:\.[\w-]+)+(?:/[\w.-]+)+/?")
_WORD = re.compile(r"~?[\w.+-]{1,60}")
# POSTGRES_15, MYSQL_8_0, REDIS_6_X, OpenSearch_2.11, SQLSERVER_2019_STANDARD
_PRODUCT_UNDERSCORE = re.compile(r"(?P<product>[A-Za-z]+)_(?P<version>\d+(?:[_.]\d+)*)(?:_\w+)?")
# python3.9, nodejs18.x, java8.al2 (which is not java8), dotnetcore3.1, go1.x, and python39, go121, ruby32 at Google
_PRODUCT_DIGITS = re.compile(r"(?P<product>[a-z]+)(?P<version>\d+(?:\.\d+)*(?:\.al\d+)?)(?:\.x)?")
# provided, provided.al2: the system on which AWS runs custom runtimes.
_PROVIDED = re.compile(r"(?P<product>provided)(?:\.(?P<version>al\d+))?")
#: Languages for which Google writes a runtime's minor version without the dot.
_UNDOTTED = frozenset({"python", "go", "ruby", "php"})
_HEROKU_KINDS = {
    "heroku-postgresql": ("postgresql", AssetKind.DATABASE),
    "heroku-redis": ("redis", AssetKind.CACHE),
    "heroku-kafka": ("kafka", AssetKind.QUEUE),
}


class ClaimReader:
    """Makes claims from one file's resources. `owner_keys` are folded tag keys, the most important first."""

    def __init__(self, file: SourceFile, owner_keys: tuple[str, ...]) -> None:
        self._file = file
        self._origin = file.at()
        self._owner_keys = owner_keys
        self._accepted = CheckedValues()

    def claim(self, resource: Resource) -> tuple[AssetClaim | None, bool]:
        """Return a resource's claim (None if it is not an asset of its own), and whether an owner tag was refused."""
        if resource.mode != "managed" or resource.is_deposed or not resource.type or is_glue(resource.type):
            return None, False
        tags = Tags(resource.tags, self._accepted, own=resource.own_tags)
        owners, refused = tags.owners(self._owner_keys)
        rule = rule_of(resource.type)
        if rule is None and not owners:
            return None, refused
        claim = self._claim(resource, rule or UNKNOWN, tags, owners)
        if rule is not None and rule.is_only_known:
            claim = replace(claim, runs=tuple(filter(is_product, claim.runs)))
            return claim if claim.runs or owners else None, refused
        return claim, refused

    def _claim(self, resource: Resource, rule: TypeRule, tags: Tags, owners: tuple[OwnerClaim, ...]) -> AssetClaim:
        values = resource.values
        address = _address(resource.address)
        kind, runs = rule.kind, rule.runs
        if resource.type == "heroku_addon":
            product, kind = _HEROKU_KINDS.get(values.get("plan", "").partition(":")[0], ("", rule.kind))
            runs = tuple(replace(one, product=product) for one in runs if product)
        name = _name(values, rule, tags) or address
        arn = _matching(_ARN, values, "arn", "id")
        parent = _text(values, rule.parent) or tags.text(*PARENT_TAGS)
        return AssetClaim(
            external_id=arn or _cloud_id(values) or f"{address}@{self._file.shown}",
            kind=kind,
            name=name,
            aliases=unique([address, _matching(_INSTANCE, values, "id")], without=[name]),
            addresses=unique([arn, *_hosts(values, rule)]),
            parent=parent if parent != name else "",
            hosting=rule.hosting,
            tier=tier_in(tags.text(TIER_TAG)),
            tags=(("type", resource.type), *tags.kept()),
            runs=self._all_runs(values, runs, rule.otherwise, tags.text(*ENVIRONMENT_TAGS).lower()) if runs else (),
            owners=owners,
            origin=self._origin,
        )

    def _all_runs(
        self, values: Mapping[str, str], rules: tuple[RunsRule, ...], otherwise: str, environment: str
    ) -> tuple[Runs, ...]:
        """Return what a resource runs. If it does not say, that is something with an unknown version."""
        found = tuple(_runs(values, rules, environment, self._accepted))
        first = next((rule for rule in rules if not rule.is_optional), None)
        unknown = otherwise or (first.product or first.provider if first is not None else "")
        return found if found or not unknown else (Runs(unknown, "", rules[0].provider, environment),)


def _address(text: str) -> str:
    """Return the address in the configuration. An index that looks like a secret is masked."""
    if '"' not in text:
        return tidy(text)
    return _INDEX.sub(lambda match: '["…"]' if looks_secret(match[0]) else match[0], clean(text[:1000]))


def _text(values: Mapping[str, str], *names: str) -> str:
    """Return the first attribute that is short and does not look like a secret."""
    for name in names:
        text = tidy(values[name]) if name in values else ""
        if text and len(text) <= 255 and not looks_secret(text):
            return text
    return ""


def _name(values: Mapping[str, str], rule: TypeRule, tags: Tags) -> str:
    text = _text(values, *rule.names)
    return text.rstrip(".") if rule.kind is AssetKind.DOMAIN else text or tags.text(NAME_TAG)


def _matching(pattern: re.Pattern[str], values: Mapping[str, str], *names: str) -> str:
    found = (values.get(name, "") for name in names)
    return next((text for text in found if pattern.fullmatch(text) and not holds_token(text)), "")


def _cloud_id(values: Mapping[str, str]) -> str:
    """Return the provider's id if its form shows that it is unique: a path or a UUID."""
    text = values.get("id", "")
    is_unique = _PATH_ID.fullmatch(text) or _UUID.fullmatch(text)
    return text if is_unique and len(text) <= 500 and not holds_token(text) else ""


def _hosts(values: Mapping[str, str], rule: TypeRule) -> Iterator[str]:
    """Yield host names and web addresses, without user names, ports and queries."""
    for name in rule.hosts:
        text = values.get(name, "")
        if not text or holds_token(text):
            continue
        host = _HOST.fullmatch(text) if len(text) <= 260 else None
        if host:
            yield host["host"].lower()
        elif len(text) <= 500 and _URL.fullmatch(text):
            yield text


def _runs(
    values: Mapping[str, str], rules: tuple[RunsRule, ...], environment: str, accepted: CheckedValues
) -> Iterator[Runs]:
    for rule in rules:
        if rule.image:
            for reference in values.get(rule.image, "").splitlines():
                yield from _in_image(reference, environment)
            continue
        version = _word(values, rule.version_from, accepted)
        product = rule.product or _word(values, rule.product_from, accepted)
        if rule.product_pattern is not None and (within := rule.product_pattern.fullmatch(product)):
            product = within["product"]
        if version and rule.product_from and not product:
            # The version may tell which of the provider's engines it is.
            product = providers.engine_of(fold(rule.provider), version) or rule.provider
        if rule.pattern is not None:
            product, version = _by_pattern(values, rule, rule.pattern)
        elif not rule.product and not rule.product_from:
            product, version = split_version(version, is_undotted=rule.provider.startswith("gcp"))
        if product and (version or not rule.is_optional):
            yield Runs(
                product, version, rule.provider, environment, rule.goes_on.get(values.get(rule.goes_on_from, ""))
            )


def _by_pattern(values: Mapping[str, str], rule: RunsRule, pattern: re.Pattern[str]) -> tuple[str, str]:
    """Return the product and version that a rule's pattern finds in its attribute; "" if it finds none."""
    for name in rule.version_from:
        found = pattern.search(values.get(name, "")[:200])
        if found is not None:
            said = found.groupdict()
            return rule.product or said["product"], said["version"]
    return rule.product, ""


def _in_image(reference: str, environment: str) -> Iterator[Runs]:
    """Yield the product in a well-known container image. An organisation's own image is a product of its own."""
    sighting, _ = images.sighting_of(reference, origin=Origin(""))
    if sighting is None or holds_token(reference):
        return
    for each in (sighting, *images.beside(sighting)):
        if each.is_known:
            yield Runs(each.product, each.version, each.provider, environment)


def _word(values: Mapping[str, str], names: tuple[str, ...], accepted: CheckedValues) -> str:
    for name in names:
        text = values.get(name, "")
        if text in accepted.words:
            return text
        if _WORD.fullmatch(text) and not looks_secret(text):
            accepted.words.add(text)
            return text
    return ""


def split_version(text: str, *, is_undotted: bool = False) -> tuple[str, str]:
    """Return the product and version in one word; "" if it contains no version.

    With `is_undotted`, `python39` means 3.9, as in the runtimes of Google's functions.
    """
    if provided := _PROVIDED.fullmatch(text):
        return provided["product"], provided["version"] or provided["product"]
    match = _PRODUCT_UNDERSCORE.fullmatch(text) or _PRODUCT_DIGITS.fullmatch(text)
    if match is None:
        return "", ""
    product, version = match["product"].lower(), match["version"].replace("_", ".")
    if is_undotted and product in _UNDOTTED and "." not in version and len(version) > 1:
        version = f"{version[0]}.{version[1:]}"
    return product, version
