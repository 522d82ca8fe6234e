// The folder that holds everything of one installation: the database, the blobs, the working files of jobs.
#pragma once

#include <filesystem>
#include <memory>

#include "base/blob.hpp"
#include "loop/types.hpp"

namespace preceptor::loop {

class Workspace {
public:
  // Makes the folder and its subfolders when missing. Throws Failure when that is not possible.
  explicit Workspace(std::filesystem::path folder);

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path database() const { return folder_ / "preceptor.db"; }
  BlobStore& blobs() const { return *blobs_; }
  // Checkpoints and intermediate files of a job; removed when it has ended well.
  std::filesystem::path job_folder(JobId) const;
  // A Hugging Face folder of the model's blobs, made on first use (hard links where possible).
  Result<std::filesystem::path> model_folder(const Model&) const;

private:
  std::filesystem::path folder_;
  std::unique_ptr<BlobStore> blobs_;
};

}  // namespace preceptor::loop
