#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "text/chat_template.hpp"
#include "text/tokenizer.hpp"

namespace preceptor::text::test {

std::string fixture_text(std::string_view name);
nlohmann::json fixture_json(std::string_view name);
// One of fixtures/tokenizers, loaded once.
const Tokenizer& tokenizer(const std::string& name);
// One of fixtures/templates.
ChatTemplate chat_template(std::string_view name, std::string bos, std::string eos);
// What `text` says between two positions.
std::string_view cut(std::string_view text, std::size_t begin, std::size_t end);

}  // namespace preceptor::text::test
