"""What is wrong with the form of the operator's file, in the file's own words."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

import msgspec

_UNKNOWN = re.compile(r"Object contains unknown field `(.+?)`(?: - at `\$\.?(.*)`)?", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.+?)`(?: - at `\$\.?(.*)`)?")
_KIND = re.compile(r"Expected `(.+?)`, got `(.+?)`(?: - at `\$\.?(.*)`)?")
_STEP = re.compile(r"([^.\[]+)(?:\[(\d+)\])?\.?")
_KINDS = {
    "str": "text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
}
_GIVEN = {**_KINDS, "float": "a fraction", "str": "text"}


def said_of(error: msgspec.ValidationError, kind: type[msgspec.Struct]) -> str:
    """Where a file departs from `kind`, and what is to stand there.

    Words of msgspec that are not known here are passed on as they are.
    """
    said = str(error)
    if found := _UNKNOWN.fullmatch(said):
        return _unknown(found[1], found[2] or "", kind)
    if found := _MISSING.fullmatch(said):
        return f"{_place(found[2] or '')} lacks {found[1]!r}"
    if found := _KIND.fullmatch(said):
        wanted, given, place = found[1], found[2], found[3] or ""
        if (wanted, given) == ("array", "object"):
            return f"{place} stands there as one table; each one begins with [[{place}]], in two brackets"
        words = " or ".join(_KINDS.get(each, each) for each in wanted.split(" | "))
        return f"{_counted(place)} is to be {words}, not {_GIVEN.get(given, given)}"
    return said


def _unknown(name: str, place: str, kind: type[msgspec.Struct]) -> str:
    if not place and (table := _table_of(name, kind)):
        return f"{name} stands outside of its table; write {table} above it"
    known = _at(place, kind)
    where = f"{_place(place)} has no {name!r}" if place else f"there is no {name!r}"
    if near := get_close_matches(name, known, n=1):
        return f"{where}; did you mean {near[0]!r}?"
    return f"{where}; there {'are' if len(known) > 1 else 'is'} {', '.join(known)}"


def _place(place: str) -> str:
    """`server` as `[server]`, `camera[0]` as `camera 1`."""
    counted = _counted(place)
    return counted if counted != place else f"[{place}]"


def _counted(place: str) -> str:
    """`camera[0].record` as `camera 1, record`."""
    return re.sub(r"\[(\d+)\]\.?", lambda number: f" {int(number[1]) + 1}, ", place).removesuffix(", ")


def _at(place: str, kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """The keys that may stand at a place."""
    for name, _ in _STEP.findall(place):
        kind = next(_structs(_types(kind)[name]))
    return kind.__struct_encode_fields__


def _table_of(name: str, kind: type[msgspec.Struct]) -> str:
    """The head of the table that has this key, as it is written; empty where none has it."""
    for table, about in _types(kind).items():
        if any(name in each.__struct_encode_fields__ for each in _structs(about)):
            return f"[[{table}]]" if isinstance(about, msgspec.inspect.VarTupleType) else f"[{table}]"
    return ""


def _types(kind: type[msgspec.Struct]) -> dict[str, msgspec.inspect.Type]:
    about = msgspec.inspect.type_info(kind)
    assert isinstance(about, msgspec.inspect.StructType)
    return {field.encode_name: field.type for field in about.fields}


def _structs(about: msgspec.inspect.Type) -> Iterator[type[msgspec.Struct]]:
    match about:
        case msgspec.inspect.StructType():
            yield about.cls
        case msgspec.inspect.VarTupleType():
            yield from _structs(about.item_type)
        case msgspec.inspect.UnionType():
            for each in about.types:
                yield from _structs(each)
