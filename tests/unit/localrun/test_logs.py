import pytest

from localrun.logs import FunctionLogs


@pytest.mark.parametrize(
    ("name", "file"),
    [("event-api-CreateEventFunction-5DA925408CB30", "CreateEventFunction.log"), ("another", "another.log")],
)
def test_output_goes_to_the_file_of_its_function(tmp_path, name, file):
    logs = FunctionLogs(tmp_path)
    logs.write({"config": {"FunctionName": name}}, "id", "one\ntwo\n", False, 12, log_source=None)
    logs.write({"FunctionName": name}, "id", "three", True, 12)
    assert (tmp_path / file).read_text() == "one\ntwo\nthree\n"


def test_no_output_makes_no_file(tmp_path):
    FunctionLogs(tmp_path).write({"FunctionName": "f"}, "id", "", False, 12)
    assert list(tmp_path.iterdir()) == []
