#include "server/api/session.hpp"

namespace preceptor::server::api {

void Person::describe(wire::Description<Person>& is) {
  is.named("Person");
  is.field("id", &Person::id);
  is.field("login", &Person::login);
  is.field("name", &Person::name);
  is.field("simulated", &Person::simulated, {.about = "A simulated expert of the demo, never a person."});
  is.field("administrator", &Person::administrator);
  is.field("erased", &Person::erased, {.about = "A number is all that is left."});
}

void NewPerson::describe(wire::Description<NewPerson>& is) {
  is.named("NewPerson");
  is.field("login", &NewPerson::login, {.length_min = 2, .length_max = 64});
  is.field("name", &NewPerson::name, {.length_min = 1, .length_max = 200});
  is.field("password", &NewPerson::password, {.length_min = 10, .length_max = 1024});
  is.optional("simulated", &NewPerson::simulated);
  is.optional("administrator", &NewPerson::administrator);
}

void SignIn::describe(wire::Description<SignIn>& is) {
  is.named("SignIn");
  is.field("login", &SignIn::login, {.length_min = 1, .length_max = 64});
  is.field("password", &SignIn::password, {.length_min = 1, .length_max = 1024});
  is.optional("code", &SignIn::code,
              {.length_max = 64,
               .about = "Of the authenticator, or a recovery code. An account that asks for one answers 401 "
                        "with \"where\": \"/code\" while it is missing or wrong."});
}

void Membership::describe(wire::Description<Membership>& is) {
  is.named("Membership");
  is.field("project_id", &Membership::project_id);
  is.field("project_name", &Membership::project_name);
  is.field("role", &Membership::role, {.choices = role_choices});
}

void Session::describe(wire::Description<Session>& is) {
  is.named("Session");
  is.field("person", &Session::person);
  is.field("memberships", &Session::memberships);
  is.field("csrf_token", &Session::csrf_token,
           {.about = "Send it as X-CSRF-Token with everything but GET; null when an API token was used."});
}

void NewToken::describe(wire::Description<NewToken>& is) {
  is.named("NewToken");
  is.field("name", &NewToken::name, {.length_min = 1, .length_max = 100});
  is.optional("scope", &NewToken::scope,
              {.choices = token_scope_choices,
               .about = "read: GET only. judge: what judging needs. write: all that its owner may do. model: "
                        "asking models, also under /v1."});
  is.optional("expires_days", &NewToken::expires_days, {.minimum = 1, .maximum = 366});
}

void CreatedToken::describe(wire::Description<CreatedToken>& is) {
  is.named("CreatedToken");
  is.field("id", &CreatedToken::id);
  is.field("name", &CreatedToken::name);
  is.field("scope", &CreatedToken::scope, {.choices = token_scope_choices});
  is.field("token", &CreatedToken::token, {.about = "Shown this once; only its hash is stored."});
  is.field("expires_at", &CreatedToken::expires_at);
}

void Token::describe(wire::Description<Token>& is) {
  is.named("Token");
  is.field("id", &Token::id);
  is.field("name", &Token::name);
  is.field("scope", &Token::scope, {.choices = token_scope_choices});
  is.field("created_at", &Token::created_at);
  is.field("expires_at", &Token::expires_at);
}

void Page::describe(wire::Description<Page>& is) {
  is.named("Page");
  describe_page(is);
}

void WidePage::describe(wire::Description<WidePage>& is) {
  is.named("WidePage");
  describe_page(is);
}

}  // namespace preceptor::server::api
