#include <memory>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/password.hpp"
#include "cli/installation.hpp"
#include "feedback/accounts.hpp"
#include "feedback/projects.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

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
      json answer = {
          {"id", person.id.value}, {"login", person.login}, {"administrator", person.administrator}};
      if (generated) answer["password"] = password;
      return print_json(answer);
    }
    fmt::print("{} can sign in.{}\n", person.login,
               generated ? fmt::format(" Password, shown this once: {}", password) : "");
  }
};

struct ListPeople {
  InstallationOptions installation;

  void run(const Invocation& invocation) {
    Installation::must_exist(installation);
    Installation opened(installation);
    std::vector<feedback::Person> people;
    opened.database->read([&](loop::Records& records) {
      feedback::Page page{.limit = 1000};
      for (bool more = true; more;) {
        auto some = records.people(page);
        people.insert(people.end(), some.items.begin(), some.items.end());
        more = some.next.has_value();
        page.after = some.next.value_or(0);
      }
    });
    if (invocation.json) {
      json list = json::array();
      for (const feedback::Person& person : people)
        list.push_back({{"id", person.id.value},
                        {"login", person.login},
                        {"name", person.name},
                        {"simulated", person.simulated},
                        {"administrator", person.administrator}});
      return print_json(list);
    }
    for (const feedback::Person& person : people)
      fmt::print("{:>4}  {:<24} {}{}{}\n", person.id.value, person.login, person.name,
                 person.administrator ? "  (administrator)" : "", person.simulated ? "  (simulated)" : "");
    if (people.empty()) fmt::print("Nobody yet: preceptor admin create-person LOGIN --administrator\n");
  }
};

struct CreateProject {
  InstallationOptions installation;
  std::string name;
  std::string guideline_file;
  std::vector<std::string> languages{"en"};
  std::vector<std::string> domains;

  void run(const Invocation& invocation) {
    Installation::must_exist(installation);
    Installation opened(installation);
    feedback::NewProject fresh{.name = name, .languages = languages, .domains = domains};
    fresh.guideline = guideline_file.empty() ? fmt::format("# {}\n\nSay here what a good answer is.\n", name)
                                             : or_throw(read_file(guideline_file, 1 << 20));
    fresh.dimensions = {{.key = "accuracy", .label = "Accuracy", .reason_required_below = 3},
                        {.key = "helpfulness", .label = "Helpfulness"},
                        {.key = "clarity", .label = "Clarity"}};
    const feedback::Actor owner = opened.owner();
    const auto view = or_throw(loop::write(*opened.database, [&](loop::Records& records) {
      return feedback::create_project(records, owner, fresh, opened.clock);
    }));
    const std::int64_t id = view.project.id.value;
    if (invocation.json) return print_json({{"id", id}, {"name", name}});
    fmt::print(
        "Project {} ({}) is there. Its guidelines and its rubric (accuracy, helpfulness, clarity) are a "
        "first version: a lead adds better ones.\n",
        id, name);
  }
};

struct ListProjects {
  InstallationOptions installation;

  void run(const Invocation& invocation) {
    Installation::must_exist(installation);
    Installation opened(installation);
    json list = json::array();
    opened.database->read([&](loop::Records& records) {
      for (const feedback::Project& project : records.projects()) {
        const feedback::ProjectCounts counts = records.project_counts(project.id);
        list.push_back({{"id", project.id.value},
                        {"name", project.name},
                        {"prompts", counts.prompts},
                        {"tasks_open", counts.tasks_open},
                        {"judgments", counts.judgments},
                        {"members", counts.members}});
      }
    });
    if (invocation.json) return print_json(list);
    for (const json& project : list)
      fmt::print("{:>4}  {:<32} {} prompts, {} open tasks, {} judgments, {} members\n",
                 project["id"].get<std::int64_t>(), project["name"].get<std::string>(),
                 project["prompts"].get<std::int64_t>(), project["tasks_open"].get<std::int64_t>(),
                 project["judgments"].get<std::int64_t>(), project["members"].get<std::int64_t>());
    if (list.empty()) fmt::print("No projects yet: preceptor admin create-project NAME\n");
  }
};

struct SetMember {
  InstallationOptions installation;
  std::string login;
  std::string project;
  std::string role;

  void run(const Invocation& invocation) {
    Installation::must_exist(installation);
    Installation opened(installation);
    const feedback::ProjectId id = opened.project(project);
    const feedback::Actor owner = opened.owner();
    const auto member =
        or_throw(loop::write(*opened.database, [&](loop::Records& records) -> Result<feedback::MemberView> {
          const auto known = feedback::find_credentials(records, login);
          if (!known)
            return refuse(ErrorKind::not_found, fmt::format("Nobody has the login {}.", login),
                          "preceptor admin list-people shows everybody.");
          return feedback::set_member(records, owner, id, known->person.id,
                                      feedback::from_name<feedback::Role>(role).value(), opened.clock);
        }));
    if (invocation.json)
      return print_json({{"person_id", member.person.id.value}, {"project_id", id.value}, {"role", role}});
    fmt::print("{} is {} of project {}.\n", member.person.login, role, id.value);
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

void add_people_commands(CLI::App& admin, Invocation& invocation) {
  const auto create = std::make_shared<CreatePerson>();
  CLI::App* sub = add(admin, invocation, create, "create-person", "Make an account");
  sub->add_option("LOGIN", create->login, "Name to sign in with")->required();
  sub->add_option("--name", create->name, "Name that others see");
  sub->add_option("--password", create->password, "At least 10 characters; without it one is made and shown")
      ->envname("PRECEPTOR_PASSWORD");
  sub->add_flag("--administrator", create->administrator, "May create projects and people");
  add(admin, invocation, std::make_shared<ListPeople>(), "list-people", "Everybody who has an account");
}

void add_project_commands(CLI::App& admin, Invocation& invocation) {
  const auto create = std::make_shared<CreateProject>();
  CLI::App* sub =
      add(admin, invocation, create, "create-project", "Make a project; the administrator owns it");
  sub->add_option("NAME", create->name, "Name of the project")->required();
  sub->add_option("--guideline", create->guideline_file, "Markdown file: what a good answer is");
  sub->add_option("--language", create->languages, "Language of its prompts, as en or de; may be repeated")
      ->capture_default_str();
  sub->add_option("--domain", create->domains, "Field of knowledge; may be repeated");
  add(admin, invocation, std::make_shared<ListProjects>(), "list-projects", "The projects of a workspace");

  const auto member = std::make_shared<SetMember>();
  sub = add(admin, invocation, member, "set-member", "Add somebody to a project, or change their role");
  sub->add_option("LOGIN", member->login, "Who")->required();
  sub->add_option("--project", member->project, "Name or id of the project")->required();
  sub->add_option("--role", member->role, "trainer, reviewer, lead or owner")
      ->required()
      ->check(CLI::IsMember({"trainer", "reviewer", "lead", "owner"}));
}

}  // namespace

void add_admin_command(CLI::App& app, Invocation& invocation) {
  CLI::App* admin = app.add_subcommand("admin", "People and projects, for the owner of the machine");
  admin->require_subcommand(1);
  add_people_commands(*admin, invocation);
  add_project_commands(*admin, invocation);
  add_admin_people_commands(*admin, invocation);
}

}  // namespace preceptor::cli
