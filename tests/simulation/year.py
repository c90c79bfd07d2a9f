"""The simulated year: `python -m tests.simulation.year --days 365 --kills 50`.

Once undisturbed, held to the rules; once more with the working process killed at random points: the same messages.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.simulation.checks import a_month, problems
from tests.simulation.life import Lived, Message, live
from tests.simulation.organisation import Organisation

_MOMENT = re.compile(r":\d{10}\.\d{6}$")


@dataclass(frozen=True, slots=True)
class Compared:
    """What a disturbed run has against an undisturbed one."""

    messages: int
    lost: list[str]
    doubled: list[str]

    def __str__(self) -> str:
        return f"messages {self.messages:,} lost {len(self.lost)} doubled {len(self.doubled)}"


def compare(undisturbed: list[Message], disturbed: list[Message]) -> Compared:
    """Hold the messages against each other by what they are, where, on which day and in which words."""

    def same(message: Message) -> str:
        # A reply's key has the moment of the message above it, which depends on what else was posted in that second.
        subject = _MOMENT.sub("", message.subject)
        return "\n".join((subject, message.place, str(message.at.date()), message.text, str(message.is_reply)))

    wanted, found = Counter(map(same, undisturbed)), Counter(map(same, disturbed))
    lost = list((wanted - found).elements())
    return Compared(wanted.total(), lost, list((found - wanted).elements()))


async def run(
    *, days: int, kills: int, organisation: Organisation, folder: Path, in_line: bool = False
) -> tuple[Lived, Lived | None]:
    """Live through the days, and once more with the kills when there are any.

    `in_line` is about the first: whoever is killed runs as a deployment does.
    """
    for name in ("undisturbed", "disturbed"):
        (folder / name).mkdir()
    undisturbed = await live(organisation, folder / "undisturbed", days=days, in_line=in_line)
    if not kills:
        return undisturbed, None
    disturbed = await live(organisation, folder / "disturbed", days=days, kills=kills, before=undisturbed)
    return undisturbed, disturbed


def main() -> None:
    """Run it and print what it came to; exit with 1 when a rule was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--teams", type=int, default=40)
    parser.add_argument("--deployments", type=int, default=2000)
    options = parser.parse_args()
    organisation = Organisation(teams=options.teams, deployments=options.deployments)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        undisturbed, disturbed = asyncio.run(
            run(days=options.days, kills=options.kills, organisation=organisation, folder=Path(folder))
        )
    broken = problems(undisturbed, organisation, days=options.days)
    print(a_month(undisturbed, organisation))
    print(
        f"{options.days} days, {options.teams} teams, {options.deployments:,} deployments: "
        f"{len(undisturbed.reminders):,} reminders, {len(undisturbed.said):,} milestones said in "
        f"{len(undisturbed.messages):,} messages; {len(broken)} rules broken"
    )
    print("answers " + ", ".join(f"{kind} {count:,}" for kind, count in sorted(undisturbed.counts.items())))
    if disturbed is not None:
        compared = compare(undisturbed.messages, disturbed.messages)
        broken += problems(disturbed, organisation, days=options.days)
        broken += [f"lost: {each}" for each in compared.lost] + [f"doubled: {each}" for each in compared.doubled]
        amid = f"{disturbed.kills_amid_posts} of them amid posting, {disturbed.kills_amid_answers} amid answers"
        print(f"killed {disturbed.kills} times, {amid}: {compared}")
        if disturbed.counts != undisturbed.counts:
            broken.append(f"answers of the killed run: {disturbed.counts}")
    print(f"{time.monotonic() - began:.0f} s")
    for each in broken[:50]:
        print(f"BROKEN {each}")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
