#include "cli/model_export.hpp"

#include "base/format.hpp"
#include "cli/command.hpp"
#include "engine/formats/gguf/gguf_save.hpp"

namespace preceptor::cli {
namespace {

constexpr std::size_t golden_length = 16;  // tokens whose answers go into the manifest

// Ordinary tokens, the same for every export of a model.
std::vector<std::int32_t> golden_ids(const engine::ModelConfig& config) {
  std::vector<std::int32_t> ids;
  for (std::size_t i = 0; i < golden_length; ++i) {
    ids.push_back(
        static_cast<std::int32_t>((i * 7919 + 101) % static_cast<std::size_t>(config.vocabulary_size)));
  }
  return ids;
}

engine::StoredType stored_type(const std::string& type) {
  if (type == "f32") return engine::StoredType::f32;
  return type == "f16" ? engine::StoredType::f16 : engine::StoredType::bf16;
}

engine::BlockType block_type(const std::string& type) {
  if (type == "f32") return engine::BlockType::f32;
  if (type == "f16") return engine::BlockType::f16;
  return type == "bf16" ? engine::BlockType::bf16 : engine::BlockType::q8_0;
}

}  // namespace

void add_export_options(CLI::App& command, ExportOptions& options) {
  command
      .add_option("--format", options.format,
                  "hf: a Hugging Face folder; gguf: one file, as llama.cpp reads it")
      ->check(CLI::IsMember({"hf", "gguf"}))
      ->capture_default_str();
  command
      .add_option("--type", options.type,
                  "Weights: bf16 (default of hf), f16, f32; gguf also q8_0 (its default)")
      ->check(CLI::IsMember({"bf16", "f16", "f32", "q8_0"}));
  command.add_option("--shard-mb", options.shard_megabytes, "Largest weight file of a folder")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command.add_option(
      "--splitting", options.splitting,
      "For tokenizers whose way of splitting texts GGUF cannot name: the name that comes closest "
      "(gpt-2, llama-bpe, qwen2 …); other programs then give some texts other ids");
}

void must_not_exist(const std::filesystem::path& out) {
  if (std::filesystem::exists(out))
    throw Failure(ErrorKind::conflict, fmt::format("{} is there already.", out.string()),
                  "Name another place.");
}

void export_model(const std::filesystem::path& out, const engine::LoadedModel& model,
                  const ExportOptions& options) {
  const std::vector<std::int32_t> ids = golden_ids(model.parameters.config());
  if (options.format == "gguf") {
    or_throw(engine::save_gguf(out, model.parameters, model.files,
                               {.type = block_type(options.type),
                                .name = out.stem().string(),
                                .other_splitting = options.splitting,
                                .golden_ids = ids}));
    return;
  }
  if (options.type == "q8_0")
    throw Failure(ErrorKind::invalid, "A Hugging Face folder cannot hold q8_0.", "Add --format gguf.");
  engine::save_model(out, model.parameters, model.files,
                     {.type = stored_type(options.type),
                      .shard_bytes_max = static_cast<std::size_t>(options.shard_megabytes) * 1000000,
                      .golden_ids = ids});
}

}  // namespace preceptor::cli
