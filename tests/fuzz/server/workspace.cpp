#include "fuzz/workspace.hpp"

#include "driver/input.hpp"
#include "feedback/accounts.hpp"
#include "feedback/content.hpp"
#include "feedback/projects.hpp"

namespace preceptor::fuzz {
namespace {

const feedback::Actor administrator{.person = {1}, .administrator = true};
const feedback::ProjectId project{1};

template <class T>
T good(Result<T> result) {
  if (!result) throw Failure(result.error());
  return std::move(*result);
}

void add_people(loop::Records& records, const Clock& clock) {
  for (const std::string login : {"administrator", "owner", "trainer", "stranger"}) {
    feedback::PreparedPerson person;
    person.person.login = login;
    person.person.name = login;
    person.person.administrator = login == "administrator";
    person.person.created_at = clock.now();
    person.password_hash = "none";
    good(feedback::create_person_locally(records, person, clock));
  }
}

void add_project(loop::Records& records, const Clock& clock) {
  feedback::NewProject made{
      .name = "Science", .languages = {"en"}, .domains = {"physics"}, .guideline = "Be right."};
  made.dimensions = {{.key = "accuracy", .label = "Accuracy", .reason_required_below = 2}};
  good(feedback::create_project(records, administrator, made, clock));
  records.put_role(project, {2}, feedback::Role::owner);
  records.put_role(project, {3}, feedback::Role::trainer);
}

void add_content(loop::Records& records, const Clock& clock) {
  std::vector<feedback::Prompt> prompts(2);
  prompts[0].messages = {{"user", "Why is the sky blue?"}};
  prompts[1].messages = {{"user", "Why is grass green?"}};
  prompts[1].split = feedback::Split::evaluation;
  good(feedback::add_prompts(records, administrator, project, prompts, clock));
  std::vector<feedback::Response> responses(4);
  for (std::int64_t i = 0; i < 4; ++i) {
    auto& response = responses[static_cast<std::size_t>(i)];
    response.prompt = {1 + i / 2};
    response.text = "Because of " + std::to_string(i);
  }
  good(feedback::add_responses(records, administrator, project, responses, clock));
  std::vector<feedback::Task> tasks(4);
  for (auto& task : tasks) task.prompt = {1};
  tasks[0].responses = tasks[3].responses = {{1}, {2}};
  tasks[1].kind = feedback::TaskKind::rate;
  tasks[1].responses = {{1}};
  tasks[2].kind = feedback::TaskKind::write;
  tasks[3].gold = feedback::GoldAnswer{{1}, "It is right."};
  good(feedback::add_tasks(records, administrator, project, tasks, clock));
}

void add_loop(loop::Records& records, const Clock& clock) {
  const loop::RoundId round{1};
  records.add_round({.project = project, .name = "First", .created_at = clock.now()});
  records.add_model(
      {.project = project, .name = "base", .sha256 = std::string(64, 'a'), .created_at = clock.now()});
  records.add_model({.project = project,
                     .name = "tuned",
                     .parent = {1},
                     .objective = loop::Objective::sft,
                     .sha256 = std::string(64, 'b'),
                     .created_at = clock.now()});
  records.add_job({.project = project, .round = round, .person = {2}, .created_at = clock.now()});
  records.add_snapshot({.project = project,
                        .round = round,
                        .sha256 = std::string(64, 'c'),
                        .weighting = "none",
                        .created_at = clock.now()},
                       {});
  records.add_run({.project = project,
                   .round = round,
                   .job = {1},
                   .base_model = {1},
                   .snapshot = {1},
                   .name = "tuned",
                   .created_at = clock.now()});
  records.add_evaluation({.project = project,
                          .round = round,
                          .job = {1},
                          .baseline_model = {1},
                          .models = {{1}, {2}},
                          .created_at = clock.now()});
  records.add_evaluation_answer({{1}, {2}, {1}, {3}});
  records.add_evaluation_answer({{1}, {2}, {2}, {4}});
}

}  // namespace

Workspace::Workspace() : database_(store::open({.database = scratch_folder() / "preceptor.db"})) {
  database_->write([&](loop::Records& records) {
    add_people(records, clock_);
    add_project(records, clock_);
    add_content(records, clock_);
    add_loop(records, clock_);
  });
  context_ = std::make_unique<server::Context>(server::Parts{*database_, clock_, {}});
}

feedback::Authenticated Workspace::person(std::string_view login) {
  feedback::Authenticated caller;
  database_->read([&](loop::Records& records) {
    const auto found = records.credentials(login);
    if (!found) return;
    caller.person = found->person;
    caller.actor = {.person = found->person.id, .administrator = found->person.administrator};
  });
  return caller;
}

}  // namespace preceptor::fuzz
