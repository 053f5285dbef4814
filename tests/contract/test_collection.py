import pytest

from tests.contract.collection import read_index


def test_without_the_shared_folder_there_are_no_entries(tmp_path):
    assert read_index(tmp_path / "shared", is_ci=True) == []


def test_a_shared_folder_without_samples_fails_in_ci(tmp_path):
    with pytest.raises(FileNotFoundError, match="missing or empty"):
        read_index(tmp_path, is_ci=True)
    assert read_index(tmp_path, is_ci=False) == []


def test_an_empty_index_fails_in_ci(tmp_path):
    (tmp_path / "webhook-samples").mkdir()
    (tmp_path / "webhook-samples" / "INDEX.json").write_text("[]")
    with pytest.raises(FileNotFoundError, match="missing or empty"):
        read_index(tmp_path, is_ci=True)
