import json
import os
import stat
from pathlib import Path

import pytest

from songnuan.kernel import keys


def test_the_key_file_is_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "home"
    assert keys.create(folder) is True
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "keys.json").stat().st_mode) == 0o600
    assert [file.name for file in folder.iterdir()] == ["keys.json"]


def test_every_key_is_of_32_bytes_and_its_own(tmp_path: Path) -> None:
    keys.create(tmp_path)
    made = keys.load(tmp_path)
    assert made.seal_current == "k1"
    assert list(made.seal) == ["k1"]
    secret = {made.blind, made.trail, made.seal["k1"]}
    assert {len(key) for key in secret} == {32}
    assert len(secret) == 3
    assert len(made.django) == 44


def test_keys_that_are_there_are_never_replaced(tmp_path: Path) -> None:
    keys.create(tmp_path)
    before = (tmp_path / "keys.json").read_bytes()
    assert keys.create(tmp_path) is False
    assert (tmp_path / "keys.json").read_bytes() == before


def test_two_installations_have_different_keys(tmp_path: Path) -> None:
    keys.create(tmp_path / "a")
    keys.create(tmp_path / "b")
    one, two = keys.load(tmp_path / "a"), keys.load(tmp_path / "b")
    assert one.blind != two.blind
    assert one.django != two.django
    assert one.trail != two.trail
    assert one.seal["k1"] != two.seal["k1"]


def test_a_folder_without_keys_says_so(tmp_path: Path) -> None:
    with pytest.raises(keys.KeysMissing, match=str(tmp_path)):
        keys.load(tmp_path)


def test_an_added_key_becomes_current_and_takes_none_away(own_keys: Path) -> None:
    before = keys.keys()
    assert [keys.add_seal_key(own_keys) for _ in range(2)] == ["k2", "k3"]
    after = keys.keys()
    assert after.seal_current == "k3"
    assert after.seal["k1"] == before.seal["k1"]
    assert len(set(after.seal.values())) == 3
    assert (after.django, after.blind, after.trail) == (before.django, before.blind, before.trail)
    assert stat.S_IMODE((own_keys / "keys.json").stat().st_mode) == 0o600
    assert [file.name for file in own_keys.iterdir()] == ["keys.json"]


def test_a_write_that_fails_leaves_the_old_keys(own_keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = json.loads((own_keys / "keys.json").read_text())

    def full(_descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="disk full"):
        keys.add_seal_key(own_keys)
    assert json.loads((own_keys / "keys.json").read_text()) == before


def test_the_data_folder_is_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGNUAN_HOME", str(tmp_path / "here"))
    assert keys.home() == tmp_path / "here"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SONGNUAN_HOME", "")
    assert keys.home() == tmp_path / "var"
    monkeypatch.delenv("SONGNUAN_HOME")
    assert keys.home() == tmp_path / "var"
