"""`python -m commands register …`: back the partner register up, restore it, move it to another database, or check that it is whole."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from commands.output import UserError
from register import backup, checking
from register.actors import Actor
from register.errors import RegisterError
from register.store import Register, open_register

OPERATOR = Actor("command line", role="steward")
"""Whoever can run this can read the database itself, so it acts as a steward."""


def add_to(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand and what it does."""
    command = subcommands.add_parser("register", help="the partner register: info, check, backup, restore, move")
    command.add_argument(
        "--register",
        default=os.environ.get("DATABASE_URL"),
        help="the register: a SQLite file or postgresql://… (default: DATABASE_URL)",
    )
    actions = command.add_subparsers(dest="action", required=True, metavar="info | check | backup | restore | move")
    actions.add_parser("info", help="how many records of each kind, and the revision")
    actions.add_parser("check", help="whether it is whole, every record replayed from its history")
    back = actions.add_parser("backup", help="write a backup while others go on writing")
    back.add_argument("file", type=Path, help="a file that is not there yet")
    put = actions.add_parser("restore", help="put a backup in place of the register")
    put.add_argument("file", type=Path)
    put.add_argument("--replace", action="store_true", help="replace the records that are there; they are kept aside")
    move = actions.add_parser("move", help="copy into an empty database and compare every table")
    move.add_argument("to", help="a SQLite file or postgresql://…")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Do what was asked, and say what was done."""
    if not options.register:
        raise UserError("Which register? Give --register FILE or --register postgresql://…, or set DATABASE_URL.")
    may_begin = options.action == "restore" or "://" in options.register
    if not may_begin and not Path(options.register).is_file():
        raise UserError(f"There is no register at {options.register}.")
    try:
        register = open_register(options.register)
        try:
            _act(register, options)
        finally:
            register.close()
    except RegisterError as error:
        raise UserError(str(error)) from error


def _act(register: Register, options: argparse.Namespace) -> None:
    acting = register.as_(OPERATOR)
    match options.action:
        case "info":
            print(f"{register.said}, revision {register.revision():,}")
            for name, count in checking.counts(acting).items():
                print(f"{count:>10,}  {name.replace('_', ' ')}")
        case "check":
            faults = checking.faults(acting)
            if faults:
                raise UserError(f"The register is not whole. {len(faults):,} faults, the first of them: {' '.join(faults[:5])}")
            print(f"{register.said} is whole: every record is as its history says.")
        case "backup":
            made = backup.backup(acting, options.file)
            print(f"{made.place}: {sum(made.rows.values()):,} rows, revision {made.revision:,}.")
        case "restore":
            made = backup.restore(acting, options.file, replace=options.replace)
            aside = f" What was there is in {made.kept_aside}." if made.kept_aside else ""
            again = f" {made.consents_withdrawn_again} consents withdrawn since were withdrawn again." if made.consents_withdrawn_again else ""
            print(f"{made.place}: {sum(made.rows.values()):,} rows, revision {made.revision:,}.{aside}{again}")
        case _:
            made = backup.move(acting, options.to)
            print(f"{made.place}: {sum(made.rows.values()):,} rows, the same rows and checksums in every table.")
