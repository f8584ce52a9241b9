"""Modules of the package executed apart from it, so that one of them can be replaced and nobody else sees it.

Nothing is entered in `sys.modules`: the modules of a world see each other because their import
is not the usual one.
"""

import builtins
import importlib
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace


class World:
    """Fresh copies of some modules of the package; every other is the package's own.

    Parameters
    ----------
    names : list of str
        The modules to copy, such as "rnntutor.cells.lstm".
    """

    def __init__(self, names):
        self.sources = {name: Path(find_spec(name).origin).read_text(encoding="utf-8") for name in names}
        self._codes = {name: compile(text, f"<{name}>", "exec") for name, text in self.sources.items()}
        self._modules, self._imported_by = {}, {name: set() for name in names}
        self.changed = set(names)
        for name in names:
            self[name]

    def __getitem__(self, name):
        if name not in self._codes:
            return importlib.import_module(name)
        if name not in self._modules:
            module = self._modules[name] = ModuleType(name)
            module.__builtins__ = {**vars(builtins), "__import__": self._import_for(name)}
            exec(self._codes[name], vars(module))
        return self._modules[name]

    def _import_for(self, importer):
        def get(name):
            if name in self._codes:
                self._imported_by[name].add(importer)
            return self[name]

        def importing(name, globals=None, locals=None, fromlist=(), level=0):
            if level or not fromlist or not name.startswith("rnntutor"):
                return builtins.__import__(name, globals, locals, fromlist, level)
            module = get(name)
            names = {one: f"{name}.{one}" for one in fromlist if f"{name}.{one}" in self._codes}
            if not names:
                return module
            return SimpleNamespace(**{**vars(module), **{one: get(path) for one, path in names.items()}})

        return importing

    def with_code(self, name, code):
        """Make a world in which one module has other code; what imports it will be executed anew."""
        other = World.__new__(World)
        other.sources, other._codes = self.sources, {**self._codes, name: code}
        other._imported_by = {one: set(importers) for one, importers in self._imported_by.items()}
        other.changed = self._users({name})
        other._modules = {one: module for one, module in self._modules.items() if one not in other.changed}
        return other

    def _users(self, new):
        """These modules, and whatever imports them."""
        users = set()
        while new:
            users |= new
            new = {importer for one in new for importer in self._imported_by[one]} - users
        return users

    def concerns(self, thing, *names):
        """Whether a module that was changed has a say in a thing, or is one of these."""
        return not self.changed.isdisjoint({*(f"rnntutor.{name}" for name in names), *_modules(thing)})

    def own(self, thing):
        """The same thing made of this world's classes: parameters, states, cells, nets and models."""
        if isinstance(thing, tuple | list):
            parts = [self.own(part) for part in thing]
            return self._class(thing)(*parts) if hasattr(thing, "_fields") else type(thing)(parts)
        if hasattr(thing, "__dataclass_fields__"):
            return self._class(thing)(**{name: self.own(value) for name, value in vars(thing).items()})
        return thing

    def _class(self, thing):
        return getattr(self[type(thing).__module__], type(thing).__name__)


def _modules(thing):
    """Where the classes of a thing and of its parts are from."""
    if isinstance(thing, tuple | list):
        return {type(thing).__module__}.union(*map(_modules, thing))
    if hasattr(thing, "__dataclass_fields__"):
        return {type(thing).__module__}.union(*map(_modules, vars(thing).values()))
    return set()
