#include "cli/backup.hpp"

#include <nlohmann/json.hpp>

#include "base/blob.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "base/version.hpp"
#include "store/restoring.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

constexpr const char* manifest_name = "backup.json";
constexpr const char* database_name = "database";
constexpr const char* blobs_name = "blobs";

void read_log(store::Database& database, BackupReport& report) {
  const auto root = loop::read(database, [](loop::Records& records) { return records.last_root(); });
  report.events = root ? root->last : 0;
  report.last_root = root ? root->root : "";
}

// Copies of their own and never links: what damages the one must not damage the other. Answers the name of a
// blob whose content is not what it was, or nothing.
std::optional<std::string> copy_blobs(const BlobStore& from, BlobStore& to, BackupReport& report) {
  for (const std::string& name : from.names()) {
    const auto path = or_throw(from.path_of(name));
    if (to.put_file(path) != name) return name;
    ++report.blobs;
    report.blob_bytes += static_cast<std::int64_t>(std::filesystem::file_size(path));
  }
  return std::nullopt;
}

Result<json> read_manifest(const std::filesystem::path& backup) {
  auto text = read_file(backup / manifest_name, 1 << 20);
  if (!text)
    return refuse(ErrorKind::not_found,
                  format("{} is no backup: it has no {}", backup.string(), manifest_name),
                  "Name a folder that preceptor backup has made.");
  auto manifest = parse_json(*text, {});
  if (!manifest || !manifest->is_object() || !manifest->contains("last_root"))
    return refuse(ErrorKind::corrupt, format("{} is damaged", (backup / manifest_name).string()));
  return *manifest;
}

Result<void> check_target(const InstallationOptions& target) {
  const std::filesystem::path folder(target.workspace);
  std::error_code none;
  if (!std::filesystem::exists(folder) || std::filesystem::is_empty(folder, none)) return {};
  return refuse(ErrorKind::conflict, format("{} is there already", target.workspace),
                "A restore never overwrites: name a workspace that does not exist yet.");
}

}  // namespace

BackupReport make_backup(Installation& opened, const std::filesystem::path& target) {
  if (std::filesystem::exists(target))
    throw Failure(ErrorKind::conflict, format("{} exists already.", target.string()),
                  "Name a folder that does not exist yet.");
  std::filesystem::path partial = target;
  partial += ".partial";
  std::filesystem::remove_all(partial);
  std::filesystem::create_directories(partial);
  std::filesystem::permissions(partial, std::filesystem::perms::owner_all);
  BackupReport report{.schema_version = store::schema_version()};
  // Sealed events never change, so the root from before the copy is in the copy.
  read_log(*opened.database, report);
  or_throw(opened.database->backup(partial / database_name));
  LocalBlobStore copies(partial / blobs_name);
  if (const auto damaged = copy_blobs(opened.workspace.blobs(), copies, report))
    throw Failure(ErrorKind::corrupt, format("the blob {} of the workspace is damaged", *damaged),
                  "Its disk may be failing: restore the last backup elsewhere.");
  const json manifest = {{"program", version()},
                         {"made_at", opened.clock.now().iso8601()},
                         {"database", opened.database->info().engine},
                         {"schema_version", report.schema_version},
                         {"events", report.events},
                         {"last_root", report.last_root},
                         {"blobs", report.blobs},
                         {"blob_bytes", report.blob_bytes}};
  write_file_atomic(partial / manifest_name, manifest.dump(2) + "\n");
  std::filesystem::rename(partial, target);
  sync_folder(std::filesystem::absolute(target).parent_path());
  return report;
}

Result<BackupReport> restore_backup(const std::filesystem::path& backup, const InstallationOptions& target) {
  const auto manifest = read_manifest(backup);
  if (!manifest) return tl::unexpected(manifest.error());
  if (auto free = check_target(target); !free) return tl::unexpected(free.error());
  const loop::Workspace workspace{target.workspace};
  const std::string address = target.database.empty() ? workspace.database().string() : target.database;
  if (auto restored = store::restore(backup / database_name, {.database = address}); !restored)
    return tl::unexpected(restored.error());
  BackupReport report;
  if (const auto damaged = copy_blobs(LocalBlobStore(backup / blobs_name), workspace.blobs(), report))
    return refuse(ErrorKind::corrupt, format("the blob {} of the backup is damaged", *damaged),
                  "Use another backup; the workspace that was begun can be removed.");
  if (report.blobs != manifest->value("blobs", std::int64_t{-1}))
    return refuse(ErrorKind::corrupt, "blobs of the backup are missing", "Use another backup.");
  Installation opened(target);  // brings the schema up to date, refuses one that is newer
  report.schema_version = store::schema_version();
  const auto named = manifest->value("last_root", std::string());
  bool found = named.empty();
  loop::read(*opened.database, [&](loop::Records& records) {
    feedback::Page page{.limit = 1000};
    for (bool more = true; more && !found;) {
      const auto roots = records.roots(page);
      for (const feedback::EventRoot& root : roots.items) found = found || root.root == named;
      more = roots.next.has_value();
      page.after = roots.next.value_or(0);
    }
  });
  if (!found)
    return refuse(ErrorKind::corrupt, format("the log of the copy has no root {}", named),
                  "The database in the backup is not the one that was backed up.");
  read_log(*opened.database, report);
  return report;
}

}  // namespace preceptor::cli
