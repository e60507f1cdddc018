"""Pack ``klynge-validate`` into one wheel: ``python -m cli.reporter_wheel FOLDER``.

The wheel holds the modules that the command imports, the contracts, the reference data and the
Danish texts, in the same folders as in the checkout. Its dependencies are the packages in
pyproject.toml that these modules import; pip installs them.
"""

import base64
import hashlib
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import grimp
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from klynge import checkout
from klynge.messages import CATALOGUE

#: The package of the wheel; the checkout's packages are folders in it.
PACKAGE, COMMAND = "klynge_validate", "klynge-validate"
_ENTRY = f'''"""The command {COMMAND}, with everything it needs in this folder."""

import sys
from pathlib import Path


def main() -> None:
    """Run the command from this folder."""
    sys.path.insert(0, str(Path(__file__).parent))
    from cli.reporter import main as run

    run()
'''
#: Import name -> name of the distribution, where they differ.
_DISTRIBUTIONS = {"yaml": "pyyaml"}
#: The package with time zones, which Windows lacks.
_ON_WINDOWS = 'tzdata; sys_platform == "win32"'


def build_wheel(folder: Path) -> Path:
    """Write the wheel into a folder and return its path; the same code gives the same bytes."""
    project = tomllib.loads((checkout.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    version = project["version"]
    modules, imported = _modules()
    contents = {f"{PACKAGE}/{name}": data for name, data in _files(modules)}
    contents[f"{PACKAGE}/__init__.py"] = _ENTRY.encode()
    contents[f"{PACKAGE}/__main__.py"] = f"from {PACKAGE} import main\n\nmain()\n".encode()
    info = f"{PACKAGE}-{version}.dist-info"
    contents[f"{info}/METADATA"] = _metadata(project, imported).encode()
    contents[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: klyngedata\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    contents[f"{info}/entry_points.txt"] = (
        f"[console_scripts]\n{COMMAND} = {PACKAGE}:main\n".encode()
    )
    contents[f"{info}/RECORD"] = _record(contents, f"{info}/RECORD").encode()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{PACKAGE}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, data in contents.items():
            wheel.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return path


def _modules() -> tuple[set[str], set[str]]:
    """The project's modules that the command imports, and the other packages that these import."""
    graph = grimp.build_graph("cli", "klynge", include_external_packages=True)
    found = {"cli.reporter", *graph.find_upstream_modules("cli.reporter")}
    own = {module for module in found if module.split(".")[0] in {"cli", "klynge"}}
    return own, {module.split(".")[0] for module in found - own} - sys.stdlib_module_names


def _files(modules: set[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the path within the package and the content of each file that the command needs."""
    packages = {".".join(m.split(".")[:n]) for m in modules for n in range(1, m.count(".") + 1)}
    paths = {checkout.ROOT / f"{module.replace('.', '/')}.py" for module in modules}
    paths = {path for path in paths if path.exists()}
    paths |= {*checkout.CONTRACTS.iterdir(), *(checkout.SEEDS / "reference").glob("*.csv")}
    paths.add(checkout.ROOT / "klynge" / CATALOGUE)
    for name in sorted(packages):
        # the packages' own __init__ files import modules that the command does not need
        yield f"{name.replace('.', '/')}/__init__.py", b""
    for path in sorted(paths):
        yield path.relative_to(checkout.ROOT).as_posix(), path.read_bytes()


def _metadata(project: dict[str, object], imported: set[str]) -> str:
    names = {canonicalize_name(_DISTRIBUTIONS.get(name, name)) for name in imported}
    declared = [str(one) for one in project["optional-dependencies"]["build"]]  # type: ignore[index]
    needed = [one for one in declared if canonicalize_name(Requirement(one).name) in names]
    # numpy is installed with pandas, which this command does not need
    needed += sorted(names - {canonicalize_name(Requirement(one).name) for one in declared})
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {PACKAGE.replace('_', '-')}",
        f"Version: {project['version']}",
        "Summary: Check files before they are reported to the data warehouse of the clusters",
        f"Requires-Python: {project['requires-python']}",
        *(f"Requires-Dist: {one}" for one in [*needed, _ON_WINDOWS]),
    ]
    return "\n".join(lines) + "\n"


def _record(contents: dict[str, bytes], own: str) -> str:
    """List the files of a wheel with their hashes and sizes; the list itself has no hash."""
    lines = []
    for name, data in contents.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(data)}")
    return "\n".join([*lines, f"{own},,"]) + "\n"


if __name__ == "__main__":
    print(build_wheel(Path(sys.argv[1])))  # noqa: T201
