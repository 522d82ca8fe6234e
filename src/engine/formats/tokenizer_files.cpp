#include "engine/formats/tokenizer_files.hpp"

#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/json.hpp"

namespace preceptor::engine {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t tokenizer_bytes_max = std::size_t{256} << 20;
constexpr std::size_t small_file_bytes_max = std::size_t{8} << 20;

// "<s>" or {"content": "<s>", …}.
std::string token_text(const json& config, const char* key) {
  const auto found = config.find(key);
  if (found == config.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  return found->is_object() && found->contains("content") && found->at("content").is_string()
             ? found->at("content").get<std::string>()
             : std::string{};
}

// A string, or a list of named templates of which "default" is the one for chatting.
std::string template_text(const json& config) {
  const auto found = config.find("chat_template");
  if (found == config.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  if (!found->is_array()) return {};
  for (const json& named : *found) {
    if (named.is_object() && named.value("name", json()) == "default" &&
        named.value("template", json()).is_string()) {
      return named.at("template").get<std::string>();
    }
  }
  return {};
}

}  // namespace

Result<ModelFiles> read_tokenizer_files(const fs::path& folder) {
  ModelFiles files;
  auto tokenizer = read_file(folder / "tokenizer.json", tokenizer_bytes_max);
  if (!tokenizer) return tl::unexpected(tokenizer.error());
  files.tokenizer_json = std::move(*tokenizer);

  const fs::path config_path = folder / "tokenizer_config.json";
  if (fs::exists(config_path)) {
    auto text = read_file(config_path, small_file_bytes_max);
    if (!text) return tl::unexpected(text.error());
    const auto config = parse_json(*text);
    if (!config || !config->is_object()) {
      return refuse(ErrorKind::invalid,
                    config ? "not a JSON object" : config.error().message + " at " + config.error().where, "",
                    config_path.string());
    }
    files.tokenizer_config_json = std::move(*text);
    files.chat_template = template_text(*config);
    files.bos_token = token_text(*config, "bos_token");
    files.eos_token = token_text(*config, "eos_token");
    files.pad_token = token_text(*config, "pad_token");
  }
  const fs::path template_path = folder / "chat_template.jinja";
  if (fs::exists(template_path)) {
    auto text = read_file(template_path, small_file_bytes_max);
    if (!text) return tl::unexpected(text.error());
    files.chat_template = std::move(*text);
  }
  return files;
}

void write_tokenizer_files(const fs::path& folder, const ModelFiles& files, std::int32_t context_length_max) {
  write_file_atomic(folder / "tokenizer.json", files.tokenizer_json);
  json config;
  if (files.tokenizer_config_json.empty()) {
    config = {{"tokenizer_class", "PreTrainedTokenizerFast"},
              {"clean_up_tokenization_spaces", false},
              {"model_max_length", context_length_max}};
  } else {
    config = json::parse(files.tokenizer_config_json);
  }
  const auto set = [&](const char* key, const std::string& token) {
    if (!token.empty() && token_text(config, key) != token) config[key] = token;
  };
  set("bos_token", files.bos_token);
  set("eos_token", files.eos_token);
  set("pad_token", files.pad_token);
  if (!files.chat_template.empty()) {
    config["chat_template"] = files.chat_template;
    write_file_atomic(folder / "chat_template.jinja", files.chat_template);
  }
  write_file_atomic(folder / "tokenizer_config.json", config.dump(2) + "\n");
}

}  // namespace preceptor::engine
