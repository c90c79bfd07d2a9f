"""Files: what a repository may hold that its reader must not follow, wait for, or keep."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

from tests.strangers.cases import case, expect
from tests.strangers.world import CATALOG, OWNER, House, copied, run_baton

_SECRET = "xoxb-4242424242-outside-of-the-repository"
_BACKSTAGE = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {name}
  description: {description}
spec:
  type: service
  owner: {owner}
"""


class Import:
    """A folder to be imported, and beside it what lies outside."""

    def __init__(self, house: House) -> None:
        self._house, base = house, house.new_folder()
        self.inside, self.outside = base / "inside", base / "outside"
        self.inside.mkdir()
        self.outside.mkdir()
        self.database = base / "baton.sqlite"
        self.settings = {"BATON_DATABASE_URL": f"sqlite:///{self.database}"}

    def write(self, name: str, text: str) -> None:
        path = self.inside / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    async def run(self, format_name: str, *, repository: str = "acme/web") -> str:
        """Import the folder into an empty database, unless one is there, and return what was said.

        A hung import is a failed case.
        """
        if not self.database.exists():
            copied(await self._house.migrated(), self.database.parent)
        options = ["--repository", repository] if format_name in ("auto", "codeowners", "kubernetes") else []
        command = ("catalog", "import", format_name, str(self.inside), *options)
        status, said = await run_baton(self.inside.parent, *command, seconds=20, **self.settings)
        expect(status is not None, "an import that ends within 20 s", said)
        return said

    def holds(self, words: str) -> bool:
        return any(words.encode() in part.read_bytes() for part in self.database.parent.glob("baton.sqlite*"))

    def names(self, table: str = "assets") -> list[str]:
        with closing(sqlite3.connect(self.database)) as connection:
            return [name for (name,) in connection.execute(f"SELECT name FROM {table}")]


def _expect_outside_unread(imported: Import, said: str) -> None:
    expect(not imported.holds(_SECRET), "nothing of a file outside in the database", "its text")
    expect(_SECRET not in said, "nothing of a file outside in what is printed", said)


@case("A CODEOWNERS that links to a file outside brings nothing of it", is_quick=True)
async def linked_codeowners(house: House) -> None:
    imported = Import(house)
    imported.write("docs/notes.md", "a repository")
    target = imported.outside / "env"
    target.write_text(f"BATON_SLACK_BOT_TOKEN={_SECRET}\n/BATON_SLACK_BOT_TOKEN={_SECRET} @acme/{OWNER}\n")
    (imported.inside / "CODEOWNERS").symlink_to(target)
    _expect_outside_unread(imported, await imported.run("codeowners"))


@case("Nothing below a linked folder that lies outside is read", is_quick=True)
async def linked_folder(house: House) -> None:
    imported = Import(house)
    component = _BACKSTAGE.format(name="within", description="plain", owner=OWNER)
    imported.write("catalog-info.yaml", component)
    (imported.outside / "catalog-info.yaml").write_text(
        _BACKSTAGE.format(name="beyond", description=_SECRET, owner=OWNER)
    )
    (imported.inside / "linked").symlink_to(imported.outside, target_is_directory=True)
    _expect_outside_unread(imported, await imported.run("backstage"))
    expect("within" in imported.names() and "beyond" not in imported.names(), "what is within only", imported.names())


@case("A catalog-info.yaml that links outside brings nothing of it")
async def linked_entity(house: House) -> None:
    imported = Import(house)
    imported.write("a/catalog-info.yaml", _BACKSTAGE.format(name="within", description="plain", owner=OWNER))
    target = imported.outside / "secret.yaml"
    target.write_text(_BACKSTAGE.format(name="beyond", description=_SECRET, owner=OWNER))
    (imported.inside / "catalog-info.yaml").symlink_to(target)
    _expect_outside_unread(imported, await imported.run("backstage"))
    expect("within" in imported.names(), "what is within to be imported", imported.names())


@case("$text with file: and ../.. reads nothing outside")
async def substituted(house: House) -> None:
    imported = Import(house)
    target = imported.outside / "secret.txt"
    target.write_text(_SECRET)
    (imported.inside / "near.txt").symlink_to(target)
    imported.write("plain/catalog-info.yaml", _BACKSTAGE.format(name="within", description="plain", owner=OWNER))
    for number, (key, place) in enumerate(
        (key, place)
        for key in ("$text", "$json", "$yaml")
        for place in (
            target.as_uri(),
            "../../outside/secret.txt",
            str(target),
            "../near.txt",
            "file:../../outside/secret.txt",
        )
    ):
        text = _BACKSTAGE.format(name=f"sly-{number}", description=f"{{{key}: '{place}'}}", owner=OWNER)
        imported.write(f"sly-{number}/catalog-info.yaml", text)
        definition = f"  definition:\n    {key}: '{place}'\n"
        api = text.replace("kind: Component", "kind: API").replace("sly-", "api-") + definition
        imported.write(f"api-{number}/catalog-info.yaml", api)
    _expect_outside_unread(imported, await imported.run("backstage"))
    expect("within" in imported.names(), "what is within to be imported", imported.names())


@case("A FIFO does not hang an import")
async def fifo(house: House) -> None:
    for format_name, name in (("codeowners", "CODEOWNERS"), ("backstage", "catalog-info.yaml"), ("csv", "assets.csv"),
                              ("kubernetes", "OWNERS"), ("auto", "any.yaml")):  # fmt: skip
        imported = Import(house)
        imported.write("README.md", "a repository")
        os.mkfifo(imported.inside / name)
        await imported.run(format_name)


@case("A FIFO that is named, or linked to, does not hang an import", is_quick=True)
async def named_fifo(house: House) -> None:
    imported = Import(house)
    os.mkfifo(imported.outside / "pipe")
    (imported.inside / "catalog-info.yaml").symlink_to(imported.outside / "pipe")
    await imported.run("backstage")
    command = ("catalog", "import", "csv", str(imported.outside / "pipe"))
    status, said = await run_baton(imported.inside, *command, seconds=20, **imported.settings)
    expect(status is not None, "an import that ends within 20 s", said)


@case("Names that look like secrets do not enter, and the others do", is_quick=True)
async def secret_names(house: House) -> None:
    imported = Import(house)
    secrets = (
        "xoxb-123456789012-abcdefghijkl", "xapp-1-A0123456789-1234567890-abcdef",
        "ghp_0123456789abcdefghijABCDEFGHIJ012345",
        "AKIAIOSFODNN7EXAMPLE", "glpat-0123456789abcdefghij",
    )  # fmt: skip
    lines = [f"  - {{name: '{secret}', owner: {OWNER}}}" for secret in secrets]
    lines += [
        f"  - {{name: alias-{number}, owner: {OWNER}, aliases: ['{each}']}}" for number, each in enumerate(secrets)
    ]
    imported.write("catalog.yaml", CATALOG + "\n".join(lines) + "\n")
    await imported.run("baton")
    expect("checkout" in imported.names(), "the other names to enter", imported.names())
    found = [secret for secret in secrets if imported.holds(secret)]
    expect(not found, "no name that looks like a secret in the database", found)


_BACKSTAGE_PEOPLE = f"""\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {{name: checkout}}
spec: {{type: service, owner: {OWNER}}}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {{name: {OWNER}}}
spec: {{type: team, members: [ada]}}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {{name: ada}}
spec: {{profile: {{email: ada@example.test}}, memberOf: [{OWNER}]}}
"""


@case("A file that nobody trusts for people makes nobody a member", is_quick=True)
async def no_members(house: House) -> None:
    imported = Import(house)
    for name, text in (
        ("CODEOWNERS", f"* @acme/{OWNER} @ada\n/api @ada grace@example.test\n"),
        ("OWNERS", "approvers: [ada, grace]\nreviewers: [lin]\n"),
        ("OWNERS_ALIASES", f"aliases:\n  {OWNER}: [ada, grace]\n"),
        ("api/OWNERS", f"approvers: [{OWNER}]\n"),
        ("catalog.yaml", CATALOG),
        ("catalog-info.yaml", _BACKSTAGE_PEOPLE),
        ("people.csv", f"name,email,team\nAda,ada@example.test,{OWNER}\n"),
    ):
        imported.write(name, text)
    said = await imported.run("auto")
    sources = set(imported.names("sources"))
    expect(sources >= {"codeowners", "kubernetes", "baton", "backstage", "csv"}, "a source of each format", said)
    with closing(sqlite3.connect(imported.database)) as connection:
        members = connection.execute("SELECT * FROM memberships").fetchall()
    expect(not members, "no member by any of them", members)


@case("Of a team that a trusted source describes, another source changes nobody, and who joins or leaves is named")
async def described(house: House) -> None:
    imported = Import(house)
    settings, folder = imported.settings, imported.inside.parent
    copied(await house.migrated(), folder)

    async def run(source: str, people: str, *options: str) -> str:
        team, asset = f"{{name: {OWNER}, members: [{people}]}}", f"{{name: {source}, owner: {OWNER}}}"
        (folder / f"{source}.yaml").write_text(f"baton: 1\nteams: [{team}]\nassets: [{asset}]\n")
        command = ("catalog", "import", "baton", f"{source}.yaml", "--source", source, *options)
        status, said = await run_baton(folder, *command, **settings)
        expect(status == 0, "an import", said)
        return " ".join(said.split())

    def members() -> set[str]:
        with closing(sqlite3.connect(imported.database)) as connection:
            people = "SELECT email FROM people JOIN memberships ON people.id = person_id"
            return {email for (email,) in connection.execute(people)}

    said = await run("trusted", "ada@example.test, lin@example.test", "--trust-people")
    expect(all(f"{each}@example.test" in said for each in ("ada", "lin")), "the report to name who joins", said)
    before = members()
    expect(before == {"ada@example.test", "lin@example.test"}, "both as members", before)
    said = await run("stray", "mallory@example.test", "--no-trust-people")
    expect(members() == before, "the same members after a source that is not trusted", members())
    expect("were ignored" in said, "the report to say so", said)
    said = await run("zweit", "mallory@example.test", "--trust-people")  # of one format the first by name is believed
    expect(members() == before, "the same members after a less believed source that is trusted, too", members())
    expect("not taken from here" in said, "the report to say so", said)
    said = await run("trusted", "ada@example.test", "--trust-people")
    expect("lin@example.test" in said and "leave" in said, "the report to name who leaves", said)
    expect(members() == {"ada@example.test"}, "one member", members())


@case("Only its owner may read the SQLite file", is_quick=True)
async def mode(house: House) -> None:
    imported = Import(house)
    imported.write("catalog.yaml", CATALOG)
    before = os.umask(0o022)
    try:
        status, said = await run_baton(imported.database.parent, "db", "upgrade", **imported.settings)
        expect(status == 0, "the schema to be made", said)
        await imported.run("baton")
    finally:
        os.umask(before)
    for part in _parts(imported.database):
        came = stat.S_IMODE(part.stat().st_mode)
        expect(came == 0o600, f"mode 0600 of {part.name}", oct(came))
    async with house.baton() as baton:
        for part in _parts(baton.database):
            if part != baton.database:  # the copy that the case itself made keeps the mode of what was copied
                expect(
                    stat.S_IMODE(part.stat().st_mode) == 0o600, f"mode 0600 of {part.name}", oct(part.stat().st_mode)
                )


def _parts(database: Path) -> list[Path]:
    return sorted(database.parent.glob(f"{database.name}*"))


@case("A scan reads no Dockerfile and no bill of materials outside the folder that was named, and no pipe")
async def scanned_outside(house: House) -> None:
    imported = Import(house)
    copied(await house.template(), imported.database.parent)
    (imported.outside / "Dockerfile").write_text("FROM postgres:11\n")
    (imported.outside / "bom.json").write_text('{"bomFormat": "CycloneDX", "components": []}')
    for command, name in (("scan-dockerfile", "Dockerfile"), ("scan-sbom", "bom.json")):
        (imported.inside / name).symlink_to(imported.outside / name)
        pipe = imported.inside / f"{name}.pipe"
        os.mkfifo(pipe)
        for path in (imported.inside / name, pipe, Path("/dev/zero")):
            arguments = ("inventory", command, str(path), "--asset", "checkout")
            status, said = await run_baton(imported.inside, *arguments, seconds=20, **imported.settings)
            lines = [line for line in said.splitlines() if line.strip()]
            expect(status == 1 and len(lines) == 1, f"one sentence on {path.name}", f"{status}: {said[-300:]}")
    expect(not imported.holds("postgres:11"), "nothing of a file outside in the database", "its text")


@case("A file whose name is not UTF-8 costs itself only", is_quick=True)
async def odd_name(house: House) -> None:
    imported = Import(house)
    imported.write("good.csv", f"name,owner\ncheckout,{OWNER}\n")
    for name in (b"\xff.csv", b"\xff\xfe/other.csv"):
        imported.write(os.fsdecode(name), f"name,owner\ninvoices,{OWNER}\n")
    said = await imported.run("csv")
    expect("Traceback" not in said, "no traceback", said[-600:])
    expect("checkout" in imported.names(), "the file with a good name", imported.names())
    expect("UTF-8" in said, "a word on the others", said)
