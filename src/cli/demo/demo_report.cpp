#include "cli/demo/demo_report.hpp"

#include "base/format.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

bool is_share(const json& column) { return column.at("unit") == "share"; }

std::string figure(const json& column, const json& cell) {
  const auto number = [&](const char* key) {
    return cell.at(key).is_null() ? 0.0 : cell.at(key).get<double>();
  };
  const bool share = is_share(column);
  const double scale = share ? 100 : 1;
  if (cell.at("low").is_null()) return fmt::format("{:.1f}", number("value") * scale);
  return fmt::format("{:.{}f} [{:.{}f}, {:.{}f}]", number("value") * scale, share ? 0 : 1,
                     number("low") * scale, share ? 0 : 1, number("high") * scale, share ? 0 : 1);
}

std::string table(const json& evaluation) {
  std::string text = fmt::format("{:<34}", "");
  for (const json& row : evaluation.at("rows"))
    text += fmt::format("{:>19}", row.at("name").get<std::string>());
  text += '\n';
  for (const json& column : evaluation.at("columns")) {
    const std::string label = column.at("label").get<std::string>() + (is_share(column) ? ", %" : "");
    text += fmt::format("{:<34}", label.substr(0, 33));
    const std::string key = column.at("key");
    for (const json& row : evaluation.at("rows")) {
      const json& cells = row.at("cells");
      text += fmt::format("{:>19}", cells.contains(key) ? figure(column, cells.at(key)) : "–");
    }
    text += '\n';
  }
  return text;
}

std::string people(const DemoReport& report) {
  std::string text;
  for (const json& person : report.quality.at("people")) {
    if (!person.at("simulated").get<bool>()) continue;
    const std::string name = person.at("name");
    const auto temper = report.tempers.find(name);
    text += fmt::format(
        "  {:<34} {:>4} judgments, golds {:>2} of {:>2} right{}{}\n", name, person.at("judgments").get<int>(),
        person.at("golds_right").get<int>(), person.at("golds").get<int>(),
        person.at("paused").get<bool>() ? ", paused by the gold watch" : "",
        temper == report.tempers.end() ? "" : fmt::format(" (made to be: {})", temper->second));
  }
  return text;
}

std::string transcripts(const DemoReport& report) {
  std::string text;
  for (const json& transcript : report.transcripts) {
    text +=
        fmt::format("  {}\n", transcript.at("prompt").at("messages").back().at("content").get<std::string>());
    for (const json& answer : transcript.at("answers"))
      text += fmt::format("    {:>8}: {}\n", answer.at("name").get<std::string>(),
                          answer.at("text").get<std::string>());
  }
  return text;
}

json experts_json(const DemoReport& report) {
  json list = json::array();
  for (const json& person : report.quality.at("people"))
    if (person.at("simulated").get<bool>())
      list.push_back({{"name", person.at("name")},
                      {"simulated", true},
                      {"judgments", person.at("judgments")},
                      {"golds", person.at("golds")},
                      {"golds_right", person.at("golds_right")},
                      {"paused", person.at("paused")},
                      {"temper", report.tempers.at(person.at("name"))}});
  return list;
}

}  // namespace

json to_json(const DemoReport& report) {
  json seconds = json::object();
  for (const auto& [stage, value] : report.seconds) seconds[stage] = value;
  json models = json::object();
  for (const auto& [name, sha256] : report.models) models[name] = sha256;
  json table = json::object();
  for (const json& row : report.evaluation.at("rows")) {
    json cells = json::object();
    for (const auto& [key, cell] : row.at("cells").items()) cells[key] = cell;
    table[row.at("name").get<std::string>()] = std::move(cells);
  }
  return {{"seconds", seconds},
          {"models", models},
          {"table", table},
          {"reward_model", report.reward_metrics},
          {"snapshot", report.preferences},
          {"agreement", report.quality.at("agreement")},
          {"judgments", report.judgments},
          {"experts", experts_json(report)},
          {"lineage_verified", report.lineage_verified}};
}

std::string to_text(const DemoReport& report) {
  std::string text =
      "\nMeasured on prompts that no training touched; brackets: 95 % intervals clustered by prompt.\n\n";
  text += table(report.evaluation);
  if (report.reward_metrics.contains("held_out_accuracy")) {
    const json& accuracy = report.reward_metrics.at("held_out_accuracy");
    text += fmt::format(
        "\nReward model: right on {:.0f} % [{:.0f}, {:.0f}] of the votes it had not seen ({} pairs).\n",
        100 * accuracy.at("value").get<double>(), 100 * accuracy.at("low").get<double>(),
        100 * accuracy.at("high").get<double>(), report.reward_metrics.at("held_out_pairs").get<int>());
  }
  text += fmt::format("\nThe people, all simulated ({} judgments through the API):\n{}", report.judgments,
                      people(report));
  text += fmt::format("\nSome answers, regressions among them:\n{}", transcripts(report));
  text += fmt::format("\nLineage of every model, from its weights down to the judgments: {}.\n",
                      report.lineage_verified ? "verified" : "DIFFERENCES FOUND");
  double total = 0;
  for (const auto& [stage, seconds] : report.seconds) total += seconds;
  text += fmt::format("The loop took {:.0f} s.\n", total);
  return text;
}

}  // namespace preceptor::cli
