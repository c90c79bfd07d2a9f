"""Whether a text looks like a credential. Such text is never used as a name, stored or shown.

The patterns are those that makers document for their tokens (`bot/data/token_shapes.yaml`), so they do not match an
ordinary name, UUID, ARN or hash. In addition, a long unbroken word counts if it mixes capitals, small letters and
digits in the way that only random text does.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from bot.data import table

#: Words with a digit that are not passwords: the name of a hash, a protocol or a standard, a version, a quarter.
_NO_PASSWORD = (
    r"(?!\S*(?<![A-Za-z])(?i:(?:sha|md|oauth|argon|[bs]crypt|pbkdf|base|aes|utf-?|v|http|tls|rfc|iso|fido|kms)\d"
    r"|[ehpr]s\d{3}\b))"
    r"(?!\S*\d/\d{2,4}\b)(?!(?i:1password|s3\b|k8s\b))"
)
#: The space between a label and its value. A value in the next line belongs to something else.
_GAP = r"[ \t]+"
#: The password in a sentence.
_IN_WORDS = rf"""['"`]?{_NO_PASSWORD}(?=\S*[a-z])(?=\S*\d)\S{{6,}}"""
#: A word that may be random: 32 characters or more without a break.
_UNBROKEN = re.compile(r"(?<![^\s'\"`])[A-Za-z0-9+/]{32,64}={0,2}(?![^\s'\"`.,;])")
#: In random letters and digits, six of ten neighbours are of different kinds (a capital, a small letter, a digit, a
#: sign); in words joined by capitals, about two are.
_LEAST_CHANGES, _LEAST_DIGITS = 0.45, 3
#: … and a run of four small letters is rare; in words, a third of the letters or more are in such runs.
_RUN, _MOST_IN_RUNS = re.compile(r"[a-z]{4,}"), 1 / 3
_SHORTEST_DRAWN = 32
#: In random text, one character in sixty-four is a slash. If more than one in eight are, it is a path.
_SHORTEST_PART = 8
#: The text behind a maker's prefix if the key can contain - and _: a random word in it mixes kinds of characters, which
#: the words of a name do not.
_LOT = r"(?=[\w-]{0,200}?(?<![A-Za-z0-9])(?=[A-Za-z0-9]{8})[A-Za-z0-9]*?(?:\d[A-Za-z]|[a-z][A-Z]|\d{8}))"
#: Words that announce a password or similar.
_CALLED = (
    r"(?:token|secret|passw(?:or[dt]|d)|kennwort|wachtwoord|mot de passe|contraseña|passphrase|api[_-]?key"
    r"|private[_-]?key|database_url|_pin|\bpwd?)[\w-]*"
)
_PASS = r"(?:(?<![\w-])|_)pass"
#: The same words as in a heading, which is about several secrets and contains none.
_HEADED = rf"(?:{_CALLED}(?<!s)|{_PASS})"
#: The value behind such a word if the words may be a title: digits beside other signs, as in no plain word.
_VALUE = rf"{_NO_PASSWORD}(?=\S*(?:[^\s\d_-]\d|\d[^\s\d_-]))\S{{6,}}"
#: The documented patterns of makers, by the mark that they contain.
_SHAPES = tuple(
    (mark, shape.replace("<LOT>", _LOT)) for shapes in table("token_shapes").values() for mark, shape in shapes.items()
)
#: A pattern is tried only if the text contains its mark, in lower case, because every name of a catalog is checked.
_RULES = tuple(
    (mark, re.compile(pattern))
    for mark, pattern in (
        *_SHAPES,
        # An address that contains a password or a token, but not the organisation that the path begins with, as in
        # every address of an Azure DevOps repository
        ("@", r"\b[A-Za-z][A-Za-z0-9+.-]*://(?:[^\s/:@]*:[^\s/@]+@|(?!([^\s/:@]+)@[^\s/]+/\1/)[^\s/:@]{20,}@)"),
        # A password in a sentence: it has a digit, and is not the name of a hash or a version
        *(
            (word, rf"(?i:\b{word}(?:{_GAP}is:?{_GAP}|:){_IN_WORDS})")
            for word in ("password", "passwd", "passphrase", "passcode", "pwd")
        ),
        # A token in a request or a command
        ("bearer ", rf"(?i:\bbearer) +{_LOT}[\w.~+/-]{{20,}}"),
        ("authorization: ", r"(?i:\bauthorization: +(?:basic|bearer|token)) +(?=\S*\d)[\w.~+/-]{12,}"),
        ("--", rf"(?i:(?<!\S)--[\w-]{{0,40}}?{_CALLED}){_GAP}{_VALUE}"),
        ("-u ", rf"(?<!\S)-u +[^\s:/]+:{_VALUE}"),
        # A value that is labelled as a secret; behind a colon it may be a title's
        ("=", rf"(?i:{_CALLED})[ \t]*=[ \t]*\S"),
        ("pass", rf"(?i:{_PASS}[ \t]*=[ \t]*){_VALUE}"),
        (": ", rf"(?i:{_HEADED}) ?:{_GAP}{_VALUE}"),
        *((f"{mark}:", rf"(?i:{_CALLED}|{_PASS}){mark}: ?{mark}{_VALUE}") for mark in "'\""),
    )
)
#: Files whose purpose is to hold secrets: environments, keys and key stores, saved passwords.
_SECRET_FILES = re.compile(
    r"\.env(?:rc|[._-].*)?|.*\.(?:env|pem|key|p12|pfx|jks|keystore|kdbx|tfvars)|id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?"
    r"|\.(?:netrc|npmrc|pypirc|pgpass|htpasswd|git-credentials)|credentials",
    re.IGNORECASE,
)
#: The message to somebody who types one into a form.
SECRET = "That looks like a password or a token. Leave it out: what you write here is shown to others."
#: Replaces a secret in a text that has to be shown.
REDACTED = "(looks like a secret)"


def looks_secret(text: str) -> bool:
    """Whether a text contains what looks like a token, a private key or a password."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)  # full-width letters are read as ordinary ones
    lowered = text.lower()
    for mark, pattern in _RULES:  # a loop is twice as fast as a generator here
        if mark in lowered and pattern.search(text):
            return True
    return len(text) >= _SHORTEST_DRAWN and any(_is_drawn(found[0]) for found in _UNBROKEN.finditer(text))


def _is_drawn(word: str) -> bool:
    """Whether a word seems to be random capitals, small letters and digits, as a key is and a name is not."""
    kinds = ["A" if each.isupper() else "a" if each.islower() else "1" if each.isdigit() else "/" for each in word]
    changes = sum(one != other for one, other in pairwise(kinds))
    is_mixed = {"A", "a", "1"} <= set(kinds) and kinds.count("1") >= _LEAST_DIGITS
    is_path = word.count("/") * _SHORTEST_PART > len(word)
    is_of_words = sum(map(len, _RUN.findall(word))) >= _MOST_IN_RUNS * len(word)
    return is_mixed and not is_path and not is_of_words and changes >= _LEAST_CHANGES * len(word)


def is_secret_file(name: str) -> bool:
    """Whether a file with this name is meant to hold secrets, such as `.env`, `server.key` or `id_rsa`."""
    return _SECRET_FILES.fullmatch(name) is not None


def redacted(text: str) -> str:
    """Return a text that may be shown. If it contains a secret, all of it is replaced."""
    return REDACTED if looks_secret(text) else text
