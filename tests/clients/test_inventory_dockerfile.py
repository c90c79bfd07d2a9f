"""Dockerfiles: which image the last stage really starts from."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.clients.inventory._arguments import UNSET, SubstitutionError, substitute
from bot.clients.inventory.dockerfile import read
from bot.domain.inventory.scans import How, Sightings


def shown(result: Sightings) -> list[tuple[str, str, int | None]]:
    return [(each.product, each.version, each.origin.line) for each in result.found]


def said(result: Sightings) -> list[tuple[int | None, str]]:
    return [(each.origin.line, each.message) for each in result.problems]


def only_problem(result: Sightings) -> tuple[int | None, str]:
    (problem,) = said(result)
    return problem


class TestStages:
    def test_one_stage(self) -> None:
        result = read("FROM python:3.9-slim\nCMD ['x']\n", "Dockerfile", environment="production")
        (found,) = result.found
        assert (found.product, found.version, found.how) == ("python", "3.9-slim", How.DOCKERFILE)
        assert (str(found.origin), found.environment, found.address) == (
            "Dockerfile:1",
            "production",
            "python:3.9-slim",
        )
        assert result.problems == ()

    def test_only_the_last_stage_runs(self) -> None:
        text = "FROM golang:1.21 AS build\nRUN go build\nFROM debian:bookworm-slim\nCOPY --from=build /a /a\n"
        assert shown(read(text, "Dockerfile")) == [("debian", "bookworm-slim", 3)]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("FROM alpine:3.20\nCOPY --from=frontend /a /a\n", ["alpine-linux"]),
            ("FROM alpine:3.20\nCOPY --from=late /a /a\nFROM node:14 AS late\nRUN make\n", ["nodejs"]),
            ("FROM node:14 AS node\nRUN npm i\nFROM php:8.1\nCOPY --from=node /a /a\n", ["php"]),
            ("FROM node:14 AS node\nFROM php:8.1\nCOPY --from=node /n /n\n", ["nodejs", "php"]),
            ("ARG V=14\nFROM node:$V AS Node\nFROM php:8.1\nCOPY --from=node /n /n\n", ["nodejs", "php"]),
            ("FROM php:8.1\nCOPY --from=composer /c /c\n", ["composer", "php"]),
            ("FROM php:8.1\nCOPY --from=acme/tools:2 /c /c\n", ["acme/tools", "php"]),
        ],
    )
    def test_a_stage_that_files_are_copied_from_is_an_image_only_by_name(self, text: str, expected: list[str]) -> None:
        assert sorted(each.product for each in read(text, "Dockerfile").found) == expected

    def test_an_image_that_files_are_copied_from_is_seen(self) -> None:
        text = (
            "FROM golang:1.21 AS build\nCOPY --from=redis:5 /r /r\n"
            "FROM alpine:3.20\nCOPY --chown=1:1 --from=node:14 /n /n\nCOPY --from=build /a /a\nCOPY --from=0 /b /b\n"
            "ADD --from=$ANY /c /c\nCOPY from=mysql:5 /d\n"
        )
        assert sorted(shown(read(text, "Dockerfile"))) == [("alpine-linux", "3.20", 3), ("nodejs", "14", 4)]

    def test_so_is_one_of_a_stage_below(self) -> None:
        text = "FROM debian:12 AS base\nCOPY --from=node:14 /n /n\nFROM base\n"
        assert sorted(shown(read(text, "Dockerfile"))) == [("debian", "12", 1), ("nodejs", "14", 2)]

    def test_a_stage_from_a_stage_is_followed_to_its_image(self) -> None:
        text = "FROM node:16 AS Base\nFROM golang:1.21 AS tools\nFROM base AS deps\nFROM deps\n"
        assert shown(read(text, "Dockerfile")) == [("nodejs", "16", 1)]

    def test_a_later_stage_and_the_stage_itself_are_no_base(self) -> None:
        result = read("FROM redis:6 AS redis\nFROM mysql AS mysql\nFROM postgres:11 AS base\n", "D", target="mysql")
        assert shown(result) == [("mysql", "", 2)]
        assert "has no tag" in only_problem(result)[1]

    def test_the_nearest_stage_of_a_name_counts(self) -> None:
        text = "FROM node:16 AS base\nFROM node:18 AS base\nFROM base\n"
        assert shown(read(text, "Dockerfile")) == [("nodejs", "18", 2)]

    @pytest.mark.parametrize(
        ("target", "expected"),
        [("", ("debian", "12", 2)), ("BUILD", ("go", "1.21", 1)), ("0", ("go", "1.21", 1)), ("1", ("debian", "12", 2))],
    )
    def test_a_target(self, target: str, expected: tuple[str, str, int]) -> None:
        assert shown(read("FROM golang:1.21 AS build\nFROM debian:12\n", "Dockerfile", target=target)) == [expected]

    @pytest.mark.parametrize("target", ["test", "2", "99999999"])
    def test_a_target_that_is_not_there(self, target: str) -> None:
        result = read("FROM golang:1.21 AS build\nFROM debian:12\n", "Dockerfile", target=target)
        assert result.found == ()
        assert f"has no stage '{target}'" in only_problem(result)[1]

    def test_scratch_is_nothing(self) -> None:
        assert (
            read("FROM golang:1.21 AS build\nRUN go build\nFROM scratch\nCOPY --from=build /a /a\n", "D") == Sightings()
        )

    @pytest.mark.parametrize("text", ["", "\n\n", "# FROM postgres:11\n", "RUN true\n", "ARG X=1\n"])
    def test_no_stage(self, text: str) -> None:
        assert "no FROM" in only_problem(read(text, "Dockerfile"))[1]

    def test_flags_and_small_letters(self) -> None:
        text = "from --platform=$BUILDPLATFORM postgres:11 as db\n"
        assert shown(read(text, "Dockerfile")) == [("postgresql", "11", 1)]

    def test_a_line_that_is_no_from(self) -> None:
        result = read("FROM\nFROM postgres:11 db\n", "Dockerfile")
        assert shown(result) == [("postgresql", "11", 2)]
        assert [line for line, _ in said(result)] == [1, 2]


class TestLines:
    def test_continued_lines_with_comments_and_gaps_between(self) -> None:
        text = "# a\n\nFROM \\\n  # why\n\n  --platform=linux/arm64 \\  \n  postgres:11 \\\n  AS db\n"
        assert shown(read(f"{text}RUN a \\\n  && FROM b\n", "Dockerfile")) == [("postgresql", "11", 3)]

    def test_the_escape_character_can_be_another(self) -> None:
        text = "# escape=`\nFROM `\n mcr.microsoft.com/windows/servercore:ltsc2019\nWORKDIR C:\\\nRUN dir `\n FROM x\n"
        assert shown(read(text, "Dockerfile")) == [("windows-server-core", "ltsc2019", 2)]

    def test_a_directive_after_a_comment_is_a_comment(self) -> None:
        text = "# built for us\n# escape=`\nFROM \\\nnode:18\n"
        assert shown(read(text, "Dockerfile")) == [("nodejs", "18", 3)]

    def test_syntax_comes_before_escape(self) -> None:
        text = "# syntax=docker/dockerfile:1\n# Escape = `\nFROM `\nnode:18\n"
        assert shown(read(text, "Dockerfile")) == [("nodejs", "18", 3)]

    def test_windows_line_ends_and_a_byte_order_mark(self) -> None:
        assert shown(read("\ufeffFROM \\\r\nnode:18\r\n", "Dockerfile")) == [("nodejs", "18", 1)]

    def test_what_is_not_an_instruction(self) -> None:
        result = read("FROM node:18\n!!\n", "Dockerfile")
        assert (shown(result), only_problem(result)[0]) == ([("nodejs", "18", 1)], 2)


class TestHeredocs:
    @pytest.mark.parametrize(
        "text",
        [
            "RUN <<EOF\nFROM redis:6\nEOF\n",
            "RUN <<'E-O-F' bash\nFROM redis:6 \\\nE-O-F\n",
            'RUN cat <<-"EOF" > /a\n\tFROM redis:6\n\tEOF\n',
            "RUN <<A cat && <<B cat\nFROM redis:6\nA\nFROM redis:6\nB\n",
            "COPY <<a.txt <<b.txt /x/\nFROM redis:6\na.txt\nFROM redis:6\nb.txt\n",
            "RUN 3<<EOF cat\nFROM redis:6\n  EOF\n# EOF\nEOF\n",
            "ONBUILD RUN <<EOF\nFROM redis:6\nEOF\n",
            "RUN set -e; \\\n  cat <<EOF\nFROM redis:6\nEOF\n",
        ],
    )
    def test_what_is_inside_is_no_instruction(self, text: str) -> None:
        result = read(f"FROM postgres:11\n{text}", "Dockerfile")
        assert (shown(result), said(result)) == ([("postgresql", "11", 1)], [])

    @pytest.mark.parametrize(
        "text",
        [
            'RUN ["echo", "<<EOF"]',
            'RUN echo "<<EOF"',
            "RUN cat <<<EOF",
            "RUN echo $((1 << 3))",
            "ENV A=<<EOF",
            "LABEL <<EOF",
            "RUN echo \\<<EOF",
        ],
    )
    def test_what_is_no_heredoc(self, text: str) -> None:
        assert shown(read(f"FROM node:18\n{text}\nFROM redis:6\n", "Dockerfile")) == [("redis", "6", 3)]

    def test_one_without_an_end(self) -> None:
        result = read("FROM node:18\nRUN <<EOF\nFROM redis:6\n", "Dockerfile")
        assert shown(result) == [("nodejs", "18", 1)]
        assert only_problem(result) == (2, "begins a here-document that 'EOF' never ends.")


class TestArguments:
    @pytest.mark.parametrize(
        ("text", "version"),
        [
            ("ARG VERSION=11\nFROM postgres:$VERSION", "11"),
            ("ARG VERSION=11\nFROM postgres:${VERSION}-alpine", "11-alpine"),
            ("ARG VERSION\nFROM postgres:${VERSION:-11}", "11"),
            ("FROM postgres:${VERSION:-11}", "11"),
            ("ARG VERSION=\nFROM postgres:${VERSION:-11}", "11"),
            ("ARG A=11\nFROM postgres:${B:-${A}}", "11"),
            ("ARG A=11\nFROM postgres:${A}${A:+-alpine}", "11-alpine"),
            ("FROM postgres:11${A:+-alpine}", "11"),
            ("ARG MAJOR=11 MINOR='22'\nARG FULL=\"${MAJOR}.$MINOR\"\nFROM postgres:$FULL", "11.22"),
            ("ARG IMAGE=postgres:11\nFROM ${IMAGE}", "11"),
            ("ARG A\nARG B=$A\nFROM postgres:${B:-11}", "11"),
            ("ARG BASE=db\nFROM postgres:11 AS db\nFROM $BASE", "11"),
            ("FROM postgres:${VERSION?which}11", ""),
        ],
    )
    def test_in_a_from_line(self, text: str, version: str) -> None:
        result = read(text, "Dockerfile")
        assert [(each.product, each.version) for each in result.found] == [("postgresql", version)]

    def test_those_given_to_the_build_win(self) -> None:
        text = "ARG VERSION=11\nARG OTHER\nFROM postgres:$VERSION$OTHER"
        result = read(text, "Dockerfile", arguments={"VERSION": "16", "OTHER": "-alpine", "NEVER": "declared"})
        assert shown(result) == [("postgresql", "16-alpine", 3)]

    def test_those_of_a_stage_are_not_for_the_next_from(self) -> None:
        result = read("ARG V=11\nFROM node:18\nARG V=12\nFROM postgres:$V", "Dockerfile")
        assert shown(result) == [("postgresql", "11", 4)]

    def test_an_unset_one_in_the_tag_leaves_the_product(self) -> None:
        result = read("ARG VERSION\nFROM postgres:${VERSION}-alpine\n", "Dockerfile")
        assert shown(result) == [("postgresql", "", 2)]
        assert only_problem(result) == (
            2,
            "FROM 'postgres:${VERSION}-alpine' uses an argument that has no value; "
            "give it a default, or give it with the build.",
        )
        assert not result.problems[0].is_error, "it is recorded at an unknown version"

    @pytest.mark.parametrize("image", ["$IMAGE", "$IMAGE:11", "reg.test:$PORT/postgres", "a@$DIGEST"])
    def test_an_unset_one_elsewhere_leaves_nothing(self, image: str) -> None:
        result = read(f"FROM {image}\n", "Dockerfile")
        assert result.found == ()
        assert only_problem(result)[0] == 1

    @pytest.mark.parametrize(
        "image", ["${REGISTRY}postgres:11", "${REGISTRY}/postgres:11", "$A${B}library/postgres:11"]
    )
    def test_an_unset_one_before_the_name_is_empty(self, image: str) -> None:
        result = read(f"ARG REGISTRY\nFROM {image}\n", "Dockerfile")
        assert shown(result) == [("postgresql", "11", 2)]
        assert result.problems == ()

    def test_an_unset_one_in_a_stage_that_does_not_run_is_no_problem(self) -> None:
        assert read("FROM $BUILDER AS build\nFROM redis:6\n", "Dockerfile").problems == ()

    @pytest.mark.parametrize("image", ["postgres:${V#1}", "postgres:${V", "postgres:${}", "postgres:${1}", "x:${V:}"])
    def test_what_cannot_be_worked_out(self, image: str) -> None:
        result = read(f"FROM {image}\n", "Dockerfile")
        assert result.found == ()
        assert "cannot be worked out" in only_problem(result)[1]

    def test_what_is_no_argument(self) -> None:
        assert only_problem(read("ARG 1=2\nFROM scratch\n", "Dockerfile"))[0] == 1

    def test_doubling_and_depth_are_bounded(self) -> None:
        doubling = "ARG A0=xxxxxxxxxx\n" + "".join(f"ARG A{n + 1}=$A{n}$A{n}\n" for n in range(60))
        assert any("too long" in message for _, message in said(read(f"{doubling}FROM node:18\n", "Dockerfile")))
        with pytest.raises(SubstitutionError):
            substitute("${A:-" * 5_000 + "}" * 5_000, {})

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("\\$A", "$A"),
            ("'$A'", "$A"),
            ('"$A"', "1"),
            ("$", "$"),
            ("$9", "$9"),
            ("a\\", "a"),
            ("$B", UNSET),
            ("${E-x}", ""),
            ("${E:-x}", "x"),
            ("${E+x}", "x"),
            ("${E:+x}", ""),
            ("${A:-'}'}", "1"),
            ("${B:-'}'}", "}"),
        ],
    )
    def test_a_word(self, text: str, expected: str) -> None:
        assert substitute(text, {"A": "1", "E": ""}) == expected


pieces = st.sampled_from(
    ["FROM ", "ARG ", "RUN ", "COPY ", "ONBUILD ", "<<EOF", "EOF", "\n", "\\", "`", "#", " ", "=", "$A", "${A:-", "}",
     "A", "AS a", "a", "postgres:11", "# escape=`", "'", '"', "\r", "\t", "[", "\x00", "\ufeff"]
)  # fmt: skip


class TestAnyText:
    @given(st.text())
    def test_no_text_raises(self, text: str) -> None:
        result = read(text, "Dockerfile")
        assert all(each.how is How.DOCKERFILE for each in result.found)

    @given(st.lists(pieces, max_size=40).map("".join))
    @example("FROM \nFROM a AS a")
    def test_nothing_made_of_its_pieces_raises(self, text: str) -> None:
        result = read(text, "Dockerfile")
        lines = text.count("\n") + 1
        assert len(result.found) <= 1
        assert all(1 <= (each.origin.line or 1) <= lines for each in (*result.found, *result.problems))

    @given(st.lists(st.sampled_from(["", " \t", "# FROM redis:6"]), max_size=5), st.booleans())
    def test_comments_gaps_and_continued_lines_change_nothing(self, between: list[str], is_windows: bool) -> None:
        lines = ["FROM \\", *between, "postgres:11 \\", *between, "AS db", *between, "RUN true"]
        text = ("\r\n" if is_windows else "\n").join(lines)
        assert shown(read(text, "Dockerfile")) == [("postgresql", "11", 1)]
