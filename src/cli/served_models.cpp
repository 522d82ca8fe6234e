#include "cli/served_models.hpp"

#include <algorithm>

#include "base/format.hpp"

namespace preceptor::cli {
namespace {

using server::openai::NamedModel;

constexpr std::int64_t microseconds_per_second = 1'000'000;

// The newest of each name under it, the others under their numbers.
std::vector<NamedModel> named(std::vector<loop::NamedModel> models) {
  std::ranges::sort(models, [](const auto& one, const auto& other) { return one.id > other.id; });
  std::vector<NamedModel> all;
  for (const loop::NamedModel& model : models) {
    const bool taken = std::ranges::find(all, model.name, &NamedModel::name) != all.end();
    all.push_back({taken ? std::to_string(model.id.value) : model.name, model.project,
                   model.created_at.microseconds / microseconds_per_second});
  }
  return all;
}

Result<loop::ModelId> find(const std::vector<loop::NamedModel>& models, const std::string& name) {
  loop::ModelId found;
  for (const loop::NamedModel& model : models) {
    if (model.name == name && model.id > found) found = model.id;
  }
  for (const loop::NamedModel& model : models) {
    if (!found && std::to_string(model.id.value) == name) found = model.id;
  }
  if (found) return found;
  return refuse(ErrorKind::not_found, fmt::format("There is no model {}", name), "GET /v1/models lists them",
                "model");
}

}  // namespace

server::openai::Models workspace_models(loop::Chat& chat) {
  return {.list = [&chat](const feedback::Actor& actor) { return named(chat.models(actor)); },
          .open = [&chat](const feedback::Actor& actor,
                          const std::string& name) -> Result<std::shared_ptr<loop::CompletionModel>> {
            const auto id = find(chat.models(actor), name);
            if (!id) return tl::unexpected(id.error());
            return chat.open(actor, *id);
          }};
}

server::openai::Models single_model(std::shared_ptr<loop::CompletionModel> model,
                                    const std::filesystem::path& folder, const Clock& clock) {
  const std::filesystem::path whole = std::filesystem::absolute(folder).lexically_normal();
  const std::string name = (whole.has_filename() ? whole : whole.parent_path()).filename().string();
  const std::int64_t now = clock.now().microseconds / microseconds_per_second;
  return {.list =
              [name, now](const feedback::Actor&) {
                return std::vector<NamedModel>{{name, "preceptor", now}};
              },
          .open = [model = std::move(model)](const feedback::Actor&, const std::string&)
              -> Result<std::shared_ptr<loop::CompletionModel>> { return model; }};
}

}  // namespace preceptor::cli
