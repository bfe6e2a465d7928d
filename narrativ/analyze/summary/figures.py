"""Numbers with their intervals, in words: 38%, ±14."""

from __future__ import annotations

from narrativ.analyze.summary.wording import Wording

__all__ = ["cell", "is_even", "net_figure", "share_figure"]

# The halves of an interval may differ by this part of its width, or by one point of rounding, and still be written as ±.
_EVEN = 0.2
# Below this a share is written with a decimal place (0.3%), lest it read as none.
_SMALL = 0.0095


def is_even(value: float, low: float, high: float, *, step: float, bounds: tuple[float, float]) -> bool:
    """Whether ``± half the width`` tells the truth: both halves nearly equal, and nothing impossible inside."""
    if bounds[0] == 0 and not _SMALL <= value <= 1 - _SMALL:
        return False
    half = round((high - low) / 2 / step)
    inside = round(value / step) - half >= bounds[0] / step and round(value / step) + half <= bounds[1] / step
    return inside and abs((high - value) - (value - low)) <= max(_EVEN * (high - low), step)


def _percent(value: float) -> str:
    return f"{value:.1%}" if 0 < value < _SMALL or 1 - _SMALL < value < 1 else f"{value:.0%}"


def _points(value: float) -> str:
    return _percent(value).removesuffix("%")


def _signed(value: float) -> str:
    text = f"{value:+.2f}".replace("-", "−")
    return "0.00" if text in ("+0.00", "−0.00") else text


def share_figure(value: float, low: float, high: float, words: Wording, *, inline: bool = False) -> str:
    """A share and its interval in percentage points: ``(38%, ±14)``, ``(4%, 1 to 11)``, inline ``0% (at most 8%)``."""
    if value <= 0:
        interval = words.at_most.format(high=_percent(high))
    elif value >= 1:
        interval = words.at_least.format(low=_percent(low))
    elif is_even(value, low, high, step=0.01, bounds=(0, 1)):
        interval = f"±{_points((high - low) / 2)}"
    else:
        interval = words.range.format(low=_points(low), high=_points(high))
    return (words.inline if inline else words.figure).format(value=_percent(value), interval=interval)


def net_figure(value: float, low: float, high: float, words: Wording) -> str:
    """A net stance and its interval: ``(+0.08, ±0.15)``."""
    if is_even(value, low, high, step=0.01, bounds=(-1, 1)):
        interval = f"±{(high - low) / 2:.2f}"
    else:
        interval = words.range.format(low=_signed(low), high=_signed(high))
    return words.figure.format(value=_signed(value), interval=interval)


def cell(value: float, low: float, high: float, *, net: bool = False) -> str:
    """The same, short enough for a table: ``38% ±14``, ``4% 1–11``, ``0% ≤8``, ``+0.08 ±0.15``; ``–`` without a number."""
    if value != value:
        return "–"
    if net:
        if is_even(value, low, high, step=0.01, bounds=(-1, 1)):
            return f"{_signed(value)} ±{(high - low) / 2:.2f}"
        return f"{_signed(value)} {_signed(low)}…{_signed(high)}"
    if value <= 0:
        return f"0% ≤{_points(high)}"
    if value >= 1:
        return f"100% ≥{_points(low)}"
    if is_even(value, low, high, step=0.01, bounds=(0, 1)):
        return f"{_percent(value)} ±{_points((high - low) / 2)}"
    return f"{_percent(value)} {_points(low)}–{_points(high)}"
