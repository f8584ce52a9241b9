"""The records of chapter 6 belong to the code as it is."""

import numpy as np
import pytest
from recorded import content_of


@pytest.mark.parametrize("name", ["shakespeare", "shakespeare-page"])
def test_a_shakespeare_run_begins_as_its_file_says(name, script):
    code, content = script("train_shakespeare"), content_of(name)
    first = content["first_losses"]
    assert content["settings"] == code["SETTINGS"]
    _, history, _ = code["train"](
        content["settings"], content["updates"], stop=len(first), valid=False
    )
    np.testing.assert_allclose(history.losses, first, rtol=1e-9)
