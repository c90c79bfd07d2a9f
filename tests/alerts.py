"""Alerts as monitoring tools post them to Slack: hardly any `text`, the rest in attachments and blocks."""

from __future__ import annotations

from typing import Any

#: PagerDuty's app: everything in blocks within an attachment.
PAGERDUTY: dict[str, Any] = {
    "type": "message",
    "subtype": "bot_message",
    "text": "",
    "ts": "1764300000.000100",
    "bot_id": "B01PAGERDUTY",
    "attachments": [
        {
            "id": 1,
            "color": "d20000",
            "fallback": "[no preview available]",
            "blocks": [
                {
                    "type": "section",
                    "block_id": "a1",
                    "text": {
                        "type": "mrkdwn",
                        "text": ":rotating_light: *<https://acme.pagerduty.com/incidents/Q2AB3CD4EF5GHI"
                        "|[#4711] Connections exhausted (&gt; 95 %)>*",
                        "verbatim": False,
                    },
                },
                {
                    "type": "section",
                    "block_id": "a2",
                    "fields": [
                        {"type": "mrkdwn", "text": "*Assigned:* <https://acme.pagerduty.com/users/PXYZ|On-call>"},
                        {
                            "type": "mrkdwn",
                            "text": "*Service:* <https://acme.pagerduty.com/service-directory/P1ABC23|Payments DB>",
                        },
                    ],
                },
                {
                    "type": "context",
                    "block_id": "a3",
                    "elements": [{"type": "mrkdwn", "text": "Urgency: High · <!date^1764300000^{time}|12:00>"}],
                },
                {
                    "type": "actions",
                    "block_id": "a4",
                    "elements": [
                        {
                            "type": "button",
                            "action_id": "acknowledge",
                            "text": {"type": "plain_text", "text": "Acknowledge", "emoji": True},
                            "value": "search-api:acknowledge",
                        },
                        {
                            "type": "button",
                            "action_id": "view",
                            "text": {"type": "plain_text", "text": "View", "emoji": True},
                            "url": "https://acme.pagerduty.com/incidents/Q2AB3CD4EF5GHI",
                        },
                    ],
                },
            ],
        }
    ],
}

#: Datadog's integration: a title that links, a text, tags in a field.
DATADOG: dict[str, Any] = {
    "type": "message",
    "subtype": "bot_message",
    "text": "",
    "ts": "1764300000.000200",
    "username": "Datadog",
    "bot_id": "B01DATADOG",
    "attachments": [
        {
            "id": 1,
            "color": "a30200",
            "fallback": "Triggered: [P2] Error rate is high on env:prod,service:checkout",
            "title": "Triggered: [P2] Error rate is high on env:prod,service:checkout",
            "title_link": "https://app.datadoghq.eu/monitors/12345678?group=env%3Aprod&amp;to_ts=1764300060000",
            "text": "The error rate was above 5 % for 10 minutes.\n"
            "avg(last_10m):sum:trace.http.request.errors{env:prod,service:checkout} &gt; 0.05",
            "fields": [{"title": "Tags", "value": "env:prod, monitor, service:checkout, team:web", "short": False}],
            "image_url": "https://p.datadoghq.eu/snapshot/view/dd-snapshots-prod/org_1/2025-11-28/0a1b2c.png",
            "mrkdwn_in": ["text"],
        }
    ],
}

#: Grafana Alerting's default template.
GRAFANA: dict[str, Any] = {
    "type": "message",
    "subtype": "bot_message",
    "text": "",
    "ts": "1764300000.000300",
    "username": "Grafana",
    "bot_id": "B01GRAFANA",
    "attachments": [
        {
            "id": 1,
            "color": "D63232",
            "fallback": "[FIRING:1] HighLatency (default prod)",
            "title": "[FIRING:1] HighLatency (default prod)",
            "title_link": "https://metrics.example.test/alerting/list",
            "text": "**Firing**\n\nValue: B=2.31, C=1\nLabels:\n - alertname = HighLatency\n"
            " - grafana_folder = default\n - job = search-api\nAnnotations:\n - summary = p99 above 2 s\n"
            "Source: https://metrics.example.test/alerting/grafana/f00/view?orgId=1\n",
            "footer": "Grafana v11.3.0",
            "footer_icon": "https://grafana.com/static/assets/img/fav32.png",
            "ts": 1764300000,
        }
    ],
}

#: Alertmanager with the template and the buttons that most people copy.
ALERTMANAGER: dict[str, Any] = {
    "type": "message",
    "subtype": "bot_message",
    "text": "",
    "ts": "1764300000.000400",
    "username": "Alertmanager",
    "bot_id": "B01ALERTMAN",
    "attachments": [
        {
            "id": 1,
            "color": "a30200",
            "fallback": "[FIRING:1] KubePodCrashLooping | https://alerts.example.test/#/alerts?receiver=slack",
            "title": "[FIRING:1] KubePodCrashLooping",
            "title_link": "https://alerts.example.test/#/alerts?receiver=slack",
            "pretext": "<!channel>",
            "text": "*Alert:* a pod restarts again and again - `critical`\n*Details:*\n  • *namespace:* `shop`\n"
            "  • *container:* `checkout-worker`\n",
            "fields": [{"title": "Severity", "value": "critical", "short": True}],
            "actions": [
                {
                    "id": "1",
                    "type": "button",
                    "name": "",
                    "text": "Runbook :green_book:",
                    "url": "https://runbooks.example.test/KubePodCrashLooping",
                    "value": "",
                }
            ],
            "mrkdwn_in": ["fallback", "pretext", "text"],
        }
    ],
}

#: Each vendor's alert with the asset of the tests' organisation that it is about.
#: Sentry's app: the project is a link, whose address has the name in it as well.
SENTRY: dict[str, Any] = {
    "type": "message",
    "subtype": "bot_message",
    "text": "",
    "ts": "1764300000.000500",
    "bot_id": "B05SENTRY",
    "attachments": [
        {
            "color": "#E03E2F",
            "fallback": "[no preview available]",
            "blocks": [
                {
                    "type": "section",
                    "text": {"type": "mrkdwn", "text": ":red_circle: <https://acme.sentry.io/issues/4711/|*KeyError*>"},
                },
                {
                    "type": "context",
                    "elements": [
                        {
                            "type": "mrkdwn",
                            "text": "Project: <https://acme.sentry.io/projects/search-api/|search-api>    ID: S-1A",
                        }
                    ],
                },
            ],
        }
    ],
}

ALERTS = {
    "PagerDuty": (PAGERDUTY, "payments-db"),
    "Datadog": (DATADOG, "checkout"),
    "Grafana": (GRAFANA, "search-api"),
    "Alertmanager": (ALERTMANAGER, "checkout-worker"),
    "Sentry": (SENTRY, "search-api"),
}
