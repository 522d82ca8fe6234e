#include "feedback/verify.hpp"

#include <cmath>

#include "base/hash.hpp"
#include "feedback/content_hash.hpp"
#include "feedback/events.hpp"
#include "feedback/golds.hpp"
#include "feedback/projects.hpp"
#include "feedback/replay.hpp"

namespace preceptor::feedback {
namespace {

constexpr std::int64_t page_size = 1000;

std::string number(std::int64_t value) { return std::to_string(value); }

class Verification {
public:
  Verification(Records& records, const std::function<void(const LoggedEvent&)>& also)
      : records_(records), also_(also) {}

  VerifyReport run() {
    check_log();
    replay_.finish();
    settle_erased();
    for (const std::string& difference : replay_.differences) differ(difference);
    for (const Project& project : records_.projects()) {
      check_texts(project.id);
      check_tasks(project.id);
      check_judgments(project.id);
      check_members(project.id);
    }
    for (const auto& [id, logged] : replay_.judgments) differ("judgment " + number(id.value) + " is missing");
    for (const auto& [id, task] : replay_.tasks) differ("task " + number(id.value) + " is missing");
    for (const auto& [id, hash] : replay_.prompt_hashes) differ("prompt " + number(id.value) + " is missing");
    for (const auto& [id, hash] : replay_.response_hashes)
      differ("response " + number(id.value) + " is missing");
    return std::move(report_);
  }

private:
  void differ(std::string difference) { report_.differences.push_back(std::move(difference)); }

  // A payload may be missing only where a person was erased; what those judgments were is read from the rows.
  void settle_erased() {
    for (const Event& event : replay_.without_payload) {
      if (replay_.erased_people.contains(event.actor)) continue;
      if (replay_.erased_people.contains(PersonId{event.subject}) && event.kind != event::judgment_submitted)
        continue;
      differ("the payload of event " + number(event.id.value) + " (" + event.kind +
             ") is gone, but nobody was erased");
    }
    for (const JudgmentId id : replay_.erased_judgments) {
      const auto judgment = records_.judgment(id);
      if (!judgment) {
        differ("judgment " + number(id.value) + " is missing");
      } else if (judgment->counted && !judgment->supersedes) {
        replay_.tasks[judgment->task].counted += 1;
      }
    }
  }

  // Whether the payload still belongs to the row.
  void check_commitment(const LoggedEvent& logged) {
    report_.events += 1;
    if (!logged.payload) {
      report_.erased += 1;
    } else if (commitment(*logged.payload) != logged.event.commitment) {
      differ("the payload of event " + number(logged.event.id.value) + " (" + logged.event.kind +
             ") does not match its commitment");
      return;
    }
    try {
      replay_.apply(logged);
      if (also_) also_(logged);
    } catch (const Failure& failure) {
      differ(failure.error.message);
    }
  }

  void check_root(const EventRoot& root, const std::string& previous) {
    std::vector<std::string> leaves;
    for (std::int64_t first = root.first; first <= root.last; first += page_size) {
      for (const LoggedEvent& logged : records_.events({first, std::min(first + page_size - 1, root.last)})) {
        check_commitment(logged);
        leaves.push_back(leaf_hash(logged.event));
      }
    }
    if (static_cast<std::int64_t>(leaves.size()) != root.last - root.first + 1) {
      differ("events of positions " + number(root.first) + " to " + number(root.last) + " are missing");
    }
    if (chained_root(previous, merkle_root(leaves)) != root.root) {
      differ("root " + number(root.number) + " over positions " + number(root.first) + " to " +
             number(root.last) + " does not match the events");
    }
  }

  void check_log() {
    std::int64_t position = 0;
    Page page{.limit = page_size};
    for (bool more = true; more;) {
      const auto roots = records_.roots(page);
      for (const EventRoot& root : roots.items) {
        if (root.number != report_.roots + 1 || root.first != position + 1) {
          differ("root " + number(root.number) + " does not follow on the one before");
        }
        check_root(root, report_.last_root);
        report_.roots += 1;
        report_.last_root = root.root;
        position = root.last;
      }
      more = roots.next.has_value();
      if (more) page.after = *roots.next;
    }
    if (!records_.events({position + 1, position + page_size}).empty()) {
      differ("there are positions after the last root");
    }
    for (const LoggedEvent& logged : records_.unsealed_with_payload()) {
      check_commitment(logged);
      report_.unsealed += 1;
    }
  }

  template <class Key>
  void check_hash(std::map<Key, std::string>& logged, const Key& key, const std::string& hash,
                  const std::string& name) {
    const auto found = logged.find(key);
    if (found == logged.end()) return differ(name + " is not in the log");
    if (found->second != hash) differ(name + " was changed after it was logged");
    logged.erase(found);
  }

  void check_texts(ProjectId project) {
    for (const GuidelineVersion& version : records_.guidelines(project)) {
      check_hash(replay_.guideline_hashes, {project, version.version}, sha256_hex(version.markdown),
                 "guideline version " + number(version.version) + " of project " + number(project.value));
    }
    for (const RubricVersion& version : records_.rubrics(project)) {
      check_hash(replay_.rubric_hashes, {project, version.version},
                 rubric_hash(version.dimensions, version.criteria),
                 "rubric version " + number(version.version) + " of project " + number(project.value));
    }
    each<Prompt>([&](Page page) { return records_.prompts({.project = project, .page = page}); },
                 [&](const Prompt& prompt) {
                   check_hash(replay_.prompt_hashes, prompt.id, content_hash(prompt),
                              "prompt " + number(prompt.id.value));
                 });
    each<Response>([&](Page page) { return records_.responses({.project = project, .page = page}); },
                   [&](const Response& response) {
                     check_hash(replay_.response_hashes, response.id, content_hash(response),
                                "response " + number(response.id.value));
                   });
  }

  template <class T, class List, class Check>
  void each(const List& list, const Check& check) {
    Page page{.limit = page_size};
    for (;;) {
      const Listing<T> listing = list(page);
      for (const T& item : listing.items) check(item);
      if (!listing.next) return;
      page.after = *listing.next;
    }
  }

  void check_tasks(ProjectId project) {
    each<Task>([&](Page page) { return records_.tasks({.project = project, .page = page}); },
               [&](const Task& task) { check_task(task); });
  }

  void check_task(const Task& task) {
    report_.tasks += 1;
    const std::string name = "task " + number(task.id.value);
    const auto found = replay_.tasks.find(task.id);
    if (found == replay_.tasks.end()) return differ(name + " is not in the log");
    const LoggedTask logged = found->second;
    replay_.tasks.erase(found);
    const ResponseId gold = task.gold ? task.gold->better : ResponseId{};
    if (gold != logged.gold) differ("the gold answer of " + name + " is not the logged one");
    golds_[task.id] = logged.gold;
    if (task.overlap != logged.overlap) differ("the overlap of " + name + " is not the logged one");
    if (task.counted != logged.counted) {
      differ(name + " says " + number(task.counted) + " counted judgments, the log " +
             number(logged.counted));
    }
    if (logged.gold) return;
    if (logged.counted > logged.overlap) differ(name + " has more counted judgments than its overlap");
    if (task.state != TaskState::closed &&
        (task.state == TaskState::done) != (logged.counted >= logged.overlap)) {
      differ(name + " is " + std::string(name_of(task.state)) + " with " + number(logged.counted) + " of " +
             number(logged.overlap) + " judgments");
    }
    std::int64_t done = 0;
    const auto slots = records_.slots_of(task.id);
    std::int64_t withdrawn = 0;
    for (const Slot& slot : slots) {
      done += slot.state == SlotState::done ? 1 : 0;
      withdrawn += slot.state == SlotState::withdrawn ? 1 : 0;
    }
    if (done != logged.counted) {
      differ(name + " has " + number(done) + " finished slots for " + number(logged.counted) +
             " counted judgments");
    }
    if (static_cast<std::int64_t>(slots.size()) - withdrawn != logged.overlap)
      differ(name + " has the wrong number of slots");
  }

  void check_judgments(ProjectId project) {
    each<Judgment>([&](Page page) { return records_.judgments({.project = project, .page = page}); },
                   [&](const Judgment& judgment) { check_judgment(judgment); });
  }

  void check_judgment(const Judgment& judgment) {
    report_.judgments += 1;
    report_.golds += judgment.gold_right ? 1 : 0;
    const std::string name = "judgment " + number(judgment.id.value);
    const bool erased = replay_.erased_people.contains(judgment.person);
    if (erased && judgment.payload != erased_payload)
      differ(name + " is of an erased person and still has its content");
    if (replay_.erased_judgments.contains(judgment.id)) return;
    const auto found = replay_.judgments.find(judgment.id);
    if (found == replay_.judgments.end()) return differ(name + " is not in the log");
    const LoggedJudgment logged = found->second;
    replay_.judgments.erase(found);
    if (!erased && sha256_hex(judgment.payload) != logged.sha256)
      differ("the content of " + name + " was changed");
    if (judgment.task != logged.task || judgment.person != logged.person || judgment.slot != logged.slot ||
        judgment.supersedes != logged.supersedes) {
      differ(name + " belongs to another task, person, slot or predecessor than the logged one");
    }
    if (judgment.counted != logged.counted) differ("whether " + name + " counts is not as logged");
    if (judgment.gold_right != logged.gold_right)
      differ("the gold score of " + name + " is not the logged one");
    check_standing(judgment.id, logged.standing, name);
    if (!erased) check_gold_score(judgment, name);
  }

  // A judgment that waits for its first review has no event of its own yet.
  void check_standing(JudgmentId id, std::optional<StandingState> logged, const std::string& name) {
    const auto standing = records_.standing(id);
    const bool decided = standing && standing->state != StandingState::in_review;
    if (logged.has_value() != decided || (decided && standing->state != *logged))
      differ("what reviews said of " + name + " is not as logged");
    if (standing && !decided && standing->decided_by) differ("the review of " + name + " is not as logged");
  }

  void check_gold_score(const Judgment& judgment, const std::string& name) {
    const auto gold = golds_.find(judgment.task);
    if (gold == golds_.end() || !gold->second || judgment.supersedes) return;
    const auto task = records_.task(judgment.task);
    const auto payload = task ? parse_compare(judgment.payload, task->responses)
                              : refuse(ErrorKind::corrupt, "its task is missing");
    if (!payload) return differ(name + " cannot be read: " + payload.error().message);
    if (judgment.gold_right != gold_right({.better = gold->second}, *payload)) {
      differ("the gold score of " + name + " does not follow from its answer");
    }
  }

  void check_members(ProjectId project) {
    for (const Membership& member : records_.members(project)) {
      if (replay_.erased_people.contains(member.person)) continue;
      const Membership logged = replay_.members[{project, member.person}];
      const std::string name =
          "person " + number(member.person.value) + " in project " + number(project.value);
      if (member.role != logged.role) differ("the role of " + name + " is not the logged one");
      if (member.judgments != logged.judgments || member.golds != logged.golds ||
          member.golds_right != logged.golds_right) {
        differ("the counts of " + name + " do not follow from the log");
      }
      if (std::abs(member.watch - logged.watch) > 1e-9)
        differ("the gold watch of " + name + " is not as recomputed");
      if (member.paused != logged.paused || member.pause_reason != logged.pause_reason) {
        differ("the pause of " + name + " is not as logged");
      }
    }
  }

  Records& records_;
  const std::function<void(const LoggedEvent&)>& also_;
  VerifyReport report_;
  Replay replay_;
  std::map<TaskId, ResponseId> golds_;
};

}  // namespace

VerifyReport verify_log(Records& records, const std::function<void(const LoggedEvent&)>& also) {
  return Verification(records, also).run();
}

}  // namespace preceptor::feedback
