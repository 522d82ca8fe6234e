#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "engine/formats/hugging_face.hpp"
#include "engine/formats/lora_files.hpp"
#include "engine/formats/safetensors.hpp"
#include "engine/model/network.hpp"
#include "tests/formats/fixture_models.hpp"

namespace preceptor::engine {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

fs::path lora_fixture(const std::string& name) {
  return fs::path(PRECEPTOR_TEST_FOLDER) / "fixtures" / "lora" / name;
}

json golden() { return json::parse(std::ifstream(lora_fixture("golden.json"))); }

Parameters base() { return std::move(*load_parameters(fixture_model("untied"))); }

std::vector<float> answers(Parameters& parameters) {
  const auto ids = golden().at("ids").get<std::vector<std::int32_t>>();
  std::vector<Target> targets;
  for (std::size_t row = 0; row + 1 < ids.size(); ++row)
    targets.push_back({static_cast<std::int32_t>(row), ids[row + 1]});
  Network network(parameters, {.precision = Precision::fp32});
  return network.logprobs({ids, {0, static_cast<std::int32_t>(ids.size())}}, targets);
}

float difference_max(const std::vector<float>& one, const std::vector<float>& other) {
  EXPECT_EQ(one.size(), other.size());
  float largest = 0;
  for (std::size_t i = 0; i < one.size(); ++i) largest = std::max(largest, std::abs(one[i] - other[i]));
  return largest;
}

class Adapter : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Lora, Adapter, testing::Values("plain", "stabilised"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(Adapter, MergedIntoItsBaseAnswersAsPeftDoes) {
  Parameters parameters = base();
  const auto adapter = load_adapter(lora_fixture(GetParam()), parameters.config());
  ASSERT_TRUE(adapter.has_value()) << adapter.error().text();
  const auto expected = golden().at(GetParam()).get<std::vector<float>>();
  EXPECT_GT(difference_max(answers(parameters), expected), 0.01F);
  merge(parameters, *adapter);
  EXPECT_LT(difference_max(answers(parameters), expected), 1e-4F);
}

TEST_P(Adapter, SurvivesTheWayThereAndBack) {
  const TemporaryFolder folder;
  const ModelConfig config = base().config();
  const auto adapter = load_adapter(lora_fixture(GetParam()), config);
  ASSERT_TRUE(adapter.has_value());
  save_adapter(folder.path() / "a", *adapter, config);
  const auto back = load_adapter(folder.path() / "a", config);
  ASSERT_TRUE(back.has_value()) << back.error().text();
  EXPECT_EQ(back->scale(), adapter->scale());
  EXPECT_EQ(back->base_model, "untied");
  ASSERT_EQ(back->targets.size(), adapter->targets.size());
  for (std::size_t i = 0; i < back->targets.size(); ++i) {
    EXPECT_EQ(back->targets[i].weight, adapter->targets[i].weight);
    EXPECT_EQ(back->targets[i].a, adapter->targets[i].a);
    EXPECT_EQ(back->targets[i].b, adapter->targets[i].b);
  }
}

TEST(Lora, ItsFileHasTheNamesThatPeftLooksFor) {
  const TemporaryFolder folder;
  const ModelConfig config = base().config();
  const auto adapter = load_adapter(lora_fixture("plain"), config);
  save_adapter(folder.path() / "a", *adapter, config);
  const auto ours = SafetensorsFile::open(folder.path() / "a" / "adapter_model.safetensors");
  const auto theirs = SafetensorsFile::open(lora_fixture("plain") / "adapter_model.safetensors");
  ASSERT_TRUE(ours.has_value() && theirs.has_value());
  ASSERT_EQ(ours->tensors().size(), theirs->tensors().size());
  for (const StoredTensor& tensor : theirs->tensors()) {
    ASSERT_NE(ours->find(tensor.name), nullptr) << tensor.name;
    EXPECT_EQ(ours->find(tensor.name)->shape, tensor.shape);
  }
  const json written = json::parse(std::ifstream(folder.path() / "a" / "adapter_config.json"));
  EXPECT_EQ(written.at("target_modules"), (json{"down_proj", "q_proj", "v_proj"}));
}

TEST(Lora, TargetsOfSomeLayersOnlyAreNamedInFull) {
  const TemporaryFolder folder;
  const ModelConfig config = base().config();
  auto adapter = load_adapter(lora_fixture("plain"), config);
  std::erase_if(adapter->targets, [](const LoraTarget& target) {
    return target.weight != "model.layers.1.self_attn.q_proj.weight";
  });
  save_adapter(folder.path() / "a", *adapter, config);
  const json written = json::parse(std::ifstream(folder.path() / "a" / "adapter_config.json"));
  EXPECT_EQ(written.at("target_modules"), (json{"model.layers.1.self_attn.q_proj"}));
}

TEST(Lora, TheScaleFollowsTheRank) {
  LoraAdapter adapter{.rank = 16, .alpha = 8};
  EXPECT_EQ(adapter.scale(), 0.5F);
  adapter.rank_stabilised = true;
  EXPECT_EQ(adapter.scale(), 2.0F);
}

void expect_refused_with(const char* key, const json& value, const std::string& words) {
  const TemporaryFolder folder;
  fs::copy(lora_fixture("plain"), folder.path() / "a");
  json config = json::parse(std::ifstream(lora_fixture("plain") / "adapter_config.json"));
  config[key] = value;
  std::ofstream(folder.path() / "a" / "adapter_config.json") << config;
  const auto adapter = load_adapter(folder.path() / "a", base().config());
  ASSERT_FALSE(adapter.has_value()) << key;
  EXPECT_NE(adapter.error().message.find(words), std::string::npos) << adapter.error().message;
}

TEST(Lora, RefusesByNameWhatIsNotPlainLora) {
  expect_refused_with("use_dora", true, "'use_dora'");
  expect_refused_with("bias", "all", "'bias' is 'all'");
  expect_refused_with("modules_to_save", {"lm_head"}, "'modules_to_save'");
  expect_refused_with("modules_to_save", {"score", "lm_head"}, "'modules_to_save'");
  expect_refused_with("rank_pattern", {{"q_proj", 2}}, "'rank_pattern'");
  expect_refused_with("peft_type", "IA3", "'IA3'");
  expect_refused_with("init_lora_weights", "pissa_niter_4", "changes the base");
  expect_refused_with("r", 5, "rank 5");
  expect_refused_with("r", "four", "'r' is not");
}

TEST(Lora, RefusesAnAdapterOfAnotherModel) {
  ModelConfig config = base().config();
  config.intermediate_size = 64;
  auto adapter = load_adapter(lora_fixture("plain"), config);
  ASSERT_FALSE(adapter.has_value());
  EXPECT_NE(adapter.error().message.find("down_proj"), std::string::npos) << adapter.error().message;
  config = base().config();
  config.layer_count = 1;
  adapter = load_adapter(lora_fixture("plain"), config);
  ASSERT_FALSE(adapter.has_value());
  EXPECT_NE(adapter.error().message.find("no such weight"), std::string::npos) << adapter.error().message;
}

TEST(Lora, RefusesTargetsThatAreNoMatricesOfLayersTwiceThereOrNotFinite) {
  const ModelConfig config = base().config();
  const auto good = load_adapter(lora_fixture("plain"), config);
  ASSERT_TRUE(check(*good, config));
  LoraAdapter adapter = *good;
  adapter.targets.push_back(adapter.targets.front());
  EXPECT_NE(check(adapter, config).error().message.find("twice"), std::string::npos);
  adapter = *good;
  adapter.targets.front().weight = "model.embed_tokens.weight";
  EXPECT_EQ(check(adapter, config).error().kind, ErrorKind::unsupported);
  adapter = *good;
  adapter.targets.front().b[3] = INFINITY;
  EXPECT_NE(check(adapter, config).error().message.find("not finite"), std::string::npos);
  adapter = *good;
  adapter.rank = 0;
  EXPECT_FALSE(check(adapter, config));
}

TEST(Lora, MissingAndDamagedFilesAreRefused) {
  const TemporaryFolder folder;
  EXPECT_EQ(load_adapter(folder.path(), base().config()).error().kind, ErrorKind::not_found);
  EXPECT_FALSE(looks_like_adapter(folder.path()));
  fs::copy(lora_fixture("plain"), folder.path() / "a");
  EXPECT_TRUE(looks_like_adapter(folder.path() / "a"));
  fs::resize_file(folder.path() / "a" / "adapter_model.safetensors", 4000);
  EXPECT_EQ(load_adapter(folder.path() / "a", base().config()).error().kind, ErrorKind::corrupt);
}

}  // namespace
}  // namespace preceptor::engine
