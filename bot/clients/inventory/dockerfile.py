"""Dockerfiles and Containerfiles: the image that the last stage starts from, followed through its stages.

Images that files are copied from (`COPY --from=node:14`) are in the result, too.

Supported parts of the reference (https://docs.docker.com/reference/dockerfile/): parser directives, continued lines,
here-documents, ARG before the first FROM, `--platform`, named stages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bot.clients.inventory import images
from bot.clients.inventory._arguments import UNSET, SubstitutionError, substitute
from bot.clients.inventory._collector import Collector, quoted
from bot.domain.inventory.scans import How, Sightings

_DIRECTIVE = re.compile(r"#\s*(?P<name>[A-Za-z][A-Za-z0-9]*)\s*=\s*(?P<value>.*)")
_INSTRUCTION = re.compile(r"(?P<name>[A-Za-z]+)(?:\s+(?P<rest>.*))?", re.DOTALL)
_WITH_HEREDOC = frozenset({"RUN", "COPY", "ADD"})
#: A word of a shell command, with its quotes and escapes.
_WORD = re.compile(r"(?:\\.|\"(?:\\.|[^\"\\])*\"|'[^']*'|[^\s\"'])+", re.DOTALL)
_HEREDOC = re.compile(r"\d*<<(?P<strip>-?)(?P<end>[^<\s]+)")
_ARGUMENT = re.compile(r"(?P<name>[A-Za-z_]\w*)(?:=(?P<value>.*))?", re.DOTALL | re.ASCII)
_COPIES = frozenset({"COPY", "ADD"})
_STEPS = _COPIES | {"RUN"}
_COPIED_FROM = re.compile(r"(?:--\S+\s+)*?--from=(?P<source>\S+)")
_SCRATCH = "scratch"
_MERE_WORD = re.compile(r"[\w.-]+")
#: The builder's own arguments for the platform, which do not change any version.
_PLATFORM: Mapping[str, str] = {
    f"{side}{what}": value
    for side in ("BUILD", "TARGET")
    for what, value in (("PLATFORM", "linux/amd64"), ("OS", "linux"), ("ARCH", "amd64"), ("VARIANT", ""))
}


@dataclass(frozen=True, slots=True)
class _Instruction:
    """One instruction: its first line (from 1), its name in capitals, and the rest as one line."""

    line: int
    name: str
    rest: str


@dataclass(frozen=True, slots=True)
class _Stage:
    """A FROM line: `base` as written, without its variables substituted, and `name` in lower case or "".

    `copied` are the images or stages that it copies files from, as written, each with its line. `steps` are the lines
    that add something to it.
    """

    line: int
    base: str
    name: str
    copied: list[tuple[int, str]] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)


def read(
    text: str,
    path: str,
    *,
    arguments: Mapping[str, str] = MappingProxyType({}),
    target: str = "",
    environment: str = "",
) -> Sightings:
    """Return what the image of a Dockerfile starts from. `path` is the file's name.

    `arguments` are those given to the build. `target` is the name or number of the stage that is built; the last one if
    "". Only the chain of bases of that stage counts, because what other stages build with does not run.
    """
    collector = Collector(path)
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    escape = _escape(lines)
    values = dict(_PLATFORM)
    stages: list[_Stage] = []
    for instruction in _instructions(lines, escape, collector):
        if instruction.name == "ARG" and not stages:
            _declare(instruction, values, arguments, escape, collector)
        elif instruction.name == "FROM":
            stages.append(_stage(instruction, collector))
        elif stages and instruction.name in _STEPS:
            stages[-1].steps.append(instruction.line)
            if instruction.name in _COPIES and (source := _COPIED_FROM.match(instruction.rest)):
                stages[-1].copied.append((instruction.line, source["source"]))
    if not stages:
        collector.problem("has no FROM line, so it starts from nothing that is known.")
        return collector.done()
    stage = _chosen(stages, target)
    if stage is None:
        collector.problem(f"has no stage {quoted(target)}; name one that it has.")
        return collector.done()
    _follow(stages, stage, values, escape, environment, collector)
    return collector.done()


def _escape(lines: list[str]) -> str:
    """Return the escape character, which a parser directive at the beginning may set."""
    for line in lines:
        match = _DIRECTIVE.fullmatch(line.strip())
        if match is None:
            break
        if match["name"].lower() == "escape" and match["value"] in ("\\", "`"):
            return match["value"]
    return "\\"


def _instructions(lines: list[str], escape: str, collector: Collector) -> Iterator[_Instruction]:
    """Yield the instructions without comments, empty lines (also between continued lines) and here-documents."""
    continued = re.compile(re.escape(escape) + r"[ \t]*$")
    position = 0
    while position < len(lines):
        start, parts, is_open = position, list[str](), True
        while is_open and position < len(lines):
            line = lines[position]
            position += 1
            if not line.strip() or line.lstrip().startswith("#"):
                is_open = bool(parts)
                continue
            parts.append(continued.sub("", line))
            is_open = continued.search(line) is not None
        match = _INSTRUCTION.fullmatch("".join(parts).strip())
        if match is not None:
            instruction = _Instruction(start + 1, match["name"].upper(), match["rest"] or "")
            position = _after_heredocs(lines, position, instruction, collector)
            yield instruction
        elif parts:
            collector.problem("is not an instruction; this line is skipped.", start + 1)


def _after_heredocs(lines: list[str], position: int, instruction: _Instruction, collector: Collector) -> int:
    """Return the position of the line after the instruction's here-documents."""
    rest = instruction.rest
    if instruction.name == "ONBUILD":
        inner = _INSTRUCTION.fullmatch(rest.strip())
        name, rest = (inner["name"].upper(), inner["rest"] or "") if inner else ("", "")
    else:
        name = instruction.name
    # The list form of a command, ["echo", "<<EOF"], is not run by a shell and begins none.
    if name not in _WITH_HEREDOC or "<<" not in rest or rest.lstrip().startswith("["):
        return position
    for word in _WORD.findall(rest):
        match = _HEREDOC.fullmatch(word)
        if match is None:
            continue
        end = re.sub(r"[\"'\\]", "", match["end"])
        closing = (
            number
            for number in range(position, len(lines))
            if (lines[number].lstrip("\t") if match["strip"] else lines[number]) == end
        )
        found = next(closing, None)
        if found is None:
            collector.problem(f"begins a here-document that {quoted(end)} never ends.", instruction.line)
            return len(lines)
        position = found + 1
    return position


def _declare(
    instruction: _Instruction,
    values: dict[str, str],
    arguments: Mapping[str, str],
    escape: str,
    collector: Collector,
) -> None:
    """Add the arguments of an ARG line to `values`; those without a value stay unset."""
    for word in _WORD.findall(instruction.rest):
        match = _ARGUMENT.fullmatch(word)
        if match is None:
            collector.problem(f"{quoted(word)} is not an argument; write ARG NAME=VALUE.", instruction.line)
            continue
        name = match["name"]
        if name in arguments:
            values[name] = arguments[name]
        elif match["value"] is not None:
            try:
                values[name] = substitute(match["value"], values, escape=escape)
            except SubstitutionError as error:
                values.pop(name, None)
                collector.problem(f"the value of {name} cannot be worked out: {error}.", instruction.line)


def _stage(instruction: _Instruction, collector: Collector) -> _Stage:
    words = [word for word in instruction.rest.split() if not word.startswith("--")]
    is_named = len(words) == 3 and words[1].upper() == "AS"
    if not is_named and len(words) != 1:
        collector.problem("is not FROM IMAGE or FROM IMAGE AS NAME; correct it.", instruction.line)
    return _Stage(instruction.line, words[0] if words else "", words[2].lower() if is_named else "")


def _chosen(stages: list[_Stage], target: str) -> int | None:
    """Return the position of the stage that is built."""
    if not target:
        return len(stages) - 1
    if target.isascii() and target.isdigit():
        return int(target) if len(target) < 6 and int(target) < len(stages) else None
    named = [position for position, stage in enumerate(stages) if stage.name == target.lower()]
    return named[-1] if named else None


def _follow(
    stages: list[_Stage],
    position: int,
    values: Mapping[str, str],
    escape: str,
    environment: str,
    collector: Collector,
) -> None:
    """Add the image that the chain of stages from `position` starts from, and those that files are copied from."""
    while True:
        stage = stages[position]
        _copied(stages, position, values, escape, environment, collector)
        try:
            base = substitute(stage.base, values, escape=escape)
        except SubstitutionError as error:
            collector.problem(f"FROM {quoted(stage.base)} cannot be worked out: {error}.", stage.line)
            return
        # A stage starts from one above it or from an image, so this terminates.
        above = [number for number in range(position) if stages[number].name == base.lower()]
        if not above or not base:
            break
        position = above[-1]
    base = _without_prefix(base)
    # An empty FROM has been reported, and "scratch" contains nothing with an end of life.
    if not base or base.lower() == _SCRATCH:
        return
    if UNSET in base:
        _report_unset(stage, base, environment, collector)
        return
    images.add_to(collector, base, stage.line, how=How.DOCKERFILE, environment=environment)


def _copied(
    stages: list[_Stage], position: int, values: Mapping[str, str], escape: str, environment: str, collector: Collector
) -> None:
    """Add the images that a stage copies files from.

    What is copied from a stage was only built there, unless that stage is just another name of an image.
    """
    named = {stage.name: stage for stage in stages if stage.name}
    for line, source in stages[position].copied:
        stage = named.get(source.lower())
        if stage is not None:
            image = "" if stage.steps or stage.base.lower() in named else _base_of(stage, values, escape)
        # The builder does not substitute variables here, and a number is a stage.
        elif source.isdigit() or "$" in source:
            image = ""
        else:
            # A plain word that is not a well-known image is a folder, or a stage that the build gets under that name.
            image = source if images.is_known(source) or not _MERE_WORD.fullmatch(source) else ""
        if image.lower() != _SCRATCH and images.parse(image):
            images.add_to(collector, image, line, how=How.DOCKERFILE, environment=environment)


def _base_of(stage: _Stage, values: Mapping[str, str], escape: str) -> str:
    """Return the image that a stage starts from; "" if it cannot be determined."""
    try:
        return _without_prefix(substitute(stage.base, values, escape=escape))
    except SubstitutionError:
        return ""


def _without_prefix(base: str) -> str:
    """Return an image without a leading argument that has no value: it counts as empty, as for a registry."""
    name = base.lstrip(UNSET)
    return name.removeprefix("/") if name != base and name.strip("/:@") and UNSET not in name else base


def _report_unset(stage: _Stage, base: str, environment: str, collector: Collector) -> None:
    """Report that an argument is unset. If it is only in the tag, the product is still known."""
    name = base.partition("@")[0]
    head, colon, tag = name.rpartition(":")
    is_product_known = bool(colon) and UNSET not in head and "/" not in tag
    collector.problem(
        f"FROM {quoted(stage.base)} uses an argument that has no value; give it a default, or give it with the build.",
        stage.line,
        is_error=not is_product_known,
    )
    if not is_product_known:
        return
    sighting, _ = images.sighting_of(head, origin=collector.at(stage.line), how=How.DOCKERFILE, environment=environment)
    if sighting:
        collector.add(sighting)
