"""CODEOWNERS patterns against paths: a table from GitHub's documentation and its corners, and a reference matcher."""

from __future__ import annotations

import re
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.codeowners import compile_pattern, is_catch_all
from bot.errors import CatalogError

# pattern, paths it owns, paths it does not own
TABLE = [
    ("*", ["a.js", "src/a.js", "src/deep/.hidden", "docs/"], [""]),
    ("**", ["a", "a/b/c"], [""]),
    ("/**", ["a", "a/b/c"], [""]),
    ("**/*", ["a", "a/b/c"], [""]),
    ("/*", ["a.js", ".env"], ["src/a.js", "src/deep/a.js"]),
    ("/", [], ["", "a", "a/b"]),
    ("*.js", ["a.js", "src/deep/a.js", ".js", "lib.js/readme.md"], ["a.jsx", "a.JS", "js"]),
    ("/*.js", ["a.js", "x.js/inner.txt"], ["src/a.js"]),
    ("/build/logs/", ["build/logs/a.log", "build/logs/deep/a.log", "build/logs/"], ["build/logs", "x/build/logs/a"]),
    ("docs/*", ["docs/getting-started.md"], ["docs/build-app/troubleshooting.md", "x/docs/a.md", "docs/"]),
    ("/docs/*", ["docs/a.md"], ["docs/a/b.md"]),
    ("docs/**", ["docs/a.md", "docs/a/b/c.md"], ["docs", "x/docs/a.md"]),
    ("docs/**/*", ["docs/a.md", "docs/a/b/c.md"], ["docs", "docsx/a"]),
    ("docs/**/*.md", ["docs/a.md", "docs/a/b/c.md"], ["docs/a.rst", "a.md"]),
    ("apps/", ["apps/x", "deep/down/apps/x/y"], ["apps", "deep/apps", "myapps/x", "apps2/x"]),
    ("/apps/", ["apps/x", "apps/x/y"], ["deep/apps/x"]),
    ("/apps/github", ["apps/github", "apps/github/x/y"], ["apps/github2", "apps/githu", "x/apps/github"]),
    ("apps", ["apps", "apps/x", "a/apps", "a/apps/x"], ["apps.txt", "myapps"]),
    ("apps/web", ["apps/web", "apps/web/x"], ["x/apps/web"]),
    ("**/logs", ["logs", "build/logs", "build/logs/x", "a/b/logs"], ["mylogs", "logs.txt"]),
    ("**/logs/", ["logs/x", "a/logs/x/y"], ["logs", "a/logs"]),
    ("**/", ["a/x", "a/b/x"], ["x"]),
    ("*/", ["a/x", "a/b/x"], ["x"]),
    ("src/**/", ["src/a/x", "src/a/b/x"], ["src/x", "a/x"]),
    ("a/**/z", ["a/z", "a/b/z", "a/b/c/z", "a/b/z/deep"], ["z", "a", "b/a/z", "a/bz"]),
    ("a/**/m/**/z", ["a/m/z", "a/x/m/y/z", "a/m/m/z/z"], ["a/z", "a/m", "m/z"]),
    ("**/foo/bar", ["foo/bar", "x/foo/bar", "x/foo/foo/bar/y"], ["foo/x/bar"]),
    ("**/foo/*", ["foo/a", "x/foo/a", "foo/foo/a"], ["foo/a/b/c", "foo"]),
    ("*/foo", ["a/foo", "a/foo/x"], ["foo", "a/b/foo"]),
    ("src/*/test", ["src/a/test", "src/a/test/x"], ["src/test", "src/a/b/test"]),
    ("foo*bar", ["foobar", "fooxbar", "a/fooxybar/z"], ["foo/bar", "fooba"]),
    ("foo**bar", ["foobar", "fooxbar"], ["foo/bar", "foo/x/bar"]),
    ("a*b*c*d", ["abcd", "aXbXcXd", "abbccd", "abcdd"], ["acbd", "abc", "ab/cd"]),
    ("file?.txt", ["file1.txt", "x/fileA.txt"], ["file.txt", "file12.txt", "file/.txt"]),
    ("/a?c", ["abc"], ["a/c", "ac"]),
    ("with\\ space/", ["with space/x"], ["with\\ space/x", "withspace/x"]),
    ("/a\\*b", ["a*b"], ["axb"]),
    ("/pages/\\[id\\].tsx", ["pages/[id].tsx"], ["pages/i.tsx"]),
    ("/a.b+c(d)|e^$", ["a.b+c(d)|e^$"], ["aXb+c(d)|e^$", "e^$"]),
    ("/Docs/", ["Docs/a"], ["docs/a"]),
    ("a//b", [], ["a/b"]),
    ("//a", [], ["a"]),
    ("/ünïcode/日本*", ["ünïcode/日本語"], ["unicode/日本語"]),
    ("/a#b", ["a#b"], ["a"]),
]


@pytest.mark.parametrize(("pattern", "owned", "not_owned"), TABLE, ids=[row[0] for row in TABLE])
def test_pattern_owns_what_github_says(pattern: str, owned: list[str], not_owned: list[str]) -> None:
    compiled = compile_pattern(pattern)
    assert [path for path in owned if not compiled.match(path)] == []
    assert [path for path in not_owned if compiled.match(path)] == []


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("!secret/", "!"),
        ("[ab].txt", "[ ]"),
        ("a]", "[ ]"),
        ("\\#notes", "escaped #"),
        ("a***b", "three asterisks"),
        ("", "empty"),
        ("a\\", "backslash"),
        ("x" * 1_001, "longer than"),
    ],
)
def test_what_github_refuses_is_refused_with_its_reason(pattern: str, why: str) -> None:
    with pytest.raises(CatalogError, match=re.escape(why)):
        compile_pattern(pattern)


def last_match(path: str, *patterns: str) -> str | None:
    return next((pattern for pattern in reversed(patterns) if compile_pattern(pattern).match(path)), None)


def test_the_documentations_example_file() -> None:
    patterns = ("*", "*.js", "*.go", "*.txt", "/build/logs/", "docs/*", "apps/", "/docs/", "/scripts/", "**/logs")
    found = {
        path: last_match(path, *patterns)
        for path in [
            "some/file.rb",
            "apps/main/index.js",
            "main.js",
            "docs/getting-started.md",
            "build/logs/x",
            "scripts/run.txt",
            "deeply/nested/logs",
            "x/docs/y",
        ]
    }
    assert found == {
        "some/file.rb": "*",
        "apps/main/index.js": "apps/",
        "main.js": "*.js",
        "docs/getting-started.md": "/docs/",
        "build/logs/x": "**/logs",
        "scripts/run.txt": "/scripts/",
        "deeply/nested/logs": "**/logs",
        "x/docs/y": "*",
    }


def test_no_rule_matches() -> None:
    assert last_match("b/c.py", "/a/", "*.js") is None


def test_catch_alls() -> None:
    assert [p for p in ["*", "**", "/**", "/*", "*.js", "**/*", "/", "*/"] if is_catch_all(p)] == [
        "*",
        "**",
        "/**",
        "**/*",
    ]


# --- a second, naive matcher, written from the rules rather than from the code ---------------------------------------


def naive(pattern: str, path: str) -> bool:
    is_directory = pattern.endswith("/")
    body = pattern[:-1] if is_directory else pattern
    anchored = "/" in body
    wanted = body.removeprefix("/").split("/")
    if not anchored:
        wanted = ["**", *wanted]
    if is_directory and wanted[-1] == "**":
        wanted.append("*")
    have = path.split("/")

    @cache
    def segments(i: int, j: int) -> bool:
        if i == len(wanted):
            rest = len(have) - j
            if is_directory:
                return rest >= 1
            return rest == 0 or wanted[-1] not in ("*", "**")
        if wanted[i] == "**":
            if i == len(wanted) - 1:
                return j < len(have)
            return any(segments(i + 1, k) for k in range(j, len(have)))
        return j < len(have) and glob(wanted[i], have[j]) and segments(i + 1, j + 1)

    return segments(0, 0)


def glob(wanted: str, have: str) -> bool:
    if not wanted:
        return not have
    if wanted[0] == "*":
        return any(glob(wanted[1:], have[k:]) for k in range(len(have) + 1))
    return bool(have) and wanted[0] in ("?", have[0]) and glob(wanted[1:], have[1:])


SEGMENT = st.one_of(st.sampled_from(["**", "*"]), st.text("ab*?", min_size=1, max_size=5)).filter(
    lambda s: "***" not in s
)
PATTERN = st.builds(
    lambda lead, segments, trail: lead + "/".join(segments) + trail,
    st.sampled_from(["", "/"]),
    st.lists(SEGMENT, min_size=1, max_size=5),
    st.sampled_from(["", "/"]),
)
PATH = st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=6).map("/".join)


@given(PATTERN, PATH)
def test_agrees_with_the_naive_matcher(pattern: str, path: str) -> None:
    assert bool(compile_pattern(pattern).match(path)) == naive(pattern, path)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_compiled_or_refused(pattern: str, path: str) -> None:
    try:
        owns = bool(compile_pattern(pattern).match(path))
    except CatalogError:
        owns = False
    assert not (owns and path == "")


def test_hostile_patterns_end() -> None:
    path = "a" * 3_000 + "/" + "a/" * 500 + "c"
    for pattern in [
        "*a" * 400 + "b",
        "**/a/" * 180 + "b",
        "**/" * 300 + "b",
        "**/*a*a*a*a/" * 70 + "b",
        "?" * 900 + "b",
    ]:
        assert compile_pattern(pattern).match(path) is None
