#include "engine/formats/gguf/gguf_save.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "base/file.hpp"
#include "engine/formats/gguf/block_unpack.hpp"
#include "engine/formats/gguf/gguf_file.hpp"
#include "engine/formats/gguf/gguf_tokenizer.hpp"
#include "tests/formats/fixture_models.hpp"
#include "tests/formats/gguf/gguf_fixtures.hpp"

namespace preceptor::engine {
namespace {

LoadedModel fixture(const char* name) {
  auto model = load_model(fixture_model(name));
  EXPECT_TRUE(model.has_value()) << model.error().text();
  return std::move(*model);
}

struct Case {
  const char* folder;
  const char* converted;  // the same model by llama.cpp's converter
  BlockType type;
};

class Saved : public testing::TestWithParam<Case> {};

INSTANTIATE_TEST_SUITE_P(GgufSave, Saved,
                         testing::Values(Case{"untied", "llama_untied_f32.gguf", BlockType::f32},
                                         Case{"tied", "llama_tied_q8_0.gguf", BlockType::q8_0},
                                         Case{"bfloat", "llama_bfloat_bf16.gguf", BlockType::bf16},
                                         Case{"half", "llama_half_f16.gguf", BlockType::f16}),
                         [](const auto& info) { return std::string(info.param.folder); });

TEST_P(Saved, HoldsTheTensorsThatTheReferenceConverterWritesBitForBit) {
  const TemporaryFolder folder;
  const LoadedModel model = fixture(GetParam().folder);
  ASSERT_TRUE(save_gguf(folder.path() / "m.gguf", model.parameters, model.files, {.type = GetParam().type}));
  const auto ours = GgufFile::open(folder.path() / "m.gguf");
  const auto theirs = GgufFile::open(gguf_fixture(GetParam().converted));
  ASSERT_TRUE(ours.has_value()) << ours.error().text();
  ASSERT_TRUE(theirs.has_value());
  EXPECT_EQ(ours->tensors().size(), theirs->tensors().size());
  for (const GgufTensor& expected : theirs->tensors()) {
    const GgufTensor* tensor = ours->tensor(expected.name);
    ASSERT_NE(tensor, nullptr) << expected.name;
    EXPECT_EQ(tensor->layout.name, expected.layout.name) << expected.name;
    EXPECT_EQ(tensor->shape, expected.shape) << expected.name;
    EXPECT_TRUE(std::ranges::equal(tensor->bytes, expected.bytes)) << expected.name;
  }
}

TEST_P(Saved, HoldsTheKeysThatTheReferenceConverterWrites) {
  const TemporaryFolder folder;
  const LoadedModel model = fixture(GetParam().folder);
  ASSERT_TRUE(save_gguf(folder.path() / "m.gguf", model.parameters, model.files, {.type = GetParam().type}));
  const auto ours = GgufFile::open(folder.path() / "m.gguf");
  const auto theirs = GgufFile::open(gguf_fixture(GetParam().converted));
  ASSERT_TRUE(ours.has_value() && theirs.has_value());
  for (const auto& [key, expected] : theirs->metadata()) {
    // Names made up from the folder's, settings of sampling, and what only older readers look for.
    if (key.starts_with("general.") && key != "general.architecture" && key != "general.file_type") continue;
    if (key == "tokenizer.ggml.add_sep_token") continue;
    const GgufValue* value = ours->find(key);
    ASSERT_NE(value, nullptr) << key;
    EXPECT_EQ(value->type(), expected.type()) << key;
    EXPECT_EQ(value->element_type(), expected.element_type()) << key;
    ASSERT_EQ(value->size(), expected.size()) << key;
    EXPECT_EQ(value->text(), expected.text()) << key;
    EXPECT_EQ(value->number(), expected.number()) << key;
    EXPECT_EQ(value->flag(), expected.flag()) << key;
    EXPECT_TRUE(std::ranges::equal(value->texts(), expected.texts())) << key;
  }
}

TEST(GgufSave, SurvivesTheWayThereAndBack) {
  const TemporaryFolder folder;
  const LoadedModel model = fixture("untied");
  const auto path = folder.path() / "m.gguf";
  ASSERT_TRUE(save_gguf(path, model.parameters, model.files, {.type = BlockType::f32, .name = "tiny"}));
  const auto back = load_model(path);
  ASSERT_TRUE(back.has_value()) << back.error().text();
  EXPECT_TRUE(std::ranges::equal(back->parameters.values(), model.parameters.values()));
  EXPECT_EQ(back->files.chat_template, model.files.chat_template);
  EXPECT_EQ(back->files.generation.stop_ids, model.files.generation.stop_ids);
  EXPECT_EQ(GgufFile::open(path)->find("general.name")->text(), "tiny");
}

TEST(GgufSave, ASentencePieceVocabularySurvives) {
  const TemporaryFolder folder;
  for (const char* name : {"sentence_piece", "sentence_piece_no_prefix"}) {
    auto file = GgufFile::open(gguf_fixture(std::string(name) + ".gguf"));
    ModelFiles files = tokenizer_from_gguf(*file)->files;
    ModelConfig config = fixture("untied").parameters.config();
    config.vocabulary_size = 400;
    config.bos_id = 1;
    config.eos_ids = {2};
    const Parameters parameters(config);
    const auto saved = save_gguf(folder.path() / "m.gguf", parameters, files, {});
    ASSERT_TRUE(saved.has_value()) << saved.error().text();
    const auto back = load_model(folder.path() / "m.gguf");
    ASSERT_TRUE(back.has_value()) << back.error().text();
    for (const auto& golden : gguf_golden().at(name)) {
      EXPECT_EQ(back->tokenizer.encode(golden.at("text").get<std::string>(), text::SpecialTokens::none).ids,
                golden.at("ids").get<std::vector<text::TokenId>>());
    }
    EXPECT_EQ(back->tokenizer.encode("a", text::SpecialTokens::add).ids.front(), 1);
  }
}

TEST(GgufSave, TheManifestHoldsTheFilesHashAndWhatItsWeightsAnswer) {
  const TemporaryFolder folder;
  const LoadedModel model = fixture("tied");
  const auto path = folder.path() / "m.gguf";
  const auto manifest = save_gguf(path, model.parameters, model.files, {.golden_ids = {5, 6, 7, 8}});
  ASSERT_TRUE(manifest.has_value()) << manifest.error().text();
  ASSERT_EQ(manifest->golden.logprobs.size(), 3U);
  EXPECT_EQ(golden_error_max(manifest->golden, load_model(path)->parameters), 0.0F);
  EXPECT_GT(golden_error_max(manifest->golden, model.parameters), 0.0F);  // eight bits are not all
  EXPECT_EQ(read_file(folder.path() / "m.gguf.manifest.json", 1 << 20), manifest_text(*manifest));
}

void expect_refused(const Parameters& parameters, const ModelFiles& files, const GgufOptions& options,
                    ErrorKind kind, const std::string& words) {
  const TemporaryFolder folder;
  const auto saved = save_gguf(folder.path() / "m.gguf", parameters, files, options);
  ASSERT_FALSE(saved.has_value()) << words;
  EXPECT_EQ(saved.error().kind, kind);
  EXPECT_NE(saved.error().message.find(words), std::string::npos) << saved.error().message;
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "m.gguf"));
}

TEST(GgufSave, RefusesWeightsThatAreNotFiniteOrTooLargeForTheType) {
  LoadedModel model = fixture("tied");
  float& value = model.parameters.tensor("model.layers.1.mlp.up_proj.weight")[7];
  value = 70000.0F;
  expect_refused(model.parameters, model.files, {.type = BlockType::f16}, ErrorKind::invalid, "range of F16");
  value = std::numeric_limits<float>::quiet_NaN();
  expect_refused(model.parameters, model.files, {}, ErrorKind::invalid,
                 "up_proj.weight' holds a value that is not");
}

TEST(GgufSave, RefusesAClassifierAndATokenizerThatGgufCannotName) {
  const LoadedModel reward = fixture("reward");
  expect_refused(reward.parameters, reward.files, {}, ErrorKind::unsupported, "has no form in GGUF");
  LoadedModel model = fixture("tied");
  auto tokenizer = nlohmann::json::parse(model.files.tokenizer_json);
  tokenizer["pre_tokenizer"] = {
      {"type", "Sequence"},
      {"pretokenizers",
       {{{"type", "Split"},
         {"pattern", {{"Regex", "[0-9]{1,2}"}}},
         {"behavior", "Isolated"},
         {"invert", false}},
        {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", false}}}}};
  model.files.tokenizer_json = tokenizer.dump();
  expect_refused(model.parameters, model.files, {}, ErrorKind::unsupported, "no name for");
  expect_refused(model.parameters, model.files, {.other_splitting = "x"}, ErrorKind::invalid, "'x'");
  const TemporaryFolder folder;
  const auto path = folder.path() / "m.gguf";
  ASSERT_TRUE(save_gguf(path, model.parameters, model.files, {.other_splitting = "gpt-2"}));
  EXPECT_EQ(GgufFile::open(path)->find("tokenizer.ggml.pre")->text(), "gpt-2");
  EXPECT_EQ(load_model(path)->files.tokenizer_json, model.files.tokenizer_json);
}

}  // namespace
}  // namespace preceptor::engine
