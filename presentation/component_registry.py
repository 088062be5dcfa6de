"""Registers a custom component whose script the browser fetches by URL.

Streamlit sends the script of an inline component over the websocket whenever it draws one. A stub of about a
kilobyte goes instead; it imports ``static/components/<name>.js`` at an address that changes with the content,
so that the browser can keep the file for good and never keeps a stale one.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

COMPONENTS_DIR = Path(__file__).resolve().parents[1] / "static" / "components"
"""Folder that Streamlit serves at ``app/static/components`` (``server.enableStaticServing``)."""

SHARED_MODULES = ("dom.js", "marks.js")
"""Helpers that the components import with the same ``?v=``, and that therefore count towards it."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")

# Streamlit awaits the default export, and calls what an overtaken run returned at once, even though a newer
# run has by then drawn into the same element. Two rules follow: a run that is overtaken while its import is
# under way draws nothing, and only the newest run's cleanup tears anything down.
_STUB = """\
const newest = new WeakMap();
export default async function (component) {
  const host = component.parentElement;
  const turn = (newest.get(host) ?? 0) + 1;
  newest.set(host, turn);
  let module;
  try {
    module = await import(new URL("app/static/components/%(name)s.js?v=%(version)s", document.baseURI).href);
  } catch (error) {
    if (newest.get(host) !== turn) return;
    const note = document.createElement("p");
    note.setAttribute("role", "status");
    note.textContent = "This part of the page could not be loaded. Reload the page to try again.";
    host.appendChild(note);
    console.warn("%(name)s could not be loaded", error);
    return () => note.remove();
  }
  if (newest.get(host) !== turn) return;
  const cleanup = module.default(component);
  return () => {
    if (newest.get(host) === turn) cleanup?.();
  };
}
"""


def content_version(name: str, folder: Path = COMPONENTS_DIR) -> str:
    """Return the first 12 hexadecimal digits of the SHA-256 of all that a component loads from ``folder``.

    That is its script ``<name>.js``, what is called after it (``<name>_*.js``, ``<name>.css``) and what components
    share (SHARED_MODULES), in this order.

    Raises
    ------
    FileNotFoundError
        When ``<folder>/<name>.js`` does not exist; the message names the file.
    """
    script = folder / f"{name}.js"
    if not script.is_file():
        raise FileNotFoundError(
            f"{script} does not exist. A component called {name!r} needs its script there; "
            "check the spelling or restore the file."
        )
    digest = hashlib.sha256(script.read_bytes())
    for path in [*sorted(folder.glob(f"{name}_*.js")), folder / f"{name}.css", *(folder / shared for shared in SHARED_MODULES)]:
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def stub_script(name: str, folder: Path = COMPONENTS_DIR) -> str:
    """Return the inline script that imports ``static/components/<name>.js`` and hands each run over to it.

    The module's default export is called with Streamlit's component object (``data``, ``parentElement``,
    ``setStateValue``, ``setTriggerValue`` …) for each new set of data. It may return a cleanup function,
    which runs once, when the component leaves the page.

    Raises
    ------
    ValueError
        When ``name`` is not lower-case letters, digits and underscores.
    FileNotFoundError
        When the script does not exist.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a component name: use lower-case letters, digits and underscores.")
    return _STUB % {"name": name, "version": content_version(name, folder)}


def register(name: str) -> ComponentRenderer:
    """Register ``static/components/<name>.js`` with Streamlit and return the callable that mounts it.

    Call once a component, when the module is imported. The component draws in a shadow root of its own
    (``isolate_styles``), where Streamlit's theme is available as ``--st-*`` custom properties. The version is
    computed here, so a change to a script shows after a restart.

    Raises
    ------
    ValueError, FileNotFoundError
        See :func:`stub_script`.
    """
    return st.components.v2.component(f"common_ground_{name}", js=stub_script(name), isolate_styles=True)
