#include <algorithm>
#include <cmath>

#include "engine/formats/hugging_face.hpp"
#include "engine/formats/lora_files.hpp"
#include "tests/support/command_test.hpp"
#include "tests/support/tiny_model.hpp"

namespace preceptor::cli::tests {
namespace {

using nlohmann::json;

struct TrainCommand : CommandTest {
  std::string model() const {
    const auto place = folder.path() / "tiny";
    if (!std::filesystem::exists(place)) write_tiny_model(place);
    return place.string();
  }
  Finished train(const std::string& objective, const std::string& data, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"train",   objective, "--data",    data,
                                          "--model", model(),   "--threads", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  }
  // Pairs about which there is nothing to know: enough of them to hold some out.
  std::string pairs() const {
    std::string rows;
    for (int i = 0; i < 24; ++i)
      rows +=
          json{{"prompt", "Question " + std::to_string(i)}, {"chosen", "Yes."}, {"rejected", "No."}}.dump() +
          "\n";
    return file("pairs.jsonl", rows);
  }
};

TEST_F(TrainCommand, OfARewardModelReportsHeldOutAccuracyWithAnInterval) {
  const auto out = (folder.path() / "reward").string();
  const auto done =
      train("reward", pairs(), {"--held-out", "0.4", "--set", "epochs=3", "--out", out, "--json"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const json report = json::parse(done.out);
  const json accuracy = report.at("held_out_accuracy");
  EXPECT_LE(accuracy.at("low"), accuracy.at("value"));
  EXPECT_GE(accuracy.at("high"), accuracy.at("value"));
  EXPECT_EQ(report.at("examples").get<int>() + report.at("examples_held_out").get<int>(), 24);
  EXPECT_EQ(accuracy.at("n"), report.at("examples_held_out"));
  EXPECT_EQ(report.at("sha256").get<std::string>().size(), 64U);
  EXPECT_TRUE(std::filesystem::exists(out + "/model.safetensors"));
}

TEST_F(TrainCommand, TrainsOnRealPackedPairs) {
  const auto done = train("reward", fixture("hh-rlhf-5.jsonl.gz"), {"--held-out", "0", "--json"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const json report = json::parse(done.out);
  EXPECT_EQ(report.at("examples").get<int>() + report.at("left_out_too_long").get<int>(), 5);
  EXPECT_GT(report.at("examples"), 2);
  EXPECT_FALSE(report.contains("held_out_accuracy")) << "nothing was held out, so there is no figure";
}

TEST_F(TrainCommand, MakesTheSameModelFromTheSameDataAndSeed) {
  const auto hash = [&](const std::string& out) {
    const auto done =
        train("dpo", pairs(), {"--set", "steps=3", "--out", (folder.path() / out).string(), "--json"});
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return json::parse(done.out).at("sha256").get<std::string>();
  };
  EXPECT_EQ(hash("one"), hash("two"));
}

// The folder holds the whole model; what was learned stands beside it as PEFT has it, and leads from one to
// the other.
TEST_F(TrainCommand, OfAnAdapterLeavesTheWholeModelAndTheAdapterBesideIt) {
  for (const char* objective : {"reward", "dpo"}) {
    const auto out = (folder.path() / objective).string();
    const auto done = train(objective, pairs(),
                            {"--set", "lora_rank=2", "--set", "base_bits=8", "--set", "steps=3", "--out", out,
                             "--lora-targets", "q_proj,down_proj", "--json"});
    ASSERT_EQ(done.exit_code, 0) << done.err;
    EXPECT_GT(json::parse(done.out).at("adapter_parameters"), 0);
    const auto trained = engine::load_parameters(out);
    ASSERT_TRUE(trained) << trained.error().text();
    auto merged = engine::load_parameters(model()).value();
    auto adapter = engine::load_adapter(out + "/adapter", trained->config());
    ASSERT_TRUE(adapter) << adapter.error().text();
    EXPECT_EQ(adapter->score.empty(), std::string(objective) == "dpo") << "a score head learns whole";
    adapter->score.clear();  // the base has none to put it in place of
    EXPECT_EQ(adapter->targets.size(), 2 * static_cast<std::size_t>(merged.config().layer_count));
    engine::merge(merged, *adapter);
    float apart = 0, learned = 0;
    for (const auto& tensor : merged.list()) {
      const auto whole = trained->tensor(tensor.name), parts = std::as_const(merged).tensor(tensor.name);
      const auto start = engine::load_parameters(model()).value();
      for (std::size_t i = 0; i < whole.size(); ++i) {
        apart = std::max(apart, std::abs(whole[i] - parts[i]));
        learned = std::max(learned, std::abs(whole[i] - start.tensor(tensor.name)[i]));
      }
    }
    EXPECT_LT(apart, 2e-3F) << "no more than the rounding to bf16 in the file";
    EXPECT_GT(learned, 0.0F);
  }
}

TEST_F(TrainCommand, RefusesAnAdapterThatFitsNothing) {
  const auto unknown = train("dpo", pairs(), {"--set", "lora_rank=2", "--lora-targets", "c_attn"});
  EXPECT_EQ(unknown.exit_code, 3);
  EXPECT_NE(unknown.err.find("no layer of the model has a matrix 'c_attn'"), std::string::npos)
      << unknown.err;
  const auto without = train("dpo", pairs(), {"--lora-targets", "q_proj"});
  EXPECT_EQ(without.exit_code, 3);
  EXPECT_NE(without.err.find("lora_rank"), std::string::npos) << without.err;
}

TEST_F(TrainCommand, TrainsOnOpenAssistantDemonstrations) {
  const auto done =
      train("sft", fixture("oasst-4-trees.jsonl"), {"--held-out", "0", "--set", "steps=2", "--json"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_GT(json::parse(done.out).at("examples"), 0);
}

TEST_F(TrainCommand, NamesAnUnknownSettingAndTheKnownOnes) {
  const auto done = train("dpo", pairs(), {"--set", "momentum=1"});
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_NE(done.err.find("dpo has no setting momentum"), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("label_smoothing"), std::string::npos) << done.err;
}

TEST_F(TrainCommand, RefusesASettingThatIsNoNumber) {
  for (const char* bad : {"beta", "beta=", "beta=high", "beta=0.1x"}) {
    const auto done = train("dpo", pairs(), {"--set", bad});
    EXPECT_EQ(done.exit_code, 3) << bad;
    EXPECT_NE(done.err.find("is not NAME=VALUE"), std::string::npos) << done.err;
  }
}

TEST_F(TrainCommand, RefusesWhatWouldSilentlyHaveNoEffect) {
  const auto held_out = train("reward", pairs(), {"--set", "held_out=0.2"});
  EXPECT_EQ(held_out.exit_code, 3);
  EXPECT_NE(held_out.err.find("--held-out"), std::string::npos) << held_out.err;
  const auto shuffled = train("sft", fixture("oasst-4-trees.jsonl"), {"--shuffle-labels"});
  EXPECT_EQ(shuffled.exit_code, 3);
  EXPECT_NE(shuffled.err.find("no labels to shuffle"), std::string::npos) << shuffled.err;
}

TEST_F(TrainCommand, SaysWhichFolderIsNoModel) {
  const auto done =
      run_program({"train", "reward", "--data", pairs(), "--model", (folder.path() / "nowhere").string()});
  EXPECT_NE(done.exit_code, 0);
  EXPECT_NE(done.err.find("nowhere"), std::string::npos) << done.err;
}

TEST_F(TrainCommand, RefusesAFileWithoutPreferencesForARewardModel) {
  const auto done = train("reward", file("texts.jsonl", "{\"text\":\"Only words.\"}\n"));
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_NE(done.err.find("holds no preferences"), std::string::npos) << done.err;
}

constexpr const char* recipe = R"(name = "tiny"
[corpus]
files = ["texts.jsonl"]
[tokenizer]
vocabulary_size = 280
special_tokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
end_of_text = "<|endoftext|>"
turn_end = "<|im_end|>"
[model]
hidden_size = 16
intermediate_size = 32
layer_count = 1
head_count = 2
kv_head_count = 2
context_length_max = 64
[training]
batch_tokens = 64
[generation]
)";

struct Recipe : TrainCommand {
  Finished pretrain(const std::string& text) {
    file("texts.jsonl", "{\"text\":\"The ferry leaves at noon.\"}\n{\"text\":\"The pier is long.\"}\n");
    return run_program({"train", "pretrain", "--recipe", file("recipe.toml", text), "--out",
                        (folder.path() / "out").string(), "--threads", "1", "--json"});
  }
  static std::string with(const std::string& before, const std::string& after) {
    std::string text = recipe;
    text.replace(text.find(before), before.size(), after);
    return text;
  }
};

TEST_F(Recipe, MakesAModelThatLoads) {
  const auto done = pretrain(recipe);
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(json::parse(done.out).at("documents"), 2);
  const auto shown = run_program({"model", "show", (folder.path() / "out").string(), "--json"});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_EQ(json::parse(shown.out).at("hidden"), 16);
}

TEST_F(Recipe, WithAnUnknownKeyNamesTheKeyAndItsLine) {
  const auto done = pretrain(with("layer_count = 1", "layer_count = 1\nlayers = 4"));
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_NE(done.err.find("layers is no key of [model]"), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("line 13"), std::string::npos) << done.err;
}

TEST_F(Recipe, WithAWrongTypeNamesTheKeyAndItsLine) {
  const auto done = pretrain(with("hidden_size = 16", "hidden_size = \"wide\""));
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_NE(done.err.find("hidden_size has the wrong type"), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("line 10"), std::string::npos) << done.err;
}

TEST_F(Recipe, WithoutANeededKeyNamesIt) {
  const auto done = pretrain(with("end_of_text = \"<|endoftext|>\"\n", ""));
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_NE(done.err.find("end_of_text is missing in [tokenizer]"), std::string::npos) << done.err;
}

TEST_F(Recipe, ThatIsNoTomlNamesTheLine) {
  const auto done = pretrain("name = \"tiny\"\n[corpus\n");
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_NE(done.err.find("recipe.toml:2"), std::string::npos) << done.err;
}

}  // namespace
}  // namespace preceptor::cli::tests
