"""Brings a schema to another revision. Imported only where one must move: Alembic takes 11 MB."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from gemelo.models.errors import StoreError

MIGRATIONS = Path(__file__).parent / "migrations"
Step = Literal["upgrade", "downgrade"]


def migrate(connection: Connection, step: Step, revision: str) -> None:
    """Takes the steps that lead to an Alembic revision, in the connection's transaction.

    Raises:
        StoreError: there is no way from the schema's revision to that one.
    """
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        (command.upgrade if step == "upgrade" else command.downgrade)(config, revision)
    except CommandError as error:
        raise StoreError(f"the store refused: {type(error).__name__}") from None
