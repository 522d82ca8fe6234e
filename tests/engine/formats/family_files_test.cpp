#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "engine/formats/hugging_face.hpp"
#include "engine/formats/safetensors.hpp"
#include "engine/formats/weights.hpp"
#include "tests/model/golden_case.hpp"

namespace preceptor::engine::test {
namespace {

const char* const cases[] = {
    "llama_linear_biased", "llama_3",          "llama_dynamic",  "mistral_window",   "mistral_full",
    "mistral_classifier",  "qwen2_tied",       "qwen2_window",   "qwen2_classifier", "qwen3_wide_heads",
    "qwen3_tied_biased",   "qwen3_classifier", "gemma3_mixed",   "gemma3_pattern",   "gemma3_classifier",
    "gpt2_tied",           "gpt2_untied",      "gpt2_classifier"};

TEST(FamilyFiles, AConfigThatIsWrittenIsReadAsTheSameGraph) {
  for (const char* name : cases) {
    const GoldenCase golden("families/" + std::string(name));
    const auto written = config_to_json(golden.config, StoredType::f32);
    const auto read = config_from_json(nlohmann::json::parse(written.dump()), name);
    ASSERT_TRUE(read.has_value()) << read.error().text();
    EXPECT_EQ(*read, golden.config) << name;
    const auto& theirs = golden.record.at("config");
    EXPECT_EQ(written.at("architectures"), theirs.at("architectures"));
    if (theirs.contains("rope_parameters")) {
      EXPECT_EQ(written.at("rope_parameters"), theirs.at("rope_parameters")) << name;
    }
  }
}

// Kept where PRECEPTOR_FAMILY_EXPORTS says, for tests/oracles/family_reload.py.
std::filesystem::path export_folder(const TemporaryFolder& temporary, const char* name) {
  const char* kept = std::getenv("PRECEPTOR_FAMILY_EXPORTS");
  const std::filesystem::path folder =
      std::filesystem::path(kept == nullptr ? temporary.path() : kept) / name;
  std::filesystem::create_directories(folder);
  return folder;
}

TEST(FamilyFiles, WeightsThatAreSavedAreLoadedBitForBit) {
  for (const char* name : cases) {
    const GoldenCase golden("families/" + std::string(name));
    Parameters parameters(golden.config);
    fill_parameters(parameters);
    const TemporaryFolder temporary;
    const auto folder = export_folder(temporary, name);
    save_weights(folder, parameters, StoredType::f32, 4096);
    write_file_atomic(folder / "config.json", config_to_json(golden.config, StoredType::f32).dump(2) + "\n");
    const auto loaded = load_parameters(folder);
    ASSERT_TRUE(loaded.has_value()) << loaded.error().text();
    EXPECT_TRUE(std::ranges::equal(loaded->values(), parameters.values())) << name;
  }
}

TEST(FamilyFiles, Gpt2MatricesAreStoredTransposed) {
  const GoldenCase golden("families/gpt2_tied");
  Parameters parameters(golden.config);
  fill_parameters(parameters);
  const TemporaryFolder folder;
  save_weights(folder.path(), parameters, StoredType::f32, std::size_t{1} << 30);
  const auto file = SafetensorsFile::open(folder.path() / "model.safetensors");
  const std::string name = "transformer.h.0.attn.c_attn.weight";
  const StoredTensor* tensor = file->find(name);
  ASSERT_NE(tensor, nullptr);
  EXPECT_TRUE(file->check(*tensor, std::vector<std::int64_t>{12, 36}).has_value());
  std::vector<float> stored(12 * 36);
  to_floats(stored, tensor->bytes, tensor->type);
  Generator generator(name);
  for (const float value : stored) ASSERT_EQ(value, generator.value());
}

TEST(FamilyFiles, ABareGpt2BodyWithItsMasksIsRead) {
  const GoldenCase golden("families/gpt2_tied");
  Parameters parameters(golden.config);
  fill_parameters(parameters);
  const TemporaryFolder folder;
  std::vector<TensorToWrite> tensors;
  std::vector<std::vector<float>> copies;
  const std::vector<float> mask(16, 1.0F);
  for (const ParameterInfo& info : parameters.list()) {
    copies.push_back(in_layout(Layout::stored, info, parameters.tensor(info.name)));
    tensors.push_back(
        {info.name.substr(std::string("transformer.").size()), info.stored_shape(), copies.back()});
  }
  tensors.push_back({"h.0.attn.bias", {1, 1, 4, 4}, mask});
  write_safetensors(folder.path() / "model.safetensors", tensors, StoredType::f32);
  const auto loaded = load_weights(folder.path(), golden.config);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().text();
  EXPECT_TRUE(std::ranges::equal(loaded->values(), parameters.values()));
}

}  // namespace
}  // namespace preceptor::engine::test
