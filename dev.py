#!/usr/bin/env python3
"""The desk of verbs: every daily chore of Anlan is `python3 dev.py VERB`.

Needs nothing but Python 3.11 or newer (with its venv module) and, on the first run, a network.
Each part of the set-up leaves a stamp of what it was made from, so doing it again is instant.
"""

import argparse
import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
DIST = ROOT / "src/anlan/site/dist"
LOG = ROOT / "build/setup.log"
LOCKS = ("requirements.lock", "requirements-dev.lock")
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = (20, 19)  # what vite 8 asks for
SUITE_LIMIT_S = 55 * 60  # a hang must end; a slow neighbour is no failure
POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"


# Downloads trust what the machine trusts (an organisation's own proxy, say), unless the environment says otherwise.
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
TRUST = {"UV_SYSTEM_CERTS": "true", "UV_NATIVE_TLS": "true"}
if CERTIFICATES.exists():
    TRUST["NODE_EXTRA_CA_CERTS"] = str(CERTIFICATES)


class Stop(Exception):
    """The verb cannot go on; the text says what was wrong and what to do."""


# ── saying and doing ────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def step(title):
    """Say what is being done, then how long it took."""
    print(f"· {title} …", end="", flush=True)
    begun = time.monotonic()
    try:
        yield
    except BaseException:
        print(f" stopped after {time.monotonic() - begun:.1f} s", flush=True)
        raise
    print(f" {time.monotonic() - begun:.1f} s", flush=True)


def quietly(*command, tries=1, advice="", env=None):
    """Run a set-up command with its output in build/setup.log; its last lines are shown if it fails.

    `tries=2` is for downloads: one flaky answer of a registry should not cost a whole set-up.
    """
    LOG.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(tries):
        ran = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT,
            env={**TRUST, **os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        with LOG.open("a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(str(part) for part in command)}\n{ran.stdout}\n")
        if ran.returncode == 0:
            return ran.stdout
    tail = "\n".join("    " + line for line in ran.stdout.splitlines()[-15:])
    raise Stop(
        f"{Path(command[0]).name} failed (the whole output is in build/setup.log):\n{tail}\n{advice}".rstrip()
    )


def openly(*command, env=None, limit_s=None):
    """Run a command in front of the user; its exit code."""
    process_env = {**os.environ, **(env or {})}
    try:
        return subprocess.run(
            [str(part) for part in command], cwd=ROOT, env=process_env, timeout=limit_s
        ).returncode
    except subprocess.TimeoutExpired:
        raise Stop(
            f"{Path(command[0]).name} was ended after {limit_s:.0f} s: it hangs, or the machine is too slow"
        ) from None


def version_of(program):
    """The version a program reports as a tuple of numbers, or () where it is absent or broken."""
    try:
        said = subprocess.run([str(program), "--version"], capture_output=True, text=True, timeout=30).stdout
        number = next(word for word in said.split() if word.lstrip("v")[:1].isdigit())
        return tuple(int(part) for part in number.lstrip("v").split(".")[:3] if part.isdigit())
    except (OSError, StopIteration, subprocess.SubprocessError):
        return ()


# ── stamps: what a part of the set-up was made from ─────────────────────────────────────────────


def digest(paths, *, also=""):
    """A hash over the names and bytes of these files (folders are walked) and a line of text."""
    total = hashlib.sha256(also.encode())
    files = sorted(
        file for path in paths for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file()
    )
    for file in files:
        total.update(f"\0{file.relative_to(ROOT)}\0".encode())
        total.update(file.read_bytes())
    return total.hexdigest()


def stamped(stamp, made_from):
    return stamp.exists() and stamp.read_text(encoding="ascii") == made_from


def leave_stamp(stamp, made_from):
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(made_from, encoding="ascii")


# ── set-up ──────────────────────────────────────────────────────────────────────────────────────

OFFLINE = (
    "If the package registry cannot be reached: check the network, set HTTPS_PROXY behind a proxy, or\n"
    "PIP_INDEX_URL / UV_INDEX_URL / npm_config_registry for a mirror; then run the same command again."
)


def find_uv():
    """uv, where it is on the PATH and works (a shim of another Python may be there and not work)."""
    return shutil.which("uv") if version_of("uv") else None


def make_venv():
    if version_of(PYTHON) >= OLDEST_PYTHON:
        return
    with step("virtual environment .venv"):
        if uv := find_uv():
            quietly(uv, "venv", "--clear", "--python", sys.executable, VENV)
        else:
            advice = "Where Python came without its venv module, install it (Debian, Ubuntu: apt-get install python3-venv)."
            quietly(sys.executable, "-m", "venv", "--clear", VENV, advice=advice)


def install(*arguments):
    """Install into .venv with uv where it is present, else with pip; the arguments mean the same to both."""
    if uv := find_uv():
        return quietly(uv, "pip", "install", "--python", PYTHON, *arguments, tries=2, advice=OFFLINE)
    if not (BIN / "pip").exists():
        quietly(PYTHON, "-m", "ensurepip")
    return quietly(PYTHON, "-m", "pip", "install", *arguments, tries=2, advice=OFFLINE)


def install_python(*, tools):
    """The pinned, hashed packages, and Anlan itself as an editable install; `tools` adds those of tests and checks."""
    made = {lock: digest([ROOT / lock, ROOT / "pyproject.toml"], also=str(VENV)) for lock in LOCKS}
    enough = LOCKS[1:] if tools else LOCKS  # the second holds the first
    if any(stamped(VENV / "stamps" / lock, made[lock]) for lock in enough):
        return
    lock = enough[0]
    with step(f"Python packages ({lock})"):
        install("--require-hashes", "-r", ROOT / lock)
        install("--no-deps", "--no-build-isolation", "-e", ROOT)
    leave_stamp(VENV / "stamps" / lock, made[lock])


def node_folder():
    """The folder with a node and npm that can build the front end; installs PyPI's into .venv if none is there."""
    found = shutil.which("node")
    if found and shutil.which("npm") and version_of("node") >= OLDEST_NODE:
        return Path(found).parent
    if version_of(BIN / "node") < OLDEST_NODE:
        with step("node (requirements-node.lock; none new enough on this machine)"):
            install("--require-hashes", "-r", ROOT / "requirements-node.lock")
    return BIN


def front_sources():
    """What the built front end depends on: our scripts and styles, the pinned packages, vite's configuration."""
    fixed = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / "vite.config.js", ROOT / "web"]
    return [path for path in (*fixed, *(ROOT / "src/anlan").rglob("static")) if path.exists()]


def build_front():
    if not (ROOT / "package-lock.json").exists():
        print("· front end: no package-lock.json, nothing to build")
        return
    sources = digest(front_sources())
    if stamped(DIST / ".stamp", sources):
        return
    folder = node_folder()
    env = {"PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    packages = digest([ROOT / "package-lock.json"])
    if not stamped(ROOT / "node_modules/.stamp", packages):
        with step("front-end packages (npm ci)"):
            quietly(folder / "npm", "ci", "--no-audit", "--no-fund", tries=2, advice=OFFLINE, env=env)
        leave_stamp(ROOT / "node_modules/.stamp", packages)
    with step("front end (vite build)"):
        quietly(folder / "npx", "vite", "build", env=env)
    leave_stamp(DIST / ".stamp", sources)


def compile_translations():
    catalogues = sorted((ROOT / "src/anlan/site/locale").rglob("*.po"))
    made_from = digest(catalogues)
    stamp = VENV / "stamps/translations"
    if not catalogues or (
        stamped(stamp, made_from) and all(path.with_suffix(".mo").exists() for path in catalogues)
    ):
        return
    with step("translations"):
        quietly(PYTHON, "-m", "anlan.site.translations")
    leave_stamp(stamp, made_from)


def prepare(*, tools=False):
    make_venv()
    install_python(tools=tools)
    build_front()
    compile_translations()


# ── verbs ───────────────────────────────────────────────────────────────────────────────────────


def setup(arguments):
    """Make .venv, install the pinned packages, build the front end, compile the translations."""
    prepare()
    print("Ready: .venv/bin/anlan --help")


def run(arguments):
    """Set up and start everything: `run [--port 8000] [--data DIR]`, or any option of `anlan serve`."""
    prepare()
    os.environ.setdefault("ANLAN_DATA", str(ROOT / "data"))
    sys.stdout.flush()
    os.execv(BIN / "anlan", ["anlan", "serve", *arguments])


def answers(url, *, default_port):
    """Whether something listens at the host and port of this address."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname, parts.port or default_port), timeout=2).close()
    except OSError:
        return False
    return True


def pytest(title, *arguments, database="", until=None):
    """One pass of the suite on a database (SQLite where none is named); pytest's exit code."""
    print(f"── {title} ──", flush=True)
    limit_s = until and max(1, until - time.monotonic())
    return openly(PYTHON, "-m", "pytest", *arguments, env={"DATABASE_URL": database}, limit_s=limit_s)


def whole_suite(arguments):
    """The suite on SQLite, what touches the database again on PostgreSQL, then the browser."""
    postgres = os.environ.get("ANLAN_TEST_POSTGRES", POSTGRES)
    passes = {
        "all but the browser, on SQLite": ("not browser", "-n2", ""),
        "what touches the database, on PostgreSQL": (
            "database and not browser and not faults",
            "-n2",
            postgres,
        ),
        "the browser": ("browser", "-n0", ""),
    }
    if not answers(postgres, default_port=5432):
        print(f"PostgreSQL does not answer at {postgres} (set ANLAN_TEST_POSTGRES, or see .ci/run)")
        if os.environ.get("CI") != "true":  # in CI its absence is a failure
            print("skipped: the pass on PostgreSQL")
            passes = {title: how for title, how in passes.items() if how[2] != postgres}
    until = time.monotonic() + SUITE_LIMIT_S
    codes = [
        pytest(title, workers, "-m", marks, *arguments, database=database, until=until)
        for title, (marks, workers, database) in passes.items()
    ]
    fine = {0, 5} if arguments else {0}  # 5: no test of this pass was chosen by the arguments
    return 0 if fine.issuperset(codes) else 1


def test(arguments):
    """Everyday tests on SQLite; --all (or CI=true) adds faults, PostgreSQL and the browser. pytest's options pass through."""
    prepare(tools=True)
    everything = "--all" in arguments or (os.environ.get("CI") == "true" and not arguments)
    arguments = [argument for argument in arguments if argument != "--all"]
    if everything:
        return whole_suite(arguments)
    if any(not argument.startswith("-") for argument in arguments):  # named tests are run as asked
        return openly(PYTHON, "-m", "pytest", *arguments)
    return pytest("everyday tests, SQLite", "-n2", "-m", "not browser and not faults", *arguments)


CHECKS = {
    "style": ("-m", "ruff", "check", "."),
    "format": ("-m", "ruff", "format", "--check", "."),
    "floors": (
        "-c",
        "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_logo=True))",
    ),
    "types": ("-m", "mypy"),
    "settings and models": ("-m", "django", "check", "--fail-level", "WARNING"),
    "migrations": ("-m", "django", "makemigrations", "--check", "--dry-run"),
    "translations": ("docs/translations.py",),
    "generated pages": ("docs/generate.py", "--check"),
}


def lint(arguments):
    """Style, format, floors, types, Django's checks, migrations, translations, generated pages; all are run, then judged."""
    prepare(tools=True)
    env = {"DJANGO_SETTINGS_MODULE": "anlan.site.settings", "ANLAN_DATA": str(ROOT / "build/lint")}
    failed = []
    for name, command in CHECKS.items():
        print(f"── {name} ──", flush=True)
        if openly(PYTHON, *command, env=env):
            failed.append(name)
    print(f"lint: {', '.join(failed)} failed" if failed else f"lint: {len(CHECKS)} checks passed")
    return 1 if failed else 0


def fix(arguments):
    """Mend what can be mended by machine: style and format."""
    prepare(tools=True)
    openly(PYTHON, "-m", "ruff", "check", "--fix", *(arguments or ["."]))
    return openly(PYTHON, "-m", "ruff", "format", *(arguments or ["."]))


def docs(arguments):
    """Write docs/reference again from the code: terms, settings, actions, endpoints, verbs."""
    prepare(tools=True)
    return openly(PYTHON, "docs/generate.py", *arguments)


def first_line(path):
    """The first line of a script's docstring."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((line.strip('" ') for line in lines if line.startswith('"""')), "")


def bench(arguments):
    """Measure a claim: `bench NAME`; without a name, the list of claims."""
    claims = {path.stem: path for path in sorted((ROOT / "bench").glob("[a-z]*.py"))}
    if not arguments:
        print(
            "\n".join(f"  {name:12} {first_line(path)}" for name, path in claims.items())
            or "no bench/*.py yet"
        )
        return 0
    if arguments[0] not in claims:
        raise Stop(f"no bench/{arguments[0]}.py; there are: {', '.join(claims) or 'none yet'}")
    prepare(tools=True)
    return openly(PYTHON, claims[arguments[0]], *arguments[1:])


def pictures(arguments):
    """Take the pictures of docs/pictures with a real browser."""
    prepare(tools=True)
    return openly(PYTHON, "docs/take_pictures.py", *arguments)


def lock(arguments):
    """After a change of dependencies: uv.lock, and from it the hashed requirements*.lock (needs uv)."""
    uv = find_uv() or next(iter(path for path in [BIN / "uv"] if path.exists()), None)
    if not uv:
        raise Stop("uv is needed to lock dependencies: pip install uv")
    quietly(uv, "lock", *arguments, tries=2, advice=OFFLINE)
    exports = {
        "requirements.lock": ["--no-dev", "--group", "build"],
        "requirements-dev.lock": ["--group", "build"],
        "requirements-node.lock": ["--only-group", "front"],
    }
    for name, groups in exports.items():
        text = quietly(uv, "export", "--frozen", "--no-emit-project", "--no-header", "--quiet", *groups)
        (ROOT / name).write_text(
            f"# From uv.lock, by `python3 dev.py lock`. Not edited by hand.\n{text}", encoding="utf-8"
        )
    return 0


VERBS = {verb.__name__: verb for verb in (setup, run, test, lint, fix, docs, bench, pictures, lock)}


def parse(argv):
    """The verb and the arguments it gets as they stand."""
    verbs = "\n".join(f"  {name:10} {verb.__doc__}" for name, verb in VERBS.items())
    parser = argparse.ArgumentParser(
        prog="dev.py",
        description=__doc__,
        epilog=f"verbs:\n{verbs}",
        usage="python3 dev.py VERB [arguments]",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("verb", choices=VERBS, metavar="VERB", help="one of the verbs below")
    return parser.parse_args(argv[:1]).verb, argv[1:]


def main(argv):
    if sys.version_info < OLDEST_PYTHON:
        raise Stop(
            f"Python {'.'.join(map(str, OLDEST_PYTHON))} or newer is needed; this is {sys.version.split()[0]}"
        )
    if os.name != "posix":
        raise Stop("Linux or macOS is needed; on Windows use WSL")
    verb, arguments = parse(argv)
    if arguments[:1] == ["--help"] and verb not in ("run", "test", "bench"):
        print(VERBS[verb].__doc__)
        return 0
    return VERBS[verb](arguments)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        sys.exit(f"dev.py: {stop}")
    except KeyboardInterrupt:
        sys.exit(130)
