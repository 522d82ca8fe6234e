// Models that `preceptor model pull` knows by name: where they are, what they must be, and under which terms.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace preceptor::cli {

struct ModelSource {
  std::string_view name;
  std::string_view about;
  std::string_view licence;
  std::string_view terms_url;
  bool must_be_accepted = false;  // its owner asks for consent to terms of use
  std::string_view host;          // "https://huggingface.co"; --mirror puts another in its place
  std::string_view path;          // below the host
  std::string_view file;          // its name here
  std::string_view sha256;
  std::uint64_t bytes = 0;      // 0: not stated
  std::uint64_t bytes_max = 0;  // more is never fetched
};

std::span<const ModelSource> model_sources();
const ModelSource* model_source(std::string_view name);  // nullptr for an unknown one

}  // namespace preceptor::cli
