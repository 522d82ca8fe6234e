#include "server/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>

#include "base/version.hpp"

namespace preceptor::server {

namespace {

const prometheus::Histogram::BucketBoundaries bucket_seconds{.001, .0025, .005, .01, .025, .05, .1,
                                                             .25,  .5,    1,    2.5, 5,    10};

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double size = 0, resident = 0;
  file >> size >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_files() {
  std::error_code none;
  double count = 0;
  for (auto entry = std::filesystem::directory_iterator("/proc/self/fd", none);
       entry != std::filesystem::directory_iterator(); ++entry)
    ++count;
  return count;
}

// The figures of one moment, in a registry that lives as long as the answer.
class Moment {
public:
  void gauge(const std::string& name, const std::string& help, double value,
             const prometheus::Labels& labels = {}) {
    prometheus::BuildGauge().Name(name).Help(help).Register(registry_).Add(labels).Set(value);
  }
  void counter(const std::string& name, const std::string& help, double value) {
    prometheus::BuildCounter().Name(name).Help(help).Register(registry_).Add({}).Increment(value);
  }
  std::vector<prometheus::MetricFamily> collect() const { return registry_.Collect(); }

private:
  prometheus::Registry registry_{prometheus::Registry::InsertBehavior::Merge};
};

}  // namespace

Metrics::Metrics()
    : registry_(std::make_shared<prometheus::Registry>()),
      requests_(prometheus::BuildCounter()
                    .Name("preceptor_http_requests_total")
                    .Help("Requests answered, by operation and status")
                    .Register(*registry_)),
      seconds_(prometheus::BuildHistogram()
                   .Name("preceptor_http_request_seconds")
                   .Help("From the request's last byte to its answer")
                   .Register(*registry_)),
      started_at_(static_cast<double>(std::time(nullptr))) {}

Metrics::~Metrics() = default;

void Metrics::served(std::string_view operation, int status, std::chrono::nanoseconds took) {
  --under_way_;
  const std::lock_guard lock(mutex_);
  Route& route = routes_[operation];
  const std::string name(operation.empty() ? std::string_view("other") : operation);
  prometheus::Counter*& counter = route.by_status[status];
  if (counter == nullptr) counter = &requests_.Add({{"operation", name}, {"status", std::to_string(status)}});
  if (route.seconds == nullptr) route.seconds = &seconds_.Add({{"operation", name}}, bucket_seconds);
  counter->Increment();
  route.seconds->Observe(std::chrono::duration<double>(took).count());
}

std::string Metrics::text(const loop::StorageFigures& storage, const loop::WorkUnderWay& work) const {
  Moment now;
  now.gauge("preceptor_http_requests_under_way", "Requests that wait for their answer",
            static_cast<double>(under_way_.load()));
  now.counter("preceptor_store_commands_total", "Commands that changed the database",
              static_cast<double>(storage.commands));
  now.counter("preceptor_store_commits_total", "Durable commits; on SQLite one holds many commands",
              static_cast<double>(storage.commits));
  now.counter("preceptor_store_commit_seconds_total", "Time spent in the commits alone",
              static_cast<double>(storage.commit_microseconds) * 1e-6);
  now.gauge("preceptor_store_queue", "Commands that wait for a writer", static_cast<double>(storage.waiting));
  now.gauge("preceptor_leases", "Tasks in people's hands", static_cast<double>(work.leases));
  now.gauge("preceptor_jobs", "Jobs", static_cast<double>(work.jobs_waiting), {{"state", "waiting"}});
  now.gauge("preceptor_jobs", "Jobs", static_cast<double>(work.jobs_running), {{"state", "running"}});
  now.gauge("preceptor_events_unsealed", "Events that no root closes yet",
            static_cast<double>(work.events_unsealed));
  now.gauge("preceptor_info", "The program", 1, {{"version", std::string(version())}});
  now.gauge("process_start_time_seconds", "Since 1970", started_at_);
  now.gauge("process_resident_memory_bytes", "Memory", resident_bytes());
  now.gauge("process_open_fds", "Open files and connections", open_files());
  now.counter("process_cpu_seconds_total", "Processor time",
              static_cast<double>(std::clock()) / CLOCKS_PER_SEC);
  auto families = registry_->Collect();
  for (auto& family : now.collect()) families.push_back(std::move(family));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace preceptor::server
