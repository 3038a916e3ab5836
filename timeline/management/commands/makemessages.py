"""Django's makemessages, which reads the Jinja2 templates too: see docs/translating.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.commands import makemessages
from django.template import engines


class BuildFile(makemessages.BuildFile):
    """A file on its way to xgettext. What Django would take for its own template language is read by Jinja2."""

    def preprocess(self) -> None:
        if "jinja2" not in Path(self.path).parts:
            super().preprocess()
            return
        environment = engines["jinja2"].env  # type: ignore[attr-defined]
        lines: list[str] = []
        for number, function, messages in environment.extract_translations(
            Path(self.path).read_text("utf-8")
        ):
            lines += [""] * (number - 1 - len(lines))
            given = messages if isinstance(messages, tuple) else (messages,)
            texts = ", ".join("n" if text is None else repr(text) for text in given)
            call = f"{function}({texts})"
            if len(lines) == number:
                lines[-1] += f"; {call}"
            else:
                lines.append(call)
        Path(self.work_path).write_text("\n".join([*lines, ""]), "utf-8")


class Command(makemessages.Command):
    build_file_class = BuildFile
    # Without line numbers and dates: the catalogue changes only where a text does.
    xgettext_options = [*makemessages.Command.xgettext_options, "--no-wrap"]
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching", "--no-wrap"]

    def handle(self, *args: Any, **options: Any) -> None:
        options["add_location"] = options["add_location"] or "file"
        options["ignore_patterns"] = [*options["ignore_patterns"], ".venv", "var", "tests", "staticfiles"]
        super().handle(*args, **options)
