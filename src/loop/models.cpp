#include "loop/models.hpp"

#include <algorithm>

#include "base/format.hpp"
#include "engine/formats/hugging_face.hpp"
#include "feedback/page_of.hpp"
#include "loop/access.hpp"
#include "loop/ledger.hpp"
#include "loop/model_files.hpp"

namespace preceptor::loop {
namespace {

constexpr std::size_t note_bytes_max = 10'000;

Result<void> may_enter(Records& records, const Actor& actor, const NewModel& wanted) {
  const auto member = feedback::require(records, actor, wanted.project, Right::run_rounds);
  if (!member) return tl::unexpected(member.error());
  if (wanted.name.empty() || wanted.name.size() > 200)
    return refuse(ErrorKind::invalid, "The name of a model must have 1 to 200 bytes.", "", "/name");
  return {};
}

}  // namespace

Result<Model> enter_model(Storage& storage, const Workspace& workspace, const Actor& actor,
                          const NewModel& wanted, const std::filesystem::path& folder, const Clock& clock) {
  const auto allowed = read(storage, [&](Records& records) { return may_enter(records, actor, wanted); });
  if (!allowed) return tl::unexpected(allowed.error());
  const auto loaded = engine::load_model(folder);
  if (!loaded) return tl::unexpected(loaded.error());
  const std::vector<ModelFile> files = store_model_files(workspace.blobs(), folder);
  return write(storage, [&](Records& records) -> Result<Model> {
    Model model;
    model.project = wanted.project;
    model.name = wanted.name;
    model.parent = wanted.parent;
    model.run = wanted.run;
    model.objective = wanted.objective;
    model.sha256 = weights_hash(files);
    model.files = model_files_to_json(files);
    model.parameters = static_cast<std::int64_t>(loaded->parameters.count());
    model.created_at = clock.now();
    model.id = enter(records, model, Current::unless_there_is_one, actor.person);
    return model;
  });
}

Result<Listing<Model>> list_models(Records& records, const Actor& actor, ProjectId project, Page page) {
  const auto member = feedback::require(records, actor, project, Right::see_results);
  if (!member) return tl::unexpected(member.error());
  return feedback::page_of(records.models(project), page, [](const Model& model) { return model.id.value; });
}

Result<Model> show_model(Records& records, const Actor& actor, ModelId id) {
  return model_for(records, actor, id, Right::see_results);
}

Result<Promotion> promote(Records& records, const Actor& actor, ProjectId project,
                          const PromoteRequest& request, const Clock& clock) {
  const auto member = feedback::require(records, actor, project, Right::promote);
  if (!member) return tl::unexpected(member.error());
  const auto model = model_in(records, project, request.model);
  if (!model) return tl::unexpected(model.error());
  if (model->objective == Objective::reward)
    return refuse(ErrorKind::invalid, "A reward model answers no questions and cannot take over.",
                  "Choose a language model.", "/model_id");
  if (request.note.find_first_not_of(" \t\r\n") == std::string::npos)
    return refuse(ErrorKind::invalid, "A promotion needs a note.",
                  "Say in a sentence why this model takes over.", "/note");
  if (request.note.size() > note_bytes_max)
    return refuse(ErrorKind::too_large, fmt::format("The note is longer than {} bytes.", note_bytes_max), "",
                  "/note");
  const ModelId previous = records.lock_project(project)->current_model;
  if (previous == request.model)
    return refuse(ErrorKind::conflict, fmt::format("{} is the current model already.", model->name));

  Promotion promotion{.project = project,
                      .model = request.model,
                      .previous_model = previous,
                      .evaluation = request.evaluation,
                      .person = actor.person,
                      .note = request.note,
                      .created_at = clock.now()};
  if (request.evaluation) {
    const auto evaluation = records.evaluation(request.evaluation);
    if (!evaluation || evaluation->project != project)
      return refuse(ErrorKind::not_found,
                    fmt::format("There is no evaluation {} in this project.", request.evaluation.value));
    if (std::find(evaluation->models.begin(), evaluation->models.end(), request.model) ==
        evaluation->models.end())
      return refuse(ErrorKind::invalid, fmt::format("{} was not measured in this evaluation.", model->name),
                    "Choose an evaluation of this model.", "/evaluation_id");
  }
  promotion.id = enter(records, promotion);
  return promotion;
}

Result<Listing<Promotion>> list_promotions(Records& records, const Actor& actor, ProjectId project,
                                           Page page) {
  const auto member = feedback::require(records, actor, project, Right::see_results);
  if (!member) return tl::unexpected(member.error());
  return feedback::page_of(
      records.promotions(project), page, [](const Promotion& promotion) { return promotion.id.value; },
      feedback::Order::descending);
}

}  // namespace preceptor::loop
