#!/usr/bin/python3
"""guard.py [--update]: counts the instructions that smtpscope takes for small made captures, and holds
them against figures.txt. --update writes that file anew.

The work on a capture is what is counted beyond the program's start; that is a figure of its own, made
with a capture of one packet that is no mail. Counts do not depend on what else the machine does, and
the random hash keys change them by a ten-thousandth. They do depend on the compiler, on libraries and
on what instructions the processor has, so figures.txt names these too. Where they differ, figures
within the tolerance are still fine, and others are no verdict: the test is skipped.
"""

import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

FIGURES = pathlib.Path(__file__).resolve().parent / "figures.txt"
SKIPPED = 77  # what CTest takes for "skipped"
TOLERANCE = 0.03

# Captures by make-capture's options: some ten million instructions each, or a few times that.
CAPTURES = {
    "bulk": ("--kind", "bulk", "--scale", "0.01"),
    "chatty": ("--kind", "chatty", "--scale", "0.004"),
    "hostile": ("--kind", "hostile", "--scale", "0.04"),
}
CASES = {
    "bulk summary": ("bulk", "--format", "summary"),
    "chatty summary": ("chatty", "--format", "summary"),
    "hostile summary": ("hostile", "--format", "summary"),
    "chatty ndjson": ("chatty", "--format", "ndjson"),
}
START = "start"

# A pcap file header (little-endian, microseconds, Ethernet), and a frame of 60 zeros.
ONE_FRAME = (struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1) +
             struct.pack("<IIII", 0, 0, 60, 60) + bytes(60))


def run(*command, **options):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=100, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stderr}")
    return done


def environment():
    """What the counts depend on beside the program, one line each."""
    smtpscope = os.environ["SMTPSCOPE"]
    made_by = re.findall(rb"GCC: \([^)]*\) [\d.]+|clang version [\d.]+",
                         pathlib.Path(smtpscope).read_bytes())
    libraries = run(smtpscope, "--version").stdout.splitlines()[1:]
    flags = re.search(r"^flags\s*:(.*)", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    vectors = sorted(set(flags[1].split() if flags else ()) & {"avx2", "bmi2", "erms", "sha_ni"})
    return {
        "compiler": ", ".join(sorted({name.decode() for name in made_by})),
        "processor": " ".join([os.uname().machine, *vectors]),
        "C library": os.confstr("CS_GNU_LIBC_VERSION"),
        "valgrind": run("valgrind", "--version").stdout.strip(),
        "libraries": "; ".join(libraries),
    }


def instructions(capture, options):
    """What callgrind counts. The environment is empty, since its size is a matter of instructions
    too, and so are MALLOC_PERTURB_ and the locale."""
    done = run("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
               os.environ["SMTPSCOPE"], "--no-sandbox", *options, capture.name, cwd=capture.parent,
               env={"PATH": os.environ["PATH"], "TZ": "UTC", "LC_ALL": "C"})
    return int(re.search(r"Collected : (\d+)", done.stderr)[1])


def measure():
    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        nothing = pathlib.Path(folder, "nothing.pcap")
        nothing.write_bytes(ONE_FRAME)
        counts[START] = instructions(nothing, ("--format", "summary"))
        for name, options in CAPTURES.items():
            run(os.environ["MAKE_CAPTURE"], *options, pathlib.Path(folder, f"{name}.pcap"),
                pathlib.Path(folder, "truth"))
        for name, (capture, *options) in CASES.items():
            total = instructions(pathlib.Path(folder, f"{capture}.pcap"), options)
            counts[name] = total - counts[START]
    return counts


def write(path, here, counts):
    lines = ["# Instructions of a release build over small made captures, beyond those of its start.",
             "# Written by tools/instructions --update, and read by the test `instructions`."]
    lines += [f"{name}: {value}" for name, value in here.items()]
    lines += [f"{name}: {count}" for name, count in counts.items()]
    path.write_text("\n".join(lines) + "\n")


def read(path):
    """The environment, and the counts."""
    pairs = [line.split(": ", 1) for line in path.read_text().splitlines()
             if line and not line.startswith("#")]
    counts = {name: int(value) for name, value in pairs if name in (START, *CASES)}
    return {name: value for name, value in pairs if name not in counts}, counts


def compare(known, counts):
    """Prints each figure; the names of those that are out of tolerance."""
    outside = []
    for name, count in counts.items():
        if name not in known:
            print(f"{name}: {count:,}, and no figure for it")
            outside.append(name)
            continue
        change = count / known[name] - 1
        print(f"{name}: {count:,}, was {known[name]:,} ({change:+.2%})")
        if abs(change) > TOLERANCE:
            outside.append(name)
    return outside


def main(arguments):
    if shutil.which("valgrind") is None:
        print("SKIPPED: valgrind is not there (tools/install-packages.sh test)")
        sys.exit(SKIPPED)
    here = environment()
    counts = measure()
    if arguments == ["--update"]:
        write(FIGURES, here, counts)
        print(FIGURES.read_text(), end="")
        return
    then, known = read(FIGURES)
    outside = compare(known, counts)
    differing = [name for name in here if here[name] != then.get(name)]
    for name in differing:
        print(f"{name}: figures.txt has {then.get(name)}; here it is {here[name]}")
    if not outside:
        return
    print(f"More than {TOLERANCE:.0%} off: {', '.join(outside)}.")
    if differing:
        print(f"SKIPPED: no verdict, since the figures were made with another "
              f"{' and another '.join(differing)}.")
        sys.exit(SKIPPED)
    print("Where it takes more, find out why: valgrind --tool=callgrind, callgrind_annotate. Where it "
          "takes less, or\nis worth it, tools/instructions --update writes the new figures: commit "
          "them with the change.")
    sys.exit(1)


main(sys.argv[1:])
