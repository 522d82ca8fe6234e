#include "loop/job_params.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"

namespace preceptor::loop {
namespace {

using nlohmann::json;

template <class Tag>
json values_of(const std::vector<Id<Tag>>& ids) {
  json list = json::array();
  for (const Id<Tag> id : ids) list.push_back(id.value);
  return list;
}

template <class TypedId>
std::vector<TypedId> ids_of(const json& list) {
  std::vector<TypedId> ids;
  for (const json& value : list) ids.push_back({value.get<std::int64_t>()});
  return ids;
}

// The program wrote these itself; only a damaged database makes them unreadable.
template <class Request, class Fill>
Result<Request> read_params(std::string_view text, Fill fill) {
  const auto object = parse_json(text);
  if (!object) return tl::unexpected(object.error());
  Request request;
  try {
    fill(request, *object);
  } catch (const std::exception& problem) {  // also a name that is none of an enum
    return refuse(ErrorKind::corrupt, std::string("The job's parameters are damaged: ") + problem.what());
  }
  return request;
}

}  // namespace

std::string to_params(const GenerateRequest& r) {
  json object = {{"model_id", r.model.value}, {"samples", r.samples},       {"temperature", r.temperature},
                 {"top_p", r.top_p},          {"tokens_max", r.tokens_max}, {"seed", r.seed}};
  if (r.split) object["split"] = feedback::name_of(*r.split);
  object["prompt_ids"] = values_of(r.prompts);
  return object.dump();
}

Result<GenerateRequest> generate_params(std::string_view text) {
  return read_params<GenerateRequest>(text, [](GenerateRequest& r, const json& o) {
    r.model = {o.at("model_id").get<std::int64_t>()};
    if (o.contains("split")) r.split = feedback::from_name<feedback::Split>(o.at("split").get<std::string>());
    r.prompts = ids_of<PromptId>(o.at("prompt_ids"));
    r.samples = o.at("samples").get<std::int64_t>();
    r.temperature = o.at("temperature").get<double>();
    r.top_p = o.at("top_p").get<double>();
    r.tokens_max = o.at("tokens_max").get<std::int64_t>();
    r.seed = o.at("seed").get<std::uint64_t>();
  });
}

std::string to_params(const SnapshotRequest& r) { return json{{"weighting", r.weighting}}.dump(); }

Result<SnapshotRequest> snapshot_params(std::string_view text) {
  return read_params<SnapshotRequest>(
      text, [](SnapshotRequest& r, const json& o) { r.weighting = o.at("weighting").get<std::string>(); });
}

std::string to_params(const TrainRequest& r) {
  return json{{"objective", name_of(r.objective)},
              {"base_model_id", r.base_model.value},
              {"snapshot_id", r.snapshot.value},
              {"name", r.name},
              {"seed", r.seed},
              {"settings", r.settings},
              {"shuffle_labels", r.shuffle_labels}}
      .dump();
}

Result<TrainRequest> train_params(std::string_view text) {
  return read_params<TrainRequest>(text, [](TrainRequest& r, const json& o) {
    r.objective = objective(o.at("objective").get<std::string>()).value();
    r.base_model = {o.at("base_model_id").get<std::int64_t>()};
    r.snapshot = {o.at("snapshot_id").get<std::int64_t>()};
    r.name = o.at("name").get<std::string>();
    r.seed = o.at("seed").get<std::uint64_t>();
    r.settings = o.at("settings").get<std::map<std::string, double>>();
    r.shuffle_labels = o.at("shuffle_labels").get<bool>();
  });
}

std::string to_params(const EvaluateRequest& r) {
  return json{{"baseline_model_id", r.baseline.value},
              {"model_ids", values_of(r.models)},
              {"split", feedback::name_of(r.split)},
              {"temperature", r.temperature},
              {"tokens_max", r.tokens_max},
              {"seed", r.seed},
              {"blind_pairs", r.blind_pairs}}
      .dump();
}

Result<EvaluateRequest> evaluate_params(std::string_view text) {
  return read_params<EvaluateRequest>(text, [](EvaluateRequest& r, const json& o) {
    r.baseline = {o.at("baseline_model_id").get<std::int64_t>()};
    r.models = ids_of<ModelId>(o.at("model_ids"));
    r.split = feedback::from_name<feedback::Split>(o.at("split").get<std::string>()).value();
    r.temperature = o.at("temperature").get<double>();
    r.tokens_max = o.at("tokens_max").get<std::int64_t>();
    r.seed = o.at("seed").get<std::uint64_t>();
    r.blind_pairs = o.at("blind_pairs").get<std::int64_t>();
  });
}

}  // namespace preceptor::loop
