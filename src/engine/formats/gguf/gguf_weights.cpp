#include "engine/formats/gguf/gguf_weights.hpp"

#include <algorithm>
#include <cstring>
#include <set>
#include <vector>

#include "base/encoding.hpp"
#include "engine/formats/gguf/block_unpack.hpp"
#include "engine/formats/gguf/gguf_family.hpp"
#include "engine/formats/gguf/gguf_names.hpp"
#include "engine/formats/gguf/gguf_rope.hpp"

namespace preceptor::engine {
namespace {

std::string shape_text(std::span<const std::int64_t> shape) {
  std::string text = "[";
  for (const std::int64_t size : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(size);
  return text + "]";
}

std::string called(std::string_view name) { return "tensor '" + std::string(utf8_prefix(name, 200)) + "'"; }

// rows(index of a row here) gives the index of the row there.
template <class Rows>
void copy_rows(std::span<float> out, std::span<const float> in, std::size_t row_count, const Rows& rows) {
  const std::size_t width = out.size() / row_count;
  for (std::size_t row = 0; row < row_count; ++row) {
    std::memcpy(&out[row * width], &in[rows(row) * width], width * sizeof(float));
  }
}

// What a file may hold beside the parameters, because it was read with the configuration.
bool may_be_there(std::string_view name, const ModelConfig& config) {
  if (name == rope_factors_name) return config.rope_scaling.kind == RopeScaling::llama3;
  return name == "output.weight" && config.tied_embeddings;
}

}  // namespace

std::int32_t heads_reordered_in_gguf(const ParameterInfo& info, const ModelConfig& config) {
  const GgufFamily* family = gguf_family_of(config);
  if (family == nullptr || !family->reorders_rows) return 0;
  if (info.name.find(".self_attn.q_proj.") != std::string::npos) return config.head_count;
  if (info.name.find(".self_attn.k_proj.") != std::string::npos) return config.kv_head_count;
  return 0;
}

bool raised_in_gguf(const ParameterInfo& info, const ModelConfig& config) {
  const GgufFamily* family = gguf_family_of(config);
  return family != nullptr && family->adds_one && info.role == ParameterRole::gain;
}

std::size_t gguf_row(std::size_t row, std::size_t head_dim) {
  const std::size_t head = row / head_dim, within = row % head_dim, pairs = head_dim / 2;
  return head * head_dim + within % pairs * 2 + within / pairs;
}

void rows_from_gguf(std::span<float> out, std::span<const float> stored, std::int32_t heads,
                    std::int32_t head_dim) {
  const auto size = static_cast<std::size_t>(head_dim);
  copy_rows(out, stored, static_cast<std::size_t>(heads) * size,
            [&](std::size_t row) { return gguf_row(row, size); });
}

void rows_to_gguf(std::span<float> stored, std::span<const float> values, std::int32_t heads,
                  std::int32_t head_dim) {
  const auto size = static_cast<std::size_t>(head_dim);
  copy_rows(stored, values, static_cast<std::size_t>(heads) * size, [&](std::size_t row) {
    const std::size_t head = row / size, within = row % size, pairs = size / 2;
    return head * size + within % 2 * pairs + within / 2;
  });
}

std::vector<float> arranged_for_gguf(std::span<const float> values, const ParameterInfo& info,
                                     const ModelConfig& config) {
  std::vector<float> stored(values.begin(), values.end());
  if (const std::int32_t heads = heads_reordered_in_gguf(info, config); heads > 0) {
    rows_to_gguf(stored, values, heads, config.head_dim);
  } else if (raised_in_gguf(info, config)) {
    for (float& value : stored) value += 1.0F;
  }
  return stored;
}

Result<void> check_gguf_weights(const GgufFile& file, const ModelConfig& config) {
  const std::string where = file.path().string();
  std::set<std::string, std::less<>> needed;
  for (const ParameterInfo& info : parameter_list(config)) {
    const auto name = gguf_name(info.name, config);
    if (!name) return refuse(ErrorKind::unsupported, called(info.name) + " has no name in GGUF", "", where);
    const GgufTensor* tensor = file.tensor(*name);
    if (tensor == nullptr) return refuse(ErrorKind::invalid, called(*name) + " is missing", "", where);
    if (!tensor->layout.readable) {
      return refuse(ErrorKind::unsupported,
                    called(*name) + " has the type " + std::string(tensor->layout.name),
                    "F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K and Q6_K can be read.", where);
    }
    if (!std::ranges::equal(tensor->shape, info.shape)) {
      return refuse(ErrorKind::invalid,
                    called(*name) + " has shape " + shape_text(tensor->shape) +
                        " but the metadata asks for " + shape_text(info.shape),
                    "", where);
    }
    needed.insert(*name);
  }
  for (const GgufTensor& tensor : file.tensors()) {
    if (needed.contains(tensor.name) || may_be_there(tensor.name, config)) continue;
    return refuse(ErrorKind::unsupported, called(tensor.name) + " has no place in a " + config.architecture,
                  "A model with parts that would be left out would compute something else.", where);
  }
  return {};
}

Result<Parameters> load_gguf_weights(const GgufFile& file, const ModelConfig& config) {
  if (auto fits = check_gguf_weights(file, config); !fits) return tl::unexpected(fits.error());
  Parameters parameters(config);
  std::vector<float> stored;
  for (const ParameterInfo& info : parameters.list()) {
    const GgufTensor& tensor = *file.tensor(*gguf_name(info.name, config));
    const std::span<float> out = parameters.values().subspan(info.offset, info.count);
    const auto type = static_cast<BlockType>(tensor.type);
    const std::int32_t heads = heads_reordered_in_gguf(info, config);
    if (heads == 0) {
      unpack_blocks(out, tensor.bytes, type);
    } else {
      stored.resize(info.count);
      unpack_blocks(stored, tensor.bytes, type);
      rows_from_gguf(out, stored, heads, config.head_dim);
    }
    if (raised_in_gguf(info, config)) {
      for (float& value : out) value -= 1.0F;
    }
  }
  return parameters;
}

}  // namespace preceptor::engine
