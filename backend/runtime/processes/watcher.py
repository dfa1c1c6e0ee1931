"""The watcher: a process beside ours that ends the programs when we are gone, however we went.

A program under the tracer ends itself when its trace channel closes; not while C code holds its
interpreter's lock, nor while it is stopped, and its children go on. So a small shell holds the end
of a pipe of ours. We write there which process groups there are, and which are gone; when the pipe
ends it kills what is left: the groups, and on Linux what has left its group but not its session,
and the sessions of their leaders' children, as all that programs leave is the fork server's.
(Linux' PR_SET_PDEATHSIG knows neither the children of a program nor other systems, and goes by the
thread that made the process.)

The shell is nobody's child, in a session of its own, apart from our terminal's signals. If it is
lost, another one takes its place with the next program.
"""

from __future__ import annotations

import logging
import os
import subprocess
import weakref

log = logging.getLogger(__name__)

_SHELL = "/bin/sh"
# Run by a shell that goes at once and leaves this in the background; its input is the pipe. `+ID`
# and `-ID` are lines: from them on there is, or is not, such a group.
_SCRIPT = r"""
watch() {
    groups=' '
    while read -r line; do
        group=${line#?}
        case $line in
        +*) groups="$groups$group " ;;
        -*) groups="${groups%% $group *} ${groups#* $group }" ;;
        esac
    done
    for stat in /proc/[0-9]*/stat; do
        read -r line <"$stat" || continue
        set -- "${line%% *}" ${line##*) }
        case $groups in *" $3 "*) groups="$groups$5 " ;; esac
    done
    for group in $groups; do
        kill -s KILL -- "-$group"
    done
    for stat in /proc/[0-9]*/stat; do
        read -r line <"$stat" || continue
        set -- "${line%% *}" ${line##*) }
        case $groups in *" $5 "*) kill -s KILL "$1" ;; esac
    done
}
exec 3<&0
cd / && watch <&3 3<&- &
"""


class Watcher:
    """Knows which process groups of ours are to end with us. Its shell is made with the first."""

    def __init__(self) -> None:
        self._groups: set[int] = set()
        self._shell: _Shell | None = None
        self._is_able = True

    def add(self, group: int) -> None:
        """Let a process group end with us; without a shell we can only say that it may not."""
        self._groups.add(group)
        if not self._tell(f"+{group}\n") and self._is_able:
            try:
                self._shell = _Shell(self)
            except (OSError, subprocess.SubprocessError) as error:
                self._is_able = False
                log.warning("a program may outlive a server that is killed: %s", error)
            else:
                self._tell("".join(f"+{each}\n" for each in sorted(self._groups)))

    def forget(self, group: int) -> None:
        """Let a process group be nobody's business; to be called while its id is still its own."""
        self._groups.discard(group)
        self._tell(f"-{group}\n")

    def close(self) -> None:
        """End what is left, and the watching."""
        if self._shell is not None:
            self._shell.close()
            self._shell = None

    def _tell(self, lines: str) -> bool:
        """Tell the shell; return whether there is one."""
        if self._shell is None:
            return False
        try:
            self._shell.write(lines)
        except BrokenPipeError:  # somebody has ended it
            self.close()
            return False
        return True


class _Shell:
    """The shell that watches, as the end of the pipe by which it knows of us."""

    def __init__(self, owner: Watcher) -> None:
        theirs, self._ours = os.pipe()
        self.close = weakref.finalize(owner, os.close, self._ours)
        try:
            subprocess.run(
                [_SHELL, "-c", _SCRIPT, "socketlab-watcher"],
                stdin=theirs,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                start_new_session=True,
                check=True,
            )
        except BaseException:
            self.close()
            raise
        finally:
            os.close(theirs)

    def write(self, lines: str) -> None:
        """Write lines of the script above. Raises BrokenPipeError when it is gone."""
        os.write(self._ours, lines.encode())
