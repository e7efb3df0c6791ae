"""Run the commands in a document's console blocks and write their output below them.

python tools/fill_transcripts.py README.md

Review the changes before committing them.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path


def main() -> None:
    document = Path(sys.argv[1])

    def filled(block: re.Match[str]) -> str:
        lines = []
        for command in re.findall(r"^\$ (.*)$", block[1], re.MULTILINE):
            result = subprocess.run(
                ["bash", "-c", command],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            lines.append(f"$ {command}\n{result.stdout}")
        return "```console\n" + "".join(lines) + "```"

    text = document.read_text(encoding="utf-8")
    text = re.sub(r"^```console\n(.*?)^```$", filled, text, flags=re.MULTILINE | re.DOTALL)
    document.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
