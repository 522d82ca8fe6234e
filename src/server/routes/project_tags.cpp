#include "server/routes/project_tags.hpp"

#include "server/if_match.hpp"
#include "server/routes/translate.hpp"
#include "server/wire/writer.hpp"

namespace preceptor::server {

using feedback::Project;

std::string settings_tag(const Project& project) {
  return tag_of("settings", wire::to_json(settings_to_api(project)));
}

std::string policy_tag(const Project& project) {
  return tag_of("policy", wire::to_json(policy_to_api(project)));
}

std::string guideline_tag(const Project& project) { return tag_of("guideline", project.guideline_version); }

std::string rubric_tag(const Project& project) { return tag_of("rubric", project.rubric_version); }

void send_tag(Call& call, std::string tag) { call.response_headers.emplace_back("ETag", std::move(tag)); }

Result<void> check_project_tag(Call& call, loop::Records& records, ProjectTag& tag) {
  if (!has_if_match(call.request)) return {};
  const auto id = call.id<feedback::ProjectId>(0);
  const auto may = feedback::require(records, call.actor(), id, feedback::Right::edit_guidelines);
  if (!may) return tl::unexpected(may.error());
  return check_if_match(call.request, tag(*records.lock_project(id)));
}

}  // namespace preceptor::server
