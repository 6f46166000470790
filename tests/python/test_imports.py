from __future__ import annotations

import pytest


def test_modules_of_the_project_are_followed(project):
    assert (
        project(
            {
                "settings.py": "MAXLEN = 100\ndef double(n):\n    return 2 * n",
                "main.py": """
            import settings
            from settings import MAXLEN as LENGTH, double
            x = settings.MAXLEN, LENGTH, double(3)
        """,
            }
        )["x"]
        == "(100, 100, 6)"
    )


def test_packages_relative_imports_and_what_they_pass_on(project):
    assert (
        project(
            {
                "models/__init__.py": "from .lstm import build\nfrom . import sizes",
                "models/sizes.py": "UNITS = 8",
                "models/lstm.py": "from .sizes import UNITS\nfrom ..settings import *\nbuild = lambda: (UNITS, RATE)",
                "settings.py": "RATE = 0.5",
                "main.py": """
            from models import build, sizes
            import models.lstm as lstm
            import models.sizes
            x = build(), sizes.UNITS, lstm.UNITS, models.sizes.UNITS
        """,
            }
        )["x"]
        == "((8, 0.5), 8, 8, 8)"
    )


def test_modules_of_a_package_do_not_stand_before_the_standard_library(project):
    math = "def sqrt(x): return 'ours'"
    files = {"ops/__init__.py": "", "ops/math.py": math, "main.py": "from ops.model import x"}
    assert project(files | {"ops/model.py": "from math import sqrt\nx = sqrt(9)"})["x"] != "'ours'"
    assert project(files | {"ops/model.py": "from .math import sqrt\nx = sqrt(9)"})["x"] == "'ours'"
    assert project({"math.py": math, "main.py": "from math import sqrt\nx = sqrt(9)"})["x"] == "'ours'"


def test_folders_without_an_init_file(project):
    assert (
        project(
            {
                "src/models/lstm.py": "UNITS = 8",
                "src/models/sizes.py": "from . import rates\nRATE = rates.RATE",
                "src/models/rates.py": "RATE = 0.5",
                "src/main.py": """
            from models.lstm import UNITS
            import models.lstm
            from models import lstm, sizes as other
            x = UNITS, models.lstm.UNITS, lstm.UNITS, other.RATE
        """,
            }
        )["x"]
        == "(8, 8, 8, 0.5)"
    )


def test_imports_that_go_in_a_circle(project):
    files = {
        "a.py": "from b import g\nN = 1\ndef f():\n    return g()",
        "b.py": "import a\nfrom a import N\ndef g():\n    return N, a.N",
        "main.py": "from a import f\nx = f()",
    }
    assert project(files)["x"] == "(1, 1)"


def test_star_imports_of_the_project(project):
    found = project(
        {
            "inner.py": "from starry import *\nDEEP = 3",
            "settings.py": "from inner import *\nMAXLEN = 100\n_hidden = 1",
            "main.py": "from settings import *\nx = MAXLEN, DEEP, Sun",
        }
    )
    assert found["x"] == "(100, 3, starry.Sun)"
    assert "_hidden" not in found


def test_star_imports_in_a_circle(project):
    assert (
        project(
            {
                "a.py": "from b import *\nA = 1",
                "b.py": "from a import *\nB = 2",
                "main.py": "from a import *\nx = A, B",
            }
        )["x"]
        == "(1, 2)"
    )


def test_conditional_imports(project):
    assert (
        project(
            {
                "fast.py": "N = 1",
                "slow.py": "N = 2",
                "main.py": """
            import somewhere
            if somewhere.flag:
                from fast import N
            else:
                from slow import N
            x = N
        """,
            }
        )["x"]
        == "1 | 2"
    )


@pytest.mark.parametrize("statement", ["importlib.import_module('models.lstm')", "__import__('models.lstm')"])
def test_importing_by_name(project, statement):
    files = {"models/__init__.py": "", "models/lstm.py": "UNITS = 8"}
    assert project({**files, "main.py": f"import importlib\nx = {statement}.UNITS"})["x"] == "8"


def test_a_class_of_another_module(project):
    assert (
        project(
            {
                "base.py": "class Base:\n    def __init__(self, n):\n        self.n = n",
                "main.py": """
            import base
            class Model(base.Base):
                def __init__(self):
                    super().__init__(4)
            x = Model().n
        """,
            }
        )["x"]
        == "4"
    )


def test_variables_of_a_module_are_shared(project):
    assert (
        project(
            {
                "state.py": "model = None\nlayers = []",
                "fill.py": "import state\ndef fill():\n    state.model = 1\n    state.layers.append(2)",
                "main.py": "import state\nfrom fill import fill\nfill()\nx = state.model, state.layers",
            }
        )["x"]
        == "(1, [2])"
    )


def test_a_module_of_the_project_that_is_missing(project):
    assert project({"main.py": "from .nowhere import thing\nx = thing"})["x"] == "?"


def test_a_module_that_does_not_parse_or_fails_half_way(project):
    assert (
        project(
            {
                "broken.py": "def f(:\n",
                "raises.py": "N = 1\nraise SystemExit\nM = 2",
                "main.py": "from broken import f\nfrom raises import N, M\nx = f, N, M",
            }
        )["x"]
        == "(?, 1, ?)"
    )


def test_a_module_is_evaluated_once(project):
    assert (
        project(
            {
                "counter.py": "calls = []",
                "module.py": "import counter\ncounter.calls.append(1)\nN = 1",
                "main.py": "import counter\nimport module\nfrom module import N\nN\nmodule.N\nx = counter.calls",
            }
        )["x"]
        == "[1]"
    )


def test_a_module_imported_in_a_branch_keeps_what_it_made(project):
    assert (
        project(
            {
                "module.py": "made = []\nmade.append(1)",
                "main.py": """
            import somewhere
            def f():
                if somewhere.flag:
                    import module
                    module.made
                    raise ValueError
            f()
            import module
            x = module.made
        """,
            }
        )["x"]
        == "[1]"
    )
