"""Which sources of community assets can be pulled: a table of what each is asked for and how, so that pulling is one way for all."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from data_loaders import ace_libraries, charity_register, givefood, gla_community_centres, open_referral_feed, overpass
from data_loaders.asset_layers import ENGLAND, Scope, feed_code
from data_loaders.asset_source import AssetSource, AssetsRead
from data_loaders.atlas import Atlas
from data_loaders.charity_areas import AreaNames
from data_loaders.http_session import HttpSession, Limits
from data_loaders.kept_answers import KeptAnswers
from data_loaders.public_address import PublicAddresses

PLACE, ADDRESS, PUBLISHED = "place", "address", "published"
MOST_BYTES = 60_000_000
"""Of one file that is read whole."""
_WHEN = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)


class AssetPullError(Exception):
    """There is no new layer; the message is a sentence that says why, what stands instead, and what to do."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for. source: a key of SOURCES. lad24cd: the authority. address: of a feed, a release or a mirror. files: in place of
    asking; most sources read one. published: the ISO day, month or year of a list that does not say. licence: of a feed, as a person
    found it out. fewer: take the answer although it has fewer than half of what stands."""

    source: str
    lad24cd: str | None = None
    address: str = ""
    files: tuple[Path, ...] = ()
    published: str = ""
    licence: str = ""
    fewer: bool = False


@dataclass(frozen=True)
class Means:
    """What there is to ask with. environment: usually os.environ. kept: where good answers are kept. rule: which typed addresses may be
    asked. today: for what a feed says of days to come."""

    atlas: Atlas
    environment: Mapping[str, str]
    kept: KeptAnswers | None
    today: date
    rule: PublicAddresses = field(default_factory=PublicAddresses)

    def names(self) -> AreaNames:
        """What the register of charities means by its names of areas."""
        return AreaNames.of_atlas(self.atlas.snapshot.table("small_areas", ["lad24cd", "lad24nm", "utlanm"]))

    def asking(self, wanted: Wanted, publisher: str) -> HttpSession:
        """A session that may ask the address a person typed, once it has been looked at. AddressRefusedError."""
        self.rule.check(publisher, wanted.address)
        return HttpSession(publisher, self.kept, Limits(), rule=self.rule)


@dataclass(frozen=True)
class PullableSource:
    """needs: what must be given to ask it (PLACE, ADDRESS, PUBLISHED). file_needs: what must be given with a file. file: what the file is.
    ask, read: how."""

    about: AssetSource
    needs: tuple[str, ...]
    file_needs: tuple[str, ...]
    file: str
    ask: Callable[[Wanted, Means], AssetsRead]
    read: Callable[[Wanted, Means], AssetsRead]
    most_files: int = 1

    def scope(self, wanted: Wanted, atlas: Atlas) -> Scope:
        """What a layer of it is about: an authority, a feed or document, or England."""
        if wanted.lad24cd is not None:
            return Scope(wanted.lad24cd, atlas.names("lad24")[wanted.lad24cd])
        if self.about.key != open_referral_feed.ABOUT.key:
            return Scope(ENGLAND, "England")
        if wanted.files:
            return Scope(feed_code(wanted.files[0].name), f"the document {wanted.files[0].name}")
        return Scope(feed_code(wanted.address.partition("://")[2] or wanted.address), "all of its feed")

    def check(self, wanted: Wanted) -> None:
        """Nothing where enough and no more is given; AssetPullError says what is missing, or what to leave out."""
        title = self.about.title
        needed = self.file_needs if wanted.files else self.needs
        if PLACE in needed and wanted.lad24cd is None:
            raise AssetPullError(f"{title}: say for which authority, as in --place E09000030.")
        if PLACE not in needed and wanted.lad24cd is not None:
            raise AssetPullError(f"{title} come for all of {'the feed' if ADDRESS in self.needs else 'England'} at once: leave out --place.")
        if ADDRESS in needed and not wanted.address:
            raise AssetPullError(
                f"{title}: say where, as in --address https://example.org/ ({self.about.address} may help), or bring {self.file} with --file."
            )
        if wanted.published and not _WHEN.fullmatch(wanted.published):
            raise AssetPullError(f"{wanted.published!r} is not a day, month or year: write 2026-08-16, 2026-08 or 2026.")
        if PUBLISHED in needed and not wanted.published:
            raise AssetPullError(f"{title}: each release is of another date and does not say which; add the month, as in --published 2024-12.")
        if len(wanted.files) > self.most_files:
            raise AssetPullError(f"{title}: more than {self.most_files} {'file' if self.most_files == 1 else 'files'} cannot be read at once.")
        for path in wanted.files:
            if not path.exists():
                raise AssetPullError(f"There is no file {path}: bring {self.file}.")


def bytes_of(path: Path) -> bytes:
    """The whole of a file. AssetPullError where it cannot be read or is over MOST_BYTES."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise AssetPullError(f"{path.name} has over {MOST_BYTES / 1e6:.0f} MB, the most that is read at once: check that it is the right file.")
        return path.read_bytes()
    except OSError as error:
        raise AssetPullError(f"{path} cannot be read: {error.strerror}.") from error


def _ask_osm(wanted: Wanted, means: Means) -> AssetsRead:
    index = means.atlas.geometry
    row = index[(index["layer"] == "lsoa") & (index["key"] == wanted.lad24cd)].iloc[0]
    box = (float(row["west"]), float(row["south"]), float(row["east"]), float(row["north"]))
    hosts = overpass.addresses(means.environment)
    return overpass.fetch(overpass.session(means.kept), str(wanted.lad24cd), means.atlas.placing, box, hosts)


def _read_osm(wanted: Wanted, means: Means) -> AssetsRead:
    return overpass.read(bytes_of(wanted.files[0]), str(wanted.lad24cd), means.atlas.placing)


def _ask_givefood(wanted: Wanted, means: Means) -> AssetsRead:
    if wanted.address:
        return givefood.fetch(means.asking(wanted, givefood.ABOUT.publisher), means.atlas.placing, [_folder(wanted.address)])
    return givefood.fetch(HttpSession(givefood.ABOUT.publisher, means.kept, Limits(most_bytes=givefood.MOST_BYTES)), means.atlas.placing)


def _read_givefood(wanted: Wanted, means: Means) -> AssetsRead:
    first, second = (*wanted.files, None)[:2]
    return givefood.read(first, means.atlas.placing, second, wanted.published)  # type: ignore[arg-type] # there is a first: `check` saw to it


def _ask_charities(wanted: Wanted, means: Means) -> AssetsRead:
    within = {str(wanted.lad24cd)}
    session = charity_register.session(means.kept)
    if not wanted.address:
        return charity_register.fetch(session, means.atlas.placing, means.names(), within=within)
    means.rule.check(charity_register.NAME, wanted.address)
    typed = HttpSession(charity_register.NAME, means.kept, charity_register.LIMITS, rule=means.rule)
    return charity_register.fetch(typed, means.atlas.placing, means.names(), within=within, addresses=[_folder(wanted.address)])


def _read_charities(wanted: Wanted, means: Means) -> AssetsRead:
    return charity_register.read(wanted.files[0], means.atlas.placing, means.names(), within={str(wanted.lad24cd)})


def _ask_ace(wanted: Wanted, means: Means) -> AssetsRead:
    return ace_libraries.fetch(means.asking(wanted, ace_libraries.SOURCE), means.atlas.placing, [wanted.address], wanted.published)


def _read_ace(wanted: Wanted, means: Means) -> AssetsRead:
    return ace_libraries.assets(ace_libraries.read(wanted.files[0]), means.atlas.placing, wanted.published)


def _ask_gla(wanted: Wanted, means: Means) -> AssetsRead:
    session = means.asking(wanted, gla_community_centres.SOURCE)
    return gla_community_centres.fetch(session, means.atlas.placing, [wanted.address], wanted.published)


def _read_gla(wanted: Wanted, means: Means) -> AssetsRead:
    return gla_community_centres.assets(gla_community_centres.read(wanted.files[0]), means.atlas.placing, wanted.published)


def _ask_feed(wanted: Wanted, means: Means) -> AssetsRead:
    session, base = open_referral_feed.open_session(wanted.address, means.kept, means.rule)
    licence = wanted.licence or open_referral_feed.NOT_STATED
    return open_referral_feed.fetch(session, base, means.atlas.placing, means.today, licence=licence)


def _read_feed(wanted: Wanted, means: Means) -> AssetsRead:
    path = wanted.files[0]
    licence = wanted.licence or open_referral_feed.NOT_STATED
    return open_referral_feed.read(bytes_of(path), means.atlas.placing, means.today, source=path.stem, licence=licence, feed=path.stem.lower())


def _folder(address: str) -> str:
    return address.rstrip("/") + "/"


SOURCES: dict[str, PullableSource] = {
    source.about.key: source
    for source in (
        PullableSource(overpass.SOURCE, (PLACE,), (PLACE,), "an answer of Overpass as JSON", _ask_osm, _read_osm),
        PullableSource(givefood.ABOUT, (), (), "Give Food's list as JSON", _ask_givefood, _read_givefood, most_files=2),
        PullableSource(charity_register.ABOUT, (PLACE,), (PLACE,), "the folder with the register's three zips", _ask_charities, _read_charities),
        PullableSource(ace_libraries.ABOUT, (ADDRESS, PUBLISHED), (PUBLISHED,), "the dataset as CSV", _ask_ace, _read_ace),
        PullableSource(gla_community_centres.ABOUT, (ADDRESS, PUBLISHED), (PUBLISHED,), "the map as CSV", _ask_gla, _read_gla),
        PullableSource(open_referral_feed.ABOUT, (ADDRESS,), (), "a document saved from the feed", _ask_feed, _read_feed),
    )
}
"""By key. Charities are asked for by authority: those of all England are over a hundred thousand, most of them nobody's neighbour."""
