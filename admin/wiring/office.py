"""Building what people work with."""

from __future__ import annotations

import secrets

from gemelo.admin.services.campaigning import Campaigning
from gemelo.admin.services.compiling import Compiler
from gemelo.admin.services.desk import Desk
from gemelo.admin.services.fans import FanFiles, Leave
from gemelo.admin.services.house import House
from gemelo.admin.services.office import Office
from gemelo.admin.services.personas import Personas
from gemelo.admin.services.placing import Placing
from gemelo.admin.services.publishing import Publishing
from gemelo.admin.services.rates import Pace
from gemelo.admin.services.reading import Reading
from gemelo.admin.services.replaying import Replaying
from gemelo.admin.services.reviewing import Reviewing
from gemelo.admin.services.sharing import sharing_at
from gemelo.admin.services.shelving import Shelving
from gemelo.admin.services.trying import Trying
from gemelo.admin.services.validating import Validating


def make_office(house: House, desk: Desk, leave: Leave, *, a_minute: int, webhooks_here: bool) -> Office:
    """The services on a house that was built.

    Args:
        desk: the house's, or one that waits for its sessions.
        a_minute: requests of one principal; 0: as many as they like.
    """
    compiler = Compiler(house.platform, house.lines)
    trying = Trying(desk, compiler, house, house.wall)
    version = house.library.version
    validating = Validating(desk, compiler, house, house.documents, version, house.wall)
    publishing = Publishing(desk, compiler, house.wall, validating)
    return Office(
        desk=desk,
        now=house.wall,
        new_id=lambda: secrets.token_hex(8),
        publishing=publishing,
        cloning=house.cloning,
        campaigning=Campaigning(desk, compiler, house.wall),
        reading=Reading(desk, house.talks, house.wall),
        trying=trying,
        replaying=Replaying(desk, house.talks, trying, house.clock),
        shelving=Shelving(desk, house.documents, sharing_at(house).forget),
        files=FanFiles(house.fans, house.sessions, leave),
        leads=house.leads,
        placing=Placing(desk, compiler, house.wall),
        pace=Pace(house.shared, a_minute),
        reviewing=Reviewing(desk, house.talks),
        personas=Personas(desk, publishing, house.documents, version, house.mind, house.wall),
        validating=validating,
        webhooks_here=webhooks_here,
    )
