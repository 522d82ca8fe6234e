#include "cli/data_import.hpp"

#include <map>
#include <set>

#include "base/format.hpp"
#include "feedback/content.hpp"

namespace preceptor::cli {
namespace {

using feedback::Prompt;
using feedback::Response;
using feedback::Task;

class Import {
public:
  Import(loop::Records& records, feedback::ProjectId project, std::string source, const Clock& clock)
      : records_(records), project_(project), source_(std::move(source)), clock_(clock) {}

  Result<ImportCounts> run(const learning::ImportedData& data) {
    for (const auto& row : data.prompts)
      if (const auto prompt = enter_prompt(row.messages, row.origin); !prompt)
        return tl::unexpected(prompt.error());
    for (const auto& row : data.demonstrations)
      if (const auto done = enter_demonstration(row); !done) return tl::unexpected(done.error());
    for (const auto& row : data.preferences)
      if (const auto done = enter_preference(row); !done) return tl::unexpected(done.error());
    counts_.prompts_known = static_cast<std::int64_t>(known_before_.size());
    return counts_;
  }

private:
  Result<feedback::PromptId> enter_prompt(const std::vector<text::Message>& messages,
                                          const learning::Origin& origin) {
    const std::string key = "import/" + origin.prompt;
    if (const auto found = prompts_.find(key); found != prompts_.end()) return found->second;
    if (const auto before = records_.prompt_with_key(project_, key)) {
      known_before_.insert(before->value);
      return prompts_.emplace(key, *before).first->second;
    }
    Prompt prompt;
    for (const text::Message& message : messages) prompt.messages.push_back({message.role, message.content});
    prompt.language = "en";
    prompt.source = source_;
    prompt.key = key;
    const auto ids = feedback::record_prompts(records_, project_, {&prompt, 1}, clock_);
    if (!ids) return tl::unexpected(ids.error());
    counts_.prompts += 1;
    return prompts_.emplace(key, ids->front()).first->second;
  }

  Result<feedback::ResponseId> enter_response(feedback::PromptId prompt, const std::string& text) {
    const auto key = std::make_pair(prompt.value, text);
    if (const auto found = responses_.find(key); found != responses_.end()) return found->second;
    Response response;
    response.prompt = prompt;
    response.text = text;
    const auto ids = feedback::record_responses(records_, project_, {&response, 1}, clock_);
    if (!ids) return tl::unexpected(ids.error());
    counts_.responses += 1;
    return responses_.emplace(key, ids->front()).first->second;
  }

  Result<void> enter_demonstration(const learning::ImportedDemonstration& row) {
    const std::vector<text::Message> before(row.messages.begin(), row.messages.end() - 1);
    if (before.empty()) return {};
    const auto prompt = enter_prompt(before, row.origin);
    if (!prompt) return tl::unexpected(prompt.error());
    if (known_before_.contains(prompt->value)) return {};
    const auto response = enter_response(*prompt, row.messages.back().content);
    if (!response) return tl::unexpected(response.error());
    return {};
  }

  Result<void> enter_preference(const learning::ImportedPreference& row) {
    const auto prompt = enter_prompt(row.prompt, row.origin);
    if (!prompt) return tl::unexpected(prompt.error());
    if (known_before_.contains(prompt->value)) return {};
    const auto chosen = enter_response(*prompt, row.chosen);
    if (!chosen) return tl::unexpected(chosen.error());
    const auto rejected = enter_response(*prompt, row.rejected);
    if (!rejected) return tl::unexpected(rejected.error());
    Task task;
    task.kind = feedback::TaskKind::compare;
    task.prompt = *prompt;
    task.responses = {*chosen, *rejected};
    task.overlap = 0;
    const auto ids = feedback::record_tasks(records_, project_, {&task, 1}, clock_);
    if (!ids) return tl::unexpected(ids.error());
    counts_.compare_tasks += 1;
    return {};
  }

  loop::Records& records_;
  feedback::ProjectId project_;
  std::string source_;
  const Clock& clock_;
  ImportCounts counts_;
  std::map<std::string, feedback::PromptId> prompts_;
  std::set<std::int64_t> known_before_;  // prompts of an earlier import: their answers are there, too
  std::map<std::pair<std::int64_t, std::string>, feedback::ResponseId> responses_;
};

}  // namespace

Result<ImportCounts> import_dataset(loop::Storage& storage, feedback::ProjectId project,
                                    const learning::ImportedData& data, const std::string& source,
                                    const Clock& clock, ImportMode mode) {
  Result<ImportCounts> counts;
  const auto refused = [] { return refuse(ErrorKind::cancelled, "rolled back"); };
  loop::write(storage, [&](loop::Records& records) -> Result<void> {
    counts = Import(records, project, source, clock).run(data);
    if (!counts || mode == ImportMode::dry_run) return refused();
    return {};
  });
  return counts;
}

}  // namespace preceptor::cli
