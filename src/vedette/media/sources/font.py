"""A small bitmap font of five by seven dots, for text that is burned into pictures."""

import unicodedata
from collections.abc import Sequence

GLYPH_COLUMNS = 5
GLYPH_ROWS = 7
CELL_COLUMNS = 6  # with the gap to the next character

# Each character with its seven rows from the top, two hexadecimal digits a row, the leftmost dot is bit 4.
_DRAWN = """
0 0e11131519110e  1 040c040404040e  2 0e11010204081f  3 1f02040201110e  4 02060a121f0202
5 1f101e0101110e  6 0608101e11110e  7 1f010204080808  8 0e11110e11110e  9 0e11110f01020c
A 0e11111f111111  B 1e11111e11111e  C 0e11101010110e  D 1c12111111121c  E 1f10101e10101f
F 1f10101e101010  G 0e11101711110f  H 1111111f111111  I 0e04040404040e  J 0702020202120c
K 11121418141211  L 1010101010101f  M 111b1515111111  N 11111915131111  O 0e11111111110e
P 1e11111e101010  Q 0e11111115120d  R 1e11111e141211  S 0f10100e01011e  T 1f040404040404
U 1111111111110e  V 11111111110a04  W 1111111515150a  X 11110a040a1111  Y 1111110a040404
Z 1f01020408101f
a 00000e010f110f  b 1010161911111e  c 00000e1010110e  d 01010d1311110f  e 00000e111f100e
f 0609081c080808  g 000f11110f010e  h 10101619111111  i 04000c0404040e  j 0200060202120c
k 10101214181412  l 0c04040404040e  m 00001a15151111  n 00001619111111  o 00000e1111110e
p 00001e111e1010  q 00000d130f0101  r 00001619101010  s 00000e100e011e  t 08081c08080906
u 0000111111130d  v 00001111110a04  w 0000111115150a  x 0000110a040a11  y 000011110f010e
z 00001f0204081f
. 00000000000c0c  , 000000000c0408  : 000c0c000c0c00  ; 000c0c000c0408  - 0000001f000000
_ 0000000000001f  / 00010204081000  \\ 00100804020100  ( 02040808080402  ) 08040202020408
[ 0e08080808080e  ] 0e02020202020e  + 0004041f040400  * 0004150e150400  = 00001f001f0000
# 0a0a1f0a1f0a0a  ! 04040404040004  ? 0e110102040004  % 18190204081303  & 0c12140815120d
' 04040800000000  " 0a0a0a00000000  < 02040810080402  > 08040201020408  | 04040404040404
~ 00000815020000 ^ 040a1100000000  ` 08040200000000  $ 040f140e051e04  @ 0e11010d15150e
{ 02040408040402  } 08040402040408
"""


def _glyphs(drawn: str) -> dict[str, tuple[int, ...]]:
    words = drawn.split()
    rows = {char: tuple(bytes.fromhex(dots)) for char, dots in zip(words[::2], words[1::2], strict=True)}
    return rows | {" ": (0,) * GLYPH_ROWS}


GLYPHS = _glyphs(_DRAWN)
UNKNOWN = (0x1F, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1F)


def drawable(text: str, most: int = 80) -> str:
    """The text as the font can show it, at most `most` characters: accents are dropped, the rest stays
    (a character without a glyph is shown as an empty box)."""
    plain = (char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return "".join(plain)[:most]


def rows_of(char: str) -> Sequence[int]:
    """The seven rows of a character from the top; the leftmost dot is bit 4."""
    return GLYPHS.get(char, UNKNOWN)
