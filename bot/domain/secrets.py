"""Whether a text looks like a credential. What does is never taken for a name, stored or shown.

The patterns are those that the makers document for their tokens (`bot/data/token_shapes.yaml`), so an ordinary name,
UUID, ARN or hash is none. Beside them, a long word without a break counts that mixes capitals, small letters and digits
as only chance does.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from bot.data import table

#: What has a digit in it and is no password: the name of a hash, a protocol or a standard, a version, a quarter.
_NO_PASSWORD = (
    r"(?!\S*(?<![A-Za-z])(?i:(?:sha|md|oauth|argon|[bs]crypt|pbkdf|base|aes|utf-?|v|http|tls|rfc|iso|fido|kms)\d"
    r"|[ehpr]s\d{3}\b))"
    r"(?!\S*\d/\d{2,4}\b)(?!(?i:1password|s3\b|k8s\b))"
)
#: Between a word and what it says; in the next line something else is said.
_GAP = r"[ \t]+"
#: What a sentence gives as a password.
_IN_WORDS = rf"""['"`]?{_NO_PASSWORD}(?=\S*[a-z])(?=\S*\d)\S{{6,}}"""
#: A word that may have been drawn by lot: 32 characters or more without anything between them.
_UNBROKEN = re.compile(r"(?<![^\s'\"`])[A-Za-z0-9+/]{32,64}={0,2}(?![^\s'\"`.,;])")
#: In letters and digits drawn by lot, six of ten neighbours are of two kinds (a capital, a small letter, a digit, a
#: sign); in words that are joined by capitals, about two are.
_LEAST_CHANGES, _LEAST_DIGITS = 0.45, 3
#: … and a run of four small letters is rare; in words, a third of the letters and more stand in such runs.
_RUN, _MOST_IN_RUNS = re.compile(r"[a-z]{4,}"), 1 / 3
_SHORTEST_DRAWN = 32
#: Chance puts a slash into every sixty-fourth place; where there are more than one in eight, it is a path.
_SHORTEST_PART = 8
#: What follows a maker's prefix where the key may have - and _ in it: a word of it that was drawn by lot mixes kinds of
#: letters, which the words of a name do not.
_LOT = r"(?=[\w-]{0,200}?(?<![A-Za-z0-9])(?=[A-Za-z0-9]{8})[A-Za-z0-9]*?(?:\d[A-Za-z]|[a-z][A-Z]|\d{8}))"
#: What says that a password or the like follows it.
_CALLED = (
    r"(?:token|secret|passw(?:or[dt]|d)|kennwort|wachtwoord|mot de passe|contraseña|passphrase|api[_-]?key"
    r"|private[_-]?key|database_url|_pin|\bpwd?)[\w-]*"
)
_PASS = r"(?:(?<![\w-])|_)pass"
#: The same as a heading would have it: of several secrets it says something, and gives none.
_HEADED = rf"(?:{_CALLED}(?<!s)|{_PASS})"
#: What such a word is followed by where the same words may be a title: digits beside other signs, as no plain word has.
_VALUE = rf"{_NO_PASSWORD}(?=\S*(?:[^\s\d_-]\d|\d[^\s\d_-]))\S{{6,}}"
#: What makers document, by its mark.
_SHAPES = tuple(
    (mark, shape.replace("<LOT>", _LOT)) for shapes in table("token_shapes").values() for mark, shape in shapes.items()
)
#: A pattern is tried only where the text has its mark, in lower case: every name of a catalog is looked at.
_RULES = tuple(
    (mark, re.compile(pattern))
    for mark, pattern in (
        *_SHAPES,
        # An address with a password in it, or with a token: not with the organisation that the path begins with, as
        # Azure DevOps has it in every address of a repository
        ("@", r"\b[a-z][a-z0-9+.-]*://(?:[^\s/:@]*:[^\s/@]+@|(?!([^\s/:@]+)@[^\s/]+/\1/)[^\s/:@]{20,}@)"),
        # A password in a sentence: it has a digit in it, and is no name of a hash or of a version
        *(
            (word, rf"(?i:\b{word}(?:{_GAP}is:?{_GAP}|:){_IN_WORDS})")
            for word in ("password", "passwd", "passphrase", "passcode", "pwd")
        ),
        # What a request or a command is given
        ("bearer ", rf"(?i:\bbearer) +{_LOT}[\w.~+/-]{{20,}}"),
        ("authorization: ", r"(?i:\bauthorization: +(?:basic|bearer|token)) +(?=\S*\d)[\w.~+/-]{12,}"),
        ("--", rf"(?i:(?<!\S)--[\w-]{{0,40}}?{_CALLED}){_GAP}{_VALUE}"),
        ("-u ", rf"(?<!\S)-u +[^\s:/]+:{_VALUE}"),
        # A value that is said to be one; behind a colon it may be a title's
        ("=", rf"(?i:{_CALLED})[ \t]*=[ \t]*\S"),
        ("pass", rf"(?i:{_PASS}[ \t]*=[ \t]*){_VALUE}"),
        (": ", rf"(?i:{_HEADED}) ?:{_GAP}{_VALUE}"),
        *((f"{mark}:", rf"(?i:{_CALLED}|{_PASS}){mark}: ?{mark}{_VALUE}") for mark in "'\""),
    )
)
#: Files that hold secrets by their purpose: environments, keys and stores of keys, saved passwords.
_SECRET_FILES = re.compile(
    r"\.env(?:rc|[._-].*)?|.*\.(?:env|pem|key|p12|pfx|jks|keystore|kdbx|tfvars)|id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?"
    r"|\.(?:netrc|npmrc|pypirc|pgpass|htpasswd|git-credentials)|credentials",
    re.IGNORECASE,
)
#: What is said to whoever types one into a form.
SECRET = "That looks like a password or a token. Leave it out: what you write here is shown to others."
#: What stands in the place of a secret where a text has to be shown.
REDACTED = "(looks like a secret)"


def looks_secret(text: str) -> bool:
    """Whether a text holds what looks like a token, a private key or a password."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)  # letters of another width are read as the same letters
    lowered = text.lower()
    for mark, pattern in _RULES:  # a loop costs half of what a generator does
        if mark in lowered and pattern.search(text):
            return True
    return len(text) >= _SHORTEST_DRAWN and any(_is_drawn(found[0]) for found in _UNBROKEN.finditer(text))


def _is_drawn(word: str) -> bool:
    """Whether a word seems to be drawn by lot from capitals, small letters and digits, as a key is and no name."""
    kinds = ["A" if each.isupper() else "a" if each.islower() else "1" if each.isdigit() else "/" for each in word]
    changes = sum(one != other for one, other in pairwise(kinds))
    is_mixed = {"A", "a", "1"} <= set(kinds) and kinds.count("1") >= _LEAST_DIGITS
    is_path = word.count("/") * _SHORTEST_PART > len(word)
    is_of_words = sum(map(len, _RUN.findall(word))) >= _MOST_IN_RUNS * len(word)
    return is_mixed and not is_path and not is_of_words and changes >= _LEAST_CHANGES * len(word)


def is_secret_file(name: str) -> bool:
    """Whether a file of this name is there to hold secrets, such as `.env`, `server.key` or `id_rsa`."""
    return _SECRET_FILES.fullmatch(name) is not None


def redacted(text: str) -> str:
    """Return a text to be shown; the whole of it is replaced when it holds a secret."""
    return REDACTED if looks_secret(text) else text
