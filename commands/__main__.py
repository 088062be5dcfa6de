"""`python -m commands …`: build the snapshot, list gaps, list areas, pull live figures and community assets, look after the register."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from commands import areas, assets, gaps, pull, register, snapshot
from commands.output import UserError
from data_loaders.errors import SnapshotError, SourceError


def parser() -> argparse.ArgumentParser:
    """The command line, one subcommand a module."""
    top = argparse.ArgumentParser(prog="python -m commands", description="Common Ground from the command line.")
    subcommands = top.add_subparsers(dest="command", required=True, metavar="snapshot | gaps | areas | pull | assets | register")
    for module in (snapshot, gaps, areas, pull, assets, register):
        module.add_to(subcommands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it worked, 2 with one clear line on standard error when what was asked cannot be done."""
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except (UserError, SourceError, SnapshotError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # such as `… | head`: the reader has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
