#include "base/hash.hpp"
#include "base/one_time_code.hpp"
#include "feedback/invitations.hpp"
#include "feedback/passwords.hpp"
#include "feedback/second_factor.hpp"
#include "feedback/sessions.hpp"
#include "feedback/verify.hpp"
#include "tests/store_test.hpp"

namespace preceptor::store {

using namespace feedback;

namespace {

std::string code_at(const std::string& secret, Timestamp moment) {
  const auto step = moment.microseconds / 1'000'000 / one_time_step_seconds;
  return one_time_code(*from_base32(secret), static_cast<std::uint64_t>(step));
}

PreparedPerson guest(const std::string& login) {
  return {.person = {.login = login, .name = "Guest"}, .password_hash = "unusable"};
}

}  // namespace

TEST_P(StoreTest, AnInvitationLetsOnePersonIn) {
  make_project();
  const auto owner = add_member("olga", Role::owner);
  const auto issued = write([&](Records& records) {
    return invite(records, as(owner), project, {.role = Role::reviewer, .note = "for Rita"}, clock);
  });
  ASSERT_TRUE(issued);
  const auto shown =
      read([&](Records& records) { return look_at_invitation(records, issued->token, clock); });
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->invitation.role, Role::reviewer);
  EXPECT_EQ(
      read([&](Records& records) { return look_at_invitation(records, sha256_hex(issued->token), clock); })
          .error()
          .kind,
      ErrorKind::not_found)
      << "what the database holds opens nothing";
  const auto accept = [&](const std::string& login) {
    return write(
        [&](Records& records) { return accept_invitation(records, issued->token, guest(login), clock); });
  };
  EXPECT_EQ(accept("olga").error().kind, ErrorKind::conflict) << "a login that is taken uses up nothing";
  const auto rita = accept("rita");
  ASSERT_TRUE(rita);
  EXPECT_EQ(read([&](Records& records) { return records.membership(project, rita->id); })->role,
            Role::reviewer);
  EXPECT_EQ(accept("second").error().kind, ErrorKind::gone);
  EXPECT_FALSE(read([](Records& records) { return records.credentials("second"); }));
  const auto report = read([](Records& records) { return verify_log(records, nullptr); });
  EXPECT_EQ(report.differences, std::vector<std::string>{});
}

TEST_P(StoreTest, AnInvitationRunsOutCanBeTakenBackAndIsMadeByOwnersOnly) {
  make_project();
  const auto owner = add_member("olga", Role::owner);
  const auto lead = add_member("lea", Role::lead);
  const auto make = [&](PersonId who, NewInvitation fresh) {
    return write([&](Records& records) { return invite(records, as(who), project, fresh, clock); });
  };
  EXPECT_EQ(make(lead, {}).error().kind, ErrorKind::forbidden);
  EXPECT_EQ(make(add_person("sam"), {}).error().kind, ErrorKind::not_found);
  EXPECT_EQ(make(owner, {.expires_days = 0}).error().where, "/expires_days");
  EXPECT_EQ(make(owner, {.expires_days = 61}).error().where, "/expires_days");
  EXPECT_EQ(make(owner, {.note = std::string(201, 'x')}).error().where, "/note");
  const auto first = make(owner, {.expires_days = 1});
  const auto second = make(owner, {.expires_days = 2});
  const auto revoke = [&](PersonId who, InvitationId id) {
    return write([&](Records& records) { return revoke_invitation(records, as(who), project, id, clock); });
  };
  EXPECT_EQ(revoke(lead, second->invitation.id).error().kind, ErrorKind::forbidden);
  ASSERT_TRUE(revoke(owner, second->invitation.id));
  EXPECT_EQ(revoke(owner, second->invitation.id).error().kind, ErrorKind::not_found);
  const auto look = [&](const std::string& token) {
    return read([&](Records& records) { return look_at_invitation(records, token, clock); });
  };
  EXPECT_EQ(look(second->token).error().kind, ErrorKind::gone);
  ASSERT_TRUE(look(first->token));
  clock.advance(std::chrono::hours(24));
  EXPECT_EQ(look(first->token).error().kind, ErrorKind::gone);
  EXPECT_EQ(
      read([&](Records& records) { return list_invitations(records, as(lead), project, {}); }).error().kind,
      ErrorKind::forbidden);
  EXPECT_EQ(
      read([&](Records& records) { return list_invitations(records, as(owner), project, {}); })->items.size(),
      2U);
}

TEST_P(StoreTest, SomebodyWithAnAccountJoinsOnceAndAMemberDoesNotUseTheLinkUp) {
  make_project();
  const auto owner = add_member("olga", Role::owner);
  const auto member = add_member("mia");
  const auto sam = add_person("sam");
  const auto issued = write([&](Records& records) { return invite(records, as(owner), project, {}, clock); });
  const auto join = [&](const Actor& actor) {
    return write(
        [&](Records& records) { return join_with_invitation(records, actor, issued->token, clock); });
  };
  EXPECT_EQ(join(as(member)).error().kind, ErrorKind::conflict);
  EXPECT_EQ(join({.person = sam, .scope = TokenScope::read}).error().kind, ErrorKind::forbidden);
  ASSERT_TRUE(join(as(sam)));
  EXPECT_EQ(join(as(add_person("tom"))).error().kind, ErrorKind::gone);
}

TEST_P(StoreTest, ALinkForANewPasswordWorksOnceAndEndsEverySession) {
  const auto admin = add_person("admin");
  const Actor boss{.person = admin, .administrator = true};
  const auto anna = add_person("anna");
  const auto person = *read([&](Records& records) { return records.person(anna); });
  write([&](Records& records) { return open_session(records, person, clock, "Firefox on Linux"); });
  const auto issue = [&](const Actor& actor) {
    return write([&](Records& records) { return issue_password_reset(records, actor, anna, false, clock); });
  };
  EXPECT_EQ(issue(as(anna)).error().kind, ErrorKind::forbidden);
  EXPECT_EQ(issue({.person = admin, .administrator = true, .by_token = true}).error().kind,
            ErrorKind::forbidden);
  const auto old = issue(boss);
  const auto link = issue(boss);
  const auto look = [&](const std::string& token) {
    return read([&](Records& records) { return look_at_password_reset(records, token, clock); });
  };
  EXPECT_EQ(look(old->token).error().kind, ErrorKind::gone) << "a newer link ends the older one";
  EXPECT_EQ(look("made up").error().kind, ErrorKind::not_found);
  ASSERT_EQ(look(link->token)->login, "anna");
  const auto use = [&] {
    return write(
        [&](Records& records) { return use_password_reset(records, link->token, "another hash", clock); });
  };
  ASSERT_TRUE(use());
  EXPECT_EQ(read([](Records& records) { return records.credentials("anna"); })->password_hash,
            "another hash");
  EXPECT_TRUE(read([&](Records& records) { return records.sessions_of(anna); }).empty());
  EXPECT_EQ(use().error().kind, ErrorKind::gone);
  const auto late = issue(boss);
  clock.advance(std::chrono::hours(48));
  EXPECT_EQ(look(late->token).error().kind, ErrorKind::gone);
}

TEST_P(StoreTest, ASecondFactorIsAskedForOnceItIsConfirmedAndEachCodeWorksOnce) {
  const auto anna = add_person("anna");
  const auto use = [&](const std::string& code) {
    return write([&](Records& records) { return use_code(records, anna, code, clock); });
  };
  EXPECT_TRUE(use("")) << "without a second factor nothing is asked";
  const auto begun = write([&](Records& records) { return begin_second_factor(records, as(anna), clock); });
  ASSERT_TRUE(begun);
  EXPECT_EQ(begun->address, "otpauth://totp/Preceptor:anna?secret=" + begun->secret + "&issuer=Preceptor");
  EXPECT_TRUE(use("")) << "not confirmed yet";
  const auto confirm = [&](const std::string& code) {
    return write([&](Records& records) { return confirm_second_factor(records, as(anna), code, clock); });
  };
  EXPECT_EQ(confirm("000000").error().where, "/code");
  const auto first = code_at(begun->secret, clock.now());
  const auto recovery = confirm(first);
  ASSERT_TRUE(recovery);
  EXPECT_EQ(recovery->size(), static_cast<std::size_t>(recovery_codes_made));
  EXPECT_EQ(use("").error().where, "/code");
  EXPECT_EQ(use(first).error().kind, ErrorKind::unauthenticated) << "the confirming code is used up";
  clock.advance(std::chrono::seconds(30));
  const auto next = code_at(begun->secret, clock.now());
  EXPECT_TRUE(use(next.substr(0, 3) + " " + next.substr(3)));
  EXPECT_EQ(use(next).error().kind, ErrorKind::unauthenticated);
  EXPECT_TRUE(use(recovery->front()));
  EXPECT_EQ(use(recovery->front()).error().kind, ErrorKind::unauthenticated);
  EXPECT_EQ(read([&](Records& records) { return second_factor_state(records, anna); }).recovery_codes_left,
            recovery_codes_made - 1);
}

TEST_P(StoreTest, ASecondFactorIsReplacedOnlyAfterItWasTurnedOffAndNeverByAToken) {
  const auto anna = add_person("anna");
  const auto begin = [&](const Actor& actor) {
    return write([&](Records& records) { return begin_second_factor(records, actor, clock); });
  };
  const Actor token{.person = anna, .by_token = true};
  EXPECT_EQ(begin(token).error().kind, ErrorKind::forbidden);
  const auto begun = begin(as(anna));
  const auto codes = write([&](Records& records) {
    return confirm_second_factor(records, as(anna), code_at(begun->secret, clock.now()), clock);
  });
  ASSERT_TRUE(codes);
  EXPECT_EQ(begin(as(anna)).error().kind, ErrorKind::conflict);
  const auto renewed =
      write([&](Records& records) { return renew_recovery_codes(records, as(anna), clock); });
  ASSERT_TRUE(renewed);
  EXPECT_FALSE(write([&](Records& records) { return use_code(records, anna, codes->back(), clock); }));
  EXPECT_TRUE(write([&](Records& records) { return use_code(records, anna, renewed->back(), clock); }));
  EXPECT_FALSE(write([&](Records& records) { return remove_second_factor(records, token, clock); }));
  EXPECT_TRUE(write([&](Records& records) { return remove_second_factor(records, as(anna), clock); }));
  EXPECT_TRUE(write([&](Records& records) { return use_code(records, anna, "", clock); }));
  EXPECT_TRUE(begin(as(anna)));
}

TEST_P(StoreTest, SessionsAreListedAndEndedByTheirOwnerOnly) {
  const auto anna = add_person("anna");
  const auto ben = add_person("ben");
  const auto open = [&](PersonId who, const std::string& device) {
    return write(
        [&](Records& records) { return open_session(records, *records.person(who), clock, device); });
  };
  const auto here = open(anna, "Firefox on Linux");
  open(anna, "Safari on iPhone");
  open(ben, "Edge on Windows");
  const auto list = [&](const Actor& actor) {
    return read([&](Records& records) { return list_sessions(records, actor, {}, clock); });
  };
  const auto sessions = list(as(anna))->items;
  ASSERT_EQ(sessions.size(), 2U);
  EXPECT_EQ(sessions[1].device, "Safari on iPhone");
  EXPECT_FALSE(list({.person = anna, .by_token = true}));
  const auto end = [&](PersonId who, SessionId session) {
    return write([&](Records& records) { return end_session(records, as(who), session); });
  };
  EXPECT_EQ(end(ben, sessions[1].id).error().kind, ErrorKind::not_found);
  EXPECT_TRUE(end(anna, sessions[1].id));
  open(anna, "a third");
  write(
      [&](Records& records) { records.touch_session(sessions[0].id, clock.now() + std::chrono::hours(1)); });
  EXPECT_TRUE(write([&](Records& records) { return end_sessions_but(records, as(anna), sessions[0].id); }));
  ASSERT_EQ(list(as(anna))->items.size(), 1U);
  EXPECT_EQ(list(as(anna))->items[0].last_seen_at, clock.now() + std::chrono::hours(1));
  EXPECT_EQ(list(as(ben))->items.size(), 1U);
  EXPECT_TRUE(read([&](Records& records) { return authenticate_session(records, here.token, clock); }));
}

}  // namespace preceptor::store
