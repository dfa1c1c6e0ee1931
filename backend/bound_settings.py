"""The settings of what is bounded where people share a machine: their programs and sockets.

They are settings as all others (`settings.py`), and stand here because they belong together.
"""

from __future__ import annotations

import os
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings

from backend.domain.bounds import Bounds

Positive = Annotated[int, Field(gt=0)]
Seconds = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(gt=0)]


class BoundSettings(BaseSettings):
    """What one program, and one browser socket, may have of the machine."""

    bounded: bool | None = Field(
        None,
        description="Hold programs to the bounds of `run_…` and browser sockets to their rates; if "
        "not set: when the playground is hosted. What several processes have together is held on "
        "Linux only.",
    )
    run_nice: Annotated[int, Field(ge=0, le=19)] = Field(
        5, description="How far programs stand back for others that want the processor (nice(1))."
    )
    run_processor_share: Share = Field(
        0.5, description="Processor time of a bound program in each second, over a while."
    )
    run_processor_burst_s: Seconds = Field(
        2.0, description="Processor time that a bound program may use in one go."
    )
    runs_processor_share: Share = Field(
        0.6, description="The part of all processors that busy bound programs have together."
    )
    run_memory_bytes: Positive = Field(
        256 * 2**20, description="Memory that a bound program has in use; with more it is ended."
    )
    run_data_bytes: Positive = Field(
        4 * 2**30,
        description="Memory that one process of a bound program may ask for (RLIMIT_DATA); each "
        "thread asks for 8 MiB that it does not use.",
    )
    run_tasks_limit: Positive = Field(
        400, description="Threads and processes of a bound program; with more it is ended."
    )
    run_files_limit: Annotated[int, Field(ge=256)] = Field(
        512, description="Open files and sockets of one process of a bound program."
    )
    run_file_bytes: Positive = Field(
        16 * 2**20, description="Largest file that a bound program may write."
    )
    client_messages_rate: Positive = Field(
        200,
        description="Messages that a bounded browser socket may send, per second: TCP waits, a "
        "datagram is let go and counted.",
    )
    client_bytes_rate: Positive = Field(2**20, description="Bytes that it may send, per second.")

    @property
    def run_bounds(self) -> Bounds:
        """What one program may have of the machine, as one value."""
        return Bounds(
            nice=self.run_nice,
            share=self.run_processor_share,
            burst_s=self.run_processor_burst_s,
            shares=self.runs_processor_share * (os.cpu_count() or 1),
            memory_bytes=self.run_memory_bytes,
            data_bytes=self.run_data_bytes,
            tasks=self.run_tasks_limit,
            files=self.run_files_limit,
            file_bytes=self.run_file_bytes,
        )
