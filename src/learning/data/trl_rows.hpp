#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>

#include "base/result.hpp"
#include "learning/data/dataset.hpp"

namespace preceptor::learning {

// TRL's shapes (each text a string or a list of {role, content}) and hh-rlhf. A row gives exactly one record,
// which is appended to data, or is refused.
Result<void> add_trl_row(DatasetShape shape, const nlohmann::json& row, std::int64_t line,
                         ImportedData& data);

}  // namespace preceptor::learning
