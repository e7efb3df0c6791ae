"""Completion in bash of words that bash splits, such as `elu:alpha=1` and `--format=csv`."""

from __future__ import annotations

import os
import re
from typing import Any

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    add_completion_class,
    split_arg_string,
)

from actcli.errors import UsageError, unknown

SHELLS = ("bash", "zsh", "fish")
#: What a shell passes: the words of the line, and which of them is being typed.
WORDS = "COMP_WORDS"
POSITION = "COMP_CWORD"

#: Bash makes each run of these a separate word (@ unless hostcomplete is off), and replaces only
#: what follows the last one.
BREAKS = re.compile(r"[:=@]+")
NUMBER = re.compile(r"[0-9]{1,9}")

#: Like click's own, but a word that ends in `=` is not followed by a space.
SCRIPT = """\
%(complete_func)s() {
    local IFS=$'\\n'
    local response completion type value
    response=$(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD \\
        %(complete_var)s=bash_complete $1)
    COMPREPLY=()
    for completion in $response; do
        IFS=',' read -r type value <<< "$completion"
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("$value") ;;
        esac
        [[ $value == *= ]] && compopt -o nospace
    done
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


@add_completion_class
class WholeWords(BashComplete):
    """Bash completion that joins broken words and answers with their ends only."""

    source_template = SCRIPT

    def get_completion_args(self) -> tuple[list[str], str]:
        words = split_arg_string(os.environ[WORDS])
        position = int(os.environ[POSITION])
        pieces = words[1 : position + 1] + [""] * (position >= len(words))
        *before, incomplete = join_broken(pieces) or [""]
        last = (pieces or [""])[-1]
        broken = len(incomplete) if BREAKS.fullmatch(last) else len(incomplete.removesuffix(last))
        always = max(incomplete.rfind(":"), incomplete.rfind("=")) + 1
        self.standing = incomplete[: max(broken, always)]
        return before, incomplete

    def format_completion(self, item: CompletionItem[Any]) -> str:
        return f"{item.type},{str(item.value).removeprefix(self.standing)}"


def join_broken(words: list[str]) -> list[str]:
    """The words as they were typed.

    >>> join_broken(["eval", "elu", ":", "alpha", "=", ""])
    ['eval', 'elu:alpha=']
    """
    joined: list[str] = []
    glue = False
    for word in words:
        is_break = BREAKS.fullmatch(word) is not None
        if joined and (is_break or glue):
            joined[-1] += word
        else:
            joined.append(word)
        glue = is_break
    return joined


def check(variable: str, instruction: str) -> None:
    """Raise UsageError for what no shell asks, as when a person sets the variable."""
    instructions = [f"{shell}_{ask}" for ask in ("source", "complete") for shell in SHELLS]
    if instruction not in instructions:
        raise unknown(variable, instruction, instructions)
    shell, _, ask = instruction.partition("_")
    if ask == "source":
        return
    position = os.environ.get(POSITION)
    # fish passes the word itself, the others its number
    known = position is not None if shell == "fish" else NUMBER.fullmatch(position or "")
    if WORDS not in os.environ or not known:
        raise UsageError(
            f"{variable}={instruction} is for the shell, which sets {WORDS} and {POSITION} too; "
            f'to switch completion on, type: eval "$({variable}={shell}_source actcli)"'
        )
