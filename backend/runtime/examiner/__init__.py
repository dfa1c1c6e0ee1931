"""Runs a lab's checks against a program, on this machine's loopback: from outside, over sockets."""

from backend.runtime.examiner.examination import Examiner
from backend.runtime.examiner.subject import Subject

__all__ = ["Examiner", "Subject"]
