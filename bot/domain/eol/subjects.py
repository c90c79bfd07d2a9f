"""Whom or what a question about end of life is about, and which deployments that covers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from bot.domain.eol import providers, run_words
from bot.domain.eol.cycle_index import CycleIndex
from bot.domain.eol.exposure import Exposure, MatchedDeployment, certain_of
from bot.domain.eol.matches import AmbiguousVersion, InCycle, MatchMethod, UnknownProduct
from bot.domain.eol.product_table import Table
from bot.domain.eol.records import Cycle, Product
from bot.domain.eol.version_matcher import match, match_cycle
from bot.domain.names import fold
from bot.domain.records import AssetRecord, PersonRecord, TeamRecord

_TOKEN = re.compile(r"\d+|[a-z]+")
_VERSION = re.compile(r"v?\d[\w.+-]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductAsked:
    """A product in every form in which anybody offers it: `keys` of products, and folded `words` for it.

    `version` is the version asked for, "" for all. `label` is the product's name as people write it. `runtimes` are the
    words for it among the engines of functions, whose cycles belong to all engines together; empty if all count.
    """

    label: str
    keys: frozenset[str]
    words: frozenset[str]
    version: str = ""
    runtimes: frozenset[str] = frozenset()

    def covers(self, running: MatchedDeployment) -> bool:
        """Whether a deployment is of this product and version, or may be: what is uncertain is covered, too."""
        matched = running.matched
        if isinstance(matched, UnknownProduct):
            if not self._may_be(fold(running.deployment.observed.product), matched):
                return False
        elif matched.product.key not in self.keys or not self._is_runtime(running):
            return False
        return not self.version or self._is_version(running)

    def _may_be(self, name: str, matched: UnknownProduct) -> bool:
        """Whether an unknown product may be this one. A separate engine is not one with a similar name."""
        if name in self.words:
            return True
        is_another = name in providers.SOLD and name not in providers.engines_by(self.keys)
        return not is_another and any(product.key in self.keys for product in matched.suggestions)

    def _is_runtime(self, running: MatchedDeployment) -> bool:
        """Whether a function's engine is this product, or may be."""
        matched = running.matched
        is_function = not isinstance(matched, UnknownProduct) and matched.product.key == providers.LAMBDA_PRODUCT
        if not is_function or not self.runtimes:
            return True
        certain = certain_of(matched)
        if certain is not None:
            return _engine(certain.cycle.name) in self.runtimes
        engine = fold(running.deployment.observed.product)
        return engine in self.runtimes or engine not in providers.LAMBDA_ENGINES

    def _is_version(self, running: MatchedDeployment) -> bool:
        asked = version_tokens(self.version)
        certain = certain_of(running.matched)
        if certain is not None:
            cycle = certain.cycle
            if fold(self.version) in {fold(cycle.name), fold(cycle.codename), fold(cycle.label)}:
                return True
            if self._tokens(cycle.name)[: len(asked)] == asked:
                return True
        written = self._tokens(running.deployment.observed.version)
        length = min(len(asked), len(written))
        return asked[:length] == written[:length]

    def _tokens(self, version: str) -> tuple[str, ...]:
        """Return the numbers and words of a version, without the engine before a runtime's version: `python3.8`."""
        found = version_tokens(version)
        return found[1:] if len(found) > 1 and found[0] in self.runtimes else found


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportScope:
    """Whom and what a report is about. Each field that is set narrows it; without any it is the whole organisation.

    An asset includes all its parts, by `part_ids`. `is_mine` is whether the teams and the person are the asker's own.
    """

    teams: tuple[TeamRecord, ...] = ()
    person: PersonRecord | None = None
    asset: AssetRecord | None = None
    part_ids: frozenset[int] = frozenset()
    product: ProductAsked | None = None
    is_mine: bool = False

    @property
    def is_everybody(self) -> bool:
        """Whether it is about every team."""
        return not self.teams and self.person is None and self.asset is None

    def covers(self, running: MatchedDeployment) -> bool:
        """Whether the report includes this deployment.

        A team's report has what its reminders are about, and things where it owns another area: the owner of the
        application above a database is affected by the database's end.
        """
        if self.asset is not None and running.asset.id != self.asset.id and running.asset.id not in self.part_ids:
            return False
        if (self.teams or self.person is not None) and not self._is_theirs(running):
            return False
        return self.product is None or self.product.covers(running)

    def is_of_team(self, team: TeamRecord) -> bool:
        """Whether the report is about this team, so that it includes what the team has taken over."""
        return self.asset is None and any(each.id == team.id for each in self.teams)

    def assets(self, exposure: Exposure) -> Collection[int]:
        """Return the ids of assets that contain everything the report may include."""
        if self.asset is not None:
            return {self.asset.id, *self.part_ids}
        if not self.is_everybody:
            person = [f"person:{self.person.id}"] if self.person is not None else []
            teams = (f"team:{team.id}" for team in self.teams)
            return exposure.assets_of(*person, *teams, *(f"also:{team.name}" for team in self.teams))
        if self.product is not None:
            words = (f"word:{word}" for word in self.product.words)
            return exposure.assets_of(*(f"product:{key}" for key in self.product.keys), *words)
        return tuple(exposure.by_asset)

    def _is_theirs(self, running: MatchedDeployment) -> bool:
        addressee, others = running.responsible.addressee, running.responsible.others
        if self.person is not None and addressee.person is not None and addressee.person.id == self.person.id:
            return True
        return any(
            (addressee.team is not None and addressee.team.id == team.id)
            or any(name == team.name for _, name in others)
            for team in self.teams
        )


def product_asked(table: Table, text: str) -> ProductAsked | None:
    """Return the product in `text`, perhaps with a version and a provider (`postgres 11 rds`); None if none.

    Without a provider, it is the product as its makers and all providers offer it.
    """
    if (service := _service(table, text.strip())) is not None:
        return service
    words = re.split(r"[\s@]+|(?<=[^\W\d]):(?=v?\d)", text.strip())
    for name, version, provider in _readings([word for word in words if word]):
        if engine := providers.engine_of(fold(name), version):
            name, provider = engine, name  # noqa: PLW2901 - the name is that of a service of several engines
        found = table.identify(name, provider)
        if isinstance(found, CycleIndex) and (
            not version or _VERSION.fullmatch(version) or _is_of(found.product, version)
        ):
            return _of_version(table, found.product, name, version, provider, is_one=bool(provider))
        if fold(name) in providers.VENDOR_REQUIRED:
            keys = frozenset(providers.VENDOR_REQUIRED[fold(name)])
            asked = ProductAsked(label=name, keys=keys, words=frozenset(providers.VENDOR_REQUIRED), version=version)
            return _with_functions(asked)
    run = run_words.read(text)
    named = table.identify(run.product, run.provider) if run is not None and not run.environment else None
    if run is not None and isinstance(named, CycleIndex):
        # Inventories omit the LTS of `20.04 LTS`.
        version, is_one = run.version.removesuffix(" LTS"), bool(run.provider)
        return _of_version(table, named.product, run.product, version, run.provider, is_one=is_one)
    return None


def unlisted(text: str, running: Exposure) -> ProductAsked | None:
    """Return a product that runs and is in no table; None if nothing with that name runs."""
    words = text.split()
    last = words[-1] if len(words) > 1 and _VERSION.fullmatch(words[-1]) else ""
    for name, version in ((text.strip(), ""), (" ".join(words[:-1]), last)):
        word = fold(name)
        if word and (version or name == text.strip()) and running.assets_of(f"word:{word}"):
            return ProductAsked(label=name, keys=frozenset(), words=frozenset({word}), version=version)
    return None


def _service(table: Table, name: str) -> ProductAsked | None:
    """Return a service with several engines that the whole text names (`elasticache`, `lambda`); else None."""
    functions = table.get(providers.LAMBDA_PRODUCT) if fold(name) in providers.LAMBDA else None
    if functions is not None:
        return _asked(functions, name, "", is_one=True)
    offered = providers.engines_of(fold(name))
    return ProductAsked(label=name, keys=offered, words=frozenset({fold(name)})) if len(offered) > 1 else None


def _of_version(
    table: Table, product: Product, name: str, version: str, provider: str, *, is_one: bool
) -> ProductAsked:
    """Return what is asked for; if the product is not clear from its name, by the exact cycle.

    A version may name its own product (5.5.5-10.4.32-MariaDB), and a function's runtime is a part of its cycle's name.
    """
    found = match(table, product=name, version=version, provider=provider) if version else None
    if isinstance(found, InCycle):
        is_plain = isinstance(match_cycle(table.index(product), version), InCycle)
        if found.product.key != product.key:
            return _asked(found.product, found.product.key, found.cycle.name, is_one=is_one)
        if not is_plain or "(" in version:
            return _asked(product, name, found.cycle.name, is_one=is_one)
    return _asked(product, name, version, is_one=is_one)


def releases(table: Table, asked: ProductAsked) -> tuple[tuple[Product, Cycle], ...]:
    """Return the release cycles of the version asked for, from everybody who offers it.

    A version that is too coarse (`python 3`) gives several. An unknown version gives none, and so does no version.
    """
    found: list[tuple[Product, Cycle]] = []
    for product in filter(None, map(table.get, sorted(asked.keys) if asked.version else ())):
        engines = sorted(asked.runtimes) if product.key == providers.LAMBDA_PRODUCT else [""]
        for engine in engines or [""]:
            match match_cycle(table.index(product, engine), engine + asked.version):
                case InCycle(cycle=cycle):
                    found.append((product, cycle))
                case AmbiguousVersion(method=MatchMethod.COARSE, candidates=cycles):
                    found += [(product, cycle) for cycle in cycles]
    return tuple(found)


def version_tokens(version: str) -> tuple[str, ...]:
    """Return the numbers and words of a version: `v11.22-alpine` is `11`, `22`, `alpine`."""
    found = _TOKEN.findall(version.lower())
    return tuple(found[1:] if len(found) > 1 and found[0] == "v" else found)


def _readings(words: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield possible readings as product, version and provider, the plainest first."""
    if not words:
        return
    yield " ".join(words), "", ""
    for place in range(len(words) - 1, 0, -1):
        if _VERSION.fullmatch(words[place]):
            others = words[:place] + words[place + 1 :]
            yield " ".join(others), words[place], ""
            yield from ((name, words[place], by) for name, by in _with_provider(others))
    yield from ((name, "", by) for name, by in _with_provider(words))
    if len(words) > 1:  # a codename: `debian bookworm`
        yield " ".join(words[:-1]), words[-1], ""


def _is_of(product: Product, name: str) -> bool:
    """Whether a word is the codename or label of one of the product's cycles."""
    return any(fold(name) in {fold(c.name), fold(c.codename), fold(c.label)} for c in product.cycles)


def _with_provider(words: list[str]) -> Iterator[tuple[str, str]]:
    for place in range(len(words) - 1, -1, -1):
        if len(words) > 1 and fold(words[place]) in providers.PROVIDERS:
            yield " ".join(words[:place] + words[place + 1 :]), words[place]


def _asked(product: Product, name: str, version: str, *, is_one: bool) -> ProductAsked:
    label = product.label or product.key
    words = frozenset({fold(name), fold(product.key), *map(fold, product.aliases)})
    if is_one:
        return ProductAsked(label=label, keys=frozenset({product.key}), words=frozenset(), version=version)
    offered = {key for (_, engine), key in providers.ROUTES.items() if engine in words}
    keys = frozenset({product.key, *offered})
    return _with_functions(ProductAsked(label=label, keys=keys, words=words, version=version))


def _with_functions(asked: ProductAsked) -> ProductAsked:
    """Return a language together with the functions that run it, which have dates of their own."""
    runtimes = asked.words & providers.LAMBDA_ENGINES
    if not runtimes:
        return asked
    # The runtimes of .NET are named `dotnetcore3.1` and `dotnet6`.
    runtimes |= {engine for engine in providers.LAMBDA_ENGINES if any(map(engine.startswith, runtimes - {"go"}))}
    return replace(asked, keys=asked.keys | {providers.LAMBDA_PRODUCT}, runtimes=runtimes)


def _engine(cycle: str) -> str:
    """Return the engine in a runtime's name: `python3.8`, `dotnetcore3.1`."""
    return next(iter(version_tokens(cycle)), "")
