"""The part `builds`: the same sources by different flags, `--format summary` over the workloads."""

import os
import re
import shutil
import subprocess
import sys
import time

from workbench import (BIN, KINDS, TOP, WORK, YARDSTICK, clean, factor, keep, load, make, median, run,
                       say, table)

BUILDS = WORK / "builds"

# What the profile is made of: another seed than what is measured, and small.
TRAINING = (("--seed", "7", "--kind", "bulk", "--scale", "0.02"),
            ("--seed", "7", "--kind", "chatty", "--scale", "0.02"),
            ("--seed", "7", "--kind", "hostile", "--scale", "0.1"))


def quietly(*command, environment=None):
    done = subprocess.run(command, capture_output=True, text=True, cwd=TOP,
                          env={**os.environ, **(environment or {})})
    if done.returncode != 0:
        sys.exit(f"bench: {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def build(name, *options, environment=None):
    folder = BUILDS / name
    quietly("cmake", "--fresh", "--preset", "release", "-B", folder, *options, environment=environment)
    quietly("cmake", "--build", folder, "--target", "smtpscope")
    return folder / "bin/smtpscope"


def distribution():
    """As a Debian package is built: its flags, and no build type that adds some."""
    said = quietly("dpkg-buildflags", "--export=configure")
    flags = dict(re.findall(r'(\w+)="([^"]*)"', said))
    return build("distribution", "-DCMAKE_BUILD_TYPE=None", f"-DCMAKE_C_FLAGS={flags['CFLAGS']} "
                 f"{flags['CPPFLAGS']}", f"-DCMAKE_EXE_LINKER_FLAGS={flags['LDFLAGS']}")


def train(program):
    """Runs it over the training captures, in the formats that are measured elsewhere."""
    capture = WORK / "training.pcap"
    for options in TRAINING:
        quietly(BIN / "make-capture", *options, capture, "/dev/null")
        for form in ("summary", "ndjson"):
            # The sandbox forbids what writes the profile.
            quietly(program, "--no-sandbox", "--format", form, capture)
    capture.unlink()


def profiled(name, *options):
    """A build that counts, the training, and a build of what was counted, in the same folder."""
    shutil.rmtree(BUILDS / name, ignore_errors=True)
    profile = BUILDS / name / "profile"
    train(build(name, *options, f"-DCMAKE_C_FLAGS=-fprofile-generate={profile}"))
    return build(name, *options, f"-DCMAKE_C_FLAGS=-fprofile-use={profile} -fprofile-correction "
                 "-Wno-missing-profile")


def programs():
    say("builds: compiling")
    return {
        "Debian's flags (dpkg-buildflags)": distribution(),
        "release preset": build("release"),
        "without LTO": build("no-lto", "-DSMTPSCOPE_LTO=OFF"),
        "without LTO, with PGO": profiled("no-lto-pgo", "-DSMTPSCOPE_LTO=OFF"),
        "release preset, PGO": profiled("pgo"),
    }


def measure(arguments):
    began, load_before = time.time(), load()
    tools = {YARDSTICK: BIN / "yardstick", **programs()}
    runs = {name: {kind: [] for kind in KINDS} for name in tools}
    for kind in KINDS:
        make(kind, arguments.scale)
    for number in range(arguments.rounds):
        for kind in KINDS:
            run([tools[YARDSTICK], "{capture}"], "/dev/null", kind)
            for name, program in tools.items():
                say(f"builds: round {number + 1} of {arguments.rounds}, {kind}: {name}")
                options = [] if name == YARDSTICK else ["--format", "summary"]
                runs[name][kind].append(run([program, *options, "{capture}"], "/dev/null", kind))
    clean()
    keep("builds", began, load_before, {
        "runs": runs, "rounds": arguments.rounds, "scale": arguments.scale,
        "flags": quietly("dpkg-buildflags", "--get", "CFLAGS").strip(),
        "octets": {name: path.stat().st_size for name, path in tools.items() if name != YARDSTICK}})


def comparison(result):
    """Times over the yardstick's, and the change against the release preset."""
    runs = result["runs"]
    rows = []
    for name, of_kind in runs.items():
        if name == YARDSTICK:
            rows.append([name] + [f"{median(of_kind[kind], 1):.2f} s" for kind in KINDS])
            continue
        cells = []
        for kind in KINDS:
            change = median(of_kind[kind], 1) / median(runs["release preset"][kind], 1) - 1
            cells.append(f"{factor(of_kind[kind], runs[YARDSTICK][kind], 1):.2f}" +
                         ("" if name == "release preset" else f" ({change:+.0%})"))
        rows.append([name, *cells])
    return table(["", *KINDS], rows)
