"""A writer in a process of its own: edits records at random, and writes down what it was told of each edit only when it was told.

`python -m tests.register.writer ADDRESS NAME EDITS FILE IDS`, IDS in JSON. One JSON line an edit: note and outcome.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from register import partners
from register.errors import ConflictError
from register.store import open_register
from tests.register.beginnings import EDITOR


def main(address: str, name: str, edits: int, file: Path, ids: list[str]) -> None:
    register = open_register(address, wait_seconds=120)
    acting, chance = register.as_(EDITOR), random.Random(name)
    with file.open("a", encoding="utf-8") as told:
        for number in range(edits):
            partner, note = chance.choice(ids), f"edit {name} {number}"
            read = partners.get(acting, partner)
            try:
                partners.update(acting, partner, read.version, {"description": note, "size": name}, note=note, key=note)
                outcome = "saved"
            except ConflictError:
                outcome = "conflict"
            told.write(json.dumps({"note": note, "outcome": outcome}) + "\n")
            told.flush()
    register.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]), json.loads(sys.argv[5]))
