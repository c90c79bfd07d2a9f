"""Columns as people's own inventories have them: what runs, at which version, and who runs it for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.clients.catalog import read
from bot.clients.eol import starter
from bot.domain.catalog import Runs, SourceCatalog
from bot.domain.eol import InCycle, match

Parse = Callable[[str], SourceCatalog]


@pytest.fixture
def parse(tmp_path: Path) -> Parse:
    def parse(text: str) -> SourceCatalog:
        file = tmp_path / "inventory.csv"
        file.write_text(text, encoding="utf-8")
        return read("csv", [file])

    return parse


def runs(catalog: SourceCatalog) -> dict[str, list[Runs]]:
    return {asset.name: list(asset.runs) for asset in catalog.assets}


POSTGRES = Runs("PostgreSQL", "11.22")
ON_RDS = Runs("PostgreSQL", "11.22", "AWS RDS")


@pytest.mark.parametrize(
    "text",
    [
        "Name;Team;DB Engine;DB Version;Cloud\nledger;blue;PostgreSQL;11.22;AWS RDS\n",
        "Name\tTeam\tDB Engine\tDB Version\tCloud\nledger\tblue\tPostgreSQL\t11.22\tAWS RDS\n",
        "Application,Team,Database Type,Database Version,Cloud Provider\nledger,blue,PostgreSQL,11.22,AWS RDS\n",
        "Service|Owner|DBMS|DBMS Version|Hosted on\nledger|blue|PostgreSQL|11.22|AWS RDS\n",
        "DB Identifier,Engine,Engine Version,Region,Hosting\nledger,PostgreSQL,11.22,eu-west-1,AWS RDS\n",
        "Server,Database,Version,Provider,Owner\nledger,PostgreSQL,11.22,AWS RDS,blue\n",
        "Name,Type,Version,Provider\nledger,PostgreSQL,11.22,AWS RDS\n",
        "Application;Technology;Version;Cloud platform;Squad\nledger;PostgreSQL;11.22;AWS RDS;blue\n",
        # In other languages
        "Nom;Équipe;Moteur BDD;Version BDD;Hébergeur\nledger;blue;PostgreSQL;11.22;AWS RDS\n",
        "Application;Base de données;Version;Fournisseur;Responsable\nledger;PostgreSQL;11.22;AWS RDS;blue\n",
        "Nombre;Equipo;Motor de base de datos;Versión del motor;Proveedor\nledger;blue;PostgreSQL;11.22;AWS RDS\n",
        "Nome;Squadra;Tipo database;Versione database;Fornitore\nledger;blue;PostgreSQL;11.22;AWS RDS\n",
        "Nome;Responsável;Banco de dados;Versão;Provedor\nledger;blue;PostgreSQL;11.22;AWS RDS\n",
        "Anwendung;Team;Datenbank;Version;Anbieter\nledger;blue;PostgreSQL;11.22;AWS RDS\n",
        "Naam;Eigenaar;Databank;Versie;Leverancier\nledger;blue;PostgreSQL;11.22;AWS RDS\n",
        "Nazwa;Właściciel;Silnik bazy danych;Wersja bazy danych;Dostawca\nledger;blue;PostgreSQL;11.22;AWS RDS\n",
    ],
)
def test_a_product_its_version_and_its_provider_under_the_names_that_people_use(parse: Parse, text: str) -> None:
    catalog = parse(text)
    assert runs(catalog) == {"ledger": [ON_RDS]}
    assert not [one for one in catalog.problems if one.is_error]


@pytest.mark.parametrize(
    "text",
    [
        "App,Team\nledger,blue\n",
        "Function name,Owner\nledger,blue\n",
        "Anwendung;Verantwortlich\nledger;blue\n",
        "Application;Équipe\nledger;blue\n",
        "Servicio;Responsable\nledger;blue\n",
        "Usługa;Właściciel\nledger;blue\n",
        "Application,Business Owner,IT Owner\nledger,Jane Doe,blue\n",
        "Service,Service Owner\nledger,blue\n",
        "Name,Tag: Owner\nledger,blue\n",
    ],
)
def test_owners_under_the_names_that_people_use(parse: Parse, text: str) -> None:
    [ledger] = parse(text).assets
    assert (ledger.name, [claim.owner.name for claim in ledger.owners]) == ("ledger", ["blue"])


def test_a_team_beside_whoever_is_responsible_owns_as_well(parse: Parse) -> None:
    [ledger] = parse("Application;Responsable;Équipe\nledger;Jane Doe;blue\n").assets
    assert {claim.owner.name for claim in ledger.owners} == {"Jane Doe", "blue"}


def test_a_line_may_run_several_things_each_beside_its_version(parse: Parse) -> None:
    text = (
        "Application;Language;Runtime Version;Framework;Framework Version;Database;DB version\n"
        "shop;Python;3.8;Django;3.2;PostgreSQL;11.22\n"
        "till;TypeScript;;;;till_db;\n"
    )
    assert runs(parse(text)) == {"shop": [POSTGRES, Runs("Python", "3.8"), Runs("Django", "3.2")], "till": []}


def test_a_version_alone_belongs_to_the_column_before_it(parse: Parse) -> None:
    text = "Hostname,OS,Version,Database,Version,Owner\ndb1,Ubuntu,20.04,PostgreSQL,11.22,blue\n"
    assert runs(parse(text)) == {"db1": [POSTGRES, Runs("Ubuntu", "20.04")]}


def test_a_thing_on_several_lines_runs_what_all_of_them_say(parse: Parse) -> None:
    text = "Server;Software;Version;Team\ndb1;PostgreSQL;11.22;blue\ndb1;Redis;5.0;blue\n"
    assert runs(parse(text)) == {"db1": [POSTGRES, Runs("Redis", "5.0")]}


def test_a_table_of_software_runs_what_its_lines_are_called(parse: Parse) -> None:
    text = "Software,Version,Owner\nPostgreSQL,11.22,blue\nledger,3.1,red\n"
    assert runs(parse(text)) == {"PostgreSQL": [POSTGRES], "ledger": []}


@pytest.mark.parametrize(
    ("cloud", "provider"),
    [("AWS", ""), ("Amazon Web Services", ""), ("AWS RDS", "AWS RDS"), ("On-Prem", "On-Prem"), ("Yes", "")],
)
def test_on_a_machine_of_a_vendor_the_database_is_ones_own(parse: Parse, cloud: str, provider: str) -> None:
    text = f"Hostname,OS,OS Version,DB Type,DB Version,Cloud\ndb1,Ubuntu,20.04,PostgreSQL,11.22,{cloud}\n"
    assert runs(parse(text))["db1"][0] == Runs("PostgreSQL", "11.22", provider)


@pytest.mark.parametrize(("cloud", "provider"), [("AWS", ""), ("AWS Lambda", "AWS Lambda")])
def test_what_a_vendor_rents_a_machine_for_has_the_dates_of_its_makers(parse: Parse, cloud: str, provider: str) -> None:
    text = f"Application,Runtime,Runtime Version,Cloud\nshop,Node.js,14,{cloud}\n"
    assert runs(parse(text)) == {"shop": [Runs("Node.js", "14", provider)]}


def test_an_engine_that_nobody_knows_is_kept_and_said(parse: Parse) -> None:
    catalog = parse("Name;DB Engine;DB Version\nledger;House Store;\ntill;House Store;7\n")
    assert runs(catalog) == {"ledger": [Runs("House Store", "")], "till": [Runs("House Store", "7")]}
    assert [one.message for one in catalog.problems] == [
        "'House Store' has no version: it counts as an unknown one; write House Store@VERSION."
    ]


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("Hosting", "VM"),
        ("Hosting", "virtual machine"),
        ("Hosting", "on-premises"),
        ("Hosting", "Bare metal"),
        ("Hosting", "EC2 instance"),
        ("Platform", "VM"),
        ("Platform", "EC2"),
        ("Platform", "EC2 instance"),
        ("Platform", "VMware (on-prem)"),
        ("Platform", "Linux"),
        ("Type", "EC2 instance"),
    ],
)
def test_a_machine_of_ones_own_lends_nobodys_dates(parse: Parse, header: str, cell: str) -> None:
    text = f"Service,Owner,{header},Database,Database Version,Cloud\nledger,blue,{cell},PostgreSQL,11.22,AWS\n"
    catalog = parse(text)
    assert runs(catalog) == {"ledger": [POSTGRES]}
    assert not catalog.problems


@pytest.mark.parametrize("cell", ["", "managed", "AWS Lambda", "Azure App Service", "ECS on AWS"])
def test_what_says_no_machine_leaves_the_vendors_dates(parse: Parse, cell: str) -> None:
    text = f"Service,Owner,Platform,Database,Database Version,Cloud\nledger,blue,{cell},PostgreSQL,11.22,AWS\n"
    assert Runs("PostgreSQL", "11.22", "AWS") in runs(parse(text))["ledger"]


@pytest.mark.parametrize("cell", ["rack 7 in Graz", "moved from EC2", "RDS or EC2", "RDS / EC2", "VM (planned)"])
def test_where_nobody_can_read_what_it_runs_on_the_dates_are_asked_for(parse: Parse, cell: str) -> None:
    text = f"Service,Owner,Platform,Database,Database Version,Cloud\nledger,blue,{cell},PostgreSQL,11.22,AWS\n"
    catalog = parse(text)
    assert Runs("PostgreSQL", "11.22", f"AWS ({cell})") in runs(catalog)["ledger"]
    assert any(
        f"has '{cell}' beside 'AWS', so whose dates count is not known" in one.message for one in catalog.problems
    )


def test_a_service_that_is_named_counts_whatever_its_machine(parse: Parse) -> None:
    text = "Service,Owner,Hosting,Database,Database Version,Cloud\nledger,blue,VM,PostgreSQL,11.22,AWS RDS\n"
    assert runs(parse(text)) == {"ledger": [ON_RDS]}


@pytest.mark.parametrize(
    ("kind", "product"),
    [
        ("Azure Database for PostgreSQL flexible server", "azure-database-for-postgresql"),
        ("Amazon RDS for PostgreSQL", "amazon-rds-postgresql"),
    ],
)
def test_what_is_sold_is_read_from_the_type(parse: Parse, kind: str, product: str) -> None:
    [one] = runs(parse(f"name,type,version\nledger,{kind},11\n"))["ledger"]
    found = match(starter.load(), product=one.product, version=one.version, provider=one.provider)
    assert isinstance(found, InCycle)
    assert (found.product.key, found.cycle.name) == (product, "11")


@pytest.mark.parametrize("kind", ["database", "cache", "Azure Purview account"])
def test_a_version_without_an_engine_is_never_lost(parse: Parse, kind: str) -> None:
    catalog = parse(f"name,type,version\nledger,{kind},11\n")
    assert runs(catalog) == {"ledger": [Runs(kind, "11")]}
    assert [one.message for one in catalog.problems] == [
        f"has version '11' of '{kind}': it counts as an unknown one; add a column engine."
    ]


@pytest.mark.parametrize(
    "line", ["ledger,service,3.1", "ledger,library,3.1", "ledger,database,n/a", "ledger,database,"]
)
def test_the_version_of_ones_own_thing_is_that_of_no_engine(parse: Parse, line: str) -> None:
    assert runs(parse(f"name,type,version\n{line}\n")) == {"ledger": []}


@pytest.mark.parametrize("header", ["Platform", "Hosting", "Cloud service"])
def test_a_language_on_a_platform_of_functions_is_theirs(parse: Parse, header: str) -> None:
    text = f"Service,Owner,{header},Runtime\nledger,blue,AWS Lambda,python3.8\n"
    catalog = parse(text)
    assert runs(catalog) == {"ledger": [Runs("python", "3.8", "AWS Lambda")]}
    assert not catalog.problems


def test_a_tag_names_the_owner_where_no_column_does(parse: Parse) -> None:
    catalog = parse("name,type,tags\nledger,database,Owner: blue; env: prod\ntill,database,env: prod\n")
    assert [[each.owner.name for each in asset.owners] for asset in catalog.assets] == [["blue"], []]
    catalog = parse("name,owner,tags\nledger,red,team=blue\n")
    assert [each.owner.name for each in catalog.assets[0].owners] == ["red"]


@pytest.mark.parametrize(
    ("text", "product", "version"),
    [
        ("Serveur;Système d'exploitation;Version OS\nmole-1;Debian;10\n", "Debian", "10"),
        ("Servidor;Sistema operativo;Versión SO\nmole-1;Debian;10\n", "Debian", "10"),
        ("Servidor;Sistema operacional;Versão do SO\nmole-1;Debian;10\n", "Debian", "10"),
        ("Hostname;Sistema operativo;Versione sistema operativo\nmole-1;Debian;10\n", "Debian", "10"),
        ("Server;Besturingssysteem;Versie\nmole-1;Debian;10\n", "Debian", "10"),
        ("Application;Langage;Version du langage\nmole-1;PHP;7.4\n", "PHP", "7.4"),
        ("Anwendung;Programmiersprache;Sprachversion\nmole-1;PHP;7.4\n", "PHP", "7.4"),
    ],
)
def test_systems_and_languages_in_other_languages(parse: Parse, text: str, product: str, version: str) -> None:
    assert runs(parse(text)) == {"mole-1": [Runs(product, version)]}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Nom;Type;Équipe;Environnement\nmole;Base de données;blue;production\n", "database"),
        ("Nombre;Tipo;Equipo;Entorno\nmole;Base de datos;blue;production\n", "database"),
        ("Nome;Tipo;Equipe;Ambiente\nmole;Fila;blue;production\n", "queue"),
        ("Name;Typ;Team;Umgebung\nmole;Warteschlange;blue;production\n", "queue"),
        ("Nom;Type;Équipe;Environnement\nmole;Tableau de bord;blue;production\n", "dashboard"),
        ("Naam;Soort;Team;Omgeving\nmole;Website;blue;production\n", "website"),
        ("Nome;Tipo;Squadra;Ambiente\nmole;Libreria;blue;production\n", "library"),
    ],
)
def test_kinds_in_other_languages(parse: Parse, text: str, kind: str) -> None:
    catalog = parse(text)
    assert [asset.kind for asset in catalog.assets] == [kind]
    assert not catalog.problems
