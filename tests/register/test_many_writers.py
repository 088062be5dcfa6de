"""Many writers on the same records, and a writer that is killed: every acknowledged edit is there, once.

Full size: REGISTER_TESTS=full (8 writers × 500 edits, 50 kills). By default a tenth of that.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from register import checking, history, partners
from register.model import History
from register.store import Register, open_register
from tests.register.beginnings import EDITOR, STEWARD, a_partner

FULL = os.environ.get("REGISTER_TESTS") == "full"
WRITERS, EDITS, KILLS = (8, 500, 50) if FULL else (8, 40, 8)
ROOT = Path(__file__).parents[2]


def _writer(address: str, name: str, edits: int, told: Path, ids: list[str]) -> subprocess.Popen[bytes]:
    arguments = [address, name, str(edits), str(told), json.dumps(ids)]
    return subprocess.Popen([sys.executable, "-m", "tests.register.writer", *arguments], cwd=ROOT)


def _told(path: Path) -> list[dict[str, object]]:
    """What a writer was told; the last line may be cut off where it was killed."""
    lines = path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []
    return [json.loads(line) for line in lines]


def _in_history(register: Register) -> Counter[str]:
    """How often each edit's mark is in the history."""
    with register.reading() as connection:
        rows = connection.execute(select(History.note).where(History.note.like("edit %")))
        return Counter(row.note for row in rows)


def test_no_edit_is_lost_or_doubled_by_many_writers(address: str, tmp_path: Path) -> None:
    register = open_register(address)
    ids = [a_partner(register.as_(EDITOR), name=f"Example {number}").id for number in range(50)]
    files = [tmp_path / f"told {number}.jsonl" for number in range(WRITERS)]
    begun = time.monotonic()
    writers = [_writer(address, f"w{number}", EDITS, file, ids) for number, file in enumerate(files)]
    assert [writer.wait(timeout=1800) for writer in writers] == [0] * WRITERS
    told = [line for file in files for line in _told(file)]
    saved = [str(line["note"]) for line in told if line["outcome"] == "saved"]
    outcomes = Counter(line["outcome"] for line in told)
    print(f"\n{register.url.get_backend_name()}: {dict(outcomes)} in {time.monotonic() - begun:.0f} s")

    assert len(told) == WRITERS * EDITS, "each edit was answered"
    assert set(outcomes) <= {"saved", "conflict"}
    assert outcomes["conflict"] > 0, "they met"
    assert _in_history(register) == Counter(saved), "what was acknowledged is in the history once, and nothing else"
    assert checking.faults(register.as_(STEWARD)) == []
    for partner in ids[:5]:
        versions = [change.version for change in history.of_record(register.as_(EDITOR), "partner", partner)]
        assert versions == list(range(1, partners.get(register.as_(EDITOR), partner).version + 1))
    register.close()


def test_a_writer_killed_at_any_moment_leaves_a_whole_register(tmp_path: Path) -> None:
    """kill -9 in mid-writing, again and again on one file: it opens whole with every edit that was acknowledged."""
    path = tmp_path / "register.sqlite"
    register = open_register(path)
    ids = [a_partner(register.as_(EDITOR), name=f"Example {number}").id for number in range(5)]
    register.close()
    saved: Counter[str] = Counter()
    for kill in range(KILLS):
        file = tmp_path / f"told {kill}.jsonl"
        writer = _writer(str(path), f"k{kill}", 100_000, file, ids)
        deadline = time.monotonic() + 60
        while len(_told(file)) < 3 + kill % 7 and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep((kill % 11) / 1000)  # somewhere else in the next edit each time
        writer.send_signal(signal.SIGKILL)
        assert writer.wait() == -signal.SIGKILL, "it was still writing"
        saved += Counter(str(line["note"]) for line in _told(file) if line["outcome"] == "saved")
        again = open_register(path)
        found = _in_history(again)
        # The edit in flight may have been saved before its writer could say so.
        assert saved - found == Counter() and max(found.values()) == 1
        assert len(found) - len(saved) <= kill + 1
        assert checking.faults(again.as_(STEWARD)) == []
        again.close()
    print(f"\n{KILLS} kills, {len(saved)} acknowledged edits, all there")


@pytest.mark.parametrize("moment", ["after the change, before the commit"])
def test_a_writer_killed_inside_a_transaction_leaves_nothing_of_it(address: str, moment: str) -> None:
    register = open_register(address)
    partner = a_partner(register.as_(EDITOR))
    inside = (
        "import os, signal, sys\n"
        "from register import partners\n"
        "from register.store import open_register\n"
        "from tests.register.beginnings import EDITOR\n"
        "with open_register(sys.argv[1]).as_(EDITOR).together() as acting:\n"
        "    partners.update(acting, sys.argv[2], 1, {'description': 'never committed'})\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", inside, address, partner.id], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert partners.get(register.as_(EDITOR), partner.id).version == 1
    assert partners.update(register.as_(EDITOR), partner.id, 1, {"description": "the next one"}).version == 2
    assert checking.faults(register.as_(STEWARD)) == []
    register.close()
