"""Forms: what they ask, what they read, and what they say is wrong where."""

from __future__ import annotations

from datetime import date

import pytest

from bot.blocks import forms
from bot.blocks.forms import Fill, Form
from bot.errors import FormError, NotFoundError, UserError
from bot.playground.refusals import refuse_view

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
    assert refuse_view(view) == []
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


def test_blanks_are_no_answer_though_they_are_among_what_was_chosen() -> None:
    with pytest.raises(FormError) as raised:
        FORM.read({**FILLED, "reason": "   "}, {"reason": ("   ",)})
    assert raised.value.by_field == {"reason": "Say why."}


def test_what_cannot_be_done_is_said_at_one_field_or_by_whoever_catches_it() -> None:
    with pytest.raises(FormError) as raised, FORM.refusing():
        raise NotFoundError("It is gone.")
    assert raised.value.by_field == {"day": "It is gone."}
    with pytest.raises(UserError, match="It is gone") as plainly, Form("test.done", "Done", "Done").refusing():
        raise NotFoundError("It is gone.")
    assert not isinstance(plainly.value, FormError)


COUNT = forms.number_between("count", "How many?", 0, 10, is_whole=True)
SHARE = forms.number_between("share", "How much?", 0, 1)
THINGS = forms.ticks("things", "Which of them?")
NUMBERS = Form("test.numbers", "A form", "Send", (COUNT, SHARE, THINGS))


def test_numbers_are_read_within_their_bounds() -> None:
    said = NUMBERS.read({"count": "3", "share": "0.5"})
    assert (said[COUNT], said[SHARE], said[THINGS], said.get(SHARE)) == (3, 0.5, (), 0.5)
    assert NUMBERS.read({}).get(COUNT) is None


def test_ticks_that_are_needed_are_not_called_optional() -> None:
    needed = forms.ticks("things", "Which of them?", missing="Choose one.")
    form = Form("test.needed", "A form", "Send", (needed,))
    assert form.view("", "What it is about.", {needed: Fill(options={"1": "One"})})["blocks"][-1]["optional"] is False
    with pytest.raises(FormError) as raised:
        form.read({})
    assert raised.value.by_field == {"things": "Choose one."}
    assert form.read({}, {"things": ("1",)})[needed] == ("1",)


@pytest.mark.parametrize("typed", ["-1", "11", "2.5", "nan", "inf", "many", "1e9"])
def test_a_number_that_is_none_or_out_of_bounds_is_refused(typed: str) -> None:
    with pytest.raises(FormError) as raised:
        NUMBERS.read({"count": typed})
    assert raised.value.by_field == {"count": "Write a whole number from 0 to 10."}


@pytest.mark.parametrize("typed", ["0.0000001", "1e-7", "0.009"])
def test_an_amount_that_nobody_can_measure_is_refused(typed: str) -> None:
    with pytest.raises(FormError) as raised:
        NUMBERS.read({"share": typed})
    assert raised.value.by_field == {"share": "Write 0.01 or more, or 0 for none."}


@pytest.mark.parametrize(
    ("value", "filled"),
    [(None, ""), (0, "0"), (20, "20"), (0.0000001, "0"), (1 / 3, "0.333333"), (1_234_567.5, "1234567.5")],
)
def test_a_number_is_filled_in_as_it_can_be_sent_again(value: float | None, filled: str) -> None:
    assert forms.filled_number(value) == filled


@pytest.mark.parametrize(
    ("number", "kind"), [(10, "checkboxes"), (11, "multi_static_select"), (150, "multi_static_select")]
)
def test_several_can_be_ticked(number: int, kind: str) -> None:
    fill = Fill(
        options={str(each): f"Thing {each}" for each in range(number)}, chosen=["1", "9"], hints={"1": "&" * 99}
    )
    view = NUMBERS.view("", "What it is about.", {THINGS: fill, COUNT: Fill("2")})
    assert refuse_view(view) == []
    shown = {each["block_id"]: each["element"] for each in view["blocks"] if each["type"] == "input"}
    assert shown["count"]["initial_value"] == "2"
    assert shown["things"]["type"] == kind
    assert [each["value"] for each in shown["things"]["initial_options"]] == ["1", "9"]
    assert shown["things"]["options"][1]["description"]["text"] == "&" * 74 + "…"
    assert NUMBERS.read({}, {"things": ("1", "9")})[THINGS] == ("1", "9")


def test_boxes_that_begin_alike_are_told_apart() -> None:
    alike = "A pipeline that builds, signs and publishes the container images of the billing service to "
    said = [alike + "staging", alike + "production", alike + "staging", "Else", "Else", "Other", "🚀" * 90, "🚀" * 91]
    view = NUMBERS.view("", "Which?", {THINGS: Fill(options={str(at): each for at, each in enumerate(said)})})
    assert refuse_view(view) == []
    things = next(each["element"] for each in view["blocks"] if each.get("block_id") == "things")
    texts = [each["text"]["text"] for each in things["options"]]
    assert len({*texts}) == len(texts)
    assert texts[:2] == [
        "A pipeline that builds, signs and pu … s of the billing service to staging",
        "A pipeline that builds, signs and pu … f the billing service to production",
    ]
    assert texts[2].startswith("(2) A pipeline that")
    assert texts[3:6] == ["Else", "(2) Else", "Other"]


def test_boxes_are_asked_only_where_there_are_some() -> None:
    view = NUMBERS.view("", "What it is about.")
    assert [each["block_id"] for each in view["blocks"] if each["type"] == "input"] == ["count", "share"]


def test_a_name_that_has_to_be_typed_is_filled_with_the_one_that_is_likely() -> None:
    asked = inputs({TEAM: Fill("7", {str(number): f"Team {number}" for number in range(150)})})
    assert asked["team"]["element"]["initial_value"] == "Team 7"
