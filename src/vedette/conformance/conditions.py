"""Conditions of cases: feature names joined by `&`, `|`, `!` and parentheses."""

from collections.abc import Callable, Iterator

from vedette.base.errors import VedetteError


class BadCondition(VedetteError):
    """A condition that cannot be read; names it."""


class Condition:
    """One condition; the empty one always holds. Raises BadCondition for a text that cannot be read."""

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        self._words = tuple(_words(self.text))
        self.features: tuple[str, ...] = tuple(
            dict.fromkeys(word for word in self._words if word not in ("&", "|", "!", "(", ")"))
        )
        self.holds(lambda _: True)

    def holds(self, is_supported: Callable[[str], bool]) -> bool:
        """Whether it holds, given which features are supported."""
        if not self._words:
            return True
        rest = list(self._words)
        result = self._either(rest, is_supported)
        if rest:
            raise BadCondition(f"{rest[0]!r} is out of place in {self.text!r}")
        return result

    def missing(self, is_supported: Callable[[str], bool]) -> tuple[str, ...]:
        """The features that are not supported, of those that it names."""
        return tuple(name for name in self.features if not is_supported(name))

    def _either(self, rest: list[str], is_supported: Callable[[str], bool]) -> bool:
        result = self._both(rest, is_supported)
        while rest and rest[0] == "|":
            rest.pop(0)
            result = self._both(rest, is_supported) or result
        return result

    def _both(self, rest: list[str], is_supported: Callable[[str], bool]) -> bool:
        result = self._one(rest, is_supported)
        while rest and rest[0] == "&":
            rest.pop(0)
            result = self._one(rest, is_supported) and result
        return result

    def _one(self, rest: list[str], is_supported: Callable[[str], bool]) -> bool:
        word = rest.pop(0) if rest else ""
        if word == "!":
            return not self._one(rest, is_supported)
        if word == "(":
            result = self._either(rest, is_supported)
            if not rest or rest.pop(0) != ")":
                raise BadCondition(f"a parenthesis is left open in {self.text!r}")
            return result
        if word in ("", "&", "|", ")"):
            raise BadCondition(f"a feature is missing in {self.text!r}")
        return is_supported(word)


def _words(text: str) -> Iterator[str]:
    for sign in "()!&|":
        text = text.replace(sign, f" {sign} ")
    return iter(text.split())
