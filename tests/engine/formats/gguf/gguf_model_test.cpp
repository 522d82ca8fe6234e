#include "engine/formats/gguf/gguf_model.hpp"

#include <gtest/gtest.h>

#include "engine/formats/gguf/gguf_weights.hpp"
#include "engine/model/network.hpp"
#include "tests/formats/fixture_models.hpp"
#include "tests/formats/gguf/gguf_fixtures.hpp"

namespace preceptor::engine {
namespace {

struct Converted {
  const char* folder;  // in fixtures/hugging_face
  const char* file;    // what llama.cpp's converter made of it
  float weight_error;  // relative to the largest weight of a block
};

class ConvertedModel : public testing::TestWithParam<Converted> {};

INSTANTIATE_TEST_SUITE_P(GgufModel, ConvertedModel,
                         testing::Values(Converted{"untied", "llama_untied_f32.gguf", 0},
                                         Converted{"tied", "llama_tied_q8_0.gguf", 0.005F},
                                         Converted{"bfloat", "llama_bfloat_bf16.gguf", 0},
                                         Converted{"half", "llama_half_f16.gguf", 0}),
                         [](const auto& info) { return std::string(info.param.folder); });

TEST_P(ConvertedModel, HoldsTheWeightsOfTheFolderItWasMadeFrom) {
  const auto model = load_model(gguf_fixture(GetParam().file));
  ASSERT_TRUE(model.has_value()) << model.error().text();
  const auto original = load_model(fixture_model(GetParam().folder));
  ASSERT_TRUE(original.has_value());
  for (const ParameterInfo& info : original->parameters.list()) {
    const auto expected = original->parameters.tensor(info.name);
    const auto values = model->parameters.tensor(info.name);
    ASSERT_EQ(values.size(), expected.size()) << info.name;
    float largest = 0;
    for (const float value : expected) largest = std::max(largest, std::abs(value));
    for (std::size_t i = 0; i < values.size(); ++i) {
      ASSERT_NEAR(values[i], expected[i], GetParam().weight_error * largest) << info.name << " " << i;
    }
  }
}

TEST_P(ConvertedModel, HasTheConfigurationTokenizerAndTemplateOfTheFolder) {
  const auto model = load_model(gguf_fixture(GetParam().file));
  const auto original = load_model(fixture_model(GetParam().folder));
  ASSERT_TRUE(model.has_value() && original.has_value());
  ModelConfig expected = original->parameters.config();
  expected.eos_ids.resize(1);  // a GGUF file names one end of text
  EXPECT_EQ(model->parameters.config(), expected);
  EXPECT_EQ(model->files.chat_template, original->files.chat_template);
  EXPECT_EQ(model->files.bos_token, "<|begin|>");
  EXPECT_EQ(model->files.generation.stop_ids, std::vector<std::int32_t>{1});
  for (const std::string text :
       {"the quick brown fox", "été 東京 1234", "<|user|>hello<|end|>", " a  b\n\n c'est"}) {
    EXPECT_EQ(model->tokenizer.encode(text, text::SpecialTokens::none).ids,
              original->tokenizer.encode(text, text::SpecialTokens::none).ids)
        << text;
    EXPECT_EQ(model->tokenizer.encode_plain(text).ids, original->tokenizer.encode_plain(text).ids) << text;
  }
}

TEST_P(ConvertedModel, AnswersAsTransformersDoesWithTheSameFile) {
  auto model = load_gguf_model(gguf_fixture(GetParam().file));
  ASSERT_TRUE(model.has_value()) << model.error().text();
  Network network(model->parameters, {.precision = Precision::fp32});
  const auto& texts = fixture_golden().at("models").at(GetParam().folder).at("texts");
  const auto& golden = gguf_golden().at("logprobs").at(GetParam().file);
  ASSERT_EQ(texts.size(), golden.size());
  for (std::size_t index = 0; index < texts.size(); ++index) {
    const auto ids = texts[index].at("ids").get<std::vector<std::int32_t>>();
    const auto expected = golden[index].get<std::vector<float>>();
    std::vector<Target> targets;
    for (std::size_t row = 0; row + 1 < ids.size(); ++row)
      targets.push_back({static_cast<std::int32_t>(row), ids[row + 1]});
    const auto logprobs = network.logprobs({ids, {0, static_cast<std::int32_t>(ids.size())}}, targets);
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(logprobs[i], expected[i], 1e-4F) << i;
  }
}

TEST(GgufWeights, ReorderingRowsThereAndBackChangesNothing) {
  std::vector<float> values(3 * 8 * 5), stored(values.size()), back(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  rows_to_gguf(stored, values, 3, 8);
  rows_from_gguf(back, stored, 3, 8);
  EXPECT_EQ(back, values);
  EXPECT_EQ(stored[1 * 5], values[4 * 5]);  // row 1 there is the first of the second half here
}

}  // namespace
}  // namespace preceptor::engine
