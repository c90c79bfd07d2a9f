"""What follows where an import or a command has changed the catalog in another process."""

from __future__ import annotations

from bot.services import owner_questions
from bot.services.backlog import renamed_teams as requests
from bot.services.context import Context
from bot.services.eol import renamed_teams as reminders
from bot.services.handoff import renamed_teams as handoffs
from bot.services.matters import disputes


class CatalogChanges:
    """Lets messages follow the catalog: what they ask may be over, and teams in them be called otherwise."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._names = self._names_now()

    async def follow(self) -> None:
        """End what there is nothing left to answer of, and draw anew what names a team that has been renamed."""
        deps, snapshot = self._context.deps, self._context.snapshot
        names = self._names_now()
        renamed = {each for each, name in names.items() if self._names.get(each, name) != name}
        has_said = await disputes.end_over(deps, snapshot)
        has_said |= await owner_questions.end_owned(deps, snapshot)
        if renamed:
            await disputes.redraw_open(deps, snapshot)
            await handoffs.redraw_open(deps, snapshot, renamed)
            await requests.redraw_open(deps, snapshot, renamed)
            await reminders.redraw_open(deps, snapshot, self._context.watcher, renamed)
        self._names = names
        if has_said or renamed:
            self._context.drainer.wake()

    def _names_now(self) -> dict[int, str]:
        return {team.id: team.name for team in self._context.snapshot.teams()}
