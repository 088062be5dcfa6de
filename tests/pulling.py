"""What the tests of live pulls share: the atlas's England on the local Fingertips, and the command run as a person runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from data_loaders.atlas import Atlas
from tests.fingertips_server import Areas, FingertipsServer

ROOT = Path(__file__).parents[1]
NEL = "E54000029"
# Runs a command and says on the last line of standard error how much memory it took at most, in kilobytes. Linux counts what the
# process that started it had in ru_maxrss, so its own high-water mark is read there.
_MEASURED = """
import re, resource, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # what started the tests may have had it ignored
from pathlib import Path
from commands.__main__ import main
status = main(sys.argv[1:])
proc = Path("/proc/self/status")
own = re.search(r"VmHWM:\\s+(\\d+) kB", proc.read_text()) if proc.exists() else None
print(own[1] if own else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
sys.exit(status)
"""


def areas_of(atlas: Atlas) -> Areas:
    """The regions, systems of April 2024, sub-ICBs, counties, authorities and networks of the atlas, each within what holds most of it."""
    areas, gazetteer = Areas(), atlas.gazetteer
    england = gazetteer.find("England")
    for region in gazetteer.children(england, "region"):
        areas.add(region.code, region.name, "region")
    for system in gazetteer.children(england, "icb24"):
        areas.add(system.code, system.name, "icb")
    for sub in gazetteer.children(england, "sub_icb24"):
        areas.add(sub.code, sub.name, "sub_icb", {"icb": gazetteer.parent(sub, "icb24").code})
    for authority in gazetteer.children(england, "lad24"):
        region = gazetteer.parent(authority, "region").code
        county = atlas.counties.get(authority.code)
        if county and county[0] not in areas.by_code:
            areas.add(county[0], county[1], "county", {"region": region})
        areas.add(authority.code, authority.name, "authority", {"region": region} | ({"county": county[0]} if county else {}))
    for pcn in gazetteer.children(england, "pcn"):
        within = {"icb": gazetteer.parent(pcn, "icb24").code, "sub_icb": gazetteer.parent(pcn, "sub_icb24").code}
        areas.add(pcn.code, pcn.name, "pcn", within)
    return areas


def command(server: FingertipsServer, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """`python -m commands pull …` against the local server, in a process of its own, with its memory measured."""
    environment = os.environ | {"COMMON_GROUND_FINGERTIPS_URL": server.url, "COMMON_GROUND_DATA": str(folder), "PYTHONIOENCODING": "utf-8"}
    return subprocess.Popen(
        [sys.executable, "-c", _MEASURED, "pull", *arguments], cwd=ROOT, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def questions(server: FingertipsServer, path: str = "") -> Counter[tuple[str, str]]:
    """How often each question was asked, word for word."""
    return Counter((one.path, str(sorted(one.query.items()))) for one in server.requests if path in one.path)
