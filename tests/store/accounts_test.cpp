#include "feedback/accounts.hpp"

#include "base/hash.hpp"
#include "tests/store_test.hpp"

namespace preceptor::store {

using namespace feedback;

TEST_P(StoreTest, SigningInOpensASessionThatExpires) {
  const auto prepared =
      prepare_person({.login = "Anna.B", .name = "Anna", .password = "correct horse battery"}, clock);
  ASSERT_TRUE(prepared);
  EXPECT_EQ(prepared->person.login, "anna.b");
  ASSERT_TRUE(write([&](Records& records) { return create_person_locally(records, *prepared, clock); }));
  const auto credentials = read([](Records& records) { return find_credentials(records, "ANNA.B"); });
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->password_hash.find("correct horse"), std::string::npos);
  EXPECT_EQ(verify_credentials(credentials, "wrong password").error().kind, ErrorKind::unauthenticated);
  EXPECT_EQ(verify_credentials(std::nullopt, "correct horse battery").error().kind,
            ErrorKind::unauthenticated);
  const auto person = verify_credentials(credentials, "correct horse battery");
  ASSERT_TRUE(person);

  const auto session = write([&](Records& records) { return open_session(records, *person, clock); });
  const auto authenticate = [&](std::string_view token) {
    return read([&](Records& records) { return authenticate_session(records, token, clock); });
  };
  const auto known = authenticate(session.token);
  ASSERT_TRUE(known);
  EXPECT_EQ(known->actor.person, person->id);
  EXPECT_EQ(known->csrf_token, session.csrf_token);
  EXPECT_FALSE(authenticate(sha256_hex(session.token))) << "what the database holds opens nothing";
  clock.advance(std::chrono::hours(24 * 14));
  EXPECT_EQ(authenticate(session.token).error().kind, ErrorKind::unauthenticated);

  const auto second = write([&](Records& records) { return open_session(records, *person, clock); });
  write([&](Records& records) { close_session(records, second.token); });
  EXPECT_FALSE(authenticate(second.token));
}

TEST_P(StoreTest, APersonNeedsAFreeLoginANameAndALongPassword) {
  const auto prepare = [&](NewPerson person) { return prepare_person(person, clock); };
  EXPECT_EQ(prepare({.login = "a b", .name = "A", .password = "0123456789"}).error().where, "/login");
  EXPECT_EQ(prepare({.login = "anna", .name = " ", .password = "0123456789"}).error().where, "/name");
  EXPECT_EQ(prepare({.login = "anna", .name = "A\xff", .password = "0123456789"}).error().where, "/name");
  EXPECT_EQ(prepare({.login = "anna", .name = "A", .password = "012345678"}).error().where, "/password");
  add_person("anna");
  const PreparedPerson twin{.person = {.login = "anna", .name = "Twin"}, .password_hash = "unusable"};
  const auto refused = write([&](Records& records) { return create_person_locally(records, twin, clock); });
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
}

TEST_P(StoreTest, OnlyAdministratorsManagePeople) {
  const PersonId anna = add_person("anna");
  const PreparedPerson fresh{.person = {.login = "ben", .name = "Ben"}, .password_hash = "unusable"};
  EXPECT_EQ(
      write([&](Records& records) { return create_person(records, as(anna), fresh, clock); }).error().kind,
      ErrorKind::forbidden);
  EXPECT_EQ(read([&](Records& records) { return list_people(records, as(anna), {}); }).error().kind,
            ErrorKind::forbidden);
  const Actor boss{.person = anna, .administrator = true};
  EXPECT_TRUE(write([&](Records& records) { return create_person(records, boss, fresh, clock); }));
  EXPECT_EQ(read([&](Records& records) { return list_people(records, boss, {}); })->items.size(), 2U);
}

TEST_P(StoreTest, ATokenWorksUntilItExpiresOrIsRevoked) {
  const PersonId anna = add_person("anna");
  const PersonId ben = add_person("ben");
  const auto make = [&](NewToken fresh) {
    return write([&](Records& records) { return create_token(records, as(anna), fresh, clock); });
  };
  EXPECT_EQ(make({.name = "script", .expires_days = 0}).error().where, "/expires_days");
  const auto token = make({.name = "script", .expires_days = 2, .scope = TokenScope::read});
  ASSERT_TRUE(token);
  const auto authenticate = [&] {
    return read([&](Records& records) { return authenticate_token(records, token->token, clock); });
  };
  const auto known = authenticate();
  ASSERT_TRUE(known);
  EXPECT_EQ(known->actor.person, anna);
  EXPECT_EQ(known->actor.scope, TokenScope::read);
  EXPECT_EQ(
      write([&](Records& records) { return create_token(records, known->actor, {.name = "more"}, clock); })
          .error()
          .kind,
      ErrorKind::forbidden);
  const auto revoke = [&](PersonId person) {
    return write([&](Records& records) { return revoke_token(records, as(person), token->id, clock); });
  };
  EXPECT_EQ(revoke(ben).error().kind, ErrorKind::not_found);
  EXPECT_TRUE(authenticate());
  EXPECT_TRUE(revoke(anna));
  EXPECT_FALSE(authenticate());
  EXPECT_TRUE(read([&](Records& records) { return list_tokens(records, as(anna)); }).items.empty());
  const auto short_lived = make({.name = "short", .expires_days = 1});
  clock.advance(std::chrono::hours(24));
  EXPECT_FALSE(
      read([&](Records& records) { return authenticate_token(records, short_lived->token, clock); }));
}

}  // namespace preceptor::store
