"""What all tests share: Hypothesis does not mind a machine that has other things to do."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
