"""Finds a Chromium for the browser tests, or installs one: `python -m tests.browser.chromium` prints where it is.

Looked for in order: COMMON_GROUND_CHROMIUM, a browser on PATH, the one that Playwright keeps. Then, with Debian's
package tool and the rights to use it, the `chromium` package; last, Playwright's own download.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

VARIABLE = "COMMON_GROUND_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Without a graphics card the map paints only through the software renderer, which has to be asked for.
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)
"""How to start it so that it paints maps and calls nobody."""

HELP = f"No Chromium for the browser tests: run `sudo apt-get install chromium`, or set {VARIABLE} to the path of a Chromium or Chrome."


class ChromiumNotFoundError(Exception):
    """No browser was found; the message is one line that says what to do."""


def installed() -> Path | None:
    """A Chromium that is already here, or None. ChromiumNotFoundError when the variable names a file that is not there."""
    named = os.environ.get(VARIABLE)
    if named:
        path = Path(named)
        if not os.access(path, os.X_OK) or path.is_dir():
            raise ChromiumNotFoundError(
                f"{VARIABLE} is {named}, which is not a program: set it to the path of a Chromium or Chrome."
            )
        return path
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return _playwrights_own()


def find() -> Path:
    """A Chromium that is already here; ChromiumNotFoundError when there is none. Never installs."""
    path = installed()
    if path is None:
        raise ChromiumNotFoundError(HELP)
    return path


def ensure() -> Path:
    """A Chromium, installed if need be; ChromiumNotFoundError when it cannot be."""
    path = installed()
    if path is None and shutil.which("apt-get") and os.geteuid() == 0:
        print("Installing Chromium for the browser tests (once)", file=sys.stderr)
        if _quietly("apt-get", "update"):
            _quietly("apt-get", "install", "-y", "--no-install-recommends", "chromium")
        path = installed()
    if path is None:
        print("Asking Playwright for its Chromium (once)", file=sys.stderr)
        _quietly(sys.executable, "-m", "playwright", "install", "chromium")
        path = installed()
    if path is None:
        raise ChromiumNotFoundError(HELP)
    return path


def _playwrights_own() -> Path | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.is_file() else None


def _quietly(*command: str) -> bool:
    """Run an installer that may fail and must not ask anything; its words are not the one line that is promised."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        finished = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=900, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return finished.returncode == 0


def main() -> int:
    """Print the browser's path, or one line on standard error that says what to install."""
    try:
        print(f"Chromium for the browser tests: {ensure()}")
    except ChromiumNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
