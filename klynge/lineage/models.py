"""The compiled models of a release. Each has a name, inputs, a key and column types.

Tables are named ``schema.table`` everywhere, for example ``core.fct_activities``.
"""

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import TopologicalSorter

from klynge.lineage.errors import LineageError
from klynge.lineage.explanation import explain

#: The name of the database in compiled SQL. :func:`~klynge.lineage.workspace.workspace` opens a
#: file under this name.
DATABASE_NAME = "klyngedata"


@dataclass(frozen=True)
class ModelColumn:
    """A declared column of a model. ``type`` is None if the model has no contract."""

    type: str | None
    description: str
    label_da: str | None
    label_en: str | None
    unit: str | None
    #: tells how the values may be summed: ``yes``, ``no`` or a code such as ``within_period``
    sum: str | None = None
    #: the description in Danish; ``description`` is in English
    description_da: str | None = None


@dataclass(frozen=True)
class Model:
    """One model of a release."""

    schema: str
    table: str
    #: ``table`` or ``view``
    materialized: str
    sql: str
    #: the tables that the model's SQL reads: other models, ``raw.…`` and ``reference.…``
    reads: frozenset[str]
    #: the key columns: no two rows have the same values in them (nulls count as equal values);
    #: every build tests this
    grain: tuple[str, ...]
    description: str
    #: the declared columns, in order; a model with a contract declares all its columns
    columns: Mapping[str, ModelColumn]
    label_da: str | None = None
    label_en: str | None = None
    #: the description in Danish; ``description`` is in English
    description_da: str | None = None
    #: foreign keys: each column, with the ``schema.table`` and the column to which it refers
    references: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """``schema.table``."""
        return f"{self.schema}.{self.table}"

    @property
    def relation(self) -> str:
        """The name as compiled SQL writes it."""
        return relation_name(self.name)

    @property
    def contract(self) -> dict[str, str]:
        """Column -> type; empty if the model has no contract."""
        types = {name: column.type for name, column in self.columns.items()}
        return {name: kind for name, kind in types.items() if kind is not None}


class CompiledModels(Mapping[str, Model]):
    """Maps ``schema.table`` to a model. Each model comes after the models that it reads."""

    def __init__(self, models: Iterable[Model], seeds: Mapping[str, Mapping[str, str]]) -> None:
        """Sort the models by dependency.

        ``seeds`` maps each reference table to its columns and their types.
        """
        found = {model.name: model for model in sorted(models, key=lambda m: m.name)}
        order = TopologicalSorter({name: model.reads for name, model in found.items()})
        self._models = {name: found[name] for name in order.static_order() if name in found}
        self.seeds = seeds

    def __getitem__(self, name: str) -> Model:
        return self._models[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._models)

    def __len__(self) -> int:
        return len(self._models)

    @cached_property
    def readers(self) -> dict[str, list[Model]]:
        """Map each table to the models that read it, in build order. Unread tables are left out."""
        found: dict[str, list[Model]] = {}
        for model in self.values():
            for table in sorted(model.reads):
                found.setdefault(table, []).append(model)
        return found

    def named(self, name: str) -> Model:
        """Return the model with this name. The schema may be left out.

        Raises :class:`LineageError` for an unknown name. The message suggests the nearest names.
        """
        for model in self.values():
            if name in (model.name, model.table):
                return model
        near = difflib.get_close_matches(name, [m.table for m in self.values()], n=3, cutoff=0.4)
        hint = explain(": did you mean {names}?", names=", ".join(near)) if near else ""
        raise LineageError(explain("the release has no model {name!r}{hint}", name=name, hint=hint))

    def build_plan(self, given: Collection[str], wanted: Iterable[str]) -> list[Model]:
        """Return the models that must be run to build ``wanted``, in build order.

        The tables ``given`` exist already. The plan leaves out these tables, and every model that
        only these tables read.
        """
        needed: set[str] = set()
        waiting = [name for name in wanted if name not in given]
        while waiting:
            name = waiting.pop()
            if name in self and name not in needed:
                needed.add(name)
                waiting += [read for read in self[name].reads if read not in given]
        return [model for name, model in self.items() if name in needed]

    def downstream_of(self, tables: Iterable[str]) -> set[str]:
        """Return the models among ``tables``, and all models that depend on any of ``tables``."""
        found = {name for name in tables if name in self}
        waiting = list(tables)
        while waiting:
            readers = {model.name for model in self.readers.get(waiting.pop(), ())}
            waiting += readers - found
            found |= readers
        return found

    def external_inputs(self, models: Iterable[Model]) -> set[str]:
        """Return the tables that ``models`` read but do not build."""
        plan = list(models)
        made = {model.name for model in plan}
        return {name for model in plan for name in model.reads} - made


def relation_name(table: str) -> str:
    """Return the table's name in compiled SQL: ``core.a`` becomes ``"klyngedata"."core"."a"``."""
    schema, _, name = table.partition(".")
    return f'"{DATABASE_NAME}"."{schema}"."{name}"'
