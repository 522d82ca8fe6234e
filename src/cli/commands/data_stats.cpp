#include <memory>
#include <nlohmann/json.hpp>

#include "base/format.hpp"
#include "cli/command.hpp"
#include "cli/data_stats.hpp"

namespace preceptor::cli {
namespace {

struct StatsCommand {
  std::string file;

  void run(const Invocation& invocation) const {
    const auto data = or_throw(learning::read_dataset(file, {.bad_rows = learning::BadRows::keep_good}));
    const DatasetStats stats = stats_of(data);
    const auto shape = data.report.shape ? learning::name(*data.report.shape) : "unknown";
    if (invocation.json) {
      nlohmann::json answer = as_json(stats);
      answer["shape"] = shape;
      answer["rows"] = data.report.rows;
      answer["rows_bad"] = data.report.rows_bad;
      return print_json(answer);
    }
    fmt::print("{}: {}, {} rows\n{}", file, shape, data.report.rows, as_text(stats));
    if (data.report.rows_bad > 0)
      fmt::print("{} bad rows are not counted in: preceptor data check {} tells them.\n",
                 data.report.rows_bad, file);
  }
};

}  // namespace

void add_data_stats_command(CLI::App& data, Invocation& invocation) {
  auto command = std::make_shared<StatsCommand>();
  CLI::App* sub = data.add_subcommand("stats", "Sizes, lengths and repetitions of what a file holds");
  sub->add_option("FILE", command->file, data_file_help)->required();
  sub->add_flag("--json", invocation.json, "Machine-readable output");
  sub->callback([command, &invocation] { command->run(invocation); });
}

}  // namespace preceptor::cli
