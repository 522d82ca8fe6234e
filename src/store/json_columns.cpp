#include "store/json_columns.hpp"

#include <nlohmann/json.hpp>

#include "base/result.hpp"

namespace preceptor::store {
namespace {

using Json = nlohmann::json;

template <class Read>
auto read_rows(const std::string& text, const Read& read) {
  std::vector<decltype(read(Json()))> rows;
  try {
    for (const Json& row : Json::parse(text)) rows.push_back(read(row));
  } catch (const Json::exception& problem) {
    throw Failure(ErrorKind::corrupt,
                  std::string("a list in the database cannot be read: ") + problem.what());
  }
  return rows;
}

template <class Rows, class Write>
std::string rows_text(const Rows& rows, const Write& write) {
  Json list = Json::array();
  for (const auto& row : rows) list.push_back(write(row));
  return list.dump();
}

TaskKind kind_named(const std::string& name) {
  if (const auto kind = feedback::from_name<TaskKind>(name)) return *kind;
  throw Failure(ErrorKind::corrupt, "the database speaks of an unknown kind of work, \"" + name + "\"");
}

}  // namespace

std::string words_text(std::span<const std::string> words) {
  return rows_text(words, [](const std::string& word) { return Json(word); });
}
std::vector<std::string> words_from(const std::string& text) {
  return read_rows(text, [](const Json& row) { return row.get<std::string>(); });
}

std::string numbers_text(std::span<const std::int64_t> numbers) {
  std::string text = "[";
  for (std::int64_t number : numbers) text += (text.size() > 1 ? "," : "") + std::to_string(number);
  return text + "]";
}
std::vector<std::int64_t> numbers_from(const std::string& text) {
  return read_rows(text, [](const Json& row) { return row.get<std::int64_t>(); });
}

std::string messages_text(std::span<const Message> messages) {
  return rows_text(messages, [](const Message& message) {
    return Json{{"role", message.role}, {"content", message.content}};
  });
}
std::vector<Message> messages_from(const std::string& text) {
  return read_rows(text, [](const Json& row) { return Message{row.at("role"), row.at("content")}; });
}

std::string dimensions_text(std::span<const RubricDimension> dimensions) {
  return rows_text(dimensions, [](const RubricDimension& dimension) {
    const auto& below = dimension.reason_required_below;
    return Json{{"key", dimension.key},
                {"label", dimension.label},
                {"scale_min", dimension.scale_min},
                {"scale_max", dimension.scale_max},
                {"anchors", dimension.anchors},
                {"reason_required_below", below ? Json(*below) : Json(nullptr)}};
  });
}
std::vector<RubricDimension> dimensions_from(const std::string& text) {
  return read_rows(text, [](const Json& row) {
    RubricDimension dimension{.key = row.at("key"),
                              .label = row.at("label"),
                              .scale_min = row.at("scale_min"),
                              .scale_max = row.at("scale_max"),
                              .anchors = row.at("anchors").get<std::vector<std::string>>(),
                              .reason_required_below = std::nullopt};
    const Json& below = row.at("reason_required_below");
    if (!below.is_null()) dimension.reason_required_below = below.get<std::int64_t>();
    return dimension;
  });
}

std::string criteria_text(std::span<const feedback::RubricCriterion> criteria) {
  return rows_text(criteria, [](const feedback::RubricCriterion& criterion) {
    return Json{{"key", criterion.key}, {"label", criterion.label}, {"weight", criterion.weight}};
  });
}
std::vector<feedback::RubricCriterion> criteria_from(const std::string& text) {
  return read_rows(text, [](const Json& row) {
    return feedback::RubricCriterion{row.at("key"), row.at("label"), row.at("weight")};
  });
}

std::string kinds_text(std::span<const TaskKind> kinds) {
  return rows_text(kinds, [](TaskKind kind) { return Json(feedback::name_of(kind)); });
}
std::vector<TaskKind> kinds_from(const std::string& text) {
  return read_rows(text, [](const Json& row) { return kind_named(row.get<std::string>()); });
}

std::string policy_text(const feedback::Overlap& overlap, const feedback::WorkPolicy& policy) {
  Json json{{"adjudicate_below", policy.adjudicate_below}, {"hazard_consent", policy.hazard_consent}};
  for (const auto& [kind, wanted] : overlap.others)
    json["overlap"][std::string(feedback::name_of(kind))] = wanted;
  for (const auto& [kind, review] : policy.review) {
    json["review"][std::string(feedback::name_of(kind))] = {{"newcomer", review.newcomer},
                                                            {"share", review.share}};
  }
  return json.dump();
}

void read_policy(const std::string& text, feedback::Overlap& overlap, feedback::WorkPolicy& policy) {
  try {
    const Json json = Json::parse(text);
    policy.adjudicate_below = json.value("adjudicate_below", 0.0);
    policy.hazard_consent = json.value("hazard_consent", false);
    const Json overlaps = json.value("overlap", Json::object());
    const Json reviews = json.value("review", Json::object());
    for (const auto& [kind, wanted] : overlaps.items()) overlap.others[kind_named(kind)] = wanted;
    for (const auto& [kind, review] : reviews.items()) {
      policy.review[kind_named(kind)] = {.newcomer = review.at("newcomer"), .share = review.at("share")};
    }
  } catch (const Json::exception& problem) {
    throw Failure(ErrorKind::corrupt,
                  std::string("a policy in the database cannot be read: ") + problem.what());
  }
}

std::string files_text(std::span<const SnapshotFile> files) {
  return rows_text(files, [](const SnapshotFile& file) {
    return Json{{"name", file.name}, {"sha256", file.sha256}, {"rows", file.rows}, {"bytes", file.bytes}};
  });
}
std::vector<SnapshotFile> files_from(const std::string& text) {
  return read_rows(text, [](const Json& row) {
    return SnapshotFile{row.at("name"), row.at("sha256"), row.at("rows"), row.at("bytes")};
  });
}

std::string columns_text(std::span<const EvaluationColumn> columns) {
  return rows_text(columns, [](const EvaluationColumn& column) {
    return Json{{"key", column.key},
                {"label", column.label},
                {"better", loop::name_of(column.better)},
                {"unit", column.unit},
                {"source", column.source}};
  });
}
std::vector<EvaluationColumn> columns_from(const std::string& text) {
  return read_rows(text, [](const Json& row) {
    return EvaluationColumn{row.at("key"), row.at("label"),
                            loop::better(row.at("better").get<std::string>()).value_or(loop::Better::none),
                            row.at("unit"), row.at("source")};
  });
}

}  // namespace preceptor::store
