"""Which store a playground has: decided once, before it serves.

A folder that was named has to do, else the playground does not begin. The user's own is a courtesy:
where it cannot be had, the playground goes on and forgets. A newer database is always refused.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from backend.domain.addresses import host_as_text, reachable
from backend.domain.errors import DataRefused, FolderTaken, NewerDatabase
from backend.runtime.store.folder import DATABASE, DataFolder, default_folder
from backend.runtime.store.forgetful import ForgetfulStore
from backend.runtime.store.schema import prepare
from backend.runtime.store.store import Store
from backend.settings import Settings

NOTHING = "none"


def say(line: str) -> None:
    """Tell whoever started the playground."""
    print(line, file=sys.stderr, flush=True)


def store_for(settings: Settings, tell: Callable[[str], None] = say) -> Store:
    """Return the store that these settings ask for. Raises DataRefused."""
    if settings.data == NOTHING:
        return ForgetfulStore(settings)
    address = f"http://{host_as_text(reachable(settings.host))}:{settings.port}"
    try:
        folder = DataFolder(folder_of(settings), address=address)
    except FolderTaken as taken:
        tell(f"{taken.message} This one goes on without memory.")
        return ForgetfulStore(settings, taken.message)
    except DataRefused as refused:
        return _without(settings, refused, tell)
    try:
        prepare(folder.database)
    except NewerDatabase:
        folder.close()
        raise
    except DataRefused as refused:
        folder.close()
        return _without(settings, refused, tell)
    from backend.runtime.store.sqlite import SqliteStore

    return SqliteStore(folder, settings)


def database_of(settings: Settings) -> Path:
    """Return where the database of these settings is. Raises DataRefused."""
    if settings.data == NOTHING:
        raise DataRefused("There is nothing to back up: the playground remembers nothing.")
    return folder_of(settings) / DATABASE


def folder_of(settings: Settings) -> Path:
    """Return the data folder of these settings."""
    return Path(settings.data).expanduser() if settings.data else default_folder()


def _without(
    settings: Settings, refused: DataRefused, tell: Callable[[str], None]
) -> ForgetfulStore:
    if settings.data:
        raise refused
    tell(f"{refused.message} The playground goes on without memory.")
    return ForgetfulStore(settings, refused.message)
