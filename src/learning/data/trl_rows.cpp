#include "learning/data/trl_rows.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/format.hpp"
#include "base/json.hpp"
#include "learning/data/records.hpp"
#include "learning/data/transcript.hpp"

namespace preceptor::learning {
namespace {

using Json = nlohmann::json;
using Messages = std::vector<text::Message>;

Result<Messages> messages_of(const Json& list, std::string_view key) {
  Messages messages;
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto role = json_get<std::string>(list[i], "role");
    auto content = json_get<std::string>(list[i], "content");
    for (const auto* part : {&role, &content}) {
      if (*part) continue;
      Error error = part->error();
      error.where = format("/{}/{}{}", key, i, error.where);
      return tl::unexpected(error);
    }
    messages.push_back({std::move(*role), std::move(*content)});
  }
  return messages;
}

// A string is one turn of the given role.
Result<Messages> turns(const Json& row, std::string_view key, std::string_view role_of_string) {
  auto value = json_get<Json>(row, key);
  if (!value) return tl::unexpected(value.error());
  if (value->is_string()) return Messages{{std::string(role_of_string), value->get<std::string>()}};
  if (value->is_array()) return messages_of(*value, key);
  return refuse(ErrorKind::invalid, "should be a text or a list of messages", {}, format("/{}", key));
}

Result<Messages> prompt_of(const Json& row) {
  auto prompt = turns(row, "prompt", "user");
  if (!prompt) return prompt;
  if (auto good = check_prompt(*prompt); !good) return tl::unexpected(good.error());
  return prompt;
}

// Of an answer that stands beside an explicit prompt.
Result<std::string> answer_of(const Json& row, std::string_view key) {
  auto answer = turns(row, key, "assistant");
  if (!answer) return tl::unexpected(answer.error());
  if (answer->size() != 1 || answer->front().role != "assistant") {
    return refuse(ErrorKind::invalid, "should be one assistant turn", {}, format("/{}", key));
  }
  return std::move(answer->front().content);
}

Result<float> number_between(const Json& row, std::string_view key, float missing, float least, float most) {
  const auto value = json_find<float>(row, key);
  if (!value) return tl::unexpected(value.error());
  const float number = value->value_or(missing);
  if (number < least || number > most) {
    return refuse(ErrorKind::invalid, format("should lie between {} and {}", least, most), {},
                  format("/{}", key));
  }
  return number;
}

constexpr float most_weight = 1e6F;

Result<float> weight_of(const Json& row) { return number_between(row, "weight", 1.0F, 0.0F, most_weight); }

Result<void> add_labels(const Json& row, ImportedPreference& pair) {
  const auto weight = weight_of(row);
  if (!weight) return tl::unexpected(weight.error());
  const auto probability = number_between(row, "probability", 1.0F, 0.0F, 1.0F);
  if (!probability) return tl::unexpected(probability.error());
  const auto margin = number_between(row, "margin", 0.0F, -most_weight, most_weight);
  if (!margin) return tl::unexpected(margin.error());
  pair.weight = *weight;
  pair.probability = *probability;
  pair.margin = *margin;
  return {};
}

Origin origin_of(std::int64_t line, const Messages& prompt) {
  const std::string id = prompt_id(prompt);
  return {line, id, id};
}

Result<void> add_demonstration(Messages messages, const Json& row, std::int64_t line, ImportedData& data) {
  if (auto good = check_turns(messages); !good) return good;
  if (messages.back().role != "assistant") {
    return refuse(ErrorKind::invalid, "the conversation does not end with an assistant's turn");
  }
  const auto weight = weight_of(row);
  if (!weight) return tl::unexpected(weight.error());
  Origin origin = origin_of(line, Messages(messages.begin(), messages.end() - 1));
  data.demonstrations.push_back({std::move(messages), *weight, std::move(origin)});
  return {};
}

Result<void> add_language_modelling(const Json& row, std::int64_t line, ImportedData& data) {
  if (row.contains("messages")) {
    auto messages = turns(row, "messages", "user");
    if (!messages) return tl::unexpected(messages.error());
    return add_demonstration(std::move(*messages), row, line, data);
  }
  auto text = json_get<std::string>(row, "text");
  if (!text) return tl::unexpected(text.error());
  if (is_blank(*text)) return refuse(ErrorKind::invalid, "the text is empty");
  Origin origin = origin_of(line, {{"text", *text}});
  data.documents.push_back({std::move(*text), std::move(origin)});
  return {};
}

Result<void> add_prompt(const Json& row, std::int64_t line, ImportedData& data) {
  auto prompt = prompt_of(row);
  if (!prompt) return tl::unexpected(prompt.error());
  Origin origin = origin_of(line, *prompt);
  data.prompts.push_back({std::move(*prompt), std::move(origin)});
  return {};
}

Result<void> add_prompt_completion(const Json& row, std::int64_t line, ImportedData& data) {
  auto messages = prompt_of(row);
  if (!messages) return tl::unexpected(messages.error());
  auto answer = answer_of(row, "completion");
  if (!answer) return tl::unexpected(answer.error());
  messages->push_back({"assistant", std::move(*answer)});
  return add_demonstration(std::move(*messages), row, line, data);
}

Result<void> add_verdict(const Json& row, std::int64_t line, ImportedData& data) {
  auto prompt = prompt_of(row);
  if (!prompt) return tl::unexpected(prompt.error());
  auto answer = answer_of(row, "completion");
  if (!answer) return tl::unexpected(answer.error());
  if (is_blank(*answer)) return refuse(ErrorKind::invalid, "the completion is empty");
  const auto label = json_get<bool>(row, "label");
  if (!label) return tl::unexpected(label.error());
  const auto weight = weight_of(row);
  if (!weight) return tl::unexpected(weight.error());
  Origin origin = origin_of(line, *prompt);
  data.verdicts.push_back({std::move(*prompt), std::move(*answer), *label, *weight, std::move(origin)});
  return {};
}

Result<void> add_pair(ImportedPreference pair, const Json& row, std::int64_t line, ImportedData& data) {
  if (auto good = check_prompt(pair.prompt); !good) return good;
  if (auto good = check_answers(pair.chosen, pair.rejected); !good) return good;
  if (auto good = add_labels(row, pair); !good) return good;
  pair.origin = origin_of(line, pair.prompt);
  data.preferences.push_back(std::move(pair));
  return {};
}

Result<void> add_preference(const Json& row, std::int64_t line, ImportedData& data) {
  ImportedPreference pair;
  auto prompt = prompt_of(row);
  if (!prompt) return tl::unexpected(prompt.error());
  auto chosen = answer_of(row, "chosen");
  if (!chosen) return tl::unexpected(chosen.error());
  auto rejected = answer_of(row, "rejected");
  if (!rejected) return tl::unexpected(rejected.error());
  pair.prompt = std::move(*prompt);
  pair.chosen = std::move(*chosen);
  pair.rejected = std::move(*rejected);
  return add_pair(std::move(pair), row, line, data);
}

// Strings have no turns: the prompt is what both begin with, up to the end of a word.
Result<ImportedPreference> pair_of_strings(const std::string& chosen, const std::string& rejected) {
  std::size_t cut = 0;
  while (cut < chosen.size() && cut < rejected.size() && chosen[cut] == rejected[cut]) ++cut;
  while (cut > 0 && chosen[cut - 1] != ' ' && chosen[cut - 1] != '\n') --cut;
  const std::string_view prompt = std::string_view(chosen).substr(0, cut);
  if (is_blank(prompt)) return refuse(ErrorKind::invalid, "chosen and rejected have no prompt in common");
  ImportedPreference pair;
  pair.prompt = {{"user", std::string(prompt)}};
  pair.chosen = chosen.substr(cut);
  pair.rejected = rejected.substr(cut);
  return pair;
}

Result<ImportedPreference> pair_of_conversations(Messages chosen, Messages rejected) {
  std::size_t shared = 0;
  while (shared < chosen.size() && shared < rejected.size() && chosen[shared].role == rejected[shared].role &&
         chosen[shared].content == rejected[shared].content) {
    ++shared;
  }
  if (shared == chosen.size() && shared == rejected.size()) {
    return refuse(ErrorKind::invalid, "the chosen and the rejected conversation are identical");
  }
  const auto ends_with_one_answer = [&](const Messages& messages) {
    return messages.size() == shared + 1 && messages.back().role == "assistant";
  };
  if (!ends_with_one_answer(chosen) || !ends_with_one_answer(rejected)) {
    return refuse(ErrorKind::invalid, "the conversations should differ in their last assistant's turn only");
  }
  ImportedPreference pair;
  pair.chosen = std::move(chosen.back().content);
  pair.rejected = std::move(rejected.back().content);
  chosen.pop_back();
  pair.prompt = std::move(chosen);
  return pair;
}

Result<void> add_implicit_preference(const Json& row, std::int64_t line, ImportedData& data) {
  if (row["chosen"].is_string() && row["rejected"].is_string()) {
    auto pair = pair_of_strings(row["chosen"].get<std::string>(), row["rejected"].get<std::string>());
    if (!pair) return tl::unexpected(pair.error());
    return add_pair(std::move(*pair), row, line, data);
  }
  auto chosen = turns(row, "chosen", "assistant");
  if (!chosen) return tl::unexpected(chosen.error());
  auto rejected = turns(row, "rejected", "assistant");
  if (!rejected) return tl::unexpected(rejected.error());
  auto pair = pair_of_conversations(std::move(*chosen), std::move(*rejected));
  if (!pair) return tl::unexpected(pair.error());
  return add_pair(std::move(*pair), row, line, data);
}

Result<void> add_transcripts(const Json& row, std::int64_t line, ImportedData& data) {
  const auto chosen = json_get<std::string>(row, "chosen");
  if (!chosen) return tl::unexpected(chosen.error());
  const auto rejected = json_get<std::string>(row, "rejected");
  if (!rejected) return tl::unexpected(rejected.error());
  auto pair = preference_of_transcripts(*chosen, *rejected);
  if (!pair) return tl::unexpected(pair.error());
  return add_pair(std::move(*pair), row, line, data);
}

}  // namespace

Result<void> add_trl_row(DatasetShape shape, const Json& row, std::int64_t line, ImportedData& data) {
  switch (shape) {
    case DatasetShape::language_modelling: return add_language_modelling(row, line, data);
    case DatasetShape::prompt_only: return add_prompt(row, line, data);
    case DatasetShape::prompt_completion: return add_prompt_completion(row, line, data);
    case DatasetShape::unpaired: return add_verdict(row, line, data);
    case DatasetShape::preference: return add_preference(row, line, data);
    case DatasetShape::implicit_preference: return add_implicit_preference(row, line, data);
    case DatasetShape::hh_rlhf: return add_transcripts(row, line, data);
    case DatasetShape::open_assistant_trees:
    case DatasetShape::open_assistant_messages: break;
  }
  return refuse(ErrorKind::invalid, "is not a row of one of TRL's shapes");
}

}  // namespace preceptor::learning
