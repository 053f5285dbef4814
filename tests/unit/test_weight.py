from checks import weight


def build(root, **sizes):
    for name in weight.LIMITS:
        size = sizes.get(name, 1)
        if size:
            (root / name / "python").mkdir(parents=True)
            (root / name / "python" / "data").write_bytes(b"x" * size)
    return {name: root / name for name in weight.LIMITS}


def test_layers_within_their_limits_are_no_problem(tmp_path):
    assert weight.too_heavy(build(tmp_path)) == []


def test_a_layer_above_its_limit_is_named(tmp_path):
    (problem,) = weight.too_heavy(build(tmp_path, DependenciesLayer=20_000_001))
    assert problem == "DependenciesLayer has 20000001 bytes; allowed are 1 to 20000000"


def test_a_layer_that_was_not_built_is_named(tmp_path):
    (problem,) = weight.too_heavy(build(tmp_path, ReadingLayer=0))
    assert problem.startswith("ReadingLayer has 0 bytes")
