// What the next task costs the one thread that writes, as processor time of that thread: all in one command
// (claim_next), and in the steps of the server (look and show on a reader, take on the writer). Two moments:
// nobody has judged yet; and somebody who is ahead of the others has judged many tasks that are still open.
#include <time.h>

#include <cstdio>
#include <string>

#include "base/file.hpp"
#include "base/time.hpp"
#include "feedback/accounts.hpp"
#include "feedback/content.hpp"
#include "feedback/projects.hpp"
#include "feedback/work.hpp"
#include "store/store.hpp"

namespace {

using namespace preceptor;
using namespace preceptor::feedback;

constexpr int overlap = 16;
constexpr int tasks_ahead = 2000;
constexpr int rounds = 200;

double thread_us() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) * 1e-3;
}

struct Bench {
  TemporaryFolder folder;
  SystemClock clock;
  std::unique_ptr<store::Database> database = store::open({.database = (folder.path() / "p.db").string()});
  Actor administrator{.person = {}, .administrator = true};
  ProjectId project;

  PersonId add_person(const std::string& login) {
    return loop::write(*database, [&](loop::Records& records) {
      const PreparedPerson someone{.person = {.login = login, .name = login}, .password_hash = "unusable"};
      const auto person = create_person_locally(records, someone, clock).value().id;
      if (project) records.put_role(project, person, Role::trainer);
      return person;
    });
  }

  void prepare() {
    administrator.person = add_person("administrator");
    loop::write(*database, [&](loop::Records& records) {
      const NewProject fresh{.name = "P",
                             .languages = {"en"},
                             .guideline = "g",
                             .dimensions = {{.key = "a", .label = "A"}},
                             .gold_watch = {.rate = 0}};
      project = create_project(records, administrator, fresh, clock).value().project.id;
      const Prompt prompt{.messages = {{"user", "Why is the sky blue?"}}};
      const auto id = record_prompts(records, project, {&prompt, 1}, clock).value().front();
      const Response answer{.prompt = id, .text = "Short waves scatter more."};
      const auto answers = record_responses(records, project, std::vector(2, answer), clock).value();
      const Task task{.prompt = id, .responses = answers, .overlap = overlap};
      for (int i = 0; i < 10; ++i)
        record_tasks(records, project, std::vector(static_cast<std::size_t>(tasks_ahead) / 4, task), clock)
            .value();
    });
  }

  // Takes a task and gives it back to the slots as done by this person, so that the next call finds another
  // one.
  double take(PersonId person, bool in_steps) {
    const Actor actor{.person = person};
    std::optional<TaskPlace> place;
    if (in_steps)
      place = loop::read(*database,
                         [&](loop::Records& records) { return look_for_task(records, actor, project, {}); });
    double us = 0;
    std::optional<Handed> handed;
    loop::write(*database, [&](loop::Records& records) {
      const double begin = thread_us();
      std::optional<Claim> claim;
      if (in_steps) {
        handed = take_next(records, actor, project, {}, place, clock).value();
      } else {
        claim = claim_next(records, actor, project, {}, clock).value();
      }
      us = thread_us() - begin;
      if (claim) handed = Handed{*records.own_slot(project, person, std::vector{claim->kind})};
    });
    if (in_steps)
      loop::read(*database, [&](loop::Records& records) { show_handed(records, project, {}, *handed); });
    loop::write(*database, [&](loop::Records& records) {
      Slot slot = handed->slot;
      slot.state = SlotState::open;
      slot.person = {};
      records.update_slot(slot);
    });
    return us;
  }

  void compare(const char* moment, PersonId person) {
    double whole = 0, steps = 0;
    for (int i = 0; i < rounds; ++i) {
      whole += take(person, false);
      steps += take(person, true);
    }
    std::printf("%s: %.0f us of the writer in one command, %.0f us in steps, ratio %.2f\n", moment,
                whole / rounds, steps / rounds, steps / whole);
  }
};

}  // namespace

int main() {
  Bench bench;
  bench.prepare();
  bench.compare("nobody has judged yet", bench.add_person("anna"));
  const PersonId ben = bench.add_person("ben");
  for (int i = 0; i < tasks_ahead; ++i) bench.take(ben, true);
  bench.compare("far ahead of the others", ben);
}
