#pragma once

#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace preceptor::engine {

// What tests/oracles/gguf_goldens.py wrote.
inline std::filesystem::path gguf_fixture(const std::string& name) {
  return std::filesystem::path(PRECEPTOR_TEST_FOLDER) / "fixtures" / "gguf" / name;
}

inline const nlohmann::json& gguf_golden() {
  static const nlohmann::json golden = nlohmann::json::parse(std::ifstream(gguf_fixture("goldens.json")));
  return golden;
}

inline std::vector<std::byte> from_base64(std::string_view text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<std::byte> bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char letter : text.substr(0, text.find('='))) {
    bits = bits << 6U | static_cast<std::uint32_t>(alphabet.find(letter));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<std::byte>(bits >> count));
  }
  return bytes;
}

inline std::vector<float> floats_of(std::string_view base64) {
  const std::vector<std::byte> bytes = from_base64(base64);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

}  // namespace preceptor::engine
