#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "text/chat_template.hpp"

namespace preceptor::learning {

// The shape of a file, known by the keys of its first good row.
enum class DatasetShape {
  language_modelling,      // {text} or {messages}
  prompt_only,             // {prompt}
  prompt_completion,       // {prompt, completion}
  preference,              // {prompt, chosen, rejected}
  implicit_preference,     // {chosen, rejected} as message lists
  hh_rlhf,                 // {chosen, rejected} as transcripts with "\n\nHuman: " and "\n\nAssistant: "
  unpaired,                // {prompt, completion, label}
  open_assistant_trees,    // {message_tree_id, prompt: {…, replies: […]}}
  open_assistant_messages  // one message a row, {message_id, parent_id, …}
};
std::string_view name(DatasetShape shape);

// Where a record comes from, and what it must not be parted from when data is split.
struct Origin {
  std::int64_t line = 0;
  std::string group;   // the tree's id, else a hash of the prompt
  std::string prompt;  // hash of the prompt's messages: the cluster for intervals
};

struct ImportedPrompt {
  std::vector<text::Message> messages;
  Origin origin;
};
struct ImportedDemonstration {
  std::vector<text::Message> messages;  // ends with an assistant turn
  float weight = 1.0F;
  Origin origin;
};
struct ImportedPreference {
  std::vector<text::Message> prompt;
  std::string chosen;
  std::string rejected;
  float probability = 1.0F;
  float weight = 1.0F;
  float margin = 0.0F;
  Origin origin;
};
struct ImportedVerdict {  // unpaired: one answer, good or bad
  std::vector<text::Message> prompt;
  std::string completion;
  bool good = false;
  float weight = 1.0F;
  Origin origin;
};
struct ImportedDocument {
  std::string text;
  Origin origin;
};

struct RowError {
  std::int64_t line = 0;  // of the file, counted from 1; in a JSON array the line on which the element begins
  std::string reason;
};

struct ImportReport {
  std::optional<DatasetShape> shape;  // nothing when no row has a known one
  std::int64_t rows = 0;              // read, good and bad
  std::int64_t rows_good = 0;         // (a row may give several records, or none)
  std::int64_t rows_bad = 0;
  std::vector<RowError> errors;                 // the first errors_max of them
  std::map<std::string, std::int64_t> records;  // kind → how many the good rows give, e.g. preferences
  std::map<std::string, std::int64_t>
      left_out;  // reason → messages or trees that are not wanted, without being wrong
};

struct ImportedData {
  std::vector<ImportedPrompt> prompts;
  std::vector<ImportedDemonstration> demonstrations;
  std::vector<ImportedPreference> preferences;
  std::vector<ImportedVerdict> verdicts;
  std::vector<ImportedDocument> documents;
  ImportReport report;
};

enum class BadRows { refuse_file, keep_good };

struct ReadOptions {
  BadRows bad_rows = BadRows::refuse_file;
  std::size_t line_bytes_max = 16U << 20U;
  std::size_t depth_max = 32;     // of JSON nesting; a reply in an Open Assistant tree takes two levels
  std::size_t errors_max = 1000;  // kept in the report; all are counted
};

// Reads .jsonl or a JSON array, plain, .gz or .zst. With bad rows and refuse_file the lists are empty and the
// report tells every bad row. Refuses files that cannot be opened or in which no row has a known shape.
// Optional keys in TRL shapes: weight, and for preferences probability and margin. Unknown keys are ignored.
Result<ImportedData> read_dataset(const std::filesystem::path& path, const ReadOptions& options = {});

// Whether a group belongs to the held-out part: the same for the same group, seed and share, whatever else is
// in the data.
bool held_out(std::string_view group, std::uint64_t seed, double share);

}  // namespace preceptor::learning
