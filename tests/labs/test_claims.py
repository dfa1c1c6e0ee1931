"""Each claim of each task is shown by a test that exists, or says why none can show it."""

from __future__ import annotations

import re
from itertools import zip_longest

import pytest

from tests.labs.claims import CLAIMS, LESSON, Why
from tests.labs.contract import FOUND, LABS
from tests.labs.programs import ROOT
from tests.labs.tasks import claims_of
from tests.soak.pasted.all import RUNS

FOLDER = ROOT / "tests" / "labs"


@pytest.mark.parametrize("lab", FOUND)
def test_the_table_has_each_claim_of_the_task(lab: str) -> None:
    claims = claims_of(lab, "en")
    assert len(claims) == len(claims_of(lab, "ru"))
    for claim, words in zip_longest(claims, CLAIMS[lab], fillvalue=""):
        assert words, f"nothing shows: {claim}"
        assert claim.startswith(words)


@pytest.mark.parametrize("lab", FOUND)
def test_what_shows_a_claim_exists(lab: str) -> None:
    for words, proofs in CLAIMS[lab].items():
        if isinstance(proofs, Why):
            assert len(proofs.reason) > 20, words
            continue
        assert proofs, words
        for proof in proofs:
            assert exists(proof, lab), f"{words}: no {proof}"


def exists(proof: str, lab: str) -> bool:
    """Whether a test, a check or a lesson is there."""
    if proof == LESSON:
        return lab in RUNS
    kind, _, name = proof.partition(":")
    if kind == "check":
        checks = (LABS / lab / "checks.toml").read_text(encoding="utf-8")
        return f'\nid = "{name}"\n' in checks
    file, _, test = proof.partition("::")
    source = (FOLDER / file).read_text(encoding="utf-8")
    return re.search(rf"^(?:async )?def {test}\(", source, re.MULTILINE) is not None


def test_a_proof_that_is_not_there_is_found() -> None:
    assert exists("check:reset", "tcp/echo")
    assert not exists("check:rest", "tcp/echo")
    assert exists("test_claims.py::test_what_shows_a_claim_exists", "tcp/echo")
    assert not exists("test_claims.py::test_what_shows", "tcp/echo")
