#include "engine/formats/hugging_face.hpp"
#include "loop/chat.hpp"
#include "tests/support/training_test.hpp"

namespace preceptor::cli::tests {
namespace {

using loop::Objective;
using nlohmann::json;

using TrainingJob = TrainingTest;

TEST_F(TrainingJob, OfDemonstrationsMakesANewModelOfTheSameShape) {
  judge_some();
  const auto done = run(ask_training(request(Objective::sft, make_snapshot())));
  const auto made = model_of(done);
  EXPECT_NE(made.sha256, base().sha256);
  EXPECT_EQ(made.parent, base().id);
  EXPECT_EQ(made.parameters, base().parameters);
  EXPECT_EQ(metrics_of(done).at("steps"), 4);
  EXPECT_EQ(metrics_of(done).at("examples"), 6);
  EXPECT_TRUE(engine::load_model(workspace.model_folder(made).value()));
  const auto steps = read([&](Records& records) { return records.run_steps(made.run); });
  ASSERT_EQ(steps.size(), 4U);
  EXPECT_TRUE(json::parse(steps.back().metrics).at("loss").is_number());
}

TEST_F(TrainingJob, TwiceTheSameGivesTheSameModelToTheByte) {
  judge_some();
  const auto snapshot = make_snapshot();
  for (const auto objective : {Objective::sft, Objective::reward, Objective::dpo}) {
    const auto first = model_of(run(ask_training(request(objective, snapshot))));
    const auto second = model_of(run(ask_training(request(objective, snapshot))));
    EXPECT_NE(first.id, second.id);
    EXPECT_EQ(first.sha256, second.sha256) << loop::name_of(objective);
  }
}

TEST_F(TrainingJob, OfARewardModelTellsItsHeldOutAccuracyWithAnInterval) {
  judge_some(12);
  auto asked = request(Objective::reward, make_snapshot());
  asked.settings["held_out"] = 0.5;
  const auto done = run(ask_training(asked));
  const json accuracy = metrics_of(done).at("held_out_accuracy");
  EXPECT_GE(accuracy.at("value"), 0);
  EXPECT_LE(accuracy.at("low"), accuracy.at("value"));
  EXPECT_GE(accuracy.at("high"), accuracy.at("value"));
  const std::int64_t held_out = metrics_of(done).at("held_out_pairs");
  EXPECT_GE(accuracy.at("n"), 1);  // prompts, each of which may hold several pairs
  EXPECT_LE(accuracy.at("n"), held_out);
  EXPECT_EQ(metrics_of(done).at("examples").get<std::int64_t>() + held_out, 12);
  EXPECT_EQ(engine::load_config(workspace.model_folder(model_of(done)).value()).value().label_count, 1);
}

TEST_F(TrainingJob, ThroughAnAdapterMakesAWholeModel) {
  judge_some();
  const auto snapshot = make_snapshot();
  for (const auto objective : {Objective::sft, Objective::reward, Objective::dpo}) {
    auto asked = request(objective, snapshot);
    asked.settings["lora_rank"] = 2;
    asked.settings["recompute"] = 1;
    const auto done = run(ask_training(asked));
    const auto made = model_of(done);
    EXPECT_NE(made.sha256, base().sha256);
    EXPECT_TRUE(engine::load_model(workspace.model_folder(made).value()));
    const auto stated = read([&](Records& records) { return records.run_of_job(done.id); }).value().settings;
    EXPECT_EQ(json::parse(stated).at("lora_rank"), 2);
  }
}

TEST_F(TrainingJob, OnShuffledLabelsLearnsSomethingElse) {
  judge_some();
  auto asked = request(Objective::dpo, make_snapshot());
  const auto real = model_of(run(ask_training(asked)));
  asked.shuffle_labels = true;
  const auto placebo = run(ask_training(asked));
  EXPECT_NE(model_of(placebo).sha256, real.sha256);
  const auto stated = read([&](Records& records) { return records.run_of_job(placebo.id); }).value().settings;
  EXPECT_EQ(json::parse(stated).at("shuffle_labels"), true) << "a placebo says that it is one";
}

TEST_F(TrainingJob, ForAnotherSeedGivesAnotherModel) {
  judge_some();
  auto asked = request(Objective::sft, make_snapshot());
  const auto first = model_of(run(ask_training(asked)));
  asked.seed = 2;
  EXPECT_NE(model_of(run(ask_training(asked))).sha256, first.sha256);
}

TEST_F(TrainingJob, LeavesOneLongConversationOutAndCountsIt) {
  judge_some();
  add_task(std::string(3000, 'x'), {.kind = feedback::TaskKind::write});
  judge_all(add_member("ben"), writes("An answer."));
  const auto done = run(ask_training(request(Objective::sft, make_snapshot())));
  EXPECT_EQ(metrics_of(done).at("left_out_too_long"), 1);
  EXPECT_EQ(metrics_of(done).at("examples"), 6);
}

TEST_F(TrainingJob, FailsWithAHintWhenTheSnapshotHoldsNoDemonstrations) {
  add_task("When?", {});
  judge_all(add_member("ann"), prefers("first"));
  const auto failed = run(ask_training(request(Objective::sft, make_snapshot())));
  EXPECT_EQ(failed.state, JobState::failed);
  EXPECT_NE(failed.error.find("has no demonstrations.jsonl"), std::string::npos) << failed.error;
  EXPECT_NE(failed.error.find("written answers give demonstrations"), std::string::npos) << failed.error;
  EXPECT_EQ(read([&](Records& records) { return records.run_of_job(failed.id); })->state,
            loop::RunState::failed);
  const auto log = read([&](Records& records) { return records.job_log(failed.id, 0, 10); });
  ASSERT_FALSE(log.empty());
  EXPECT_EQ(log.back().text, failed.error);
}

TEST_F(TrainingJob, RefusesASnapshotWhoseBytesWereChanged) {
  judge_some();
  const auto snapshot = make_snapshot();
  for (const auto& file : snapshot.files) {
    const auto path = workspace.blobs().path_of(file.sha256).value();
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    write_file_atomic(path, blob(file.sha256) + " ");
  }
  const auto failed = run(ask_training(request(Objective::dpo, snapshot)));
  EXPECT_EQ(failed.state, JobState::failed);
  EXPECT_NE(failed.error.find("is not what was written"), std::string::npos) << failed.error;
}

TEST_F(TrainingJob, IsRefusedForWhatCannotBeTrained) {
  judge_some(2);
  const auto snapshot = make_snapshot();
  auto asked = request(Objective::sft, snapshot);
  asked.settings["momentum"] = 1;
  EXPECT_EQ(ask_training(asked).error().where, "/settings/momentum");
  asked = request(Objective::sft, snapshot);
  asked.shuffle_labels = true;
  EXPECT_EQ(ask_training(asked).error().kind, ErrorKind::invalid);
  asked = request(Objective::pretrain, snapshot);
  EXPECT_EQ(ask_training(asked).error().where, "/objective");
  asked = request(Objective::dpo, snapshot);
  asked.name = "";
  EXPECT_EQ(ask_training(asked).error().where, "/name");
  asked = request(Objective::dpo, snapshot);
  asked.base_model = {999};
  EXPECT_EQ(ask_training(asked).error().kind, ErrorKind::not_found);
  asked = request(Objective::dpo, snapshot);
  asked.snapshot = {999};
  EXPECT_EQ(ask_training(asked).error().kind, ErrorKind::not_found);
}

TEST_F(TrainingJob, OfARewardModelMakesOneThatDoesNotTalk) {
  judge_some(2);
  const auto reward = model_of(run(ask_training(request(Objective::reward, make_snapshot()))));
  loop::Chat chat(*database, workspace);
  const auto reply = chat.reply(owner, {.model = reward.id, .messages = {{"user", "Hello"}}},
                                [](std::string_view) { return true; });
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message, "A reward model scores answers and cannot chat.");
  EXPECT_FALSE(ask_generation({.model = reward.id, .split = feedback::Split::train}));
  EXPECT_FALSE(ask_evaluation({.baseline = base().id, .models = {reward.id}}));
  const auto talks = chat.reply(owner, {.model = base().id, .messages = {{"user", "Hello"}}, .tokens_max = 5},
                                [](std::string_view) { return true; });
  EXPECT_TRUE(talks);
}

}  // namespace
}  // namespace preceptor::cli::tests
