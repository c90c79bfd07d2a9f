"""A small table of products, with the dates that the tests need."""

from __future__ import annotations

from datetime import date

from bot.domain.lifecycle import Cycle, Product, Table, Undated


def product(key: str, *cycles: str, aliases: tuple[str, ...] = (), identifiers: tuple[str, ...] = ()) -> Product:
    """Return a product; a cycle is its name, and perhaps its latest version and a codename: `12 12.8 Bookworm`."""
    made = []
    for place, written in enumerate(cycles):
        name, latest, codename = (*written.split(), "", "")[:3]
        # One day later each, so that no two cycles have the same clocks.
        made.append(Cycle(name=name, latest=latest, codename=codename, eol=date(2030 - place, 1, 1 + place % 28)))
    return Product(key=key, aliases=aliases, identifiers=identifiers, cycles=tuple(made))


TABLE = Table(
    [
        product(
            "postgresql",
            *("17 17.6", "16 16.10", "11 11.22", "10 10.23", "9.6 9.6.24", "9.5 9.5.25"),
            aliases=("postgres",),
            identifiers=("pkg:docker/library/postgres", "cpe:/a:postgresql:postgresql"),
        ),
        product("amazon-rds-postgresql", "17 17.6", "11 11.22", "9.6 9.6.22"),
        product("amazon-aurora-postgresql", "16 16.9", "11 11.21"),
        product("ubuntu", "24.04 24.04.3 Noble", "20.04 20.04.6 Focal"),
        product("debian", "12 12.12 Bookworm", "11 11.11 Bullseye", "10 10.13 Buster"),
        product("kubernetes", "1.30 1.30.14", "1.29 1.29.15", "1.28 1.28.15", aliases=("k8s",)),
        product("amazon-eks", "1.30", "1.29", "1.28"),
        product("openssl", "3.0 3.0.17", "1.1.1 1.1.1w", "1.1.0 1.1.0l"),
        product("redis", "8.2 8.2.1", "8.1 8.1.3", "8.0 8.0.3", "7.4 7.4.5"),
        product("jenkins", "2.541 2.541", "2.528.1 2.528.3"),
        product("eclipse-temurin", "21 21.0.8+9", "17 17.0.16+8", "8 8u462-b08"),
        product("alpine-linux", "3.22 3.22.1", "3.21 3.21.4", aliases=("alpine",)),
        Product(key="unfinished", cycles=(Cycle(name="1", eol=Undated.OPEN),)),
    ]
)
