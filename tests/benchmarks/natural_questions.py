"""Questions as people ask them in a channel: 40 templates, written after real ones, filled with the names of assets.

Each comes with whom it is about, known from how it was made: one asset, several, or none. `A` is the asset, `B` another
one and `N` a name that the catalog does not have.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

#: Template -> which of its names the question is about: each of these letters, or nothing.
TEMPLATES = {
    # Plain, polite, short.
    "who owns A?": "A",
    "hey folks, anyone know who looks after A these days?": "A",
    "Hi! Who should I ping about A? Thanks :pray:": "A",
    "who do i talk to about A": "A",
    "need an owner for A asap, prod is on fire 🔥": "A",
    "A owner?": "A",
    "quick q - which team is responsible for `A`?": "A",
    "Whose is A, and are they on call?": "A",
    "sorry if this is the wrong channel, but who maintains A?": "A",
    "*A* is throwing 500s again, who's on it?": "A",
    # The clause with the question is not the only one.
    "who owns A, it's leaking connections": "A",
    "A has been paging me since 3am. who owns this thing??": "A",
    "I deployed twice and it still fails. Who can approve a change in A?": "A",
    "B is fine but who owns A?": "A",
    "B is red. who owns A?": "A",
    "we're migrating off B, so who is responsible for A now?": "A",
    "not asking about B, who owns A": "A",
    # Times that are over or that say nothing.
    "who owned A in March?": "A",
    "who owned A last spring": "A",
    "who was responsible for A two years ago?": "A",
    # Other languages.
    "¿quién es el dueño de A?": "A",
    "wer ist für A zuständig?": "A",
    "Wem gehört A eigentlich?": "A",
    "qui s'occupe de A ?": "A",
    "chi è il responsabile di A?": "A",
    "quem cuida do A?": "A",
    "wie is de eigenaar van A?": "A",
    "kto odpowiada za A?": "A",
    "Aの担当者は誰ですか？": "A",
    "A 是谁负责的？": "A",
    # Two names are two answers.
    "who owns A and B?": "AB",
    "A vs B - who owns which?": "AB",
    "is it A or B that your team runs?": "AB",
    # Nothing that the catalog has, and nothing asked.
    "who owns N?": "",
    "who is responsible for N, the pager went off": "",
    "¿quién es el dueño de N?": "",
    "thanks, that helped!": "",
    "hi": "",
    "what can you do?": "",
    "who owns the thing that A talks to?": "",
}


@dataclass(frozen=True, slots=True)
class Natural:
    """A question and the names that it is about."""

    text: str
    about: frozenset[str]


def natural_questions(names: Sequence[str], missing: Sequence[str], *, count: int, seed: int) -> list[Natural]:
    """Return questions, each template in turn, with random names of the catalog and with some that it does not have."""
    rng = random.Random(seed)
    templates = list(TEMPLATES.items())
    made = []
    for number in range(count):
        template, about = templates[number % len(templates)]
        one, other = rng.sample(names, 2)
        said = {"A": one, "B": other, "N": rng.choice(missing)}
        made.append(Natural(_filled(template, said), frozenset(said[letter] for letter in about)))
    return made


def _filled(template: str, said: dict[str, str]) -> str:
    """Put the names where their letters stand alone; Japanese writes no blank behind a name."""
    return "".join(
        said[char] if char in said and not _is_word(template, place) else char for place, char in enumerate(template)
    )


def _is_word(template: str, place: int) -> bool:
    around = template[max(place - 1, 0) : place] + template[place + 1 : place + 2]
    return any(char.isascii() and char.isalnum() for char in around) or (
        template[place : place + 1] == "A" and template[place + 1 : place + 2] == "'"
    )
