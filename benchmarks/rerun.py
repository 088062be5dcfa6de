"""A rerun after one control, with one, five and twenty sessions; and what a further session costs in memory."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterator
from typing import Any

from benchmarks import naive, serving
from benchmarks.measure import Row, Samples, timed
from benchmarks.sessions import Session
from data_loaders.atlas import Atlas
from data_loaders.snapshot import Snapshot

VIEWS = {"E09000002": "Barking and Dagenham", "E54000029": "NHS North East London", "": "England"}
BUDGET = {1: 120.0, 5: None, 20: 300.0}
THINK = (4.0, 12.0)


def _query(place: str) -> str:
    return f"place={place}" if place else ""


async def alone(server: serving.Server, place: str, runs: int) -> tuple[Session, float]:
    """The session after so many changes at a place, and the CPU seconds of the server for each."""
    session = await Session.open(server.port, _query(place))
    for _ in range(3):
        await session.change()
    session.answers.clear()
    before = server.cpu_seconds()
    for _ in range(runs):
        await session.change()
        await asyncio.sleep(0.05)
    cpu = (server.cpu_seconds() - before) / runs
    await session.close()
    return session, cpu


async def _together(
    server: serving.Server, places: list[str], runs: int, think: tuple[float, float]
) -> tuple[list[Session], float]:
    """Sessions at their own places, each pausing between changes as a reader does (seconds, uniform, seeded)."""
    sessions = [await Session.open(server.port, _query(place)) for place in places]

    async def person(number: int, session: Session) -> None:
        pause = random.Random(number)
        await asyncio.sleep(pause.uniform(0, think[1]))
        for _ in range(runs):
            await session.change()
            await asyncio.sleep(pause.uniform(*think))

    before = server.cpu_seconds()
    await asyncio.gather(*(person(number, session) for number, session in enumerate(sessions)))
    cpu = (server.cpu_seconds() - before) / (runs * len(sessions))
    for session in sessions:
        await session.close()
    return sessions, cpu


def _naive_rerun(place: str) -> Any:
    """Read the attributes again and put the view's geometry inline, as an app without caches and files would at each rerun."""
    atlas = Atlas(Snapshot())
    inside = atlas.gazetteer.mask(atlas.gazetteer.place(place)) if place else atlas.areas["core20"].notna().to_numpy()
    authorities = set(atlas.areas.loc[inside, "lad24cd"])
    return json.dumps(naive.parse(path for path in naive.lsoa_files() if path.name.partition(".")[0] in authorities))


def _row(answers: list[Any], cpu: float, **fields: Any) -> Row:
    ours = Samples([answer.ms for answer in answers], "ms", [cpu])
    size = max(answer.bytes for answer in answers)
    fields["counted"] = (
        f"{size / 1e3:.0f} KB in {max(answer.messages for answer in answers)} messages at most{fields.get('counted', '')}"
    )
    return Row(key="rerun", ours=ours, judged="p95", **fields)


_WAY = "read the attributes again and write the view's outlines inline as JSON, without running the page"
_NOTE = "a real server; from sending the changed walk over the websocket to the run's last message; CPU is the server process's for each rerun"


def reruns() -> Iterator[Row]:
    """One control changed, seen from the other end of the websocket."""
    with serving.running() as server:
        for place, name in VIEWS.items():
            session, cpu = asyncio.run(alone(server, place, 30))
            _, slow = timed(lambda place=place: _naive_rerun(place), 2, warm=0)  # type: ignore[misc]
            yield _row(
                session.answers,
                cpu,
                work=f"rerun after one control, alone: {name}",
                budget=BUDGET[1],
                naive=slow,
                naive_way=_WAY,
                note=_NOTE,
            )
        areas = Atlas().areas
        crowd = ["E09000002", "E54000029", "", *areas.loc[areas["rgncd"] == "E12000007", "lad24cd"].unique()]
        for people in (5, 20):
            places = (crowd * 2)[:people]
            sessions, cpu = asyncio.run(_together(server, places, 5, THINK))
            answers = [answer for session in sessions for answer in session.answers]
            yield _row(
                answers,
                cpu,
                work=f"rerun after one control, {people} sessions",
                budget=BUDGET[people],
                waits=True,
                note=f"each pauses {THINK[0]:g} to {THINK[1]:g} s between changes; one is at England, one at a system, the others in London",
            )
        sessions, cpu = asyncio.run(_together(server, (crowd * 2)[:20], 3, (0.0, 0.0)))
        answers = [answer for session in sessions for answer in session.answers]
        yield _row(
            answers,
            cpu,
            work="… 20 sessions that never pause",
            note="the worst case: every answer waits for the others, so this is the reciprocal of throughput",
        )


async def _memory(server: serving.Server, people: int) -> list[int]:
    held, sessions = [], []
    for _ in range(people):
        session = await Session.open(server.port, _query("E09000002"))
        await session.change()
        sessions.append(session)
        held.append(server.resident_bytes())
    for session in sessions:
        await session.close()
    return held


def memory(people: int = 20) -> Iterator[Row]:
    """What the server's memory grows by with each further session that stays open."""
    growth = {}
    for name, start in (("ours", serving.running), ("floor", serving.empty_app)):
        with start() as server:
            asyncio.run(_memory(server, 5))
            held = asyncio.run(_memory(server, people))
            growth[name] = (held[-1] - held[0]) / (people - 1) / 1e6
            if name == "ours":
                total = held[-1] / 1e6
    yield Row(
        "memory",
        "memory for each further session",
        Samples([growth["ours"]], "MB"),
        5,
        naive=Samples([growth["floor"]], "MB"),
        naive_way="an empty Streamlit app: the floor",
        counted=f"{people} sessions open; {total:.0f} MB held by the server then",
    )


def health(runs: int = 5) -> Iterator[Row]:
    """From starting the process to a healthy answer, with the snapshot open and its caches warm."""
    times: dict[str, tuple[list[float], list[float]]] = {"ours": ([], []), "floor": ([], [])}
    for _ in range(runs):
        for name, start in (("ours", serving.running), ("floor", serving.empty_app)):
            with start() as server:
                times[name][0].append(server.seconds_to_healthy)
                times[name][1].append(server.cpu_to_healthy)
    yield Row(
        "health",
        "cold server to healthy",
        Samples(times["ours"][0], "s", times["ours"][1]),
        3,
        naive=Samples(times["floor"][0], "s", times["floor"][1]),
        naive_way="an empty Streamlit app: the floor",
        note="healthy means that the snapshot is verified and indexed",
    )
