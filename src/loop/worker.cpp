#include "loop/worker.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/format.hpp"
#include "base/log.hpp"
#include "loop/job_context.hpp"

namespace preceptor::loop {
namespace {

constexpr int attempts_max = 3;
constexpr std::chrono::milliseconds heartbeat_every{300};

// Writes progress and the lease from a thread of its own, so that a long step never loses the job, and turns
// a person's cancellation into a stop.
class Heartbeat {
public:
  Heartbeat(Storage& storage, const Clock& clock, Job job, std::chrono::seconds lease)
      : storage_(storage), clock_(clock), job_(std::move(job)), lease_(lease), thread_([this] { beat(); }) {}

  ~Heartbeat() { end(); }

  void end() {
    {
      const std::scoped_lock lock(mutex_);
      ended_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  void progress(double fraction, std::string message) {
    const std::scoped_lock lock(mutex_);
    job_.progress = fraction;
    job_.message = std::move(message);
    changed_ = true;
  }

  std::stop_token stop_token() const { return stop_.get_token(); }
  void request_stop() { stop_.request_stop(); }
  bool cancelled() const { return cancelled_; }
  bool lost() const { return lost_; }

private:
  void beat() {
    std::unique_lock lock(mutex_);
    auto lease_written = std::chrono::steady_clock::now();
    while (!wake_.wait_for(lock, heartbeat_every, [this] { return ended_; })) {
      const bool lease_is_old = std::chrono::steady_clock::now() - lease_written > lease_ / 4;
      Job job = job_;
      const bool write_now = changed_ || lease_is_old;
      changed_ = false;
      lock.unlock();
      try {
        if (write_now) {
          write(std::move(job));
          lease_written = std::chrono::steady_clock::now();
        }
        read();
      } catch (const std::exception& problem) {
        log_warning("The progress of a job could not be written: {}", problem.what());
      }
      lock.lock();
    }
  }

  void write(Job job) {
    job.lease_expires_at = clock_.now() + lease_;
    bool held = true;
    storage_.write([&](Records& records) { held = records.heartbeat_job(job); });
    if (held) return;
    lost_ = true;
    stop_.request_stop();
  }

  void read() {
    std::optional<Job> now;
    storage_.read([&](Records& records) { now = records.job(job_.id); });
    if (!now || !now->cancel_requested) return;
    cancelled_ = true;
    stop_.request_stop();
  }

  Storage& storage_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  Job job_;
  std::chrono::seconds lease_;
  bool changed_ = false;
  bool ended_ = false;
  std::atomic<bool> cancelled_ = false;
  std::atomic<bool> lost_ = false;
  std::stop_source stop_;
  std::thread thread_;
};

Result<JobEnd> run_kind(const JobContext& context) {
  switch (context.job.kind) {
    case JobKind::generate: return run_generation(context);
    case JobKind::snapshot: return run_snapshot(context);
    case JobKind::train: return run_training(context);
    case JobKind::evaluate: return run_evaluation(context);
    case JobKind::import_data:
    case JobKind::export_data: break;
  }
  return refuse(ErrorKind::unsupported,
                fmt::format("This program runs no jobs of kind {}.", name_of(context.job.kind)));
}

Result<JobEnd> run_safely(const JobContext& context) {
  try {
    return run_kind(context);
  } catch (const Failure& failure) {
    return tl::unexpected(failure.error);
  } catch (const std::exception& problem) {
    return refuse(ErrorKind::internal, problem.what());
  }
}

struct Ending {
  JobState state;
  std::string message;
  std::string error;
};

Ending ending_of(const Error& error, bool cancelled_by_person) {
  if (cancelled_by_person) return {JobState::cancelled, "Cancelled", ""};
  // The worker was told to end: the job goes on in the next one.
  if (error.kind == ErrorKind::cancelled) return {JobState::queued, "Waiting for a worker", ""};
  return {JobState::failed, "Failed", error.text()};
}

bool is_held(const std::optional<Job>& now, const Job& job) {
  return now && now->state == JobState::running && now->worker == job.worker && now->attempts == job.attempts;
}

void close_run(Records& records, const Job& job) {
  auto run = records.run_of_job(job.id);
  if (!run || run->state == RunState::done) return;
  run->state = job.state == JobState::failed      ? RunState::failed
               : job.state == JobState::cancelled ? RunState::cancelled
                                                  : RunState::running;
  run->ended_at = job.ended_at;
  records.update_run(*run);
}

}  // namespace

Job held_job(Records& records, const Job& job) {
  auto now = records.job(job.id);
  if (!is_held(now, job))
    throw Failure(ErrorKind::conflict, fmt::format("Job {} was taken over by another worker.", job.id.value));
  return *std::move(now);
}

Worker::Worker(Storage& storage, const Workspace& workspace, const Clock& clock, WorkerOptions options)
    : storage_(storage), workspace_(workspace), clock_(clock), options_(std::move(options)) {}

void Worker::run(std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  while (!stop.stop_requested()) {
    bool worked = false;
    try {
      worked = run_one(stop);
    } catch (const std::exception& problem) {
      log_error("The worker could not look for jobs: {}", problem.what());
    }
    if (worked) continue;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, options_.poll, [] { return false; });
  }
}

bool Worker::run_one(std::stop_token stop) {
  // Looking costs no write: most of the time there is nothing to do.
  std::optional<Job> job;
  const Timestamp now = clock_.now();
  bool waiting = false;
  storage_.read([&](Records& records) {
    for (const feedback::Project& project : records.projects()) {
      const JobFilter filter{.project = project.id, .states = {JobState::queued, JobState::running}};
      for (const Job& candidate : records.jobs(filter).items)
        waiting = waiting || candidate.state == JobState::queued || candidate.lease_expires_at < now;
    }
  });
  if (!waiting) return false;
  storage_.write(
      [&](Records& records) { job = records.claim_job(options_.name, now, now + options_.lease); });
  if (!job) return false;

  log_info("Job {} ({}) begins", job->id.value, name_of(job->kind));
  Heartbeat heartbeat(storage_, clock_, *job, options_.lease);
  const std::stop_callback forward(stop, [&] { heartbeat.request_stop(); });
  const JobContext context{
      .storage = storage_,
      .workspace = workspace_,
      .clock = clock_,
      .job = *job,
      .threads = options_.threads,
      .stop = heartbeat.stop_token(),
      .progress = [&](double fraction,
                      std::string message) { heartbeat.progress(fraction, std::move(message)); },
      .log =
          [&](std::string line) {
            storage_.write([&](Records& records) { records.add_job_log(job->id, line, clock_.now()); });
          },
  };
  Result<JobEnd> end =
      job->attempts > attempts_max
          ? Result<JobEnd>(refuse(ErrorKind::internal,
                                  fmt::format("The worker died {} times at this job.", attempts_max),
                                  "Look into the log of the server, then resume the job."))
          : run_safely(context);
  heartbeat.end();
  bool held = !heartbeat.lost();
  const auto write_end = [&] {
    storage_.write([&](Records& records) {
      const auto current = records.job(job->id);
      held = is_held(current, *job);
      if (!held) return;
      Job ended = *current;
      ended.ended_at = clock_.now();
      if (end) {
        ended.result = (*end)(records).dump();
        ended.state = JobState::done;
        ended.progress = 1;
        ended.message = "Done";
      } else {
        Ending ending = ending_of(end.error(), heartbeat.cancelled());
        ended.state = ending.state;
        ended.message = std::move(ending.message);
        ended.error = std::move(ending.error);
        if (ended.state == JobState::queued) ended.attempts -= 1;
        close_run(records, ended);
      }
      records.update_job(ended);
      if (!ended.error.empty()) records.add_job_log(ended.id, ended.error, ended.ended_at);
    });
  };
  try {
    if (held) write_end();
  } catch (const std::exception& problem) {
    if (!end) throw;
    // The last rows were refused: that is a failure of this job, and running it again would end the same way.
    end = refuse(ErrorKind::internal, problem.what());
    write_end();
  }
  if (!held) {
    log_warning("Job {} was taken over by another worker", job->id.value);
    return true;
  }
  if (end) std::filesystem::remove_all(workspace_.job_folder(job->id));
  log_info("Job {} has ended: {}", job->id.value, end ? "done" : end.error().text());
  return true;
}

}  // namespace preceptor::loop
