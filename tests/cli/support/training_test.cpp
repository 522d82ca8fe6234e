#include "tests/support/training_test.hpp"

namespace preceptor::cli::tests {

using feedback::TaskKind;
using nlohmann::json;

void TrainingTest::judge_some(int count) {
  const auto person = add_member("ann");
  for (int i = 0; i < count; ++i) {
    add_task("Question " + std::to_string(i), {});
    add_task("Please write " + std::to_string(i), {.kind = TaskKind::write});
  }
  judge_all(person, [](const feedback::Claim& claim) -> json {
    if (claim.kind == TaskKind::compare) return prefers("first")(claim);
    return {{"text", "An answer to " + claim.prompt.messages.back().content}, {"note", ""}};
  });
}

loop::TrainRequest TrainingTest::request(loop::Objective objective, const loop::Snapshot& snapshot) {
  return {.objective = objective,
          .base_model = base().id,
          .snapshot = snapshot.id,
          .name = "trained",
          .settings = {{"steps", 4}, {"batch_examples", 4}, {"warmup_steps", 0}}};
}

loop::Model TrainingTest::model_of(const Job& job) {
  const loop::ModelId id{result_of(job).at("model_id").get<std::int64_t>()};
  return read([&](Records& records) { return records.model(id); }).value();
}

json TrainingTest::metrics_of(const Job& job) { return result_of(job).at("metrics"); }

}  // namespace preceptor::cli::tests
