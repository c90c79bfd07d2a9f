"""How a CODEOWNERS pattern matches a path on GitHub.

The rules come from GitHub's "About code owners", and from the behaviour of its own matcher where that page is silent:

- Case counts. A `/` at the start or in the middle anchors the pattern to the root; otherwise it matches at any depth.
- `*` and `?` stay within one path segment; `**` as a whole segment spans any number of segments.
- A pattern that names a directory matches everything below it; one that ends in `/*` only what is directly in it.
- The last rule that matches wins, whomever earlier rules name.
- `!` and `[ ]` are not supported, nor is a pattern that starts with an escaped `#`.
"""

from __future__ import annotations

import re

from bot.domain.catalog import PathRule
from bot.errors import CatalogError

#: Longer patterns are refused: nobody writes them, and the cost of matching grows with pattern times path.
MAX_PATTERN_LENGTH = 1_000

#: The patterns of rules for every file of the repository.
CATCH_ALLS = ("*", "**", "/**", "**/*", "/**/*")
_ANY_SEGMENTS = r"(?:[^/]++/)*?"
#: Patterns that every file matches.
_EVERYTHING = re.compile(r".+", re.DOTALL)
_NOTHING = re.compile(r"(?!)")


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return a regular expression that matches exactly (`match`) the paths that `pattern` owns.

    Paths are relative to the repository's root, without a leading `/`; a directory may end in `/`. Whatever the
    pattern, matching goes over the path at most once for each of its segments. Raises `CatalogError` for what GitHub
    refuses; its message completes "this pattern ...".
    """
    check_pattern(pattern)
    if pattern == "/":
        return _NOTHING  # as on GitHub: the root itself is not a file
    segments = pattern.split("/")
    is_directory = segments[-1] == ""
    if is_directory:
        segments.pop()
    if segments[0] == "" and len(segments) > 1:
        segments = segments[1:]
    elif len(segments) == 1:
        segments = ["**", *segments]
    return _assemble(segments, is_directory=is_directory)


def compile_gitlab(pattern: str) -> re.Pattern[str]:
    """Return the expression for a pattern as GitLab reads it: Ruby's `File.fnmatch` after some rewriting.

    Unlike on GitHub, only a leading `/` anchors a pattern, only a final `/` names a directory, and `**` spans
    directories only before a `/`. Source: https://docs.gitlab.com/user/project/codeowners/reference/
    """
    check_gitlab(pattern)
    if pattern in {"*", "/**/*", "**/*"}:
        return _EVERYTHING
    is_directory = pattern.endswith("/")
    segments = pattern.removeprefix("/").removesuffix("/").split("/")
    segments = segments if pattern.startswith("/") else ["**", *segments]
    if not is_directory and segments[-1] == "**":
        segments[-1] = "*"
    while is_directory and segments and segments[-1] == "**":
        segments.pop()  # `a/**/` is everything below `a/`
    if not segments:
        return _EVERYTHING
    return _assemble(segments, is_directory=is_directory, may_be_directory=False)


def is_valid(rule: PathRule) -> bool:
    """Whether a rule's pattern can be read."""
    try:
        if rule.section:
            check_gitlab(rule.pattern)
        else:
            check_pattern(rule.pattern)
    except CatalogError:
        return False
    return True


def check_gitlab(pattern: str) -> None:
    """Raise `CatalogError` for a pattern that GitLab could not read. The message completes "this pattern ..."."""
    if not pattern.strip("/"):
        raise CatalogError("is empty")
    if len(pattern) > MAX_PATTERN_LENGTH:
        raise CatalogError(f"is longer than {MAX_PATTERN_LENGTH} characters")
    bare = re.sub(r"\\.", "", pattern, flags=re.DOTALL)
    if "[" in bare or "]" in bare:
        raise CatalogError("uses [ ], which Baton does not read")
    if bare.endswith("\\"):
        raise CatalogError("ends in a backslash that escapes nothing")


def is_catch_all(pattern: str) -> bool:
    """Return whether every file of the repository matches: `*`, `**`, `/**` and `**/*`."""
    return pattern in CATCH_ALLS


def check_pattern(pattern: str) -> None:
    """Raise `CatalogError` for a pattern that GitHub calls invalid. The message completes "this pattern ..."."""
    if not pattern:
        raise CatalogError("is empty")
    if len(pattern) > MAX_PATTERN_LENGTH:
        raise CatalogError(f"is longer than {MAX_PATTERN_LENGTH} characters")
    if pattern.startswith("!"):
        raise CatalogError("starts with !, which CODEOWNERS does not support")
    if pattern.startswith("\\#"):
        raise CatalogError("starts with an escaped #, which CODEOWNERS does not support")
    bare = re.sub(r"\\.", "", pattern, flags=re.DOTALL)
    if "[" in bare or "]" in bare:
        raise CatalogError("uses [ ], which CODEOWNERS does not support")
    if "***" in bare:
        raise CatalogError("has three asterisks in a row")
    if bare.endswith("\\"):
        raise CatalogError("ends in a backslash that escapes nothing")


def _assemble(segments: list[str], *, is_directory: bool, may_be_directory: bool = True) -> re.Pattern[str]:
    """Return the expression for path segments, including `**`. `is_directory` is whether the pattern ended in `/`.

    `may_be_directory` is whether a pattern that did not may also name a directory.
    """
    if segments[-1] == "**" and is_directory:
        segments = [*segments, "*"]
    if segments in (["**"], ["**", "*"]) and not is_directory:
        return _EVERYTHING
    if segments[-1] == "**":
        segments, tail = segments[:-1], "/.*"
    elif is_directory:
        tail = "/.*"
    else:
        # A final `*` matches one segment; any other last segment may be a directory.
        tail = "" if segments[-1] == "*" or not may_be_directory else "(?:/.*)?"
    runs = _runs(segments)
    if not runs:
        return _EVERYTHING
    parts: list[str] = []
    for number, (floats, run) in enumerate(runs):
        text = (_ANY_SEGMENTS if floats else "") + "/".join(_segment(one) for one in run)
        is_last = number == len(runs) - 1
        # A run has a fixed number of segments, so the first place where it fits is as good as any later one. The last
        # run is an exception.
        parts.append(text + tail if is_last else f"(?>{text}/)")
    return re.compile("".join(parts) + r"\Z", re.DOTALL)


def _runs(segments: list[str]) -> list[tuple[bool, list[str]]]:
    """Split at `**`.

    Return pairs: whether any number of segments may come before, and the segments up to the next `**`.
    """
    runs: list[tuple[bool, list[str]]] = []
    floats, run = False, []
    for segment in segments:
        if segment != "**":
            run.append(segment)
            continue
        if run:
            runs.append((floats, run))
        floats, run = True, []
    if run:
        runs.append((floats, run))
    return runs


def _segment(text: str) -> str:
    """Return the expression for one path segment with `*`, `?` and escapes."""
    if text == "*":
        return "[^/]++"
    pieces, piece, escaped = [], [], False
    for char in text:
        if escaped:
            piece.append(re.escape(char))
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == "*":
            pieces.append("".join(piece))
            piece = []
        else:
            piece.append("[^/]" if char == "?" else re.escape(char))
    pieces.append("".join(piece))
    if len(pieces) == 1:
        return f"(?>{pieces[0]}(?=/|\\Z))"
    # For every piece but the last, the first fit is as good as any later one. Atomic groups keep it linear.
    middle = "".join(f"(?>[^/]*?{one})" for one in pieces[1:-1] if one)
    return f"(?>{pieces[0]}{middle}[^/]*{pieces[-1]}(?=/|\\Z))"
