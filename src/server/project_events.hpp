#pragma once
// Tells open pages what has changed in a project: one thread looks, however many pages watch, and only while
// any do. It looks into the database because workers are processes of their own.
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "feedback/ids.hpp"
#include "server/http/message.hpp"
#include "server/parts.hpp"

namespace preceptor::server {

class ProjectEvents {
public:
  static constexpr std::chrono::milliseconds look_every{500};
  static constexpr std::chrono::seconds sign_of_life_every{15};  // so that proxies keep the stream open

  explicit ProjectEvents(const Parts& parts) : parts_(parts) {}
  ~ProjectEvents();

  // Sends to the sink, until its client goes: `job` (Job), `round` (RoundSummary), `task` (ProjectCounts),
  // each when it differs from what was last seen.
  void subscribe(feedback::ProjectId project, std::shared_ptr<http::EventSink> sink);
  void stop();

private:
  struct Watched {
    std::vector<std::shared_ptr<http::EventSink>> sinks;
    std::map<std::string, std::string> seen;  // "job 7" → its JSON
    bool looked = false;
  };
  using Changes = std::vector<std::pair<std::string, std::string>>;  // event, data
  void run();
  void look(feedback::ProjectId project, std::map<std::string, std::string>& now) const;
  void deliver(feedback::ProjectId project, std::map<std::string, std::string> now);

  const Parts& parts_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<feedback::ProjectId, Watched> watched_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace preceptor::server
