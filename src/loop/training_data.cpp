#include "loop/training_data.hpp"

#include <map>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "learning/collation.hpp"

namespace preceptor::loop {
namespace {

using nlohmann::json;

constexpr std::size_t file_bytes_max = std::size_t{8} << 30U;

Result<std::vector<json>> rows_of(const Workspace& workspace, const Snapshot& snapshot,
                                  std::string_view name) {
  for (const SnapshotFile& file : snapshot.files) {
    if (file.name != name) continue;
    const auto path = workspace.blobs().path_of(file.sha256);
    if (!path) return tl::unexpected(path.error());
    const auto text = read_file(*path, file_bytes_max);
    if (!text) return tl::unexpected(text.error());
    if (sha256_hex(*text) != file.sha256)
      return refuse(ErrorKind::corrupt,
                    fmt::format("{} of snapshot {} is not what was written.", name, snapshot.id.value),
                    "Make a new snapshot of the round.");
    std::vector<json> rows;
    for (std::size_t begin = 0; begin < text->size();) {
      const std::size_t end = text->find('\n', begin);
      auto row = parse_json(std::string_view(*text).substr(begin, end - begin));
      if (!row) return tl::unexpected(row.error());
      rows.push_back(*std::move(row));
      begin = end + 1;
    }
    return rows;
  }
  return refuse(
      ErrorKind::conflict, fmt::format("Snapshot {} has no {}.", snapshot.id.value, name),
      "Train what its judgments allow: comparisons give preferences, written answers give demonstrations.");
}

std::vector<text::Message> messages_of(const json& list) {
  std::vector<text::Message> messages;
  for (const json& message : list)
    messages.push_back({message.at("role").get<std::string>(), message.at("content").get<std::string>()});
  return messages;
}

learning::CollationOptions limits_of(const engine::LoadedModel& model) {
  return {.tokens_max = model.parameters.config().context_length_max};
}

Result<void> needs_template(const engine::LoadedModel& model) {
  if (model.chat_template) return {};
  return refuse(ErrorKind::unsupported, "The model has no chat template.", "Import one that has.");
}

// One long conversation must not fail the training on all others.
template <class Example>
bool is_too_long(const Result<Example>& example, std::int64_t& count) {
  if (example || example.error().kind != ErrorKind::too_large) return false;
  count += 1;
  return true;
}

tl::unexpected<Error> nothing_fits(const engine::LoadedModel& model) {
  return refuse(ErrorKind::too_large,
                fmt::format("Every example is longer than the {} tokens that the model reads.",
                            model.parameters.config().context_length_max),
                "Train a model with a longer context.");
}

}  // namespace

Result<DemonstrationData> demonstrations_of(const Workspace& workspace, const Snapshot& snapshot,
                                            const engine::LoadedModel& model) {
  if (const auto good = needs_template(model); !good) return tl::unexpected(good.error());
  const auto rows = rows_of(workspace, snapshot, "demonstrations.jsonl");
  if (!rows) return tl::unexpected(rows.error());
  DemonstrationData data;
  for (const json& row : *rows) {
    auto example = learning::demonstration(
        model.tokenizer, *model.chat_template, messages_of(row.at("messages")),
        learning::LossOn::last_assistant_turn, row.at("weight").get<float>(), limits_of(model));
    if (is_too_long(example, data.too_long)) continue;
    if (!example) return tl::unexpected(example.error());
    data.examples.push_back(*std::move(example));
  }
  if (data.examples.empty() && data.too_long > 0) return nothing_fits(model);
  return data;
}

Result<PreferenceData> preferences_of(const Workspace& workspace, const Snapshot& snapshot,
                                      const engine::LoadedModel& model) {
  if (const auto good = needs_template(model); !good) return tl::unexpected(good.error());
  const auto rows = rows_of(workspace, snapshot, "preferences.jsonl");
  if (!rows) return tl::unexpected(rows.error());
  PreferenceData data;
  std::map<std::string, std::int64_t> clusters;
  for (const json& row : *rows) {
    const learning::PreferenceLabels labels{.probability = row.at("probability").get<float>(),
                                            .weight = row.at("weight").get<float>()};
    auto example =
        learning::preference(model.tokenizer, *model.chat_template, messages_of(row.at("prompt")),
                             row.at("chosen").get_ref<const std::string&>(),
                             row.at("rejected").get_ref<const std::string&>(), labels, limits_of(model));
    if (is_too_long(example, data.too_long)) continue;
    if (!example) return tl::unexpected(example.error());
    data.examples.push_back(*std::move(example));
    const auto cluster =
        clusters.try_emplace(row.at("prompt").dump(), static_cast<std::int64_t>(clusters.size()));
    data.prompts.push_back(cluster.first->second);
  }
  if (data.examples.empty() && data.too_long > 0) return nothing_fits(model);
  return data;
}

}  // namespace preceptor::loop
