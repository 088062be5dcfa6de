"""Two links of one page opened in turn in one session of a real server, seen from the other end of the websocket."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

from benchmarks import serving
from benchmarks.measure import Row, Samples
from benchmarks.sessions import Session

RUNS = 24


async def _follow(server: serving.Server, page: str, links: tuple[str, str]) -> tuple[Session, float]:
    """The session after RUNS reruns, and the CPU seconds of the server for each."""
    session = await Session.open(server.port, links[0], page)
    for run in range(4):
        await session.follow(links[run % 2])
    session.answers.clear()
    before = server.cpu_seconds()
    for run in range(RUNS):
        await session.follow(links[run % 2])
        await asyncio.sleep(0.05)
    cpu = (server.cpu_seconds() - before) / RUNS
    await session.close()
    if "Core20 neighbourhoods" in session.headline:
        raise RuntimeError(f"that was the Gaps page, not {page}: {session.headline!r}")
    return session, cpu


def rows(key: str, work: str, page: str, links: Mapping[str, tuple[str, str]], budget: float) -> Iterator[Row]:
    """A row for each pair of links, judged by its 95th percentile in milliseconds."""
    with serving.running() as server:
        for name, pair in links.items():
            session, cpu = asyncio.run(_follow(server, page, pair))
            yield Row(
                key,
                f"{work}: {name}",
                Samples([answer.ms for answer in session.answers], "ms", [cpu]),
                budget,
                judged="p95",
                counted=f"{max(answer.bytes for answer in session.answers) / 1e3:.0f} KB at most",
                note="both of two links in turn; from asking over the websocket to the run's last message; CPU is the server's for each rerun",
            )
