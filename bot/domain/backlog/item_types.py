"""What kinds of things are asked for: the words that name each, who builds it, what it leaves, and whose that is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class ItemType(StrEnum):
    """What an item of a request is."""

    INFRASTRUCTURE = "infrastructure"
    PIPELINE = "pipeline"
    ENVIRONMENT = "environment"
    ACCESS = "access"
    LIBRARY = "library"
    SCRIPT = "script"
    API_SERVICE = "api_service"
    COACHING = "coaching"
    SUPPORT = "support"


@dataclass(frozen=True, slots=True)
class Work:
    """Who builds an item of a type, what it leaves behind, and who owns that from the accepted handoff on."""

    builds: str
    leaves: str
    owns: str


_DEVOPS, _TEAM, _NOBODY = "devops", "team", ""
WORK: dict[ItemType, Work] = {
    ItemType.INFRASTRUCTURE: Work(_DEVOPS, "a resource in production", _TEAM),
    ItemType.PIPELINE: Work(_DEVOPS, "a pipeline", _TEAM),
    ItemType.ENVIRONMENT: Work(_DEVOPS, "an environment", _TEAM),
    ItemType.ACCESS: Work(_DEVOPS, "", _NOBODY),
    ItemType.LIBRARY: Work(_DEVOPS, "a shared library", _DEVOPS),
    ItemType.SCRIPT: Work(_DEVOPS, "a script", _DEVOPS),
    ItemType.API_SERVICE: Work(_DEVOPS, "a service with an API", _DEVOPS),
    ItemType.COACHING: Work(_DEVOPS, "", _NOBODY),
    ItemType.SUPPORT: Work(_DEVOPS, "", _NOBODY),
}

#: Nouns of several words first: a service account is no service, a base image no resource.
_PHRASES: dict[ItemType, str] = {
    ItemType.ACCESS: r"service (?:account|user|principal)s?|api[- ]?keys?|firewall (?:rule|opening|change|port)s?|"
    r"(?:ad|ldap|security|iam|entra) groups?|key ?pairs?|port (?:opening|\d+)|signing (?:key|cert)\w*|private link|"
    r"(?:sudo|admin|root|write|read)(?:[- ]only)? (?:access|rights?|permissions?)|network (?:access|policy|rule)",
    ItemType.LIBRARY: r"base images?|(?:helm|terraform|shared|reusable|common|client|go|python|java|npm|maven)"
    r"[- ](?:chart|module|library|librar|lib|package|action|workflow|template|step)s?(?! (?:proxy|registry|cache|"
    r"mirror|server))\b|worked example|"
    r"(?:example|sample) (?:test|project|app|service|repo)\w*|golden (?:path|image)s?|docker images?|"
    r"(?:project|service|repo) (?:template|skeleton)s?",
    ItemType.ENVIRONMENT: r"(?:test|dev|demo|staging|preview|review|acceptance|integration|load|training|sandbox|"
    r"ephemeral)"
    r"[- ](?:env|environment|stage|system|cluster|instance|deployment|tenant|account|app)\w*|"
    r"env(?:ironment)?s? per \w+",
    ItemType.PIPELINE: r"quality gates?|(?:build|ci|cd|release|deploy\w*|nightly|pipeline|scheduled)[- ]"
    r"(?:agent|job|step|stage|pipeline|runner|cache|workflow|gate|check|plan|node|run|train)s?|"
    r"(?:shared|dedicated|self-hosted) (?:runner|agent|executor)\w*|"
    r"(?:canary|blue[/-]green|automat\w+ |one-click )[- ]?(?:deploy|release|rollout)\w*|merge queues?",
    ItemType.API_SERVICE: r"self[- ]service|rest api|http api|(?:internal|small|micro) ?(?:service|api)|slash command",
    ItemType.SCRIPT: r"health ?checks? (?:script|job)|cron ?jobs?|cli tool|clean-?up (?:job|task|script)|"
    r"restart (?:job|script)|(?:anonymi[sz]ed|nightly|masked) (?:copy|copies|dump)s?",
    ItemType.COACHING: r"(?:some|any)(?:one|body)[^,.;]{0,40} (?:who |to |with )?(?:looks?|goes|review|walks?|"
    r"explains?|shows?|sits?|"
    r"teach|pair|clue|knows|experience)\w*|walk (?:us|me|the team) through|show (?:us|me) how|teach (?:us|me)|"
    r"(?:take|run|bring|lead|guide) (?:\w+ ){1,3}(?:through|up to speed)|hand-?over|show (?:us|me)(?: \w+)? how|"
    r"(?:explain|introduce) (?:us|to us|me|it to)|(?:look|go) (?:at|over|through) (?:\w+ ){0,4}with (?:us|me)|"
    r"pair(?:ing|ed)?(?: (?:with|session)\w*)?|sit(?:s|ting)? (?:down )?with (?:us|me)|"
    r"second pair of eyes|get(?:ting)? (?:us )?started|crash course|help (?:us |me )?understand\w*|"
    r"(?:design|architecture|config|schema|setup|security|terraform|query) reviews?|best practices?|sanity check",
    ItemType.SUPPORT: r"(?:help|a hand|support) (?:us |me )?with",
    ItemType.INFRASTRUCTURE: r"(?:§|kafka|event|dead[- ]letter|mqtt) topics?|topics? (?:with|for|named|per)|"
    r"storage accounts?|load balancers?|message (?:queue|broker)s?|"
    r"dead[- ]letter queues?|"
    r"dns (?:record|entry|entries|name|zone|switch)?s?|status page|scrape config\w*|read replicas?|"
    r"replica sets?|backup and restore|schema registry|object storage|module proxy|package registry|ip address\w*|"
    r"static ips?|(?:somewhere|(?:a|some) place|something|machine) (?:to|where we can|we can) (?:run|host|put|drop|"
    r"store|deploy)\w*|feature flag\w*|build cache server",
}
_NOUNS: dict[ItemType, str] = {
    ItemType.ACCESS: r"access|permissions?|rights?|roles?|quotas?|certs?|certificates?|credentials?|creds|tokens?|"
    r"secrets?|"
    r"passwords?|licen[sc]es?|seats?|vpn|sso|scim|saml|oidc|logins?|acls?|allow-?list(?:ing|ed)?|white-?list(?:ing|"
    r"ed)?|"
    r"invite|invitation|onboard(?:ing|ed)?|accounts?|grants?|namespaces?|firewall|egress|ingress rules?|privileges?|"
    r"limits?|mfa|"
    r"ssh keys?|unlock(?:ed)?|subscriptions?|ca bundle|membership",
    ItemType.PIPELINE: r"pipelines?|ci|ci/cd|(?:integration|e2e|end-to-end|load|smoke|ui|regression) tests?|dependencies|"
    r"cd|steps?|stages?|workflows?|runners?|build agents?|agents?|builds?|"
    r"executors?|"
    r"jobs?|gates?|release process|rollouts?|rollback|deployments?|auto-?deploys?|cach(?:e|ing) (?:for|of|in) \w+|"
    r"linting|"
    r"scans?|scanning|checks?",
    ItemType.ENVIRONMENT: r"environments?|envs?|sandbox(?:es)?|staging|playground|test ?beds?|device farm|preview|"
    r"previews",
    ItemType.LIBRARY: r"librar(?:y|ies)|libs?|modules?|sdks?|wrappers?|packages?|templates?|starters?|charts?|"
    r"clients?|plugins?|"
    r"boilerplate|skeleton|blueprints?|examples?|samples?|actions?|middleware|images?|archetypes?|proof of concept|"
    r"poc|drivers?",
    ItemType.SCRIPT: r"scripts?|crons?|converters?|tools?|cli|one-?liners?|automation|bots?|codemods?|importers?|"
    r"exporter scripts?|dumps?|makefiles?|generators?|clean-?ups?|checkers?",
    ItemType.API_SERVICE: r"apis?|endpoints?|services?|web ?hooks?|portals?|microservices?|web app|self-?service|"
    r"form|button",
    ItemType.COACHING: r"workshops?|trainings?|pairing|reviews?|coaching|guidance|sessions?|introductions?|intro|"
    r"advice|"
    r"walk-?throughs?|mentoring|consult\w*|hand-?holding|onboarding session|lessons?|courses?|brown ?bags?|demo by|"
    r"q&a|feedback|"
    r"sparring|tutorials?|primer|opinion|recommendations?",
    ItemType.SUPPORT: r"debug\w*|investigat\w+|troubleshoot\w*|look into|look at|(?:have|take) a look|fix(?:es|ed)?|"
    r"repair|help with|help|"
    r"hand with|diagnos\w+|analy[sz]e|root cause|figure out|find out|support",
    ItemType.INFRASTRUCTURE: r"databases?|db|clusters?|buckets?|queues?|dlqs?|streams?|servers?|vms?|"
    r"machines?|instances?|"
    r"balancers?|dashboards?|alerts?|alerting|monitoring|metrics|backups?|restores?|replicas?|storage|volumes?|"
    r"disks?|cache|redis|"
    r"upgrades?|migrations?|dns|domains?|subdomains?|cdn|proxy|proxies|gateway|mesh|broker|registry|registries|"
    r"indexe?s|"
    r"hosting|hosted|nodes?|pools?|network|vpc|subnets?|peering|tunnels?|routes?|routing|collector|collectors|store|"
    r"schema|"
    r"extensions?|scraping|logs|logging|log retention|retention|tracing|traces|exporters?|hardware|gpus?|memory|ram|"
    r"cpus?|cores|"
    r"capacity|scaling|autoscaling|auto-?scaler|failover|snapshots?|project|workspace|tenant|vhosts?|consumers?|"
    r"warehouse|"
    r"partitions?|mirror|ttl|waf|mailbox|smtp|relay|ip|ips|hostname|redirects?|alarms?|probes?|timeouts?|alb|"
    r"panels?|graphs?|"
    r"engine|connectors?|remotes?|controllers?|operators?|keyspaces?|config|configuration|sink|cutover",
}
#: What is done to something, for asks that name no noun of the tables.
_VERBS: dict[ItemType, str] = {
    ItemType.ACCESS: r"(?:grant|invite|rotate|renew|extend|unlock|unblock|whitelist|allowlist|add (?:me|us|\S+) to)\w*",
    ItemType.PIPELINE: r"(?:automate|deploy|release|publish)\w*",
    ItemType.SUPPORT: r"(?:fix|check|repair|restart|restore|recover|debug|unstick|pick (?:this|it) up|look|copy)\w*",
    ItemType.INFRASTRUCTURE: r"(?:upgrad|migrat|provision|install|host|scal|resiz|increas|rais|mov|monitor|back|"
    r"enabl|set(?:ting)? (?:\w+ )?up|"
    r"run|spin|configur|bump|lower|switch|decommission|creat|expos|connect|updat|patch|replac|prepar)\w*",
}
_ORDER = (
    ItemType.COACHING, ItemType.LIBRARY, ItemType.ACCESS, ItemType.ENVIRONMENT, ItemType.PIPELINE, ItemType.SCRIPT,
    ItemType.INFRASTRUCTURE, ItemType.API_SERVICE, ItemType.SUPPORT,
)  # fmt: skip
#: The type of what is set up when only a technology is named.
BY_TECHNOLOGY: dict[str, ItemType] = {
    "ci": ItemType.PIPELINE,
    "library": ItemType.LIBRARY,
    "testing": ItemType.PIPELINE,
    "build": ItemType.PIPELINE,
    "iac": ItemType.LIBRARY,
    "language": ItemType.LIBRARY,
}


def _compiled(table: dict[ItemType, str]) -> re.Pattern[str]:
    groups = "|".join(rf"(?P<{kind.value}>{table[kind]})" for kind in _ORDER if kind in table)
    return re.compile(rf"(?<![\w-])(?:{groups})(?!\w|-\w)", re.IGNORECASE)


_PHRASE, _NOUN, _VERB = map(_compiled, (_PHRASES, _NOUNS, _VERBS))
#: The head of a noun phrase stands before these.
_AFTER_HEAD = re.compile(
    r"\s(?:of|for|in|on|with|to|that|which|who|from|per|into|at|where|so|because|when|if|as|by|before|until|behind|"
    r"via|using|"
    r"between|against|through|under|around)\s|[(,:]|\s-+>?\s",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Named:
    """A word that says what kind of thing is asked for, and how sure that is: phrase 3, head noun 2, noun 1, verb 0."""

    kind: ItemType
    word: str
    weight: int


def named(text: str) -> Named | None:
    """Return what kind of thing a text asks for; None where no word says it."""
    if phrase := _PHRASE.search(text):
        return _read(phrase, 3)
    cut = _AFTER_HEAD.search(text, 2)
    head = text[: cut.start()] if cut else text
    nouns = list(_NOUN.finditer(head))
    if nouns:
        return _read(nouns[-1], 2)
    if noun := _NOUN.search(text):
        return _read(noun, 1)
    verb = _VERB.search(text)
    return _read(verb, 0) if verb else None


def words_of(text: str) -> Iterator[str]:
    """Yield the nouns of a text that name things of some type, cut so that their forms are alike."""
    for pattern in (_PHRASE, _NOUN):
        for found in pattern.finditer(text):
            for word in found[0].lower().split():
                yield word[:5].rstrip("s")


def _read(found: re.Match[str], weight: int) -> Named:
    return Named(ItemType(found.lastgroup or ""), found[0].lower(), weight)
