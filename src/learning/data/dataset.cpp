#include "learning/data/dataset.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/encoding.hpp"
#include "base/format.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "learning/data/open_assistant.hpp"
#include "learning/data/row_reader.hpp"
#include "learning/data/trl_rows.hpp"

namespace preceptor::learning {
namespace {

using Json = nlohmann::json;

// TRL's shapes by the keys that a row has; the first that fits.
std::optional<DatasetShape> shape_of(const Json& row) {
  const auto has = [&](std::string_view key) { return row.contains(key); };
  if (has("message_tree_id")) {
    if (has("prompt")) return DatasetShape::open_assistant_trees;
    if (has("message_id")) return DatasetShape::open_assistant_messages;
  }
  if (has("chosen") && has("rejected")) {
    if (has("prompt")) return DatasetShape::preference;
    const Json& chosen = row["chosen"];
    const bool transcript =
        chosen.is_string() && chosen.get_ref<const std::string&>().starts_with("\n\nHuman:");
    return transcript ? DatasetShape::hh_rlhf : DatasetShape::implicit_preference;
  }
  if (has("prompt") && has("completion"))
    return has("label") ? DatasetShape::unpaired : DatasetShape::prompt_completion;
  if (has("messages") || has("text")) return DatasetShape::language_modelling;
  // A prompt beside answers in another shape (stepwise, half a pair) is not a prompt alone.
  const bool answered =
      has("completion") || has("completions") || has("chosen") || has("rejected") || has("label");
  if (has("prompt") && !answered) return DatasetShape::prompt_only;
  return std::nullopt;
}

Result<Json> parse_row(std::string_view text, const ReadOptions& options) {
  if (const std::size_t good = utf8_valid_bytes(text); good < text.size()) {
    return refuse(ErrorKind::invalid, "is not valid UTF-8", {}, format("byte {}", good));
  }
  auto row = parse_json(text, {.depth_max = static_cast<int>(options.depth_max)});
  if (row && !row->is_object()) return refuse(ErrorKind::invalid, "is not a JSON object");
  return row;
}

class Import {
public:
  explicit Import(const ReadOptions& options) : options_(options) {}

  void take(const Row& row) {
    ++data_.report.rows;
    if (!row.problem.empty()) return bad(row.line, row.problem);
    const auto parsed = parse_row(row.text, options_);
    if (!parsed) return bad(row.line, parsed.error().text());
    const auto added = add(*parsed, row.line);
    if (!added) return bad(row.line, added.error().text());
    ++data_.report.rows_good;
  }

  ImportedData finish() {
    finish_flat();
    ImportReport& report = data_.report;
    report.records = {{"prompts", data_.prompts.size()},
                      {"demonstrations", data_.demonstrations.size()},
                      {"preferences", data_.preferences.size()},
                      {"verdicts", data_.verdicts.size()},
                      {"documents", data_.documents.size()}};
    std::erase_if(report.records, [](const auto& kind) { return kind.second == 0; });
    std::stable_sort(report.errors.begin(), report.errors.end(),
                     [](const RowError& a, const RowError& b) { return a.line < b.line; });
    if (report.rows_bad > 0 && options_.bad_rows == BadRows::refuse_file) {
      ImportedData nothing;
      nothing.report = std::move(report);
      return nothing;
    }
    return std::move(data_);
  }

private:
  void bad(std::int64_t line, std::string reason) {
    ++data_.report.rows_bad;
    if (data_.report.errors.size() < options_.errors_max)
      data_.report.errors.push_back({line, std::move(reason)});
  }

  Result<void> add(const Json& row, std::int64_t line) {
    const auto shape = shape_of(row);
    if (!shape) return refuse(ErrorKind::invalid, "has none of the known sets of keys");
    auto& file_shape = data_.report.shape;
    if (!file_shape) file_shape = *shape;
    if (*shape != *file_shape) {
      return refuse(ErrorKind::invalid,
                    format("is a {} row in a file of {} rows", name(*shape), name(*file_shape)));
    }
    if (*shape == DatasetShape::open_assistant_messages) return flat_.add(row, line);
    if (*shape == DatasetShape::open_assistant_trees) {
      const auto tree = read_tree(row, line);
      if (!tree) return tl::unexpected(tree.error());
      add_tree(*tree, data_);
      return {};
    }
    return add_trl_row(*shape, row, line, data_);
  }

  // Only now is it known which messages hang on nothing.
  void finish_flat() {
    std::vector<RowError> errors;
    for (const MessageTree& tree : flat_.trees(errors)) add_tree(tree, data_);
    data_.report.rows_good -= static_cast<std::int64_t>(errors.size());
    for (RowError& error : errors) bad(error.line, std::move(error.reason));
  }

  ReadOptions options_;
  ImportedData data_;
  FlatMessages flat_;
};

}  // namespace

std::string_view name(DatasetShape shape) {
  switch (shape) {
    case DatasetShape::language_modelling: return "language modelling";
    case DatasetShape::prompt_only: return "prompt-only";
    case DatasetShape::prompt_completion: return "prompt-completion";
    case DatasetShape::preference: return "preference";
    case DatasetShape::implicit_preference: return "implicit-prompt preference";
    case DatasetShape::hh_rlhf: return "hh-rlhf";
    case DatasetShape::unpaired: return "unpaired";
    case DatasetShape::open_assistant_trees: return "Open Assistant tree";
    case DatasetShape::open_assistant_messages: return "Open Assistant message";
  }
  return "unknown";
}

Result<ImportedData> read_dataset(const std::filesystem::path& path, const ReadOptions& options) {
  auto rows = RowReader::open(path, options.line_bytes_max);
  if (!rows) return tl::unexpected(rows.error());
  Import import(options);
  while (const auto row = (*rows)->next()) import.take(*row);
  ImportedData data = import.finish();
  if (data.report.rows > 0) return data;
  return refuse(ErrorKind::invalid, "holds no rows", "is it JSONL or a JSON array, plain, .gz or .zst?",
                path.string());
}

bool held_out(std::string_view group, std::uint64_t seed, double share) {
  const std::uint64_t hash = xxh3(format("{}:{}", seed, group));
  return static_cast<double>(hash >> 11U) * 0x1.0p-53 < share;
}

}  // namespace preceptor::learning
