"""Names that were asked for in vain, as catalog admins see them: the buttons, and the forms behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.blocks import forms
from bot.blocks.forms import Fill, Form
from bot.blocks.text import Block, bold, button, plain
from bot.domain.catalog import AssetKind

ADD, ALIAS, IGNORE = "misses.add", "misses.alias", "misses.ignore"
ADD_VIEW, ADD_NAME, ADD_KIND = "misses.add_view", "misses.add_name", "misses.add_kind"
ALIAS_VIEW, ALIAS_OF = "misses.alias_view", "misses.alias_of"

ADD_NAME_FIELD = forms.text(ADD_NAME, "What is it called?", missing="Write its name.", limit=120)
ADD_KIND_FIELD = forms.choice(ADD_KIND, "What is it?", is_kept=True)
ADD_FORM = Form(ADD_VIEW, "Add it", "Add it", (ADD_NAME_FIELD, ADD_KIND_FIELD), refused_at=ADD_NAME_FIELD)
ALIAS_OF_FIELD = forms.text(ALIAS_OF, "Of what?", missing="Write what it is.", hint="payments-db", limit=120)
ALIAS_FORM = Form(ALIAS_VIEW, "Another name of…", "Save", (ALIAS_OF_FIELD,), refused_at=ALIAS_OF_FIELD)


def miss_buttons(key: str, name: str) -> Sequence[Mapping[str, Any]]:
    """Return what can be done about a name."""
    called = plain(name, 50)
    return [
        button("Add…", ADD, key, label=f"Add… {called}"),
        button("Alias of…", ALIAS, key, label=f"Alias of… {called}"),
        button("Ignore", IGNORE, key, label=f"Ignore {called}"),
    ]


def add_view(key: str, name: str) -> Block:
    """Return the form that adds a thing of this name."""
    kinds = {kind.value: kind.value.replace("-", " ") for kind in AssetKind if kind is not AssetKind.PATH}
    said = f"Nothing is called {bold(name, 80)}. Add it, and it is in the catalog, without an owner."
    fills = {ADD_NAME_FIELD: Fill(name), ADD_KIND_FIELD: Fill(AssetKind.SERVICE.value, kinds)}
    return ADD_FORM.view(key, said, fills)


def alias_view(key: str, name: str) -> Block:
    """Return the form that makes it another name of something."""
    return ALIAS_FORM.view(key, f"Make {bold(name, 80)} another name of something in the catalog.")
