#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace preceptor::engine {

// The tiny models of tests/oracles/formats_tiny_models.py.
inline std::filesystem::path fixture_model(const std::string& name) {
  return std::filesystem::path(PRECEPTOR_TEST_FOLDER) / "fixtures" / "hugging_face" / name;
}

inline const nlohmann::json& fixture_golden() {
  static const nlohmann::json golden = nlohmann::json::parse(std::ifstream(fixture_model("golden.json")));
  return golden;
}

}  // namespace preceptor::engine
