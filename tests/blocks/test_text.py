"""Foreign text comes out inert, bounded and on one line, whatever it holds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.text import (
    Rendered,
    bold,
    button,
    channel,
    context,
    cut_mrkdwn,
    date,
    escape,
    link,
    mention,
    plain,
    section,
    shorten,
    with_days,
)
from bot.domain.names import fold
from bot.playground.refusals import refuse_message
from tests.blocks.foreign import UNSEEN, unexpected_markup, words

NO_IDS: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("payments-db", "payments-db"),
        ("支付", "支付"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("<@U012345>", "&lt;@U012345&gt;"),
        ("<!subteam^S012345|@all>", "&lt;!subteam^S012345|@all&gt;"),
        ("<https://evil.example.test|payments>", "&lt;https://evil.example.test|payments&gt;"),
        ("&lt;!channel&gt;", "&amp;lt;!channel&amp;gt;"),
        ("a & b", "a &amp; b"),
        ("payments_db", "payments_db"),
        ("*bold*", "＊bold＊"),
        ("docs/*.md", "docs/＊.md"),
        ("_sly_ ~gone~ `code`", "＿sly＿ ～gone～ ｀code｀"),
        ("two\nlines\r\nand\u2028more", "two lines and more"),
        ("\u202egnp.exe", "gnp.exe"),
        ("a\u2066b\u2069\u200f\x00\x1b\x7f", "ab"),
        ("half \ud800 a pair", "half a pair"),
        ("  padded\t ", "padded"),
        ("", ""),
        ("\u200b\u3164", ""),
    ],
)
def test_escape(text: str, shown: str) -> None:
    assert escape(text) == shown


@given(words)
def test_escaped_text_holds_no_markup_at_all(text: str) -> None:
    shown = escape(text, 50)
    assert unexpected_markup(shown, ids=NO_IDS) == ""
    assert not re.search("[<>*~`]", shown)
    assert not re.search(r"(?<![^\W_])_|_(?![^\W_])", shown), "an underscore stands inside a word only"
    assert not UNSEEN.search(shown)
    assert "\n" not in shown
    assert shown == shown.strip()


@given(st.text(), st.integers(1, 60))
def test_what_the_reader_sees_is_bounded(text: str, limit: int) -> None:
    seen = escape(text, limit).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert len(seen) <= limit
    assert len(plain(text, limit)) <= limit


@given(words)
def test_an_escaped_name_that_is_copied_back_is_the_same_name(name: str) -> None:
    seen = escape(name).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert fold(seen) == fold(name)


@pytest.mark.parametrize(("text", "limit", "cut"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("abcd", 1, "…")])
def test_shorten(text: str, limit: int, cut: str) -> None:
    assert shorten(text, limit) == cut


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("all of it", 9, "all of it"),
        ("all of it", 6, "all o…"),
        ("by <@U012345> now", 9, "by …"),
        ("a &amp; b", 5, "a …"),
        ("a &amp; b", 8, "a &amp;…"),
        ("<@U1> and <https://example.test|x>", 20, "<@U1> and …"),
    ],
)
def test_mrkdwn_is_not_cut_in_the_middle_of_a_token(text: str, limit: int, cut: str) -> None:
    assert cut_mrkdwn(text, limit) == cut


@given(st.lists(words, min_size=1, max_size=30), st.integers(1, 400))
def test_cut_mrkdwn_is_bounded_and_holds_whole_tokens_only(foreign: list[str], limit: int) -> None:
    moment = datetime(2026, 3, 3, tzinfo=UTC)
    text = "\n".join(
        f"<@U012345> {bold(each)} {link('https://a.test/?' + each, each)} {date(moment)}" for each in foreign
    )
    cut = cut_mrkdwn(text, limit)
    assert len(cut) <= limit
    assert unexpected_markup(cut, ids=frozenset({"U012345"})) == ""


def test_a_date_is_a_day_with_a_fallback() -> None:
    here = datetime(2026, 3, 3, 1, 30, tzinfo=timezone(timedelta(hours=1)))
    assert date(here) == f"<!date^{int(here.timestamp())}^{{date_short}}|2026-03-03>"


@pytest.mark.parametrize(
    ("reference", "shown"),
    [
        ("", ""),
        ("#", ""),
        ("C01234567", "<#C01234567>"),
        ("G01234567", "<#G01234567>"),
        ("#payments", "#payments"),
        ("payments", "#payments"),
        ("C0", "#C0"),
        ("CHÄÄÄÄÄÄÄ", "#CHÄÄÄÄÄÄÄ"),
        ("C01234567\n", "#C01234567"),
        ("C" + "0" * 4000, "#C" + "0" * 78 + "…"),
        ("C01234567> <!channel", "#C01234567&gt; &lt;!channel"),
    ],
)
def test_channel(reference: str, shown: str) -> None:
    assert channel(reference) == shown


@pytest.mark.parametrize("not_an_id", ["", "U1> <!channel", "ada", "U", "<@U1>", "U1\n", "Ü12345678", "S01234567"])
def test_only_an_id_is_mentioned(not_an_id: str) -> None:
    assert mention("U01234567") == "<@U01234567>"
    assert mention(not_an_id) == ""


@pytest.mark.parametrize(
    ("url", "label", "shown"),
    [
        ("https://a.test/x", "Runbook", "<https://a.test/x|Runbook>"),
        ("https://a.test/?a=1&b=2", "Q & A", "<https://a.test/?a=1&amp;b=2|Q &amp; A>"),
        ("https://a.test/> <!channel", "x", "<https://a.test/%3E%20%3C!channel|x>"),
        ("https://a.test/a|b", "c|d", "<https://a.test/a%7Cb|c/d>"),
        ("https://a.test/x", "", "<https://a.test/x|a.test>"),
        ("https://a.test/x", "> <!here>", "<https://a.test/x|&gt; &lt;!here&gt;>"),
        ("javascript:alert(1)", "Runbook", "Runbook"),
        ("https://", "Runbook", "Runbook"),
        ("https:///etc", "Runbook", "Runbook"),
        ("#payments", "Channel", "Channel"),
        ("", "", ""),
    ],
)
def test_link(url: str, label: str, shown: str) -> None:
    assert link(url, label) == shown


def test_a_link_that_is_too_long_is_left_out_rather_than_cut() -> None:
    assert link("https://a.test/" + "x" * 4000, "Runbook") == "Runbook"


@given(words, words)
def test_no_link_breaks_out(address: str, label: str) -> None:
    for url in (address, "https://a.test/" + address, "http://" + address):
        assert unexpected_markup(link(url, label), ids=NO_IDS) == ""


def test_a_name_with_nothing_to_see_says_so() -> None:
    assert bold("\u200b") == "*(no name)*"
    assert bold("checkout") == "*checkout*"


@given(words, st.integers(0, 5))
def test_blocks_of_any_length_are_taken_by_slack(foreign: str, length: int) -> None:
    long = escape(foreign, 4000) + "&amp;" * 700 * length
    blocks = [
        section(f"{long}."),
        context(*(f"{long}." for _ in range(12))),
        {"type": "actions", "elements": [button("x" * 100, "a.b", "v" * 3000, label="y" * 100, style="primary")]},
    ]
    assert refuse_message(Rendered("twin", blocks).as_body()) == []


def test_plain_words_are_not_searched_for_mentions() -> None:
    texts = [section("@channel")["text"], *context("@channel", "#general")["elements"]]
    assert [each["verbatim"] for each in texts] == [True, True, True]


def test_a_message_without_blocks_has_no_empty_ones() -> None:
    assert Rendered("Said.").as_body() == {"text": "Said."}


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("until 2027-01-25 (assumed)", ["2027-01-25"]),
        ("by 2026-12-31. From 2026-12-11 on", ["2026-12-31", "2026-12-11"]),
        ("2026-13-01 and 2026-02-30 are no days", []),
        ("release-2026-12-11, 12026-12-11 and 2026-12-11-rc1 are names", []),
    ],
)
def test_days_that_stand_in_a_sentence_read_as_all_others_do(text: str, days: list[str]) -> None:
    shown = with_days(escape(text))
    assert re.findall(r"<!date\^\d+\^{date_short}\|([\d-]+)>", shown) == days
    assert re.sub(r"<!date[^|]*\|([^>]*)>", r"\1", shown) == text
