"""From a fresh start to a painted map, with nothing asked of any other machine."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
import shapely
from PIL import Image, ImageColor
from playwright.sync_api import expect

from presentation.words import STATE_COLOURS, STATE_LABELS
from tests.browser import atlas_on_disk
from tests.browser.conftest import NewContext
from tests.browser.pages import BARKING_AND_DAGENHAM, GapsPage
from tests.browser.server import Server

Pixels = npt.NDArray[Any]

TOLERANCE = 6  # of 255 in each channel: software graphics rounds


def _pixels_of(picture: Pixels, colour: str) -> Pixels:
    """Columns x and y of the pixels of a colour, taken at their middle."""
    difference = np.abs(picture.astype(int) - np.array(ImageColor.getrgb(colour)))
    y, x = np.nonzero(difference.max(axis=2) <= TOLERANCE)
    return np.column_stack([x, y]) + 0.5


def test_a_fresh_start_paints_barking_and_dagenham_and_asks_nobody_else(
    new_context: NewContext, tmp_path: Path
) -> None:
    asked: list[str] = []
    console: list[str] = []
    page = new_context().new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.on("console", lambda message: console.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: console.append(error.message))

    with Server(tmp_path / "output.txt") as server:
        gaps = GapsPage(page, server.url).open({"place": BARKING_AND_DAGENHAM})
        gaps.wait_painted()
        outward = server.outward_calls()

    here = {"127.0.0.1"}
    elsewhere = {url for url in asked if not url.startswith(("data:", "blob:")) and urlsplit(url).hostname not in here}
    assert any(url.startswith("ws://") for url in asked), "the websocket was not seen, so others might not be either"
    assert any("/app/static/geometry/lsoa/" in url for url in asked)
    assert not elsewhere, f"the page asked {elsewhere}"
    assert not outward, f"the server asked {outward}"
    assert not console, console

    core20 = atlas_on_disk.core20_in("lad24cd", BARKING_AND_DAGENHAM)
    assert (len(core20), int(core20["pop_mid2022"].sum())) == (32, 60_846)
    expect(gaps.headline).to_contain_text("60,846 people in Barking and Dagenham live in Core20 neighbourhoods")
    states = gaps.people_by_state()
    assert list(states) == list(STATE_LABELS.values())
    assert sum(states.values()) == 60_846, "the headline adds up to the bar beneath it"
    assert states["Partnered"] == states["Needs checking"] == states["In conversation"] == 0, (
        "no partner has been given"
    )

    # What is painted, against what the outlines on disk would cover at this size. Names, places and edges lie on top of some.
    gaps.canvas.scroll_into_view_if_needed()
    size = gaps.canvas.bounding_box()
    assert size is not None
    picture = np.asarray(Image.open(io.BytesIO(gaps.canvas.screenshot())).convert("RGB"))
    shown = atlas_on_disk.projection(BARKING_AND_DAGENHAM, size["width"], size["height"])
    outlines = atlas_on_disk.outlines(BARKING_AND_DAGENHAM)
    core20_shape = shown.drawn(outlines[code] for code in core20["lsoa21cd"])
    painted = np.vstack([_pixels_of(picture, STATE_COLOURS[state]) for state in ("possible_partners", "none_recorded")])
    assert 0.45 * core20_shape.area < len(painted) < 1.02 * core20_shape.area
    inside = shapely.contains_xy(core20_shape.buffer(1.5), painted[:, 0], painted[:, 1])
    assert inside.mean() > 0.99, "a state's colour is painted where no Core20 neighbourhood is"
