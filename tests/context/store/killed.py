"""A process that takes turns until somebody kills it; says on stdout what is stored by then.

Usage: killed.py ADDRESS FIRST_TURN. Lines: `committed N`, `heard N TEXT`, `finished N`.
"""

from __future__ import annotations

import asyncio
import sys

from gemelo.context.records import TurnOutcome, TurnRecord, TurnStatus
from gemelo.context.store.database import Database
from gemelo.context.store.turns import SqlRecords
from gemelo.models.vocabulary import Language, TurnId

REPLY = "Soy un gemelo virtual y hablo de fútbol"


async def main(address: str, number: int) -> None:
    database = await Database.open(address)
    records = SqlRecords(database)
    await records.recover()
    while True:
        number += 1
        turn = TurnRecord(
            TurnId(f"t{number}"), "s1", number, "¿Quién eres?", Language("es"), "p", True, f"c{number}"
        )
        await records.commit(turn)
        print("committed", number, flush=True)
        for end in range(0, len(REPLY), 10):
            await records.heard(turn.id, REPLY[:end])
            await records.flush()
            print("heard", number, REPLY[:end], flush=True)
        if number % 2:
            await records.finish(turn.id, TurnOutcome(TurnStatus.DONE, REPLY, REPLY))
            print("finished", number, flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
