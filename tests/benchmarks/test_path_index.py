"""The index of CODEOWNERS rules against the plain matcher, over random files and paths: not one answer may differ."""

from __future__ import annotations

import random

import pytest

from bot.domain.catalog import PathRule
from bot.domain.codeowners import compile_gitlab, compile_pattern, is_valid
from bot.domain.directory.paths import Paths

pytestmark = pytest.mark.bench

_NAMES = ("a", "b", "api", "src", "docs", "web", "x.md", "y.tar.gz", "App.proj", "a-b", "Makefile", ".github")
_WILD = ("*", "**", "?", "*.md", "*.proj", "*.gz", "a*", "*-b", "**.md")
_RULES, _FILES, _PATHS = 40, 500, 200


def _pattern(draw: random.Random) -> str:
    segments = [draw.choice(_NAMES if draw.random() < 0.7 else _WILD) for _ in range(draw.randint(1, 4))]
    return draw.choice(("", "/")) + "/".join(segments) + draw.choice(("", "", "/", "/*", "/**"))


def test_the_index_and_the_matcher_agree() -> None:
    draw = random.Random(20261128)
    pairs = differences = owned = 0
    for number in range(_FILES):
        is_gitlab = number % 4 == 0
        rules = [
            PathRule("acme/app", _pattern(draw), place, draw.choice(("one", "two")) if is_gitlab else "")
            for place in range(_RULES)
        ]
        paths = Paths()
        compiled = []
        for place, rule in enumerate(rules):
            paths.add(place, rule)
            if is_valid(rule):
                matcher = compile_gitlab(rule.pattern) if rule.section else compile_pattern(rule.pattern)
                compiled.append((place, rule.section, matcher))
        for _ in range(_PATHS):
            path = "/".join(draw.choice(_NAMES) for _ in range(draw.randint(1, 8)))
            last = {section: place for place, section, one in compiled if one.match(path) or one.match(path + "/")}
            pairs += 1
            owned += bool(last)
            differences += paths.owners_in(["acme/app"], path) != tuple(sorted(last.values()))
    print(f"\nindex against matcher: {pairs:,} pairs, {owned:,} owned, {differences} differences")
    assert differences == 0
    assert pairs >= 100_000
    assert pairs // 4 < owned < pairs
