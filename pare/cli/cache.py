"""``pare cache``: where results are kept, and what is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pare.cli.terminal import say, say_error

if TYPE_CHECKING:
    from pare.scenarios.utils.caching import ResultStore, RunKey

app = typer.Typer(help="Look at stored results, and say where they are kept.", no_args_is_help=True)

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.callback()
def _cache() -> None:
    """Look at stored results, and say where they are kept."""


@app.command("status")
def status() -> None:
    """Say where the results are, why there, and how many."""
    from pare.scenarios.utils.caching import ResultStore, config_path, find_place

    place = find_place()
    with ResultStore(place.path) as store:
        found = store.status()
        rows = {
            "place": f"{place.path}",
            "because": place.reason,
            "entries": f"{found.entries:,}",
            "scenarios": f"{found.scenarios:,}",
            "configs": f"{found.configs:,}",
            "size": size_text(found.bytes),
            "configuration": f"{config_path()}",
        }
        if found.set_aside:
            rows["damaged"] = f"{found.set_aside:,} entries, set aside; `pare cache verify` looks closer"
        for path in found.put_aside:
            rows |= {f"put aside {path.name}": "a damaged database; delete it when nothing in it is missed"}
        for name, text in rows.items():
            say(f"{name:<15}{text}")
        say_notice(store)


@app.command("invalidate")
def invalidate(
    scenario: Annotated[
        str | None, typer.Option("--scenario", "-s", help="Only results of this scenario.")
    ] = None,
    config: Annotated[
        str | None, typer.Option("--config", help="Only results of this configuration, by its hash.")
    ] = None,
    yes: Yes = False,
) -> None:
    """Delete stored results and the recorded replies that they came from: all, or those that are named."""
    from pare.scenarios.utils.caching import ResultStore

    with ResultStore() as store:
        chosen = store.runs(scenario, config)
        if not chosen:
            say("There are no such results.")
            return
        busy = store.leased().intersection(chosen)
        if not yes:
            typer.confirm(f"Delete {len(chosen):,} results in {store.path}?", abort=True)
        is_all = scenario is None and config is None
        removed = store.invalidate(scenario, config, everything=is_all)
        discard_journals(store, [key for key in removed if key not in busy])
    say(f"{len(removed):,} {'run has' if len(removed) == 1 else 'runs have'} no result now.")
    if busy:
        say(f"{len(busy):,} of them are under way; their replies are kept.", err=True)


@app.command("set")
def set_folder(
    folder: Annotated[Path, typer.Argument(help="The directory to keep results in.", metavar="FOLDER")],
    create: Annotated[bool, typer.Option("--create", "-c", help="Make it if it is missing.")] = False,
) -> None:
    """Keep results in a directory from now on; those elsewhere stay where they are."""
    from pare.errors import ConfigError
    from pare.scenarios.utils.caching import find_place, set_place

    try:
        place = set_place(folder, create=create)
    except ConfigError as error:
        say_error(error)
        raise typer.Exit(1) from None
    say(f"Results are kept in {place.path}")
    say_override(find_place().source)


@app.command("reset")
def reset() -> None:
    """Keep results in the default place again; those elsewhere stay where they are."""
    from pare.scenarios.utils.caching import config_path, find_place, reset_place

    if not reset_place():
        say(f"{config_path()} names no directory.")
    place = find_place()
    say(f"Results are kept in {place.path}")
    say_override(place.source)


@app.command("verify")
def verify(
    remove: Annotated[bool, typer.Option("--remove", help="Delete what is damaged.")] = False,
) -> None:
    """Read every result; the exit code is 1 if something was damaged, unless it was to be removed."""
    from pare.scenarios.utils.caching import ResultStore

    with ResultStore() as store:
        found = store.verify(remove=remove)
        say(f"{found.sound:,} results are sound.")
        if found.later:
            say(f"{found.later:,} were written by a later version of pare.")
        for entry in found.damaged:
            say(f"damaged: {entry.key}: {entry.reason}")
        if found.database:
            say(f"damaged: the database: {found.database}")
        for damage in store.damage:
            say(f"put aside as {damage.path}; {damage.rescued:,} results were taken over")
        if found.set_aside:
            say(f"{found.set_aside:,} damaged results were set aside before.")
        if found.removed:
            say(f"{found.removed:,} damaged results are deleted.")
    if (store.damage or not found.is_sound) and not remove:
        raise typer.Exit(1)


def discard_journals(store: ResultStore, keys: list[RunKey]) -> None:
    """Delete the recorded replies of runs, which would otherwise be replayed to the same results."""
    import anyio

    from pare.llm.journal import Journal

    async def discard() -> None:
        journal = Journal(store.journals)
        for key in keys:
            await journal.discard(key)

    if store.journals.is_dir():
        anyio.run(discard)


def say_override(source: str) -> None:
    """Say so if the environment names another place."""
    if source == "environment":
        say("PARE_CACHE_DIR is set, and goes before the configuration.", err=True)


def say_notice(store: ResultStore) -> None:
    """Say what there is to know about the place."""
    if store.notice:
        say(store.notice, fg=typer.colors.YELLOW, err=True)


def size_text(size: float) -> str:
    """Give a number of bytes in the unit that suits it."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
