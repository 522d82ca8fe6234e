#pragma once

// Creative briefs: a line about a town that uses two given words.

#include <string_view>
#include <vector>

namespace preceptor::demo {

const std::vector<std::string_view>& brief_words();     // nouns that may be asked for
const std::vector<std::string_view>& brief_requests();  // {e}, {a}, {b}
const std::vector<std::string_view>& brief_lines();     // good answers: {e}, {a}, {b}

}  // namespace preceptor::demo
