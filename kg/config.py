"""Settings: defaults, then `kg.toml`, then `KG_*` environment; the command line's flags come last, not from here.

Also finds the files that are packaged beside the code. Reads no other file.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from kg.errors import ConfigError
from kg.iris import DEFAULT_BASE

if TYPE_CHECKING:
    from collections.abc import Mapping


_SWITCHES = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class Config:
    """All settings. Times in seconds, sizes in bytes unless the name says otherwise."""

    store: str = "build/store"
    base: str = DEFAULT_BASE
    host: str = "127.0.0.1"
    port: int = 5000
    token: str = field(default="", repr=False)  # what is printed or logged shows no secret
    read_token: str = field(default="", repr=False)
    readers: int = 2
    workers: int = 1
    timeout_s: float = 30.0
    shutdown_s: float = 5.0
    memory_mb: int = 600
    durability: str = "process"
    jobs: int = 0
    remote_token: str = field(default="", repr=False)
    remote_user: str = ""
    remote_password: str = field(default="", repr=False)
    remote_query: str = ""
    remote_update: str = ""
    remote_graphs: str = ""
    remote_timeout_s: float = 120.0
    remote_max_mb: int = 1000
    federation: str = ""
    slow_s: float = 5.0
    log: str = "text"
    wikidata: str = "build/wikidata"
    online: bool = False
    contact: str = ""
    wikidata_at: str = ""


def load(folder: Path | None = None, environment: Mapping[str, str] | None = None) -> Config:
    """Read `kg.toml` in `folder` (default: the working directory) and `KG_*`; raise `ConfigError` for what is odd."""
    values: dict[str, object] = {}
    path = (folder or Path.cwd()) / "kg.toml"
    kinds = get_type_hints(Config)
    if path.is_file():
        try:
            values.update(tomllib.loads(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(f"{path}: {error}") from error
        if unknown := sorted(values.keys() - kinds.keys()):
            raise ConfigError(f"{path}: unknown setting {', '.join(unknown)}; known are {', '.join(sorted(kinds))}")
    environ = os.environ if environment is None else environment
    for setting in fields(Config):
        if (text := environ.get(f"KG_{setting.name.upper()}")) is not None:
            values[setting.name] = text
    return replace(Config(), **{name: _convert(name, value, kinds[name]) for name, value in values.items()})


def _convert(name: str, value: object, kind: type) -> Any:
    try:
        if kind is bool and (isinstance(value, bool) or str(value).lower() in _SWITCHES):
            return value if isinstance(value, bool) else _SWITCHES[str(value).lower()]
        if kind in (int, float) and isinstance(value, (str, int, float)) and not isinstance(value, bool):
            return kind(value)
        if kind is str and isinstance(value, str):
            return value
    except ValueError:
        pass
    raise ConfigError(f"setting {name}: {value!r} is not a {kind.__name__}")


def resource(name: str) -> Path:
    """Return the folder `ontology` or `examples`, from the installed package or from the checkout."""
    package = Path(__file__).resolve().parent
    for folder in (package / "_data" / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise ConfigError(f"the folder {name} is missing from the installation; reinstall conflict-news-kg")
