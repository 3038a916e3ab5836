"""The command line itself."""

from __future__ import annotations

import runpy

import pytest

from timeline.config import engines


def test_an_engine_that_does_not_come_up_is_told_without_a_traceback(monkeypatch):
    def ill(argv):
        raise engines.EngineError("valkey: it runs but has not answered for 60 s.")

    monkeypatch.setattr(engines, "for_command", ill)
    with pytest.raises(SystemExit, match=r"(?s)valkey: it runs .* and try again"):
        runpy.run_path(str(engines.REPOSITORY / "manage.py"), run_name="__main__")
