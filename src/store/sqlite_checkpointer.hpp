// Moves what was committed from SQLite's log into its file, on a thread and a connection of its own: a
// checkpoint waits for the disk several times, and the one thread that writes has better things to do.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "store/sqlite_connection.hpp"

namespace preceptor::store {

class SqliteCheckpointer {
public:
  static constexpr int log_pages_max = 4000;  // 16 MB

  SqliteCheckpointer(const std::filesystem::path&, int busy_timeout_ms);
  ~SqliteCheckpointer();
  SqliteCheckpointer(const SqliteCheckpointer&) = delete;
  SqliteCheckpointer& operator=(const SqliteCheckpointer&) = delete;

  // For the writer, after each commit. While it goes on writing, a checkpoint beside it never comes to the
  // log's end; so now and then, when little is left, the writer does the rest, and the log begins anew.
  void committed(SqliteConnection& writer);

private:
  void run();

  SqliteConnection connection_;
  std::atomic<bool> nearly_done_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool wanted_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace preceptor::store
