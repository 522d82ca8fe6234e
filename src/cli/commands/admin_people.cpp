// What an administrator without a browser does for people: links, and the rights over their own data.
#include <memory>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/format.hpp"
#include "cli/installation.hpp"
#include "feedback/accounts.hpp"
#include "feedback/invitations.hpp"
#include "feedback/passwords.hpp"
#include "feedback/personal_data.hpp"
#include "loop/erasure.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

feedback::Person person_named(Installation& opened, const std::string& login) {
  const auto known = loop::read(
      *opened.database, [&](loop::Records& records) { return feedback::find_credentials(records, login); });
  if (!known)
    throw Failure(ErrorKind::not_found, fmt::format("Nobody has the login {}.", login),
                  "preceptor admin list-people shows everybody.");
  return known->person;
}

struct ResetPassword {
  InstallationOptions installation;
  std::string login, address = "http://127.0.0.1:8420";
  bool drop_second_factor = false;

  void run(const Invocation& invocation) {
    Installation::must_exist(installation);
    Installation opened(installation);
    const auto person = person_named(opened, login);
    const auto link = or_throw(loop::write(*opened.database, [&](loop::Records& records) {
      return feedback::issue_password_reset_locally(records, {}, person.id, drop_second_factor, opened.clock);
    }));
    const std::string url = address + "/reset#" + link.token;
    if (invocation.json) return print_json({{"url", url}, {"expires_at", link.expires_at.iso8601()}});
    fmt::print("{} chooses a new password at this address, once, until {}:\n{}\n", person.login,
               link.expires_at.iso8601(), url);
  }
};

struct Invite {
  InstallationOptions installation;
  std::string project, role = "trainer", note, address = "http://127.0.0.1:8420";
  std::int64_t days = 7;

  void run(const Invocation& invocation) {
    Installation::must_exist(installation);
    Installation opened(installation);
    const feedback::ProjectId id = opened.project(project);
    const feedback::Actor owner = opened.owner();
    const auto issued = or_throw(loop::write(*opened.database, [&](loop::Records& records) {
      return feedback::invite(records, owner, id,
                              {feedback::from_name<feedback::Role>(role).value(), note, days}, opened.clock);
    }));
    const std::string url = address + "/invitation#" + issued.token;
    if (invocation.json)
      return print_json({{"url", url}, {"expires_at", issued.invitation.expires_at.iso8601()}});
    fmt::print("One person enters project {} as {} at this address, until {}:\n{}\n", id.value, role,
               issued.invitation.expires_at.iso8601(), url);
  }
};

struct ErasePerson {
  InstallationOptions installation;
  std::string login;
  bool sure = false;

  void run(const Invocation& invocation) {
    Installation::must_exist(installation);
    if (!sure)
      throw Failure(ErrorKind::invalid, "Erasing a person cannot be undone.", "Say --yes if it is meant.");
    Installation opened(installation);
    // An erasure that was interrupted goes on under the login that stands there now, erased-N.
    const auto person = person_named(opened, login);
    const auto erased =
        or_throw(loop::erase_person(*opened.database, {}, person.id, feedback::Again::allowed, opened.clock));
    if (invocation.json)
      return print_json({{"person_id", person.id.value},
                         {"judgments", erased.rows.judgments},
                         {"events", erased.payloads},
                         {"snapshots", erased.snapshots},
                         {"models", erased.models}});
    fmt::print(
        "Person {} is erased: {} judgments and {} events are without content now, {} snapshots carry a "
        "tombstone; {} models in the person's projects rest on erased work. The log still verifies.\n",
        person.id.value, erased.rows.judgments, erased.payloads, erased.snapshots, erased.models);
  }
};

struct ExportPerson {
  InstallationOptions installation;
  std::string login, file;

  void run(const Invocation& invocation) {
    Installation::must_exist(installation);
    Installation opened(installation);
    const auto person = person_named(opened, login);
    const auto data = or_throw(loop::read(*opened.database, [&](loop::Records& records) {
      return feedback::export_data_of(records, person.id, opened.clock);
    }));
    loop::write(*opened.database, [&](loop::Records& records) {
      feedback::record_read_of_people(records, {}, "admin export-person", {}, std::vector{person.id},
                                      opened.clock.now());
    });
    write_file_atomic(file, json::parse(data).dump(2) + "\n");
    if (invocation.json) return print_json({{"person_id", person.id.value}, {"file", file}});
    fmt::print("Everything that is held about {} is in {}.\n", person.login, file);
  }
};

struct ListReads {
  InstallationOptions installation;
  std::int64_t limit = 50;

  void run(const Invocation& invocation) {
    Installation::must_exist(installation);
    Installation opened(installation);
    json list = json::array();
    opened.database->read([&](loop::Records& records) {
      const feedback::Actor owner{.administrator = true};
      for (const auto& read :
           or_throw(feedback::list_reads_of_people(records, owner, {.limit = limit})).items) {
        const auto reader = records.person(read.reader);
        json people = json::array();
        for (const auto person : read.people) people.push_back(person.value);
        list.push_back({{"at", read.at.iso8601()},
                        {"reader", reader ? reader->login : ""},
                        {"what", read.what},
                        {"project_id", read.project.value},
                        {"people", people}});
      }
    });
    if (invocation.json) return print_json(list);
    for (const json& read : list)
      fmt::print(
          "{}  {:<20} {:<20} {}\n", read["at"].get<std::string>(),
          read["reader"].get<std::string>().empty() ? "(command line)" : read["reader"].get<std::string>(),
          read["what"].get<std::string>(), read["people"].dump());
    if (list.empty()) fmt::print("Nobody has looked at other people's data yet.\n");
  }
};

template <class Command>
CLI::App* add(CLI::App& admin, Invocation& invocation, const std::shared_ptr<Command>& command,
              const std::string& name, const std::string& about) {
  CLI::App* sub = admin.add_subcommand(name, about);
  sub->add_flag("--json", invocation.json, "Machine-readable output");
  add_installation_options(*sub, command->installation);
  sub->callback([command, &invocation] { command->run(invocation); });
  return sub;
}

void add_link_commands(CLI::App& admin, Invocation& invocation) {
  const auto reset = std::make_shared<ResetPassword>();
  CLI::App* sub = add(admin, invocation, reset, "reset-password", "A link to choose a new password");
  sub->add_option("LOGIN", reset->login, "Whose")->required();
  sub->add_flag("--drop-second-factor", reset->drop_second_factor, "The authenticator is lost as well");
  sub->add_option("--address", reset->address, "Where people open the server")->capture_default_str();

  const auto invite = std::make_shared<Invite>();
  sub = add(admin, invocation, invite, "invite", "A link that lets one person into a project");
  sub->add_option("--project", invite->project, "Name or id of the project")->required();
  sub->add_option("--role", invite->role, "trainer, reviewer, lead or owner")
      ->check(CLI::IsMember({"trainer", "reviewer", "lead", "owner"}))
      ->capture_default_str();
  sub->add_option("--note", invite->note, "For whom it is");
  sub->add_option("--days", invite->days, "How long it is good")->capture_default_str();
  sub->add_option("--address", invite->address, "Where people open the server")->capture_default_str();
}

void add_data_commands(CLI::App& admin, Invocation& invocation) {
  const auto erase = std::make_shared<ErasePerson>();
  CLI::App* sub = add(admin, invocation, erase, "erase-person", "Forget a person for good");
  sub->add_option("LOGIN", erase->login, "Who")->required();
  sub->add_flag("--yes", erase->sure, "It is meant");

  const auto exported = std::make_shared<ExportPerson>();
  sub = add(admin, invocation, exported, "export-person", "Everything that is held about a person, as JSON");
  sub->add_option("LOGIN", exported->login, "Who")->required();
  sub->add_option("--out", exported->file, "File to write")->required();

  const auto reads = std::make_shared<ListReads>();
  sub = add(admin, invocation, reads, "list-reads", "Who looked at whose data, the newest first");
  sub->add_option("--limit", reads->limit, "How many")->check(CLI::Range(1, 1000))->capture_default_str();
}

}  // namespace

void add_admin_people_commands(CLI::App& admin, Invocation& invocation) {
  add_link_commands(admin, invocation);
  add_data_commands(admin, invocation);
}

}  // namespace preceptor::cli
