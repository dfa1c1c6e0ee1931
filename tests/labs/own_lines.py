"""Count a lab's own lines: those with code, without docstrings, imports and `argparse`.

`python -m tests.labs.own_lines [REVISION]` prints them for each lab, beside those of a revision.
"""

from __future__ import annotations

import ast
import io
import subprocess
import sys
import tokenize

from tests.labs.programs import ROOT

FINISHED = ("server", "client", "demo")
_NOT_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


def _is_argparse(node: ast.stmt) -> bool:
    """Whether a statement makes or uses the parser, and does nothing else."""
    calls = node.value if isinstance(node, ast.Assign | ast.Expr) else None
    if not isinstance(calls, ast.Call) or not isinstance(calls.func, ast.Attribute):
        return False
    made = ast.unparse(calls.func)
    return made in ("argparse.ArgumentParser", "parser.add_argument", "parser.parse_args")


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def own_lines(source: str) -> int:
    """Return how many lines of a program are its own."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _NOT_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom) or (
            isinstance(node, ast.stmt) and (_is_docstring(node) or _is_argparse(node))
        ):
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(lines)


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


def lines_of_labs(revision: str | None = None) -> dict[str, int]:
    """Return the own lines of each lab's finished programs, now or in a git revision."""
    if revision is None:
        paths = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("labs/*/*/*.py")]
    else:
        paths = _git("ls-tree", "-r", "--name-only", revision, "labs").splitlines()
    found: dict[str, int] = {}
    for path in sorted(paths):
        _labs, group, name, program = path.rsplit("/", 3)[-4:] if path.count("/") == 3 else [""] * 4
        if program.removesuffix(".py") not in FINISHED:
            continue
        text = _git("show", f"{revision}:{path}") if revision else (ROOT / path).read_text()
        lab = f"{group}/{name}"
        found[lab] = found.get(lab, 0) + own_lines(text)
    return found


def main() -> None:
    now = lines_of_labs()
    before = lines_of_labs(sys.argv[1]) if len(sys.argv) > 1 else now
    for lab, lines in now.items():
        print(f"{lab:20} {before.get(lab, 0):4} {lines:4}")
    was, is_now = sum(before.values()), sum(now.values())
    print(f"{'sum':20} {was:4} {is_now:4}  {(is_now - was) / was:+.0%}")


if __name__ == "__main__":
    main()
