#!/usr/bin/python3
"""
How long a day's mail takes: town.py's start-ups and notices, composed on one core, delivered over two
connections to bench-sink, whose own ceiling is measured in the same run.

    ninja -C build bench-sink && tests/bench/mail/run.py build [--profiles 25000] [--notices 1200]
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
BEFORE, MORNING, NOON = (f"2026-09-14T{hour}:00+02:00" for hour in ("06:00", "09:00", "12:00"))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def timed(label, argv, core=None):
    """Runs it and tells wall clock, processor and largest memory."""
    begun = time.monotonic()
    pin = (lambda: os.sched_setaffinity(0, {core})) if core is not None else None
    process = subprocess.Popen([str(a) for a in argv], stdout=subprocess.PIPE, text=True, preexec_fn=pin)
    output = process.stdout.read()
    _, _, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - begun
    print(f"{label}: {wall:.1f} s, processor {used.ru_utime + used.ru_stime:.1f} s, {used.ru_maxrss // 1024} MiB")
    print("   " + output.strip().replace("\n", "\n   "))
    return wall, output


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("build", type=Path)
    ask.add_argument("--profiles", type=int, default=25000)
    ask.add_argument("--notices", type=int, default=1200)
    args = ask.parse_args()
    appariteur = args.build.resolve() / "src/app/appariteur"
    sink = args.build.resolve() / "tests/bench/bench-sink"
    folder = Path(tempfile.mkdtemp(prefix="bench-mail-"))
    db = ["--db", folder / "i/appariteur.db"]
    try:
        town = [HERE / "town.py", folder / "town", "--profiles", args.profiles, "--notices", args.notices]
        subprocess.run([str(a) for a in [sys.executable, *town]], check=True)
        for step in (
            ["init", folder / "i", "--rules", ROOT / "rules"],
            ["profile", "import", folder / "town/profiles.json", *db, "--now", BEFORE, "--quiet"],
            ["import", folder / "town/notices", *db, "--now", BEFORE, "--quiet"],
            ["match", *db, "--now", BEFORE, "--quiet"],
        ):
            subprocess.run([str(appariteur), *map(str, step)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # a relay that is not there: composing alone, and three tries that fail at once
        timed("composed on one core", [appariteur, "digest", "send", "--smtp", "smtp://127.0.0.1:1", *db, "--now", MORNING], core=0)
        port = free_port()
        with subprocess.Popen([sink, "serve", str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
            server.stdout.readline()
            print(subprocess.run([sink, "ceiling", str(port), "4000", "13000"], capture_output=True, text=True).stdout.strip())
            wall, output = timed("delivered", [appariteur, "digest", "send", "--smtp", f"smtp://127.0.0.1:{port}", *db, "--now", NOON])
            server.stdin.close()
            print("sink: " + server.stdout.read().strip())
        sent = int(re.search(r"^(\d+) sent", output, re.M)[1])
        print(f"{sent / wall:.0f} mails/s, start and end of the programme included")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
