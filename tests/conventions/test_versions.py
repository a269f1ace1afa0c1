"""The version of the law data, by which what was made from them is told apart."""

from pathlib import Path

from backend.conventions.versions import law_digest


def test_the_digest_of_the_law_data_follows_content_and_names_and_no_explanation(tmp_path: Path) -> None:
    folders = []
    for name, files in {
        "a": {"one.yaml": "1", "sub/two.yaml": "2"},
        "same": {"sub/two.yaml": "2", "one.yaml": "1", "README.md": "words"},
        "changed": {"one.yaml": "1", "sub/two.yaml": "3"},
        "renamed": {"one.yaml": "1", "sub/zwei.yaml": "2"},
        "moved": {"one.yaml": "1", "two.yaml": "2"},
    }.items():
        for path, text in files.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_text(text)
        folders.append(law_digest(tmp_path / name))
    assert folders[0] == folders[1]
    assert len(set(folders)) == 4
