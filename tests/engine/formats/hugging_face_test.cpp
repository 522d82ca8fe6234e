#include "engine/formats/hugging_face.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "engine/formats/safetensors.hpp"
#include "engine/model/network.hpp"
#include "tests/formats/fixture_models.hpp"
#include "tests/formats/raw_safetensors.hpp"

namespace preceptor::engine {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class FixtureModel : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(HuggingFace, FixtureModel,
                         testing::Values("untied", "tied", "half", "bfloat", "sharded"),
                         [](const auto& info) { return std::string(info.param); });

void expect_golden_logprobs(Parameters& parameters, const json& texts) {
  Network network(parameters, {.precision = Precision::fp32});
  for (const json& text : texts) {
    const auto ids = text.at("ids").get<std::vector<std::int32_t>>();
    const auto expected = text.at("logprobs").get<std::vector<float>>();
    const auto rows = static_cast<std::int32_t>(ids.size());
    std::vector<Target> targets;
    for (std::int32_t row = 0; row + 1 < rows; ++row)
      targets.push_back({row, ids[static_cast<std::size_t>(row) + 1]});
    const auto logprobs = network.logprobs({ids, {0, rows}}, targets);
    ASSERT_EQ(logprobs.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(logprobs[i], expected[i], 1e-4F) << i;
  }
}

TEST_P(FixtureModel, LoadsAndAnswersAsTransformersDoes) {
  auto model = load_model(fixture_model(GetParam()));
  ASSERT_TRUE(model.has_value()) << model.error().text();
  const json& texts = fixture_golden().at("models").at(GetParam()).at("texts");
  for (const json& text : texts) {
    EXPECT_EQ(model->tokenizer.encode(text.at("text").get<std::string>(), text::SpecialTokens::none).ids,
              text.at("ids").get<std::vector<text::TokenId>>());
  }
  expect_golden_logprobs(model->parameters, texts);
}

TEST_P(FixtureModel, SurvivesExportAndReload) {
  const TemporaryFolder folder;
  const auto model = load_model(fixture_model(GetParam()));
  ASSERT_TRUE(model.has_value());
  for (const std::size_t shard_bytes_max : {std::size_t{20'000}, std::size_t{1} << 40}) {
    save_model(folder.path() / "copy", model->parameters, model->files,
               {.type = StoredType::f32, .shard_bytes_max = shard_bytes_max});
    auto copy = load_model(folder.path() / "copy");
    ASSERT_TRUE(copy.has_value()) << copy.error().text();
    EXPECT_TRUE(std::ranges::equal(copy->parameters.values(), model->parameters.values()));
    EXPECT_EQ(copy->parameters.config(), model->parameters.config());
    EXPECT_EQ(copy->files.tokenizer_json, model->files.tokenizer_json);
    EXPECT_EQ(copy->files.chat_template, model->files.chat_template);
    EXPECT_EQ(copy->files.generation, model->files.generation);
    EXPECT_EQ(fs::exists(folder.path() / "copy" / "model.safetensors.index.json"), shard_bytes_max == 20'000);
  }
}

TEST(HuggingFace, ReadsTheSamplingDefaultsAndTheTemplate) {
  const auto model = load_model(fixture_model("untied"));
  ASSERT_TRUE(model.has_value());
  const GenerationDefaults expected{
      .temperature = 0.7F, .top_k = 5, .top_p = 0.9F, .stop_ids = {1, 3}, .bos_id = 0, .pad_id = 2};
  EXPECT_EQ(model->files.generation, expected);
  ASSERT_TRUE(model->chat_template.has_value());
  const std::vector<text::Message> messages = {{"user", "hi"}};
  EXPECT_EQ(model->chat_template->render(messages, text::GenerationPrompt::add)->text,
            "<|begin|><|user|>hi<|end|>\n<|assistant|>");
}

TEST(HuggingFace, ARewardModelScoresAsTransformersDoes) {
  auto model = load_model(fixture_model("reward"));
  ASSERT_TRUE(model.has_value()) << model.error().text();
  EXPECT_EQ(model->parameters.config().label_count, 1);
  EXPECT_EQ(model->parameters.config().pad_id, 2);
  Network network(model->parameters, {.precision = Precision::fp32});
  for (const json& text : fixture_golden().at("models").at("reward").at("scores")) {
    const auto ids = text.at("ids").get<std::vector<std::int32_t>>();
    const auto scores = network.scores({ids, {0, static_cast<std::int32_t>(ids.size())}});
    EXPECT_NEAR(scores.at(0), text.at("score").get<float>(), 1e-4F);
  }
}

TEST(HuggingFace, ATiedModelIsWrittenWithoutItsHead) {
  const TemporaryFolder folder;
  const auto model = load_model(fixture_model("tied"));
  ASSERT_TRUE(model.has_value());
  save_model(folder.path() / "copy", model->parameters, model->files, {});
  const auto file = SafetensorsFile::open(folder.path() / "copy" / "model.safetensors");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->find("lm_head.weight"), nullptr);
  EXPECT_NE(file->find("model.embed_tokens.weight"), nullptr);
  EXPECT_EQ(file->tensors().front().type, StoredType::bf16);
}

TEST(HuggingFace, ARewardModelIsWrittenWithItsScoreAndPadIdAndWithoutSamplingDefaults) {
  const TemporaryFolder folder;
  const auto model = load_model(fixture_model("reward"));
  ASSERT_TRUE(model.has_value());
  save_model(folder.path() / "copy", model->parameters, model->files, {});
  const json config = json::parse(std::ifstream(folder.path() / "copy" / "config.json"));
  EXPECT_EQ(config.at("architectures"), json({"LlamaForSequenceClassification"}));
  EXPECT_EQ(config.at("id2label").size(), 1U);
  EXPECT_EQ(config.at("pad_token_id"), 2);
  EXPECT_FALSE(fs::exists(folder.path() / "copy" / "generation_config.json"));
  const auto file = SafetensorsFile::open(folder.path() / "copy" / "model.safetensors");
  ASSERT_TRUE(file.has_value());
  EXPECT_NE(file->find("score.weight"), nullptr);
  EXPECT_EQ(file->find("lm_head.weight"), nullptr);
}

TEST(HuggingFace, TokenizerSettingsThatWeDoNotUnderstandAreKept) {
  const TemporaryFolder folder;
  auto model = load_model(fixture_model("untied"));
  ASSERT_TRUE(model.has_value());
  json settings = json::parse(model->files.tokenizer_config_json);
  settings["added_by_somebody"] = {1, 2};
  model->files.tokenizer_config_json = settings.dump();
  save_model(folder.path() / "copy", model->parameters, model->files, {});
  const json written = json::parse(std::ifstream(folder.path() / "copy" / "tokenizer_config.json"));
  EXPECT_EQ(written.at("added_by_somebody"), json({1, 2}));
  EXPECT_EQ(written.at("chat_template"), model->files.chat_template);
}

TEST(HuggingFace, TheSameModelIsWrittenWithTheSameBytes) {
  const TemporaryFolder folder;
  const auto model = load_model(fixture_model("untied"));
  ASSERT_TRUE(model.has_value());
  const SaveOptions options{.golden_ids = {5, 6, 7}};
  const Manifest one = save_model(folder.path() / "one", model->parameters, model->files, options);
  const Manifest two = save_model(folder.path() / "two", model->parameters, model->files, options);
  EXPECT_EQ(one.model_sha256(), two.model_sha256());
  EXPECT_EQ(sha256_file(folder.path() / "one" / "manifest.json"),
            sha256_file(folder.path() / "two" / "manifest.json"));
}

class BrokenModel : public testing::Test {
protected:
  BrokenModel() { fs::copy(fixture_model("untied"), model_); }

  Error refusal() const {
    const auto model = load_model(model_);
    EXPECT_FALSE(model.has_value());
    return model ? Error{} : model.error();
  }

  void expect_refused(const std::string& file, const std::string& reason) const {
    const Error error = refusal();
    EXPECT_NE(error.text().find(file), std::string::npos) << error.text();
    EXPECT_NE(error.message.find(reason), std::string::npos) << error.text();
  }

  void change_config(const char* key, const json& value) const {
    json config = json::parse(std::ifstream(model_ / "config.json"));
    config[key] = value;
    write_bytes(model_ / "config.json", config.dump());
  }

  // The model's tensors, changed by `change`, in place of its weights.
  template <class Change>
  void change_tensors(const Change& change) const {
    const auto parameters = load_parameters(fixture_model("untied"));
    std::vector<TensorToWrite> tensors;
    for (const ParameterInfo& info : parameters->list()) {
      tensors.push_back({info.name, info.shape, parameters->tensor(info.name)});
    }
    change(tensors);
    write_safetensors(model_ / "model.safetensors", tensors, StoredType::f32);
  }

  TemporaryFolder folder_;
  fs::path model_ = folder_.path() / "model";
};

TEST_F(BrokenModel, FilesThatAreMissingAreNamed) {
  for (const char* name : {"config.json", "tokenizer.json", "model.safetensors"}) {
    fs::remove_all(model_);
    fs::copy(fixture_model("untied"), model_);
    fs::remove(model_ / name);
    const Error error = refusal();
    EXPECT_EQ(error.kind, ErrorKind::not_found) << error.text();
    EXPECT_NE(error.text().find(name), std::string::npos) << error.text();
  }
}

TEST_F(BrokenModel, SmallFilesThatAreNotWhatTheyShouldBeAreRefused) {
  std::string nested = "1";
  for (int depth = 0; depth < 50; ++depth) nested = "{\"a\":" + nested + "}";
  for (const char* name :
       {"config.json", "generation_config.json", "tokenizer_config.json", "tokenizer.json"}) {
    const auto good = read_file(model_ / name, 1 << 20);
    ASSERT_TRUE(good.has_value());
    for (const std::string& bad : {std::string(), std::string("{"), std::string("{\"a\xff\": 1}"),
                                   std::string("[]"), nested, good->substr(0, good->size() / 2)}) {
      if (bad == nested && std::string(name) == "tokenizer.json")
        continue;  // text's own tests cover its depth
      write_bytes(model_ / name, bad);
      expect_refused(name, "");
    }
    write_bytes(model_ / name, *good);
  }
  EXPECT_TRUE(load_model(model_).has_value());
}

TEST_F(BrokenModel, AMissingTensorIsNamed) {
  change_tensors([](std::vector<TensorToWrite>& tensors) { tensors.erase(tensors.begin() + 3); });
  expect_refused("model", "tensor 'model.layers.");
}

TEST_F(BrokenModel, ATensorOfAnotherShapeIsNamed) {
  change_tensors(
      [](std::vector<TensorToWrite>& tensors) { std::swap(tensors[0].shape[0], tensors[0].shape[1]); });
  expect_refused("model.safetensors",
                 "tensor 'model.embed_tokens.weight' has shape [32, 288] but config.json asks for "
                 "[288, 32]");
}

TEST_F(BrokenModel, ATensorWithoutAPlaceIsRefused) {
  const std::vector<float> bias(32, 0.5F);
  change_tensors([&](std::vector<TensorToWrite>& tensors) {
    tensors.push_back({"model.layers.0.self_attn.q_proj.bias", {32}, bias});
  });
  expect_refused("model.safetensors", "tensor 'model.layers.0.self_attn.q_proj.bias' has no place");
}

TEST_F(BrokenModel, RotaryFrequenciesOfOldFilesAreIgnored) {
  const std::vector<float> frequencies(4, 0.5F);
  change_tensors([&](std::vector<TensorToWrite>& tensors) {
    tensors.push_back({"model.layers.0.self_attn.rotary_emb.inv_freq", {4}, frequencies});
  });
  EXPECT_TRUE(load_model(model_).has_value());
}

TEST_F(BrokenModel, AModelThatConfigDescribesDifferentlyIsRefused) {
  change_config("num_hidden_layers", 3);
  expect_refused("model", "tensor 'model.layers.2.");
  change_config("num_hidden_layers", 1);
  expect_refused("model.safetensors", "has no place");
}

TEST_F(BrokenModel, AHugeModelInConfigCostsNoMemory) {
  change_config("num_hidden_layers", 2147483647);
  expect_refused("config.json", "num_hidden_layers");
}

TEST_F(BrokenModel, ATokenizerLargerThanTheVocabularyIsRefused) {
  change_config("vocab_size", 100);
  expect_refused("tokenizer.json", "the model embeds only 100");
}

TEST_F(BrokenModel, ShardsAreCheckedAgainstTheirIndex) {
  fs::remove_all(model_);
  fs::copy(fixture_model("sharded"), model_);
  const fs::path path = model_ / "model.safetensors.index.json";
  const json good = json::parse(std::ifstream(path));
  const auto with_embedding_in = [&](const json& file) {
    json index = good;
    index["weight_map"]["model.embed_tokens.weight"] = file;
    write_bytes(path, index.dump());
  };
  with_embedding_in("model-00004-of-00004.safetensors");
  expect_refused("index.json",
                 "tensor 'model.embed_tokens.weight' is not in model-00004-of-00004.safetensors");
  for (const json& outside : {json("../untied/model.safetensors"), json("/etc/passwd"), json(7), json("")}) {
    with_embedding_in(outside);
    expect_refused("index.json", "is not mapped to a file of this folder");
  }
  with_embedding_in("absent.safetensors");
  expect_refused("absent.safetensors", "");
  write_bytes(path, "{}");
  expect_refused("index.json", "no 'weight_map' object");
  write_bytes(path, good.dump());
  EXPECT_TRUE(load_model(model_).has_value());
}

}  // namespace
}  // namespace preceptor::engine
