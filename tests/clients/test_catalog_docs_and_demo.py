"""The template in the documentation, and the demo organisation: read by the real parsers, without a single problem."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import bot
from bot.clients.catalog import FORMATS, read
from bot.clients.catalog.baton import _ASSET_KEYS, _PERSON_KEYS, _TEAM_KEYS
from bot.domain.catalog import Area, AssetClaim, AssetKind, Hosting, OwnerType, Role, Runs, SourceCatalog

DOCS = Path(__file__).resolve().parents[2] / "docs" / "catalog-formats.md"
DEMO = Path(bot.__file__).parent / "data" / "demo"
FOLDERS = {
    "baton": "baton",
    "backstage": "backstage",
    "opslevel": "opslevel",
    "datadog": "datadog",
    "codeowners": "repos",
    "gitlab-codeowners": "gitlab",
    "csv": "csv",
    "terraform": "terraform",
}


@pytest.fixture(scope="module")
def docs() -> str:
    return DOCS.read_text(encoding="utf-8")


def test_the_template_in_the_documentation_is_read_as_it_says(docs: str, tmp_path: Path) -> None:
    (template,) = re.findall(r"```yaml\n(.*?)```", docs, re.DOTALL)
    (tmp_path / "catalog.yaml").write_text(template, encoding="utf-8")
    catalog = read("baton", [tmp_path])
    assert catalog.problems == []
    assert [team.name for team in catalog.teams] == ["payments", "devops"]
    assert [(person.email, person.is_active) for person in catalog.people] == [
        ("amara@example.com", True),
        ("sam@example.com", False),
    ]
    api, database, library, newsletter = catalog.assets
    assert [(each.version, each.until) for each in library.versions] == [("2", date(2027, 3, 31)), ("3", None)]
    assert [(claim.owner.name, claim.role) for claim in api.owners] == [
        ("payments", Role.OWNER),
        ("devops", Role.SECONDARY),
    ]
    assert [(claim.owner.name, claim.area) for claim in database.owners] == [
        ("payments", Area.APPLICATION),
        ("devops", Area.DATABASE),
        ("payments", Area.DATABASE),
    ]
    assert database.runs == (
        Runs("postgresql", "11.22", "aws-rds", "production"),
        Runs("pgbouncer", "1.21", "", "production"),
    )
    assert newsletter.unowned_reason.startswith("switched off")


def test_the_documentation_knows_every_format_key_and_word(docs: str) -> None:
    assert [name for name in FORMATS if f"[`{name}`](#{name})" not in docs] == []
    for words in (AssetKind, Hosting, Area):
        assert [word.value for word in words if f"`{word.value}`" not in docs] == []
    keys = {*_TEAM_KEYS, *_PERSON_KEYS, *_ASSET_KEYS}
    assert [key for key in keys if f"{key}:" not in docs and f"`{key}`" not in docs] == []


@pytest.fixture(scope="module")
def demo() -> dict[str, SourceCatalog]:
    return {name: read(name, [DEMO / folder]) for name, folder in FOLDERS.items()}


def assets(demo: dict[str, SourceCatalog]) -> dict[str, list[tuple[str, AssetClaim]]]:
    found: dict[str, list[tuple[str, AssetClaim]]] = {}
    for source, catalog in demo.items():
        for asset in catalog.assets:
            found.setdefault(f"{asset.kind}:{asset.name}", []).append((source, asset))
    return found


def test_the_demo_has_no_problems_and_is_of_a_believable_size(demo: dict[str, SourceCatalog]) -> None:
    assert [str(problem) for catalog in demo.values() for problem in catalog.problems] == []
    assert all(catalog.assets for catalog in demo.values())
    assert set(FOLDERS.values()) == {path.name for path in DEMO.iterdir() if path.is_dir()}
    assert len(demo["baton"].teams) == 12
    assert len(demo["baton"].people) == 60
    assert 140 <= len(assets(demo)) <= 200
    zones = Counter(person.timezone for person in demo["baton"].people)
    assert len(zones) >= 10
    assert all(ZoneInfo(zone) for zone in zones)
    assert all(team.channel == f"#team-{team.name}" for team in demo["baton"].teams)
    assert all(person.email.endswith("@fernhill.example") for person in demo["baton"].people)


def test_everyone_and_everything_that_the_demo_names_is_there(demo: dict[str, SourceCatalog]) -> None:
    teams = {team.name for team in demo["baton"].teams}
    people = {person.email for person in demo["baton"].people}
    for team in demo["baton"].teams:
        assert {team.lead, *(team.members or ())} <= people
    for source, catalog in demo.items():
        owners = {claim.owner for asset in catalog.assets for claim in asset.owners}
        assert {owner.name for owner in owners if owner.type is not OwnerType.PERSON} <= teams, source
        assert {owner.name for owner in owners if owner.type is OwnerType.PERSON} <= people, source
    everything = {
        name for catalog in demo.values() for asset in catalog.assets for name in (asset.name, asset.external_id)
    }
    assert {asset.parent for catalog in demo.values() for asset in catalog.assets if asset.parent} <= everything


def test_the_demo_shows_what_it_is_for(demo: dict[str, SourceCatalog]) -> None:
    found = assets(demo)
    payments = dict(found["database:payments-db"])
    assert [(c.owner.name, c.area, c.role) for c in payments["baton"].owners] == [
        ("payments", Area.APPLICATION, Role.OWNER),
        ("devops", Area.DATABASE, Role.OWNER),
        ("payments", Area.DATABASE, Role.SECONDARY),
    ]
    assert payments["terraform"].owners == ()
    assert payments["terraform"].runs == (Runs("postgres", "11.22", "aws-rds", "production"),)
    disputed = {source: asset.owners[0].owner.name for source, asset in found["database:inventory-db"]}
    assert disputed == {"backstage": "inventory", "terraform": "logistics"}
    ((_, only_one),) = found["service:fraud-rules"]
    assert [claim.owner.type for claim in only_one.owners] == [OwnerType.PERSON]
    ((_, nobody),) = found["service:label-printer-bridge"]
    assert (nobody.owners, nobody.unowned_reason) == ((), "")
    ((_, on_purpose),) = found["service:old-newsletter"]
    assert on_purpose.unowned_reason
    ((_, heir),) = found["dashboard:refund-times"]
    assert (heir.owners, heir.parent) == ((), "payments")
    leavers = {person.email for person in demo["baton"].people if not person.is_active}
    ((_, orphan),) = found["pipeline:churn-report"]
    assert {claim.owner.name for claim in orphan.owners} <= leavers


def test_the_demos_state_keeps_its_secrets(demo: dict[str, SourceCatalog]) -> None:
    state = (DEMO / "terraform" / "production.json").read_text(encoding="utf-8")
    secrets = set(re.findall(r'"((?:an|another)-invented-[a-z]+)"', state))
    assert len(secrets) >= 3
    assert [secret for secret in secrets if secret in repr(demo["terraform"])] == []
