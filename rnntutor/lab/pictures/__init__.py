"""Pictures: a small convolutional net, clips of moving digits, strips of digits and a
net that reads them.
"""

from rnntutor.lab.pictures.averaging import average_softmax
from rnntutor.lab.pictures.captioner import Captioner, CaptionerParams
from rnntutor.lab.pictures.clips import (
    MOTIONS,
    RETURNS,
    Clips,
    digit_of,
    motion_of,
    moving_digits,
    shuffled,
)
from rnntutor.lab.pictures.cnn import CNN, CNNParams
from rnntutor.lab.pictures.images import DigitImages, digit_images
from rnntutor.lab.pictures.looks import changes, frames, mean, one_by_one, side_by_side
from rnntutor.lab.pictures.sliding import window_batches, windows
from rnntutor.lab.pictures.strips import (
    ALPHABET,
    END,
    NAMES,
    Strips,
    digit_strips,
    read_caption,
)

__all__ = [
    "ALPHABET",
    "CNN",
    "END",
    "MOTIONS",
    "NAMES",
    "RETURNS",
    "CNNParams",
    "Captioner",
    "CaptionerParams",
    "Clips",
    "DigitImages",
    "Strips",
    "average_softmax",
    "changes",
    "digit_images",
    "digit_of",
    "digit_strips",
    "frames",
    "mean",
    "motion_of",
    "moving_digits",
    "one_by_one",
    "read_caption",
    "shuffled",
    "side_by_side",
    "window_batches",
    "windows",
]
