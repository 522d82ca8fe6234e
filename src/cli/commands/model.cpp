#include <charconv>
#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/format.hpp"
#include "cli/installation.hpp"
#include "cli/model_export.hpp"
#include "engine/formats/gguf/gguf_file.hpp"
#include "engine/formats/hugging_face.hpp"
#include "engine/formats/opened_model.hpp"
#include "engine/generation/generator.hpp"
#include "loop/models.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

json model_json(const loop::Model& model) {
  return {{"id", model.id.value},
          {"name", model.name},
          {"objective", loop::name_of(model.objective)},
          {"parameters", model.parameters},
          {"sha256", model.sha256},
          {"parent_id", model.parent.value}};
}

struct ListCommand {
  InstallationOptions installation;

  void run(const Invocation& invocation) {
    Installation::must_exist(installation);
    Installation opened(installation);
    json list = json::array();
    opened.database->read([&](loop::Records& records) {
      for (const feedback::Project& project : records.projects())
        for (const loop::Model& model : records.models(project.id)) {
          list.push_back(model_json(model));
          list.back()["project"] = project.name;
          list.back()["current"] = project.current_model == model.id;
        }
    });
    if (invocation.json) return print_json(list);
    for (const json& model : list)
      fmt::print("{:>4}  {:<24} {:<8} {:>12} weights  {:.12}  {}{}\n", model["id"].get<std::int64_t>(),
                 model["name"].get<std::string>(), model["objective"].get<std::string>(),
                 model["parameters"].get<std::int64_t>(), model["sha256"].get<std::string>(),
                 model["project"].get<std::string>(), model["current"].get<bool>() ? "  (current)" : "");
    if (list.empty())
      fmt::print("The workspace has no models yet: preceptor model import FOLDER --project P\n");
  }
};

struct ShowCommand {
  std::string folder;

  void run(const Invocation& invocation) {
    const engine::LoadedModel model = or_throw(engine::load_model(folder));
    const engine::ModelConfig& config = model.parameters.config();
    const json shown = {{"architecture", config.architecture},
                        {"parameters", model.parameters.count()},
                        {"layers", config.layer_count},
                        {"hidden", config.hidden_size},
                        {"heads", config.head_count},
                        {"key_value_heads", config.kv_head_count},
                        {"vocabulary", config.vocabulary_size},
                        {"context", config.context_length_max},
                        {"tied_embeddings", config.tied_embeddings},
                        {"chat_template", model.chat_template.has_value()}};
    if (invocation.json) return print_json(shown);
    for (const auto& [key, value] : shown.items())
      fmt::print("{:<16} {}\n", key, value.is_string() ? value.get<std::string>() : value.dump());
  }
};

struct ImportCommand {
  InstallationOptions installation;
  std::string folder;
  std::string project;
  std::string name;

  void run(const Invocation& invocation) {
    Installation opened(installation);
    const bool is_file = engine::looks_like_gguf(folder);
    const std::filesystem::path given(folder);
    const std::string own_name = (is_file ? given.stem() : given.filename()).string();
    const loop::NewModel wanted{.project = opened.project(project), .name = name.empty() ? own_name : name};
    // A workspace keeps folders: a GGUF file is unpacked, every bit of its weights kept.
    const TemporaryFolder unpacked;
    std::filesystem::path source = folder;
    if (is_file) {
      source = unpacked.path() / "model";
      export_model(source, or_throw(engine::load_model(folder)), {.type = "f32"});
    }
    const loop::Model model = or_throw(
        loop::enter_model(*opened.database, opened.workspace, opened.owner(), wanted, source, opened.clock));
    if (invocation.json) return print_json(model_json(model));
    fmt::print("model {} {}: {} weights, sha256 {}\n", model.id.value, model.name, model.parameters,
               model.sha256);
  }
};

struct ExportCommand {
  InstallationOptions installation;
  std::string model;  // an id, or a path
  std::string out;
  ExportOptions options;

  void run(const Invocation&) {
    must_not_exist(out);
    const std::filesystem::path source =
        std::filesystem::exists(model) ? std::filesystem::path(model) : folder_of_id();
    if (options.format == "hf" && options.type.empty() && !engine::looks_like_gguf(source)) {
      std::filesystem::copy(source, out, std::filesystem::copy_options::recursive);
    } else {
      export_model(out, or_throw(engine::load_model(source)), options);
    }
    fmt::print("{}: {}.\n", out,
               options.format == "gguf" ? "a GGUF file, as llama.cpp reads it"
                                        : "a Hugging Face folder, as transformers reads it");
  }

  std::filesystem::path folder_of_id() {
    std::int64_t id = 0;
    const auto [end, problem] = std::from_chars(model.data(), model.data() + model.size(), id);
    if (problem != std::errc{} || end != model.data() + model.size())
      throw Failure(ErrorKind::not_found, fmt::format("{} is neither a model here nor the id of one.", model),
                    "preceptor model list shows the ids.");
    Installation::must_exist(installation);
    Installation opened(installation);
    const auto row =
        loop::read(*opened.database, [&](loop::Records& records) { return records.model({id}); });
    if (!row)
      throw Failure(ErrorKind::not_found, fmt::format("There is no model {}.", id),
                    "preceptor model list shows them.");
    return or_throw(opened.workspace.model_folder(*row));
  }
};

struct ChatCommand {
  std::string folder;
  double temperature = 0.8;
  std::int64_t tokens_max = 256;
  std::uint64_t seed = 1;
  std::string prompt;

  void run() {
    const engine::OpenedModel opened = or_throw(engine::open_model(folder));
    const engine::ModelText model = or_throw(opened.read_text());
    if (!model.chat_template)
      throw Failure(ErrorKind::unsupported, fmt::format("{} has no chat template.", folder));
    engine::Generator generator(opened.weights, {});
    std::vector<text::Message> messages;
    if (!prompt.empty()) return answer(model, generator, {{"user", prompt}}, messages);
    std::string line;
    for (fmt::print("> "), std::fflush(stdout); std::getline(std::cin, line);
         fmt::print("> "), std::fflush(stdout)) {
      if (line.empty()) continue;
      messages.push_back({"user", line});
      answer(model, generator, messages, messages);
    }
    fmt::print("\n");
  }

  void answer(const engine::ModelText& model, engine::Generator& generator,
              const std::vector<text::Message>& so_far, std::vector<text::Message>& history) const {
    const auto rendered = or_throw(model.chat_template->render(so_far, text::GenerationPrompt::add));
    engine::GenerationRequest request{.prompt = or_throw(text::tokenize_chat(model.tokenizer, rendered)).ids};
    request.sampling.temperature = static_cast<float>(temperature);
    request.sampling.top_k = model.files.generation.top_k;
    request.sampling.top_p = model.files.generation.top_p;
    request.sampling.tokens_max = static_cast<std::int32_t>(tokens_max);
    request.sampling.seed = seed;
    request.sampling.stop_ids = model.files.generation.stop_ids;
    or_throw(engine::check(request, model.config));
    text::StreamDecoder decoder(model.tokenizer);
    std::string text;
    const auto show = [&](const std::string& piece) {
      text += piece;
      fmt::print("{}", piece);
      std::fflush(stdout);
    };
    generator.generate({&request, 1}, [&](std::size_t, text::TokenId token) {
      show(decoder.push(token));
      return true;
    });
    show(decoder.finish());
    fmt::print("\n");
    history.push_back({"assistant", text});
  }
};

}  // namespace

void add_model_command(CLI::App& app, Invocation& invocation) {
  CLI::App* model =
      app.add_subcommand("model", "Models: list, show, import, export, pull, check, merge, chat");
  model->require_subcommand(1);

  auto list = std::make_shared<ListCommand>();
  CLI::App* sub = model->add_subcommand("list", "The models of a workspace");
  add_installation_options(*sub, list->installation);
  sub->add_flag("--json", invocation.json, "Machine-readable output");
  sub->callback([list, &invocation] { list->run(invocation); });

  auto show = std::make_shared<ShowCommand>();
  sub = model->add_subcommand("show", "What a model folder or .gguf file holds");
  sub->add_option("FOLDER", show->folder, "Model folder or .gguf file")->required();
  sub->add_flag("--json", invocation.json, "Machine-readable output");
  sub->callback([show, &invocation] { show->run(invocation); });

  auto import = std::make_shared<ImportCommand>();
  sub = model->add_subcommand("import", "Enter a Hugging Face folder or .gguf file into a project");
  sub->add_option("FOLDER", import->folder, "Model folder or .gguf file")->required();
  sub->add_option("--project", import->project, "Name or id of the project")->required();
  sub->add_option("--name", import->name, "Name of the model (else the folder's)");
  add_installation_options(*sub, import->installation);
  sub->add_flag("--json", invocation.json, "Machine-readable output");
  sub->callback([import, &invocation] { import->run(invocation); });

  auto out = std::make_shared<ExportCommand>();
  sub = model->add_subcommand("export", "Write a model as a Hugging Face folder or a GGUF file");
  sub->add_option("MODEL", out->model, "Id of the model, or a folder or .gguf file")->required();
  sub->add_option("--out", out->out, "New folder, or file with --format gguf")->required();
  add_export_options(*sub, out->options);
  add_installation_options(*sub, out->installation);
  sub->callback([out, &invocation] { out->run(invocation); });

  add_model_file_commands(*model, invocation);

  auto chat = std::make_shared<ChatCommand>();
  sub = model->add_subcommand("chat", "Talk to a model on the terminal");
  sub->add_option("FOLDER", chat->folder, "Model folder or .gguf file")->required();
  sub->add_option("--prompt", chat->prompt, "Ask this once and end");
  sub->add_option("--temperature", chat->temperature, "0: the likeliest token each time")
      ->check(CLI::Range(0.0, 5.0))
      ->capture_default_str();
  sub->add_option("--tokens-max", chat->tokens_max, "Longest answer")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  sub->add_option("--seed", chat->seed, "Seed of the sampling")->capture_default_str();
  sub->callback([chat] { chat->run(); });
}

}  // namespace preceptor::cli
