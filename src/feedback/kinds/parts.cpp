#include "feedback/kinds/parts.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "base/json.hpp"
#include "feedback/content.hpp"

namespace preceptor::feedback {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 7> flags{"factual_error",  "unclear",      "unsafe", "off_topic",
                                                "wrong_language", "private_data", "spam"};

}  // namespace

std::span<const std::string_view> flag_names() { return flags; }

tl::unexpected<Error> wrong(std::string message, std::string hint, std::string where) {
  return refuse(ErrorKind::invalid, std::move(message), std::move(hint), std::move(where));
}

std::string listed(std::span<const std::string_view> names) {
  std::string text;
  for (std::string_view name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

Result<Json> parse_payload(std::string_view text, std::span<const std::string_view> known) {
  if (text.size() > payload_bytes_max) {
    return refuse(ErrorKind::too_large,
                  "the judgment is larger than " + std::to_string(payload_bytes_max) + " bytes",
                  "Shorten its texts.");
  }
  auto parsed = parse_json(text);
  if (!parsed) return parsed;
  if (!parsed->is_object()) return wrong("a judgment is a JSON object", "Send an object.", "");
  if (auto checked = check_keys(*parsed, known, ""); !checked) return tl::unexpected(checked.error());
  return parsed;
}

Result<void> check_keys(const Json& object, std::span<const std::string_view> known,
                        const std::string& where) {
  if (!object.is_object()) return wrong("this is no JSON object", "Send an object.", where);
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return wrong("\"" + key + "\" is no part of this kind of judgment",
                   "Its parts are: " + listed(known) + ".", where + "/" + key);
    }
  }
  return {};
}

Result<std::string> text_at(const Json& object, std::string_view key, Blank blank, const std::string& at) {
  auto text = json_find<std::string>(object, key);
  if (!text) return wrong(text.error().message, text.error().hint, at + text.error().where);
  const std::string value = text->value_or("");
  if (auto checked = check_text(value, text_bytes_max, blank, at + "/" + std::string(key)); !checked) {
    return tl::unexpected(checked.error());
  }
  return value;
}

Result<std::string> word_at(const Json& object, std::string_view key, std::span<const std::string_view> words,
                            const std::string& at) {
  auto word = json_find<std::string>(object, key);
  const std::string where = at + "/" + std::string(key);
  if (!word) return wrong(word.error().message, word.error().hint, where);
  if (!*word || std::find(words.begin(), words.end(), **word) == words.end()) {
    return wrong("the choice for \"" + std::string(key) + "\" is missing or unknown",
                 "Use one of: " + listed(words) + ".", where);
  }
  return **word;
}

Result<bool> truth_at(const Json& object, std::string_view key, const std::string& at) {
  auto value = json_find<bool>(object, key);
  if (!value) return wrong(value.error().message, value.error().hint, at + value.error().where);
  return value->value_or(false);
}

bool holds(std::span<const ResponseId> responses, ResponseId id) {
  return std::find(responses.begin(), responses.end(), id) != responses.end();
}

Result<ResponseId> response_at(const Json& object, std::span<const ResponseId> responses,
                               const std::string& at) {
  const auto id = json_find<std::int64_t>(object, "response_id");
  if (!id) return wrong(id.error().message, id.error().hint, at + "/response_id");
  if (!*id && responses.size() == 1) return responses.front();
  if (!*id || !holds(responses, ResponseId{**id})) {
    return wrong("this is no response of the task", "Name the id of one that was shown.",
                 at + "/response_id");
  }
  return ResponseId{**id};
}

Result<std::vector<Flag>> flags_at(const Json& object, std::span<const ResponseId> responses) {
  std::vector<Flag> result;
  const auto list = object.find("flags");
  if (list == object.end() || list->is_null()) return result;
  if (!list->is_array()) return wrong("flags are a list", "Send [] when there are none.", "/flags");
  std::set<std::pair<std::int64_t, std::string>> seen;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string where = "/flags/" + std::to_string(i);
    const auto id = json_get<std::int64_t>((*list)[i], "response_id");
    if (!id) return wrong(id.error().message, id.error().hint, where + id.error().where);
    const auto flag = json_get<std::string>((*list)[i], "flag");
    if (!flag) return wrong(flag.error().message, flag.error().hint, where + flag.error().where);
    if (!holds(responses, ResponseId{*id})) {
      return wrong("response " + std::to_string(*id) + " is not part of this task",
                   "Flag one that was shown.", where + "/response_id");
    }
    if (std::find(flags.begin(), flags.end(), *flag) == flags.end()) {
      return wrong("there is no flag of that name", "Use one of: " + listed(flags) + ".", where + "/flag");
    }
    if (seen.emplace(*id, *flag).second) result.push_back({ResponseId{*id}, *flag});
  }
  std::sort(result.begin(), result.end(), [](const Flag& a, const Flag& b) {
    return std::pair(a.response, a.flag) < std::pair(b.response, b.flag);
  });
  return result;
}

Json to_json(const std::vector<Flag>& list) {
  Json json = Json::array();
  for (const Flag& flag : list) json.push_back({{"response_id", flag.response.value}, {"flag", flag.flag}});
  return json;
}

}  // namespace preceptor::feedback
