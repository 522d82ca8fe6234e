#include "engine/formats/lora_files.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.hpp"
#include "base/json.hpp"
#include "engine/formats/json_fields.hpp"
#include "engine/formats/pending_folder.hpp"
#include "engine/formats/safetensors.hpp"

namespace preceptor::engine {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* config_name = "adapter_config.json";
constexpr const char* weights_name = "adapter_model.safetensors";
constexpr std::size_t config_bytes_max = std::size_t{4} << 20U;
constexpr std::string_view prefix = "base_model.model.";
constexpr std::string_view a_ending = ".lora_A.weight";
constexpr std::string_view b_ending = ".lora_B.weight";
constexpr std::string_view score_name = "base_model.model.score.weight";

constexpr const char* changes_the_numbers[] = {
    "use_dora",          "layer_replication", "lora_bias",
    "rank_pattern",      "alpha_pattern",     "trainable_token_indices",
    "target_parameters", "use_qalora",        "alora_invocation_tokens",
    "megatron_config",   "arrow_config",      "kasa_config",
    "monteclora_config", "velora_config",     "use_bdlora"};

// Of these the base's weights were changed before training: the factors do not belong to the base as it is.
constexpr std::string_view changes_the_base[] = {"pissa", "olora", "corda", "loftq", "lora_ga"};

bool is_set(const json& value) {
  if (value.is_null()) return false;
  if (value.is_boolean()) return value.get<bool>();
  return !((value.is_object() || value.is_array()) && value.empty());
}

// PEFT names both for a classifier, whichever the model has.
bool names_score_heads(const json& modules) {
  return modules.is_array() && std::ranges::all_of(modules, [](const json& name) {
           return name == "score" || name == "classifier";
         });
}

void refuse_what_is_not_plain(JsonFields& fields) {
  const std::string kind = fields.text_or("peft_type", "");
  if (kind != "LORA") fields.refuse_field(ErrorKind::unsupported, "an adapter of the type '" + kind + "'");
  for (const char* key : changes_the_numbers) {
    const json* value = fields.find(key);
    if (value != nullptr && is_set(*value)) {
      fields.refuse_field(ErrorKind::unsupported, std::string("'") + key + "' is set",
                          "Merge the adapter with PEFT and import the whole model.");
    }
  }
  const json* saved = fields.find("modules_to_save");
  if (saved != nullptr && is_set(*saved) && !names_score_heads(*saved)) {
    fields.refuse_field(ErrorKind::unsupported, "'modules_to_save' holds more than a score head",
                        "Merge the adapter with PEFT and import the whole model.");
  }
  const std::string bias = fields.text_or("bias", "none");
  if (bias != "none") fields.refuse_field(ErrorKind::unsupported, "'bias' is '" + bias + "'");
  const json* start = fields.find("init_lora_weights");
  if (start == nullptr || !start->is_string()) return;
  const std::string name = start->get<std::string>();
  for (const std::string_view changing : changes_the_base) {
    if (name.starts_with(changing)) {
      fields.refuse_field(ErrorKind::unsupported,
                          "'init_lora_weights' is '" + name + "', which changes the base");
    }
  }
}

Result<LoraAdapter> read_config(const fs::path& path) {
  const auto text = read_file(path, config_bytes_max);
  if (!text) return tl::unexpected(text.error());
  const auto object = parse_json(*text);
  if (!object) {
    return refuse(object.error().kind, object.error().message + " at " + object.error().where, "",
                  path.string());
  }
  JsonFields fields(*object, path.string());
  refuse_what_is_not_plain(fields);
  LoraAdapter adapter;
  adapter.rank = fields.whole("r");
  adapter.alpha = fields.number_or("lora_alpha", 8.0F);  // PEFT's default
  adapter.rank_stabilised = fields.flag_or("use_rslora", false);
  adapter.dropout = fields.number_or("lora_dropout", 0.0F);
  adapter.base_model = fields.text_or("base_model_name_or_path", "");
  if (fields.problem()) return tl::unexpected(*fields.problem());
  return adapter;
}

std::vector<float> floats_of(const StoredTensor& tensor) {
  std::vector<float> values(tensor.count);
  to_floats(values, tensor.bytes, tensor.type);
  return values;
}

struct Factors {
  const StoredTensor* a = nullptr;
  const StoredTensor* b = nullptr;
};

// Module ("model.layers.0.self_attn.q_proj") → its two tensors.
Result<std::map<std::string, Factors>> find_factors(const SafetensorsFile& file) {
  std::map<std::string, Factors> modules;
  for (const StoredTensor& tensor : file.tensors()) {
    if (tensor.name == score_name) continue;
    std::string_view name = tensor.name;
    const bool is_a = name.ends_with(a_ending);
    if (!name.starts_with(prefix) || !(is_a || name.ends_with(b_ending))) {
      return refuse(ErrorKind::unsupported, "tensor '" + tensor.name + "' is not a factor of a linear layer",
                    "", file.path().string());
    }
    if (tensor.type == StoredType::other || tensor.shape.size() != 2) {
      return refuse(ErrorKind::unsupported,
                    "tensor '" + tensor.name + "' is no matrix of F32, F16 or BF16 values", "",
                    file.path().string());
    }
    name.remove_prefix(prefix.size());
    name.remove_suffix(a_ending.size());
    Factors& factors = modules[std::string(name)];
    (is_a ? factors.a : factors.b) = &tensor;
  }
  return modules;
}

Result<void> read_factors(LoraAdapter& adapter, const SafetensorsFile& file, const ModelConfig& config) {
  if (const StoredTensor* score = file.find(score_name); score != nullptr) {
    if (score->type == StoredType::other) {
      return refuse(ErrorKind::unsupported, "tensor '" + score->name + "' is not of F32, F16 or BF16 values",
                    "", file.path().string());
    }
    if (score->shape.size() != 2 || score->shape[1] != config.hidden_size) {
      return refuse(ErrorKind::invalid, "tensor '" + score->name + "' is no score head for this model", "",
                    file.path().string());
    }
    adapter.score = floats_of(*score);
  }
  const auto modules = find_factors(file);
  if (!modules) return tl::unexpected(modules.error());
  for (const auto& [module, factors] : *modules) {
    if (factors.a == nullptr || factors.b == nullptr) {
      return refuse(ErrorKind::invalid, "of '" + module + "' only one of the two factors is there", "",
                    file.path().string());
    }
    if (factors.a->shape[0] != adapter.rank || factors.b->shape[1] != adapter.rank) {
      return refuse(ErrorKind::invalid,
                    "the factors of '" + module + "' do not have the rank " + std::to_string(adapter.rank) +
                        " of " + config_name,
                    "", file.path().string());
    }
    adapter.targets.push_back({.weight = module + ".weight",
                               .outputs = factors.b->shape[0],
                               .inputs = factors.a->shape[1],
                               .a = floats_of(*factors.a),
                               .b = floats_of(*factors.b)});
  }
  return {};
}

// "model.layers.0.self_attn.q_proj.weight" → "model.layers.0.self_attn.q_proj".
std::string module_of(const LoraTarget& target) {
  return target.weight.substr(0, target.weight.size() - std::string_view(".weight").size());
}

// The short names, when they mean exactly these modules: those that end so are all adapted. Else all names.
json target_modules(const LoraAdapter& adapter, const ModelConfig& config) {
  std::set<std::string> whole, last;
  for (const LoraTarget& target : adapter.targets) {
    const std::string module = module_of(target);
    whole.insert(module);
    last.insert(module.substr(module.rfind('.') + 1));
  }
  for (const ParameterInfo& info : parameter_list(config)) {
    if (!info.name.ends_with(".weight")) continue;
    const std::string module = info.name.substr(0, info.name.size() - 7);
    if (last.contains(module.substr(module.rfind('.') + 1)) && !whole.contains(module)) return whole;
  }
  return last;
}

}  // namespace

bool looks_like_adapter(const fs::path& folder) { return fs::exists(folder / config_name); }

Result<LoraAdapter> load_adapter(const fs::path& folder, const ModelConfig& config) {
  auto adapter = read_config(folder / config_name);
  if (!adapter) return adapter;
  const auto file = SafetensorsFile::open(folder / weights_name);
  if (!file) return tl::unexpected(file.error());
  if (auto read = read_factors(*adapter, *file, config); !read) return tl::unexpected(read.error());
  if (auto fits = check(*adapter, config); !fits) {
    Error error = fits.error();
    error.where = folder.string();
    return tl::unexpected(std::move(error));
  }
  return adapter;
}

void save_adapter(const fs::path& folder, const LoraAdapter& adapter, const ModelConfig& config,
                  StoredType type) {
  PendingFolder pending(folder);
  std::vector<TensorToWrite> tensors;
  for (const LoraTarget& target : adapter.targets) {
    const std::string module = std::string(prefix) + module_of(target);
    tensors.push_back({module + std::string(a_ending), {adapter.rank, target.inputs}, target.a});
    tensors.push_back({module + std::string(b_ending), {target.outputs, adapter.rank}, target.b});
  }
  json saved = nullptr;
  if (!adapter.score.empty()) {
    tensors.push_back({std::string(score_name), {config.label_count, config.hidden_size}, adapter.score});
    saved = json::array({"score"});
  }
  write_safetensors(pending.path() / weights_name, tensors, type, {{"format", "pt"}});
  const json object = {{"peft_type", "LORA"},
                       {"task_type", config.label_count > 0 ? "SEQ_CLS" : "CAUSAL_LM"},
                       {"base_model_name_or_path", adapter.base_model},
                       {"r", adapter.rank},
                       {"lora_alpha", adapter.alpha},
                       {"lora_dropout", adapter.dropout},
                       {"use_rslora", adapter.rank_stabilised},
                       {"target_modules", target_modules(adapter, config)},
                       {"bias", "none"},
                       {"fan_in_fan_out", config.naming == TensorNaming::gpt2},
                       {"inference_mode", true},
                       {"init_lora_weights", true},
                       {"modules_to_save", saved},
                       {"use_dora", false}};
  write_file_atomic(pending.path() / config_name, object.dump(2) + "\n");
  pending.commit();
}

}  // namespace preceptor::engine
