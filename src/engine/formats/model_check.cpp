#include "engine/formats/model_check.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/hash.hpp"
#include "engine/formats/gguf/gguf_file.hpp"
#include "engine/formats/gguf/gguf_names.hpp"
#include "engine/formats/hugging_face.hpp"
#include "engine/formats/manifest.hpp"
#include "engine/formats/safetensors.hpp"
#include "engine/formats/tokenizer_files.hpp"

namespace preceptor::engine {
namespace {

namespace fs = std::filesystem;
using Kind = CheckFinding::Kind;

constexpr std::size_t names_listed_max = 8;
constexpr float golden_error_max_allowed = 1e-3F;

class Checker {
public:
  explicit Checker(const fs::path& path) : path_(path), is_gguf_(looks_like_gguf(path)) {}

  ModelCheck run() {
    const auto config = load_config(path_);
    if (!config) {
      add(Kind::problem, "config", config.error().text());
      check_files();
      return std::move(result_);
    }
    config_ = *config;
    add(Kind::fine, "config",
        config->architecture + ", " + std::to_string(config->layer_count) + " layers of " +
            std::to_string(config->hidden_size) + ", vocabulary " + std::to_string(config->vocabulary_size) +
            ", context " + std::to_string(config->context_length_max));
    check_tensors();
    auto model = load_model(path_);
    if (!model) {
      add(Kind::problem, "model", model.error().text());
    } else {
      check_values(model->parameters);
      check_tokenizer(*model);
      check_generation(*model);
      check_template(*model);
    }
    check_files();
    if (model) check_golden(model->parameters);
    return std::move(result_);
  }

private:
  void add(Kind kind, std::string topic, std::string text) {
    result_.findings.push_back({kind, std::move(topic), std::move(text)});
  }

  struct Stored {
    std::string type;
    std::vector<std::int64_t> shape;
  };
  using Tensors = std::map<std::string, Stored>;

  // Whatever files there are; damaged ones are told.
  Tensors stored_tensors() {
    Tensors tensors;
    if (is_gguf_) {
      const auto file = GgufFile::open(path_);
      for (const GgufTensor& tensor : file->tensors())
        tensors[std::string(tensor.name)] = {std::string(tensor.layout.name), tensor.shape};
      return tensors;
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(path_)) {
      if (entry.path().extension() != ".safetensors") continue;
      const auto file = SafetensorsFile::open(entry.path());
      if (!file) {
        add(Kind::problem, "weights", file.error().text());
        continue;
      }
      for (const StoredTensor& tensor : file->tensors())
        tensors[tensor.name] = {tensor.type_name, tensor.shape};
    }
    return tensors;
  }

  void list(Kind kind, const char* what, const std::vector<std::string>& names) {
    if (names.empty()) return;
    std::string text = std::to_string(names.size()) + " tensors " + what + ":";
    for (std::size_t i = 0; i < std::min(names.size(), names_listed_max); ++i) text += " " + names[i];
    add(kind, "weights", text + (names.size() > names_listed_max ? " …" : ""));
  }

  void check_tensors() {
    const Tensors tensors = stored_tensors();
    std::set<std::string> types, expected;
    std::vector<std::string> missing, misshapen, unexpected;
    for (const auto& [name, stored] : tensors) types.insert(stored.type);
    for (const ParameterInfo& info : parameter_list(config_)) {
      const std::string name = is_gguf_ ? gguf_name(info.name, config_).value_or(info.name) : info.name;
      expected.insert(name);
      auto found = tensors.find(name);
      constexpr std::string_view body = "transformer.";  // left out in files of a bare GPT-2
      if (found == tensors.end() && name.starts_with(body)) {
        found = tensors.find(name.substr(body.size()));
        expected.insert(name.substr(body.size()));
      }
      if (found == tensors.end()) {
        missing.push_back(name);
      } else if (found->second.shape != (is_gguf_ ? info.shape : info.stored_shape())) {
        misshapen.push_back(name);
      }
    }
    for (const auto& [name, stored] : tensors) {
      if (!expected.contains(name)) unexpected.push_back(name);
    }
    list(Kind::problem, "missing", missing);
    list(Kind::problem, "of the wrong shape", misshapen);
    list(Kind::note, "that the model has no use for",
         unexpected);  // load_model() says whether that is harmless
    if (!missing.empty() || !misshapen.empty()) return;
    std::string text = std::to_string(expected.size()) + " tensors, stored as";
    for (const std::string& type : types) text += " " + type;
    add(Kind::fine, "weights", text);
  }

  void check_values(const Parameters& parameters) {
    bool finite = true;
    for (const ParameterInfo& info : parameters.list()) {
      const auto values = parameters.values().subspan(info.offset, info.count);
      const auto odd = std::ranges::count_if(values, [](float value) { return !std::isfinite(value); });
      if (odd == 0) continue;
      finite = false;
      add(Kind::problem, "values",
          "'" + info.name + "' holds " + std::to_string(odd) + " values that are NaN or infinite");
    }
    if (finite) add(Kind::fine, "values", "all " + std::to_string(parameters.count()) + " are finite");
  }

  void check_tokenizer(const LoadedModel& model) {
    const std::int32_t tokens = model.tokenizer.vocabulary_size();
    const std::string text =
        std::to_string(tokens) + " tokens for a vocabulary of " + std::to_string(config_.vocabulary_size);
    add(tokens == config_.vocabulary_size ? Kind::fine : Kind::note, "tokenizer", text);
    const auto same = [&](const char* what, const std::string& token, std::int32_t id) {
      if (token.empty() || id < 0) return;
      const auto found = model.tokenizer.id_of(token);
      if (found != id) {
        add(Kind::problem, "tokenizer",
            std::string(what) + " is '" + token + "', id " + (found ? std::to_string(*found) : "none") +
                ", but the configuration says " + std::to_string(id));
      }
    };
    same("the begin of text", model.files.bos_token, config_.bos_id);
    same("the padding", model.files.pad_token, config_.pad_id);
  }

  void check_generation(const LoadedModel& model) {
    if (config_.label_count > 0) {
      add(config_.pad_id < 0 ? Kind::note : Kind::fine, "generation",
          "a classifier of " + std::to_string(config_.label_count) + " labels" +
              (config_.pad_id < 0 ? "; without a padding id, transformers scores one text at a time" : ""));
      return;
    }
    const GenerationDefaults& generation = model.files.generation;
    if (generation.stop_ids.empty()) {
      add(Kind::note, "generation", "no end of text: answers end at their longest length");
      return;
    }
    std::string text = "ends at";
    for (const std::int32_t id : generation.stop_ids) text += " '" + model.tokenizer.token_of(id) + "'";
    const bool pads_with_end =
        std::ranges::find(generation.stop_ids, generation.pad_id) != generation.stop_ids.end();
    add(pads_with_end ? Kind::note : Kind::fine, "generation",
        text + (pads_with_end ? ", and the padding is one of them" : ""));
  }

  void check_template(const LoadedModel& model) {
    if (!model.chat_template) {
      if (config_.label_count == 0)
        add(Kind::note, "template", "none: the model completes texts but cannot chat");
      return;
    }
    const std::vector<text::Message> chat = {{"user", "Hello"}, {"assistant", "Hello."}, {"user", "Bye"}};
    const auto rendered = model.chat_template->render(chat, text::GenerationPrompt::add);
    const auto tokens = rendered ? text::tokenize_chat(model.tokenizer, *rendered)
                                 : Result<text::TokenizedChat>(tl::unexpected(rendered.error()));
    if (!tokens) return add(Kind::problem, "template", tokens.error().text());
    add(Kind::fine, "template",
        "a chat of three messages takes " + std::to_string(tokens->ids.size()) + " tokens");
  }

  void check_files() {
    if (is_gguf_ || !fs::exists(path_ / "manifest.json")) {
      if (is_gguf_) add(Kind::fine, "files", "sha256 " + sha256_file(path_));
      return;
    }
    const auto manifest = read_manifest(path_);
    if (!manifest) return add(Kind::problem, "files", manifest.error().text());
    const auto same = verify_files(path_, *manifest);
    if (!same) return add(Kind::problem, "files", same.error().text());
    add(Kind::fine, "files",
        std::to_string(manifest->files.size()) + " as in the manifest, model " + manifest->model_sha256());
    golden_ = manifest->golden;
  }

  void check_golden(const Parameters& parameters) {
    if (golden_.ids.empty()) return;
    const float error = golden_error_max(golden_, parameters);
    const bool close = error <= golden_error_max_allowed;  // NaN is not
    add(close ? Kind::fine : Kind::problem, "golden",
        "answers differ from the manifest's by at most " + std::to_string(error));
  }

  const fs::path path_;
  const bool is_gguf_;
  ModelConfig config_;
  Golden golden_;
  ModelCheck result_;
};

}  // namespace

const char* name_of(CheckFinding::Kind kind) {
  switch (kind) {
    case Kind::fine: return "fine";
    case Kind::note: return "note";
    case Kind::problem: break;
  }
  return "problem";
}

bool ModelCheck::usable() const {
  return std::ranges::none_of(findings, [](const CheckFinding& one) { return one.kind == Kind::problem; });
}

ModelCheck check_model(const fs::path& path) { return Checker(path).run(); }

}  // namespace preceptor::engine
