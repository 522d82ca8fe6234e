#include "cli/bench/server/bench_crowd.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/encoding.hpp"
#include "base/format.hpp"
#include "base/random.hpp"
#include "feedback/accounts.hpp"
#include "feedback/content.hpp"
#include "feedback/projects.hpp"

namespace preceptor::cli {
namespace {

constexpr std::size_t tasks_per_transaction = 50'000;

feedback::Person add_person(loop::Records& records, const std::string& login, bool administrator,
                            const Clock& clock) {
  // Nobody signs in with a password here, so none is hashed.
  const feedback::PreparedPerson prepared{
      .person = {.login = login, .name = login, .simulated = true, .administrator = administrator},
      .password_hash = "unusable"};
  return or_throw(feedback::create_person_locally(records, prepared, clock));
}

LoadPerson sign_in(loop::Records& records, const feedback::Person& person, const Clock& clock) {
  const feedback::SignedIn session = feedback::open_session(records, person, clock);
  return {.cookie = session.token, .csrf_token = session.csrf_token};
}

feedback::ProjectId add_project(loop::Records& records, const feedback::Actor& actor, const Clock& clock) {
  const feedback::NewProject fresh{
      .name = "Load",
      .languages = {"en"},
      .guideline = "# Which answer is better?",
      .dimensions = {{.key = "accuracy", .label = "Accuracy"}, {.key = "clarity", .label = "Clarity"}},
      .gold_watch = {.rate = 0}};
  return or_throw(feedback::create_project(records, actor, fresh, clock)).project.id;
}

feedback::Task task_for(loop::Records& records, feedback::ProjectId project, std::int64_t overlap,
                        const Clock& clock) {
  const feedback::Prompt prompt{.messages = {{"user", "Why is the sky blue, and why is the evening red?"}}};
  const auto id = or_throw(feedback::record_prompts(records, project, {&prompt, 1}, clock)).front();
  const std::vector<feedback::Response> answers{
      {.prompt = id, .text = "Air scatters short waves more than long ones. In the evening the way is long."},
      {.prompt = id, .text = "The sky mirrors the sea, and the evening mirrors the fires of the people."}};
  const auto responses = or_throw(feedback::record_responses(records, project, answers, clock));
  return {.prompt = id, .responses = responses, .overlap = overlap};
}

}  // namespace

Crowd make_crowd(Installation& opened, const CrowdSize& size) {
  Crowd crowd{.overlap = size.overlap};
  feedback::Task task;
  loop::write(*opened.database, [&](loop::Records& records) {
    // Of this run alone: a database may hold the crowds of earlier ones.
    const std::string run = hex(secure_random(4));
    const feedback::Person boss = add_person(records, "administrator" + run, true, opened.clock);
    crowd.administrator = sign_in(records, boss, opened.clock);
    crowd.project = add_project(records, {.person = boss.id, .administrator = true}, opened.clock);
    task = task_for(records, crowd.project, size.overlap, opened.clock);
    for (int i = 0; i < size.people; ++i) {
      const feedback::Person person = add_person(records, format("person{}{}", i, run), false, opened.clock);
      records.put_role(crowd.project, person.id, feedback::Role::trainer);
      crowd.people.push_back(sign_in(records, person, opened.clock));
    }
  });
  for (std::int64_t left = size.tasks; left > 0;) {
    const auto count = std::min(static_cast<std::size_t>(left), tasks_per_transaction);
    const auto ids = or_throw(loop::write(*opened.database, [&](loop::Records& records) {
      return feedback::record_tasks(records, crowd.project, std::vector(count, task), opened.clock);
    }));
    crowd.tasks.insert(crowd.tasks.end(), ids.begin(), ids.end());
    left -= static_cast<std::int64_t>(count);
  }
  return crowd;
}

CrowdCount count_judgments(Installation& opened, const Crowd& crowd,
                           const std::vector<std::int64_t>& acknowledged) {
  CrowdCount count;
  std::unordered_set<std::int64_t> there;
  std::unordered_map<std::int64_t, std::int64_t> counted;
  loop::read(*opened.database, [&](loop::Records& records) {
    feedback::JudgmentFilter filter;
    filter.project = crowd.project;
    filter.page.limit = 1000;
    for (bool more = true; more;) {
      const auto page = records.judgments(filter);
      for (const feedback::Judgment& judgment : page.items) {
        there.insert(judgment.id.value);
        if (judgment.counted && !judgment.supersedes) ++counted[judgment.task.value];
      }
      more = page.next.has_value();
      filter.page.after = page.next.value_or(0);
    }
  });
  count.judgments = static_cast<std::int64_t>(there.size());
  for (const std::int64_t id : acknowledged) count.lost += there.contains(id) ? 0 : 1;
  for (const auto& [task, judgments] : counted) count.overserved += judgments > crowd.overlap ? 1 : 0;
  return count;
}

}  // namespace preceptor::cli
