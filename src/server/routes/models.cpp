// Models, promotions, lineage.
#include "server/routes/table.hpp"
#include "server/routes/translate.hpp"

namespace preceptor::server {

namespace {

using feedback::ModelId;
using feedback::ProjectId;
using feedback::Right;
using wire::List;
using wire::Nothing;

ModelId current_model(loop::Records& records, ProjectId id) {
  const auto project = records.project(id);
  return project ? project->current_model : ModelId{};
}

Result<List<api::Model>> list_models(Call& call, loop::Records& records, const api::WidePage& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  auto models = loop::list_models(records, call.actor(), call.id<ProjectId>(0), *asked);
  if (!models) return tl::unexpected(models.error());
  List<api::Model> list;
  const ModelId current = current_model(records, call.id<ProjectId>(0));
  for (const auto& model : models->items) list.items.push_back(to_api(model, current));
  if (models->next) list.next_cursor = cursor_of(*call.route, *models->next);
  return list;
}

Result<api::Model> show_model(Call& call, loop::Records& records, const Nothing&) {
  return loop::show_model(records, call.actor(), call.id<ModelId>(0)).map([&](const auto& model) {
    return to_api(model, current_model(records, model.project));
  });
}

api::Promotion with_names(loop::Records& records, const loop::Promotion& promotion) {
  api::Promotion out;
  out.id = promotion.id;
  out.model_id = promotion.model;
  if (const auto model = records.model(promotion.model)) out.model_name = model->name;
  out.replaced_model_id = unless_none(promotion.previous_model);
  out.evaluation_id = unless_none(promotion.evaluation);
  out.person_id = promotion.person;
  if (const auto person = records.person(promotion.person)) out.person_name = person->name;
  out.note = promotion.note;
  out.created_at = promotion.created_at;
  return out;
}

Result<api::Promotion> promote(Call& call, loop::Records& records, const api::NewPromotion& input) {
  const loop::PromoteRequest request{input.model_id, or_none(input.evaluation_id), input.note};
  return loop::promote(records, call.actor(), call.id<ProjectId>(0), request, call.clock())
      .map([&](const auto& promotion) { return with_names(records, promotion); });
}

Result<List<api::Promotion>> list_promotions(Call& call, loop::Records& records, const api::WidePage& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  auto promotions = loop::list_promotions(records, call.actor(), call.id<ProjectId>(0), *asked);
  if (!promotions) return tl::unexpected(promotions.error());
  List<api::Promotion> list;
  for (const auto& promotion : promotions->items) list.items.push_back(with_names(records, promotion));
  if (promotions->next) list.next_cursor = cursor_of(*call.route, *promotions->next);
  return list;
}

Result<api::Lineage> model_lineage(Call& call, loop::Records& records, const Nothing&) {
  auto lineage = loop::lineage_of(records, call.actor(), call.id<ModelId>(0));
  if (!lineage) return tl::unexpected(lineage.error());
  api::Lineage out;
  for (const auto& step : lineage->steps) {
    auto& to = out.steps.emplace_back();
    to.model = to_api(step.model, current_model(records, step.model.project));
    if (step.run) to.run = to_api(*step.run);
    if (step.snapshot) to.snapshot = to_api(*step.snapshot);
    to.judgments = step.judgment_count;
    to.judgments_sample = step.judgments_sample;
    for (const auto& [pseudonym, judgments] : step.people) to.people.push_back({pseudonym, judgments});
    to.guideline_versions = step.guideline_versions;
  }
  return out;
}

}  // namespace

std::vector<Route> model_routes() {
  const auto topic = "models";
  const auto see = Access::member(Right::see_results);
  return {
      read({.method = "GET",
            .path = "/projects/{project}/models",
            .operation = "listModels",
            .summary = "Models of the project",
            .topic = topic,
            .access = see},
           list_models),
      read({.method = "GET",
            .path = "/models/{model}",
            .operation = "showModel",
            .summary = "One model",
            .topic = topic,
            .access = see},
           show_model),
      read({.method = "GET",
            .path = "/models/{model}/lineage",
            .operation = "modelLineage",
            .summary = "Where a model comes from, down to the judgments",
            .topic = topic,
            .access = see},
           model_lineage),
      write({.method = "POST",
             .path = "/projects/{project}/promotions",
             .operation = "promoteModel",
             .summary = "A person decides that this model takes over",
             .topic = topic,
             .access = Access::member(Right::promote),
             .errors = {ErrorKind::conflict}},
            promote),
      read({.method = "GET",
            .path = "/projects/{project}/promotions",
            .operation = "listPromotions",
            .summary = "Promotions, newest first",
            .topic = topic,
            .access = see},
           list_promotions),
  };
}

}  // namespace preceptor::server
