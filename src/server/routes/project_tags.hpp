#pragma once
// What two editors of a project could overwrite of each other's, as tags; see if_match.hpp.
#include "feedback/types.hpp"
#include "server/routes/route.hpp"

namespace preceptor::server {

std::string settings_tag(const feedback::Project&);
std::string policy_tag(const feedback::Project&);
std::string guideline_tag(const feedback::Project&);
std::string rubric_tag(const feedback::Project&);
using ProjectTag = std::string(const feedback::Project&);  // one of these

void send_tag(Call&, std::string tag);
// Refuses a request that names another tag than the project has now. Whoever may not edit is told so, not
// what the tag is.
Result<void> check_project_tag(Call&, loop::Records&, ProjectTag&);

}  // namespace preceptor::server
