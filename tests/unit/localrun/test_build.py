import io
import os
import zipfile
from typing import Any

import pytest

from localrun.build import build, check_imports
from localrun.errors import LocalRunError


@pytest.fixture
def root(tmp_path):
    for name, text in {
        "functions/f/app.py": "x = 1\n",
        "functions/f/data/words.txt": "a\n",
        "functions/f/__pycache__/app.cpython-311.pyc": "old",
        "layers/shared/Makefile": "all:\n",
        "layers/shared/pkg/__init__.py": "",
        "layers/shared/pkg/sub/deep.py": "y = 2\n",
        "layers/dependencies/requirements.txt": "boto3\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def template(**code):
    resources: dict[str, dict[str, Any]] = {"Queue": {"Type": "AWS::SQS::Queue"}}
    for name, folder in code.items():
        kind, key = ("LayerVersion", "ContentUri") if name.endswith("Layer") else ("Function", "CodeUri")
        resources[name] = {"Type": f"AWS::Serverless::{kind}", "Properties": {key: folder}}
    return {"Resources": resources}


def names(package):
    return zipfile.ZipFile(io.BytesIO(package.content)).namelist()


def test_a_function_is_its_folder_without_bytecode(root):
    (package,) = build(template(F="functions/f"), root)
    assert names(package) == ["app.py", "data/words.txt"]
    assert package.logical_id == "F"


def test_a_layer_is_the_python_packages_of_its_folder(root):
    (package,) = build(template(SharedLayer="layers/shared"), root)
    assert names(package) == ["python/pkg/__init__.py", "python/pkg/sub/deep.py"]


def test_a_layer_of_listed_packages_holds_nothing_since_the_environment_has_them(root):
    (package,) = build(template(DependenciesLayer="layers/dependencies"), root)
    assert names(package) == []


def test_equal_code_has_an_equal_key_whenever_it_was_written(root):
    (before,) = build(template(F="functions/f"), root)
    os.utime(root / "functions/f/app.py", (1, 1))
    (after,) = build(template(F="functions/f"), root)
    assert after == before


def test_other_code_has_another_key(root):
    (before,) = build(template(F="functions/f"), root)
    (root / "functions/f/app.py").write_text("x = 2\n")
    (after,) = build(template(F="functions/f"), root)
    assert after.key != before.key


def test_code_that_does_not_compile_is_named(root):
    (root / "functions/f/app.py").write_text("def broken(:\n")
    with pytest.raises(LocalRunError, match=r"F: app\.py does not compile") as caught:
        build(template(F="functions/f"), root)
    assert "\n" not in str(caught.value)


def test_a_missing_folder_is_named(root):
    with pytest.raises(LocalRunError, match="F: missing folder functions/g"):
        build(template(F="functions/g"), root)


@pytest.fixture
def importable():
    return {
        "Globals": {"Function": {"Handler": "app.handler"}},
        **template(F="functions/f", SharedLayer="layers/shared"),
    }


def test_a_handler_sees_the_layers(root, importable):
    (root / "functions/f/app.py").write_text("import pkg\n")
    check_imports(importable, root)


def test_a_handler_that_cannot_be_imported_is_named(root, importable):
    (root / "functions/f/app.py").write_text("import nothing_of_that_name\n")
    with pytest.raises(LocalRunError, match=r"^functions/f/app.py cannot be imported: ModuleNotFoundError: .*no.*$"):
        check_imports(importable, root)
