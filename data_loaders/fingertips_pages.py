"""The address of an indicator's page on the Fingertips website, made without asking anybody."""

from __future__ import annotations

from urllib.parse import quote

from data_loaders.fingertips_areas import ENGLAND, RECORDED, prefixed, types_by_level

SITE = "https://fingertips.phe.org.uk/"
AREA_TYPE_IDS: dict[str, int] = {level: types[0].id for level, types in types_by_level(RECORDED).items()}
"""Level → the area type recorded for it; `Fingertips.area_type_ids()` has those of today."""
_COMPARE_AREAS = 3
_ALL_OF_ENGLAND = 15


def page_address(indicator_id: str, area_type_id: int | None = None, area_code: str = "") -> str:
    """The page that compares areas by an indicator, with one of them chosen; "" where the id is not one of Fingertips'.

    indicator_id: as text. area_type_id: of the areas compared, None for the page as it opens by itself. area_code: without prefix.
    Sex and age are left to the page, which opens at the indicator's own: their ids are Fingertips' internal ones. The form is that
    of the links which the site itself makes: /search/219#page/3/gid/1/pat/15/par/E92000001/ati/221/are/nE54000029/iid/219.
    """
    if not indicator_id.isascii() or not indicator_id.isdigit():
        return ""
    address = f"{SITE}search/{indicator_id}#page/{_COMPARE_AREAS}/gid/1"
    if area_type_id is not None:
        address += f"/pat/{_ALL_OF_ENGLAND}/par/{ENGLAND}/ati/{int(area_type_id)}"
        if area_code:
            address += f"/are/{quote(prefixed(area_code), safe='')}"
    return f"{address}/iid/{indicator_id}"
