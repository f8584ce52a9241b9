"""How far labels that were read are from those that are right."""

from __future__ import annotations

from rnntutor.model.ctc.inputs import check_sequence, check_sequences


def edit_distance(said, labels):
    """The least number of labels to insert, delete or replace that turns one sequence
    into the other (Levenshtein 1966).

    Parameters
    ----------
    said, labels : sequences of integers

    Returns
    -------
    int

    Raises
    ------
    TypeError, ValueError
        If an argument is no sequence of integers.
    """
    return _distance(check_sequence("said", said), check_sequence("labels", labels))


def error_rate(said, labels):
    """The label error rate: the edit distances of all sequences, over the number of
    labels.

    Parameters
    ----------
    said, labels : lists of sequences of integers
        What was read, and what is right.

    Returns
    -------
    float
        0 if all is right; above 1 if more has to be changed than there is.

    Raises
    ------
    TypeError, ValueError
        If an argument is no such list, the lists differ in length, or there is no label
        at all.
    """
    said = check_sequences("said", said)
    labels = check_sequences("labels", labels)
    if len(said) != len(labels):
        raise ValueError(
            f"said: expected {len(labels)} sequences, as many as labels, got"
            f" {len(said)}"
        )
    count = sum(len(one) for one in labels)
    if not count:
        raise ValueError(
            f"labels: expected at least one label, got none in {len(labels)} sequences"
        )
    return sum(_distance(*pair) for pair in zip(said, labels, strict=True)) / count


def _distance(said, labels):
    said, labels = said.tolist(), labels.tolist()
    row = list(range(len(labels) + 1))  # from nothing said to each beginning of labels
    for i, one in enumerate(said, start=1):
        diagonal, row[0] = row[0], i
        for j, wanted in enumerate(labels, start=1):
            best = min(row[j] + 1, row[j - 1] + 1, diagonal + (one != wanted))
            diagonal, row[j] = row[j], best
    return row[-1]
