#include "engine/formats/gguf/gguf_save.hpp"

#include <algorithm>
#include <cmath>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "engine/formats/gguf/gguf_config.hpp"
#include "engine/formats/gguf/gguf_model.hpp"
#include "engine/formats/gguf/gguf_names.hpp"
#include "engine/formats/gguf/gguf_rope.hpp"
#include "engine/formats/gguf/gguf_weights.hpp"
#include "engine/formats/gguf/gguf_writer.hpp"
#include "engine/formats/gguf/tokenizer_to_gguf.hpp"

namespace preceptor::engine {
namespace {

constexpr float half_max = 65504.0F;
constexpr std::int64_t block_version = 2;  // general.quantization_version: the blocks' present layout

// general.file_type: what most of the weights are.
std::int64_t file_type(BlockType type) {
  switch (type) {
    case BlockType::f16: return 1;
    case BlockType::q8_0: return 7;
    case BlockType::bf16: return 32;
    default: return 0;
  }
}

BlockType type_for(const ParameterInfo& info, BlockType wanted) {
  // Readers add learned positions to embeddings as they are.
  if (info.shape.size() < 2 || info.name.ends_with(".wpe.weight")) return BlockType::f32;
  const bool whole_blocks = info.shape.back() % block_layout(wanted).values == 0;
  return whole_blocks ? wanted : BlockType::f16;
}

Result<void> check_values(std::span<const float> values, const std::string& name, BlockType type) {
  for (const float value : values) {
    if (!std::isfinite(value)) {
      return refuse(ErrorKind::invalid, "tensor '" + name + "' holds a value that is not finite",
                    "The model is broken; train it again from an earlier one.");
    }
    if (type == BlockType::f16 && std::abs(value) > half_max) {
      return refuse(ErrorKind::invalid, "tensor '" + name + "' holds a value beyond the range of F16",
                    "Write it as bf16.");
    }
  }
  return {};
}

Result<std::vector<GgufTensorToWrite>> tensors_of(const Parameters& parameters, BlockType wanted) {
  std::vector<GgufTensorToWrite> tensors;
  for (const ParameterInfo& info : parameters.list()) {
    const auto name = gguf_name(info.name, parameters.config());
    if (!name) return refuse(ErrorKind::unsupported, "tensor '" + info.name + "' has no name in GGUF");
    const BlockType type = type_for(info, wanted);
    if (auto fine = check_values(parameters.tensor(info.name), info.name, type); !fine)
      return tl::unexpected(fine.error());
    tensors.push_back({.name = *name, .shape = info.shape, .type = type});
  }
  if (parameters.config().rope_scaling.kind == RopeScaling::llama3) {
    tensors.push_back({.name = std::string(rope_factors_name),
                       .shape = {parameters.config().head_dim / 2},
                       .type = BlockType::f32});
  }
  return tensors;
}

Manifest manifest_of(const std::filesystem::path& path, const ModelFiles& files, const GgufOptions& options) {
  Manifest manifest;
  manifest.files = {{path.filename().string(), sha256_file(path), std::filesystem::file_size(path)}};
  manifest.template_sha256 = files.chat_template.empty() ? "" : sha256_hex(files.chat_template);
  if (!options.golden_ids.empty()) {
    const auto stored = load_gguf_model(path);
    if (!stored) throw Failure(stored.error());
    manifest.golden = golden_answers(stored->parameters, options.golden_ids, StoredType::f32);
  }
  manifest.determinism = determinism_here(Precision::fp32, 0);
  return manifest;
}

}  // namespace

Result<Manifest> save_gguf(const std::filesystem::path& path, const Parameters& parameters,
                           const ModelFiles& files, const GgufOptions& options) {
  const ModelConfig& config = parameters.config();
  GgufKeys keys;
  if (auto added = add_config(keys, config); !added) return tl::unexpected(added.error());
  if (!options.name.empty()) keys.text("general.name", options.name);
  keys.whole("general.quantization_version", block_version);
  keys.whole("general.file_type", file_type(options.type));
  if (auto added = add_tokenizer(keys, files, config, options.other_splitting); !added)
    return tl::unexpected(added.error());
  const auto tensors = tensors_of(parameters, options.type);
  if (!tensors) return tl::unexpected(tensors.error());

  std::vector<float> arranged;
  write_gguf(path, keys, *tensors, [&](std::size_t index) -> std::span<const float> {
    if (index == parameters.list().size()) {
      arranged = llama3_rope_factors(config);
    } else {
      const ParameterInfo& info = parameters.list()[index];
      arranged = arranged_for_gguf(parameters.values().subspan(info.offset, info.count), info, config);
    }
    return arranged;
  });
  const Manifest manifest = manifest_of(path, files, options);
  std::filesystem::path beside = path;
  beside += ".manifest.json";
  write_file_atomic(beside, manifest_text(manifest));
  return manifest;
}

}  // namespace preceptor::engine
