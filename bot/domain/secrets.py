"""Whether a text looks like a credential. What does is never taken for a name, stored or shown.

The patterns are those that the makers document for their tokens, so an ordinary name, UUID, ARN or hash is none.
"""

from __future__ import annotations

import re

_SECRET = re.compile(
    r"""
      xox[a-z]-[\w-]{8,} | xapp-[\w-]{8,} | xoxe(?:\.xox[bp])?-[\w-]{8,}            # Slack
    | gh[pousr]_\w{20,} | github_pat_\w{20,}                                       # GitHub
    | gl(?:pat|dt|rt|ptt|ft|soat|cbt)-[\w-]{16,}                                   # GitLab
    | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b                                                # AWS
    | -----BEGIN[ A-Z]*PRIVATE[ ]KEY                                               # PEM
    | \beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}                                      # JSON Web Token
    | \bsk_live_\w{16,} | \bsk-(?:ant|proj)-[\w-]{16,} | \bAIza[\w-]{35}           # Stripe, Anthropic, OpenAI, Google
    | \bnpm_\w{30,} | \bpypi-[\w-]{32,} | \bdop_v1_\w{32,} | \bSG\.[\w-]{16,}\.[\w-]{16,}
    | hooks\.slack\.com/services/\w+/\w+/\w+
    | \b[a-z][a-z0-9+.-]*://[^\s/:@]*:[^\s/@]+@                                    # a URL with a password in it
    | \b\w*(?:TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|PRIVATE_?KEY|DATABASE_URL)\w*\s*=\s*\S
    """,
    re.VERBOSE,
)
#: What stands in the place of a secret where a text has to be shown.
REDACTED = "(looks like a secret)"


def looks_secret(text: str) -> bool:
    """Whether a text holds what looks like a token, a private key or a password."""
    return _SECRET.search(text) is not None


def redacted(text: str) -> str:
    """Return a text to be shown; the whole of it is replaced when it holds a secret."""
    return REDACTED if looks_secret(text) else text
