#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "base/result.hpp"
#include "loop/completions.hpp"

namespace preceptor::server::openai {

// format: the member response_format of a body, or null. The body is read again for the order of a schema's
// properties.
Result<void> read_response_format(const nlohmann::json& format, std::string_view body,
                                  loop::CompletionSettings& settings);

}  // namespace preceptor::server::openai
