"""Looks into answers by local names, however their namespaces are spelled."""

from collections.abc import Iterator

from vedette.wire.message import XmlElement

_TRUE = ("true", "1")


def children(element: XmlElement) -> Iterator[tuple[str, XmlElement]]:
    """The child elements with their local names."""
    for child in element:
        if isinstance(child.tag, str):
            yield child.tag.rpartition("}")[2], child


def find_all(element: XmlElement, path: str) -> list[XmlElement]:
    """The elements at a path of local names below `element`."""
    found = [element]
    for step in path.split("/") if path else ():
        found = [child for each in found for name, child in children(each) if name == step]
    return found


def values(element: XmlElement, path: str) -> list[str]:
    """The texts at a path; `A/@b` names attributes, an element without text gives an empty one."""
    holder, at, name = path.rpartition("@")
    if at:
        holders = find_all(element, holder.rstrip("/"))
        return [str(each.get(name)).strip() for each in holders if each.get(name) is not None]
    return [(each.text or "").strip() for each in find_all(element, path)]


def is_true(value: str) -> bool:
    """Whether a text is one of the two that mean true."""
    return value.strip() in _TRUE


def passes(found: list[str], test: list[str]) -> bool:
    """Whether what was found passes a test of `features.tsv`; lists may be of words."""
    kind, *rest = test
    wanted = rest[0] if rest else ""
    match kind:
        case "true":
            return any(is_true(each) for each in found)
        case "false":
            return any(each.strip() in ("false", "0") for each in found)
        case "not-true":
            return not any(is_true(each) for each in found)
        case "present":
            return bool(found)
        case "above":
            return any(_number(each) > int(wanted) for each in found)
        case "absent-or-above":
            return not found or any(_number(each) > int(wanted) for each in found)
        case _:
            told = {word for each in found for word in each.replace(",", " ").split()}
            return bool(told & set(wanted.split(",")))


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0
