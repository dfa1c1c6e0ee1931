"""What the tasks say under "Notice", claim by claim, and what shows it.

A claim is named by its first words in English. It is shown by tests (`FILE::TEST`, in tests/labs),
by a check of the lab that the finished programs keep (`check:ID`), or by the lesson that does the
task with its commands (LESSON); or it says why no test can show it (`Why`).
"""

# Long because it is one table.
from __future__ import annotations

from typing import NamedTuple

LESSON = "lesson"
SHOWN = "test_claims_shown.py"
PROGRAMS = "test_contract_programs.py"


class Why(NamedTuple):
    """Why no test shows a claim."""

    reason: str


Proofs = tuple[str, ...] | Why

DESIGN = "says why the program is written so; leaving it out shows only now and then"

UDP: dict[str, dict[str, Proofs]] = {
    "udp/hello": {
        "The server got port": (f"{SHOWN}::test_each_start_of_a_udp_client_has_another_port",),
        "A line from `nc`": (LESSON,),
        'There is no "connection"': (
            "test_udp_hello.py::test_two_clients_each_get_their_own_answer",
        ),
        "While there are no messages": (f"{SHOWN}::test_who_waits_uses_no_processor_time",),
        "Without a server, the client": (
            "test_udp_hello.py::test_client_without_server_says_so_after_3_s",
            LESSON,
        ),
    },
    "udp/transform": {
        "The server writes «Клиент": (LESSON,),
        "Each start of the client": (
            f"{SHOWN}::test_each_start_of_a_udp_client_has_another_port",
            LESSON,
        ),
        "The server prints how many bytes": (LESSON,),
        "The answer to a message of 30,000": (LESSON, "check:answer_too_long"),
        "An empty datagram": (LESSON,),
    },
    "udp/socketserver": {
        "`serve_forever()` repeats": (
            LESSON,
            "test_udp_socketserver.py::test_once_answers_one_datagram_and_ends",
        ),
        "The server does not wait in `recvfrom`": (
            f"{SHOWN}::test_the_framework_wakes_and_recvfrom_does_not",
        ),
        "A new handler object": (
            f"{SHOWN}::test_each_datagram_has_a_handler_and_an_exception_ends_only_it",
        ),
        "`UDPServer` has a limit": (
            "test_udp_socketserver.py::test_datagrams_larger_than_the_frameworks_own_limit_are_not_cut",
        ),
        "With `--once`": (LESSON,),
        "An exception inside `handle()`": (
            f"{SHOWN}::test_each_datagram_has_a_handler_and_an_exception_ends_only_it",
        ),
    },
    "udp/time": {
        "The server has two threads": (
            f"{SHOWN}::test_the_udp_server_has_two_threads_however_many_clients",
        ),
        "The first line comes at once": (
            "test_udp_time_server.py::test_first_answer_comes_at_once_and_the_others_follow",
        ),
        "`nc` shows the lines": (
            LESSON,
            "test_udp_time_server.py::test_silent_client_is_forgotten_and_may_come_back",
        ),
        "The client does not learn": (
            "test_udp_time_client.py::test_client_comes_back_by_itself_when_the_server_was_restarted",
        ),
        "After its restart": (
            LESSON,
            "test_udp_time_client.py::test_client_comes_back_by_itself_when_the_server_was_restarted",
        ),
        "A client that was killed": (
            "test_udp_time_server.py::test_client_that_vanished_disturbs_nobody",
            "test_udp_time_server.py::test_defaults_are_those_of_the_task",
        ),
    },
    "udp/time_with": {
        "`with` is a `try": (f"{SHOWN}::test_with_closes_and_releases_on_whatever_way_out",),
        "The socket's `__exit__`": (f"{SHOWN}::test_with_closes_and_releases_on_whatever_way_out",),
        "The blocks are nested": (
            f"{SHOWN}::test_one_finally_is_left_and_it_stands_inside_of_with",
        ),
        "One `try … finally` is left": (
            f"{SHOWN}::test_one_finally_is_left_and_it_stands_inside_of_with",
        ),
        "When the port is taken": (f"{PROGRAMS}::test_a_busy_port_is_one_clear_line_and_status_2",),
    },
}

TCP: dict[str, dict[str, Proofs]] = {
    "tcp/echo": {
        "Each start of the client": (LESSON,),
        "The client sent 100,000 bytes": (
            LESSON,
            "test_tcp_echo.py::test_the_client_puts_a_long_answer_together_from_many_pieces",
        ),
        "`nc` sends each line": (
            "test_tcp_echo.py::test_nc_gets_back_what_is_typed_and_ends_with_its_input",
        ),
        "A second client connects": (
            "test_tcp_echo.py::test_a_second_client_is_connected_at_once_and_served_when_the_first_has_left",
        ),
        "When there is no server": (
            f"{PROGRAMS}::test_a_client_says_in_one_line_that_its_server_is_not_there",
            LESSON,
        ),
    },
    "tcp/trapezoid": {
        "A line that begins with": ("check:no_number", LESSON),
        "A mistake in the numbers": (
            "test_tcp_trapezoid.py::test_after_an_error_the_connection_stays_open_for_another_try",
        ),
        "In step 4 the three lines": (
            LESSON,
            "test_tcp_trapezoid.py::test_several_lines_in_one_piece_get_their_answers_in_order",
        ),
        "In step 5 only this": (
            LESSON,
            "test_tcp_trapezoid.py::test_a_line_of_the_limit_passes_and_one_byte_more_does_not",
        ),
        "While one client thinks": (LESSON, "check:two_at_once"),
        "Stop the server while": (LESSON,),
    },
    "tcp/transform": {
        "The server closes": (
            "test_tcp_transform.py::test_the_server_closes_after_one_answer_though_the_client_stays",
            "test_tcp_transform.py::test_the_client_reads_to_the_end_of_the_stream",
        ),
        "The client prints": (LESSON,),
        "A word here is": ("test_tcp_transform.py::test_what_the_server_finds_in_a_message",),
        "The numbers of characters": (LESSON, "check:letters"),
        "A client that connects": (
            "test_tcp_transform.py::test_silent_and_vanishing_clients_disturb_nobody",
            "check:silent",
        ),
    },
    "tcp/time": {
        "The first line comes": (
            "test_tcp_time.py::test_the_first_line_comes_at_once_and_the_next_ones_at_the_interval",
        ),
        "The server notices at once": (
            "test_tcp_time.py::test_end_ends_the_thread_at_once",
            "test_tcp_time.py::test_a_client_that_hangs_up_ends_its_thread_at_once",
            LESSON,
        ),
        "The server has as many threads": (
            f"{SHOWN}::test_a_tcp_server_has_a_thread_per_client_and_one_more",
        ),
        "A client that connects": (
            "test_tcp_time.py::test_a_client_without_a_name_gets_nothing_and_may_leave",
        ),
        "When the server stops": (
            "test_tcp_time.py::test_the_client_says_when_the_server_goes_away",
            LESSON,
        ),
    },
    "tcp/socketserver": {
        "Nobody can see": (
            f"{SHOWN}::test_nobody_sees_on_the_wire_whether_a_server_uses_the_framework",
        ),
        "Gone are": (f"{SHOWN}::test_the_framework_calls_accept_and_starts_the_threads",),
        "`self.request` is": Why("of a class of the library that no program of the lab uses"),
        "With `--once`": (LESSON,),
        "Stop the server while": (
            "test_tcp_socketserver.py::test_a_client_that_says_nothing_does_not_keep_the_server_alive",
        ),
    },
    "http/page": {
        "Request and response": (
            "test_http_page.py::test_the_page_comes_with_all_that_http_needs",
            LESSON,
        ),
        "The `Content-Length` of HEAD": (
            "test_http_page.py::test_head_gives_the_same_head_and_no_body",
            LESSON,
        ),
        "A browser asks for": Why(
            "what a browser asks for by itself is its own affair, and others do not"
        ),
        "After a response": ("test_http_page.py::test_the_page_comes_with_all_that_http_needs",),
        "An edit of the file": (
            LESSON,
            "test_http_page.py::test_the_page_is_read_anew_at_each_request",
        ),
        "A real server does": Why("is about other servers: a list of what this one leaves out"),
        "A path does not become": (
            LESSON,
            "test_http_page.py::test_any_other_path_is_404_and_opens_no_file",
        ),
    },
}

THREADS: dict[str, dict[str, Proofs]] = {
    "threads/semaphore": {
        "All eight come": (
            "test_threads_semaphore.py::test_each_of_the_eight_waits_enters_and_leaves_exactly_once",
            f"{SHOWN}::test_who_waits_uses_no_processor_time",
        ),
        "The number «внутри»": (
            "test_threads_semaphore.py::test_the_printed_count_is_the_true_one_and_never_above_three",
        ),
        "The students spend": (
            "test_threads_demos.py::test_at_the_default_speed_they_run_for_five_to_fifteen_seconds_with_something_to_see",
            LESSON,
        ),
        "A semaphore limits": Why(DESIGN),
        "This program does not use": (f"{SHOWN}::test_a_demo_uses_no_network",),
    },
    "threads/event": {
        "The first four messages": (LESSON,),
        "«отправляет»": (LESSON,),
        "An `Event` does not count": (
            f"{SHOWN}::test_an_event_neither_counts_nor_goes_down_by_itself",
            LESSON,
        ),
        "An `Event` does not go": (
            f"{SHOWN}::test_an_event_neither_counts_nor_goes_down_by_itself",
        ),
        "A thread that waits": (f"{SHOWN}::test_who_waits_uses_no_processor_time",),
    },
    "threads/condition": {
        "There are never more": (
            "test_threads_condition.py::test_messages_leave_in_the_order_in_which_they_came_and_never_more_than_three_wait",
            "test_threads_condition.py::test_only_a_full_mailbox_holds_up_a_sender_and_only_an_empty_one_a_receiver",
        ),
        "Messages are taken": (
            "test_threads_condition.py::test_messages_leave_in_the_order_in_which_they_came_and_never_more_than_three_wait",
        ),
        "The first message woke": (LESSON,),
        "While a thread is inside": (
            "test_threads_condition.py::test_news_wakes_a_thread_that_waits_not_time",
        ),
        "The pauses": (f"{SHOWN}::test_the_mailbox_never_sleeps_under_its_lock",),
        "In the first version": (LESSON,),
        "In the finished program": (
            "test_threads_demos.py::test_no_wake_up_is_lost_in_ten_runs_without_a_pause",
        ),
    },
    "threads/lowlevel": {
        "Four threads work": (
            "test_threads_lowlevel.py::test_every_step_of_every_thread_is_counted_exactly_once",
            "test_threads_lowlevel.py::test_the_lock_makes_counting_and_printing_one_step",
        ),
        "The main thread waits": (
            "test_threads_lowlevel.py::test_the_main_thread_goes_on_only_when_the_thread_that_it_waits_for_has_finished",
        ),
        "Each thread has a lock": (
            "test_threads_lowlevel.py::test_the_main_thread_goes_on_only_when_the_thread_that_it_waits_for_has_finished",
        ),
        "One thread took the lock": (f"{SHOWN}::test_a_low_level_lock_has_no_owner",),
        "When the main thread ends": (LESSON,),
    },
}

CHAT: dict[str, dict[str, Proofs]] = {
    "chat/threads": {
        "Each client has": (
            "test_chat_threads.py::test_a_message_goes_to_all_others_with_the_address_of_its_sender_and_not_back",
        ),
        "The sender does not": (
            "test_chat_threads.py::test_a_message_goes_to_all_others_with_the_address_of_its_sender_and_not_back",
            LESSON,
        ),
        "A client that is silent": ("check:silent",),
        "Everybody sees": (
            "test_chat_threads.py::test_everybody_sees_the_messages_in_the_same_order",
        ),
        "A client says at once": (
            "test_chat_threads.py::test_a_client_says_at_once_that_its_server_has_gone_and_ends_with_the_next_line",
            LESSON,
        ),
        "A client that reads nothing": (
            "test_chat_threads.py::test_a_client_that_never_reads_holds_up_nobody",
        ),
    },
    "chat/numbered": {
        "The first line tells": (
            LESSON,
            "test_chat_numbered.py::test_a_number_is_never_used_again",
        ),
        "All but the client": (
            "test_chat_numbered.py::test_a_message_goes_to_everybody_but_its_sender_with_the_number_of_the_sender",
        ),
        "Leaving looks": (
            LESSON,
            "test_chat_numbered.py::test_a_client_that_resets_its_connection_has_left_like_any_other",
        ),
        "A client is first taken": Why(DESIGN),
        "A line that is too long": (
            LESSON,
            "test_chat_numbered.py::test_a_line_over_the_limit_ends_its_sender_and_nobody_else",
        ),
    },
    "chat/log": {
        "The second client has connected": (
            LESSON,
            "test_chat_log.py::test_a_client_in_the_backlog_sends_although_nobody_has_accepted_it",
        ),
        "When the first client has left": (
            LESSON,
            "test_chat_log.py::test_a_second_client_connects_but_is_heard_only_when_the_first_has_left",
        ),
        "The queue of connections": Why(
            "what a kernel does with a connection too many is its own affair"
        ),
        "A client learns only": (
            LESSON,
            "test_chat_log.py::test_a_client_learns_with_its_second_line_that_the_server_has_gone",
        ),
        "Compared with `tcp/echo`": (
            "test_chat_log.py::test_lines_come_whole_however_the_stream_was_cut",
        ),
    },
    "chat/login": {
        "A connection has two kinds": (
            "test_chat_login.py::test_the_login_and_each_message_are_shown_and_nothing_is_answered",
        ),
        "The server remembers": (
            "test_chat_login.py::test_nobody_speaks_under_the_login_of_another",
            LESSON,
        ),
        "A client that has connected": (
            "test_chat_login.py::test_a_silent_client_makes_nobody_wait",
        ),
        "The server prints no other": (
            LESSON,
            "test_chat_login.py::test_clients_that_reset_their_connections_disturb_nobody",
        ),
        "A client waits for the keyboard": (
            "test_chat_login.py::test_a_client_learns_with_its_second_line_that_the_server_has_gone",
        ),
        "Two clients may use": (LESSON,),
    },
    "chat/window": {
        "The connection is not opened": (
            "test_chat_window.py::test_login_and_messages_reach_the_server_by_button_and_by_enter",
        ),
        "After sending": (
            "test_chat_window.py::test_a_server_that_goes_away_is_said_and_the_window_connects_again",
            LESSON,
        ),
        "Neither `connect()`": (
            "test_chat_window.py::test_the_window_does_not_freeze_while_it_connects",
        ),
        "The threads talk": Why(DESIGN),
        "`Отправлено`": (
            "test_chat_window.py::test_a_server_that_is_not_there_is_said_and_the_message_waits_for_another_try",
            LESSON,
        ),
    },
}

CLAIMS = UDP | TCP | THREADS | CHAT
