"""The words that people put around a name: of questions, kinds, areas and environments, and how words are abbreviated.

All are compared folded (`names.fold`). Curated by hand; the catalog's own words are not here.
"""

from __future__ import annotations

from types import MappingProxyType

from bot.domain.catalog import Area, AssetKind


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Left out of a name's words when its words are compared without their order.
FUNCTION_WORDS = frozenset(["of", "the", "and", "for", "my"])
#: Those that names have inside, too: "bank of england".
JOINING_WORDS = FUNCTION_WORDS - {"my"}

#: Words of questions that say nothing of what is asked for.
QUESTION_WORDS = _words(
    """
    a an the this that these those there here it its they them their he she his her
    i im ive id we were weve you youre your our me my mine whos whom whose who which what whats where wheres how
    is are was be been being am isnt arent do does did doing done has have had having can could should would will shall
    may might must lets let
    of for to from by with about behind around on in at into onto over under via regarding concerning re as per
    and or but if so then when while because since not no nor
    own owns owned owner owners owning ownership ownes belongs belong belonging
    responsible responsibility responsibilities accountable accountability charge incharge liable
    look looks looking looked after care cares caring takes taking took
    run runs running ran maintain maintains maintained maintaining maintainer maintainers maintenance
    manage manages managed managing handle handles handled handling operate operates operated operating
    supports supported supporting steward stewards stewarding oversees oversee overseeing
    ask asks asked asking tell know knows knew think anyone anybody someone somebody anything something everyone nobody
    talk speak talking speaking reach ping pinging bother escalate escalated assigned
    oncall goto need needs needed want wants wanted like find finding show
    please pls plz thanks thank thx ty cheers hi hello hey morning folks yo sorry quick quickly
    team teams squad squads dri poc says said get gets getting got go goes going keeps
    just actually currently now nowadays days lately today right again still also really exactly even only ever maybe
    perhaps anyway btw fyi asap urgent urgently guys mate moment morning afternoon else dont doesnt didnt cant wont
    any some one ones thing things stuff called known between built wrote writes written makes every
    """
)

#: Words of questions that may as well be part of a name ("support portal"): dropped only before a question word.
DOUBTFUL_WORDS = _words(
    """
    help support page message messages dm contact contacts call calls lead leads hook issue issues problem problems
    question questions access change changes person people group point idea manager managers management alert
    incident ticket tickets request requests bugs outage trouble feature features review reviews
    approve approves work works working use uses using fix fixes fixed chat side part parts bug assign lookup
    name names named build builds building created creates pr prs us
    """
)

#: What is said of an asset that gives trouble: dropped only after a question word ("is down", "keeps failing").
STATE_WORDS = _words(
    """
    broken broke breaks break down failing fails failed fail wrong weird slow dead stuck flaky crashing crashed erroring
    unavailable unreachable degraded alerting throwing
    """
)

#: After these, a doubtful word or one for an area is what somebody does: "who fixes", "who deploys", "to contact".
ACTING_WORDS = _words("who whom i we you to should can could must would may might")

#: After a name, they begin a sentence about it: what it is doing is no part of it.
PREDICATES = _words("is are was were has have keeps isnt arent wont cant doesnt seems went hasnt")

#: The words by which a question is known even when they are misspelt.
CORE_QUESTION_WORDS = (
    "owner", "owners", "owns", "owned", "ownership", "responsible", "maintains", "maintainer", "manages", "handles",
    "contact", "supports", "looks", "after", "about", "which", "whose", "team", "charge", "runs",
)  # fmt: skip

#: Doubtful words that may follow the name: "checkout contact", "the checkout people".
TRAILING_WORDS = frozenset(
    ["contact", "contacts", "lead", "leads", "people", "person", "group", "folks", "manager", "oncall"]
)

#: Words that, between a kind or area and a name, say the one is a part of the other: "database of checkout".
PART_OF_WORDS = frozenset(["of", "for", "behind", "in", "on", "to", "under"])

_SERVICE_LIKE = frozenset(
    [
        AssetKind.SERVICE,
        AssetKind.SYSTEM,
        AssetKind.API,
        AssetKind.WEBSITE,
        AssetKind.FUNCTION,
        AssetKind.REPOSITORY,
        AssetKind.OTHER,
    ]
)
_CODE = _SERVICE_LIKE | {AssetKind.LIBRARY}


def _kinds(
    *pairs: tuple[str, set[AssetKind], frozenset[AssetKind] | set[AssetKind]],
) -> dict[str, tuple[frozenset[AssetKind], frozenset[AssetKind]]]:
    return {
        word: (frozenset(exact), frozenset(exact | set(also))) for words, exact, also in pairs for word in words.split()
    }


_CLOUD = {AssetKind.CLOUD_RESOURCE}

#: Word -> (kinds that it means, kinds that it may be said of when there is none of the first).
KIND_WORDS = MappingProxyType(
    _kinds(
        ("service services svc microservice", {AssetKind.SERVICE}, _SERVICE_LIKE),
        ("app apps application applications", {AssetKind.WEBSITE}, _SERVICE_LIKE),
        ("component components", {AssetKind.SERVICE, AssetKind.LIBRARY, AssetKind.WEBSITE}, _CODE),
        ("system systems product platform", {AssetKind.SYSTEM}, _SERVICE_LIKE),
        ("project codebase", {AssetKind.REPOSITORY}, _CODE),
        ("repo repos repository repositories", {AssetKind.REPOSITORY}, _CODE),
        ("api apis", {AssetKind.API}, set()),
        ("database databases db dbs datastore", {AssetKind.DATABASE}, _CLOUD),
        ("cache caches", {AssetKind.CACHE}, _CLOUD),
        ("queue queues topic mq", {AssetKind.QUEUE}, _CLOUD),
        ("bucket buckets storage", {AssetKind.STORAGE}, _CLOUD),
        ("cluster clusters", {AssetKind.CLUSTER}, _CLOUD),
        ("pipeline pipelines workflow", {AssetKind.PIPELINE}, set()),
        ("dashboard dashboards", {AssetKind.DASHBOARD}, set()),
        ("domain domains hostname host", {AssetKind.DOMAIN}, _CLOUD),
        ("environment environments env", {AssetKind.ENVIRONMENT}, set()),
        ("library libraries lib libs package packages sdk", {AssetKind.LIBRARY}, {AssetKind.REPOSITORY}),
        ("function functions lambda lambdas", {AssetKind.FUNCTION}, _CLOUD),
        ("website websites site webapp", {AssetKind.WEBSITE}, {AssetKind.SERVICE, AssetKind.DOMAIN}),
        ("folder directory path file", {AssetKind.PATH}, set()),
        ("resource resources", {AssetKind.CLOUD_RESOURCE}, set()),
        ("server servers vm instance machine", {AssetKind.CLOUD_RESOURCE}, set()),
    )
)

_AREAS = {
    Area.CI_CD: "ci cd cicd deployment deployments deploy deploys deploying deployed pipeline pipelines builds"
    " release releases releasing",
    Area.INFRASTRUCTURE: "infrastructure infra hosting provisioning terraform servers",
    Area.DATABASE: "database databases db dbs schema migrations datastore",
    Area.CONTAINERS: "containers container kubernetes k8s docker helm pods",
    Area.NETWORKING: "networking network dns firewall firewalls ingress",
    Area.MONITORING: "monitoring alerts alerting observability logging metrics dashboards dashboard monitors",
    Area.SECURITY: "security vulnerabilities secrets",
    Area.INTEGRATIONS: "integrations integration webhooks",
    Area.APPLICATION: "code sourcecode codebase",
}

#: Word -> the area that it asks about.
AREA_WORDS = MappingProxyType({word: area for area, words in _AREAS.items() for word in words.split()})

#: The kind word that a name may have or lack and still be the same thing's, in whatever spelling.
GENERIC_WORD = "service"

#: Words that name an environment.
ENVIRONMENT_WORDS = _words(
    "production prod prd staging stage stg development dev test qa uat sandbox preprod preview live"
)

#: Each line is one meaning; any of its words may stand for another. Words of several meanings go with the commonest.
_SAME = """
database databases db dbs
service services svc svcs srv microservice
kubernetes k8s kube
postgresql postgres pg pgsql psql
queue queues mq
authentication auth authn
authorization authorisation authz
production prod prd
staging stg
development dev
repository repositories repo repos
infrastructure infra
management mgmt mgt
manager mgr
notification notifications notif notifs
configuration config configs cfg conf
message messages msg msgs
application applications app apps
administration administrator admin
gateway gw
server srvr
environment environments env envs
documentation documents docs
monitoring mon
transaction transactions txn txns tx
account accounts acct accts
customer customers cust
processor proc
payment payments pymt pmt
analytics analytic
library libraries lib libs
package packages pkg pkgs
statistics stats
information info
internationalization i18n
localization l10n
observability o11y
accessibility a11y
network net
recommendation recommendations recs reco
subscription subscriptions subs
synchronization sync
function functions fn func lambda
identity idp
image images img imgs
reference ref refs
directory dir
address addr
number num
temporary tmp temp
calculator calculation calc
integration integrations integ
deployment deployments deploy
distribution dist
backend be
frontend fe
version ver
object obj
operations ops
organization organisation org
parameter params param
javascript js
typescript ts
python py
mongodb mongo
rabbitmq rabbit
"""

#: Word -> its meaning's first word; a word that is not here means itself.
MEANINGS = MappingProxyType({word: line.split()[0] for line in _SAME.split("\n") for word in line.split()})

#: Meaning -> its words.
SPELLINGS = MappingProxyType({line.split()[0]: tuple(line.split()) for line in _SAME.split("\n") if line})
