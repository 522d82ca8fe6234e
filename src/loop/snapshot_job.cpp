#include <nlohmann/json.hpp>

#include "base/format.hpp"
#include "base/hash.hpp"
#include "loop/job_context.hpp"
#include "loop/job_params.hpp"
#include "loop/ledger.hpp"
#include "loop/snapshot_rows.hpp"

namespace preceptor::loop {
namespace {

using nlohmann::json;

std::string lines_of(const std::vector<std::string>& rows) {
  std::string text;
  for (const std::string& row : rows) text += row + "\n";
  return text;
}

struct Written {
  Snapshot snapshot;
  std::string manifest;
};

// Holds no time and no name: the same judgments give the same manifest, and so the same hash.
json manifest_of(const Snapshot& snapshot, const SnapshotContent& content) {
  json files = json::array();
  for (const SnapshotFile& file : snapshot.files)
    files.push_back(
        {{"name", file.name}, {"sha256", file.sha256}, {"rows", file.rows}, {"bytes", file.bytes}});
  return {{"format", "preceptor-snapshot/1"},
          {"weighting", snapshot.weighting},
          {"files", files},
          {"judgments", content.judgments.size()},
          {"people", content.people},
          {"left_out", content.left_out},
          {"guideline_versions", content.guideline_versions},
          {"rubric_versions", content.rubric_versions}};
}

Snapshot store_files(const JobContext& context, const SnapshotContent& content,
                     const std::string& weighting) {
  Snapshot snapshot;
  snapshot.project = context.job.project;
  snapshot.round = context.job.round;
  snapshot.weighting = weighting;
  snapshot.judgment_count = static_cast<std::int64_t>(content.judgments.size());
  for (const auto& [name, rows] : content.files) {
    const std::string text = lines_of(rows);
    snapshot.files.push_back({name, context.workspace.blobs().put(text),
                              static_cast<std::int64_t>(rows.size()),
                              static_cast<std::int64_t>(text.size())});
  }
  const json manifest = manifest_of(snapshot, content);
  snapshot.sha256 = context.workspace.blobs().put(manifest.dump(1));
  snapshot.summary = manifest.dump();
  return snapshot;
}

}  // namespace

Result<JobEnd> run_snapshot(const JobContext& context) {
  const auto request = snapshot_params(context.job.params);
  if (!request) return tl::unexpected(request.error());
  const Weighting weighting = request->weighting == "none" ? Weighting::none : Weighting::reliability;
  const SnapshotContent content = read(context.storage, [&](Records& records) {
    return snapshot_content(records, *records.round(context.job.round), weighting);
  });
  if (content.files.empty())
    return refuse(ErrorKind::conflict, "The round has no counted judgment that could be learned from.",
                  "Judge some tasks first.");
  Snapshot snapshot = store_files(context, content, request->weighting);
  return JobEnd([snapshot, judgments = content.judgments, context](Records& records) mutable {
    snapshot.created_at = context.clock.now();
    const SnapshotId id = enter(records, snapshot, judgments, context.job.person);
    return json{{"snapshot_id", id.value}, {"sha256", snapshot.sha256}};
  });
}

}  // namespace preceptor::loop
