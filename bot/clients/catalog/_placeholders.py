"""Text in place of an owner that names nobody: `N/A`, `niemand`, `<your-team>`, "ask Bob"."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from bot.data import table
from bot.domain.catalog import OwnerRef, OwnerType
from bot.domain.names import fold, tokens
from bot.domain.reconcile.owner_texts import GIVEN_NAMES

_WORDS = table("no_owners")


def _folded(text: str) -> frozenset[str]:
    return frozenset(filter(None, map(fold, text.split(";"))))


_NOBODY = frozenset().union(*map(_folded, _WORDS["nobody"].values())) | _folded(_WORDS["over"])
_TEMPLATES, _UNREAD = _folded(_WORDS["template"]), _folded(_WORDS["unread"])
_HANDLES, _NOBODYS_HANDLES = _folded(_WORDS["handle"]), _folded(_WORDS["handle_nobody"])
_ACCOUNTS, _NAMED_ACCOUNTS = _folded(_WORDS["account"]), _folded(_WORDS["accounts_named"])
_ORGANISATIONS, _TEAMS = _folded(_WORDS["handle_organisation"]), _folded(_WORDS["handle_team"])
#: What handles, accounts and addresses have in them, and names do not.
_IN_ADDRESSES = frozenset("@/:")
_ADDRESSES, _DOMAINS = _folded(_WORDS["address"]), _folded(_WORDS["address_domain"])


_STILL = frozenset(filter(None, map(tokens, _WORDS["still"].split(";"))))
_MOST_STILL = max(map(len, _STILL))
#: The word that marks a name as a team's.
_BEFORE_TEAM, _BEHIND_TEAM = re.compile("^(?:team|squad|group)"), re.compile("(?:team|squad|group)$")
#: What spreadsheets show for a formula without a value.
_SHEET_ERRORS = frozenset({"#ref!", "#n/a", "#name?", "#value!", "#div/0!", "#null!", "#num!", "#error!", "#spill!"})
#: A variable of a template or a shell that was not filled in. "<jane@example.com>" and "<@U123>" are not.
_TEMPLATE = re.compile(
    r"\{\{|\{%|<%|\$\{|\$\(|#\{|\(\(|(?:^|[@/:-])<(?![@!#])[^<>@:|]*>(?=$|/)|(?<!\w)\$[A-Za-z_]\w*|\{[\w. -]+\}"
    r"|%[A-Za-z_]\w*%|(?<!\w)__[A-Za-z]\w*?__(?!\w)"
)
#: Behind a word for nobody, a remark follows: "TBD - maybe Payments", "Unknown (was Orders)".
_REMARK = re.compile(r"\s+[-–—]\s*|\s*[–—(:,;/?|]\s*|[-]\s+")
#: The longest name or placeholder in characters.
_LONGEST = 200
_IN_BRACKETS = re.compile(r"\[(.+)\]")
#: Whom to ask, which is not the owner.
_ASKING = re.compile(
    r"(?:ask|see|talk\s+to|speak\s+(?:to|with)|check\s+with|reach\s+out\s+to|refer\s+to|get\s+in\s+touch\s+with|please\s+\w+"
    r"|fragt?(?:en)?(?:\s+sie)?|siehe|demande[rz]?(?:\s+[aà])?|voir(?:\s+avec)?|preguntar?(?:\s+a)?|ver\s+con"
    r"|chiede(?:re|te)(?:\s+a)?|chiedi(?:\s+a)?|vedi|perguntar?(?:\s+a)?|vraag(?:\s+aan)?|zie|fråga|spør|spørg|kysy"
    r"|спросит[ье](?:\s+у)?|см\.?)\s+(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_CALLING = re.compile(
    r"(?:contact|ping|call|email|mail|message|dm|via|kontakt|contacter|contactar)\s+(?P<who>\S+).*", re.I
)
#: A web address, a denial, struck-through text, or a change of owner: the current owner is not certain.
_NO_NAME = re.compile(
    r"\S+://|.*(?:~~|\u0336)|(?:not|nicht|no\s+longer)\s.|\S.*\S\s*(?:→|➔|⇒|->|=>|>>)\s*\S",
    re.IGNORECASE | re.DOTALL,
)
_DOUBT = (
    r"maybe|probably|possibly|perhaps|likely|presumably|supposedly|allegedly|i\s+think|i\s+guess|not\s+sure|unsure|assumed"
    r"|unconfirmed|to\s+be\s+confirmed|tb[acd]|proposed|suggested|tentative(?:ly)?|temporar(?:y|ily)|interim|formerly|previously"
    r"|former|vielleicht|vermutlich|wahrscheinlich|eventuell|vorläufig|ehemals|peut-être|probablement|à\s+confirmer"
    r"|quizás?|tal\s+vez|probablemente|por\s+confirmar|forse|probabilmente|da\s+confermare|talvez|provavelmente|a\s+confirmar"
    r"|misschien|waarschijnlijk|kanske|kanskje|måske|ehkä|może|chyba|возможно|наверное|belki|mungkin|たぶん|おそらく|可能|也许"
)
#: Words beside a former owner.
_OVER = (
    r"old|(?:has\s+)?left(?:\s+the\s+company)?|gone|dissolved|disbanded|deprecated|retired|departed|resigned|moved|until|was|no\s+longer"
    r"|not\s+any\s?more|ex|ex-?employee|inactive|ausgeschieden|bis|parti|ancien"
)
_DOUBTFUL = re.compile(
    rf"(?:{_DOUBT})(?:\s|:).+|(?-i:ex-[A-Z]).+|(?:old|past|previous|last|first|original)(?:\s+owners?)?\s*:.+|.+\s?[(\[](?:{_DOUBT}|{_OVER}|\?+)(?:\W.*)?[)\]]|.+\s[-–—:]\s*(?:{_DOUBT}|{_OVER})"
    r"|.+\s(?:or|oder|and/or|until)\s.+|(?=.*\w).*\?+|(?:used\s+to\s+be|was:|then)\s.+",
    re.IGNORECASE | re.DOTALL,
)
_DAY = (
    r"(?:q[1-4]|h[12]|[ck]w\s?\d|20\d\d|\d{1,2}[./-]\d|\d{1,2}\.?\s+\w|early|mid|late|end|mitte|ende|anfang|début|fin|next|jan|feb"
    r"|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)"
)
_FROM = (
    r"(?:from|ab|as\s+of|starting(?:\s+(?:in|from|on))?|effective(?:\s+from)?|à\s+partir\s+d[eu]|a\s+partir\s+d[eo]l?|dal|vanaf|från)"
    rf"\s+{_DAY}"
)
_PLANNED = (
    rf"planned|upcoming|incoming|future(?:\s+owner)?|soon|new\s+owner|{_FROM}|geplant|künftig|zukünftig|demnächst|bald|prévue?|futur"
    r"|bientôt|previst[oa]|planead[oa]|futuro|pronto|gepland|toekomstig|binnenkort|planowan[ya]|with\s+help\s+(?:from|of)"
)
#: A change of owner: the text gives the former or future owner, but not today's.
_MOVING = re.compile(
    r"(?:(?:will|shall|should|going\s+to|about\s+to|soon\s+to)\s+be|(?:moving|moved|transferring|transferred|transitioning|migrating"
    r"|handing|handed|passing|passed|goes|going|gone)\s+(?:over\s+)?to|hand-?over\s+to|wird\s+zu|geht\s+an|übergabe\s+an|wechselt\s+zu"
    r"|sera|passe\s+à|será|pasa\s+a|sarà|passa\s+a|wordt|gaat\s+naar|was|has\s+been|had\s+been|war\s+(?:bisher|früher|bei)|était"
    rf"|fue|whoever)\s+\S.*|.+\s{_FROM}.*|.+\s?[(\[](?:{_PLANNED})(?:\W.*)?[)\]]|.+\s[-–—:]\s*(?:{_PLANNED})(?:\W.*)?",
    re.IGNORECASE | re.DOTALL,
)
#: An emoji or a mark, which is no name.
_NO_WORD = re.compile(r"[^\w]+|〃")


class NoOwner(StrEnum):
    """What a text in place of an owner says."""

    #: Nobody owns it, or the field was not filled in.
    NOBODY = "nobody"
    #: Somebody may own it, but the text does not certainly say who.
    UNREAD = "unread"


@lru_cache(maxsize=4096)  # a few hundred owners occur a hundred thousand times
def no_owner(owner: OwnerRef) -> NoOwner | None:
    """Return what an owner's text says if it names nobody; None for a name.

    An account with a prefix may have an unusual name: `@nil`, `user:na`. A team of an organisation may not:
    `@acme/tbd`.
    """
    written = owner.written.strip()
    if len(written) > _LONGEST:
        return None
    if _TEMPLATE.search(written):
        return NoOwner.NOBODY
    is_account = owner.type is OwnerType.PERSON or not _IN_ADDRESSES.isdisjoint(written)
    if is_account and _is_address_of_nobody(owner, written):
        return NoOwner.NOBODY
    if owner.type is OwnerType.PERSON or written.startswith("@"):
        return None
    if not fold(owner.name) or written.lower() in _SHEET_ERRORS:
        return NoOwner.NOBODY
    bracketed = _IN_BRACKETS.fullmatch(owner.name)
    name = bracketed[1] if bracketed else owner.name
    folded = fold(name)
    # `team-TEAM-NAME`, `unassigned-team`
    bare = {_BEFORE_TEAM.sub("", folded), _BEHIND_TEAM.sub("", folded)}
    if folded in _TEMPLATES or not bare.isdisjoint(_TEMPLATES | _NOBODYS_HANDLES) or _is_nobody(name):
        return NoOwner.NOBODY
    if bracketed and folded in _TEAMS:
        return NoOwner.NOBODY
    return NoOwner.UNREAD if _is_unread(name) else None


@lru_cache(maxsize=4096)
def said_of(owner: OwnerRef) -> NoOwner | None:
    """Return what an owner's text says if it names nobody, by the rules of all formats together; else None."""
    written = owner.written.strip()
    if written == "0":
        return NoOwner.NOBODY
    if (said := no_owner(owner)) is not None:
        return said
    return NoOwner.UNREAD if len(written) <= _LONGEST and _NO_NAME.match(written) else None


def _is_nobody(text: str) -> bool:
    # "k.A." is not a team KA, and "N.N." is not a team NN.
    if text.lower().replace(" ", "") in {"k.a.", "n.n.", "s/o", "s.o."}:
        return True
    heads = (text[: found.start()] for found in _REMARK.finditer(text))
    return any(fold(each) in _NOBODY or _without_still(each) in _NOBODY for each in (text, *heads))


def _without_still(text: str) -> str:
    """Return a text folded, without "yet", "for now" and similar around it, or inside it if that is one word."""
    words = tokens(text)
    for count in range(_MOST_STILL, 0, -1):
        if words[:count] in _STILL:
            words = words[count:]
        if words and words[-count:] in _STILL:
            words = words[:-count]
    return "".join(word for word in words if (word,) not in _STILL)


def _is_unread(text: str) -> bool:
    if fold(text) in _UNREAD or _NO_WORD.fullmatch(text):
        return True
    if any(each.fullmatch(text) for each in (_ASKING, _DOUBTFUL, _MOVING)):
        return True
    called = _CALLING.fullmatch(text)
    return called is not None and (called["who"][0] in "@#<" or fold(called["who"]) in GIVEN_NAMES)


def _is_address_of_nobody(owner: OwnerRef, written: str) -> bool:
    """Whether it is a handle, an account or an e-mail address that is a template's, or means nobody: `@acme/tbd`."""
    organisation, slash, team = written.partition("/")
    if slash and organisation.startswith("@") and fold(team.rpartition("/")[2]) in _NOBODYS_HANDLES:
        return True
    return _is_template_handle(written) or _is_template_address(owner.name) or _is_account_of_nobody(owner, written)


def _is_template_handle(text: str) -> bool:
    """Whether a handle is a template's: `@your-org/team`, `@acme/your-team`, `@org/team-name`, `@username`."""
    organisation, slash, team = text.removeprefix("@").partition("/")
    if not slash:
        return text.startswith("@") and fold(organisation) in _HANDLES
    if fold(organisation) in _HANDLES or fold(team) in _HANDLES:
        return True
    return fold(organisation) in _ORGANISATIONS and fold(team) in _TEAMS


def _is_account_of_nobody(owner: OwnerRef, written: str) -> bool:
    """Whether it is an account with a name that means nobody: `@ghost`, `@unassigned`, `tbd` in OWNERS."""
    kind, colon, rest = written.partition(":")
    if colon and kind.strip().lower() == "user":
        return fold(rest.rpartition("/")[2]) in _ACCOUNTS | _NAMED_ACCOUNTS
    return (owner.type is OwnerType.PERSON or written.startswith("@")) and fold(written) in _ACCOUNTS


def _is_template_address(text: str) -> bool:
    local, at, domain = text.partition("@")
    return bool(at) and fold(local) in _ADDRESSES and fold(domain) in _DOMAINS
