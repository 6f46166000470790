"""Texts that are filled up to a width are padded; numbers that are written with so many digits are of one length."""

from __future__ import annotations

import pytest

NUMPY = "import numpy as np\nimport pandas as pd\n"
ENCODED = "x = np.array([[index[letter] for letter in {text}] for name in names])"


@pytest.mark.parametrize(
    ("text", "padding"),
    [
        ("name.ljust(20)", "ljust to 20 post"),
        ("name.lower().rjust(20, '_')", "rjust to 20 pre"),
        ("name.center(20)", "center to 20 unknown"),
        ("f'{name:<20}'", "filler of ' ' post"),
        ("f'{name:_>20}'", "filler of '_' pre"),
        ("f'{name:^{width}}'", "filler of ' ' unknown"),
        ("f'<{name:<20}>'", "filler of ' ' post"),
        ("'{:20}'.format(name)", "filler of ' ' post"),
        ("'{:>20s}'.format(name.lower())", "filler of ' ' pre"),
        ("'{n:*<{w}}'.format(n=name, w=width)", "filler of '*' post"),
        ("'%-20s' % name", "filler of ' ' post"),
        ("'%20s' % (name,)", "filler of ' ' pre"),
        ("'%*s' % (width, name)", "filler of ' ' pre"),
        ("'%.*f %20s' % (2, share, name)", "filler of ' ' pre"),
        ("format(name, '<20')", "filler of ' ' post"),
    ],
)
def test_a_text_that_is_filled_up_to_a_width_is_padded(known_of, text, padding):
    assert known_of(NUMPY + ENCODED.format(text=text)).startswith(f"{padding} ? axis 1")


@pytest.mark.parametrize(
    "text",
    [
        "str(name).zfill(20)",
        "bin(name)[2:].zfill(20)",
        "bin(name)[2:].rjust(20, '0')",
        "str(name).rjust(20, '0')",
        "np.binary_repr(name, width=20)",
        "f'{name:020d}'",
        "f'{name:020b}'",
        "f'{name:0>20}'",
        "f'{name:06.2f}'",
        "f'{name:03d}+{name:03d}'",
        "'{:020b}'.format(name)",
        "'{0:05}'.format(name)",
        "'%07d' % name",
        "'%03d-%02d' % (name, name)",
        "format(name, '08b')",
    ],
)
def test_a_number_with_so_many_digits_is_not_padded(known_of, text):
    assert known_of(NUMPY + ENCODED.format(text=text)) == "not padded: rows of one length"


@pytest.mark.parametrize(
    "text",
    [
        "f'{name}'",
        "'%d' % name",
        "f'{name:.2f}'",
        "f'{name:5d}'",
        "'%5.1f' % name",
        "'{}-{}'.format(name, name)",
        "str(name)",
        "'%20s' % (name, name)",
    ],
)
def test_of_other_texts_nothing_is_known(known_of, text):
    assert known_of(NUMPY + ENCODED.format(text=text)) == "nothing"


FILLED = """
x = np.zeros((len(names), 20, 30))
for i, name in enumerate(names):
    for t, letter in enumerate({text}):
        x[i, t, index[letter]] = 1
"""


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("name.ljust(20)", "ljust to 20 post ? axis 1 one_hot, (an item of something unresolved)"),
        ("f'{name:<20}'", "filler of ' ' post ? axis 1 one_hot, (an item of something unresolved)"),
        ("str(name).zfill(9) + '-' + '%010d' % name", "not padded: an array written in full"),
        ("'%020d' % name", "not padded: an array written in full"),
        ("name", "filling np.zeros in part post 0 axis 1"),
    ],
)
def test_the_codes_of_what_fills_a_text_up_are_padding(known_of, text, known):
    assert known_of(NUMPY + FILLED.format(text=text)) == known


@pytest.mark.parametrize(
    ("loop", "padding"),
    [
        ("while len(t) < 20:\n        t += ' '", "post"),
        ("while len(t) < 20:\n        t = '_' + t", "pre"),
        ("while 20 > len(t):\n        t = t + '_'", "post"),
        ("for _ in range(20 - len(t)):\n        t += ' '", "post"),
        ("while len(x) < 20:\n        t += ' '", None),  # one letter for each of so many texts
        ("while len(t) < 20:\n        t = '0' + t", None),  # digits
        ("while len(t) < 20:\n        t += letter", None),
        ("for letter in range(20):\n        t += ' '", None),
    ],
)
def test_a_text_that_grows_until_it_is_long_enough(known_of, loop, padding):
    program = f"""{NUMPY}
x = []
for t in texts:
    {loop}
    x.append([index[letter] for letter in t])
x = np.array(x)
"""
    known = known_of(program)
    assert f" {padding} ? axis 1" in known if padding else "axis" not in known


@pytest.mark.parametrize(
    ("column", "known"),
    [
        ("df['name'].str.ljust(20)", "ljust to 20 post ? axis 1"),
        ("df['name'].str.pad(20, side='right', fillchar='_')", "ljust to 20 post ? axis 1"),
        ("df['name'].astype(str).str.zfill(5)", "not padded: rows of one length"),
    ],
)
def test_a_column_of_texts_that_are_filled_up(known_of, column, known):
    program = f"{NUMPY}df = pd.read_csv('names.csv')\nx = np.array([[index[c] for c in name] for name in {column}])"
    assert known_of(program).startswith(known)


def test_texts_for_people_to_read_are_no_evidence(evidence):
    program = "for name in names:\n    print(f'{name:<20}', '%-8s' % name, name.ljust(9))"
    assert evidence(program) == []


def test_a_file_with_a_name_of_one_width_is_another_matter(known_of):
    assert known_of(f"{NUMPY}x = np.array([np.load(f'{{name:_<8}}.npy') for name in names])") == "nothing"


@pytest.mark.parametrize(
    ("pattern", "known"),
    [
        ("'.{20}'", "not padded: an array written in full"),
        (r"r'[a-z]{5}\.\d{14}'", "not padded: an array written in full"),
        ("'.{1,20}'", "filling np.zeros in part post 0 axis 1"),
        (r"r'\w+'", "filling np.zeros in part post 0 axis 1"),
        ("'(.){20}'", "filling np.zeros in part post 0 axis 1"),
    ],
)
def test_parts_of_a_text_that_all_match_one_pattern(known_of, pattern, known):
    program = f"{NUMPY}import re\nnames = re.findall({pattern}, book)\n" + FILLED.format(text="name")
    assert known_of(program) == known
