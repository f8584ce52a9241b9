"""What the site needs beyond configuration."""

import inspect
import pkgutil
import re

from docutils import nodes

LONG = 5  # lines


def comments_describe_fields(app, what, name, obj, options, lines):
    """A named tuple describes its fields by number; the comments beside them in the
    source say more.
    """
    if not lines or not lines[0].startswith("Alias for field number"):
        return
    path, field = name.rsplit(".", 1)
    source = inspect.getsource(pkgutil.resolve_name(path))
    comment = re.search(rf"^\s+{field}: .*?#\s*(.+)$", source, re.MULTILINE)
    lines[:] = [comment[1]] if comment else []


def bars_are_bars(app, what, name, obj, options, lines):
    """In a docstring |x| is an absolute value, not one of reStructuredText's
    substitutions.
    """
    lines[:] = [
        line if "`" in line or "\\" in line else line.replace("|", "\\|")
        for line in lines
    ]


def ids_are_unique(app, doctree, docname):
    """sphinx-exercise gives the content of every exercise and every solution the same
    id.
    """
    for section in doctree.findall(nodes.section):
        section["ids"] = [
            one
            for one in section["ids"]
            if one not in ("exercise-content", "solution-content")
        ]


def folds_come_after(app, doctree, docname):
    """What a folded cell shows stands first, and below it the fold with the code: the
    text before leads to the figure.
    """
    if app.builder.format != "html":
        return
    for cell in doctree.findall(nodes.container):
        if "tag_hide-input" in cell["classes"] and len(cell) == 2:
            cell.append(cell.pop(0))


def mend_for_screen_readers(app, pagename, templatename, context, doctree):
    """Things that are written into a page and that a screen reader stumbles over."""
    if "body" in context:
        body = context["body"]
        # Citations carry a role that no longer exists, which makes theirs a list
        # without items.
        body = body.replace('role="doc-biblioentry"', 'role="listitem"')
        # The empty corner of a table is not the heading of anything.
        body = body.replace('<th class="head"><p></p></th>', "<td></td>")
        # A solution stands below its exercise: a link there is a stop for nothing.
        body = re.sub(
            r'Solution to<a class="reference internal" href="[^"]*">([^<]*)</a>',
            r"Solution to\1",
            body,
        )
        # A folded cell is called by what its bar says, not by another name.
        body = body.replace(' aria-label="Toggle hidden content"', "")
        context["body"] = body


def mark_long_code(app, pagename, templatename, context, doctree):
    """Code of five lines and more is marked: it is offered to be copied."""

    def marked(found):
        long = found[1].count("\n") >= LONG
        return f'<div class="highlight"><pre{" class=long" * long}>{found[1]}</pre>'

    if "body" in context:
        block = r'<div class="highlight"><pre>(.*?)</pre>'
        context["body"] = re.sub(block, marked, context["body"], flags=re.DOTALL)


def number_on_paper(app, pagename, templatename, context, doctree):
    """The title that is printed has the chapter's number, too."""
    if doctree:
        context["pagetitle"] = context["title"]


def mend_contents(app, pagename, templatename, context, doctree):
    """In the table of contents what opens and closes a branch is an icon alone, which
    gets a name; the page that is open is no stop for the keyboard.
    """
    plain = context["generate_toctree_html"]

    def named(*args, **options):
        tree = plain(*args, **options)
        for toggle in tree.find_all("summary"):
            link = toggle.find_previous("a")
            toggle["aria-label"] = f"The pages of: {link.get_text(strip=True)}"
        for link in tree.find_all("a", href="#"):
            link["href"] = context["pathto"](pagename)
            link["tabindex"], link["aria-current"] = "-1", "page"
        return tree

    context["generate_toctree_html"] = named


def setup(app):
    app.connect("doctree-resolved", ids_are_unique)
    app.connect("doctree-resolved", folds_come_after)
    app.connect("html-page-context", mend_for_screen_readers)
    app.connect("html-page-context", mark_long_code)
    app.connect("html-page-context", number_on_paper, priority=900)
    app.connect("html-page-context", mend_contents, priority=900)
    app.connect("autodoc-process-docstring", comments_describe_fields, priority=600)
    app.connect("autodoc-process-docstring", bars_are_bars, priority=700)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
