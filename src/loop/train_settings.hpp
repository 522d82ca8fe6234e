// The knobs of a training run by name, with defaults that suit the objective and the size of the model.
#pragma once

#include <map>
#include <string>

#include "base/result.hpp"
#include "loop/types.hpp"

namespace preceptor::loop {

// Every setting of the objective, the given ones in place of the defaults. Refuses an unknown name and a
// value out of its range, naming both. `parameters`: weights of the model (0: unknown, as for a large one).
Result<std::map<std::string, double>> complete_settings(Objective, const std::map<std::string, double>& given,
                                                        std::int64_t parameters);

}  // namespace preceptor::loop
