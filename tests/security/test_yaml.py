"""Sweep files and files of models are data: nothing that a tag names is made, and nothing grows."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pare.sweep.document import DEEPEST, MOST_BYTES, MOST_NODES, read_document
from pare.sweep.loader import load_sweep
from pare.sweep.models import load_models
from pare.sweep.problems import SweepError

CANARY = "canary"


def as_sweep(text: str, folder: Path) -> None:
    load_sweep(text + "\n", environ={}, folder=folder)


def as_models(text: str, folder: Path) -> None:
    (folder / "models.yaml").write_text(text)
    load_models(folder / "models.yaml")


def laughs(levels: int) -> str:
    lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 10)}]" for level in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize("read", [as_sweep, as_models])
@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.system ['touch canary']",
        "!!python/object/new:os.system ['touch canary']",
        "!!python/name:os.system",
        "!!python/module:antigravity",
        "!!python/object:pare.llm.keys.Key {text: x}",
        "!<tag:yaml.org,2002:python/object/apply:os.system> ['touch canary']",
        "!include /etc/passwd",
        "!!binary aGVsbG8=",
    ],
)
def test_a_tag_makes_nothing(
    read: Callable[[str, Path], None], tag: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for text in (f"user: {tag}", f"{tag.partition(' ')[0]} user: x"):
        with pytest.raises(SweepError):
            read(text, tmp_path)
    with pytest.raises(SweepError, match=r"the tag .* is refused"):
        read(f"user: {tag}", tmp_path)
    assert not (tmp_path / CANARY).exists()


@pytest.mark.parametrize("read", [as_sweep, as_models])
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (laughs(9), f"more than {MOST_NODES} values"),
        ("a: &a [*a]", "stands within what it stands for"),
        ("[" * 100_000, f"nested more than {DEEPEST} deep"),
        ("a: " * 100_000, "no YAML"),
        ("a:\n" + "".join(f"{' ' * depth}- \n" for depth in range(1, 200)), "."),
        ("x: " + "y" * MOST_BYTES, "more than 512 KiB"),
        ("a: 1\n" * 60_000, "."),
        ("? [a]\n: b", "a key must be a word"),
        ("a: \x00", "cannot stand in YAML"),
        ("a: 0o" + "7" * 10_000, "."),
        ("a: " + "9" * 10_000, "."),
    ],
)
def test_a_file_that_is_too_large_or_too_deep_is_refused(
    read: Callable[[str, Path], None], text: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(SweepError, match=reason):
        read(text, tmp_path)


def test_a_merge_key_merges_within_the_bounds() -> None:
    document = read_document("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n", "s")
    assert document.root.plain()["b"] == {"y": 3, "x": 1}
    many = "\n".join(f"k{number}: {number}" for number in range(2_000))
    merges = "\n".join(f"m{number}: {{<<: *a}}" for number in range(100))
    with pytest.raises(SweepError, match=f"more than {MOST_NODES} values"):
        read_document("a: &a\n" + "\n".join(f"  {line}" for line in many.splitlines()) + f"\n{merges}\n", "s")
