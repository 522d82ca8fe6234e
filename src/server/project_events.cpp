#include "server/project_events.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "server/routes/translate.hpp"
#include "server/wire/writer.hpp"

namespace preceptor::server {

ProjectEvents::~ProjectEvents() { stop(); }

void ProjectEvents::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (auto& [project, watched] : watched_) {
      for (const auto& sink : watched.sinks) sink->close();
    }
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ProjectEvents::subscribe(feedback::ProjectId project, std::shared_ptr<http::EventSink> sink) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return sink->close();
  watched_[project].sinks.push_back(std::move(sink));
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  changed_.notify_all();
}

void ProjectEvents::look(feedback::ProjectId project, std::map<std::string, std::string>& now) const {
  loop::read(parts_.storage, [&](loop::Records& records) {
    loop::JobFilter filter;
    filter.project = project;
    filter.page.limit = 50;
    for (const auto& job : records.jobs(filter).items)
      now["job " + std::to_string(job.id.value)] = wire::to_json(to_api(job));
    for (const auto& round : records.rounds(project))
      now["round " + std::to_string(round.id.value)] = wire::to_json(to_api(round));
    feedback::ProjectView view;
    view.counts = records.project_counts(project);
    now["task"] = wire::to_json(to_api(view).counts);
  });
}

void ProjectEvents::deliver(feedback::ProjectId project, std::map<std::string, std::string> now) {
  Changes changes;
  std::vector<std::shared_ptr<http::EventSink>> sinks;
  {
    const std::lock_guard lock(mutex_);
    const auto found = watched_.find(project);
    if (found == watched_.end()) return;
    Watched& watched = found->second;
    for (const auto& [key, json] : now) {
      const auto before = watched.seen.find(key);
      if (watched.looked && (before == watched.seen.end() || before->second != json))
        changes.emplace_back(key.substr(0, key.find(' ')), json);
    }
    watched.seen = std::move(now);
    watched.looked = true;
    std::erase_if(watched.sinks, [](const auto& sink) { return !sink->is_open(); });
    sinks = watched.sinks;
    if (sinks.empty()) watched_.erase(found);
  }
  for (const auto& sink : sinks) {
    for (const auto& [event, data] : changes) sink->offer(event, data);
  }
}

void ProjectEvents::run() {
  auto last_sign = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (watched_.empty()) {
      changed_.wait(lock);
      continue;
    }
    std::vector<feedback::ProjectId> projects;
    std::vector<std::shared_ptr<http::EventSink>> all;
    for (const auto& [project, watched] : watched_) {
      projects.push_back(project);
      all.insert(all.end(), watched.sinks.begin(), watched.sinks.end());
    }
    lock.unlock();
    for (const auto project : projects) {
      try {
        std::map<std::string, std::string> now;
        look(project, now);
        deliver(project, std::move(now));
      } catch (const std::exception& error) {
        log_warning("events of project {}: {}", project.value, error.what());
      }
    }
    if (const auto now = std::chrono::steady_clock::now(); now - last_sign >= sign_of_life_every) {
      last_sign = now;
      for (const auto& sink : all) sink->offer("", "");
    }
    lock.lock();
    if (!stopping_) changed_.wait_for(lock, look_every, [this] { return stopping_; });
  }
}

}  // namespace preceptor::server
