"""What looks like a credential, and what only looks odd."""

from __future__ import annotations

import pytest

from bot.domain.catalog import Origin, Problem
from bot.domain.secrets import _RULES, REDACTED, is_secret_file, looks_secret, redacted

# Put together here, so that no scanner takes these for leaks.
SECRETS = [
    "ruby" + "gems_" + "0a1b2c" * 8,
    "sntr" + "ys_eyJ" + "pYXQiOjE2ODcyMTA5MTQuMDcs=_AbCdEf0123456789",
    "sntr" + "yu_" + "0a1b" * 16,
    "AT" + "BB" + "abcDEF1234567890abcdefABCD1234",
    "glag" + "ent-" + "aBcDeFgHiJkLmNoPqRsT1234567890aBcDeFgHiJkLmNoPqRsT",
    "HR" + "KU-AA" + "1234567890abcdef-1234567890abcdefghijklmnopqrstuvwxyzABCDEF",
    "sb" + "p_" + "0a1b2c3d" * 5,
    "nt" + "n_" + "12345678901abcDEF1234567890abcDEF1234567890ab",
    "sec" + "ret_" + "abcDEF1234567890abcDEF1234567890abcDEF12345",
    "gs" + "k_" + "abcDEF1234567890" * 3 + "abcd",
    "gl" + "c_eyJ" + "vIjoiMTIzIiwibiI6ImEiLCJrIjoiYWJjREVGMTIzNDU2Nzg5MCJ9",
    "psca" + "le_tkn_" + "abcDEF1234567890abcDEF1234567890abc",
    "abcDEF12345678.atl" + "asv1." + "abcDEF1234567890" * 4,
    "Wxy8" + "Q~" + "aBcDeFgHiJkLmNoPqRsTuVwXyZ01234567",
    "0a1b2c3d4e5f" * 3 + "NR" + "AL",
    "AK" + "Cp8" + "abcDEF1234567890" * 4,
    "pa" + "tAbCdEfGhIjKlMn." + "0a1b2c3d" * 8,
    "xox" + "b-1234567890-abcdefghij",
    "xap" + "p-1-A0123456789-abcdef",
    "xw" + "fp-" + "aBcDeFgHiJkLmNoP1234567890",
    "pu" + "l-" + "0a1b2c3d" * 5,
    "do" + "o_v1_" + "0a1b" * 16,
    "do" + "r_v1_" + "0a1b" * 16,
    "dckr" + "_oat_" + "a1B2" * 8,
    "gh" + "p_" + "a1B2" * 9,
    "github" + "_pat_" + "a1B2" * 9,
    "gl" + "pat-" + "a1B2c3D4e5F6g7H8i9J0",
    "AK" + "IA" + "ABCDEFGHIJKLMNOP",
    "-----BEGIN RSA PRIVATE" + " KEY-----",
    "eyJ" + "hbGciOiJI." + "eyJ" + "zdWIiOiIx." + "c2lnbmF0dXJl",
    "https://hooks.slack.com/" + "services/T000/B000/XXXX",
    "postgres://payments:hunter2@db.example.test/payments",
    "https://" + "a1B2" * 8 + "@git.example.test/acme/shop.git",
    "BATON_SLACK_BOT_TOKEN=whatever",
    "DB_PASSWORD = hunter2",
    "db_password=Sommer2024!",
    "password: Sommer2024",
    "pw: S3cr3t!x9Qz",
    "ADMIN_PIN=4711",
    "DB_PASS=hunter2",
    "pass: hunter2",
    "pw: hunter22",
    "Passwort: geheim1",
    "api-token: 9F86D081884C",
    "gl" + "pat-" + "aB-cDeFgHiJkL_mNoPqR",
    "rk" + "_live_" + "a1B2" * 6,
    "sk" + "_test_" + "a1B2" * 6,
    "wh" + "sec_" + "a1B2" * 8,
    "sk" + "-" + "a1B2" * 12,
    "ya" + "29." + "a1B2" * 8,
    "hf" + "_" + "a1B2" * 9,
    "shp" + "at_" + "0a1b" * 8,
    "dckr" + "_pat_" + "a1B2" * 7,
    "hv" + "s." + "a1B2" * 7,
    "lin" + "_api_" + "a1B2" * 10,
    "AGE-SECRET" + "-KEY-1" + "QPZR" * 14,
    "DefaultEndpointsProtocol=https;Account" + "Key=" + "a1B2" * 12,
    "https://acme.blob.core.windows.net/x?sv=2024&" + "sig=" + "a1B2" * 8,
    "https://discord" + ".com/api/webhooks/1234567890/" + "a1B2" * 8,
    *("gh" + letter + "_" + "a1B2" * 9 for letter in "ousr"),
    *("gl" + kind + "-" + "a1B2c3D4e5F6g7H8i9J0" for kind in ("dt", "rt", "ptt", "ft", "soat", "cbt")),
    "AS" + "IA" + "ABCDEFGHIJKLMNOP",
    "sk" + "_live_" + "a1B2" * 6,
    "sk" + "-ant-" + "a1B2" * 6,
    "AI" + "za" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R",
    *("hv" + letter + "." + "a1B2" * 7 for letter in "br"),
    "np" + "m_" + "a1B2" * 9,
    "py" + "pi-AgE" + "a1B2" * 9,
    "dop" + "_v1_" + "0a1b" * 16,
    "S" + "G." + "a1B2" * 5 + "." + "a1B2" * 10,
    *(
        f"{word}{said}hunter2"
        for word in ("password", "passwd", "passphrase", "passcode", "pwd")
        for said in (" is ", ":")
    ),
    "Password is: 'Sommer2024!'",
    "q7Rz/Kx2Lm9Vt+4B" + "nHw8YpD6sHj1GcXqE3uTa5Zo",
    "x9Kf3LmQ82vTzB7n" + "Rw4YpD6sHj1GcXqE",
    "https://" + "a1B2" * 8 + "@dev.azure.com/acme/_git/shop",
    "ｘｏｘｂ" + "-1234567890-abcdefghij",
    "https://hooks.slack.com/" + "workflows/T000/A000/123456/XXXX",
    "https://hooks.slack.com/" + "triggers/T000/123456/0a1b",
    "GOC" + "SPX-" + "a1B2c3D4" * 3,
    "ATA" + "TT3xFf" + "a1B2c3D4" * 6 + "=0A1B2C3D",
    "gl" + "sa_" + "a1B2" * 8 + "_0a1b2c3d",
    "da" + "pi" + "0a1b" * 8,
    "PM" + "AK-" + "0a1b2c" * 4 + "-" + "0a" * 17,
    "NR" + "AK-" + "A1B" * 9,
    "dp" + ".pt." + "a1B2" * 10,
    "dp" + ".st.prd." + "a1B2" * 10,
    "ke" + "y-" + "0a1b" * 8,
    "fi" + "gd_" + "a1B2c3D4" * 5,
    "https://api.telegram.org/bot" + "123456789" + ":AA" + "a1B2" * 8 + "/sendMessage",
    "https://acme.webhook.office.com/" + "webhookb2/7f9c2ba4-e88f-4b3c-9a51-0d3f4bd7e5a1@x/IncomingWebhook/0a1b",
    "https://outlook.office.com/" + "webhook/7f9c2ba4-e88f-4b3c-9a51-0d3f4bd7e5a1@x/IncomingWebhook/0a1b",
    "https://hooks.zapier.com/" + "hooks/catch/123456/abcdef/",
    "https://shop.s3.amazonaws.com/dump.sql?X-Amz-Date=20260101&X-Amz-" + "Signature=" + "0a1b" * 16,
    "PuTTY-User-Key" + "-File-2: ssh-rsa",
    "Authorization: Basic " + "dXNlcjpwYXNzd29yZDEyMw==",
    "authorization: token " + "a1B2c3D4e5F6",
    "curl -H 'X: Bearer " + "a1B2" * 8 + "'",
    "mysql --password hunter2x",
    "deploy --api-token a1B2c3D4",
    "curl -u admin:hunter2x",
    '"api_key": "abcdef123456"',
    "{'password':'hunter2x'}",
    '{"secrets":"hunter2x"}',
    "mot de passe : Ete2024!",
    "contraseña: Verano2024",
    "wachtwoord: zomer2024",
    "password: tigers123",
]
SECRET_FILES = [
    *(".env", ".env.local", ".ENV", ".envrc", "prod.env", "server.pem", "tls.key", "id_rsa", "id_ed25519", "a.tfvars"),
    *("store.jks", "cert.p12", ".netrc", ".npmrc", ".git-credentials", "credentials"),
]
NAMES = [
    "rubygems_mirror_for_internal_packages_of_the_platform_team",
    "sntrys_replacement_service",
    "glagent-for-the-production-cluster-in-europe",
    "HRKU-migration-of-the-payments-platform",
    "sbp_settlement_batch_processing",
    "ntn_notification_service_for_all_of_our_customers_in_europe",
    "secret_rotation_service",
    "gsk_gatekeeper_of_the_payments_platform_in_europe_and_asia",
    "pscale_pw_rotation_of_the_platform_team",
    "terraform.atlasv1.migration",
    "team-8Q~planning",
    "pattern.of-the-week",
    "payments-db",
    "arn:aws:rds:eu-west-1:123456789012:db:payments-db",
    "7f9c2ba4-e88f-4b3c-9a51-0d3f4bd7e5a1",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "https://github.com/acme/shop/tree/main/services/checkout",
    "git@github.com:acme/shop.git",
    "token-service",
    "secrets-manager",
    "password-reset",
    "/config/secrets/*.yaml",
    "jo@example.com",
    "xoxo-party",
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:payments-AbCdEf",
    "risk_live_feed_of_the_trading_desk",
    "task-runner-of-the-payments-department-in-berlin",
    "hf_model-server",
    "lin_api_gateway",
    "spinner=fast",
    "password is rotated every 90 days",
    "the password is sha256-hashed",
    "password:reset",
    "password:reset-v2",
    "passwords:read",
    "payments-api-7d9f8b6c5d-x2k4q",
    "prod-eu-west-1-KubernetesClusterNodeGroup-1QZ8XJ4KLM2NB",
    "KubernetesClusterNodeGroup2ProductionEurope1Zone3",
    "AwsLoadBalancerControllerServiceAccountRoleV2Prod",
    "a9f5b3c1d2e4f6a7b8c9d0e1f2a3b4c5d6e7f8a9",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "https://docs.google.com/document/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit",
    "/subscriptions/7f9c2ba4-e88f-4b3c-9a51-0d3f4bd7e5a1/resourceGroups/rg-payments/providers/Microsoft.Sql",
    "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop/50dc6c495c0c9188",
    "postgres://db.example.test:5432/payments",
    "https://acme-engineering-europe@dev.azure.com/acme-engineering-europe/shop/_git/checkout",
    "/apps/A1/B2/C3/D4/E5/F6/G7/H8/I9/J10",
    "svc/API/v1/DB/v2/App/v3/UI/v4/CDN1",
    "xoxo-christmas-campaign",
    "xapp-frontend-gateway",
    "ghs_message_routing_service_europe",
    "github_pat_rotation_of_the_platform",
    "glrt-message-routing-service",
    "sk_live_events_of_the_shop",
    "sk_test_events_of_the_shop",
    "sk-ant-colony-optimisation-service",
    "dckr_pat_rotation_of_the_platform",
    "hvs.rotation-of-the-platform-team",
    "lin_api_gateway_of_the_department_in_berlin",
    "npm_package_registry_mirror_in_production",
    "pypi-mirror-for-the-data-platform-team-prod",
    "SG.payments-api-production.payments-database-1",
    "npm_registry_proxy_for_internal_packages_eu",
    "npm_registry_proxy_for_internal_packages_eu1_v2",
    "K8sEuWest1ProdPaymentsApiV2Gateway3",
    "glpat-rotation-service-internal",
    "glpat-rotation-service-v2-eu-west-1",
    "pypi-mirror-for-machine-learning-in-europe",
    "pypi-mirror-for-machine-learning-in-eu-west-1",
    "xoxb-rotation-job",
    "xoxb-rotation-job-v2",
    "ghp_this_is_a_repository_for_docs_only",
    "ghp_this_is_a_repository_for_docs_2024_only",
    "lin_api_gateway_for_internal_customers_in_europe",
    "dop_v1_migration_of_the_payments_platform_eu1",
    "secret: payments",
    "secret: payments-v2",
    "token: refresh",
    "token: refresh-eu-west-1",
    "Secrets: rotation",
    "api-token: the service that issues tokens",
    "pass: first one of the compiler",
    "bypass=legacy1",
    "Secrets: how we store them",
    "Secrets: how we store them since 2024/25",
    "Secrets: OAuth2 clients",
    "Secret: OAuth2 clients",
    "Secrets: s3-bucket policy",
    "Secrets: docs/a1/b.md",
    "Secret: Q3/2024 plan",
    "Tokens: JWT RS256",
    "Token: RS256-signed",
    "Password: bcrypt2 migration",
    "Password: OAuth2-only",
    "Passwords: AES256 at rest",
    "Passwords: 1Password",
    "Password: 1Password for teams",
    "Password policy: ISO27001",
    "by-pass: A4-road",
    "Ski pass: winter2024/25",
    "API keys: the 3 environments",
    "the token:\nhttps://wiki.example.test/a1/b2",
    "Authorization: Basic authentication",
    "Authorization: token exchange",
    "bearer of bad news",
    "Bearer tokens for internal services",
    "--token-file /run/secrets",
    "key-value-store-of-the-platform",
    "dapi-gateway",
    "dp.pt.frontend",
    "https://acme.webhook.office.com/docs",
    "mot de passe : politique",
    "{'password': 'payments-reset'}",
]


@pytest.mark.parametrize("text", SECRETS)
def test_secrets_are_seen_also_within_a_text(text: str) -> None:
    assert looks_secret(text)
    assert looks_secret(f"see {text} there")
    assert redacted(f"see {text} there") == REDACTED


@pytest.mark.parametrize("text", NAMES)
def test_names_are_names(text: str) -> None:
    assert not looks_secret(text)
    assert redacted(text) == text


def test_every_rule_is_met_by_a_secret_above() -> None:
    unmet = [
        mark
        for mark, pattern in _RULES
        if not any(mark in text.lower() and pattern.search(text) is not None for text in SECRETS)
    ]
    assert unmet == []


@pytest.mark.parametrize("name", SECRET_FILES)
def test_files_that_are_there_to_hold_secrets(name: str) -> None:
    assert is_secret_file(name)


@pytest.mark.parametrize(
    "name", ["CODEOWNERS", "environment.yaml", "keys.csv", "catalog-info.yaml", "id_rsa.pub", "env"]
)
def test_files_that_are_not(name: str) -> None:
    assert not is_secret_file(name)


@pytest.mark.parametrize("secret", SECRETS)
def test_no_problem_repeats_a_secret_whoever_found_it(secret: str) -> None:
    assert secret not in str(Problem(Origin("catalog.yaml", 3), f"no source declares the team '{secret}'."))


@pytest.mark.parametrize(
    "part", ["-", "--token", "password: ", "a://", "-u a", "secret-", "dp.pt.", "bearer ", "glpat-a-"]
)
def test_a_long_text_is_looked_at_in_a_moment(part: str) -> None:
    assert not looks_secret(part * 5_000)  # takes minutes where a pattern tries every way to match
