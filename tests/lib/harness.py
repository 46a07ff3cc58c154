"""
Runs the real programme as a person would: its own folder, its own database, a clock that the test
sets with --now. Nothing of the surrounding machine gets in, except what is listed in environment().
"""

import email
import email.policy
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "golden"
SHARED = Path(os.environ["APPARITEUR_SHARED"]) if os.environ.get("APPARITEUR_SHARED") else None

NOTICES = Path(os.environ["APPARITEUR_NOTICES"]) if os.environ.get("APPARITEUR_NOTICES") else None
if NOTICES is None and SHARED is not None:
    NOTICES = SHARED / "notices"

needs_shared = pytest.mark.skipif(SHARED is None, reason="APPARITEUR_SHARED is not set")
needs_notices = pytest.mark.skipif(
    NOTICES is None, reason="neither APPARITEUR_NOTICES nor APPARITEUR_SHARED is set"
)

# What a sanitizer, valgrind or the C library says when the programme did something forbidden.
_FORBIDDEN = re.compile(
    r"AddressSanitizer|LeakSanitizer|ThreadSanitizer|runtime error:|Assertion .* failed"
    r"|stack smashing|buffer overflow detected|==\d+== Invalid"
)


def build():
    """The folder that the programmes of the tests were built in."""
    return Path(os.environ.get("APPARITEUR_BUILD", ROOT / "build-test")).resolve()


def programme():
    """The path of the programme under test; a missing one fails the test, it does not skip it."""
    path = Path(os.environ.get("APPARITEUR_BIN", build() / "src/app/appariteur")).resolve()
    if not path.is_file():
        pytest.fail(f"{path} is not built: run contrib/test, or set APPARITEUR_BIN", pytrace=False)
    return path


class Mail(os.PathLike):
    """A folder of .eml files, as --to-dir leaves them."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def __fspath__(self):
        return str(self.folder)

    def __str__(self):
        return str(self.folder)

    def messages(self, to=None):
        """Parsed messages in the order of their file names; only those to one address if given."""
        paths = sorted(self.folder.rglob("*.eml")) if self.folder.is_dir() else []
        parsed = [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in paths
        ]
        return [m for m in parsed if to is None or to in addresses(m)]

    def texts(self, to=None):
        return [m.get_body(("plain",)).get_content() for m in self.messages(to)]

    def htmls(self, to=None):
        return [m.get_body(("html",)).get_content() for m in self.messages(to)]


def addresses(message):
    """The addresses of the To header, without names."""
    return [address.addr_spec for address in message["To"].addresses]


class App:
    def __init__(self, binary, folder):
        self.binary = Path(binary)
        self.dir = Path(folder)
        self.db = self.dir / "appariteur.db"
        self.mail = Mail(self.dir / "mail")
        self.shared = SHARED
        self.env = {}  # added to environment() for each run

    def environment(self):
        kept = ("PATH", "LC_ALL", "LOCPATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")
        base = {name: os.environ[name] for name in kept if name in os.environ}
        base.setdefault("LC_ALL", "C.UTF-8")
        return {**base, "HOME": str(self.dir), "TMPDIR": str(self.dir), **self.env}

    def argv(self, *args):
        """Our database goes in as the last option, unless the test names one itself."""
        args = [os.fspath(a) if isinstance(a, os.PathLike) else str(a) for a in args]
        if "--db" in args or "--help" in args or "--version" in args:
            return [str(self.binary), *args]
        end = args.index("--") if "--" in args else len(args)
        return [str(self.binary), *args[:end], "--db", str(self.db), *args[end:]]

    def __call__(self, *args, stdin=None, check=True, timeout=60, cwd=None):
        """
        CompletedProcess with text in stdout and stderr. `check`: anything but exit status 0 fails the
        test. A crash, or a complaint of a sanitizer, always does. `stdin` is str, bytes or nothing.
        """
        data = stdin.encode() if isinstance(stdin, str) else stdin
        feed = {"stdin": subprocess.DEVNULL} if data is None else {"input": data}
        argv = self.argv(*args)
        done = subprocess.run(
            argv, **feed, capture_output=True, timeout=timeout, cwd=cwd or self.dir, env=self.environment()
        )
        done.stdout = done.stdout.decode("utf-8")
        done.stderr = done.stderr.decode("utf-8", "backslashreplace")
        refuse_crash(argv, done.returncode, done.stderr)
        if check and done.returncode != 0:
            raise AssertionError(story(argv, done))
        return done

    def json(self, *args, **options):
        """The parsed lines of a command with --json."""
        done = self(*args, "--json", **options)
        return [json.loads(line) for line in done.stdout.split("\n") if line]

    def start(self, *args, **options):
        """The programme in the background, for signals and kill -9; the caller ends it."""
        return subprocess.Popen(
            self.argv(*args), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            cwd=self.dir, env=self.environment(), **options,
        )


def refuse_crash(argv, status, stderr):
    if status < 0 or _FORBIDDEN.search(stderr):
        raise AssertionError(f"{' '.join(argv)}\nended with status {status}\n{stderr}")


def story(argv, done):
    return (
        f"{' '.join(argv)}\nexit status {done.returncode}\n"
        f"--- standard error\n{done.stderr}--- standard output\n{done.stdout[-2000:]}"
    )
