#pragma once
// The table of all routes, by topic.
#include <span>
#include <vector>

#include "server/routes/route.hpp"

namespace preceptor::server {

std::vector<Route> session_routes();
std::vector<Route> account_routes();
std::vector<Route> entry_routes();
std::vector<Route> personal_data_routes();
std::vector<Route> project_routes();
std::vector<Route> content_routes();
std::vector<Route> task_routes();
std::vector<Route> judgment_routes();
std::vector<Route> evidence_routes();
std::vector<Route> review_routes();
std::vector<Route> policy_routes();
std::vector<Route> library_routes();
std::vector<Route> round_routes();
std::vector<Route> job_routes();
std::vector<Route> model_routes();
std::vector<Route> evaluation_routes();
std::vector<Route> chat_routes();

// All of the above; built once.
std::span<const Route> all_routes();

}  // namespace preceptor::server
