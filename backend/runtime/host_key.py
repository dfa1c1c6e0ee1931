"""The host key: given, or made once and kept beside what the playground remembers."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from backend.runtime.credentials import new_token
from backend.runtime.store.opening import NOTHING, folder_of
from backend.settings import Settings

FILE = "host-key"


@dataclass(frozen=True, kw_only=True)
class HostKey:
    """A key. `is_new`: nobody has seen it yet; `file`: where it is kept by us."""

    key: str
    is_new: bool = False
    file: Path | None = None


def host_key_of(settings: Settings) -> HostKey:
    """Return the key of a hosted playground. Raises ValueError, in words, for a file without."""
    if settings.host_key is not None:
        return HostKey(key=settings.host_key.get_secret_value())
    if settings.host_key_file is not None:
        return HostKey(key=_read(settings.host_key_file))
    if settings.data == NOTHING:
        return HostKey(key=new_token(), is_new=True)
    file = folder_of(settings) / FILE
    if file.exists():
        return HostKey(key=_read(file), file=file)
    key = new_token()
    is_kept = _keep(file, key)
    return HostKey(key=key, is_new=True, file=file if is_kept else None)


def _read(file: Path) -> str:
    try:
        key = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"The host key cannot be read: {error}") from error
    if not key:
        raise ValueError(f"There is no host key in {file}.")
    return key


def _keep(file: Path, key: str) -> bool:
    """Write a key for its owner alone; return whether that could be done."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(f"{key}\n")
        return True
    return False
