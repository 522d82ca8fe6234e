#include <algorithm>

#include "feedback/dispatch.hpp"
#include "feedback/submit.hpp"
#include "tests/support/loop_test.hpp"

namespace preceptor::cli::tests {
namespace {

using feedback::TaskKind;
using nlohmann::json;

struct SnapshotJob : LoopTest {
  std::vector<loop::JudgmentId> judgments_in(const loop::Snapshot& snapshot) {
    return read([&](Records& records) { return records.snapshot_judgments(snapshot.id); });
  }
};

TEST_F(SnapshotJob, WeighsVotesByTheReliabilityThatGoldsShowed) {
  const auto good = add_member("grace");
  const auto guesser = add_member("gus");
  const auto other = add_member("ole");
  set_golds(good, 40, 40);
  set_golds(guesser, 10, 20);
  set_golds(other, 10, 20);
  add_task("When?", {.overlap = 3});
  judge_all(good, prefers("first"));
  judge_all(guesser, prefers("second"));
  judge_all(other, prefers("second"));

  const json weighed = rows(make_snapshot("reliability"), "preferences.jsonl").at(0);
  EXPECT_EQ(weighed.at("chosen"), "When?: first");
  EXPECT_GT(weighed.at("probability"), 0.8);
  const json counted = rows(make_snapshot("none"), "preferences.jsonl").at(0);
  EXPECT_EQ(counted.at("chosen"), "When?: second");
  EXPECT_NEAR(counted.at("probability"), 2.0 / 3, 1e-12);
}

TEST_F(SnapshotJob, LeavesPausedMembersOutUnlessEveryVoteIsWorthTheSame) {
  const auto one = add_member("one");
  const auto paused = add_member("paused");
  const auto task = add_task("When?", {.overlap = 2});
  judge_all(one, prefers("first"));
  judge_all(paused, prefers("second"));
  set_paused(paused);
  const auto weighed = make_snapshot("reliability");
  EXPECT_EQ(weighed.judgment_count, 1);
  EXPECT_EQ(json::parse(weighed.summary).at("left_out").at("by a paused member"), 1);
  EXPECT_EQ(rows(weighed, "preferences.jsonl").at(0).at("chosen"), "When?: first");
  add_task("And back?", {});
  judge_all(one, prefers("first"));
  EXPECT_EQ(judgments_in(make_snapshot("none")).size(), 1U) << "the even comparison teaches nothing";
}

TEST_F(SnapshotJob, NeverHoldsGoldsEvaluationsSurplusOrWhatWasCorrected) {
  const auto ann = add_member("ann");
  const auto ben = add_member("ben");
  add_task("Gold?", {.gold = true});
  add_task("Measured?", {.split = feedback::Split::evaluation});
  const auto ordinary = add_task("Kept?", {});
  std::vector<loop::JudgmentId> kept;
  judge_all(ann, [&](const feedback::Claim& claim) { return prefers("first")(claim); });

  // Surplus: the lease of ann's next task runs out, ben does it, then ann's answer comes.
  const auto contested = add_task("Late?", {});
  const auto claim =
      write([&](Records& r) { return feedback::claim_next(r, as(ann), project, {}, clock); }).value().value();
  clock.advance(std::chrono::hours(1));
  judge_all(ben, prefers("second"));
  const feedback::Submission late{.task = claim.task,
                                  .lease_token = claim.lease_token,
                                  .payload = prefers("first")(claim).dump(),
                                  .seconds_active = 9};
  const auto surplus = write([&](Records& r) { return feedback::submit(r, as(ann), late, clock); }).value();
  EXPECT_FALSE(surplus.counted);

  // A correction takes the place of the first word.
  const auto before = read([&](Records& r) { return r.latest_judgment(ordinary.id, ann); }).value();
  const feedback::Submission correction{
      .task = ordinary.id,
      .payload =
          json{{"outcome", "better"}, {"better", ordinary.responses[1].value}, {"strength", "much"}}.dump(),
      .seconds_active = 5,
      .supersedes = before.id};
  const auto corrected =
      write([&](Records& r) { return feedback::submit(r, as(ann), correction, clock); }).value();

  const auto snapshot = make_snapshot("none");
  const auto in = judgments_in(snapshot);
  EXPECT_TRUE(std::count(in.begin(), in.end(), corrected.judgment));
  EXPECT_FALSE(std::count(in.begin(), in.end(), before.id));
  EXPECT_FALSE(std::count(in.begin(), in.end(), surplus.judgment));
  const auto pairs = rows(snapshot, "preferences.jsonl");
  ASSERT_EQ(pairs.size(), 2U) << "one ordinary task, one that was taken over; neither gold nor evaluation";
  EXPECT_EQ(pairs[0].at("chosen"), "Kept?: second");
  EXPECT_EQ(pairs[1].at("chosen"), "Late?: second");
  EXPECT_EQ(pairs[1].at("task"), contested.id.value);
}

TEST_F(SnapshotJob, HoldsNoNamesAndNoTimes) {
  const auto ann = add_member("ann.private");
  add_task("When?", {});
  add_task("Write!", {.kind = TaskKind::write});
  add_task("Rate!", {.kind = TaskKind::rate});
  judge_all(ann, [](const feedback::Claim& claim) -> json {
    if (claim.kind == TaskKind::compare) return prefers("first")(claim);
    if (claim.kind == TaskKind::rate) return {{"scores", {{"accuracy", 4}}}};
    return {{"text", "At noon."}, {"note", "a private note"}};
  });
  const auto snapshot = make_snapshot();
  ASSERT_EQ(snapshot.files.size(), 3U);
  std::string everything = blob(snapshot.sha256);
  for (const auto& file : snapshot.files) everything += blob(file.sha256);
  for (const char* word : {"ann", "Name of", "private", "olivia", "2023-", "1700000"})
    EXPECT_EQ(everything.find(word == std::string("ann") ? "ann." : word), std::string::npos) << word;
  EXPECT_NE(everything.find("annotator-001"), std::string::npos);
}

TEST_F(SnapshotJob, OfTheSameJudgmentsHasTheSameHashAtAnyTime) {
  const auto ann = add_member("ann");
  add_task("When?", {});
  judge_all(ann, prefers("first"));
  const auto first = make_snapshot();
  clock.advance(std::chrono::hours(50));
  const auto second = make_snapshot();
  EXPECT_NE(first.id, second.id);
  EXPECT_EQ(first.sha256, second.sha256);
  add_task("And back?", {});
  judge_all(ann, prefers("second"));
  EXPECT_NE(make_snapshot().sha256, first.sha256);
}

TEST_F(SnapshotJob, NamesTheHashOfEveryFileInItsManifest) {
  const auto ann = add_member("ann");
  add_task("When?", {});
  judge_all(ann, prefers("first"));
  const auto snapshot = make_snapshot();
  const json manifest = json::parse(blob(snapshot.sha256));
  ASSERT_EQ(manifest.at("files").size(), 1U);
  EXPECT_EQ(manifest.at("files")[0].at("sha256"), snapshot.files[0].sha256);
  EXPECT_EQ(manifest.at("files")[0].at("rows"), 1);
  EXPECT_EQ(manifest.at("guideline_versions"), json::array({1}));
}

TEST_F(SnapshotJob, WeighsADemonstrationByItsAuthor) {
  const auto good = add_member("good");
  const auto poor = add_member("poor");
  set_golds(good, 40, 40);
  set_golds(poor, 0, 40);
  add_task("Write!", {.kind = TaskKind::write, .overlap = 2});
  // Reliability is estimated where somebody has compared as well.
  add_task("When?", {.overlap = 2});
  for (const auto person : {good, poor})
    judge_all(person, [](const feedback::Claim& claim) -> json {
      if (claim.kind == TaskKind::compare) return prefers("first")(claim);
      return {{"text", "At noon."}};
    });
  const auto snapshot = make_snapshot();
  const auto written = rows(snapshot, "demonstrations.jsonl");
  ASSERT_EQ(written.size(), 1U);
  EXPECT_GT(written[0].at("weight"), 0.8);
  EXPECT_EQ(written[0].at("messages").back().at("content"), "At noon.");
  EXPECT_EQ(
      json::parse(snapshot.summary).at("left_out").at("demonstration of an author no better than chance"), 1);
}

TEST_F(SnapshotJob, LeavesOutAnswersWithoutWords) {
  const auto ann = add_member("ann");
  feedback::Task task;
  task.prompt = add_prompt("When?");
  task.responses = {add_response(task.prompt, " \n"), add_response(task.prompt, "At noon.")};
  task.overlap = 1;
  task.round = round;
  write([&](Records& records) {
    return records.add_task([&] {
      task.project = project;
      task.guideline_version = task.rubric_version = 1;
      task.lane = records.lane(feedback::lane_for(*records.project(project), task.kind, {}));
      return task;
    }());
  });
  add_task("And back?", {});
  judge_all(ann, [](const feedback::Claim& claim) -> json {
    return {{"outcome", "better"}, {"better", claim.responses[0].id.value}, {"strength", "clearly"}};
  });
  const auto snapshot = make_snapshot();
  const auto pairs = rows(snapshot, "preferences.jsonl");
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_EQ(pairs[0].at("prompt")[0].at("content"), "And back?");
  EXPECT_EQ(json::parse(snapshot.summary).at("left_out").at("an answer without words"), 1);
}

TEST_F(SnapshotJob, ACorrectionIsShownAndPreferredAndWhatWasSaidOfAnAnswerIsKept) {
  const auto ann = add_member("ann");
  add_task("When?", {.kind = TaskKind::edit});
  add_task("Where?", {.kind = TaskKind::flag});
  judge_all(ann, [](const feedback::Claim& claim) -> json {
    if (claim.kind == TaskKind::edit) return {{"text", "At noon."}};
    return {{"flags", {{{"response_id", claim.responses[0].id.value}, {"flag", "unsafe"}}}}};
  });
  const auto snapshot = make_snapshot();
  EXPECT_EQ(snapshot.judgment_count, 2);
  const auto pairs = rows(snapshot, "preferences.jsonl");
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_EQ(pairs[0].at("chosen"), "At noon.");
  EXPECT_EQ(pairs[0].at("rejected"), "When?: first");
  EXPECT_EQ(rows(snapshot, "demonstrations.jsonl").at(0).at("messages").back().at("content"), "At noon.");
  const auto said = rows(snapshot, "annotations.jsonl");
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].at("kind"), "flag");
  EXPECT_EQ(said[0].at("response"), "Where?: first");
  EXPECT_EQ(said[0].at("payload").at("flags")[0].at("flag"), "unsafe");
}

TEST_F(SnapshotJob, FailsWithAReasonWhenNothingWasJudged) {
  add_task("When?", {});
  const auto failed = run(ask_snapshot());
  EXPECT_EQ(failed.state, JobState::failed);
  EXPECT_NE(failed.error.find("no counted judgment"), std::string::npos) << failed.error;
}

TEST_F(SnapshotJob, RefusesAWeightingThatIsNone) {
  EXPECT_EQ(ask_snapshot("by mood").error().where, "/weighting");
}

}  // namespace
}  // namespace preceptor::cli::tests
