#include <memory>
#include <nlohmann/json.hpp>

#include "base/format.hpp"
#include "base/password.hpp"
#include "cli/installation.hpp"
#include "feedback/accounts.hpp"

namespace preceptor::cli {
namespace {

struct CreatePerson {
  InstallationOptions installation;
  std::string login;
  std::string name;
  std::string password;
  bool administrator = false;

  void run(const Invocation& invocation) {
    Installation opened(installation);
    const bool generated = password.empty();
    if (generated) password = random_token(12);
    const auto prepared = or_throw(feedback::prepare_person({.login = login,
                                                             .name = name.empty() ? login : name,
                                                             .password = password,
                                                             .administrator = administrator},
                                                            opened.clock));
    const auto person = or_throw(loop::write(*opened.database, [&](loop::Records& records) {
      return feedback::create_person_locally(records, prepared, opened.clock);
    }));
    if (invocation.json) {
      nlohmann::json answer = {
          {"id", person.id.value}, {"login", person.login}, {"administrator", person.administrator}};
      if (generated) answer["password"] = password;
      return print_json(answer);
    }
    fmt::print("{} can sign in.{}\n", person.login,
               generated ? fmt::format(" Password, shown this once: {}", password) : "");
  }
};

}  // namespace

void add_admin_command(CLI::App& app, Invocation& invocation) {
  CLI::App* admin = app.add_subcommand("admin", "People and their accounts, for the owner of the machine");
  admin->require_subcommand(1);
  auto create = std::make_shared<CreatePerson>();
  CLI::App* sub = admin->add_subcommand("create-person", "Make an account");
  sub->add_option("LOGIN", create->login, "Name to sign in with")->required();
  sub->add_option("--name", create->name, "Name that others see");
  sub->add_option("--password", create->password, "At least 10 characters; without it one is made and shown")
      ->envname("PRECEPTOR_PASSWORD");
  sub->add_flag("--administrator", create->administrator, "May create projects and people");
  sub->add_flag("--json", invocation.json, "Machine-readable output");
  add_installation_options(*sub, create->installation);
  sub->callback([create, &invocation] { create->run(invocation); });
}

}  // namespace preceptor::cli
