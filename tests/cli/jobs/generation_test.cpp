#include <set>
#include <thread>

#include "loop/rounds.hpp"
#include "tests/support/loop_test.hpp"

namespace preceptor::cli::tests {
namespace {

struct GenerationJob : LoopTest {
  std::vector<feedback::Response> responses() {
    return read([&](Records& records) {
             return records.responses({.project = project, .round = round, .page = {.limit = 1000}});
           })
        .items;
  }
  std::vector<std::string> texts() {
    std::vector<std::string> texts;
    for (const auto& response : responses()) texts.push_back(response.text);
    return texts;
  }
  loop::GenerateRequest request(std::vector<feedback::PromptId> prompts, std::int64_t samples = 1) {
    return {.model = base().id, .prompts = std::move(prompts), .samples = samples, .tokens_max = 12};
  }
};

TEST_F(GenerationJob, RecordsTheAskedNumberOfAnswersForEveryPrompt) {
  const auto a = add_prompt("When does the ferry leave?");
  const auto b = add_prompt("What does the ferry cost?");
  const auto done = run(ask_generation(request({a, b}, 3)));
  EXPECT_EQ(result_of(done).at("responses"), 6);
  EXPECT_EQ(done.progress, 1);
  std::map<std::int64_t, std::set<std::string>> seeds;
  for (const auto& response : responses()) {
    EXPECT_EQ(response.model, base().id);
    seeds[response.prompt.value].insert(nlohmann::json::parse(response.settings).at("seed").dump());
  }
  EXPECT_EQ(seeds.at(a.value).size(), 3U) << "each sample has a seed of its own";
  EXPECT_EQ(seeds.at(b.value).size(), 3U);
}

TEST_F(GenerationJob, AnswersAWholeSplitAndNoOtherPrompt) {
  add_prompt("of training");
  const auto wanted = add_prompt("of evaluation", feedback::Split::evaluation);
  run(ask_generation({.model = base().id, .split = feedback::Split::evaluation, .tokens_max = 4}));
  ASSERT_EQ(responses().size(), 1U);
  EXPECT_EQ(responses().front().prompt, wanted);
}

TEST_F(GenerationJob, GivesTheSameTextsForTheSameSeedAndOthersForAnother) {
  const auto prompt = add_prompt("When does the ferry leave?");
  auto asked = request({prompt}, 4);
  run(ask_generation(asked));
  const auto first = texts();
  run(ask_generation(asked));
  const auto twice = texts();
  ASSERT_EQ(twice.size(), 8U);
  EXPECT_TRUE(std::equal(first.begin(), first.end(), twice.begin() + 4));
  asked.seed = 2;
  run(ask_generation(asked));
  EXPECT_FALSE(std::equal(first.begin(), first.end(), texts().begin() + 8));
}

TEST_F(GenerationJob, GivesAPromptTheSameAnswerWhateverIsAskedBesideIt) {
  const auto prompt = add_prompt("When does the ferry leave?");
  run(ask_generation(request({prompt})));
  run(ask_generation(request({add_prompt("Another one, and quite a bit longer than the first."), prompt})));
  std::vector<std::string> answers;
  for (const auto& response : responses())
    if (response.prompt == prompt) answers.push_back(response.text);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0], answers[1]);
}

TEST_F(GenerationJob, GoesOnAfterAStopWithoutDoublingAnAnswer) {
  std::vector<feedback::PromptId> prompts;
  for (int i = 0; i < 300; ++i) prompts.push_back(add_prompt("Question " + std::to_string(i)));
  auto asked = request(prompts);
  asked.tokens_max = 2;
  const auto queued = ask_generation(asked).value();

  std::stop_source stop;
  WatchedStorage watched(*database);
  watched.after_write = [&] {
    if (!responses().empty()) stop.request_stop();
  };
  loop::Worker first(watched, workspace, clock, worker_options("first"));
  ASSERT_TRUE(first.run_one(stop.get_token()));
  EXPECT_EQ(job(queued.id).state, JobState::queued) << "a worker that ends gives its job back";
  const std::size_t before = responses().size();
  EXPECT_GT(before, 0U);
  EXPECT_LT(before, prompts.size());

  EXPECT_EQ(result_of(run(queued)).at("responses"), 300);
  std::set<std::int64_t> answered;
  for (const auto& response : responses()) answered.insert(response.prompt.value);
  EXPECT_EQ(responses().size(), 300U);
  EXPECT_EQ(answered.size(), 300U);
}

TEST_F(GenerationJob, CancelledByAPersonKeepsItsAnswersAndResumesWithTheOthers) {
  std::vector<feedback::PromptId> prompts;
  for (int i = 0; i < 300; ++i) prompts.push_back(add_prompt("Question " + std::to_string(i)));
  auto asked = request(prompts);
  asked.tokens_max = 2;
  const auto queued = ask_generation(asked).value();
  WatchedStorage watched(*database);
  bool cancelled = false;
  watched.after_write = [&] {
    if (cancelled || responses().empty()) return;
    cancelled = true;
    write([&](Records& r) { return loop::cancel_job(r, owner, queued.id, clock); }).value();
    std::this_thread::sleep_for(std::chrono::milliseconds(900));  // the heartbeat hears of it meanwhile
  };
  loop::Worker(watched, workspace, clock, worker_options()).run_one({});
  EXPECT_EQ(job(queued.id).state, JobState::cancelled);
  const std::size_t before = responses().size();
  EXPECT_GT(before, 0U);
  EXPECT_LT(before, prompts.size());
  const auto resumed = write([&](Records& r) { return loop::resume_job(r, owner, queued.id, clock); });
  EXPECT_EQ(result_of(run(resumed)).at("responses"), 300);
  EXPECT_EQ(responses().size(), 300U);
}

TEST_F(GenerationJob, WritesNothingMoreOnceAnotherWorkerHasTakenItOver) {
  const auto queued = ask_generation(request({add_prompt("When?")})).value();
  WatchedStorage watched(*database);
  bool taken = false;
  watched.before_write = [&] {
    // The first write claims the job; before the second one, this worker was silent for too long.
    const bool running = job(queued.id).state == JobState::running;
    if (!running || taken) return;
    taken = true;
    const Timestamp later = clock.now() + std::chrono::hours(1);
    write([&](Records& records) { records.claim_job("other", later, later + std::chrono::hours(1)); });
  };
  loop::Worker late(watched, workspace, clock, worker_options("late"));
  ASSERT_TRUE(late.run_one({}));
  EXPECT_TRUE(taken);
  EXPECT_TRUE(responses().empty()) << "the answers are the other worker's to write";
  EXPECT_EQ(job(queued.id).worker, "other");
  EXPECT_EQ(job(queued.id).state, JobState::running);
}

TEST_F(GenerationJob, IsRefusedForAClosedRound) {
  write([&](Records& records) {
    auto closed = records.round(round).value();
    closed.state = loop::RoundState::closed;
    records.update_round(closed);
  });
  const auto refused = ask_generation(request({add_prompt("When?")}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_EQ(refused.error().message, "Round 1 is closed.");
}

TEST_F(GenerationJob, IsRefusedWithValuesOutOfTheirRange) {
  const auto prompt = add_prompt("When?");
  auto asked = request({prompt}, 65);
  EXPECT_EQ(ask_generation(asked).error().where, "/samples");
  asked = request({prompt});
  asked.temperature = -1;
  EXPECT_EQ(ask_generation(asked).error().where, "/temperature");
  asked = request({prompt});
  asked.top_p = 0;
  EXPECT_EQ(ask_generation(asked).error().where, "/top_p");
  EXPECT_EQ(ask_generation(request({})).error().kind, ErrorKind::invalid);
  EXPECT_EQ(ask_generation(request({{999}})).error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace preceptor::cli::tests
