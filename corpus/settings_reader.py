"""Where settings come from: a file, and above it the environment."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from math import inf
from pathlib import Path
from typing import Any

from corpus.errors import SettingsError
from corpus.settings import CONFIG, PREFIX, Settings, checked, own_url

# What a service's commands and its pages all read, unless told otherwise.
DEFAULT_FILE = Path("/etc/communique.toml")
FIELDS = {each.name: each for each in fields(Settings)}


def read_settings(environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """The settings that a file and, above it, `COMMUNIQUE_*` variables ask for.

    The file is `file`, else what `COMMUNIQUE_CONFIG` names, else /etc/communique.toml if there is
    one. Raises SettingsError.
    """
    named = file or (Path(given) if (given := environ.get(CONFIG)) else None)
    if named is None and CONFIG not in environ and DEFAULT_FILE.exists():
        named = DEFAULT_FILE
    values = _read_file(named) if named else {}
    return checked(Settings(**(values | _read_environment(environ))))


def _read_file(file: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # of TOML, or of UTF-8
        raise SettingsError(f"{file} is no TOML file: {error}.") from error
    values = {}
    for name, value in table.items():
        if name not in FIELDS:
            raise _unknown_setting(name, f" in {file}", "", list(FIELDS))
        label = f"{name} in {file}"
        if isinstance(value, bool):
            value = "yes" if value else "no"
        if not isinstance(value, str | int | float):
            raise SettingsError(f"{label} must be a text, a number, true or false.")
        values[name] = _read_value(name, str(value), label)
    if "data" in values:
        values["data"] = file.absolute().parent / values["data"]
    return values


def _read_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    variables = {PREFIX + name.upper(): name for name in FIELDS}
    values = {}
    for label, value in environ.items():
        if label in variables:
            values[variables[label]] = _read_value(variables[label], value, label)
        elif label.startswith(PREFIX) and label != CONFIG:
            raise _unknown_setting(label, "", PREFIX, [*variables, CONFIG])
    return values


def _unknown_setting(name: str, where: str, prefix: str, known: list[str]) -> SettingsError:
    """That there is no such setting, and which is nearest, by what comes after the prefix."""
    ends = [each.removeprefix(prefix) for each in known]
    nearest = get_close_matches(name.removeprefix(prefix), ends, n=1)
    hint = f"; did you mean {prefix}{nearest[0]}?" if nearest else "."
    return SettingsError(f"There is no setting {name}{where}{hint}")


def _read_value(name: str, value: str, label: str) -> Any:
    readers: dict[str, Callable[[str], Any]] = {
        "Path": Path,
        "str": str,
        "float": float,
        "int": int,
        "bool": _read_bool,
    }
    kind, least = str(FIELDS[name].type), FIELDS[name].metadata.get("least", 0)
    try:
        found = readers[kind](value)
    except ValueError:
        wanted = "yes or no" if kind == "bool" else "a number"
        raise SettingsError(f"{label} must be {wanted}, not {value!r}.") from None
    if kind in ("int", "float") and not least <= found < inf:
        raise SettingsError(f"{label} must be at least {least}, not {value!r}.")
    return own_url(value, label) if name == "url" else found


def _read_bool(value: str) -> bool:
    if value.lower() not in ("yes", "no"):
        raise ValueError(value)
    return value.lower() == "yes"
