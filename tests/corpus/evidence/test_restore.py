"""A backup restored by one command: whole, verified, of the folder's owner; or nothing at all."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from communique.main import main
from corpus import Settings, Store
from corpus.errors import StoreError
from corpus.evidence import backup as backup_module
from corpus.evidence.backup import back_up, restore_backup
from tests.postgresql import Server
from tests.users import NOBODY


def call(settings: Settings, *arguments: str) -> Result:
    env = {"COMMUNIQUE_DATA": str(settings.data), "COMMUNIQUE_CATALOG": settings.catalog}
    return CliRunner().invoke(main, list(arguments), env=env)


@pytest.fixture(scope="module")
def backup(sample_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backup") / "copy"
    with closing(Store(sample_settings)) as store:
        back_up(sample_settings, store, folder)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*.warc*")
        if path.is_file()
    }


def assert_restored(target: Settings, sample: Settings, backup: Path) -> None:
    done = call(target, "restore", str(backup))
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[-1].endswith("archive, catalog and index agree.")
    assert files(target.data / "archive") == files(sample.data / "archive")
    for command in (["export"], ["search", "torture"]):
        assert call(target, *command).output == call(sample, *command).output


def test_a_backup_becomes_a_data_folder(
    sample_settings: Settings, backup: Path, tmp_path: Path
) -> None:
    assert_restored(Settings(data=tmp_path / "data"), sample_settings, backup)


def test_a_backup_comes_back_into_another_database(
    sample_settings: Settings, backup: Path, tmp_path: Path, postgresql: Server
) -> None:
    url = postgresql.database()
    assert_restored(Settings(data=tmp_path / "data", catalog=url), sample_settings, backup)
    again = call(Settings(data=tmp_path / "other", catalog=url), "restore", str(backup))
    assert again.exit_code == 1
    assert "is not empty; nothing was copied." in again.output
    assert not (tmp_path / "other").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give folders away")
def test_what_root_restores_belongs_to_the_owner_of_the_folder(
    backup: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    os.chown(data, NOBODY, NOBODY)
    assert call(Settings(data=data), "restore", str(backup)).exit_code == 0
    assert {path.stat().st_uid for path in data.rglob("*")} == {NOBODY}


def test_a_folder_with_anything_in_it_is_left_alone(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    done = call(Settings(data=tmp_path), "restore", str(backup))
    assert done.exit_code == 1
    assert f"The data folder {tmp_path} is not empty." in done.output
    assert [*tmp_path.iterdir()] == [tmp_path / "mine"]


def test_a_folder_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = call(Settings(data=tmp_path / "data"), "restore", str(tmp_path / "empty"))
    assert done.exit_code == 1
    assert f"{tmp_path / 'empty'} is no backup" in done.output
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("was_there", [True, False])
def test_a_restore_that_fails_leaves_nothing(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, was_there: bool
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    data = tmp_path / "data"
    if was_there:
        data.mkdir()
    monkeypatch.setattr(backup_module, "copy_catalog", fail)
    with pytest.raises(StoreError, match=r"cannot be written: No space left on device\.$"):
        restore_backup(backup, Settings(data=data))
    assert data.exists() is was_there
    assert not was_there or not [*data.iterdir()]


def test_an_empty_data_folder_is_not_in_order(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    Store(settings).close()
    call(settings, "reindex")
    done = call(settings, "verify")
    assert done.exit_code == 1
    assert "agree" not in done.output
