"""The sentences for people that stand in templates and code, as gettext looks them up."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
_TRANSLATE = re.compile(r"{%\s*translate\s+(?:\"([^\"]*)\"|'([^']*)')")
_BLOCK = re.compile(r"{%\s*blocktranslate(.*?)%}(.*?){%\s*endblocktranslate\s*%}", re.DOTALL)
_PLURAL = re.compile(r"{%\s*plural\s*%}")
_VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")
_CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}


def sentences() -> set[str]:
    """Every sentence, plurals apart."""
    return {*_of_templates(), *_of_code()}


def _of_templates() -> Iterator[str]:
    pages = (path for folder in ("templates", "components") for path in (ROOT / "frontend" / folder).rglob("*.*"))
    for path in sorted(pages):
        text = path.read_text()
        for double, single in _TRANSLATE.findall(text):
            yield double or single
        for options, body in _BLOCK.findall(text):
            for part in _PLURAL.split(body):
                named = _VARIABLE.sub(r"%(\1)s", part)
                lines = [line.strip() for line in named.strip().splitlines()]
                yield " ".join(lines) if "trimmed" in options else named


def _of_code() -> Iterator[str]:
    for folder in ("backend", "referral"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
                    for argument in node.args:
                        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                            yield argument.value
