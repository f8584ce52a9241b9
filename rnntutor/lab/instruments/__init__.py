"""Instruments: nets that the reader steps through, in the page."""

from pathlib import Path

ASSETS = Path(__file__).parent / "assets"
