"""Fetch the browser scripts and the map of land that the pages ship, at pinned versions, checked by hash; installs nothing.

Run by hand when a version changes: `python training/vendor/fetch.py` writes into `kg/web/static/vendor/`;
`python training/vendor/fetch.py --check` only says whether the files there are the pinned ones (no network).
Reads no npm configuration and needs no Node: the registry's tarballs are plain HTTPS downloads.
"""

from __future__ import annotations

import base64
import io
import os
import sys
import tarfile
import urllib.request
from dataclasses import dataclass
from hashlib import sha256, sha512
from pathlib import Path

TARGET = Path(__file__).resolve().parents[2] / "kg" / "web" / "static" / "vendor"
REGISTRY = os.environ.get("NPM_CONFIG_REGISTRY", "https://registry.npmjs.org").rstrip("/")


@dataclass(frozen=True, slots=True)
class Package:
    """One npm tarball: `integrity` is the registry's; `files` are (path in the tarball, name here, SHA-256)."""

    name: str
    version: str
    integrity: str
    files: tuple[tuple[str, str, str], ...]


PACKAGES = (
    Package(
        "@zazuko/yasgui",
        "4.6.2",
        "sha512-Zw45KdPoAE1KRaAoxIHdQqeJxvaVG1oQdntw0hy0ktX35Zu8ZccuOLrXCLwR+GU+0xMzLw8Mjw6BkSZV2vUuQw==",
        (
            (
                "package/build/yasgui.min.js",
                "yasgui-4.6.2.min.js",
                "55034eaac74c55f55fbd1eeed008ae38a79053651cbed2b453f1fcfd895a4b75",
            ),
            (
                "package/build/yasgui.min.css",
                "yasgui-4.6.2.min.css",
                "085b94556b97f9928981bdedb6848fd11ad4d8d950e821f0d698c58ca538fc55",
            ),
        ),
    ),
    Package(
        "leaflet",
        "1.9.4",
        "sha512-nxS1ynzJOmOlHp+iL3FyWqK89GtNL8U8rvlMOsQdTTssxZwCXh8N2NB3GDQOL+YR3XnWyZAxwQixURb+FA74PA==",
        (
            (
                "package/dist/leaflet.js",
                "leaflet-1.9.4.js",
                "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a",
            ),
            (
                "package/dist/leaflet.css",
                "leaflet-1.9.4.css",
                "a7837102824184820dfa198d1ebcd109ff6d0ff9a2672a074b9a1b4d147d04c6",
            ),
        ),
    ),
    Package(
        "cytoscape",
        "3.33.1",
        "sha512-iJc4TwyANnOGR1OmWhsS9ayRS3s+XQ185FmuHObThD+5AeJCakAAbWv8KimMTt08xCCLNgneQwFp+JRJOr9qGQ==",
        (
            (
                "package/dist/cytoscape.min.js",
                "cytoscape-3.33.1.min.js",
                "f55947f3daa3bae53209d4b885c195c157f595c225e508a6b382598d9452d6e2",
            ),
        ),
    ),
    Package(
        "world-atlas",
        "2.0.2",
        "sha512-IXfV0qwlKXpckz1FhwXVwKRjiIhOnWttOskm5CtxMsjgE/MXAYRHWJqgXOpM8IkcPBoXnyTU5lFHcYa5ChG0LQ==",
        # land only: the package's country borders take sides where states dispute them
        (
            (
                "package/land-50m.json",
                "land-50m-2.0.2.json",
                "619477ff690c086885e45cb91707d783805561bd75ae8e437b7d4694b0204e0f",
            ),
        ),
    ),
)


def integrity(data: bytes) -> str:
    """Return the hash in the form that npm and browsers write: `sha512-` and base64."""
    return "sha512-" + base64.b64encode(sha512(data).digest()).decode()


def tarball(package: Package) -> bytes:
    """Download one package; exit when it is not the pinned one."""
    bare = package.name.rpartition("/")[2]
    address = f"{REGISTRY}/{package.name}/-/{bare}-{package.version}.tgz"
    with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 - the registry's own address
        data: bytes = answer.read()
    if integrity(data) != package.integrity:
        sys.exit(f"{address}: {integrity(data)} is not the pinned {package.integrity}")
    return data


def unpack(package: Package, data: bytes) -> dict[str, bytes]:
    """Take the listed files out of a tarball, each checked; nothing else is written anywhere."""
    found: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for path, name, digest in package.files:
            member = archive.extractfile(path)
            content = member.read() if member else b""
            if sha256(content).hexdigest() != digest:
                sys.exit(f"{package.name} {path}: not the pinned file")
            found[name] = content
    return found


def problems() -> list[str]:
    """Name every vendored file that is missing, changed or not pinned."""
    pinned = {name: digest for package in PACKAGES for _, name, digest in package.files}
    present = {path.name: sha256(path.read_bytes()).hexdigest() for path in TARGET.iterdir()}
    wrong = [name for name in pinned if present.get(name) != pinned[name]]
    return sorted({*wrong, *(present.keys() - pinned.keys())})


def main(arguments: list[str]) -> None:
    """Fetch, or with `--check` only compare."""
    if arguments != ["--check"]:
        TARGET.mkdir(parents=True, exist_ok=True)
        for package in PACKAGES:
            for name, content in unpack(package, tarball(package)).items():
                (TARGET / name).write_bytes(content)
                print(f"{name}  {len(content)} bytes")
    if wrong := problems():
        sys.exit(f"not the pinned files: {', '.join(wrong)}")
    print("all vendored files are the pinned ones")


if __name__ == "__main__":
    main(sys.argv[1:])
