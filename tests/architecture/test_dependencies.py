"""The default install stays small, and the lock files say the same thing."""

import re
import tomllib
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

DIRECT_LIMIT = 30
INSTALLED_LIMIT_MB = 450
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-node.lock")


@pytest.fixture(scope="module")
def project(root):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def locked(root):
    """Name → version, as uv.lock has them."""
    packages = tomllib.loads((root / "uv.lock").read_text(encoding="utf-8"))["package"]
    return {package["name"]: package.get("version") for package in packages}


def closure(name):
    """The installed distributions that `name` needs at run time, itself left out."""
    seen, waiting = {}, [Requirement(name)]
    while waiting:
        wanted = waiting.pop()
        extras = wanted.extras or {""}
        for line in metadata.requires(wanted.name) or ():
            needed = Requirement(line)
            if needed.marker and not any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                continue
            key = canonicalize_name(needed.name)
            if not needed.extras <= seen.get(key, {None}) or key not in seen:
                seen[key] = seen.get(key, set()) | needed.extras
                waiting.append(needed)
    return sorted(seen)


def size_mb(name):
    files = metadata.files(name) or ()
    return sum(path.stat().st_size for path in (file.locate() for file in files) if path.is_file()) / 1e6


def test_few_direct_dependencies(project):
    assert 0 < len(project["project"]["dependencies"]) <= DIRECT_LIMIT


def test_the_install_is_small():
    sizes = {name: round(size_mb(name), 1) for name in closure("anlan")}
    assert sizes["django"] > 10, "nothing was measured"
    assert sum(sizes.values()) <= INSTALLED_LIMIT_MB, sorted(sizes.items(), key=lambda pair: -pair[1])[:10]


def test_every_direct_dependency_is_used(project, modules):
    """A dependency nobody imports is weight; what is used without an import says so here."""
    by_other_means = {"argon2-cffi", "psycopg", "whitenoise", "django-axes"}
    imports_as = {
        "django-ninja": "ninja",
        "chinesecalendar": "chinese_calendar",
        "django-csp": "csp",
        "paho-mqtt": "paho",
        "jsonpath-ng": "jsonpath_ng",
        "pillow": "PIL",
        "prometheus-client": "prometheus_client",
    }
    text = "\n".join(module.text for module in modules)
    unused = [
        name
        for name in (canonicalize_name(Requirement(line).name) for line in project["project"]["dependencies"])
        if name not in by_other_means
        if not re.search(rf"^\s*(import|from) {imports_as.get(name, name)}\b", text, re.MULTILINE)
    ]
    assert not unused


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_agrees_with_uv_lock(root, locked, name):
    text = (root / name).read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", text, re.MULTILINE))
    assert pinned, "nothing is pinned"
    assert {pin: version for pin, version in pinned.items() if locked.get(pin) != version} == {}, (
        "run `python3 dev.py lock`"
    )
    assert text.count("--hash=sha256:") >= len(pinned)


def test_the_locks_hold_every_declared_dependency(root, project, locked):
    declared = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    text = (root / "requirements-dev.lock").read_text(encoding="utf-8")
    for requirement in map(Requirement, declared):
        version = locked.get(canonicalize_name(requirement.name))
        assert version and requirement.specifier.contains(version), (
            f"{requirement}: run `python3 dev.py lock`"
        )
        assert re.search(rf"^{canonicalize_name(requirement.name)}(\[[\w,-]+\])?==", text, re.MULTILINE), (
            requirement
        )


def test_no_index_but_the_public_one_is_recorded(root):
    """A lock made against a local mirror would not install anywhere else."""
    sources = set(re.findall(r'registry = "([^"]+)"', (root / "uv.lock").read_text(encoding="utf-8")))
    assert len(sources) == 1
    assert not re.search(
        r"(--index-url|--find-links|file://)", "".join((root / name).read_text() for name in LOCKS)
    )
