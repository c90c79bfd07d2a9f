"""Block Kit in full: a message, a form and a Home tab that hold every block and element type."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
IMAGE_URL = "https://images.example.test/picture.png"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def options(*names: str) -> list[Json]:
    return [{"text": plain(name.title()), "value": name} for name in names]


def _section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def _rich_text(user: str) -> Json:
    def words(text: str, **style: bool) -> Json:
        return {"type": "text", "text": text} | ({"style": style} if style else {})

    items = [{"type": "rich_text_section", "elements": [words(text)]} for text in ("first item", "second item")]
    section = [
        words("Rich "),
        words("bold", bold=True),
        words(" and "),
        words("struck", strike=True),
        words(" by "),
        {"type": "user", "user_id": user},
        {"type": "emoji", "name": "rocket"},
        {"type": "link", "url": "https://example.com/rich", "text": "a rich link"},
    ]
    return {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": section},
            {"type": "rich_text_list", "style": "ordered", "indent": 0, "elements": items},
            {"type": "rich_text_quote", "elements": [words("a rich quote")]},
            {"type": "rich_text_preformatted", "elements": [words("rich_code()")]},
        ],
    }


def _table() -> Json:
    def cell(text: str) -> Json:
        return {"type": "raw_text", "text": text}

    rows = [[cell("Service"), cell("End of life")], [cell("payments-db"), cell("2026-11-12")]]
    return {"type": "table", "column_settings": [{"align": "left"}, {"align": "right"}], "rows": rows}


def _confirm() -> Json:
    return {
        "title": plain("Are you sure?"),
        "text": mrkdwn("This *cannot* be undone."),
        "confirm": plain("Delete it"),
        "deny": plain("Keep it"),
        "style": "danger",
    }


def _actions() -> Json:
    return {
        "type": "actions",
        "block_id": "actions",
        "elements": [
            {"type": "button", "action_id": "ok", "style": "primary", "value": "yes", "text": plain("Accept")},
            {
                "type": "button",
                "action_id": "delete",
                "style": "danger",
                "text": plain("Delete"),
                "confirm": _confirm(),
            },
            {"type": "button", "action_id": "open", "url": "https://example.com/open", "text": plain("Open")},
            {
                "type": "static_select",
                "action_id": "colour",
                "options": options("red", "blue"),
                "placeholder": plain("Colour"),
            },
            {"type": "datepicker", "action_id": "day", "initial_date": "2026-03-01"},
            {"type": "timepicker", "action_id": "hour", "initial_time": "09:30"},
            {"type": "users_select", "action_id": "person", "placeholder": plain("Person")},
            {"type": "channels_select", "action_id": "channel", "placeholder": plain("Channel")},
            {"type": "conversations_select", "action_id": "conversation", "placeholder": plain("Conversation")},
            {"type": "checkboxes", "action_id": "tick", "options": options("one", "two")},
            {"type": "radio_buttons", "action_id": "pick", "options": options("left", "right")},
            {"type": "overflow", "action_id": "more", "options": options("snooze", "plan")},
        ],
    }


TEXT = (
    "*bold* _italic_ ~gone~ `code *not bold*` <https://example.com/a?b=1&amp;c=2|a link> <javascript:alert(1)|bad> "
    "<mailto:ada@example.test|mail> 2 * 3 * 4 snake_case_name :warning: :unknown-emoji: &lt;b&gt;&amp;amp;\n"
    "> a quote\n• first\n• second\n```\nline *one*\n```"
)


MARKDOWN = """## A heading

Some **bold** and *italic*, [a link](https://example.com/md).

- [x] done
- open
"""


def everything(user: str, channel: str) -> list[Json]:
    """The blocks of a message: every block and element type that a message may hold."""
    where = "<!date^1772524800^Due {date_long} at {time}|3 March 2026>"
    overflow = {"type": "overflow", "action_id": "overflow", "options": options("edit", "archive")}
    multi = {
        "type": "multi_static_select",
        "action_id": "several",
        "options": options("a", "b", "c"),
        "placeholder": plain("Several"),
    }
    return [
        {"type": "header", "text": plain("Everything :tada:")},
        _section(TEXT, block_id="text"),
        _section(f"By <@{user}> in <#{channel}>; {where}; <!channel> look", block_id="mentions", accessory=overflow),
        {"type": "section", "fields": [mrkdwn("*Owner*\nPayments"), mrkdwn("*Since*\nMarch"), plain("*not bold*")]},
        _section(
            "A section with a picture",
            accessory={"type": "image", "image_url": IMAGE_URL, "alt_text": "A small picture"},
        ),
        _section("A section with a multi-select", block_id="multi", accessory=multi),
        {"type": "divider"},
        {"type": "image", "image_url": IMAGE_URL, "alt_text": "A large picture", "title": plain("The title")},
        _actions(),
        _rich_text(user),
        {"type": "markdown", "text": MARKDOWN},
        _table(),
        {
            "type": "context",
            "elements": [{"type": "image", "image_url": IMAGE_URL, "alt_text": "icon"}, mrkdwn("From the *catalog*")],
        },
    ]


def _input(name: str, element: Json, *, optional: bool = True, **more: Any) -> Json:
    label = plain(name.replace("_", " ").capitalize())
    return {
        "type": "input",
        "block_id": name,
        "label": label,
        "optional": optional,
        "element": {"action_id": name, **element},
        **more,
    }


def form(title: str, *, about: str | None = None, revealed: bool = False) -> Json:
    """A modal with every input; `revealed` is the view after the button of that name."""
    button = {"type": "actions", "block_id": "buttons", "elements": [
        {"type": "button", "action_id": "push", "text": plain("Next step")},
        {"type": "button", "action_id": "reveal", "text": plain("Reveal")},
    ]}  # fmt: skip
    blocks = [
        _input("title", {"type": "plain_text_input", "max_length": 60}, optional=False, hint=plain("In a few words")),
        _input("details", {"type": "plain_text_input", "multiline": True}),
        _input("size", {"type": "static_select", "options": options("small", "large")}),
        _input("areas", {"type": "multi_static_select", "options": options("build", "run", "watch")}),
        _input("person", {"type": "users_select"}),
        _input("conversation", {"type": "conversations_select"}),
        _input("channel", {"type": "channels_select"}),
        _input("day", {"type": "datepicker"}),
        _input("hour", {"type": "timepicker"}),
        _input("hours", {"type": "number_input", "is_decimal_allowed": False}),
        _input("email", {"type": "email_text_input"}),
        _input("url", {"type": "url_text_input"}),
        _input("ticks", {"type": "checkboxes", "options": options("urgent", "secret")}),
        _input("pick", {"type": "radio_buttons", "options": options("yes", "no")}),
        button,
    ]
    if about is not None:
        blocks.insert(0, _section(f"About: {about}"))
    if revealed:
        blocks.insert(1, _section("*Revealed*"))
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain(title[:24]),
        "submit": plain("Send"),
        "close": plain("Cancel"),
        "blocks": blocks,
    }


def home(user: str, *, presses: int) -> Json:
    """A Home tab that counts its button's presses."""
    button = {"type": "button", "action_id": "home.press", "value": str(presses), "text": plain("Count")}
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("Your dashboard")},
            _section(f"Hello <@{user}>. Pressed {presses} times.", block_id="counter", accessory=button),
            {"type": "actions", "block_id": "home", "elements": [
                {"type": "static_select", "action_id": "home.team", "options": options("payments", "checkout")},
            ]},
        ],
    }  # fmt: skip
