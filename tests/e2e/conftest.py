"""The local run as a user has it: a process of its own, in a copy of the repository that tests may change."""

import shutil
from pathlib import Path

import pytest

from testkit.engines import free_port
from tests.e2e.driver import LocalRun

ROOT = Path(__file__).parents[2]
PARTS = ("docs", "functions", "layers", "localrun", "template.yaml")


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def local_run(tmp_path_factory):
    root = tmp_path_factory.mktemp("repository")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, root / part, ignore=shutil.ignore_patterns("__pycache__", ".cache"))
        else:
            shutil.copy(source, root / part)
    run = LocalRun(root, free_port())
    try:
        run.start()
        yield run
    finally:
        if run.process is not None and run.process.poll() is None:
            run.stop()
