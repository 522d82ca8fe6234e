#include "tests/fixture.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "base/file.hpp"

namespace preceptor::text::test {

std::string fixture_text(std::string_view name) {
  return read_file(std::filesystem::path(PRECEPTOR_TEST_FOLDER) / "fixtures" / name, 16 << 20).value();
}

nlohmann::json fixture_json(std::string_view name) { return nlohmann::json::parse(fixture_text(name)); }

const Tokenizer& tokenizer(const std::string& name) {
  static std::map<std::string, Tokenizer> loaded;
  auto found = loaded.find(name);
  if (found == loaded.end()) {
    const auto path =
        std::filesystem::path(PRECEPTOR_TEST_FOLDER) / "fixtures" / "tokenizers" / (name + ".json");
    found = loaded.emplace(name, Tokenizer::from_file(path).value()).first;
  }
  return found->second;
}

ChatTemplate chat_template(std::string_view name, std::string bos, std::string eos) {
  return ChatTemplate::from_source(fixture_text("templates/" + std::string(name) + ".jinja"), std::move(bos),
                                   std::move(eos))
      .value();
}

std::string_view cut(std::string_view text, std::size_t begin, std::size_t end) {
  return text.substr(begin, end - begin);
}

}  // namespace preceptor::text::test
