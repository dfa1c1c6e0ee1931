"""The numbers of takes, and of clients in them."""

from __future__ import annotations

from backend.domain.takes import LabTake


def counted(take: LabTake, held: set[int], times: int) -> list[int]:
    numbers = []
    for _ in range(times):
        take = take.with_client(held)
        numbers.append(take.last_client)
    return numbers


def test_clients_are_counted_from_1_in_each_take() -> None:
    take = LabTake()
    assert counted(take, set(), 3) == [1, 2, 3]
    assert counted(take.with_client(set()).next(), set(), 2) == [1, 2]


def test_no_client_gets_the_number_of_one_that_is_connected_since_before() -> None:
    assert counted(LabTake().next(), {1, 3}, 3) == [2, 4, 5]


def test_a_take_is_clear_until_a_program_starts_in_it() -> None:
    assert LabTake().is_clear
    assert not LabTake().with_run().with_client(set()).is_clear
    assert LabTake().with_run().next() == LabTake(number=2)
