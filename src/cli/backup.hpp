// A workspace as a folder of its own: the database first and then the blobs, so that the database never names
// a blob that is not there.
#pragma once

#include <filesystem>
#include <string>

#include "cli/installation.hpp"

namespace preceptor::cli {

struct BackupReport {
  std::int64_t schema_version = 0;
  std::int64_t events = 0;  // sealed under the last root
  std::string last_root;    // of the event log; empty when nothing has been sealed yet
  std::int64_t blobs = 0;
  std::int64_t blob_bytes = 0;
};

// Into a folder that does not exist yet; it appears there only when it is whole. Others may serve the
// workspace meanwhile. Throws Failure.
BackupReport make_backup(Installation&, const std::filesystem::path& target);

// Into a workspace (and a database) that holds nothing yet. Every blob is checked against its name. Refuses
// with conflict when something is there, with corrupt when the backup is damaged or its log is not the one it
// names.
Result<BackupReport> restore_backup(const std::filesystem::path& backup, const InstallationOptions&);

}  // namespace preceptor::cli
