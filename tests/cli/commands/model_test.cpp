#include <fstream>

#include "base/hash.hpp"
#include "cli/model_pull.hpp"
#include "engine/formats/gguf/gguf_file.hpp"
#include "engine/formats/hugging_face.hpp"
#include "engine/formats/lora_files.hpp"
#include "tests/support/command_test.hpp"
#include "tests/support/tiny_model.hpp"

namespace preceptor::cli::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct ModelCommand : CommandTest {
  fs::path tiny() const {
    const fs::path path = folder.path() / "tiny";
    if (!fs::exists(path)) write_tiny_model(path);
    return path;
  }
  std::string place(const char* name) const { return (folder.path() / name).string(); }
  static Finished program(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "model");
    return run_program(arguments);
  }
};

TEST_F(ModelCommand, AGgufFileGoesInAndOutOfAWorkspace) {
  make_project();
  const json entered =
      json_of({"model", "import", tiny().string(), "--project", "Ferries", "--name", "base"});
  const std::string id = std::to_string(entered.at("id").get<int>());
  const Finished out = run({"model", "export", id, "--out", place("m.gguf"), "--format", "gguf", "--type",
                            "f32", "--splitting", "gpt-2"});
  ASSERT_EQ(out.exit_code, 0) << out.err;
  EXPECT_TRUE(engine::looks_like_gguf(place("m.gguf")));
  EXPECT_TRUE(fs::exists(place("m.gguf.manifest.json")));
  const json again = json_of({"model", "import", place("m.gguf"), "--project", "Ferries"});
  EXPECT_EQ(again.at("name"), "m");
  EXPECT_EQ(again.at("parameters"), entered.at("parameters"));
  EXPECT_EQ(json_of({"model", "list"}).size(), 2U);
  const auto one = engine::load_model(tiny());
  const auto other = engine::load_model(place("m.gguf"));
  ASSERT_TRUE(one.has_value() && other.has_value());
  EXPECT_TRUE(std::ranges::equal(one->parameters.values(), other->parameters.values()));
}

TEST_F(ModelCommand, AFolderIsExportedInTheTypeAndSizeAskedFor) {
  make_project();
  const json entered = json_of({"model", "import", tiny().string(), "--project", "Ferries"});
  const std::string id = std::to_string(entered.at("id").get<int>());
  ASSERT_EQ(run({"model", "export", id, "--out", place("half"), "--type", "f16"}).exit_code, 0);
  EXPECT_EQ(json::parse(std::ifstream(place("half/config.json"))).at("dtype"), "float16");
  EXPECT_TRUE(engine::load_model(place("half")).has_value());
  const Finished taken = run({"model", "export", id, "--out", place("half")});
  EXPECT_EQ(taken.exit_code, 5) << taken.err;
  EXPECT_EQ(run({"model", "export", id, "--out", place("eight"), "--type", "q8_0"}).exit_code, 3);
}

TEST_F(ModelCommand, CheckTellsEverythingAndItsExitCodeWhetherTheModelIsUsable) {
  const Finished good = program({"check", tiny().string()});
  EXPECT_EQ(good.exit_code, 0) << good.out;
  EXPECT_NE(good.out.find("usable"), std::string::npos);
  fs::resize_file(tiny() / "model.safetensors", 1000);
  const Finished bad = program({"check", tiny().string(), "--json"});
  EXPECT_EQ(bad.exit_code, 3);
  EXPECT_EQ(json::parse(bad.out).at("usable"), false);
}

TEST_F(ModelCommand, AnAdapterIsMergedIntoItsBase) {
  const auto base = engine::load_model(tiny());
  ASSERT_TRUE(base.has_value());
  const engine::ModelConfig& config = base->parameters.config();
  engine::LoraTarget target{.weight = "model.layers.0.self_attn.o_proj.weight",
                            .outputs = config.hidden_size,
                            .inputs = config.query_width()};
  target.a.assign(static_cast<std::size_t>(2 * target.inputs), 0.5F);
  target.b.assign(static_cast<std::size_t>(target.outputs * 2), 0.25F);
  engine::save_adapter(place("adapter"), {.rank = 2, .alpha = 4, .targets = {target}}, config);
  const Finished merged =
      program({"merge", tiny().string(), place("adapter"), place("merged"), "--type", "f32"});
  ASSERT_EQ(merged.exit_code, 0) << merged.err;
  const auto result = engine::load_model(place("merged"));
  ASSERT_TRUE(result.has_value()) << result.error().text();
  const auto before = base->parameters.tensor(target.weight);
  const auto after = result->parameters.tensor(target.weight);
  for (std::size_t i = 0; i < before.size(); ++i)
    ASSERT_NEAR(after[i], before[i] + 0.5F, 1e-6F);  // 2 * 2 * 0.125
  EXPECT_EQ(program({"merge", tiny().string(), tiny().string(), place("x")}).exit_code, 4);
}

TEST_F(ModelCommand, PullListsWhatItKnowsAndAsksForConsentBeforeAnythingIsFetched) {
  const Finished list = program({"pull", "--json"});
  ASSERT_EQ(list.exit_code, 0) << list.err;
  const json sources = json::parse(list.out);
  EXPECT_GE(sources.size(), 3U);
  EXPECT_EQ(sources.front().at("name"), "gemma-3-270m");
  for (const json& source : sources) EXPECT_EQ(source.at("sha256").get<std::string>().size(), 64U);
  const Finished asked =
      program({"pull", "gemma-3-270m", "--out", place("g"), "--mirror", "http://127.0.0.1:1"});
  EXPECT_EQ(asked.exit_code, 5);
  EXPECT_NE(asked.err.find("Gemma Terms of Use"), std::string::npos) << asked.err;
  EXPECT_FALSE(fs::exists(place("g")));
  EXPECT_EQ(program({"pull", "unheard-of"}).exit_code, 4);
}

TEST_F(ModelCommand, PullTakesOnlyTheFileThatItsHashNames) {
  fs::create_directories(place("parts"));
  std::ofstream(place("parts/gemma-3-270m-q4_k_m.gguf.part00")) << "not the model";
  const Finished wrong =
      program({"pull", "gemma-3-270m", "--accept-licence", "--from", place("parts"), "--out", place("g")});
  EXPECT_EQ(wrong.exit_code, 3) << wrong.err;
  EXPECT_NE(wrong.err.find(sha256_hex("not the model")), std::string::npos) << wrong.err;
  EXPECT_FALSE(fs::exists(place("g/gemma-3-270m-q4_k_m.gguf")));
}

TEST_F(ModelCommand, PullJoinsPartsInTheirOrder) {
  const std::string whole = "one two three";
  const std::string sha256 = sha256_hex(whole);
  const ModelSource source{.name = "m", .file = "m.gguf", .sha256 = sha256};
  fs::create_directories(place("parts/b"));
  std::ofstream(place("parts/b/m.gguf.part01")) << "two ";
  std::ofstream(place("parts/m.gguf.part00")) << "one ";
  std::ofstream(place("parts/m.gguf.part02")) << "three";
  const auto path =
      pull_model({.source = &source, .folder = place("out"), .mirror = {}, .from = place("parts")}, {});
  ASSERT_TRUE(path.has_value()) << path.error().text();
  EXPECT_EQ(read_file(*path, 100), whole);
  EXPECT_EQ(pull_model({.source = &source, .folder = place("out2"), .mirror = {}, .from = place("tiny")}, {})
                .error()
                .kind,
            ErrorKind::not_found);
}

}  // namespace
}  // namespace preceptor::cli::tests
