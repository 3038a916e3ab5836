"""The extractor's vocabulary: TOML files that a researcher can read and extend. `load("speech")` reads one."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def load(name: str) -> dict[str, Any]:
    """The content of `lexicon/<name>.toml`; FileNotFoundError when there is none. Treat it as read-only."""
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))
