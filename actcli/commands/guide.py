"""`actcli guide`: how to do a whole job, in one page."""

from __future__ import annotations

import click

from actcli.commands.types import NamedType

#: Each topic with a line on it; `actcli/reference/guides/TOPIC.txt` is its text.
TOPICS = {"kernel": "judge a kernel of your own, from its formula to a stored report"}


@click.command("guide")
@click.argument("topic", type=NamedType("topic", lambda: TOPICS), required=False)
def command(topic: str | None) -> None:
    """Show how to do a whole job, in one page; without TOPIC, which there are.

    \b
    Examples:
      actcli guide
      actcli guide kernel
    """
    from importlib.resources import files

    from actcli.output import open_text

    if topic is None:
        text = "".join(f"{name}\t{summary}\n" for name, summary in TOPICS.items())
    else:
        guides = files("actcli.reference").joinpath("guides")
        text = guides.joinpath(f"{topic}.txt").read_text(encoding="utf-8")
    with open_text() as out:
        out.write(text)
