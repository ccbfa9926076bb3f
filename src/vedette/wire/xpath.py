"""A small, bounded part of XPath 1.0: what content filters and search filters of the standard need.

Understood: `and`, `or`, parentheses, the comparisons, string and number literals, paths of `/`, `//`, `*`,
`.`, names and a final `@name`, predicates, and the functions boolean, not, contains, starts-with, true and
false. Everything else is refused. Departures, because peers rely on them: a name without prefix matches
in any namespace; an absolute path may begin at the root or at its children; `<` and its kin also compare two
dates; typographic quotation marks, as the standard's own examples print them, count as quotes.

Source: Core, Message Content Filter (26.06 §9.4.4); Recording Search, Xpath dialect (26.06 §5.22).
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import ge, gt, le, lt
from typing import Any, NamedTuple

from lxml import etree

from vedette.base.errors import LimitExceeded, PeerError
from vedette.wire.message import XmlElement, XmlName
from vedette.wire.namespaces import PREFIXES
from vedette.wire.scalars import read_datetime, read_float

MOST_CHARS = 4096
MOST_NESTING = 32
MOST_VISITS = 4_000  # elements looked at and values compared in one evaluation: some 10 ms
TERMS_A_VISIT = 10  # literals, functions, steps and pieces of text that cost as much as one visit

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
    r"|(?P<string>\"[^\"]*\"|'[^']*'|“[^”]*”|”[^”]*”|‘[^’]*’)"
    r"|(?P<name>[^\W\d][\w.-]*(?::(?:[^\W\d][\w.-]*|\*))?)"
    r"|(?P<sign>//|::|!=|<=|>=|\.\.|[/@()\[\],=<>.*|+$-]))"
)
_BY_PREFIX = {prefix: namespace for namespace, prefix in PREFIXES.items()}
_COMPARISONS = frozenset(("=", "!=", "<", "<=", ">", ">="))
_ORDER: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
_ARGUMENTS = {"boolean": 1, "not": 1, "contains": 2, "starts-with": 2, "true": 0, "false": 0}


class UnsupportedExpression(PeerError):
    """The peer's expression is malformed, or needs what is not supported here."""


class _Token(NamedTuple):
    kind: str  # number | string | name | sign | end
    text: str
    at: int


class _Evaluation:
    """One run over one document; counts what it looks at."""

    def __init__(self, root: XmlElement, most_visits: int) -> None:
        self.root = root
        self._left = most_visits * TERMS_A_VISIT

    def visit(self, element: XmlElement) -> XmlElement:
        self.spend(1)
        return element

    def spend(self, visits: int) -> None:
        self.spend_terms(visits * TERMS_A_VISIT)

    def spend_terms(self, terms: int) -> None:
        self._left -= terms
        if self._left < 0:
            raise LimitExceeded("an expression that looks at too many elements")

    def text(self, node: "_Node") -> str:
        if isinstance(node, str):
            return node
        pieces = []
        self.spend(1)
        for each in node.itertext():
            self.spend_terms(1)
            pieces.append(str(each))
        return "".join(pieces)

    def string(self, value: "_Value") -> str:
        """A value as XPath 1.0 makes a text of it."""
        self.spend_terms(1)
        if isinstance(value, list):
            return self.text(value[0]) if value else ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, float):
            return str(int(value)) if value.is_integer() else repr(value)
        return value


_Node = XmlElement | str  # an attribute is its value
_Value = bool | float | str | list[_Node]
_Term = Callable[[_Evaluation, XmlElement], _Value]
_Step = Callable[[_Evaluation, list[_Node]], list[_Node]]
_Walk = Callable[[_Evaluation, list[_Node]], Iterable[XmlElement]]


class _Axis(NamedTuple):
    """Where a step looks: for elements, and for the owners of attributes."""

    elements: _Walk
    owners: _Walk


def _elements(run: _Evaluation, nodes: list[_Node]) -> Iterable[XmlElement]:
    return (node for node in nodes if isinstance(node, XmlElement))


def _children(run: _Evaluation, nodes: list[_Node]) -> Iterable[XmlElement]:
    for node in _elements(run, nodes):
        for child in node:
            if isinstance(child.tag, str):
                yield run.visit(child)


def _descendants(run: _Evaluation, nodes: list[_Node]) -> Iterable[XmlElement]:
    for node in _elements(run, nodes):
        for each in node.iterdescendants(etree.Element):
            yield run.visit(each)


def _with_descendants(run: _Evaluation, nodes: list[_Node]) -> Iterable[XmlElement]:
    for node in _elements(run, nodes):
        for each in node.iter(etree.Element):
            yield run.visit(each)


def _root_and_children(run: _Evaluation, nodes: list[_Node]) -> Iterable[XmlElement]:
    yield run.visit(run.root)
    yield from _children(run, [run.root])


_CHILDREN = _Axis(_children, _elements)
_DESCENDANTS = _Axis(_descendants, _with_descendants)
_EVERYTHING = _Axis(_with_descendants, _with_descendants)
_TOP = _Axis(_root_and_children, _elements)


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise UnsupportedExpression(
                f"expression {text[:120]!r}: not understood at {text[at : at + 20]!r}, character {at + 1}"
            )
        kind = match.lastgroup or ""
        yield _Token(kind, match[kind], match.start(kind))
        at = match.end()
    yield _Token("end", "", len(text))


def _matcher(namespace: str, local: str) -> Callable[[XmlElement], bool]:
    if namespace and local == "*":
        opening = f"{{{namespace}}}"
        return lambda element: str(element.tag).startswith(opening)
    if namespace:
        clark = f"{{{namespace}}}{local}"
        return lambda element: element.tag == clark
    return lambda element: str(element.tag).rpartition("}")[2] == local


# Values, as XPath 1.0 converts them


def _truth(value: _Value) -> bool:
    if isinstance(value, float):
        return bool(value) and not math.isnan(value)
    return bool(value)


def _holds(term: _Term, run: _Evaluation, node: XmlElement) -> bool:
    run.spend_terms(1)
    return _truth(term(run, node))


def _compared(run: _Evaluation, sign: str, left: _Value, right: _Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return _related(sign, _truth(left), _truth(right))
    lefts = [run.text(each) for each in left] if isinstance(left, list) else [left]
    rights = [run.text(each) for each in right] if isinstance(right, list) else [right]
    run.spend(len(lefts) * len(rights))
    return any(_related(sign, each, other) for each in lefts for other in rights)


def _related(sign: str, left: bool | float | str, right: bool | float | str) -> bool:  # noqa: FBT001
    if sign in ("=", "!="):
        if isinstance(left, str) and isinstance(right, str):
            return (left == right) is (sign == "=")
        return (_number(left) == _number(right)) is (sign == "=")
    order = _ORDER[sign]
    numbers = _number(left), _number(right)
    if isinstance(left, str) and isinstance(right, str) and any(math.isnan(each) for each in numbers):
        try:
            return order(read_datetime(left), read_datetime(right))
        except ValueError:
            return False
    return order(*numbers)


def _number(value: bool | float | str) -> float:  # noqa: FBT001
    if not isinstance(value, str):
        return float(value)
    try:
        return read_float(value)
    except ValueError:
        return math.nan


class XPathFilter:
    """A compiled expression, asked whether it holds for an element.

    `elements` and `attributes` are the names that it asks for, `*` among them; an empty namespace of an
    element stands for any.

    Raises UnsupportedExpression at construction for what is not understood, LimitExceeded for an
    expression that is too long or nests too deeply.
    """

    def __init__(self, text: str, namespaces: Mapping[str, str]) -> None:
        self.text = text
        parser = _Parser(text, namespaces)
        self._term = parser.whole()
        self.elements = frozenset(parser.elements)
        self.attributes = frozenset(parser.attributes)

    def matches(self, element: XmlElement, *, most_visits: int = MOST_VISITS) -> bool:
        """Whether the expression is true of a document; raises LimitExceeded if it takes too much work."""
        return _truth(self._term(_Evaluation(element, most_visits), element))


class _Parser:
    """Recursive descent, one method a level of precedence."""

    def __init__(self, text: str, namespaces: Mapping[str, str]) -> None:
        if len(text) > MOST_CHARS:
            raise LimitExceeded(f"an expression of {len(text)} characters, at most {MOST_CHARS} are allowed")
        self._text = text
        self._namespaces = namespaces
        self._tokens = list(_tokens(text))
        self._next = 0
        self._depth = 0
        self.elements: set[XmlName] = set()
        self.attributes: set[XmlName] = set()

    def whole(self) -> _Term:
        term = self._either()
        self._expect("end", "")
        return term

    # Tokens

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._token
        self._next += 1
        return token

    def _takes(self, kind: str, *texts: str) -> bool:
        if self._token.kind == kind and self._token.text in texts:
            self._next += 1
            return True
        return False

    def _expect(self, kind: str, text: str) -> None:
        if not self._takes(kind, text):
            raise self._refusal()

    def _refusal(self, why: str = "") -> UnsupportedExpression:
        token = self._token
        what = repr(token.text) if token.text else "its end"
        return UnsupportedExpression(
            f"expression {self._text[:120]!r}: {why or 'not supported'} at {what}, character {token.at + 1}"
        )

    # Levels

    def _either(self) -> _Term:
        self._depth += 1
        if self._depth > MOST_NESTING:
            raise LimitExceeded(f"an expression nested deeper than {MOST_NESTING}")
        terms = [self._both()]
        while self._takes("name", "or"):
            terms.append(self._both())
        self._depth -= 1
        if len(terms) == 1:
            return terms[0]
        return lambda run, node: any(_holds(term, run, node) for term in terms)

    def _both(self) -> _Term:
        terms = [self._comparison()]
        while self._takes("name", "and"):
            terms.append(self._comparison())
        if len(terms) == 1:
            return terms[0]
        return lambda run, node: all(_holds(term, run, node) for term in terms)

    def _comparison(self) -> _Term:
        left = self._primary()
        token = self._token
        if token.kind != "sign" or token.text not in _COMPARISONS:
            return left
        sign = self._take().text
        right = self._primary()
        return lambda run, node: _compared(run, sign, left(run, node), right(run, node))

    def _primary(self) -> _Term:
        token = self._token
        if token.kind == "string":
            text = self._take().text[1:-1]
            return lambda run, node: text
        if token.kind == "number":
            number = float(self._take().text)
            return lambda run, node: number
        if self._takes("sign", "("):
            term = self._either()
            self._expect("sign", ")")
            return term
        if token.kind == "name" and self._tokens[self._next + 1].text == "(":
            return self._function()
        return self._path()

    def _function(self) -> _Term:
        name = self._token.text
        count = _ARGUMENTS.get(name)
        if count is None:
            raise self._refusal("unknown function")
        self._next += 2
        arguments: list[_Term] = []
        while len(arguments) < count:
            if arguments:
                self._expect("sign", ",")
            arguments.append(self._either())
        self._expect("sign", ")")
        match name:
            case "boolean":
                return lambda run, node: _holds(arguments[0], run, node)
            case "not":
                return lambda run, node: not _holds(arguments[0], run, node)
            case "contains":
                return lambda run, node: (
                    run.string(arguments[1](run, node)) in run.string(arguments[0](run, node))
                )
            case "starts-with":
                return lambda run, node: run.string(arguments[0](run, node)).startswith(
                    run.string(arguments[1](run, node))
                )
        is_true = name == "true"
        return lambda run, node: is_true

    # Paths

    def _path(self) -> _Term:
        steps: list[_Step] = []
        is_absolute = False
        if self._takes("sign", "//"):
            is_absolute = True
            steps.append(self._step(_EVERYTHING))
        elif self._takes("sign", "/"):
            is_absolute = True
            steps.append(self._step(_TOP))
        else:
            steps.append(self._step(_CHILDREN))
        while True:
            if self._takes("sign", "//"):
                steps.append(self._step(_DESCENDANTS))
            elif self._takes("sign", "/"):
                steps.append(self._step(_CHILDREN))
            else:
                break

        def walk(run: _Evaluation, node: XmlElement) -> _Value:
            nodes: list[_Node] = [run.root if is_absolute else node]
            run.spend_terms(len(steps))
            for step in steps:
                nodes = step(run, nodes)
            return nodes

        return walk

    def _step(self, axis: _Axis) -> _Step:
        if self._takes("sign", "@"):
            return self._attribute_step(axis)
        if self._takes("sign", "."):
            if axis is not _CHILDREN:
                raise self._refusal()
            return lambda run, nodes: nodes
        if self._takes("sign", "*"):
            self.elements.add(XmlName("", "*"))
            matches: Callable[[XmlElement], bool] = lambda element: True  # noqa: E731
        elif self._token.kind == "name":
            name = self._name(self._take().text)
            self.elements.add(name)
            matches = _matcher(*name)
        else:
            raise self._refusal()
        predicates = self._predicates()

        def step(run: _Evaluation, nodes: list[_Node]) -> list[_Node]:
            found: list[_Node] = []
            for element in axis.elements(run, nodes):
                if matches(element) and all(_holds(each, run, element) for each in predicates):
                    found.append(element)
            return found

        return step

    def _predicates(self) -> list[_Term]:
        predicates: list[_Term] = []
        while self._takes("sign", "["):
            if self._token.kind == "number":
                raise self._refusal("positions are not supported")
            predicates.append(self._either())
            self._expect("sign", "]")
        return predicates

    def _attribute_step(self, axis: _Axis) -> _Step:
        if self._token.kind != "name":
            raise self._refusal()
        name = self._name(self._take().text)
        self.attributes.add(name)
        clark = name.clark if name.namespace else name.local

        def step(run: _Evaluation, nodes: list[_Node]) -> list[_Node]:
            values: list[_Node] = []
            for each in axis.owners(run, nodes):
                run.spend_terms(3)
                if (value := each.get(clark)) is not None:
                    values.append(value)
            return values

        return step

    def _name(self, text: str) -> XmlName:
        """Namespace and local name; an empty namespace stands for any."""
        prefix, colon, local = text.rpartition(":")
        if not colon:
            return XmlName("", local)
        namespace = self._namespaces.get(prefix) or _BY_PREFIX.get(prefix)
        if namespace is None:
            raise self._refusal(f"undeclared prefix {prefix!r}")
        return XmlName(namespace, local)
