#pragma once

#include <filesystem>

namespace preceptor::engine {

// A folder that is filled beside its final place and takes it in one step, so that a reader, or a process
// that starts after a crash, sees either the old folder or the new one, whole.
class PendingFolder {
public:
  // Creates an empty `.NAME.partial` beside target, in place of one that a dead process left. Throws Failure.
  explicit PendingFolder(std::filesystem::path target);
  ~PendingFolder();  // without commit: everything written is removed, the target is as before
  PendingFolder(const PendingFolder&) = delete;
  PendingFolder& operator=(const PendingFolder&) = delete;

  const std::filesystem::path& path() const { return pending_; }

  // Waits until the folder is on disk, then swaps it with the target and removes what stood there. Files
  // inside must have been synced by their writers. Throws Failure.
  void commit();

private:
  std::filesystem::path target_;
  std::filesystem::path pending_;
  bool committed_ = false;
};

}  // namespace preceptor::engine
