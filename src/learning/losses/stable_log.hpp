#pragma once

namespace preceptor::learning {

double sigmoid(double x);

// log σ(x), finite for every finite x.
double log_sigmoid(double x);

// log(1 − exp(x)) for x < 0, accurate at both ends (Mächler 2012); −∞ at 0.
double log1m_exp(double x);

}  // namespace preceptor::learning
