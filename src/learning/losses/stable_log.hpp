#pragma once

namespace preceptor::learning {

double sigmoid(double x);

// log σ(x), finite for every finite x.
double log_sigmoid(double x);

// log(1 − exp(x)) for x ≤ 0 (Mächler 2012), −∞ only at 0 and there clamped, so that neither it nor its
// derivative is NaN for a token that the model is certain of.
double log1m_exp(double x);

}  // namespace preceptor::learning
