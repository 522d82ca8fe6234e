#include "learning/run_cursor.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/json.hpp"
#include "engine/checkpoint/checkpoint.hpp"

namespace preceptor::learning {
namespace {

using Json = nlohmann::json;

Json json_of(const StepReport& report) {
  return {{"step", report.step},
          {"steps_total", report.steps_total},
          {"loss", report.loss},
          {"learning_rate", report.learning_rate},
          {"gradient_norm", report.gradient_norm},
          {"tokens_per_second", report.tokens_per_second},
          {"metrics", report.metrics}};
}

StepReport report_of(const Json& json) {
  return {.step = json.at("step"),
          .steps_total = json.at("steps_total"),
          .loss = json.at("loss"),
          .learning_rate = json.at("learning_rate"),
          .gradient_norm = json.at("gradient_norm"),
          .tokens_per_second = json.at("tokens_per_second"),
          .metrics = json.at("metrics")};
}

std::string text_of(const RunCursor& cursor) {
  Json history = Json::array();
  for (const StepReport& report : cursor.history) history.push_back(json_of(report));
  return Json{{"epoch", cursor.position.epoch},
              {"offset", cursor.position.offset},
              {"fingerprint", cursor.fingerprint},
              {"history", std::move(history)}}
      .dump();
}

Result<RunCursor> cursor_of(const std::string& text) {
  const auto json = parse_json(text);
  if (!json) return tl::unexpected(json.error());
  try {
    RunCursor cursor;
    cursor.position = {json->at("epoch"), json->at("offset")};
    cursor.fingerprint = json->at("fingerprint");
    for (const Json& report : json->at("history")) cursor.history.push_back(report_of(report));
    return cursor;
  } catch (const Json::exception& error) {
    return refuse(ErrorKind::corrupt, std::string("the checkpoint's cursor is damaged: ") + error.what());
  }
}

}  // namespace

void save_run(const std::filesystem::path& folder, const engine::Trainee& trainee,
              const engine::AdamW& optimiser, const RunCursor& cursor) {
  engine::TrainingState state;
  state.step = cursor.step;
  state.cursor_json = text_of(cursor);
  engine::save_checkpoint(folder, trainee, optimiser, state);
}

Result<RunCursor> load_run(const std::filesystem::path& folder, const std::string& fingerprint,
                           const engine::Trainee& trainee, engine::AdamW& optimiser) {
  const auto state = engine::read_training_state(folder);
  if (!state) return tl::unexpected(state.error());
  auto cursor = cursor_of(state->cursor_json);
  if (!cursor) return cursor;
  if (cursor->fingerprint != fingerprint) {
    return refuse(ErrorKind::conflict, "the checkpoint belongs to other weights, examples or settings",
                  "remove it to start anew, or start with what it was made from", folder.string());
  }
  if (auto loaded = engine::load_checkpoint(folder, trainee, optimiser); !loaded) {
    return tl::unexpected(loaded.error());
  }
  cursor->step = state->step;
  return cursor;
}

}  // namespace preceptor::learning
