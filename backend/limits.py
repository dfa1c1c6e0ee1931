"""The bounds of everything, with their numbers: parts of the settings (settings.py reads them)."""

from __future__ import annotations

from pydantic import BaseModel, Field

from backend.bound_settings import Positive, Seconds


class ProgramLimits(BaseModel):
    """What programs may do, and how much of it is told."""

    start_timeout_s: Seconds = Field(15.0, description="How long a program may take to listen.")
    stop_int_s: Seconds = Field(1.0, description="Between SIGINT and SIGTERM.")
    stop_term_s: Seconds = Field(2.0, description="Between SIGTERM and SIGKILL.")
    drain_s: Seconds = Field(
        0.5, description="How long output is still read after a program has ended."
    )
    runs_per_room: Positive = Field(40, description="Runs at a time in a room.")
    runs_per_desk: Positive = Field(6, description="Runs at a time on a desk.")
    ended_runs_kept: Positive = Field(200, description="Ended runs that a room remembers.")
    args_limit: Positive = Field(32, description="Arguments of one program.")
    arg_limit_bytes: Positive = Field(4096, description="Size of one argument.")
    stdin_limit_bytes: Positive = Field(65536, description="Typed, not yet read by the program.")
    output_rate_bytes: Positive = Field(
        131072, description="Output that is told, per run and second; the rest is counted."
    )
    output_burst_bytes: Positive = Field(262144, description="Output that is told in one go.")
    output_piece_bytes: Positive = Field(16384, description="Largest text of one output event.")
    trace_line_limit_bytes: Positive = Field(65536, description="Largest message of a tracer.")

    trace_events_rate: Positive = Field(
        2000, description="Events of one program from outside, per second; the rest is counted."
    )


class TrafficLimits(BaseModel):
    """Who may connect, and how much may pass."""

    run_idle_s: Seconds = Field(
        7200.0,
        description="A program of a hosted playground ends that so long made no call, was not "
        "typed into, and was looked at by nobody.",
    )
    room_idle_s: Seconds = Field(
        604800.0, description="A room ends in which so long nobody was and nothing happened."
    )
    idle_notice_s: Seconds = Field(
        300.0, description="How long before its end what is idle is told to end."
    )
    rooms_limit: Positive = Field(50, description="Rooms at a time, their desks not counted.")
    people_per_room: Positive = Field(200, description="People of a room, online or not.")
    attempts_per_minute: Positive = Field(
        20, description="Wrong codes and host keys of one address in a minute; then it waits."
    )
    hello_timeout_s: Seconds = Field(
        5.0, description="How long a WebSocket of a hosted room may take to say who it is."
    )
    clients_per_room: Positive = Field(200, description="Browser sockets at a time in a room.")
    viewers_per_room: Positive = Field(600, description="Open event streams in a room.")
    clients_per_person: Positive = Field(8, description="Browser sockets of a person in a room.")
    message_limit_bytes: Positive = Field(131072, description="Largest WebSocket message.")
    ping_s: Seconds = Field(
        20.0,
        description="Between two pings to a WebSocket; one that does not answer within as long "
        "again is cut.",
    )
    request_limit_bytes: Positive = Field(262144, description="Largest HTTP request body.")
    target_limit_bytes: Positive = Field(8000, description="Longest path with its query.")
    headers_limit: Positive = Field(100, description="Headers of one HTTP request.")
    headers_limit_bytes: Positive = Field(32768, description="Size of all headers together.")
    request_timeout_s: Seconds = Field(
        20.0, description="How long an HTTP request may take to be complete."
    )
    tls_handshake_s: Seconds = Field(
        10.0, description="How long a TLS handshake may take to be complete."
    )
    connections_limit: Positive = Field(1000, description="Connections at a time.")
    connections_per_address: Positive = Field(
        700, description="Connections at a time from one address."
    )
    descriptors_reserve: Positive = Field(
        512,
        description="Descriptors that connections leave to programs and to browser sockets; where "
        "the process has few, they leave three quarters.",
    )
    window_bytes: Positive = Field(
        262144, description="What a TCP client may have sent that the lab has not yet taken."
    )
    connect_timeout_s: Seconds = Field(5.0, description="How long a TCP connect may take.")
    client_idle_s: Seconds = Field(3600.0, description="A browser socket without traffic ends.")
    client_silence_s: Seconds = Field(
        30.0, description="A client over plain HTTP for which no request comes for so long ends."
    )
    wait_limit_s: Seconds = Field(
        20.0, description="How long a request may wait for news at most: `wait_s`."
    )
    post_wait_s: Seconds = Field(
        5.0, description="How long a message to a client over plain HTTP may wait to be taken."
    )
    mailbox_bytes: Positive = Field(
        262144,
        description="What a client over plain HTTP may have for its browser that was not fetched: "
        "where it is more, the lab is not read.",
    )
    client_events_rate: Positive = Field(
        500, description="Messages of one client that are told, per second; the rest is counted."
    )


class MemoryLimits(BaseModel):
    """How much is remembered, and how it goes out."""

    events_kept: Positive = Field(20_000, description="Events that a room's history holds.")
    events_kept_bytes: Positive = Field(16 * 2**20, description="Size of a room's history.")
    history_kept_days: Positive = Field(
        90, description="Age at which events are no longer remembered after a restart."
    )
    recordings_per_room: Positive = Field(50, description="Recordings that a room keeps.")
    recordings_bytes: Positive = Field(
        256 * 2**20, description="Size of all recordings of a room together."
    )
    recordings_kept_days: Positive = Field(365, description="Age at which a recording is deleted.")
    drafts_per_person: Positive = Field(200, description="Programs that one person has drafted.")
    draft_limit_bytes: Positive = Field(65536, description="Size of one drafted program.")
    store_interval_s: Seconds = Field(
        0.25, description="How long events wait for each other to be written in one go."
    )
    store_patience_s: Seconds = Field(
        3.0, description="How long whoever waits for something to be kept waits for the disk."
    )
    store_queue_events: Positive = Field(
        100_000,
        description="Events that wait for a disk that does not take them; the oldest go, counted.",
    )
    store_queue_bytes: Positive = Field(64 * 2**20, description="Size of those events.")
    batch_interval_s: Seconds = Field(
        0.05,
        description="Least time between two batches of what happens; what was before comes as fast "
        "as it is taken.",
    )
    class_interval_s: Seconds = Field(
        0.5, description="Least time between two messages about the desks of a class."
    )
    class_rate_bytes: Positive = Field(
        102_400, description="What is told a second of all desks of a class to one who looks."
    )
    batch_limit_events: Positive = Field(1000, description="Events in one batch.")
    batch_limit_bytes: Positive = Field(256 * 1024, description="Size of one batch.")
    download_piece_bytes: Positive = Field(
        65536, description="Events of a download that are taken from the history in one go."
    )
    unread_s: Seconds = Field(
        60.0, description="A peer that takes nothing of what is sent to it for so long is cut."
    )
