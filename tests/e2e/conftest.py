"""The local run as a user has it: a process of its own, in a copy of the repository that tests may change."""

from pathlib import Path

import pytest

from tests.e2e.driver import own_local_run


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def local_run(tmp_path_factory):
    with own_local_run(tmp_path_factory.mktemp("repository")) as run:
        yield run
