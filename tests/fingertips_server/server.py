"""The local server: both contracts on one address, and mischief with the columns of a table beside that of every local server."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

from tests.fingertips_server.areas import Areas
from tests.fingertips_server.figures import Figures
from tests.fingertips_server.fingertips_api import FingertipsApi
from tests.fingertips_server.successor_api import SuccessorApi
from tests.local_server import Answer, LocalServer, Mischief, Request


class FingertipsServer(LocalServer):
    """url ends in /api/. Mischief of its own has the options column and to (rename).

    shared_data: the publishers' folder, for the recorded hierarchy, metadata and responses; without it everything is made up.
    areas, figures: in place of those. tls: as of every local server.
    """

    base = "/api/"
    content_type = "text/csv"
    own_kinds = ("headings only", "rename", "extra", "missing")

    def __init__(
        self, shared_data: Path | None = None, areas: Areas | None = None, figures: Figures | None = None, *, tls: Path | None = None
    ) -> None:
        super().__init__(tls=tls)
        self.areas = areas or (Areas.recorded(shared_data) if shared_data else Areas.made_up())
        self.figures = figures or Figures()
        self.fingertips = FingertipsApi(self.areas, self.figures, shared_data)
        self.successor = SuccessorApi(self.areas, self.figures)

    def respond(self, request: Request, mischief: Mischief) -> Answer:
        """The answer of whichever of the two has such a call."""
        found = self.successor.answer(request.path, request.query) or self.fingertips.answer(request.path, request.query)
        answer = Answer(*found)
        return replace(answer, body=_changed(mischief, answer.body)) if mischief.kind in self.own_kinds else answer


def _changed(mischief: Mischief, body: bytes) -> bytes:
    """A CSV with its columns changed."""
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    if not rows:
        return body
    column = mischief.options.get("column", "Value")
    match mischief.kind:
        case "headings only":
            rows = rows[:1]
        case "rename":
            rows[0][rows[0].index(column)] = mischief.options.get("to", "Something else")
        case "extra":
            rows = [[*row, extra] for row, extra in zip(rows, ["Brand new", *["x"] * len(rows)], strict=False)]
        case "missing":
            place = rows[0].index(column)
            rows = [row[:place] + row[place + 1 :] for row in rows]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
