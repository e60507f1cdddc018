"""A question as a person writes it, a change of it, and how to write it down again."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from klynge.metrics.declarations import BASIS

#: Filters as a person writes them; each dimension has one value or several values.
Filters = Mapping[str, str | Iterable[str]]


@dataclass(frozen=True)
class Request:
    """A question as a person writes it; ``metric`` and the dimensions are names or labels."""

    metric: str
    by: Sequence[str] = ()
    where: Filters = field(default_factory=dict)
    basis: str | None = None


@dataclass(frozen=True)
class Change:
    """A change of a question; what is not given stays as it is.

    ``by`` are dimensions to group by besides those of the question. ``where`` replaces the filters
    of these dimensions. ``without`` are dimensions that are neither grouped by nor filtered.
    ``basis`` chooses a basis, ``any_basis`` takes the choice of a basis back, and ``metric`` asks
    another metric.
    """

    by: tuple[str, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    basis: str | None = None
    any_basis: bool = False
    metric: str | None = None

    def apply(self, request: Request) -> Request:
        """Return the changed question."""
        where = {name: _listed(values) for name, values in request.where.items()} | {**self.where}
        by = [*request.by, *(name for name in self.by if name not in request.by)]
        if self.basis is not None or self.any_basis:
            where.pop(BASIS, None)
        return replace(
            request,
            metric=self.metric or request.metric,
            by=tuple(name for name in by if name not in self.without),
            where={name: one for name, one in where.items() if name not in self.without},
            basis=self.basis or (None if self.any_basis else request.basis),
        )


def as_command(request: Request) -> str:
    """Write a question as a command: ``klynge metric participants --by period``."""
    parts = ["klynge metric", shlex.quote(request.metric)]
    if request.by:
        parts.append(f"--by {shlex.quote(','.join(request.by))}")
    for name, values in request.where.items():
        filter_ = f"{name}={','.join(_listed(values))}"
        parts.append(f"--where {shlex.quote(filter_)}")
    if request.basis is not None:
        parts.append(f"--basis {shlex.quote(request.basis)}")
    return " ".join(parts)


def as_python(request: Request) -> str:
    """Write a question as Python: ``release.metric("participants", by="period")``."""
    parts = [_text(request.metric)]
    if request.by:
        parts.append(f"by={_texts(request.by)}")
    if request.where:
        filters = (f"{_text(name)}: {_texts(_listed(v))}" for name, v in request.where.items())
        parts.append(f"where={{{', '.join(filters)}}}")
    if request.basis is not None:
        parts.append(f"basis={_text(request.basis)}")
    return f"release.metric({', '.join(parts)})"


def _listed(values: str | Iterable[str]) -> tuple[str, ...]:
    return (values,) if isinstance(values, str) else tuple(map(str, values))


def _texts(values: Sequence[str]) -> str:
    if len(values) == 1:
        return _text(values[0])
    return f"[{', '.join(map(_text, values))}]"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
