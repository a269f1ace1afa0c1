"""What may be installed where nobody is trusted: crypto without keyholder, and without Django."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PUBLIC = sorted(path.stem for path in (ROOT / "crypto").glob("*.py") if path.stem != "__init__")
KEYHOLDER = sorted(path.stem for path in (ROOT / "crypto" / "keyholder").glob("*.py") if path.stem != "__init__")


def loaded_by(modules: list[str]) -> set[str]:
    """The modules that a fresh interpreter has loaded after importing these."""
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_public_half_loads_no_private_key_code_and_no_django():
    loaded = loaded_by([f"crypto.{name}" for name in PUBLIC])

    assert "crypto.sealing" in loaded
    assert not {name for name in loaded if name.startswith(("crypto.keyholder", "django", "backend", "referral"))}


def test_the_private_half_loads_no_django_and_nothing_of_the_domain():
    loaded = loaded_by([f"crypto.keyholder.{name}" for name in KEYHOLDER])

    assert "crypto.keyholder.opening" in loaded
    assert not {name for name in loaded if name.startswith(("django", "backend", "referral"))}


def test_files_and_functions_stay_small():
    for path in (ROOT / "crypto").rglob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, path
