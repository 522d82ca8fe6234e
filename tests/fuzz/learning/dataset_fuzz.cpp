// A stranger's data set: JSONL or a JSON array, plain or packed, in any of the known shapes.
#include "base/encoding.hpp"
#include "driver/input.hpp"
#include "learning/data/dataset.hpp"

using namespace preceptor;

namespace {

void check(const learning::ImportedData& data, bool all_or_nothing) {
  const learning::ImportReport& report = data.report;
  fuzz::require(report.rows == report.rows_good + report.rows_bad, "each row is good or bad");
  fuzz::require(report.rows_good >= 0 && report.rows_bad >= 0, "counts are not negative");
  fuzz::require(report.errors.size() <= 20, "no more errors are kept than asked for");
  for (const learning::RowError& error : report.errors) {
    fuzz::require(error.line > 0 && error.line <= report.rows + 70'000, "an error names its line");
    fuzz::require(valid_utf8(error.reason), "an error's reason is UTF-8");
  }
  const bool any = !data.prompts.empty() || !data.demonstrations.empty() || !data.preferences.empty() ||
                   !data.verdicts.empty() || !data.documents.empty();
  fuzz::require(!(all_or_nothing && report.rows_bad > 0 && any), "a file with bad rows gives nothing");
  for (const learning::ImportedPreference& pair : data.preferences) {
    fuzz::require(pair.chosen != pair.rejected, "the two answers differ");
    fuzz::require(pair.probability >= 0 && pair.probability <= 1, "a probability is one");
    fuzz::require(pair.weight >= 0, "a weight is not negative");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::MemoryFile file(fuzz::as_text(data, size));
  for (const auto bad_rows : {learning::BadRows::keep_good, learning::BadRows::refuse_file}) {
    const auto read = learning::read_dataset(
        file.path(), {.bad_rows = bad_rows, .line_bytes_max = 1 << 16, .errors_max = 20});
    if (read) check(*read, bad_rows == learning::BadRows::refuse_file);
  }
  return 0;
}
