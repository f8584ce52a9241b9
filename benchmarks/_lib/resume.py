"""Going on with a series of trials: each is written down as soon as it is finished."""

from __future__ import annotations

import json

from _lib import results
from rnntutor.train.checkpoint.draft import write_whole


class Trials:
    """The finished trials of a record, in ``results/<name>.partial`` until all are
    there.

    A trial is a dict of what it depends on, its row a dict of what came of it. A line
    of the file holds the trial, the settings that it was made with, and the row; of
    several for one trial the last counts, and one that was made with other settings
    does not. What a kill has left of a line is dropped.

    Parameters
    ----------
    name : str
        Of the record.
    settings_of : callable
        From a trial to its settings, of whatever JSON can say.
    """

    def __init__(self, name, settings_of):
        self.name, self.settings_of, self._rows = name, settings_of, {}
        self.path = results.RESULTS / f"{name}.partial"
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        end = text.rfind("\n") + 1
        if end < len(text):
            write_whole(self.path, [text[:end].encode()])
        for line in text[:end].splitlines():
            trial, settings, row = json.loads(line)
            if settings == json.loads(json.dumps(settings_of(trial))):
                self._rows[_key(trial)] = row

    def missing(self, trials):
        """Those that are not finished."""
        return [trial for trial in trials if _key(trial) not in self._rows]

    def add(self, trial, row):
        """Write a finished trial down."""
        line = json.dumps([trial, self.settings_of(trial), row])
        self.path.parent.mkdir(exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            print(line, file=file)
        self._rows[_key(trial)] = json.loads(line)[-1]  # as it is read again

    def rows(self, trials):
        """Each of these trials that is finished and its row, in one dict."""
        return [
            trial | self._rows[_key(trial)]
            for trial in trials
            if _key(trial) in self._rows
        ]

    def run(self, function, trials):
        """Call the function with each trial that is missing, one after the other;
        `rows` of all.
        """
        for trial in self.missing(trials):
            self.add(trial, function(**trial))
        return self.rows(trials)

    def finish(self, content):
        """Write the record; the trials are in it, and their file is removed."""
        results.write(self.name, content)
        self.path.unlink(missing_ok=True)


def _key(trial):
    return json.dumps(trial, sort_keys=True)
