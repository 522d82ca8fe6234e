#include <gtest/gtest.h>

#include <algorithm>

#include "base/file.hpp"
#include "engine/formats/config_json.hpp"
#include "engine/formats/gguf/gguf_config.hpp"
#include "engine/formats/gguf/gguf_model.hpp"
#include "engine/formats/gguf/gguf_rope.hpp"
#include "engine/formats/gguf/gguf_save.hpp"
#include "engine/model/network.hpp"
#include "tests/formats/gguf/gguf_fixtures.hpp"
#include "tests/formats/gguf/raw_gguf.hpp"
#include "tests/formats/raw_safetensors.hpp"

namespace preceptor::engine {
namespace {

std::vector<float> answers(Parameters& parameters, const std::vector<std::int32_t>& ids) {
  std::vector<Target> targets;
  for (std::size_t row = 0; row + 1 < ids.size(); ++row)
    targets.push_back({static_cast<std::int32_t>(row), ids[row + 1]});
  Network network(parameters, {.precision = Precision::fp32});
  return network.logprobs({ids, {0, static_cast<std::int32_t>(ids.size())}}, targets);
}

// Converted by llama.cpp from a folder of transformers.
class Family : public testing::TestWithParam<const char*> {
protected:
  const nlohmann::json& golden() const { return gguf_golden().at("families").at(GetParam()); }
  LoadedModel model() const {
    auto loaded = load_model(gguf_fixture(std::string(GetParam()) + ".gguf"));
    EXPECT_TRUE(loaded.has_value()) << loaded.error().text();
    return std::move(*loaded);
  }
};

INSTANTIATE_TEST_SUITE_P(Gguf, Family,
                         testing::Values("llama3", "mistral", "qwen2", "qwen3", "gemma3", "gpt2"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(Family, AnswersAsTransformersDoesWithTheFolder) {
  LoadedModel loaded = model();
  const auto ids = golden().at("ids").get<std::vector<std::int32_t>>();
  const auto expected = golden().at("logprobs").get<std::vector<float>>();
  const auto logprobs = answers(loaded.parameters, ids);
  ASSERT_EQ(logprobs.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(logprobs[i], expected[i], 2e-4F) << i;
}

TEST_P(Family, HasTheGraphOfTheFolder) {
  auto expected = config_from_json(golden().at("config"), "config.json");
  ASSERT_TRUE(expected.has_value()) << expected.error().text();
  if (std::string(GetParam()) == "mistral") expected->architecture = "LlamaForCausalLM";
  const ModelConfig read = model().parameters.config();
  EXPECT_EQ(read.eos_ids, expected->eos_ids);
  EXPECT_EQ(read, *expected);
}

TEST_P(Family, IsWrittenAsTheReferenceConverterWritesIt) {
  const TemporaryFolder folder;
  const LoadedModel loaded = model();
  const auto saved =
      save_gguf(folder.path() / "m.gguf", loaded.parameters, loaded.files, {.type = BlockType::f32});
  ASSERT_TRUE(saved.has_value()) << saved.error().text();
  const auto ours = GgufFile::open(folder.path() / "m.gguf");
  const auto theirs = GgufFile::open(gguf_fixture(std::string(GetParam()) + ".gguf"));
  ASSERT_TRUE(ours.has_value() && theirs.has_value());
  EXPECT_EQ(ours->tensors().size(), theirs->tensors().size());
  for (const GgufTensor& expected : theirs->tensors()) {
    const GgufTensor* tensor = ours->tensor(expected.name);
    ASSERT_NE(tensor, nullptr) << expected.name;
    EXPECT_EQ(tensor->shape, expected.shape) << expected.name;
    ASSERT_EQ(tensor->bytes.size(), expected.bytes.size()) << expected.name;
    for (std::size_t at = 0; at < expected.bytes.size(); at += sizeof(float)) {
      float one = 0, other = 0;
      std::memcpy(&one, &tensor->bytes[at], sizeof one);
      std::memcpy(&other, &expected.bytes[at], sizeof other);
      ASSERT_NEAR(one, other, 1e-6F * std::max(1.0F, std::abs(other))) << expected.name << " byte " << at;
    }
  }
}

TEST_P(Family, SurvivesTheWayThereAndBack) {
  const TemporaryFolder folder;
  LoadedModel loaded = model();
  ASSERT_TRUE(save_gguf(folder.path() / "m.gguf", loaded.parameters, loaded.files, {.type = BlockType::f32}));
  auto back = load_model(folder.path() / "m.gguf");
  ASSERT_TRUE(back.has_value()) << back.error().text();
  EXPECT_EQ(back->parameters.config(), loaded.parameters.config());
  const auto values = loaded.parameters.values();
  const auto again = back->parameters.values();
  ASSERT_EQ(values.size(), again.size());
  for (std::size_t i = 0; i < values.size(); ++i) ASSERT_NEAR(values[i], again[i], 1e-6F) << i;
}

TEST(GgufFamily, OnlyWithinTheWindowIsAMistralWrittenAsALlama) {
  ModelConfig config = load_config(gguf_fixture("mistral.gguf")).value();
  config.architecture = "MistralForCausalLM";
  config.sliding_window = 16;
  config.layer_attention.assign(2, LayerAttention::sliding);
  const TemporaryFolder folder;
  const LoadedModel loaded = std::move(*load_model(gguf_fixture("mistral.gguf")));
  Parameters parameters(config);
  ASSERT_TRUE(save_gguf(folder.path() / "m.gguf", parameters, loaded.files, {.type = BlockType::f32}));
  EXPECT_EQ(GgufFile::open(folder.path() / "m.gguf")->find("llama.context_length")->whole(), 16);
}

TEST(GgufFamily, Llama3FrequenciesAreScaledInThreeBands) {
  ModelConfig config;
  config.head_dim = 64;
  config.rope_theta = 500000.0F;
  config.rope_scaling = {.kind = RopeScaling::llama3, .factor = 32};
  const auto factors = llama3_rope_factors(config);
  ASSERT_EQ(factors.size(), 32U);
  EXPECT_EQ(factors.front(), 1.0F);
  EXPECT_EQ(factors.back(), 32.0F);
  EXPECT_TRUE(std::ranges::is_sorted(factors));
  EXPECT_TRUE(std::ranges::any_of(factors, [](float factor) { return factor > 1 && factor < 32; }));
}

RawGguf minimal(const char* architecture) {
  const std::string prefix = architecture;
  RawGguf raw;
  raw.string("general.architecture", architecture).whole(prefix + ".embedding_length", 4);
  raw.whole(prefix + ".feed_forward_length", 8).whole(prefix + ".block_count", 1);
  raw.whole(prefix + ".attention.head_count", 2).whole(prefix + ".context_length", 16);
  raw.tensor("token_embd.weight", {4, 2}, 0, std::string(32, '\0'));
  return raw;
}

void expect_refused(const RawGguf& raw, ErrorKind kind, const std::string& words) {
  const TemporaryFolder folder;
  const auto file = GgufFile::open(write_bytes(folder.path() / "m.gguf", raw.bytes()));
  ASSERT_TRUE(file.has_value()) << file.error().text();
  const auto config = config_from_gguf(*file);
  ASSERT_FALSE(config.has_value()) << words;
  EXPECT_EQ(config.error().kind, kind) << config.error().message;
  EXPECT_NE(config.error().message.find(words), std::string::npos) << config.error().message;
}

TEST(GgufFamily, RefusesByNameWhatItWouldComputeWrongly) {
  expect_refused(minimal("mamba"), ErrorKind::unsupported, "'mamba'");
  expect_refused(minimal("llama").whole("llama.expert_count", 8), ErrorKind::unsupported,
                 "mixture of experts");
  expect_refused(minimal("llama").string("llama.rope.scaling.type", "yarn"), ErrorKind::unsupported,
                 "'yarn'");
  expect_refused(minimal("llama").whole("llama.attention.value_length", 4), ErrorKind::unsupported,
                 "another width");
  expect_refused(minimal("llama").whole("llama.rope.dimension_count", 1), ErrorKind::unsupported,
                 "partial rotary");
  expect_refused(minimal("gemma3").real("gemma3.final_logit_softcapping", 30), ErrorKind::unsupported,
                 "capped");
  auto frequencies = minimal("llama");
  frequencies.tensor("rope_freqs.weight", {1}, 0, RawGguf::number(3.5F));
  expect_refused(frequencies, ErrorKind::unsupported, "not Llama 3's");
}

TEST(GgufFamily, RefusesShapesThatAreMissingOrAbsurd) {
  expect_refused(RawGguf().string("general.architecture", "llama"), ErrorKind::invalid,
                 "'token_embd.weight' is missing");
  expect_refused(RawGguf().whole("general.alignment", 32), ErrorKind::invalid,
                 "'general.architecture' is missing");
  expect_refused(minimal("qwen2").whole("qwen2.attention.head_count_kv", 3), ErrorKind::invalid,
                 "num_key_value_heads");
  expect_refused(minimal("gpt2").whole("gpt2.attention.key_length", UINT32_MAX), ErrorKind::invalid,
                 "not a whole number of 32 bits");
}

}  // namespace
}  // namespace preceptor::engine
