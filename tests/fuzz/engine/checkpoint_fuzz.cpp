// A damaged or forged checkpoint. With a first byte of '{' the input is the record's content and gets its
// checksum put in front; "RUN" in it stands for what a real record says, so that most inputs get past those
// checks.
#include "base/file.hpp"
#include "base/hash.hpp"
#include "driver/input.hpp"
#include "engine/checkpoint/checkpoint.hpp"
#include "engine/checkpoint/checkpoint_files.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

using namespace preceptor;

namespace {

struct Run {
  engine::Parameters parameters{engine::ModelConfig{.vocabulary_size = 4,
                                                    .hidden_size = 4,
                                                    .intermediate_size = 4,
                                                    .layer_count = 1,
                                                    .head_count = 1,
                                                    .kv_head_count = 1,
                                                    .head_dim = 4,
                                                    .context_length_max = 8}};
  engine::AdamW optimiser{parameters, {}};
  std::filesystem::path folder = fuzz::scratch_folder() / "checkpoint";
  std::string record;  // as saved, without the braces

  Run() {
    engine::save_checkpoint(folder, parameters, optimiser, {});
    std::string text = read_file(folder / engine::record_file, 1 << 20).value();
    record = text.substr(text.find('{') + 1);
    record.resize(record.rfind('}'));
  }
};

std::string record_of(std::string_view input, const Run& run) {
  if (!input.starts_with('{')) return std::string(input);
  std::string content(input);
  if (const auto at = content.find("RUN"); at != std::string::npos) content.replace(at, 3, run.record);
  char sum[32];
  std::snprintf(sum, sizeof sum, "xxh3 %016lx\n", static_cast<unsigned long>(xxh3(content)));
  return sum + content;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Run run;
  std::FILE* file = std::fopen((run.folder / engine::record_file).c_str(), "wb");
  const std::string record = record_of(fuzz::as_text(data, size), run);
  std::fwrite(record.data(), 1, record.size(), file);
  std::fclose(file);
  (void)engine::read_record(run.folder);
  const auto state = engine::load_checkpoint(run.folder, run.parameters, run.optimiser);
  if (state) {
    fuzz::require(state->step >= 0 && run.optimiser.step_count >= 0, "steps are counted from 0");
    run.optimiser.step_count = 0;
  }
  return 0;
}
