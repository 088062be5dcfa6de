"""The pull: the fewest questions, each answer once, faults confined, and nothing lost by a stop, a kill or a second pull beside it."""

from __future__ import annotations

import errno
import math
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_loaders import whole_folders
from data_loaders.atlas import Atlas
from data_loaders.errors import (
    AnswerTooLargeError,
    AskedTooOftenError,
    CertificateNotTrustedError,
    NotPublishedError,
    QuestionRefusedError,
    ServerFaultError,
    SourceTimedOutError,
    SourceUnavailableError,
    SourceUnreachableError,
)
from data_loaders.indicator_source import MOST_INDICATORS, Fetched
from data_loaders.indicator_values import INDICATOR_COLUMNS, KEY, typed
from data_loaders.layers import Layer, LayerError, Layers
from data_loaders.pull import PullBusyError, Pulled, PullFailedError, PullStoppedError, pull, pulled_lately
from data_loaders.pull_jobs import Job, PullJobs, TooManyPullsError
from data_loaders.pull_places import PullPlace, layer_codes, pull_place
from data_loaders.pull_plan import plan

ENGLAND = "E92000001"
NOW = datetime(2026, 8, 16, 10, 15, tzinfo=UTC)
PLACE = PullPlace("E54000029", "NHS North East London", {"pcn": [[("E54000029",)]], "icb": [[(ENGLAND,)]], "england": [[(ENGLAND,)]]})
EVERYWHERE = frozenset({"pcn", "icb", "england"})
AREAS = {("pcn", "E54000029"): ["U11111", "U22222"], ("icb", ENGLAND): ["E54000029", "E54000030"], ("england", ENGLAND): []}


@dataclass
class FakeSource:
    """A publisher in memory. fault: called before each fetch, to raise or to return when the answer is from, if it is a kept one."""

    published: dict[str, frozenset[str]]
    fault: Callable[[Sequence[str], str, str], datetime | None] = lambda ids, level, within: None
    areas: dict[tuple[str, str], list[str]] = field(default_factory=lambda: dict(AREAS))
    now: datetime = NOW
    name: str = "OHID Fingertips"
    origin: str = "fingertips"
    fetched: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def metadata(self, indicator_ids: Sequence[str]) -> pd.DataFrame:
        rows = [{"indicator_id": one, "name": f"Indicator called {one}", "polarity": "low is good"} for one in indicator_ids]
        return typed(pd.DataFrame(rows), INDICATOR_COLUMNS)

    def available(self, indicator_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        self.asked += indicator_ids
        return {one: self.published.get(one, frozenset()) for one in indicator_ids}

    def fetch(self, indicator_ids: Sequence[str], level: str, within: str) -> Fetched:
        self.fetched.append((level, within, tuple(indicator_ids)))
        stale = self.fault(indicator_ids, level, within)
        if (level, within) not in self.areas:
            raise QuestionRefusedError("Fingertips", 400)
        rows = []
        for one in indicator_ids:
            for code in [ENGLAND, *self.areas[level, within]]:
                rows += [
                    {"indicator_id": one, "area_code": code, "level": "england" if code == ENGLAND else level, "sex": "Persons", "age": "All",
                     "period": f"20{year}/{year + 1}", "period_sortable": (2000 + year) * 10_000, "value": float(year)}
                    for year in (22, 23, 24)
                ]  # fmt: skip
        aside = pd.DataFrame({"row": [2], "reason": ["England's row comes twice"], "text": ["219,E92000001"]})
        return Fetched(
            typed(pd.DataFrame(rows)), aside, "https://example.org/api/all_data?x=1", stale or self.now, stale,
            "Fingertips could not be reached." if stale else "",
        )  # fmt: skip


def do(source: FakeSource, folder: Path, ids: Sequence[str], place: PullPlace = PLACE, **more: object) -> Pulled:
    return pull(source, place, ids, folder, now=lambda: source.now, **more)  # type: ignore[arg-type]


def fail_at(problem: SourceUnavailableError, *, level: str = "", indicator: str = "") -> Callable[[Sequence[str], str, str], None]:
    def fault(ids: Sequence[str], at: str, within: str) -> None:
        if (not level or at == level) and (not indicator or indicator in ids):
            raise problem

    return fault


def rows_of(layer: Layer) -> pd.DataFrame:
    return layer.values().astype({"indicator_id": str, "area_code": str, "level": str})


# The plan


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.integers(1, 99_999).map(str), st.frozensets(st.sampled_from(["pcn", "authority", "icb", "england", "ward"])), max_size=40
    ),
    st.integers(1, 9),
)
def test_each_indicator_is_asked_once_for_each_level_where_it_is_published(available: dict[str, frozenset[str]], copies: int) -> None:
    available = {f"{one}{copy}": levels for one, levels in available.items() for copy in range(copies)}
    within = {"pcn": [[("E54000029",)], [("E54000030",)]], "authority": [[("E12000007",)]], "england": [[(ENGLAND,)]]}
    planned = plan(list(available), within, available)
    pairs = [(one, question.level, question.within) for question in planned.questions for one in question.indicator_ids]
    assert len(pairs) == len(set(pairs))
    for level in ("pcn", "authority"):
        expected = {(one, level, (choice[0],)) for one, levels in available.items() if level in levels for choice in within[level]}
        assert {pair for pair in pairs if pair[1] == level} == expected
        number = sum(level in levels for levels in available.values())
        asked = [question for question in planned.questions if question.level == level]
        assert len(asked) == len(within[level]) * math.ceil(number / MOST_INDICATORS)
    assert {one for one, level, _ in pairs if level == "england"} == {
        one for one, levels in available.items() if "england" in levels and not levels & {"pcn", "authority"}
    }
    assert all(len(question.indicator_ids) <= MOST_INDICATORS for question in planned.questions)


def test_what_is_not_published_is_named_with_where_it_is() -> None:
    available = {"94138": frozenset({"icb", "england"}), "999": frozenset[str](), "219": EVERYWHERE}
    within = {"pcn": [[("E54000029",)]], "county": [[("E12000007",)]], "icb": [[(ENGLAND,)]]}
    planned = plan(["94138", "999", "219"], within, available, {"94138": "Blood pressure checked lately"})
    assert [(each.indicator_id, each.levels, each.kind) for each in planned.missing] == [
        ("94138", ("pcn", "county"), "not published"),
        ("999", ("pcn", "county", "icb"), "not published"),
        ("219", ("county",), "not published"),
    ]
    assert planned.missing[0].reason == "Blood pressure checked lately (94138) is not published for PCNs and counties: it is for ICBs and England."
    assert planned.missing[1].reason == "Nothing is published under indicator 999: check its number."
    assert planned.missing[2].reason.startswith("Indicator 219 is not published for counties: ")


def test_an_indicator_that_nobody_could_ask_about_is_left_out() -> None:
    assert plan(["219"], {"pcn": [[("E54000029",)]]}, {}).questions == ()


# The places


def test_a_place_is_pulled_with_its_system(atlas: Atlas) -> None:
    for text in ("Tower Hamlets", "E54000029", "U11211", "E01000090"):
        place = pull_place(atlas, atlas.gazetteer.find(text))
        assert (place.code, place.name) == ("E54000029", "NHS North East London")
        assert place.within == {
            "pcn": [[("E54000029",)]],
            "authority": [[("E12000007",)]],
            "icb": [[(ENGLAND,)]],
            "england": [[(ENGLAND,)]],
        }, "London has no counties"


def test_a_merged_system_falls_back_on_those_it_was_made_of(atlas: Atlas) -> None:
    place = pull_place(atlas, atlas.gazetteer.find("NHS Surrey and Sussex"), ["pcn", "county"])
    assert place.within == {"pcn": [[("E54000069",), ("E54000063", "E54000064")]], "county": [[("E12000008",)]]}


def test_a_system_in_two_regions_asks_in_both(atlas: Atlas) -> None:
    place = pull_place(atlas, atlas.gazetteer.find("NHS North East and North Cumbria"), ["authority"])
    assert place.within == {"authority": [[("E12000001",)], [("E12000002",)]]}


def test_england_is_pulled_without_networks_unless_they_are_asked_for(atlas: Atlas) -> None:
    england = atlas.gazetteer.find("England")
    assert set(pull_place(atlas, england).within) == {"authority", "county", "icb", "england"}
    assert len(pull_place(atlas, england, ["pcn"]).within["pcn"]) == 36


def test_which_layers_bear_on_a_place(atlas: Atlas) -> None:
    find = atlas.gazetteer.find
    assert layer_codes(atlas, find("Tower Hamlets")) == {ENGLAND, "E12000007", "E54000029"}
    assert len(layer_codes(atlas, find("England"))) == 1 + 36 + 9
    assert {"E54000029", "E12000007"} < layer_codes(atlas, find("London"))


# One pull


def test_a_pull_makes_a_layer_with_each_value_once(tmp_path: Path) -> None:
    source = FakeSource({"219": EVERYWHERE, "253": EVERYWHERE, "7": frozenset({"england"})})
    pulled = do(source, tmp_path, ["219", "253", "7"])
    values = rows_of(pulled.layer)
    assert not values.duplicated(list(KEY)).any()
    assert len(values) == 2 * (2 + 2) * 3 + 3 * 3, "two networks and two systems of two indicators, England of three, three years each"
    assert set(values["source_id"]) == {pulled.layer.id}
    about = pulled.layer.about
    assert about.rows == {"values": 33, "repeated": 6, "indicators": 3, "set_aside": 3}
    assert about.holds == {"england": ("219", "253", "7"), "icb": ("219", "253"), "pcn": ("219", "253")}
    assert (about.whole, about.pulled_at, about.place_name, about.stale_since) == (True, NOW, "NHS North East London", None)
    assert pulled.layer.set_aside()["address"].unique().tolist() == ["https://example.org/api/all_data?x=1"]
    assert pulled.layer.indicators().set_index("indicator_id")["name"]["219"] == "Indicator called 219"
    assert [(level, len(ids)) for level, _, ids in source.fetched] == [("pcn", 2), ("icb", 2), ("england", 1)]
    assert [path.name for path in (tmp_path / "pulls").iterdir() if path.is_dir()] == [], "what was half done is gone"


def test_what_is_pulled_is_what_was_published(tmp_path: Path) -> None:
    source = FakeSource({"219": EVERYWHERE})
    expected = pd.concat([source.fetch(["219"], level, within).values for level, within in AREAS]).drop_duplicates(list(KEY))
    found = do(source, tmp_path, ["219"]).layer.values().astype(dict(expected.dtypes))
    order = list(KEY)
    pd.testing.assert_frame_equal(
        found.drop(columns="source_id").sort_values(order, ignore_index=True),
        expected.drop(columns="source_id").sort_values(order, ignore_index=True),
    )


def test_progress_is_said_and_ends_at_the_end(tmp_path: Path) -> None:
    steps: list[tuple[int, int, str]] = []
    do(FakeSource({"219": EVERYWHERE, "253": EVERYWHERE}), tmp_path, ["219", "253"], progress=lambda *step: steps.append(step))
    assert all(0 <= done <= total for done, total, _ in steps)
    assert [done for done, _, _ in steps] == sorted(done for done, _, _ in steps)
    assert steps[-1][0] == steps[-1][1]
    assert "Asking for PCNs: 2 indicators" in [sentence for _, _, sentence in steps]


def test_two_hundred_and_one_indicators_are_three_requests_a_level(tmp_path: Path) -> None:
    ids = [str(number) for number in range(1, 202)]
    source = FakeSource(dict.fromkeys(ids, frozenset({"pcn"})))
    layer = do(source, tmp_path, ids).layer
    assert [len(asked) for _, _, asked in source.fetched] == [100, 100, 1]
    assert set(layer.about.holds["pcn"]) == set(ids)


# Faults


def test_one_bad_indicator_leaves_the_others(tmp_path: Path) -> None:
    ids = [str(number) for number in range(200, 240)]
    source = FakeSource(dict.fromkeys(ids, EVERYWHERE), fail_at(ServerFaultError("Fingertips", 500), level="pcn", indicator="219"))
    layer = do(source, tmp_path, ids, names={"219": "High blood pressure, recorded"}).layer
    assert set(layer.about.holds["pcn"]) == set(ids) - {"219"}
    assert set(layer.about.holds["icb"]) == set(ids)
    (missing,) = layer.about.missing
    assert (missing.indicator_id, missing.levels, missing.kind) == ("219", ("pcn",), "not answered")
    assert missing.reason.startswith("High blood pressure, recorded (219) was not answered for PCNs: Fingertips has a fault of its own")
    assert not layer.about.whole


def test_a_level_that_fails_leaves_the_others_and_is_asked_alone_next_time(tmp_path: Path) -> None:
    source = FakeSource({"219": EVERYWHERE, "253": EVERYWHERE}, fail_at(ServerFaultError("Fingertips", 500), level="pcn"))
    first = do(source, tmp_path, ["219", "253"]).layer
    assert set(first.about.holds) == {"icb", "england"}
    again = FakeSource(source.published, now=NOW + timedelta(hours=2))
    second = do(again, tmp_path, ["219", "253"])
    assert [level for level, _, _ in again.fetched] == ["pcn"]
    assert again.asked == []
    assert second.layer.about.whole
    assert second.taken_up == 1
    assert set(second.layer.about.holds) == {"pcn", "icb", "england"}
    assert second.layer.about.asked_from == NOW, "the page says the older of the two times"


def test_an_answer_too_large_is_asked_for_in_halves(tmp_path: Path) -> None:
    def fault(ids: Sequence[str], level: str, within: str) -> None:
        if len(ids) > 3:
            raise AnswerTooLargeError("Fingertips", 200_000_000)

    ids = [str(number) for number in range(1, 11)]
    source = FakeSource(dict.fromkeys(ids, frozenset({"icb"})), fault)
    layer = do(source, tmp_path, ids).layer
    assert layer.about.whole
    assert layer.about.holds["icb"] == tuple(sorted(ids))
    assert sum(len(asked) for _, _, asked in source.fetched if len(asked) <= 3) == 10


@pytest.mark.parametrize(
    "problem",
    [SourceUnreachableError("Fingertips"), CertificateNotTrustedError("Fingertips"), AskedTooOftenError("Fingertips", NOW + timedelta(hours=1))],
    ids=lambda problem: type(problem).__name__,
)
def test_a_publisher_that_cannot_be_asked_is_asked_once(tmp_path: Path, problem: SourceUnavailableError) -> None:
    ids = [str(number) for number in range(1, 30)]
    source = FakeSource(dict.fromkeys(ids, EVERYWHERE), fail_at(problem))
    with pytest.raises(PullFailedError, match="the figures built into this copy") as caught:
        do(source, tmp_path, ids)
    assert len(source.fetched) == 1
    assert str(caught.value).startswith(problem.sentence.rstrip("."))


def test_a_broken_publisher_is_not_asked_for_ever(tmp_path: Path) -> None:
    ids = [str(number) for number in range(1, 201)]
    source = FakeSource(dict.fromkeys(ids, EVERYWHERE), fail_at(ServerFaultError("Fingertips", 500), level="pcn"))
    layer = do(source, tmp_path, ids).layer
    assert sum(level == "pcn" for level, _, _ in source.fetched) == 2 * 8
    assert {(each.levels, each.kind) for each in layer.about.missing} == {(("pcn",), "not answered")}
    assert len(layer.about.missing) == 200
    assert set(layer.about.holds["icb"]) == set(ids), "the other levels are there"


def test_several_bad_indicators_leave_the_others(tmp_path: Path) -> None:
    ids = [str(number) for number in range(100, 200)]
    bad = {"101", "150", "199"}

    def fault(asked: Sequence[str], level: str, within: str) -> None:
        if bad & set(asked):
            raise ServerFaultError("Fingertips", 500)

    layer = do(FakeSource(dict.fromkeys(ids, frozenset({"icb"})), fault), tmp_path, ids).layer
    held = set(layer.about.holds["icb"])
    assert not held & bad
    assert len(held) >= 80, "what is left beside the bad ones when the halving ends"
    assert held | {each.indicator_id for each in layer.about.missing} == set(ids)


def test_a_publisher_whose_every_answer_is_a_fault(tmp_path: Path) -> None:
    class Broken(FakeSource):
        def available(self, indicator_ids: Sequence[str]) -> dict[str, frozenset[str]]:
            self.asked += indicator_ids
            raise ServerFaultError("Fingertips", 500)

    source = Broken({})
    with pytest.raises(PullFailedError, match=r"^Fingertips has a fault of its own \(status 500\): .* the pages show the figures built into"):
        do(source, tmp_path, [str(number) for number in range(1, 80)])
    assert source.asked == ["1", "2", "3"]


def test_slow_answers_end_the_asking_sooner(tmp_path: Path) -> None:
    ids = [str(number) for number in range(1, 1001)]
    source = FakeSource(dict.fromkeys(ids, frozenset({"pcn"})), fail_at(SourceTimedOutError("Fingertips", 180), level="pcn"))
    with pytest.raises(PullFailedError, match="had not answered fully after 180 seconds"):
        do(source, tmp_path, ids)
    assert len(source.fetched) <= 3


def test_when_nothing_is_answered_the_last_good_layer_stands_and_its_date_is_said(tmp_path: Path) -> None:
    good = do(FakeSource({"219": EVERYWHERE}), tmp_path, ["219"]).layer
    source = FakeSource({"219": EVERYWHERE}, fail_at(SourceUnreachableError("Fingertips")), now=NOW + timedelta(days=9))
    with pytest.raises(PullFailedError) as caught:
        do(source, tmp_path, ["219"])
    assert str(caught.value) == (
        "Fingertips could not be reached: check this computer's connection to the internet and try again later; until then the pages show "
        "the figures pulled on 16 August 2026."
    )
    assert Layers(tmp_path / "layers").whole().layers == (good,)


def test_kept_answers_alone_are_no_new_layer(tmp_path: Path) -> None:
    good = do(FakeSource({"219": EVERYWHERE}), tmp_path, ["219"]).layer
    source = FakeSource({"219": EVERYWHERE}, lambda *_: NOW, now=NOW + timedelta(days=2))
    with pytest.raises(PullFailedError, match=r"^Fingertips could not be reached; until then the pages show the figures pulled on 16 August 2026\.$"):
        do(source, tmp_path, ["219"])
    assert Layers(tmp_path / "layers").ids() == (good.id,)


def test_kept_answers_are_better_than_nothing_and_say_so(tmp_path: Path) -> None:
    source = FakeSource({"219": EVERYWHERE}, lambda ids, level, within: NOW - timedelta(hours=5) if level == "pcn" else None)
    about = do(source, tmp_path, ["219"]).layer.about
    assert about.stale_since == NOW - timedelta(hours=5)
    assert about.stale_because == "Fingertips could not be reached."
    assert about.asked_from == NOW
    again = FakeSource({"219": EVERYWHERE}, now=NOW + timedelta(hours=3))
    assert do(again, tmp_path, ["219"]).layer.about.stale_since is None
    assert [level for level, _, _ in again.fetched] == ["pcn"], "the kept answer is asked for again, the live one is not"


def test_an_indicator_that_does_not_exist_or_is_not_published_there(tmp_path: Path) -> None:
    place = PullPlace(PLACE.code, PLACE.name, {"pcn": PLACE.within["pcn"]})
    source = FakeSource({"94138": frozenset({"icb", "england"})})
    with pytest.raises(PullFailedError) as caught:
        do(source, tmp_path, ["94138", "999999"], place)
    assert str(caught.value) == (
        "Indicator called 94138 (94138) is not published for PCNs: it is for ICBs and England; Nothing is published under indicator 999999: "
        "check its number; the pages show the figures built into this copy."
    )
    assert source.fetched == []


def test_a_source_that_says_so_only_when_asked(tmp_path: Path) -> None:
    problem = NotPublishedError("Fingertips", "Indicator 219 is not published for PCNs: it is for ICBs.", frozenset({"icb"}))
    layer = do(FakeSource({"219": EVERYWHERE}, fail_at(problem, level="pcn")), tmp_path, ["219"]).layer
    assert [(each.kind, each.reason) for each in layer.about.missing] == [("not published", problem.sentence)]


def test_what_is_not_answered_of_what_is_published(tmp_path: Path) -> None:
    class Forgetful(FakeSource):
        def available(self, indicator_ids: Sequence[str]) -> dict[str, frozenset[str]]:
            if "253" in indicator_ids:
                raise ServerFaultError("Fingertips", 503)
            return super().available(indicator_ids)

        def metadata(self, indicator_ids: Sequence[str]) -> pd.DataFrame:
            raise ServerFaultError("Fingertips", 500)

    layer = do(Forgetful({"219": EVERYWHERE, "253": EVERYWHERE}), tmp_path, ["219", "253"], names={"253": "COPD"}).layer
    assert set(layer.about.holds["pcn"]) == {"219"}
    assert [(each.indicator_id, each.levels) for each in layer.about.missing] == [("253", ("pcn", "icb", "england")), ("219", ())]
    assert layer.about.missing[0].reason.startswith("COPD (253) was not answered for PCNs, ICBs and England: ")
    assert len(layer.indicators()) == 0


def test_a_merged_system_that_the_publisher_does_not_know_yet(tmp_path: Path) -> None:
    place = PullPlace("E54000069", "NHS Surrey and Sussex", {"pcn": [[("E54000069",), ("E54000063", "E54000064")]]})
    areas = {("pcn", "E54000063"): ["U1"], ("pcn", "E54000064"): ["U2"]}
    ids = [str(number) for number in range(1, 151)]
    source = FakeSource(dict.fromkeys(ids, frozenset({"pcn"})), areas=areas)
    layer = do(source, tmp_path, ids, place).layer
    assert set(rows_of(layer)["area_code"]) == {ENGLAND, "U1", "U2"}
    assert layer.about.whole
    assert [within for _, within, _ in source.fetched] == ["E54000069", "E54000063", "E54000064", "E54000063", "E54000064"], "tried once"


def test_a_merged_system_of_which_there_is_no_row(tmp_path: Path) -> None:
    place = PullPlace("E54000069", "NHS Surrey and Sussex", {"pcn": [[("E54000069",), ("E54000063",)]]})
    source = FakeSource({"219": EVERYWHERE}, areas={("pcn", "E54000069"): [], ("pcn", "E54000063"): ["U1"]})
    assert "U1" in set(rows_of(do(source, tmp_path, ["219"], place).layer)["area_code"])


# Stopping, killing and taking up again


def test_stopped_between_requests_it_goes_on_where_it_was(tmp_path: Path) -> None:
    source = FakeSource({"219": EVERYWHERE, "253": EVERYWHERE})
    with pytest.raises(PullStoppedError, match="within a day to go on from there") as caught:
        do(source, tmp_path, ["219", "253"], should_stop=lambda: len(source.fetched) == 1)
    assert "the pages show the figures built into this copy" in str(caught.value)
    assert Layers(tmp_path / "layers").ids() == ()
    again = FakeSource(source.published)
    pulled = do(again, tmp_path, ["219", "253"])
    assert pulled.taken_up == 1
    assert [level for level, _, _ in again.fetched] == ["icb"]
    assert again.asked == []
    assert not rows_of(pulled.layer).duplicated(list(KEY)).any()


def test_killed_in_the_middle_of_an_answer_it_asks_for_that_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(ids: Sequence[str], level: str, within: str) -> None:
        if level == "icb":
            raise KeyboardInterrupt

    source = FakeSource({"219": EVERYWHERE}, dies)
    with pytest.raises(KeyboardInterrupt):
        do(source, tmp_path, ["219"])
    (work,) = [path for path in (tmp_path / "pulls").iterdir() if path.is_dir()]
    (part,) = work.glob("answer-*")
    values = part / "values.parquet"
    values.write_bytes(values.read_bytes()[:-5])
    (work / ".writing-answer-x").mkdir()
    again = FakeSource(source.published)
    assert do(again, tmp_path, ["219"]).taken_up == 0
    assert [level for level, _, _ in again.fetched] == ["pcn", "icb"]


def test_parts_older_than_a_day_are_asked_for_again(tmp_path: Path) -> None:
    source = FakeSource({"219": EVERYWHERE})
    with pytest.raises(PullStoppedError):
        do(source, tmp_path, ["219"], should_stop=lambda: len(source.fetched) == 1)
    again = FakeSource(source.published, now=NOW + timedelta(hours=25))
    assert do(again, tmp_path, ["219"]).taken_up == 0
    assert len(again.fetched) == 2
    assert again.asked == ["219"]


def test_another_request_does_not_take_up_this_one(tmp_path: Path) -> None:
    source = FakeSource({"219": EVERYWHERE, "253": EVERYWHERE})
    with pytest.raises(PullStoppedError):
        do(source, tmp_path, ["219"], should_stop=lambda: len(source.fetched) == 1)
    assert do(source, tmp_path, ["253"]).taken_up == 0


def test_a_disk_that_fails_is_said_and_the_last_layer_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = do(FakeSource({"219": EVERYWHERE}), tmp_path, ["219"]).layer

    def fails(path: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(whole_folders, "_to_disk", fails)
        with pytest.raises(LayerError, match="No space left on device"):
            do(FakeSource({"219": EVERYWHERE}, now=NOW + timedelta(days=1)), tmp_path, ["219"])
    assert Layers(tmp_path / "layers").whole().layers == (good,)


def test_a_data_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(LayerError, match="set COMMON_GROUND_DATA to another folder"):
        do(FakeSource({"219": EVERYWHERE}), tmp_path / "file", ["219"])


# One at a time


def test_a_second_pull_of_the_same_place_is_refused_and_another_place_is_not(tmp_path: Path) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def waits(ids: Sequence[str], level: str, within: str) -> None:
        inside.set()
        assert go_on.wait(30)

    first = threading.Thread(target=do, args=(FakeSource({"219": EVERYWHERE}, waits), tmp_path, ["219"]))
    first.start()
    assert inside.wait(30)
    try:
        with pytest.raises(PullBusyError, match=rf"are being pulled already since .* \(process {os.getpid()}\), so nothing more was asked"):
            do(FakeSource({"219": EVERYWHERE}), tmp_path, ["219"])
        other = PullPlace("E54000030", "NHS South East London", {"icb": [[(ENGLAND,)]]})
        do(FakeSource({"219": EVERYWHERE}), tmp_path, ["219"], other)
    finally:
        go_on.set()
        first.join(30)
    do(FakeSource({"219": EVERYWHERE}), tmp_path, ["219"])


def test_the_lock_of_a_process_that_was_killed_is_taken_over(tmp_path: Path, root: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from data_loaders.pull_lock import only_one\n"
        "with only_one(Path(sys.argv[1])):\n    print('held', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "pulls" / f"{PLACE.code}.lock")]
    holder = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        with pytest.raises(PullBusyError, match=rf"\(process {holder.pid}\)"):
            do(FakeSource({"219": EVERYWHERE}), tmp_path, ["219"])
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait(30)
    assert do(FakeSource({"219": EVERYWHERE}), tmp_path, ["219"]).layer.about.whole


# Lately, and in the background


def test_a_full_pull_of_the_last_hour_is_reported(tmp_path: Path) -> None:
    layer = do(FakeSource({"219": EVERYWHERE, "253": EVERYWHERE}), tmp_path, ["219", "253"]).layer
    layers = [layer]
    assert pulled_lately(layers, PLACE, ["219"], NOW + timedelta(minutes=59)) == layer
    assert pulled_lately(layers, PLACE, ["219"], NOW + timedelta(minutes=61)) is None
    assert pulled_lately(layers, PLACE, ["219", "241"], NOW) is None
    wider = PullPlace(PLACE.code, PLACE.name, {**PLACE.within, "county": [[("E12000007",)]]})
    assert pulled_lately(layers, wider, ["219"], NOW) is None
    assert pulled_lately(layers, PullPlace("E54000030", "", PLACE.within), ["219"], NOW) is None


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    opened = threading.Event()
    yield opened
    opened.set()


def test_two_pulls_at_once_and_one_a_place(tmp_path: Path, gate: threading.Event) -> None:
    def work(progress: object, should_stop: object) -> Pulled:
        assert gate.wait(30)
        return do(FakeSource({"219": EVERYWHERE}), tmp_path, ["219"])

    jobs = PullJobs()
    first = jobs.start("E54000029", "NHS North East London", work)
    assert jobs.start("E54000029", "NHS North East London", work) is first
    second = jobs.start("E54000030", "NHS South East London", work)
    with pytest.raises(TooManyPullsError, match="Pulls for NHS North East London and for NHS South East London are under way"):
        jobs.start("E54000031", "NHS South West London", work)
    assert first.is_running
    gate.set()
    first.wait(30)
    second.wait(30)
    third = jobs.start("E54000031", "NHS South West London", work)
    third.wait(30)
    assert jobs.latest("E54000029") is first
    assert not any(job.is_running for job in (first, second, third))


def test_a_job_reports_and_stops(tmp_path: Path) -> None:
    source = FakeSource({"219": EVERYWHERE})
    fetching, go_on = threading.Event(), threading.Event()

    def waits(ids: Sequence[str], level: str, within: str) -> None:
        fetching.set()
        assert go_on.wait(30)

    source.fault = waits
    job = Job(PLACE.code, PLACE.name, lambda progress, should_stop: do(source, tmp_path, ["219"], progress=progress, should_stop=should_stop))
    job.start()
    assert fetching.wait(30)
    assert job.state.sentence == "Asking for PCNs: 1 indicator"
    assert 0 < job.state.share < 1
    job.stop()
    assert job.is_stopping
    go_on.set()
    job.wait(30)
    assert not job.is_running
    assert job.state.stopped
    assert "was stopped" in job.state.problem
    assert len(source.fetched) == 1


def test_a_fault_of_ours_in_the_thread_is_said_plainly_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    def breaks(progress: object, should_stop: object) -> Pulled:
        raise ZeroDivisionError("inside")

    job = Job(PLACE.code, PLACE.name, breaks)
    job.start()
    job.wait(30)
    assert job.state.problem.startswith("Something went wrong in the pull for NHS North East London, and it has been logged")
    assert "inside" not in job.state.problem
    assert "ZeroDivisionError" in caplog.text


def test_finished_jobs_are_not_remembered_for_ever() -> None:
    def refuses(progress: object, should_stop: object) -> Pulled:
        raise PullFailedError("Nothing was answered.")

    jobs = PullJobs()
    for number in range(60):
        jobs.start(f"E{number:08d}", "A place", refuses).wait(30)
    assert jobs.latest("E00000000") is None
    assert jobs.latest("E00000059") is not None
    assert len(jobs._jobs) <= 50
