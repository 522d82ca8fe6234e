#include "loop/job_params.hpp"

#include <gtest/gtest.h>

namespace preceptor::loop {
namespace {

TEST(JobParams, BringBackAGenerationRequest) {
  const GenerateRequest request{.model = {7},
                                .split = feedback::Split::evaluation,
                                .samples = 3,
                                .temperature = 0.25,
                                .top_p = 0.9,
                                .tokens_max = 17,
                                .seed = 18'446'744'073'709'551'615U};
  const auto back = generate_params(to_params(request)).value();
  EXPECT_EQ(back.model, request.model);
  EXPECT_EQ(back.split, request.split);
  EXPECT_TRUE(back.prompts.empty());
  EXPECT_EQ(back.samples, 3);
  EXPECT_EQ(back.temperature, 0.25);
  EXPECT_EQ(back.top_p, 0.9);
  EXPECT_EQ(back.tokens_max, 17);
  EXPECT_EQ(back.seed, request.seed) << "a seed keeps all its 64 bits";
}

TEST(JobParams, BringBackAListOfPromptsWithoutASplit) {
  const auto back = generate_params(to_params(GenerateRequest{.model = {1}, .prompts = {{4}, {9}}})).value();
  EXPECT_FALSE(back.split);
  EXPECT_EQ(back.prompts, (std::vector<PromptId>{{4}, {9}}));
}

TEST(JobParams, BringBackASnapshotRequest) {
  EXPECT_EQ(snapshot_params(to_params(SnapshotRequest{.weighting = "none"})).value().weighting, "none");
}

TEST(JobParams, BringBackATrainingRequest) {
  const TrainRequest request{.objective = Objective::dpo,
                             .base_model = {2},
                             .snapshot = {3},
                             .name = "with \"quotes\" and ü",
                             .seed = 5,
                             .settings = {{"beta", 0.2}, {"steps", 40}},
                             .shuffle_labels = true};
  const auto back = train_params(to_params(request)).value();
  EXPECT_EQ(back.objective, Objective::dpo);
  EXPECT_EQ(back.base_model, request.base_model);
  EXPECT_EQ(back.snapshot, request.snapshot);
  EXPECT_EQ(back.name, request.name);
  EXPECT_EQ(back.seed, 5U);
  EXPECT_EQ(back.settings, request.settings);
  EXPECT_TRUE(back.shuffle_labels);
}

TEST(JobParams, BringBackAnEvaluationRequest) {
  const EvaluateRequest request{.baseline = {1},
                                .models = {{2}, {3}},
                                .split = feedback::Split::gold,
                                .temperature = 0,
                                .tokens_max = 9,
                                .seed = 4,
                                .blind_pairs = 20};
  const auto back = evaluate_params(to_params(request)).value();
  EXPECT_EQ(back.baseline, request.baseline);
  EXPECT_EQ(back.models, request.models);
  EXPECT_EQ(back.split, request.split);
  EXPECT_EQ(back.temperature, 0);
  EXPECT_EQ(back.tokens_max, 9);
  EXPECT_EQ(back.seed, 4U);
  EXPECT_EQ(back.blind_pairs, 20);
}

TEST(JobParams, SayThatTheyAreDamagedInsteadOfGuessing) {
  EXPECT_FALSE(generate_params("{"));
  for (const char* damaged : {"{}", R"({"weighting":3})", "[]", "null"}) {
    const auto refused = snapshot_params(damaged);
    ASSERT_FALSE(refused) << damaged;
    EXPECT_EQ(refused.error().kind, ErrorKind::corrupt) << damaged;
  }
  EXPECT_FALSE(train_params(R"({"objective":"sft"})"));
}

TEST(JobParams, RefuseNamesThatTheProgramDoesNotKnow) {
  auto text = to_params(TrainRequest{.objective = Objective::sft, .name = "n"});
  text.replace(text.find("\"sft\""), 5, "\"abc\"");
  EXPECT_FALSE(train_params(text));
}

}  // namespace
}  // namespace preceptor::loop
