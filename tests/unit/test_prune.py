"""The pruning of the layers of third-party packages."""

import gzip
import importlib.util
import json
from types import ModuleType

import pytest

from testkit.world import ROOT


@pytest.fixture(scope="module")
def prune() -> ModuleType:
    spec = importlib.util.spec_from_file_location("prune", ROOT / "layers/dependencies/prune.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")


def files(root):
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_powertools_keeps_its_logger(tmp_path, prune):
    kept = {
        f"aws_lambda_powertools/{name}.py"
        for name in (
            "__init__",
            "logging/logger",
            "metrics/provider/base",
            "metrics/provider/cloudwatch_emf/cloudwatch",
            "utilities/__init__",
            "utilities/jmespath_utils/__init__",
        )
    }
    write(tmp_path, *kept)
    for name in ("event_handler/api_gateway", "utilities/batch/base", "metrics/provider/datadog/datadog"):
        write(tmp_path, f"aws_lambda_powertools/{name}.py")
    prune.prune(tmp_path)
    assert files(tmp_path) == kept


def test_cffi_keeps_its_compiled_module_and_each_package_its_licence(tmp_path, prune):
    kept = {"_cffi_backend.cpython-313-aarch64-linux-gnu.so", "cffi-2.1.1.dist-info/licenses/LICENSE"}
    write(tmp_path, *kept, "cffi/api.py", "cffi-2.1.1.dist-info/RECORD", "bin/tool")
    prune.prune(tmp_path)
    assert files(tmp_path) == kept


def test_botocore_keeps_the_services_in_use_without_their_prose(tmp_path, prune):
    data = tmp_path / "botocore/data"
    write(tmp_path, "botocore/data/ec2/2016/service-2.json.gz", "botocore/data/s3/2006/examples-1.json")
    described = {"documentation": "<p>long</p>", "shapes": {"documentation": {"type": "string"}}}
    (data / "s3/2006/service-2.json.gz").write_bytes(gzip.compress(json.dumps(described).encode()))
    endpoints = {"partitions": [{"partition": "aws", "services": {"s3": {}, "ec2": {}}}]}
    (data / "endpoints.json").write_text(json.dumps(endpoints))

    prune.prune(tmp_path)

    assert files(data) == {"endpoints.json", "s3/2006/service-2.json"}
    assert json.loads((data / "s3/2006/service-2.json").read_text()) == {
        "shapes": {"documentation": {"type": "string"}}
    }
    assert json.loads((data / "endpoints.json").read_text()) == {
        "partitions": [{"partition": "aws", "services": {"s3": {}}}]
    }
