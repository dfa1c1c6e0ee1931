"""The one tree of errors.

    SocketLabError
    ├── Defect                 ours: something that must not happen
    │   ├── ForbiddenTransition
    │   └── RunBroken          it ended a run
    ├── LabFailure             a lab's program failed
    │   ├── PortInUse
    │   ├── BadArguments
    │   ├── StartFailed
    │   └── NotOpened
    └── BadInput               a person or a script asked for what cannot be
        ├── UnknownLab, UnknownProgram, UnknownRoom, UnknownRun,
        ├── UnknownClient, UnknownPerson
        ├── Unauthorized
        ├── Forbidden
        │   └── DoorLocked
        ├── TooManyAttempts
        ├── UnknownRecording, UnknownDraft
        ├── NotKept             the disk does not take it now
        │   └── DataRefused     nor can it at all
        │       ├── FolderTaken
        │       └── NewerDatabase
        ├── InvalidRequest
        ├── RunEnded
        ├── NotListening
        ├── ClientEnded, OutOfTurn, NotTaken
        ├── InputFull
        ├── LimitReached
        ├── WindowExceeded
        └── ShuttingDown

Every error has a `code` for scripts and a message, with its numbers, for people.
`web/errors.py` is the one place that maps it to HTTP statuses and to WebSocket close codes.
"""

from __future__ import annotations

from backend.domain.errors.base import (
    BadArguments,
    BadInput,
    Defect,
    ErrorCode,
    ForbiddenTransition,
    InputFull,
    InvalidRequest,
    LabFailure,
    LimitReached,
    NotListening,
    NotOpened,
    PortInUse,
    RunBroken,
    RunEnded,
    ShuttingDown,
    SocketLabError,
    StartFailed,
    UnknownLab,
    UnknownProgram,
    UnknownRoom,
    UnknownRun,
    WindowExceeded,
    words_of,
)
from backend.domain.errors.rooms import (
    ClientEnded,
    DataRefused,
    DoorLocked,
    FolderTaken,
    Forbidden,
    NewerDatabase,
    NotKept,
    NotTaken,
    OutOfTurn,
    TooManyAttempts,
    Unauthorized,
    UnknownClient,
    UnknownDraft,
    UnknownPerson,
    UnknownRecording,
)

__all__ = [
    "BadArguments",
    "BadInput",
    "ClientEnded",
    "DataRefused",
    "Defect",
    "DoorLocked",
    "ErrorCode",
    "FolderTaken",
    "Forbidden",
    "ForbiddenTransition",
    "InputFull",
    "InvalidRequest",
    "LabFailure",
    "LimitReached",
    "NewerDatabase",
    "NotKept",
    "NotListening",
    "NotOpened",
    "NotTaken",
    "OutOfTurn",
    "PortInUse",
    "RunBroken",
    "RunEnded",
    "ShuttingDown",
    "SocketLabError",
    "StartFailed",
    "TooManyAttempts",
    "Unauthorized",
    "UnknownClient",
    "UnknownDraft",
    "UnknownLab",
    "UnknownPerson",
    "UnknownProgram",
    "UnknownRecording",
    "UnknownRoom",
    "UnknownRun",
    "WindowExceeded",
    "words_of",
]
