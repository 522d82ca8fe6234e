#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/formats/config_json.hpp"
#include "engine/model/network.hpp"

namespace preceptor::engine::test {

// The same numbers as made_values() and made_tokens() of tests/oracles/engine_goldens.py.
class Generator {
public:
  explicit Generator(std::string_view name) {
    for (const char byte : name) state_ = (state_ ^ static_cast<unsigned char>(byte)) * 0x100000001B3ULL;
  }
  std::uint64_t next() {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return state_ >> 40U;
  }
  float value() { return (static_cast<float>(next()) / 8388608.0F - 1.0F) / 4.0F; }

private:
  std::uint64_t state_ = 0xCBF29CE484222325ULL;
};

// A tensor between the arena's layout and that of Hugging Face files; its own inverse but for the direction.
enum class Layout { stored, arena };
inline std::vector<float> in_layout(Layout wanted, const ParameterInfo& info, std::span<const float> values) {
  std::vector<float> result(values.begin(), values.end());
  if (!info.stored_transposed) return result;
  const auto rows = static_cast<std::size_t>(info.shape.front());
  const std::size_t columns = values.size() / rows;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      const std::size_t in_arena = row * columns + column;
      const std::size_t in_file = column * rows + row;
      if (wanted == Layout::stored) {
        result[in_file] = values[in_arena];
      } else {
        result[in_arena] = values[in_file];
      }
    }
  }
  return result;
}

inline void fill_parameters(Parameters& parameters) {
  const bool gains_near_one = parameters.config().norm != NormKind::rms_plus_one;
  for (const ParameterInfo& info : parameters.list()) {
    Generator generator(info.name);
    std::vector<float> stored(info.count);
    for (float& value : stored) {
      value = generator.value() + (info.role == ParameterRole::gain && gains_near_one ? 1.0F : 0.0F);
    }
    std::ranges::copy(in_layout(Layout::arena, info, stored), parameters.tensor(info.name).begin());
  }
}

// One case of tests/engine/model/golden, made by engine_goldens.py, or of its folder families, made by
// family_goldens.py.
struct GoldenCase {
  nlohmann::json record;
  std::vector<float> floats;
  ModelConfig config;
  PackedBatch batch;
  std::vector<Target> targets;  // every next token

  explicit GoldenCase(const std::string& name) {
    const std::string path = std::string(PRECEPTOR_TEST_FOLDER) + "/model/golden/" + name;
    record = nlohmann::json::parse(std::ifstream(path + ".json"));
    std::ifstream binary(path + ".bin", std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(binary), {}};
    floats.resize(bytes.size() / sizeof(float));
    std::memcpy(floats.data(), bytes.data(), bytes.size());
    const bool family = record.contains("config");
    if (family) {
      config = config_from_json(record.at("config"), path).value();
    } else {
      read_config(record.at("case"));
    }
    Generator generator(std::filesystem::path(name).filename().string());
    batch.starts.push_back(0);
    for (const std::int32_t length : (family ? record : record.at("case")).at("lengths"))
      add_sequence(generator, length);
  }

  std::span<const float> block(const std::string& name) const {
    for (const auto& entry : record.at("index")) {
      if (entry.at("name") == name) return std::span(floats).subspan(entry.at("offset"), entry.at("count"));
    }
    return {};
  }

private:
  void read_config(const nlohmann::json& shape) {
    config.vocabulary_size = shape.at("vocab_size");
    config.hidden_size = shape.at("hidden_size");
    config.intermediate_size = shape.at("intermediate_size");
    config.layer_count = shape.at("num_hidden_layers");
    config.head_count = shape.at("num_attention_heads");
    config.kv_head_count = shape.at("num_key_value_heads");
    config.head_dim = shape.at("head_dim");
    config.norm_epsilon = shape.at("rms_norm_eps");
    config.rope_theta = shape.at("rope_theta");
    config.tied_embeddings = shape.at("tie_word_embeddings");
    config.label_count = shape.value("num_labels", 0);
    config.context_length_max = 128;
  }

  void add_sequence(Generator& generator, std::int32_t length) {
    const std::int32_t start = batch.starts.back();
    for (std::int32_t i = 0; i < length; ++i) {
      batch.tokens.push_back(
          static_cast<std::int32_t>(generator.next() % static_cast<std::uint64_t>(config.vocabulary_size)));
      if (i > 0) targets.push_back({start + i - 1, batch.tokens.back()});
    }
    batch.starts.push_back(start + length);
  }
};

// |a - b| relative to the largest |b|: 0 for equal spans, infinite for different sizes.
inline double relative_error(std::span<const float> a, std::span<const float> b) {
  if (a.size() != b.size()) return INFINITY;
  double difference = 0, largest = 1e-12;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i])) return INFINITY;
    difference = std::max(difference, std::abs(double(a[i]) - b[i]));
    largest = std::max(largest, std::abs(double(b[i])));
  }
  return difference / largest;
}

}  // namespace preceptor::engine::test
