"""Settings from a file and the environment: which counts, and what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corpus import read_settings
from corpus.errors import SettingsError
from corpus.settings import PREFIX


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "communique.toml"


def test_settings_are_read_from_the_environment() -> None:
    given = {"COMMUNIQUE_DATA": "/d", "COMMUNIQUE_DELAY_S": "3.5", "COMMUNIQUE_HTTPS": "yes"}

    settings = read_settings(given)

    assert (settings.data, settings.delay_s, settings.https) == (Path("/d"), 3.5, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PAGE_SIZE", "0"),
        ("DELAY_S", "-1"),
        ("TIMEOUT_S", "nan"),
        ("RETRIES", "-1"),
        ("WARC_MB", "0"),
    ],
)
def test_a_number_too_small_to_make_sense_is_an_error_that_names_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{PREFIX}{name} must be at least"):
        read_settings({PREFIX + name: value})


@pytest.mark.parametrize(
    ("name", "value"), [("DELAY_S", "soon"), ("PAGE_SIZE", "2.5"), ("HTTPS", "1")]
)
def test_a_setting_that_cannot_be_read_is_an_error_that_names_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{PREFIX}{name}"):
        read_settings({PREFIX + name: value})


def test_the_environment_is_above_the_file(file: Path) -> None:
    file.write_text(
        'data = "/var/lib/communique"\ncontact = "mail@service.example"\ndelay_s = 3\n'
        'attachments = false\nurl = "HTTPS://Search.example:443/"\n'
    )
    found = read_settings({"COMMUNIQUE_DELAY_S": "4.5"}, file)
    assert found.data == Path("/var/lib/communique")
    assert (found.contact, found.delay_s, found.attachments) == ("mail@service.example", 4.5, False)
    assert found.url == "https://search.example"


def test_a_variable_names_the_file_and_an_argument_is_above_it(file: Path, tmp_path: Path) -> None:
    file.write_text("page_size = 50\n")
    other = tmp_path / "other.toml"
    other.write_text("page_size = 10\n")
    environ = {"COMMUNIQUE_CONFIG": str(file)}
    assert read_settings(environ).page_size == 50
    assert read_settings(environ, other).page_size == 10
    assert read_settings({"COMMUNIQUE_CONFIG": ""}).page_size == 20


def test_a_relative_data_folder_is_beside_the_file(file: Path) -> None:
    file.write_text('data = "evidence"\n')
    assert read_settings({}, file).data == file.parent / "evidence"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dleay_s = 1", "There is no setting dleay_s in {file}; did you mean delay_s?"),
        ("contact = ['a']", "contact in {file} must be a text, a number, true or false."),
        ("page_size = 0", "page_size in {file} must be at least 1, not '0'."),
        ("delay_s = 'soon'", "delay_s in {file} must be a number, not 'soon'."),
        ("https = 'maybe'", "https in {file} must be yes or no, not 'maybe'."),
        ("[data]\nfolder = 1", "data in {file} must be a text, a number, true or false."),
        ("data = ", "{file} is no TOML file: "),
    ],
)
def test_what_a_file_cannot_say_is_an_error_that_names_it(file: Path, text: str, says: str) -> None:
    file.write_text(text)
    with pytest.raises(SettingsError) as error:
        read_settings({}, file)
    assert str(error.value).startswith(says.format(file=file))


def test_bytes_that_are_no_text_are_an_error(file: Path) -> None:
    file.write_bytes(b"contact = '\xff'")
    with pytest.raises(SettingsError, match="is no TOML file"):
        read_settings({}, file)


def test_a_file_that_is_not_there_is_an_error(file: Path) -> None:
    with pytest.raises(SettingsError, match=f"{file} cannot be read: No such file"):
        read_settings({}, file)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("COMMUNIQUE_DLEAY_S", "COMMUNIQUE_DELAY_S"),
        ("COMMUNIQUE_CONTACTS", "COMMUNIQUE_CONTACT"),
        ("COMMUNIQUE_CONFIGURATION", "COMMUNIQUE_CONFIG"),
    ],
)
def test_a_misspelled_variable_is_an_error_that_names_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(SettingsError, match=f"no setting {name}; did you mean {nearest}"):
        read_settings(dict(os.environ) | {name: "1"})


def test_a_variable_like_none_is_an_error() -> None:
    with pytest.raises(SettingsError, match=r"There is no setting COMMUNIQUE_XYZ\.$"):
        read_settings({"COMMUNIQUE_XYZ": "1"})
