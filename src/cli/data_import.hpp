// Other people's data as work for a project.
#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "learning/data/dataset.hpp"
#include "loop/storage.hpp"

namespace preceptor::cli {

struct ImportCounts {
  std::int64_t prompts = 0;
  std::int64_t responses = 0;
  std::int64_t compare_tasks = 0;
  std::int64_t prompts_known = 0;  // of the file's, from an earlier import
};
enum class ImportMode { keep, dry_run };  // a dry run counts the same and leaves nothing

// Each prompt once; answers to it as responses that no model of the project wrote; for each preference a
// comparison for people to judge, without telling them what the file prefers. What was imported before is
// found again by its prompt and not doubled. All or nothing.
Result<ImportCounts> import_dataset(loop::Storage&, feedback::ProjectId, const learning::ImportedData&,
                                    const std::string& source, const Clock&, ImportMode = ImportMode::keep);

}  // namespace preceptor::cli
