#include "feedback/review.hpp"

#include <nlohmann/json.hpp>

#include "feedback/adjudication.hpp"
#include "feedback/events.hpp"
#include "feedback/own_work.hpp"
#include "feedback/personal_data.hpp"
#include "feedback/verify.hpp"
#include "feedback/work_settings.hpp"
#include "loop/erasure.hpp"
#include "tests/store_test.hpp"

namespace preceptor::store {

using namespace feedback;
using nlohmann::json;

namespace {

class ReviewTest : public StoreTest {
protected:
  void begin(WorkPolicy policy = all_reviewed(), GoldWatchSettings watch = {.rate = 0}) {
    make_project(watch);
    anna = add_member("anna");
    ben = add_member("ben");
    rita = add_member("rita", Role::reviewer);
    rolf = add_member("rolf", Role::reviewer);
    const auto set = write(
        [&](Records& records) { return set_policy(records, administrator, project, {}, policy, clock); });
    ASSERT_TRUE(set) << set.error().text();
  }
  static WorkPolicy all_reviewed() {
    WorkPolicy policy;
    policy.review[TaskKind::write] = {.newcomer = 1000, .share = 1};
    policy.review[TaskKind::compare] = {.newcomer = 1000, .share = 1};
    return policy;
  }

  JudgmentId send(PersonId person) {
    const auto receipt = judge(person);
    EXPECT_TRUE(receipt) << (receipt ? "" : receipt.error().text());
    return receipt ? receipt->judgment : JudgmentId{};
  }
  Result<Receipt> review(PersonId reviewer, json payload) {
    const auto next = claim(reviewer, {TaskKind::review});
    if (!next || !next->earlier) return refuse(ErrorKind::not_found, "nothing to review");
    payload["judgment_id"] = next->earlier->judgment.value;
    return submit(reviewer, *next, payload.dump());
  }
  Result<Receipt> correct(PersonId person, JudgmentId before, const std::string& payload) {
    const TaskId task = judgment(before).task;
    return write([&](Records& records) {
      return feedback::submit(records, as(person),
                              {.task = task, .lease_token = "none", .payload = payload, .supersedes = before},
                              clock);
    });
  }
  Result<void> object(PersonId person, JudgmentId id) {
    return write(
        [&](Records& records) { return appeal(records, as(person), id, "It names the drug.", clock); });
  }
  Result<Receipt> decide(PersonId reviewer, const std::string& decision) {
    const auto next = claim(reviewer, {TaskKind::appeal});
    if (!next) return refuse(ErrorKind::not_found, "no appeal");
    return submit(reviewer, *next, json{{"decision", decision}, {"reason", "Looked again."}}.dump());
  }
  Judgment judgment(JudgmentId id) {
    return read([&](Records& records) { return records.judgment(id); }).value();
  }
  std::optional<StandingState> standing(JudgmentId id) {
    const auto found = read([&](Records& records) { return records.standing(id); });
    return found ? std::optional(found->state) : std::nullopt;
  }
  void expect_clean() {
    write([&](Records& records) { return seal_events(records, clock); });
    const auto report = read([&](Records& records) { return verify_log(records, nullptr); });
    EXPECT_TRUE(report.differences.empty()) << report.differences.front();
  }

  PersonId anna, ben, rita, rolf;
};

const json accepting{{"verdict", "accept"}};
const json rejecting{{"verdict", "reject"}, {"clause", "2.1 Name the drug"}, {"comment", "No drug."}};
const json returning{{"verdict", "return"}, {"comment", "Name the drug."}};
const json fixing{{"verdict", "fix"}, {"payload", {{"text", "Two milligrams."}}}};

}  // namespace

TEST_P(ReviewTest, AnAcceptedJudgmentStaysAsItIs) {
  begin();
  const TaskId id = add_task({.kind = TaskKind::write});
  const JudgmentId sent = send(anna);
  EXPECT_EQ(standing(sent), StandingState::in_review);
  ASSERT_TRUE(review(rita, accepting));
  EXPECT_EQ(standing(sent), StandingState::accepted);
  EXPECT_TRUE(judgment(sent).counted);
  EXPECT_EQ(task(id).state, TaskState::done);
  EXPECT_FALSE(claim(rolf, {TaskKind::review}));
  expect_clean();
}

TEST_P(ReviewTest, NobodyReviewsTheirOwnJudgmentNorIsHandedATaskThatTheyReviewed) {
  begin();
  add_task({.kind = TaskKind::write, .overlap = 3});
  send(rita);
  EXPECT_FALSE(claim(rita, {TaskKind::review}));
  EXPECT_FALSE(claim(ben, {TaskKind::review}));  // a trainer
  ASSERT_TRUE(review(rolf, accepting));
  EXPECT_FALSE(claim(rolf, {TaskKind::write}));
  EXPECT_TRUE(claim(ben, {TaskKind::write}));
  expect_clean();
}

TEST_P(ReviewTest, ARejectionTakesTheJudgmentOutOfTheCountAndOpensItsPlaceForSomebodyElse) {
  begin();
  const TaskId id = add_task({.kind = TaskKind::write});
  const JudgmentId sent = send(anna);
  EXPECT_EQ(task(id).state, TaskState::done);
  ASSERT_TRUE(review(rita, rejecting));
  EXPECT_EQ(standing(sent), StandingState::rejected);
  EXPECT_FALSE(judgment(sent).counted);
  EXPECT_EQ(task(id).state, TaskState::open);
  EXPECT_EQ(task(id).counted, 0);
  EXPECT_FALSE(claim(anna));
  const JudgmentId instead = send(ben);
  EXPECT_EQ(task(id).counted, 1);
  const auto counted = read(
      [&](Records& records) { return records.judgments({.project = project, .task = id, .counted = true}); });
  ASSERT_EQ(counted.items.size(), 1U);
  EXPECT_EQ(counted.items.front().id, instead);
  expect_clean();
}

TEST_P(ReviewTest, AReturnedJudgmentIsCorrectedByItsAuthorAndReviewedAgain) {
  begin();
  add_task({.kind = TaskKind::write});
  const JudgmentId sent = send(anna);
  ASSERT_TRUE(review(rita, returning));
  EXPECT_EQ(standing(sent), StandingState::returned);
  const auto told = read([&](Records& records) {
    return my_standings(records, as(anna), project, StandingState::returned, {});
  });
  ASSERT_EQ(told->items.size(), 1U);
  EXPECT_EQ(told->items.front().comment, "Name the drug.");
  const auto corrected = correct(anna, sent, R"({"text":"Ten milligrams of it."})");
  ASSERT_TRUE(corrected) << corrected.error().text();
  EXPECT_EQ(standing(corrected->judgment), StandingState::in_review);
  ASSERT_TRUE(review(rolf, accepting));
  EXPECT_EQ(standing(corrected->judgment), StandingState::accepted);
  EXPECT_FALSE(correct(anna, corrected->judgment, R"({"text":"Once more."})"));
  expect_clean();
}

TEST_P(ReviewTest, ACorrectionBeforeTheReviewIsWhatIsReviewed) {
  begin();
  add_task({.kind = TaskKind::write});
  const JudgmentId sent = send(anna);
  const auto shown = claim(rita, {TaskKind::review});
  const auto corrected = correct(anna, sent, R"({"text":"Better."})");
  ASSERT_TRUE(shown && corrected);
  const auto stale = submit(rita, *shown, json{{"judgment_id", sent.value}, {"verdict", "accept"}}.dump());
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().kind, ErrorKind::conflict);
  const auto again = claim(rita, {TaskKind::review});
  ASSERT_TRUE(again && again->earlier);
  EXPECT_EQ(again->earlier->judgment, corrected->judgment);
  EXPECT_TRUE(review(rita, accepting));
  expect_clean();
}

TEST_P(ReviewTest, AFixSupersedesByTheReviewersVersion) {
  begin();
  const TaskId id = add_task({.kind = TaskKind::write});
  const JudgmentId sent = send(anna);
  ASSERT_TRUE(review(rita, fixing));
  EXPECT_EQ(standing(sent), StandingState::fixed);
  const auto current = read([&](Records& records) {
    return records.judgments({.project = project, .task = id, .counted = true, .current_only = true});
  });
  ASSERT_EQ(current.items.size(), 1U);
  EXPECT_EQ(current.items.front().supersedes, sent);
  EXPECT_EQ(current.items.front().person, rita);
  EXPECT_EQ(current.items.front().payload, R"({"note":"","text":"Two milligrams."})");
  EXPECT_EQ(task(id).counted, 1);
  EXPECT_FALSE(correct(anna, sent, R"({"text":"Mine."})"));
  const auto own = read([&](Records& records) { return show_own(records, as(anna), id); });
  ASSERT_TRUE(own);
  EXPECT_EQ(own->judgment.id, sent);
  EXPECT_EQ(own->standing->standing.state, StandingState::fixed);
  expect_clean();
}

TEST_P(ReviewTest, AnAppealGoesToSomebodyElseAndShowsWhatWasSaid) {
  begin();
  const TaskId id = add_task({.kind = TaskKind::write});
  const JudgmentId sent = send(anna);
  EXPECT_FALSE(object(anna, sent));  // nobody has rejected it
  ASSERT_TRUE(review(rita, rejecting));
  EXPECT_EQ(object(ben, sent).error().kind, ErrorKind::not_found);
  ASSERT_TRUE(object(anna, sent));
  EXPECT_EQ(object(anna, sent).error().kind, ErrorKind::conflict);
  EXPECT_FALSE(claim(rita, {TaskKind::appeal}));
  const auto shown = claim(rolf, {TaskKind::appeal});
  ASSERT_TRUE(shown && shown->earlier);
  EXPECT_EQ(shown->earlier->clause, "2.1 Name the drug");
  EXPECT_EQ(shown->earlier->objection, "It names the drug.");
  ASSERT_TRUE(decide(rolf, "overturned"));
  EXPECT_EQ(standing(sent), StandingState::reinstated);
  EXPECT_TRUE(judgment(sent).counted);
  EXPECT_EQ(task(id).state, TaskState::done);
  EXPECT_FALSE(claim(ben, {TaskKind::write}));
  expect_clean();
}

TEST_P(ReviewTest, AnAppealThatIsUpheldChangesNothingAndCannotBeRepeated) {
  begin();
  const TaskId id = add_task({.kind = TaskKind::write});
  const JudgmentId sent = send(anna);
  ASSERT_TRUE(review(rita, rejecting));
  ASSERT_TRUE(object(anna, sent));
  ASSERT_TRUE(decide(rolf, "upheld"));
  EXPECT_EQ(standing(sent), StandingState::upheld);
  EXPECT_FALSE(judgment(sent).counted);
  EXPECT_EQ(task(id).counted, 0);
  EXPECT_FALSE(object(anna, sent));
  expect_clean();
}

TEST_P(ReviewTest, AReinstatedJudgmentWhosePlaceWasFilledIsKeptWithoutCounting) {
  begin();
  const TaskId id = add_task({.kind = TaskKind::write});
  const JudgmentId sent = send(anna);
  ASSERT_TRUE(review(rita, rejecting));
  ASSERT_TRUE(object(anna, sent));
  send(ben);
  ASSERT_TRUE(decide(rolf, "overturned"));
  EXPECT_EQ(standing(sent), StandingState::reinstated);
  EXPECT_FALSE(judgment(sent).counted);
  EXPECT_EQ(task(id).counted, 1);
  expect_clean();
}

TEST_P(ReviewTest, JudgmentsThatDisagreeGoToAnAdjudicatorOnce) {
  begin({.review = {}, .adjudicate_below = 0.6});
  const TaskId id = add_task({.kind = TaskKind::compare, .overlap = 2});
  const auto responses = task(id).responses;
  ASSERT_TRUE(submit(anna, *claim(anna), compare_payload(responses[0])));
  EXPECT_FALSE(claim(rita, {TaskKind::adjudicate}));
  ASSERT_TRUE(submit(ben, *claim(ben), compare_payload(responses[1])));
  const auto shown = claim(rita, {TaskKind::adjudicate});
  ASSERT_TRUE(shown && shown->earlier);
  EXPECT_EQ(shown->earlier->others.size(), 2U);
  EXPECT_FALSE(read([&](Records& records) { return adjudication_of(records, id); }));
  const json decision{{"payload", json::parse(compare_payload(responses[1]))}, {"reason", "It is right."}};
  ASSERT_TRUE(submit(rita, *shown, decision.dump()));
  EXPECT_TRUE(read([&](Records& records) { return adjudication_of(records, id); }));
  expect_clean();
}

TEST_P(ReviewTest, TheTaskOfAnErasedPersonIsFinishedByTheOthers) {
  begin({.review = {}, .adjudicate_below = 0.6});
  const TaskId id = add_task({.kind = TaskKind::flag, .overlap = 3});
  const auto flagged = [&](const std::string& flag) {
    return json{{"flags", {{{"response_id", task(id).responses[0].value}, {"flag", flag}}}}}.dump();
  };
  ASSERT_TRUE(submit(anna, *claim(anna), flagged("unsafe")));
  ASSERT_TRUE(loop::erase_person(database(), {}, anna, Again::refused, clock));
  ASSERT_TRUE(submit(ben, *claim(ben), flagged("unsafe")));
  ASSERT_TRUE(submit(rolf, *claim(rolf, {TaskKind::flag}), flagged("unclear")));
  EXPECT_EQ(task(id).state, TaskState::done);
  EXPECT_TRUE(claim(rita, {TaskKind::adjudicate})) << "two of the three still disagree";
  expect_clean();
}

TEST_P(ReviewTest, NothingFollowsFromTheAcceptedWorkOfAnErasedPerson) {
  WorkPolicy policy;
  policy.review[TaskKind::prompt] = {.newcomer = 1000, .share = 1};
  policy.review[TaskKind::fact_check] = {.newcomer = 1000, .share = 1};
  begin(policy);
  const auto prompts = [&] {
    return read([&](Records& records) { return records.project_counts(project); }).prompts;
  };
  for (const auto& [kind, payload] :
       {std::pair(TaskKind::prompt,
                  R"({"text":"How much is too much?","style":"ordinary","difficulty":"easy"})"),
        std::pair(TaskKind::fact_check, R"({"claims":[{"text":"Ten mg.","verdict":"unsettled"}]})")}) {
    add_task({.kind = kind, .split = kind == TaskKind::prompt ? Split::brief : Split::train});
    const auto next = claim(anna, {kind});
    ASSERT_TRUE(next);
    const auto sent = submit(anna, *next, payload);
    ASSERT_TRUE(sent) << sent.error().text();
  }
  const auto before = prompts();
  ASSERT_TRUE(loop::erase_person(database(), {}, anna, Again::refused, clock));
  for (int i = 0; i < 2; ++i) {
    const auto accepted = review(rita, accepting);
    ASSERT_TRUE(accepted) << accepted.error().text();
  }
  EXPECT_EQ(prompts(), before);
  EXPECT_FALSE(claim(ben, {TaskKind::fact_check})) << "what was unsettled is not known any more";
  expect_clean();
}

TEST_P(ReviewTest, JudgmentsThatAgreeNeedNoAdjudicator) {
  begin({.review = {}, .adjudicate_below = 0.6});
  const TaskId id = add_task({.kind = TaskKind::compare, .overlap = 2});
  const auto better = task(id).responses[0];
  ASSERT_TRUE(submit(anna, *claim(anna), compare_payload(better)));
  ASSERT_TRUE(submit(ben, *claim(ben), compare_payload(better)));
  EXPECT_FALSE(claim(rita, {TaskKind::adjudicate}));
}

TEST_P(ReviewTest, VerifySeesAReviewThatWasChangedBehindItsBack) {
  begin();
  add_task({.kind = TaskKind::write});
  send(anna);
  ASSERT_TRUE(review(rita, rejecting));
  expect_clean();
  tamper("UPDATE standing SET state = 1, counts = 1");
  const auto report = read([&](Records& records) { return verify_log(records, nullptr); });
  EXPECT_GE(report.differences.size(), 2U);
}

TEST_P(ReviewTest, AnObjectionIsInTheExportUntilThePersonIsErasedAndTheLogVerifiesAfterwards) {
  begin();
  const TaskId id = add_task({.kind = TaskKind::write});
  const JudgmentId sent = send(anna);
  ASSERT_TRUE(review(rita, rejecting));
  ASSERT_TRUE(object(anna, sent));
  const auto exported = [&] {
    return *read([&](Records& records) { return export_data_of(records, anna, clock); });
  };
  EXPECT_NE(exported().find("It names the drug."), std::string::npos);
  ASSERT_TRUE(loop::erase_person(database(), {}, anna, Again::refused, clock));
  EXPECT_EQ(exported().find("It names the drug."), std::string::npos);
  expect_clean();
  ASSERT_TRUE(decide(rolf, "upheld"));
  EXPECT_EQ(task(id).counted, 0);
  expect_clean();
}

TEST_P(ReviewTest, TheWorkOfAReviewerWhoIsErasedStillVerifies) {
  begin();
  for (const json& verdict : {fixing, rejecting, accepting}) {
    add_task({.kind = TaskKind::write});
    send(anna);
    ASSERT_TRUE(review(rita, verdict)) << verdict;
  }
  expect_clean();
  ASSERT_TRUE(loop::erase_person(database(), {}, rita, Again::refused, clock));
  expect_clean();
}

TEST_P(ReviewTest, AGoldIsNotReviewed) {
  begin(all_reviewed(), {.rate = 1});
  add_task({.gold = true});
  ASSERT_TRUE(judge(anna));
  EXPECT_TRUE(read([&](Records& records) { return records.standings({.project = project}).items; }).empty());
}

INSTANTIATE_TEST_SUITE_P(Databases, ReviewTest, testing::Values(Engine::sqlite, Engine::postgresql),
                         testing::PrintToStringParamName());

}  // namespace preceptor::store
