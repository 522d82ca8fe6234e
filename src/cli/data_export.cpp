#include "cli/data_export.hpp"

#include <nlohmann/json.hpp>

#include "loop/snapshot_rows.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

json answer(const json& text) { return json::array({{{"role", "assistant"}, {"content", text}}}); }

json preference(const json& row) {
  return {{"prompt", row.at("prompt")},
          {"chosen", answer(row.at("chosen"))},
          {"rejected", answer(row.at("rejected"))},
          {"probability", row.at("probability")},
          {"weight", row.at("weight")}};
}

json demonstration(const json& row) {
  return {{"messages", row.at("messages")}, {"weight", row.at("weight")}};
}

}  // namespace

ExportedData export_judgments(loop::Records& records, feedback::ProjectId project, ExportKind kind) {
  const loop::Round every_round{.project = project};
  const auto content = loop::snapshot_content(records, every_round, loop::Weighting::reliability);
  const bool pairs = kind == ExportKind::preferences;
  ExportedData data{.left_out = content.left_out};
  const auto file = content.files.find(pairs ? "preferences.jsonl" : "demonstrations.jsonl");
  if (file == content.files.end()) return data;
  for (const std::string& line : file->second) {
    const json row = json::parse(line);
    data.lines += (pairs ? preference(row) : demonstration(row)).dump() + "\n";
    data.rows += 1;
  }
  return data;
}

}  // namespace preceptor::cli
