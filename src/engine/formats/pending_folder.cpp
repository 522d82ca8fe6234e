#include "engine/formats/pending_folder.hpp"

#include <fcntl.h>
#include <stdio.h>

#include <cerrno>
#include <system_error>

#include "base/file.hpp"
#include "base/result.hpp"

namespace preceptor::engine {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& what, const fs::path& path, int number) {
  const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
  throw Failure(Error{.kind = full ? ErrorKind::out_of_space : ErrorKind::internal,
                      .message = what + ": " + std::generic_category().message(number),
                      .hint = full ? "Free some space and try again." : "",
                      .where = path.string()});
}

// The old folder ends up under `pending`, in one step where the file system can exchange two names.
void exchange(const fs::path& pending, const fs::path& target) {
  if (::renameat2(AT_FDCWD, pending.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) == 0) return;
  if (errno != EINVAL && errno != ENOSYS) fail("cannot replace this folder", target, errno);
  fs::path aside = pending;
  aside += ".old";
  fs::remove_all(aside);
  fs::rename(target, aside);
  fs::rename(pending, target);
  fs::rename(aside, pending);
}

}  // namespace

PendingFolder::PendingFolder(fs::path target) : target_(std::move(target)) {
  target_ = fs::absolute(target_).lexically_normal();
  if (!target_.has_filename()) target_ = target_.parent_path();  // a trailing slash
  pending_ = target_.parent_path() / ("." + target_.filename().string() + ".partial");
  std::error_code error;
  fs::remove_all(pending_, error);
  if (!error) fs::create_directories(pending_, error);
  if (error) fail("cannot create this folder", pending_, error.value());
}

PendingFolder::~PendingFolder() {
  std::error_code ignored;
  if (!committed_) fs::remove_all(pending_, ignored);
}

void PendingFolder::commit() {
  sync_folder(pending_);
  std::error_code error;
  const bool replaces = fs::exists(target_);
  if (replaces) {
    exchange(pending_, target_);
  } else {
    fs::rename(pending_, target_, error);
    if (error) fail("cannot create this folder", target_, error.value());
  }
  sync_folder(target_.parent_path());
  committed_ = true;
  if (replaces) fs::remove_all(pending_, error);
}

}  // namespace preceptor::engine
