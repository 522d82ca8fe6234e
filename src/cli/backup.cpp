#include "cli/backup.hpp"

#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/version.hpp"
#include "store/restoring.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

constexpr const char* manifest_name = "backup.json";
constexpr const char* database_name = "database";
constexpr const char* objects_name = "objects";             // of a backup
constexpr const char* workspace_objects = "blobs/objects";  // of a workspace, see loop::Workspace

void read_log(store::Database& database, BackupReport& report) {
  const auto root = loop::read(database, [](loop::Records& records) { return records.last_root(); });
  report.events = root ? root->last : 0;
  report.last_root = root ? root->root : "";
}

// A copy of its own and never a link: what damages the workspace must not damage the backup.
void copy_blob(const std::filesystem::path& from, const std::filesystem::path& to, BackupReport& report) {
  const auto content = or_throw(MappedFile::open(from));
  std::filesystem::create_directories(to.parent_path());
  AtomicFile file(to);
  file.write(content.bytes());
  file.commit();
  ++report.blobs;
  report.blob_bytes += static_cast<std::int64_t>(content.bytes().size());
}

// objects/ab/cdef… → its name; others are temporaries of writers.
std::string hash_of(const std::filesystem::path& blob) {
  const std::string name = blob.parent_path().filename().string() + blob.filename().string();
  const bool hexadecimal =
      name.size() == 64 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
  return hexadecimal ? name : std::string();
}

template <class Use>
void each_blob(const std::filesystem::path& objects, const Use& use) {
  if (!std::filesystem::exists(objects)) return;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(objects))
    if (const std::string hash = entry.is_regular_file() ? hash_of(entry.path()) : ""; !hash.empty())
      use(entry.path(), hash);
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
  each_blob(opened.workspace.folder() / workspace_objects,
            [&](const std::filesystem::path& blob, const std::string& hash) {
              copy_blob(blob, partial / objects_name / hash.substr(0, 2) / hash.substr(2), report);
            });
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
  std::string damaged;
  each_blob(backup / objects_name, [&](const std::filesystem::path& blob, const std::string& hash) {
    const auto content = or_throw(MappedFile::open(blob));
    ++report.blobs;
    report.blob_bytes += static_cast<std::int64_t>(content.bytes().size());
    if (workspace.blobs().put_file(blob) != hash) damaged = hash;
  });
  if (!damaged.empty())
    return refuse(ErrorKind::corrupt, format("the blob {} of the backup is damaged", damaged),
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
