"""What runs according to a line of a table: in one cell, or with product, version and provider in separate cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.clients.catalog._kinds import kind_of_word
from bot.clients.catalog._placeholders import no_owner
from bot.clients.catalog._reader import Sink, SourceFile
from bot.clients.catalog._runs import Reading, is_product, parse_runs, readings_of, runs_in, unversioned
from bot.clients.catalog._values import quoted, unique, word_in
from bot.clients.catalog.spreadsheet._lines import LIST, OPEN_RUNS, RUNS, SOLD_RUNS, SheetRow, version_of
from bot.domain.catalog import AssetKind, Hosting, OwnerRef, Runs
from bot.domain.eol import providers, run_words
from bot.domain.names import fold

#: Values of a column `Cloud` that name nobody.
_ANSWERS = frozenset({"yes", "no", "y", "true", "false", "cloud", "public cloud"})

#: Column of what runs -> the cells that it is read from.
_CELLS = {name: (name, version_of(name), *(("version",) if name == "engine" else ())) for name in ("runs", *RUNS)}
#: Kinds of assets that run an engine at a version.
_RUN_ENGINES = frozenset({AssetKind.DATABASE, AssetKind.CACHE, AssetKind.QUEUE, AssetKind.CLUSTER})


def is_provider(text: str) -> bool:
    """Whether a cell names somebody who runs things for others, or says that nobody does."""
    folded = fold(text)
    return folded in providers.NAMED or folded in providers.SELF_HOSTED


@dataclass(frozen=True, slots=True)
class RunsReader:
    """Reads what runs according to the lines of one file."""

    file: SourceFile
    sink: Sink

    def read(self, row: SheetRow) -> Iterator[Runs]:
        environment, provider = row.text("environment"), self._place(row)
        functions = _functions(row)
        is_said = False
        for runs in self._column(row, "runs", environment):
            is_said = True
            yield _on(provider, runs)
        for name in RUNS:
            if name == "platform" and functions:
                continue
            for runs in self._column(row, name, environment):
                is_said = True
                if name == "runtime" and functions:
                    yield _on(functions, runs)
                    continue
                is_theirs = name in SOLD_RUNS or not (providers.is_vendor(fold(_provider(row))) or name == "system")
                yield _on(provider if is_theirs else "", runs)
        alone = None if is_said else self._named_elsewhere(row, environment)
        if alone is not None:
            yield _on(provider, alone)

    def _place(self, row: SheetRow) -> str:
        """Return whose dates apply to what a line runs; nobody's for a machine of one's own.

        A whole vendor may also just rent out the machine, such as AWS. If a cell about this cannot be read, the dates
        are unknown.
        """
        provider = _provider(row)
        if not providers.is_vendor(fold(provider)):
            return provider
        said = [row.text(name) for name in ("hosting", "platform", "kind")]
        if row.text("system") or any(map(_is_machine, said)):
            return ""
        unread = next((text for text in said[:2] if text and not _is_read(text)), "")
        if not unread:
            return provider
        what = (
            f"has {quoted(unread)} beside {quoted(provider)}, so whose dates count is not known; "
            f"write VM, or what of {provider} it runs on, such as AWS RDS."
        )
        self.sink.problem(self.file.at(row.line), what, is_error=False)
        return f"{provider} ({unread})"

    def _named_elsewhere(self, row: SheetRow, environment: str) -> Runs | None:
        """Return what runs if only the kind or the name of the line says so, with its version: `Software,Version`.

        A database, or a vendor's service, runs something even if no cell says what.
        """
        kind, version = row.text("kind"), row.text("version")
        if not version:
            return None
        for text in unique([kind, row.text("name")]):
            found = unversioned(text, environment, version=version)
            if found is not None and found.version and is_product(found):
                return found
        known = version if no_owner(OwnerRef(version, written=version)) is None else ""
        if not known or not (kind_of_word(kind) in _RUN_ENGINES or providers.begins_with_vendor(kind)):
            return None
        what = f"has version {quoted(known)} of {quoted(kind)}: it counts as an unknown one; add a column engine."
        self.sink.problem(self.file.at(row.line), what, is_error=False)
        return Runs(kind, known, "", environment)

    def _column(self, row: SheetRow, name: str, environment: str) -> Iterator[Runs]:
        if not any(key in row.cells for key in _CELLS[name]):
            return
        beside = _beside(row, name, environment)
        if beside is not None:
            yield beside
            return
        is_open, is_list = name in OPEN_RUNS, name == "runs"
        texts = row.texts(name)
        if not (is_open or is_list):  # anything else is a language or a database's name
            texts = tuple(each for each in texts if runs_in(each, environment) is not None)
        for reading in readings_of(texts, environment, is_engine=is_open):
            self._say_unread(row, reading)
            yield from reading.runs

    def _say_unread(self, row: SheetRow, reading: Reading) -> None:
        at = self.file.at(row.line)
        if reading.problem:
            self.sink.problem(at, reading.problem, is_error=bool(reading.runs))
            return
        for runs in reading.runs:
            if not runs.version:
                what = (
                    f"{quoted(reading.text)} has no version: it counts as an unknown one; write {runs.product}@VERSION."
                )
                self.sink.problem(at, what, is_error=False)


def _provider(row: SheetRow) -> str:
    """Return the provider, from its column or the one for hosting: `Hosting: AWS RDS`."""
    provider = row.text("provider")
    if provider.lower() in _ANSWERS or no_owner(OwnerRef(provider, written=provider)) is not None:
        provider = ""
    hosting = row.text("hosting")
    return provider or (hosting if word_in(hosting, Hosting) is None and is_provider(hosting) else "")


def _functions(row: SheetRow) -> str:
    """Return whose functions run the language in its column: `AWS Lambda`; "" if it is nobody's."""
    said = (row.text(name) for name in ("provider", "hosting", "platform"))
    return next((text for text in said if fold(text) in providers.LAMBDA), "") if row.text("runtime") else ""


def _on(provider: str, runs: Runs) -> Runs:
    return runs if runs.provider else replace(runs, provider=provider)


def _beside(row: SheetRow, name: str, environment: str) -> Runs | None:
    """Return a product with the version in the cell beside it. The matcher decides which version that is.

    None if there is no such cell, or if the product's own cell gives a version. A version alone may name the product.
    """
    whats, version = row.texts(name), row.text(version_of(name)) or (row.text("version") if name == "engine" else "")
    if not version:
        return None
    if not whats:
        return parse_runs(version, environment)
    if len(whats) > 1 or parse_runs(whats[0]) is not None:
        return None
    found = unversioned(whats[0], environment, version=version)
    return found if found is not None and found.version else None


def _is_machine(text: str) -> bool:
    """Whether a cell only says that something runs on a machine of one's own."""
    hosting = word_in(text, Hosting)
    if hosting is not None:
        return hosting in (Hosting.ON_PREMISES, Hosting.VIRTUAL_MACHINE)
    return providers.is_machine(text) and not providers.sells(text) and not run_words.is_elsewhere(text)


def _is_read(text: str) -> bool:
    """Whether the meaning of a cell about where something runs is known: how, by whom, or on which product."""
    if word_in(text, Hosting) is not None or is_provider(text):
        return True
    is_certain = not run_words.is_elsewhere(text) and not providers.is_machine(text)
    return is_certain and (providers.sells(text) or any(map(_is_product, LIST.split(text))))


def _is_product(text: str) -> bool:
    found = runs_in(text)
    return found is not None and is_product(found)
