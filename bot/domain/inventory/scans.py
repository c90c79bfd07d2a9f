"""What was seen running where: evidence that a reader of the inventory gives, before any date is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.catalog import Origin, Problem


class How(StrEnum):
    """The method by which something was seen."""

    IMAGE = "image"
    DOCKERFILE = "dockerfile"
    SBOM = "sbom"
    AWS_RDS = "aws-rds"


#: How a library inside of what a bill of materials is about is marked; its address is then what the bill is about.
SBOM_LIBRARY = "sbom-library"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A product at a version, seen in one place.

    `product` is the source's own word, but for a well-known image, which is named as the feed names the product.
    `version` is as written and may carry more (`11.22-alpine`); empty says that it runs at a version nobody knows,
    which is never as good as a supported one. `provider` is whose clock counts (`aws-rds`; empty for upstream).
    `address` is what identifies the thing that was seen (image reference, ARN), `purl` and `cpe` what its package is
    known by; `name` is what it is called where it runs, `hosts` where it is reached. All of these may be empty, as may
    `environment`, `region` and `tags`.
    """

    product: str
    version: str
    provider: str = ""
    environment: str = ""
    how: How
    origin: Origin
    purl: str = ""
    cpe: str = ""
    address: str = ""
    name: str = ""
    hosts: tuple[str, ...] = ()
    region: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    #: Whether the provider goes on with support, for money, when the standard one ends; None where it does not say.
    has_extended_support: bool | None = None
    #: False for an image that is not well known: it may be the organisation's own, which has no end of life.
    is_known: bool = True
    #: Whether a bill of materials lists it as a part of what it is about: a library, not what runs by itself.
    is_library: bool = False


@dataclass(frozen=True, slots=True)
class Sightings:
    """All that one source showed, in the order read, and what of it was left out or doubted.

    `subject` is what the source says that all of it is about: a name, or an image without its tag; mostly empty.
    """

    found: tuple[Sighting, ...] = ()
    problems: tuple[Problem, ...] = ()
    subject: str = ""
