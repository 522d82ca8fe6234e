#pragma once
// Counters for whoever watches the server, in Prometheus' text format at /metrics.
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "loop/storage.hpp"

namespace prometheus {
class Counter;
class Histogram;
class Registry;
template <class T>
class Family;
}  // namespace prometheus

namespace preceptor::server {

class Metrics {
public:
  Metrics();
  ~Metrics();

  // operation: of the route, or "" outside the table. The text must live as long as the program.
  void begun() { ++under_way_; }
  void dropped() { --under_way_; }  // the client has gone without an answer
  void served(std::string_view operation, int status, std::chrono::nanoseconds took);
  std::string text(const loop::StorageFigures&, const loop::WorkUnderWay&) const;

private:
  struct Route {
    std::map<int, prometheus::Counter*> by_status;
    prometheus::Histogram* seconds = nullptr;
  };

  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  std::atomic<std::int64_t> under_way_{0};
  const double started_at_;  // seconds since 1970
  std::mutex mutex_;
  std::map<std::string_view, Route> routes_;
};

}  // namespace preceptor::server
