"""Where the store is: the environment says so, or the user's configuration, or it is the default."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pare.errors import ConfigError
from pare.scenarios.store.errors import refusal
from pare.scenarios.store.locks import sync_directory

VARIABLE = "PARE_CACHE_DIR"
KEY = "cache_dir"

Source = Literal["environment", "configuration", "default"]


@dataclass(frozen=True, slots=True)
class Place:
    """The directory of the store, absolute, and what said so."""

    path: Path
    source: Source

    @property
    def reason(self) -> str:
        """Say in words why the store is there."""
        if self.source == "environment":
            return f"{VARIABLE} is set"
        return f"{KEY!r} in {config_path()}" if self.source == "configuration" else "the default"


def config_path() -> Path:
    """Name the user's configuration file."""
    return Path.home() / ".config" / "pare" / "config.json"


def find_place() -> Place:
    """Tell where the store is and why; nothing is made there.

    Raises:
        ConfigError: the configuration file cannot be understood.
    """
    if named := os.environ.get(VARIABLE):
        return Place(Path(named).expanduser().absolute(), "environment")
    if (configured := configured_path()) is not None:
        return Place(configured, "configuration")
    return Place(Path.home() / ".cache" / "pare" / "scenario_results", "default")


def configured_path() -> Path | None:
    """Give the directory that the configuration file names; None if it names none.

    Raises:
        ConfigError: the file cannot be understood, or names something else.
    """
    named = _read_config().get(KEY)
    if named is None:
        return None
    path = Path(named).expanduser() if isinstance(named, str) and named else None
    if path is None or not path.is_absolute():
        raise ConfigError(f"{KEY!r} in {config_path()} is {named!r}; it must be an absolute path")
    return path


def set_place(folder: Path | str, *, create: bool = False) -> Place:
    """Write `folder` into the configuration file, apart from which nothing changes there.

    Raises:
        ConfigError: it is no directory, or missing without `create`; or the file cannot be understood.
        StoreError: the file or the directory cannot be written.
    """
    path, settings = Path(folder).expanduser().absolute(), _read_config()
    if path.exists() and not path.is_dir():
        raise ConfigError(f"{path} is not a directory")
    if not (create or path.is_dir()):
        raise ConfigError(f"{path} does not exist; make it first, or ask for that with --create")
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(path, error) from error
    _write_config({**settings, KEY: str(path)})
    return Place(path, "configuration")


def reset_place() -> bool:
    """Take the directory out of the configuration file, and tell whether it was there.

    Raises:
        ConfigError: the file cannot be understood.
        StoreError: it cannot be written.
    """
    settings = _read_config()
    if KEY not in settings:
        return False
    del settings[KEY]
    _write_config(settings)
    return True


def _read_config() -> dict[str, Any]:
    path = config_path()
    try:
        settings = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is not valid JSON ({error}); mend it or remove it") from None
    if not isinstance(settings, dict):
        raise ConfigError(f"{path} must hold an object, with braces; mend it or remove it")
    return settings


def _write_config(settings: dict[str, Any]) -> None:
    path = config_path().resolve()  # a link stays one
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o600
        _write_synced(part, f"{json.dumps(settings, indent=2)}\n".encode(), mode)
        part.replace(path)
        sync_directory(path.parent)
    except OSError as error:
        raise refusal(path, error) from error


def _write_synced(path: Path, data: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            path.unlink(missing_ok=True)
            raise
