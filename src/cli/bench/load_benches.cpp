#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/format.hpp"
#include "cli/bench/benches.hpp"
#include "cli/bench/limits.hpp"
#include "cli/command.hpp"
#include "engine/formats/config_json.hpp"
#include "engine/formats/opened_model.hpp"
#include "engine/formats/weights.hpp"
#include "engine/generation/generator.hpp"

namespace preceptor::cli {
namespace {

BenchRow load(const BenchOptions& options) {
  const TemporaryFolder folder;
  {
    const engine::Parameters parameters = bench_parameters(options.shape);
    write_file_atomic(folder.path() / "config.json",
                      engine::config_to_json(parameters.config(), engine::StoredType::bf16).dump());
    engine::save_weights(folder.path(), parameters, engine::StoredType::bf16, std::size_t{5'000'000'000});
  }
  BenchRow row{.work = format("{} from a bf16 folder, in the page cache, to the first token", options.shape),
               .unit = "s",
               .limit_kind = "none"};
  for (int run = 0; run <= options.runs; ++run) {
    const auto start = std::chrono::steady_clock::now();
    const engine::StoredWeights weights = or_throw(engine::open_stored_weights(folder.path()));
    engine::Generator generator(weights, {.threads = options.threads});
    engine::GenerationRequest request;
    request.prompt = {1};
    request.sampling.tokens_max = 1;
    generator.generate({&request, 1});
    const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (run > 0) row.values.push_back(seconds);
  }
  return row;
}

}  // namespace

std::vector<Bench> load_benches() { return {{"load", "load_first_token", load, nullptr}}; }

}  // namespace preceptor::cli
