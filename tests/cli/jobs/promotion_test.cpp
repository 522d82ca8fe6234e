#include "loop/evaluation.hpp"
#include "loop/models.hpp"
#include "tests/support/loop_test.hpp"

namespace preceptor::cli::tests {
namespace {

struct Promotion : LoopTest {
  void SetUp() override {
    base();
    rival = enter_model("rival", 8);
    add_prompt("Measured", feedback::Split::evaluation);
    const auto done = run(ask_evaluation({.baseline = base().id, .models = {rival.id}, .tokens_max = 4}));
    evaluation = {result_of(done).at("evaluation_id").get<std::int64_t>()};
  }
  Result<loop::Promotion> promote(const feedback::Actor& actor, const loop::PromoteRequest& request) {
    return write([&](Records& r) { return loop::promote(r, actor, project, request, clock); });
  }
  loop::ModelId current() {
    return read([&](Records& r) { return r.project(project); })->current_model;
  }

  loop::Model rival;
  loop::EvaluationId evaluation;
};

TEST_F(Promotion, MakesTheModelTheCurrentOneAndClosesItsRound) {
  EXPECT_EQ(current(), base().id) << "the first model of a project is its current one";
  const auto done = promote(owner, {rival.id, evaluation, "It is exact more often."}).value();
  EXPECT_EQ(done.previous_model, base().id);
  EXPECT_EQ(done.person, owner.person);
  EXPECT_EQ(current(), rival.id);
  const auto closed = read([&](Records& r) { return r.round(round); }).value();
  EXPECT_EQ(closed.state, loop::RoundState::closed);
  EXPECT_EQ(closed.model_after, rival.id);
  EXPECT_EQ(
      read([&](Records& r) { return loop::list_promotions(r, owner, project); }).value().items.front().note,
      "It is exact more often.");
}

TEST_F(Promotion, NeedsANote) {
  for (const char* note : {"", "  \n\t"}) {
    const auto refused = promote(owner, {rival.id, evaluation, note});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().where, "/note");
  }
  EXPECT_EQ(promote(owner, {rival.id, evaluation, std::string(10'001, 'x')}).error().kind,
            ErrorKind::too_large);
  EXPECT_EQ(current(), base().id);
}

TEST_F(Promotion, NeedsAnOwner) {
  for (const auto role : {feedback::Role::trainer, feedback::Role::reviewer, feedback::Role::lead}) {
    const auto person = add_member("a." + std::string(feedback::name_of(role)), role);
    const auto refused = promote(as(person), {rival.id, evaluation, "I like it."});
    ASSERT_FALSE(refused) << feedback::name_of(role);
    EXPECT_EQ(refused.error().kind, ErrorKind::forbidden);
  }
  EXPECT_TRUE(promote(as(add_member("an.owner", feedback::Role::owner)), {rival.id, evaluation, "Better."}));
}

TEST_F(Promotion, RefusesARewardModel) {
  const auto reward = write([&](Records& r) {
    loop::Model model = rival;
    model.name = "reward";
    model.objective = loop::Objective::reward;
    return r.add_model(model);
  });
  EXPECT_EQ(promote(owner, {reward, {}, "It scores well."}).error().where, "/model_id");
}

TEST_F(Promotion, RefusesAnEvaluationThatMeasuredOtherModels) {
  const auto third = enter_model("third", 9);
  const auto refused = promote(owner, {third.id, evaluation, "Better."});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "/evaluation_id");
  EXPECT_EQ(promote(owner, {third.id, {999}, "Better."}).error().kind, ErrorKind::not_found);
}

TEST_F(Promotion, RefusesTheModelThatIsCurrentAlready) {
  EXPECT_EQ(promote(owner, {base().id, evaluation, "Again."}).error().kind, ErrorKind::conflict);
}

TEST_F(Promotion, CanBeTakenBackByPromotingThePreviousModel) {
  promote(owner, {rival.id, evaluation, "Better."}).value();
  const auto back = promote(owner, {base().id, {}, "People complained."}).value();
  EXPECT_EQ(back.previous_model, rival.id);
  EXPECT_EQ(current(), base().id);
}

}  // namespace
}  // namespace preceptor::cli::tests
