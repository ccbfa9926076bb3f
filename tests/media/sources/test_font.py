"""The font: every printable character, each different."""

from vedette.media.sources.font import GLYPH_ROWS, GLYPHS, UNKNOWN, drawable, rows_of


def test_every_printable_ascii_character_has_a_glyph_of_its_own() -> None:
    printable = {chr(code) for code in range(32, 127)}
    assert printable <= GLYPHS.keys()
    assert len(set(GLYPHS.values())) == len(GLYPHS)
    assert all(len(rows) == GLYPH_ROWS and max(rows) < 32 for rows in GLYPHS.values())


def test_accents_are_dropped_and_the_unknown_is_a_box() -> None:
    assert drawable("Café Küche") == "Cafe Kuche"
    assert rows_of("門") == UNKNOWN


def test_long_text_is_cut() -> None:
    assert drawable("x" * 100) == "x" * 80
