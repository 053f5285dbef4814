import stat

import pytest

from localrun.files import read_json, write_json


def test_what_was_written_is_read(tmp_path):
    path = tmp_path / "folder" / "file.json"
    write_json(path, {"a": "é"})
    write_json(path, {"b": 1})
    assert read_json(path) == {"b": 1}
    assert [child.name for child in path.parent.iterdir()] == ["file.json"]


def test_only_its_owner_reads_it_even_where_another_mode_was(tmp_path):
    path = tmp_path / "file.json"
    path.touch(mode=0o666)
    write_json(path, {})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"text"'])
def test_a_file_without_an_object_is_nothing(tmp_path, text):
    path = tmp_path / "file.json"
    path.write_text(text)
    assert read_json(path) is None


def test_what_is_not_there_is_nothing(tmp_path):
    assert read_json(tmp_path / "file.json") is None
