// Jobs, and the stream of what changes in a project.
#include "server/routes/table.hpp"
#include "server/routes/translate.hpp"

namespace preceptor::server {

namespace {

using feedback::ProjectId;
using feedback::Right;
using loop::JobId;
using wire::List;
using wire::Nothing;

Result<List<api::Job>> list_jobs(Call& call, loop::Records& records, const api::JobQuery& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  loop::JobFilter filter;
  filter.project = call.id<ProjectId>(0);
  filter.round = or_none(query.round_id);
  if (query.kind) filter.kind = loop::job_kind(*query.kind);
  if (query.state) filter.states = {loop::job_state(*query.state).value()};
  filter.page = *asked;
  return loop::list_jobs(records, call.actor(), filter).map([&](const auto& found) {
    return paged_list(call, found);
  });
}

Result<api::Job> show_job(Call& call, loop::Records& records, const Nothing&) {
  return loop::show_job(records, call.actor(), call.id<JobId>(0)).map([](const auto& job) {
    return to_api(job);
  });
}

Result<api::JobLog> show_job_log(Call& call, loop::Records& records, const api::LogQuery& query) {
  auto lines = loop::show_job_log(records, call.actor(), call.id<JobId>(0), query.after);
  if (!lines) return tl::unexpected(lines.error());
  api::JobLog log;
  for (const auto& line : *lines) log.lines.push_back({line.number, line.at, line.text});
  return log;
}

Result<api::Job> cancel_job(Call& call, loop::Records& records, const Nothing&) {
  return loop::cancel_job(records, call.actor(), call.id<JobId>(0), call.clock()).map([](const auto& job) {
    return to_api(job);
  });
}

Result<api::Job> resume_job(Call& call, loop::Records& records, const Nothing&) {
  return loop::resume_job(records, call.actor(), call.id<JobId>(0), call.clock()).map([](const auto& job) {
    return to_api(job);
  });
}

Result<http::Response> watch_project(Call& call, const Nothing&) {
  const auto project = call.id<ProjectId>(0);
  auto right = loop::read(call.context.parts.storage, [&](loop::Records& records) {
    return feedback::require(records, call.actor(), project, Right::see_results);
  });
  if (!right) return tl::unexpected(right.error());
  http::Response response;
  response.events = [&events = call.context.project_events, project](std::shared_ptr<http::EventSink> sink) {
    events.subscribe(project, std::move(sink));
  };
  return response;
}

}  // namespace

std::vector<Route> job_routes() {
  const auto topic = "jobs";
  const auto see = Access::member(Right::see_results);
  const auto act = Access::member(Right::run_rounds);
  return {
      read({.method = "GET",
            .path = "/projects/{project}/jobs",
            .operation = "listJobs",
            .summary = "Jobs of the project, newest first",
            .topic = topic,
            .access = see},
           list_jobs),
      read({.method = "GET",
            .path = "/jobs/{job}",
            .operation = "showJob",
            .summary = "One job",
            .topic = topic,
            .access = see},
           show_job),
      read({.method = "GET",
            .path = "/jobs/{job}/log",
            .operation = "showJobLog",
            .summary = "What a job said",
            .topic = topic,
            .access = see},
           show_job_log),
      write({.method = "POST",
             .path = "/jobs/{job}/cancel",
             .operation = "cancelJob",
             .summary = "Ends a job",
             .topic = topic,
             .access = act,
             .errors = {ErrorKind::conflict}},
            cancel_job),
      write({.method = "POST",
             .path = "/jobs/{job}/resume",
             .operation = "resumeJob",
             .summary = "Lets a failed or cancelled job go on from its last checkpoint",
             .topic = topic,
             .access = act,
             .errors = {ErrorKind::conflict}},
            resume_job),
      stream({.method = "GET",
              .path = "/projects/{project}/events",
              .operation = "watchProject",
              .summary = "Server-sent events: job (Job), round (RoundSummary), task "
                         "(ProjectCounts), each when it changes",
              .topic = topic,
              .access = see},
             wire::any_of<api::Job, api::RoundSummary, api::ProjectCounts>(), watch_project),
  };
}

}  // namespace preceptor::server
