"""Plots as SVG, by hand: one or more panels side by side, logarithmic axes, a line with points each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import floor, log10
from pathlib import Path

from figures import number

WIDTH, HEIGHT = 400, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 34, 44
INK, GRID, LINE = "#333333", "#dddddd", "#1f6fb4"


@dataclass(frozen=True)
class Panel:
    """A curve: its title, what its axes are, and its points."""

    title: str
    x: str
    y: str
    points: Sequence[tuple[float, float]]

    def ticks(self, axis: int) -> tuple[int, int]:
        """Give the powers of ten around the values of an axis."""
        values = [point[axis] for point in self.points]
        low, high = floor(log10(min(values))), -floor(-log10(max(values)))
        return low, max(high, low + 1)

    def place(self, point: tuple[float, float]) -> tuple[float, float]:
        shares = []
        for axis, value in enumerate(point):
            low, high = self.ticks(axis)
            shares.append((log10(value) - low) / (high - low))
        across, up = shares
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)


def write(file: Path, panels: Sequence[Panel]) -> None:
    """Write panels into a file, side by side."""
    width = WIDTH * len(panels)
    size = f'viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}'
    lines = [f'{head} font-family="sans-serif" font-size="11" fill="{INK}">']
    lines.append(f'<rect width="{width}" height="{HEIGHT}" fill="white"/>')
    for place, panel in enumerate(panels):
        lines += [f'<g transform="translate({place * WIDTH} 0)">', *drawn(panel), "</g>"]
    file.write_text("\n".join([*lines, "</svg>"]) + "\n", encoding="utf-8")


def drawn(panel: Panel) -> Iterator[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    yield text(LEFT, 20, panel.title, "start", 'font-weight="bold" font-size="12"')
    yield text((LEFT + right) / 2, HEIGHT - 10, panel.x, "middle")
    yield text(LEFT, TOP - 4, panel.y, "end")
    (low_x, high_x), (low_y, high_y) = panel.ticks(0), panel.ticks(1)
    for power in range(low_x, high_x + 1):
        x, _ = panel.place((10.0**power, 10.0**low_y))
        yield f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom}" stroke="{GRID}"/>'
        yield text(x, bottom + 15, number(10.0**power), "middle")
    for power in range(low_y, high_y + 1):
        _, y = panel.place((10.0**low_x, 10.0**power))
        yield f'<line x1="{LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="{GRID}"/>'
        yield text(LEFT - 6, y + 4, number(10.0**power), "end")
    places = [panel.place(point) for point in panel.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'<polyline points="{path}" fill="none" stroke="{LINE}" stroke-width="2"/>'
    yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{LINE}"/>' for x, y in places)


def text(x: float, y: float, words: str, anchor: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{escape(words)}</text>'
