#include "loop/workspace.hpp"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "loop/model_files.hpp"

namespace preceptor::loop {
namespace {

void make_folder(const std::filesystem::path& folder) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem)
    throw Failure(ErrorKind::unavailable,
                  fmt::format("Cannot make the folder {}: {}", folder.string(), problem.message()),
                  "Choose a folder that you may write to.");
}

void place(const std::filesystem::path& blob, const std::filesystem::path& target) {
  std::error_code problem;
  std::filesystem::create_hard_link(blob, target, problem);
  if (problem) std::filesystem::copy_file(blob, target, std::filesystem::copy_options::overwrite_existing);
}

}  // namespace

Workspace::Workspace(std::filesystem::path folder) : folder_(std::move(folder)) {
  make_folder(folder_);
  make_folder(folder_ / "jobs");
  make_folder(folder_ / "models");
  blobs_ = std::make_unique<LocalBlobStore>(folder_ / "blobs");
}

std::filesystem::path Workspace::job_folder(JobId job) const {
  return folder_ / "jobs" / std::to_string(job.value);
}

Result<std::filesystem::path> Workspace::model_folder(const Model& model) const {
  const auto target = folder_ / "models" / std::to_string(model.id.value);
  if (std::filesystem::exists(target / "config.json")) return target;
  const auto files = model_files_from_json(model.files);
  if (!files) return tl::unexpected(files.error());
  // Filled beside its place: two processes may do this at once, and the slower one's copy is dropped.
  const auto pending = folder_ / "models" / fmt::format(".{}.{}", model.id.value, ::getpid());
  std::filesystem::remove_all(pending);
  make_folder(pending);
  for (const ModelFile& file : *files) {
    const auto blob = blobs_->path_of(file.sha256);
    if (!blob) return tl::unexpected(blob.error());
    place(*blob, pending / file.name);
  }
  std::error_code problem;
  std::filesystem::rename(pending, target, problem);
  if (problem) std::filesystem::remove_all(pending);
  if (!std::filesystem::exists(target / "config.json"))
    return refuse(ErrorKind::corrupt, fmt::format("The stored files of model {} are incomplete.", model.name),
                  "Import the model again.");
  return target;
}

}  // namespace preceptor::loop
