"""Forecasts of measured series: data, baselines, scores, and nets that read their own
forecasts.
"""

from rnntutor.lab.forecasting.baselines import Line, drift, naive, seasonal_naive
from rnntutor.lab.forecasting.feedback import Feedback, FeedbackParams
from rnntutor.lab.forecasting.origins import Scaling, ahead, before, inputs
from rnntutor.lab.forecasting.results import Results
from rnntutor.lab.forecasting.scores import coverage, mase, seasonal_error
from rnntutor.lab.forecasting.series import Series, carbon_dioxide, traffic, weather
from rnntutor.lab.forecasting.tasks import PLANS, Task
from rnntutor.lab.forecasting.training import learn, one_step, quantile_loss_and_grad

__all__ = [
    "PLANS",
    "Feedback",
    "FeedbackParams",
    "Line",
    "Results",
    "Scaling",
    "Series",
    "Task",
    "ahead",
    "before",
    "carbon_dioxide",
    "coverage",
    "drift",
    "inputs",
    "learn",
    "mase",
    "naive",
    "one_step",
    "quantile_loss_and_grad",
    "seasonal_error",
    "seasonal_naive",
    "traffic",
    "weather",
]
