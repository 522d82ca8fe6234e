#include "engine/formats/gguf/gguf_rope.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "engine/formats/gguf/block_unpack.hpp"

namespace preceptor::engine {
namespace {

constexpr float factor_error_max = 1e-4F;
// Ours, beside the tensor: from it alone the settings cannot be told.
constexpr const char* low_key = "preceptor.rope.low_frequency_factor";
constexpr const char* high_key = "preceptor.rope.high_frequency_factor";
constexpr const char* original_key = "preceptor.rope.original_context_length";

bool alike(std::span<const float> one, std::span<const float> other) {
  return std::ranges::equal(
      one, other, [](float a, float b) { return std::abs(a - b) <= factor_error_max * std::abs(b); });
}

// All models that Meta released have the other settings as RopeScaling's defaults; the factor is the largest
// divisor.
void read_factors(GgufFields& fields, const GgufTensor& tensor, ModelConfig& config) {
  std::vector<float> stored(tensor.count);
  if (!tensor.layout.readable || tensor.count != static_cast<std::size_t>(config.head_dim / 2)) {
    return fields.refuse_key(ErrorKind::invalid, "tensor 'rope_freqs.weight' has the wrong shape or type");
  }
  unpack_blocks(stored, tensor.bytes, static_cast<BlockType>(tensor.type));
  RopeScaling& scaling = config.rope_scaling;
  scaling.kind = RopeScaling::llama3;
  scaling.factor = *std::ranges::max_element(stored);
  scaling.low_frequency_factor = fields.number_or(low_key, 1.0F);
  scaling.high_frequency_factor = fields.number_or(high_key, 4.0F);
  scaling.original_context_length = fields.whole_or(original_key, 8192);
  if (!alike(llama3_rope_factors(config), stored)) {
    fields.refuse_key(ErrorKind::unsupported, "rope frequencies that are not Llama 3's");
  }
}

}  // namespace

std::vector<float> llama3_rope_factors(const ModelConfig& config) {
  const RopeScaling& scaling = config.rope_scaling;
  const auto original = static_cast<double>(scaling.original_context_length);
  const double longest = original / scaling.low_frequency_factor;
  const double shortest = original / scaling.high_frequency_factor;
  std::vector<float> factors;
  for (std::int32_t i = 0; i < config.head_dim; i += 2) {
    const double frequency =
        std::pow(static_cast<double>(config.rope_theta), -static_cast<double>(i) / config.head_dim);
    const double length = 2 * std::numbers::pi / frequency;
    double factor = 1;
    if (length > longest) {
      factor = scaling.factor;
    } else if (length >= shortest) {
      const double blend = (original / length - scaling.low_frequency_factor) /
                           (scaling.high_frequency_factor - scaling.low_frequency_factor);
      factor = 1 / ((1 - blend) / scaling.factor + blend);
    }
    factors.push_back(static_cast<float>(factor));
  }
  return factors;
}

void read_gguf_rope(GgufFields& fields, const GgufFile& file, ModelConfig& config) {
  if (fields.whole_or(".rope.dimension_count", config.head_dim) != config.head_dim) {
    fields.refuse_key(ErrorKind::unsupported, "a partial rotary embedding");
  }
  const std::string kind =
      fields.text_or(".rope.scaling.type", fields.has(".rope.scale_linear") ? "linear" : "none");
  if (kind == "linear") {
    config.rope_scaling.kind = RopeScaling::linear;
    config.rope_scaling.factor =
        fields.number_or(".rope.scaling.factor", fields.number_or(".rope.scale_linear", 1.0F));
    if (config.rope_scaling.factor == 1.0F) config.rope_scaling = {};
  } else if (kind != "none") {
    fields.refuse_key(ErrorKind::unsupported, "rope scaling of the type '" + kind + "'");
  }
  if (const GgufTensor* tensor = file.tensor(rope_factors_name)) read_factors(fields, *tensor, config);
}

void write_gguf_rope(GgufKeys& keys, std::string_view family, const ModelConfig& config) {
  const std::string prefix(family);
  keys.real(prefix + ".rope.freq_base", config.rope_theta);
  const RopeScaling& scaling = config.rope_scaling;
  if (scaling.kind == RopeScaling::linear) {
    keys.text(prefix + ".rope.scaling.type", "linear");
    keys.real(prefix + ".rope.scaling.factor", scaling.factor);
  }
  if (scaling.kind == RopeScaling::llama3) {
    keys.real(low_key, scaling.low_frequency_factor);
    keys.real(high_key, scaling.high_frequency_factor);
    keys.whole(original_key, scaling.original_context_length);
  }
}

}  // namespace preceptor::engine
