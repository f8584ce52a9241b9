"""Sources are called by author and year, in the text and in the list: Elman 1990, Gers
and Schmidhuber 2000, Gers et al. 2000.
"""

from collections import Counter

from pybtex.plugin import register_plugin
from pybtex.style.formatting.unsrt import Style as Plain
from pybtex.style.labels import BaseLabelStyle


def label(entry):
    """Author and year; in place of authors, where there are none, the key."""
    names = [
        " ".join(person.prelast_names + person.last_names).strip("{}")
        for person in entry.persons.get("author", ())
    ]
    if not names:
        who = entry.fields.get("key", entry.key)
    elif len(names) > 2 or names[-1] == "others":
        who = f"{names[0]} et al."
    else:
        who = " and ".join(names)
    return f"{who} {entry.fields['year']}"


class Labels(BaseLabelStyle):
    """Labels of author and year, with a letter where two would be the same."""

    def format_labels(self, sorted_entries):
        labels = [label(entry) for entry in sorted_entries]
        times, seen = Counter(labels), Counter()
        for name in labels:
            letter = chr(ord("a") + seen[name]) if times[name] > 1 else ""
            seen[name] += 1
            yield name + letter


class Style(Plain):
    """The list in the order of its labels."""

    default_sorting_style = "author_year_title"
    default_label_style = Labels


def setup(app):
    register_plugin("pybtex.style.formatting", "author_year", Style)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
