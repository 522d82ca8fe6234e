#pragma once
// A server over an SQLite database in a temporary folder, with a project and a person of each role.
#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "base/file.hpp"
#include "feedback/accounts.hpp"
#include "loop/storage.hpp"
#include "server/server.hpp"
#include "store/store.hpp"
#include "tests/support/client.hpp"

namespace preceptor::server::tests {

// Runs with the system's clock, and can be moved forward.
class MovableClock final : public Clock {
public:
  Timestamp now() const override { return SystemClock().now() + std::chrono::microseconds(moved_.load()); }
  void move(std::chrono::microseconds by) { moved_ += by.count(); }

private:
  std::atomic<std::int64_t> moved_{0};
};

// Hands out `words`, one piece each, and refuses model 404.
Result<loop::ChatReply> fake_chat(const feedback::Actor&, const loop::ChatRequest&,
                                  const std::function<bool(std::string_view)>& on_text, std::stop_token);

class Workspace {
public:
  explicit Workspace(Chat chat = fake_chat, openai::Models models = {});

  // A person who cannot sign in but comes with an API token; the roles are administrator, owner, lead,
  // reviewer, trainer, stranger (in no project) and foreigner (owner of another project).
  std::string token_of(const std::string& who);
  // From now on everybody's requests carry a token of this scope.
  void use_tokens(feedback::TokenScope scope) { scope_ = scope; }
  feedback::PersonId id_of(const std::string& who) const { return people_.at(who).id; }
  // A person with a password, member of the project.
  feedback::PersonId add_person(const std::string& login, const std::string& password, feedback::Role role);

  // As a given person, or as nobody when `who` is empty.
  Answer call(const std::string& who, const std::string& method, const std::string& path,
              const std::string& body = {}, const Headers& headers = {});
  Headers headers_of(const std::string& who);

  feedback::ProjectId project() const { return project_; }
  // From now on in_project and the add_… mean another project.
  void use_project(std::int64_t id) { project_ = {id}; }
  std::string in_project(const std::string& rest) const;
  // A prompt with two responses, and a compare, rate or write task on it.
  std::int64_t add_prompt(const std::string& text);
  std::int64_t add_response(std::int64_t prompt, const std::string& text);
  std::int64_t add_task(const std::string& kind, int overlap, bool gold = false);

  std::uint16_t port() const { return server_->port(); }
  loop::Storage& storage() { return *database_; }
  MovableClock& clock() { return clock_; }
  Server& server() { return *server_; }

private:
  void add_people();
  void add_project();

  TemporaryFolder folder_;
  MovableClock clock_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<Server> server_;
  std::map<std::string, feedback::Person> people_;
  std::map<std::pair<feedback::TokenScope, std::string>, std::string> tokens_;
  feedback::TokenScope scope_ = feedback::TokenScope::write;
  feedback::ProjectId project_;
};

}  // namespace preceptor::server::tests
