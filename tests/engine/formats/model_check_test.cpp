#include "engine/formats/model_check.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>

#include "base/file.hpp"
#include "engine/formats/hugging_face.hpp"
#include "tests/formats/fixture_models.hpp"
#include "tests/formats/gguf/gguf_fixtures.hpp"

namespace preceptor::engine {
namespace {

namespace fs = std::filesystem;
using Kind = CheckFinding::Kind;

bool tells(const ModelCheck& check, Kind kind, const std::string& topic, const std::string& words) {
  for (const CheckFinding& one : check.findings) {
    if (one.kind == kind && one.topic == topic && one.text.find(words) != std::string::npos) return true;
  }
  return false;
}

std::string all(const ModelCheck& check) {
  std::string text;
  for (const CheckFinding& one : check.findings)
    text += std::string(name_of(one.kind)) + " " + one.topic + ": " + one.text + "\n";
  return text;
}

fs::path saved(const TemporaryFolder& folder, const std::function<void(LoadedModel&)>& change = {}) {
  LoadedModel model = std::move(*load_model(fixture_model("untied")));
  if (change) change(model);
  save_model(folder.path() / "m", model.parameters, model.files,
             {.type = StoredType::f32, .golden_ids = {3, 4, 5, 6}});
  return folder.path() / "m";
}

TEST(ModelCheck, AGoodFolderIsUsableAndItsPartsAreTold) {
  const TemporaryFolder folder;
  const ModelCheck check = check_model(saved(folder));
  EXPECT_TRUE(check.usable()) << all(check);
  EXPECT_TRUE(tells(check, Kind::fine, "config", "LlamaForCausalLM, 2 layers")) << all(check);
  EXPECT_TRUE(tells(check, Kind::fine, "weights", "stored as F32")) << all(check);
  EXPECT_TRUE(tells(check, Kind::fine, "values", "finite")) << all(check);
  EXPECT_TRUE(tells(check, Kind::fine, "tokenizer", "288 tokens")) << all(check);
  EXPECT_TRUE(tells(check, Kind::fine, "generation", "'<|end|>'")) << all(check);
  EXPECT_TRUE(tells(check, Kind::fine, "template", "three messages")) << all(check);
  EXPECT_TRUE(tells(check, Kind::fine, "files", "as in the manifest")) << all(check);
  EXPECT_TRUE(tells(check, Kind::fine, "golden", "0.000000")) << all(check);
}

TEST(ModelCheck, AGgufFileIsLookedAtAsWell) {
  const ModelCheck check = check_model(gguf_fixture("llama_tied_q8_0.gguf"));
  EXPECT_TRUE(check.usable()) << all(check);
  EXPECT_TRUE(tells(check, Kind::fine, "weights", "Q8_0")) << all(check);
  EXPECT_TRUE(tells(check, Kind::fine, "files", "sha256")) << all(check);
}

TEST(ModelCheck, NamesTensorsThatAreMissingUnexpectedOrOfTheWrongShape) {
  const TemporaryFolder folder;
  const fs::path path = saved(folder);
  auto config = nlohmann::json::parse(std::ifstream(path / "config.json"));
  config["num_hidden_layers"] = 3;
  config["intermediate_size"] = 64;
  std::ofstream(path / "config.json") << config;
  const ModelCheck check = check_model(path);
  EXPECT_FALSE(check.usable());
  EXPECT_TRUE(tells(check, Kind::problem, "weights", "9 tensors missing: model.layers.2.")) << all(check);
  EXPECT_TRUE(tells(check, Kind::problem, "weights", "6 tensors of the wrong shape: model.layers.0.mlp"))
      << all(check);
  config["num_hidden_layers"] = 1;
  std::ofstream(path / "config.json") << config;
  EXPECT_TRUE(tells(check_model(path), Kind::note, "weights", "9 tensors that the model has no use for"));
  EXPECT_FALSE(check_model(path).usable());
}

TEST(ModelCheck, CountsValuesThatAreNotFinite) {
  const TemporaryFolder folder;
  const fs::path path = saved(folder, [](LoadedModel& model) {
    const auto values = model.parameters.tensor("model.layers.1.self_attn.o_proj.weight");
    values[0] = std::numeric_limits<float>::quiet_NaN();
    values[5] = std::numeric_limits<float>::infinity();
  });
  const ModelCheck check = check_model(path);
  EXPECT_TRUE(tells(check, Kind::problem, "values", "o_proj.weight' holds 2 values")) << all(check);
}

TEST(ModelCheck, FindsAFileThatIsNotTheOneOfTheManifest) {
  const TemporaryFolder folder;
  const fs::path path = saved(folder);
  std::ofstream(path / "generation_config.json", std::ios::app) << " ";
  const ModelCheck check = check_model(path);
  EXPECT_TRUE(tells(check, Kind::problem, "files", "not the one that the manifest describes")) << all(check);
}

TEST(ModelCheck, TellsTokensThatTheConfigurationCallsOtherwise) {
  const TemporaryFolder folder;
  const fs::path path = saved(folder, [](LoadedModel& model) { model.files.bos_token = "<|user|>"; });
  const ModelCheck check = check_model(path);
  EXPECT_TRUE(tells(check, Kind::problem, "tokenizer", "the begin of text is '<|user|>', id 3, but"))
      << all(check);
}

TEST(ModelCheck, ATemplateThatFailsIsAProblemAndNoneIsANote) {
  const TemporaryFolder folder;
  const fs::path bad = saved(folder, [](LoadedModel& model) {
    model.files.chat_template = "{{ raise_exception('only one turn') }}";
  });
  EXPECT_TRUE(tells(check_model(bad), Kind::problem, "template", "only one turn")) << all(check_model(bad));
  const ModelCheck reward = check_model(fixture_model("reward"));
  EXPECT_TRUE(reward.usable()) << all(reward);
  EXPECT_TRUE(tells(reward, Kind::fine, "generation", "a classifier of 1 labels")) << all(reward);
}

TEST(ModelCheck, WhatIsNoModelIsToldAndNothingThrows) {
  const TemporaryFolder folder;
  EXPECT_TRUE(tells(check_model(folder.path()), Kind::problem, "config", "config.json"));
  EXPECT_FALSE(check_model(folder.path() / "absent").usable());
  EXPECT_FALSE(check_model(gguf_fixture("goldens.json")).usable());
}

}  // namespace
}  // namespace preceptor::engine
