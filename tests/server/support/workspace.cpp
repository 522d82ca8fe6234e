#include "tests/support/workspace.hpp"

#include <gtest/gtest.h>

#include "feedback/projects.hpp"

namespace preceptor::server::tests {

Result<loop::ChatReply> fake_chat(const feedback::Actor&, const loop::ChatRequest&,
                                  const std::function<bool(std::string_view)>& on_text, std::stop_token) {
  for (const auto word : {"Water ", "boils \"hot\"\n", "é."}) {
    if (!on_text(word)) return loop::ChatReply{"", "cancelled", 0};
  }
  return loop::ChatReply{"Water boils \"hot\"\né.", "stop", 3};
}

Workspace::Workspace(Chat chat, openai::Models models) {
  database_ = store::open({.database = folder_.path() / "preceptor.db"});
  add_people();
  add_project();
  Options options;
  options.http.port = 0;
  auto server = Server::start(options, {*database_, clock_, std::move(chat), std::move(models)});
  if (!server) throw Failure(server.error());
  server_ = std::move(*server);
}

void Workspace::add_people() {
  for (const std::string who :
       {"administrator", "owner", "lead", "reviewer", "trainer", "stranger", "foreigner"}) {
    feedback::PreparedPerson person;
    person.person.login = who;
    person.person.name = "The " + who;
    person.person.administrator = who == "administrator";
    person.person.created_at = clock_.now();
    person.password_hash = "none";
    auto added = loop::write(*database_, [&](loop::Records& records) {
      return feedback::create_person_locally(records, person, clock_);
    });
    if (!added) throw Failure(added.error());
    people_[who] = *added;
    for (const auto scope : {feedback::TokenScope::write, feedback::TokenScope::read,
                             feedback::TokenScope::judge, feedback::TokenScope::model}) {
      auto token = loop::write(*database_, [&](loop::Records& records) {
        return feedback::create_token(records, {.person = added->id, .administrator = added->administrator},
                                      {.name = "test", .scope = scope}, clock_);
      });
      if (!token) throw Failure(token.error());
      tokens_[{scope, who}] = token->token;
    }
  }
}

void Workspace::add_project() {
  feedback::NewProject project;
  project.name = "Science";
  project.languages = {"en"};
  project.domains = {"physics"};
  project.guideline = "# Be right";
  project.dimensions = {{.key = "accuracy", .label = "Accuracy", .reason_required_below = 2}};
  project.gold_watch.rate = 0;
  const feedback::Actor administrator{.person = id_of("administrator"), .administrator = true};
  for (const std::string owner : {"owner", "foreigner"}) {
    project.name += " of " + owner;
    auto made = loop::write(*database_, [&](loop::Records& records) {
      auto view = feedback::create_project(records, administrator, project, clock_);
      if (!view) throw Failure(view.error());
      records.put_role(view->project.id, id_of(owner), feedback::Role::owner);
      if (owner == "owner") {
        records.put_role(view->project.id, id_of("lead"), feedback::Role::lead);
        records.put_role(view->project.id, id_of("reviewer"), feedback::Role::reviewer);
        records.put_role(view->project.id, id_of("trainer"), feedback::Role::trainer);
      }
      return view;
    });
    if (owner == "owner") project_ = made->project.id;
  }
}

std::string Workspace::token_of(const std::string& who) { return tokens_.at({scope_, who}); }

feedback::PersonId Workspace::add_person(const std::string& login, const std::string& password,
                                         feedback::Role role) {
  auto prepared = feedback::prepare_person({.login = login, .name = login, .password = password}, clock_);
  if (!prepared) throw Failure(prepared.error());
  return loop::write(*database_, [&](loop::Records& records) {
    auto person = feedback::create_person_locally(records, *prepared, clock_);
    if (!person) throw Failure(person.error());
    records.put_role(project_, person->id, role);
    return person->id;
  });
}

Headers Workspace::headers_of(const std::string& who) {
  if (who.empty()) return {};
  return {{"Authorization", "Bearer " + token_of(who)}};
}

Answer Workspace::call(const std::string& who, const std::string& method, const std::string& path,
                       const std::string& body, const Headers& headers) {
  Headers all = headers_of(who);
  all.insert(all.end(), headers.begin(), headers.end());
  Connection connection(port());
  return connection.request(method, "/api/v1" + path, body, all);
}

std::string Workspace::in_project(const std::string& rest) const {
  return "/projects/" + std::to_string(project_.value) + rest;
}

std::int64_t Workspace::add_prompt(const std::string& text) {
  const nlohmann::json body = {{"items", {{{"messages", {{{"role", "user"}, {"content", text}}}}}}}};
  const auto answer = call("lead", "POST", in_project("/prompts"), body.dump());
  EXPECT_EQ(answer.status, 200) << answer.body;
  return answer.json()["ids"][0];
}

std::int64_t Workspace::add_response(std::int64_t prompt, const std::string& text) {
  const nlohmann::json body = {{"items", {{{"prompt_id", prompt}, {"text", text}}}}};
  const auto answer = call("lead", "POST", in_project("/responses"), body.dump());
  EXPECT_EQ(answer.status, 200) << answer.body;
  return answer.json()["ids"][0];
}

std::int64_t Workspace::add_task(const std::string& kind, int overlap, bool gold) {
  const auto prompt = add_prompt("Why is the sky blue?");
  nlohmann::json task = {{"kind", kind}, {"prompt_id", prompt}, {"overlap", overlap}};
  task["response_ids"] = nlohmann::json::array();
  const int responses = kind == "compare" ? 2 : (kind == "rate" ? 1 : 0);
  for (int i = 0; i < responses; ++i)
    task["response_ids"].push_back(add_response(prompt, "Because of answer " + std::to_string(i)));
  if (gold) task["gold"] = {{"better", task["response_ids"][0]}, {"explanation", "It is right."}};
  const nlohmann::json body = {{"items", {task}}};
  const auto answer = call("lead", "POST", in_project("/tasks"), body.dump());
  EXPECT_EQ(answer.status, 200) << answer.body;
  return answer.json()["ids"][0];
}

}  // namespace preceptor::server::tests
