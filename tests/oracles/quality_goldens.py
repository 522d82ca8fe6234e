"""Check values of tests/quality, printed. Python 3.11, numpy 2.x, statsmodels 0.14.

The clustered interval: OLS on a constant with cluster-robust covariance, Student's t."""
import numpy
import statsmodels.api as models

clusters = numpy.array([1, 1, 1, 2, 2, 3, 3, 4, 5, 5, 5, 5])
values = numpy.array([1, 1, 0, 0, 0, 1, 1, 0.5, 0, 1, 1, 1])
fit = models.OLS(values, numpy.ones(len(values))).fit(
    cov_type="cluster", cov_kwds={"groups": clusters}, use_t=True
)
print("clustered mean", fit.params[0], fit.conf_int(0.05)[0])
