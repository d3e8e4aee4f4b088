"""What people work with, built once: the admin API, the console and the command line share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gemelo.admin.services.campaigning import Campaigning
from gemelo.admin.services.cloning import Cloning
from gemelo.admin.services.desk import Desk
from gemelo.admin.services.fans import FanFiles
from gemelo.admin.services.leads import LeadBook
from gemelo.admin.services.personas import Personas
from gemelo.admin.services.placing import Placing
from gemelo.admin.services.publishing import Publishing
from gemelo.admin.services.rates import Pace
from gemelo.admin.services.reading import Reading
from gemelo.admin.services.replaying import Replaying
from gemelo.admin.services.reviewing import Reviewing
from gemelo.admin.services.shelving import Shelving
from gemelo.admin.services.trying import Trying
from gemelo.admin.services.validating import Validating


@dataclass(frozen=True, slots=True)
class Office:
    """What `admin.wiring` has built for people; each service says what it does.

    Attributes:
        now: ms since 1970 UTC.
        pace: how often somebody may ask.
        webhooks_here: whether webhooks may be posted to this machine itself.
        new_id: of something that its maker does not name; nobody can guess it.
    """

    desk: Desk
    now: Callable[[], int]
    new_id: Callable[[], str]
    publishing: Publishing
    campaigning: Campaigning
    reading: Reading
    trying: Trying
    replaying: Replaying
    shelving: Shelving
    files: FanFiles
    leads: LeadBook
    placing: Placing
    reviewing: Reviewing
    personas: Personas
    validating: Validating
    cloning: Cloning
    pace: Pace
    webhooks_here: bool = False
