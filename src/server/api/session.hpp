#pragma once
// What travels when people sign in, and what administrators see of them.
#include <optional>
#include <string>
#include <vector>

#include "server/api/ids.hpp"
#include "server/wire/describe.hpp"

namespace preceptor::server::api {

struct Person {
  PersonId id;
  std::string login, name;
  bool simulated = false, administrator = false, erased = false;
  static void describe(wire::Description<Person>&);
};

struct NewPerson {
  std::string login, name, password;
  bool simulated = false, administrator = false;
  static void describe(wire::Description<NewPerson>&);
};

struct SignIn {
  std::string login, password, code;
  static void describe(wire::Description<SignIn>&);
};

struct Membership {
  ProjectId project_id;
  std::string project_name, role;
  static void describe(wire::Description<Membership>&);
};

struct Session {
  Person person;
  std::vector<Membership> memberships;
  std::optional<std::string> csrf_token;  // null when the caller came with an API token
  static void describe(wire::Description<Session>&);
};

struct NewToken {
  std::string name;
  std::string scope = "write";
  std::int64_t expires_days = 90;
  static void describe(wire::Description<NewToken>&);
};

struct CreatedToken {
  TokenId id;
  std::string name, scope, token;
  Timestamp expires_at;
  static void describe(wire::Description<CreatedToken>&);
};

struct Token {
  TokenId id;
  std::string name, scope;
  Timestamp created_at, expires_at;
  static void describe(wire::Description<Token>&);
};

// What nearly every list takes.
struct Page {
  std::int64_t limit = 100;
  std::optional<std::string> cursor;
  static void describe(wire::Description<Page>&);
};

// What lists of few rows take: all of them fit on the page that is answered unless another is asked for.
struct WidePage {
  std::int64_t limit = 1000;
  std::optional<std::string> cursor;
  static void describe(wire::Description<WidePage>&);
};

// Adds ?limit and ?cursor to a query's own fields.
template <class Query>
void describe_page(wire::Description<Query>& is) {
  is.optional("limit", &Query::limit, {.minimum = 1, .maximum = 1000});
  is.optional("cursor", &Query::cursor, {.length_max = 200});
}

}  // namespace preceptor::server::api
