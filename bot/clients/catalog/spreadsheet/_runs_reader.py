"""What a line of a table says that runs: in one cell, or what it is, its version and who runs it beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.clients.catalog._placeholders import no_owner
from bot.clients.catalog._reader import Sink, SourceFile
from bot.clients.catalog._runs import Reading, is_product, parse_runs, readings_of, runs_in, unversioned
from bot.clients.catalog._values import quoted, unique, word_in
from bot.clients.catalog.spreadsheet._lines import OPEN_RUNS, RUNS, SOLD_RUNS, SheetRow, version_of
from bot.domain.catalog import Hosting, OwnerRef, Runs
from bot.domain.eol import providers
from bot.domain.names import fold

#: What a column `Cloud` may say that names nobody.
_ANSWERS = frozenset({"yes", "no", "y", "true", "false", "cloud", "public cloud"})


def is_provider(text: str) -> bool:
    """Whether a cell names somebody who runs things for others, or that nobody does."""
    return fold(text) in providers.NAMED | providers.SELF_HOSTED


@dataclass(frozen=True, slots=True)
class RunsReader:
    """Reads what the lines of one file say that runs."""

    file: SourceFile
    sink: Sink

    def read(self, row: SheetRow) -> Iterator[Runs]:
        environment, provider = row.text("environment"), _provider(row)
        # On a machine of one's own somebody runs what is there: AWS is where the machine stands.
        is_machine = bool(row.text("system")) and providers.is_vendor(fold(provider))
        is_said = False
        for runs in self._column(row, "runs", environment):
            is_said = True
            yield _on(provider, runs)
        for name in RUNS:
            for runs in self._column(row, name, environment):
                is_said = True
                is_theirs = name in SOLD_RUNS or not (providers.is_vendor(fold(provider)) or name == "system")
                yield _on("" if is_machine or not is_theirs else provider, runs)
        alone = None if is_said else _named_elsewhere(row, environment)
        if alone is not None:
            yield _on(provider, alone)

    def _column(self, row: SheetRow, name: str, environment: str) -> Iterator[Runs]:
        beside = _beside(row, name, environment)
        if beside is not None:
            yield beside
            return
        is_open, is_list = name in OPEN_RUNS, name == "runs"
        texts = row.texts(name)
        if not (is_open or is_list):  # anything else is a language, or the name of a database
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
    """Return who runs it, by the column for that or the one for the hosting: `Hosting: AWS RDS`."""
    provider = row.text("provider")
    if provider.lower() in _ANSWERS or no_owner(OwnerRef(provider, written=provider)) is not None:
        provider = ""
    hosting = row.text("hosting")
    return provider or (hosting if word_in(hosting, Hosting) is None and is_provider(hosting) else "")


def _on(provider: str, runs: Runs) -> Runs:
    return runs if runs.provider else replace(runs, provider=provider)


def _beside(row: SheetRow, name: str, environment: str) -> Runs | None:
    """Return a product at the version in the cell beside it, whatever that says: which it is, the matcher decides.

    None where there is no such cell, and where the product's own says a version. A version alone may name the product.
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


def _named_elsewhere(row: SheetRow, environment: str) -> Runs | None:
    """Return a product that only the kind or the name of the line says, at its version: `Software,Version`."""
    for text in unique([row.text("kind"), row.text("name")]):
        found = unversioned(text, environment, version=row.text("version"))
        if found is not None and found.version and is_product(found):
            return found
    return None
