"""Realistic catalogs and questions about them, the same for the same seed.

Three shapes of catalog: `realistic_assets` as a company of many services and cloud resources has it, `coined_assets`
with code names and made-up words, and `HANDMADE` in handmade_names.py. Questions come as `Asked`: a text and the asset
that it can only mean, or none.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.domain.catalog import AssetKind
from bot.domain.names import fold, tokens
from bot.domain.records import AssetRecord
from tests.benchmarks.handmade_names import HANDMADE


def _words(text: str) -> list[str]:
    return text.split()


_DOMAINS = _words(
    """
    account address advert affiliate airport analytics appointment archive article artist asset attendance
    auction audience audit balance banking basket benefit billing booking brand budget calendar campaign card
    cargo carrier cart catalog channel charge chat checkout claim classroom client clinic commerce comment
    commission community compliance consent content contract conversion coupon course courier credit currency
    customer dashboard debit delivery demand device dietary digest discount dispatch dispute document donation
    driver earnings education email employee engagement energy entitlement episode escrow event exchange expense
    export favorite feature feedback fleet flight forecast fraud freight fulfilment game garage geo gift grant
    guest health hotel identity image import incident insight insurance inventory invitation invoice itinerary
    journal journey kitchen label lead ledger lending library license listing loan location login loyalty
    luggage mailing marketplace media membership menu merchant message metering migration mileage mobility
    mortgage movie music newsletter notification nutrition offer onboarding orders partner passenger password
    patient payments payout payroll pension permission pharmacy photo playlist podcast policy portfolio
    prescription pricing product profile promotion property provider purchase quote ranking rating rebate
    receipt recipe recommendation referral refund registration reminder rental report reservation returns review
    reward rider risk roster route safety salary sales schedule search seat seller session settlement shipment
    shipping shopper signup social statement station stock storefront streaming student subscription supplier
    support survey tariff tax teacher telemetry tenant ticket timesheet token tracking trading transfer transit
    translation travel treasury trip tutoring underwriting upload usage user valuation vehicle vendor
    verification video vineyard visitor voucher wallet warehouse warranty weather webinar wishlist withdrawal
    workforce yard
    """
)

_NOUNS = _words(
    """
    aggregation alerts allocation approval assembler attribution backfill batching bidding calculator capture
    classifier cleanup clustering collector compaction connector consolidation crawler deduplication detection
    discovery distribution enrichment eligibility estimation evaluation events extraction feed filters formatter
    geocoding history hydration indexing ingestion insights interpolation inspection issuance keys limits lookup
    matching metadata mirror moderation normalizer optimizer orchestration parser partitioning planning
    preferences prediction preview processing projections provisioning publishing quotas ranking reconciliation
    recovery redaction registry rendering replay replication requests resolver retention rollup rules sampling
    scanning scheduling scoring screening segmentation sequencing sharding signing simulation snapshots sorting
    summaries sync tagging templates thumbnails tokenization transcoding transformation triage validation
    versioning views webhooks workflows
    """
)

_ROLES = _words(
    """
    api service worker backend frontend gateway consumer producer daemon job cron bff proxy web app ui core
    server client sdk lib agent bot portal admin console cli exporter handler operator controller listener
    broker cache queue db store
    """
)
_ENVIRONMENTS = ["prod", "staging", "dev", "qa"]
_REGIONS = ["eu-west-1", "eu-central-1", "us-east-1", "us-west-2", "ap-south-1"]
_STORES = ["postgres", "mysql", "redis", "mongo", "kafka", "rabbitmq", "elasticsearch", "dynamodb", "cassandra"]
_CLOUD = ["rds", "elasticache", "s3", "sqs", "lambda", "eks", "msk", "ec2"]
_ANIMALS = _words(
    """
    otter badger heron lynx marmot osprey pangolin quokka raven stoat tapir urchin vole walrus yak zebra ibex
    jackal kestrel lemur magpie newt ocelot puffin
    """
)
_MOODS = _words(
    """
    amber brave calm dapper eager fuzzy gentle humble ivory jolly keen lucid merry noble opal plucky quiet
    rustic
    """
)
_SYLLABLES = [
    "ba",
    "ce",
    "do",
    "fi",
    "gu",
    "ha",
    "jo",
    "ka",
    "lu",
    "mi",
    "no",
    "pe",
    "qua",
    "ri",
    "so",
    "tu",
    "ve",
    "wa",
    "xi",
    "yo",
    "za",
    "bre",
    "cla",
    "dri",
    "fro",
    "gle",
    "kri",
    "plu",
    "sta",
    "tri",
]

#: Role -> the kind of asset that it makes.
_KIND_OF = {
    "api": AssetKind.API,
    "web": AssetKind.WEBSITE,
    "ui": AssetKind.WEBSITE,
    "portal": AssetKind.WEBSITE,
    "lib": AssetKind.LIBRARY,
    "sdk": AssetKind.LIBRARY,
    "db": AssetKind.DATABASE,
    "store": AssetKind.STORAGE,
    "cache": AssetKind.CACHE,
    "queue": AssetKind.QUEUE,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the id of the only asset that it can mean; None if it means none of them."""

    text: str
    asset_id: int | None


def realistic_assets(count: int, seed: int) -> list[AssetRecord]:
    """Return assets with distinct names, ids from 1: services, databases, cloud resources, repositories, functions."""
    rng = random.Random(seed)
    return _distinct(lambda: _realistic_name(rng), count)


def coined_assets(count: int, seed: int) -> list[AssetRecord]:
    """Return assets with names of a quite different shape: code names, made-up words, long controllers."""
    rng = random.Random(seed)
    return _distinct(lambda: _coined_name(rng), count)


def handmade_assets() -> list[AssetRecord]:
    """Return the assets with the names that were written by hand."""
    names = iter(HANDMADE)
    return _distinct(lambda: (next(names), AssetKind.SERVICE), len({fold(name) for name in HANDMADE}))


def _distinct(make: Callable[[], tuple[str, AssetKind]], count: int) -> list[AssetRecord]:
    found: list[AssetRecord] = []
    seen: set[str] = set()
    while len(found) < count:
        name, kind = make()
        if fold(name) not in seen:
            seen.add(fold(name))
            found.append(AssetRecord(id=len(found) + 1, kind=kind, name=name))
    return found


def _realistic_name(rng: random.Random) -> tuple[str, AssetKind]:
    domain, noun, role = rng.choice(_DOMAINS), rng.choice(_NOUNS), rng.choice(_ROLES)
    kind = _KIND_OF.get(role, AssetKind.SERVICE)
    environment = rng.choice(_ENVIRONMENTS)
    shape = rng.random()
    if shape < 0.05:
        return domain, AssetKind.SERVICE
    if shape < 0.25:
        return f"{domain}-{role}", kind
    if shape < 0.50:
        return f"{domain}-{noun}-{role}", kind
    if shape < 0.58:
        return f"{domain}-{rng.choice(_DOMAINS)}-{noun}", AssetKind.SERVICE
    if shape < 0.66:
        return f"{domain}-{rng.choice(_STORES)}", AssetKind.DATABASE
    if shape < 0.76:
        return f"{rng.choice(_CLOUD)}-{environment}-{domain}-{noun}-{rng.randint(1, 20):02}", AssetKind.CLOUD_RESOURCE
    if shape < 0.82:
        return f"{domain}_{noun}_{environment}", AssetKind.DATABASE
    if shape < 0.88:
        return f"acme/{domain}-{noun}", AssetKind.REPOSITORY
    if shape < 0.92:
        return f"{domain}.{noun}.{rng.choice(('created', 'updated', 'deleted', 'failed'))}", AssetKind.QUEUE
    if shape < 0.96:
        return f"{domain.title()}{noun.title()}{role.title()}", AssetKind.FUNCTION
    return f"{rng.choice(_REGIONS)}-{domain}-{rng.choice(_STORES)}-{rng.randint(1, 9)}", AssetKind.CLOUD_RESOURCE


def _coined_name(rng: random.Random) -> tuple[str, AssetKind]:
    shape = rng.random()
    word = "".join(rng.choice(_SYLLABLES) for _ in range(rng.randint(2, 4)))
    if shape < 0.15:
        return word, AssetKind.SERVICE
    if shape < 0.35:
        return f"{word}-{rng.choice(_ROLES)}", AssetKind.SERVICE
    if shape < 0.55:
        return f"{rng.choice(_MOODS)}-{rng.choice(_ANIMALS)}-{rng.choice(_ROLES)}", AssetKind.SERVICE
    if shape < 0.70:
        return (
            f"kube-{rng.choice(_DOMAINS)}-{rng.choice(('metrics', 'operator', 'controller', 'webhook', 'proxy'))}",
            AssetKind.SERVICE,
        )
    if shape < 0.85:
        return f"aws-{word}-{rng.choice(('csi-driver', 'load-balancer-controller', 'node-agent'))}", AssetKind.SERVICE
    return f"{rng.choice(_ANIMALS)} {rng.choice(_DOMAINS)} {word}", AssetKind.DASHBOARD


#: Words that make no other name of a name: "the guide" is the guide.
_FILLERS = frozenset(["a", "am", "and", "for", "i", "in", "my", "of", "on", "the", "to", "who"])

# --- questions -----------------------------------------------------------------------------------------------------

_QUESTIONS = [
    "who owns {}?",
    "who owns the {}",
    "whom do I ask about {}?",
    "who looks after {}?",
    "is there anyone responsible for the {}?",
    "which team runs {}",
    "{} owner?",
    "who's on the hook for {}?",
    "owner of {}",
    "who is responsible for {}?",
    "who maintains {} these days?",
    "hey, does anyone know who owns {}?",
    "contact for {}",
    "who do I talk to about {}?",
    "what team owns {}",
    "who's the owner of {}",
    "Who should I ping about {}?",
    "who can help me with {}?",
    "who takes care of {}",
    "who is in charge of {}?",
    "find the owner of {}",
    "I need the team behind {}",
    "who manages {} please",
    "whose is {}?",
    "{} - who owns it?",
    "can someone tell me who handles {}",
    "who's on call for {}?",
    "who do we contact for {}?",
    "hi team, who supports {}?",
    "who is accountable for {}",
    "team for {}?",
]


class Questions:
    """Questions about a catalog whose answer is unique, by kind of question."""

    def __init__(self, assets: Sequence[AssetRecord], seed: int) -> None:
        self._rng = random.Random(seed)
        self._assets = assets
        self._folds = [fold(asset.name) for asset in assets]
        # A repository is called by the last part of its name as well.
        self._taken = set(self._folds) | {fold(asset.name.rpartition("/")[2]) for asset in assets}
        self._orders: dict[tuple[str, ...], int] = {}
        for asset in assets:
            key = tuple(sorted(tokens(asset.name)))
            self._orders[key] = self._orders.get(key, 0) + 1

    def exact(self) -> Asked:
        """A name as it is."""
        asset = self._rng.choice(self._assets)
        return Asked(asset.name, asset.id)

    def folded(self) -> Asked:
        """A name with other separators, or in other case."""
        asset = self._rng.choice(self._assets)
        words = tokens(asset.name)
        text = self._rng.choice(
            [
                "-".join(words),
                "_".join(words),
                " ".join(words),
                ".".join(words),
                "".join(words),
                asset.name.upper(),
                "".join(word.title() for word in words),
                "/".join(words),
            ]
        )
        return Asked(text, asset.id)

    def plain(self) -> Asked:
        """A question in plain words."""
        asset = self._rng.choice(self._assets)
        name = asset.name if self._rng.random() < 0.6 else " ".join(tokens(asset.name))
        return Asked(self._rng.choice(_QUESTIONS).format(name), asset.id)

    def reordered(self) -> Asked:
        """A name with its words in another order."""
        while True:
            asset = self._rng.choice(self._assets)
            words = list(tokens(asset.name))
            if len(set(words)) < 2 or self._orders[tuple(sorted(words))] > 1 or sum(map(str.isdigit, words)) > 1:
                continue
            before = list(words)
            self._rng.shuffle(words)
            text = self._rng.choice((" ", "-")).join(words)
            if words != before and fold(text) not in self._taken:
                return Asked(text, asset.id)

    def mistyped(self, slips: int) -> Asked:
        """A name with slips of the finger, and no other name as near to what became of it."""
        while True:
            asset = self._rng.choice(self._assets)
            text = asset.name
            for _ in range(slips):
                text = mistype(text, self._rng)
            if text.lower() != asset.name.lower() and self._means_only(text, asset):
                return Asked(text, asset.id)

    def nonexistent(self) -> Asked:
        """A name that no asset has, of the catalog's own words."""
        while True:
            name = self._recombined()
            words = [word for word in tokens(name) if word not in _FILLERS]
            key = tuple(sorted(words))
            if (
                words
                and fold(name) not in self._taken
                and key not in self._orders
                and fold(" ".join(words)) not in self._taken
            ):
                text = name if self._rng.random() < 0.7 else self._rng.choice(_QUESTIONS).format(name)
                return Asked(text, None)

    def _means_only(self, text: str, asset: AssetRecord) -> bool:
        distance = OSA.distance(fold(text), fold(asset.name))
        near = process.extract(fold(text), self._folds, scorer=OSA.distance, score_cutoff=distance, limit=2)
        return len(near) == 1

    def _recombined(self) -> str:
        rng = self._rng
        words = list(tokens(rng.choice(self._assets).name))
        others = tokens(rng.choice(self._assets).name)
        way = rng.random()
        if way < 0.5 or len(words) == 1:
            words[rng.randrange(len(words))] = rng.choice(others)
        elif way < 0.7:
            words.insert(rng.randint(0, len(words)), rng.choice(others))
        elif way < 0.85:
            words = words[: len(words) // 2] + list(others[len(others) // 2 :])
        else:
            place = next((i for i, word in enumerate(words) if any(map(str.isdigit, word))), None)
            if place is None:
                words.append(str(rng.randint(1, 9)))
            else:
                words[place] = str(int("".join(filter(str.isdigit, words[place]))) + rng.randint(1, 40))
        return rng.choice("-- _").join(words)

    def many(self, ask: Callable[[], Asked], count: int) -> Iterator[Asked]:
        """Yield `count` questions."""
        return (ask() for _ in range(count))


def mistype(text: str, rng: random.Random) -> str:
    """Return the text with one slip of the finger in its letters or separators; digits are left alone."""
    letters = [place for place, mark in enumerate(text) if mark.isalpha()]
    place = rng.choice(letters)
    way = rng.random()
    letter = rng.choice("abcdefghijklmnopqrstuvwxyz")
    if way < 0.25:
        return text[:place] + text[place + 1 :]
    if way < 0.40:
        return text[:place] + text[place] + text[place:]
    if way < 0.60:
        return text[:place] + letter + text[place + 1 :]
    if way < 0.72:
        return text[:place] + letter + text[place:]
    if way < 0.94 and place + 1 < len(text) and text[place + 1].isalpha():
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    separators = [i for i, mark in enumerate(text) if mark in "-_. "]
    if separators and rng.random() < 0.6:
        drop = rng.choice(separators)
        return text[:drop] + text[drop + 1 :]
    return text[:place] + "-" + text[place:]
