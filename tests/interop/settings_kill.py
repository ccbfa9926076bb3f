"""Two hundred settings changes a second over SOAP while Vedette is killed again and again: none is lost."""

import asyncio
import random

from interop.check import Check, expect
from interop.site import Site
from loopback.settings_storm import Storm

KILLS = 17
CHANGES = (200, 1200)  # between two kills: a minute of changes in all
CHANGES_PER_S = 220


def _stormy(site: Site) -> str:
    storm = Storm(site.folder / "storm", random.Random(), changes_per_s=CHANGES_PER_S)
    asyncio.run(storm.blow(KILLS, CHANGES))
    expect(not storm.problems, "; ".join(storm.problems[:5]))
    rate = storm.taken / storm.taken_in_s
    return (
        f"{storm.taken} changes answered in {storm.taken_in_s:.0f} s, {rate:.0f} a second; {KILLS} kills left"
        f" {storm.unanswered} unanswered; none lost, none mixed"
    )


CHECKS = (Check("Vedette", f"loses no setting to {KILLS} kills", _stormy, limit_s=600, is_alone=True),)
