#include "loop/lineage.hpp"

#include <algorithm>

#include "tests/support/training_test.hpp"

namespace preceptor::cli::tests {
namespace {

using loop::Objective;

class Lineage : public TrainingTest {
protected:
  void SetUp() override {
    judge_some(3);
    snapshot = make_snapshot();
    child = model_of(run(ask_training(request(Objective::sft, snapshot))));
    auto asked = request(Objective::dpo, snapshot);
    asked.base_model = child.id;
    asked.name = "grandchild";
    grandchild = model_of(run(ask_training(asked)));
  }
  std::vector<std::string> verify(loop::ModelId id) {
    return read([&](Records& r) { return loop::verify_lineage(r, workspace, id); });
  }
  std::filesystem::path blob_of(const std::string& sha256) {
    return workspace.blobs().path_of(sha256).value();
  }

  loop::Snapshot snapshot;
  loop::Model child;
  loop::Model grandchild;
};

TEST_F(Lineage, OfAModelGoesDownToTheFirstAncestorWithItsJudgments) {
  const auto lineage = read([&](Records& r) { return loop::lineage_of(r, owner, grandchild.id); }).value();
  ASSERT_EQ(lineage.steps.size(), 3U);
  EXPECT_EQ(lineage.steps[0].model.id, grandchild.id);
  EXPECT_EQ(lineage.steps[1].model.id, child.id);
  EXPECT_EQ(lineage.steps[2].model.id, base().id);
  EXPECT_FALSE(lineage.steps[2].run);
  EXPECT_EQ(lineage.steps[0].snapshot->sha256, snapshot.sha256);
  EXPECT_EQ(lineage.steps[0].judgment_count, 6);
  EXPECT_EQ(lineage.steps[0].judgments_sample.size(), 6U);
  EXPECT_EQ(lineage.steps[0].people, (std::map<std::string, std::int64_t>{{"annotator-001", 6}}));
  EXPECT_EQ(lineage.steps[0].guideline_versions, std::vector<std::int64_t>{1});
}

TEST_F(Lineage, OfAJudgmentGoesUpToEveryModelThatDescendsFromIt) {
  const auto judgment = read([&](Records& r) { return r.snapshot_judgments(snapshot.id); }).front();
  const auto lineage = read([&](Records& r) { return loop::lineage_of(r, owner, judgment); }).value();
  ASSERT_EQ(lineage.snapshots.size(), 1U);
  ASSERT_EQ(lineage.models.size(), 2U) << "each model once, though two ways lead to the grandchild";
  EXPECT_EQ(lineage.models[0].id, child.id);
  EXPECT_EQ(lineage.models[1].id, grandchild.id);
}

TEST_F(Lineage, OfAJudgmentThatNobodyLearnedFromIsEmpty) {
  const auto late = add_member("late");
  add_task("Too late?", {});
  const auto judgment = judge(late, prefers("first")).value();
  const auto lineage = read([&](Records& r) { return loop::lineage_of(r, owner, judgment); }).value();
  EXPECT_TRUE(lineage.snapshots.empty());
  EXPECT_TRUE(lineage.models.empty());
}

TEST_F(Lineage, IsVerifiedByComputingEveryHashAgain) { EXPECT_TRUE(verify(grandchild.id).empty()); }

TEST_F(Lineage, TellsABlobThatWasChanged) {
  const auto path = blob_of(snapshot.files.front().sha256);
  write_file_atomic(path, blob(snapshot.files.front().sha256) + "{}\n");
  const auto differences = verify(grandchild.id);
  ASSERT_FALSE(differences.empty());
  EXPECT_NE(differences.front().find(snapshot.files.front().name), std::string::npos) << differences.front();
  EXPECT_NE(differences.front().find("not those that were stored"), std::string::npos);
}

TEST_F(Lineage, TellsWeightsOfAnAncestorThatAreGone) {
  std::filesystem::remove(blob_of(base().sha256));
  const auto differences = verify(grandchild.id);
  ASSERT_EQ(differences.size(), 1U);
  EXPECT_NE(differences[0].find("Model base, model.safetensors: its bytes are gone"), std::string::npos)
      << differences[0];
}

TEST_F(Lineage, OfAModelThatIsNotThereIsNotFound) {
  EXPECT_EQ(read([&](Records& r) { return loop::lineage_of(r, owner, loop::ModelId{77}); }).error().kind,
            ErrorKind::not_found);
  EXPECT_EQ(verify({77}).size(), 1U);
}

}  // namespace
}  // namespace preceptor::cli::tests
