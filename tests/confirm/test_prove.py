"""Asking the measuring process: its answers, its limits, and what becomes of a model that breaks them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from padlint.confirm import prove
from padlint.confirm.claim import Claim
from padlint.confirm.messages import MeasureGraph, read_answer, read_request, request_line
from padlint.confirm.prove import CannotMeasure, Limits, Prover, missing_extra
from padlint.finding import Verdict

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def prover():
    pytest.importorskip("tensorflow")
    with Prover() as running:
        yield running


def program(draft, **settings):
    embedded = draft.apply("Embedding", draft.input(None), input_dim=100, output_dim=12, **settings)
    last = draft.apply("LSTM", embedded, units=12)
    return draft.graph(draft.apply("Dense", last, units=1)), Claim((last,))


def statuses(prover, graph, claims):
    return [found and found.status for found in prover.prove(graph, claims)]


def test_verdicts_come_in_the_order_of_the_claims(prover, draft):
    graph, leaks = program(draft)
    first = statuses(prover, graph, [None, leaks, None])
    _, safe = program(draft, mask_zero=True)
    both = draft.graph(*leaks.consumers, *safe.consumers)
    assert first == [None, Verdict.CONFIRMED, None]
    assert statuses(prover, both, [safe, leaks]) == [Verdict.REFUTED, Verdict.CONFIRMED]


def test_a_model_that_takes_too_long_costs_its_own_verdict_alone(prover, draft):
    graph, claim = program(draft)
    limits, prover.limits = prover.limits, Limits(seconds=0.001)
    (late,) = prover.prove(graph, [claim])
    prover.limits = limits
    assert (late.status, late.reason) == (Verdict.NOT_REBUILT, "it takes longer than 0.001 seconds to measure")
    assert statuses(prover, graph, [claim]) == [Verdict.CONFIRMED]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_process_that_dies_is_replaced_and_what_it_was_asked_is_asked_once_more_unless_it_was_the_first(
    prover, draft, monkeypatch
):
    def dying(*given):
        worker = started(*given)
        os.kill(worker.process.pid, signal.SIGKILL)
        return worker

    graph, claim = program(draft)
    statuses(prover, graph, [claim])
    os.kill(prover._worker.process.pid, signal.SIGKILL)
    assert statuses(prover, graph, [claim]) == [Verdict.CONFIRMED]
    prover._stop()
    started = prove._Worker.started
    with monkeypatch.context() as patched:
        patched.setattr(prove._Worker, "started", dying)
        (lost,) = prover.prove(graph, [claim])
    assert (lost.status, lost.reason) == (Verdict.NOT_REBUILT, "the measuring process ended: SIGKILL")
    assert statuses(prover, graph, [claim]) == [Verdict.CONFIRMED]


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="how much memory is taken is not told here")
def test_a_model_that_takes_too_much_memory_is_not_rebuilt(draft):
    pytest.importorskip("tensorflow")
    long = draft.apply("ZeroPadding1D", draft.apply("Dense", draft.input(None, 5), units=60), padding=5_000_000)
    with Prover(limits=Limits(seconds=10, megabytes=600)) as prover:
        (found,) = prover.prove(draft.graph(long), [Claim((long,))])
    assert found.status is Verdict.NOT_REBUILT


def test_the_folder_that_is_linted_lends_no_modules(draft, tmp_path, monkeypatch):
    pytest.importorskip("tensorflow")
    (tmp_path / "tensorflow.py").write_text("raise SystemExit('the code of the user ran')\n")
    monkeypatch.chdir(tmp_path)
    graph, claim = program(draft)
    with Prover() as prover:
        assert statuses(prover, graph, [claim]) == [Verdict.CONFIRMED]


def test_a_process_that_does_not_come_up_says_why(draft):
    graph, claim = program(draft)
    with Prover(keras=7) as none, pytest.raises(CannotMeasure, match="KeyError"):
        list(none.prove(graph, [claim]))


def test_the_extra_is_named_when_it_is_missing(monkeypatch):
    monkeypatch.setattr(prove, "find_spec", lambda _: None)
    assert missing_extra(3) == "pip install 'padlint[confirm]'"
    assert missing_extra(2) == "pip install 'padlint[confirm-keras2]'"
    monkeypatch.setattr(prove, "find_spec", lambda package: package)
    assert not missing_extra(3)


def test_asking_imports_no_tensorflow():
    code = "import sys, padlint.confirm.prove; sys.exit('tensorflow' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_requests_and_answers_survive_the_pipe(draft):
    graph, claim = program(draft)
    assert read_request(request_line(MeasureGraph(graph, (claim,)))) == MeasureGraph(graph, (claim,))
    assert read_answer('{"failure": "why"}') == "why"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="how long a process computes is not told here")
@pytest.mark.parametrize("does", ["while True: pass", "import time; time.sleep(60)"], ids=["computes", "stands-still"])
def test_a_process_is_over_its_time_when_it_computed_or_stood_still_for_so_long(does):
    with subprocess.Popen([sys.executable, "-c", does]) as process:
        watch = prove._Watch(process.pid)
        time.sleep(2)
        early, late = watch.is_over(60), watch.is_over(0.02)
        process.kill()
    assert (early, late) == (False, True)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="how long a process computes is not told here")
def test_a_process_that_only_stirs_in_its_sleep_stands_still():
    stirring = "import time\nwhile True:\n    time.sleep(0.03)\n    sum(range(25_000))"
    with subprocess.Popen([sys.executable, "-c", stirring]) as process:
        watch, is_over = prove._Watch(process.pid), []
        while len(is_over) < 60 and not any(is_over):
            time.sleep(0.1)
            is_over.append(watch.is_over(2))
        process.kill()
    assert len(is_over) > 10
    assert is_over[-1]
