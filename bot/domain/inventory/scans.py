"""What was seen running where: the evidence that a scan gives, before any date is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.catalog import Origin, Problem


class How(StrEnum):
    """How something was seen."""

    IMAGE = "image"
    DOCKERFILE = "dockerfile"
    SBOM = "sbom"
    AWS_RDS = "aws-rds"


#: The `how` of a library inside the subject of a bill of materials. Its address is that subject.
SBOM_LIBRARY = "sbom-library"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A product at a version, seen in one place.

    `product` is the source's own word, except for a well-known image, which gets the feed's name for the product.
    `version` is as written and may have more (`11.22-alpine`); "" means an unknown version, which never counts as
    supported. `provider` is whose dates apply (`aws-rds`; "" for the maker's). `address` identifies the thing that was
    seen (image reference, ARN), `purl` and `cpe` identify its package. `name` is its name where it runs, `hosts` where
    it can be reached. All of these may be empty, and so may `environment`, `region` and `tags`.
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
    #: Whether the provider continues support for money after the standard one ends; None if it does not say.
    has_extended_support: bool | None = None
    #: False for an image that is not well known. It may be the organisation's own, which has no end of life.
    is_known: bool = True
    #: Whether it is only a part of the subject of a bill of materials: a library, which does not run by itself.
    is_library: bool = False


@dataclass(frozen=True, slots=True)
class Sightings:
    """Everything that one source showed, in the order read, and the problems with it.

    `subject` is the name (or an image without its tag) that the source says everything is about; usually "".
    """

    found: tuple[Sighting, ...] = ()
    problems: tuple[Problem, ...] = ()
    subject: str = ""
