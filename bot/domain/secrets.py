"""Whether a text looks like a credential. What does is never taken for a name, stored or shown.

The patterns are those that the makers document for their tokens, so an ordinary name, UUID, ARN or hash is none.
"""

from __future__ import annotations

import re
import unicodedata

_SECRET = re.compile(
    r"""
      xox[a-z]-[\w-]{8,} | xapp-[\w-]{8,} | xoxe(?:\.xox[bp])?-[\w-]{8,}            # Slack
    | gh[pousr]_\w{20,} | github_pat_\w{20,}                                       # GitHub
    | gl(?:pat|dt|rt|ptt|ft|soat|cbt)-[\w-]{16,}                                   # GitLab
    | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b                                                # AWS
    | -----BEGIN[ A-Z]*PRIVATE[ ]KEY                                               # PEM
    | \beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}                                      # JSON Web Token
    | \b[rs]k_(?:live|test)_\w{16,} | \bwhsec_[\w+/=]{20,}                         # Stripe
    | \bsk-(?:ant|proj|svcacct)-[\w-]{16,} | \bsk-[A-Za-z0-9]{32,}                 # Anthropic, OpenAI
    | \bAIza[\w-]{35} | \bya29\.[\w-]{20,}                                        # Google
    | \bhf_[A-Za-z0-9]{30,} | \bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}                # Hugging Face, Shopify
    | \bdckr_pat_[\w-]{20,} | \bhv[bsr]\.[\w-]{20,} | \blin_api_\w{32,}           # Docker, Vault, Linear
    | \bAGE-SECRET-KEY-1[0-9A-Z]{20,}                                             # age
    | \bAccountKey=[\w+/=]{20,} | [?&]sig=[\w%+/=-]{20,}                          # Azure
    | discord(?:app)?\.com/api/webhooks/\d+/[\w-]+
    | \bnpm_\w{30,} | \bpypi-[\w-]{32,} | \bdop_v1_\w{32,} | \bSG\.[\w-]{16,}\.[\w-]{16,}
    | hooks\.slack\.com/services/\w+/\w+/\w+
    | \b[a-z][a-z0-9+.-]*://[^\s/:@]*:[^\s/@]+@                                    # a URL with a password in it
    | (?i:(?:token|secret|password|passwd|passphrase|api[_-]?key|private[_-]?key|database_url|_pin|\bpwd?)[\w-]*)
      (?:\s*=\s*|:\s+)\S                                                         # a value that is said to be one
    """,
    re.VERBOSE,
)
#: What stands in the place of a secret where a text has to be shown.
REDACTED = "(looks like a secret)"


def looks_secret(text: str) -> bool:
    """Whether a text holds what looks like a token, a private key or a password."""
    # As it would be read: letters of another width are the same letters.
    return _SECRET.search(text if text.isascii() else unicodedata.normalize("NFKC", text)) is not None


def redacted(text: str) -> str:
    """Return a text to be shown; the whole of it is replaced when it holds a secret."""
    return REDACTED if looks_secret(text) else text
