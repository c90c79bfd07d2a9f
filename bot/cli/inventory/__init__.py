"""`baton inventory …`: what runs where, from the catalog and from scans."""

from __future__ import annotations

import typer

from bot.cli._later import later

_LATER = {
    "list": "bot.cli.inventory.listing:list_running",
    "scan-image": "bot.cli.inventory.scans:scan_image",
    "scan-sbom": "bot.cli.inventory.scans:scan_sbom",
    "scan-dockerfile": "bot.cli.inventory.scans:scan_dockerfile",
    "scan-rds": "bot.cli.inventory.rds:scan_rds",
}

app = typer.Typer(cls=later(_LATER), no_args_is_help=True, help="What runs where: list it, and scan for more.")


@app.callback()
def _inventory() -> None:
    """What runs where: list it, and scan for more."""
