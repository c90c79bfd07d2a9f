"""Forms: what they ask, what they read, and what they say is wrong where."""

from __future__ import annotations

from datetime import date

import pytest

from bot.blocks import forms
from bot.blocks.forms import Fill, Form
from bot.errors import FormError, NotFoundError, UserError
from bot.playground.refusals import check_view

REASON = forms.text("reason", "Why?", missing="Say why.", limit=20)
DAY = forms.day("day", "When?", missing="Choose a day.")
LATER = forms.day("later", "And again?")
WHO = forms.person("who", "Who?")
KIND = forms.choice("kind", "Which kind?", is_kept=True)
ASSET = forms.id_choice("asset", "Which one?")
TEAM = forms.name_or_choice("team", "Which team?", hint="Its name")
FORM = Form("test.view", "A form", "Send", (REASON, DAY, LATER, WHO, KIND, ASSET, TEAM), refused_at=DAY)
FILLED = {"reason": " it is old ", "day": "2026-12-01", "kind": "all", "asset": "7", "team": "Payments"}


def inputs(fills: dict[object, Fill]) -> dict[str, dict[str, object]]:
    view = FORM.view("7|view||V1", "What it is about.", fills)
    assert check_view(view) == []
    assert view["private_metadata"] == "7|view||V1"
    return {each["block_id"]: each for each in view["blocks"] if each["type"] == "input"}


def test_a_form_asks_in_the_order_of_its_table_and_leaves_out_menus_with_nothing_in_them() -> None:
    asked = inputs({})
    assert list(asked) == ["reason", "day", "later", "who", "team"]
    assert [block_id for block_id, each in asked.items() if not each["optional"]] == ["reason", "day"]
    assert asked["team"]["element"]["type"] == "plain_text_input"


def test_a_form_is_filled() -> None:
    options = {"all": "Both of them", "7": "x" * 200, "8": "\n"}
    asked = inputs(
        {
            REASON: Fill("y" * 99, label="Why then?"),
            DAY: Fill("2026-12-01"),
            WHO: Fill("U0ADA"),
            KIND: Fill("7", options),
            TEAM: Fill("3", {"3": "Payments"}),
        }
    )
    assert asked["reason"]["label"]["text"] == "Why then?"
    assert len(asked["reason"]["element"]["initial_value"]) == 20
    assert asked["day"]["element"]["initial_date"] == "2026-12-01"
    assert asked["who"]["element"]["initial_user"] == "U0ADA"
    assert not asked["kind"]["optional"]
    said = [each["text"]["text"] for each in asked["kind"]["element"]["options"]]
    assert said == ["Both of them", "x" * 74 + "…", "(no name)"]
    assert asked["kind"]["element"]["initial_option"]["value"] == "7"
    assert asked["team"]["element"]["initial_option"]["text"]["text"] == "Payments"


def test_a_menu_holds_what_slack_takes_and_a_name_is_typed_where_there_are_more() -> None:
    many = {f"{'v' * 160}{number}" if number < 2 else str(number): "x" for number in range(150)}
    asked = inputs({KIND: Fill("v" * 160, many), TEAM: Fill(options=many)})
    values = [each["value"] for each in asked["kind"]["element"]["options"]]
    assert len(values) == len(set(values)) == 100
    assert asked["kind"]["element"]["initial_option"]["value"] == "v" * 150
    assert asked["team"]["element"]["type"] == "plain_text_input"


def test_what_was_filled_in_is_read() -> None:
    said = FORM.read(FILLED)
    assert (said[REASON], said[DAY], said[ASSET]) == ("it is old", date(2026, 12, 1), 7)
    assert (said.text(KIND), said.text(TEAM), said.text(WHO)) == ("all", "Payments", "")


def test_everything_that_is_wrong_is_said_where_it_is() -> None:
    with pytest.raises(FormError) as raised:
        FORM.read({"reason": " ", "day": "tomorrow", "later": "2026-13-01", "asset": "x"})
    assert raised.value.by_field == {
        "reason": "Say why.",
        "day": "Choose a day.",
        "later": "Choose a day.",
        "asset": "That is from another version of Baton: ask again.",
    }


def test_what_cannot_be_done_is_said_at_one_field_or_by_whoever_catches_it() -> None:
    with pytest.raises(FormError) as raised, FORM.refusing():
        raise NotFoundError("It is gone.")
    assert raised.value.by_field == {"day": "It is gone."}
    with pytest.raises(UserError, match="It is gone") as plainly, Form("test.done", "Done", "Done").refusing():
        raise NotFoundError("It is gone.")
    assert not isinstance(plainly.value, FormError)
