#include "server/routes/table.hpp"

namespace preceptor::server {

std::span<const Route> all_routes() {
  static const std::vector<Route> table = [] {
    std::vector<Route> all;
    for (auto topic :
         {session_routes, account_routes, entry_routes, personal_data_routes, project_routes, content_routes,
          task_routes, judgment_routes, review_routes, evidence_routes, policy_routes, library_routes,
          round_routes, job_routes, model_routes, evaluation_routes, chat_routes}) {
      for (auto& route : topic()) all.push_back(std::move(route));
    }
    return all;
  }();
  return table;
}

}  // namespace preceptor::server
