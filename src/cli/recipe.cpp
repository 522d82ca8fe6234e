#include "cli/recipe.hpp"

#include <toml++/toml.h>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

#include "base/format.hpp"

namespace preceptor::cli {
namespace {

// One table of the recipe: every key that is asked for is known, every other one is a mistake to tell.
class Section {
public:
  Section(const toml::table& root, std::string name, std::optional<Error>& problem)
      : name_(std::move(name)), problem_(problem) {
    table_ = name_.empty() ? &root : root[name_].as_table();
    if (!table_) complain(fmt::format("[{}] is missing.", name_), 0);
  }

  template <class T>
  T get(std::string_view key) {
    const auto value = find<T>(key);
    if (value) return *value;
    missing(key);
    return T{};
  }

  template <class T>
  T get(std::string_view key, T otherwise) {
    return find<T>(key).value_or(otherwise);
  }

  std::int32_t int32(std::string_view key) {
    const auto value = whole(key, int32_min, int32_max);
    if (!value) missing(key);
    return static_cast<std::int32_t>(value.value_or(0));
  }
  std::int32_t int32(std::string_view key, std::int32_t otherwise) {
    return static_cast<std::int32_t>(whole(key, int32_min, int32_max).value_or(otherwise));
  }
  std::int64_t int64(std::string_view key, std::int64_t otherwise) {
    return whole(key, int64_min, int64_max).value_or(otherwise);
  }
  std::uint64_t seed(std::string_view key) {  // TOML ends at 63 bits
    return static_cast<std::uint64_t>(whole(key, 0, int64_max).value_or(1));
  }

  float real(std::string_view key, double otherwise) {
    const double value = get<double>(key, otherwise);
    if (!(std::abs(value) <= std::numeric_limits<float>::max()))
      complain(fmt::format("{} must be a finite number of single precision.", key), line_of(key));
    return static_cast<float>(value);
  }

  std::vector<std::string> strings(std::string_view key) {
    known_.insert(std::string(key));
    std::vector<std::string> list;
    const toml::array* array = table_ ? (*table_)[key].as_array() : nullptr;
    if (!array) return list;
    for (const auto& entry : *array) {
      const auto text = entry.value_exact<std::string>();
      if (!text) complain(fmt::format("{} must be a list of strings.", key), entry.source().begin.line);
      list.push_back(text.value_or(""));
    }
    return list;
  }

  void ignore(std::string_view key) { known_.insert(std::string(key)); }

  void finish() {
    if (!table_) return;
    for (const auto& [key, value] : *table_)
      if (!value.is_table() && !known_.contains(std::string(key.str())))
        complain(fmt::format("{} is no key of {}.", key.str(),
                             name_.empty() ? "a recipe" : fmt::format("[{}]", name_)),
                 value.source().begin.line);
  }

private:
  static constexpr std::int64_t int32_min = std::numeric_limits<std::int32_t>::min();
  static constexpr std::int64_t int32_max = std::numeric_limits<std::int32_t>::max();
  static constexpr std::int64_t int64_min = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();

  std::optional<std::int64_t> whole(std::string_view key, std::int64_t least, std::int64_t most) {
    known_.insert(std::string(key));
    if (!table_ || !table_->contains(key)) return std::nullopt;
    const toml::node& node = *table_->get(key);
    const auto value = node.value_exact<std::int64_t>();
    if (value && *value >= least && *value <= most) return value;
    if (value)
      complain(fmt::format("{} must be from {} to {}.", key, least, most), line_of(key));
    else if (node.is_floating_point())
      complain(fmt::format("{} must be a whole number.", key), line_of(key));
    else
      complain(fmt::format("{} has the wrong type.", key), line_of(key));
    return least;
  }

  template <class T>
  std::optional<T> find(std::string_view key) {
    known_.insert(std::string(key));
    if (!table_ || !table_->contains(key)) return std::nullopt;
    const auto node = (*table_)[key];
    const auto value = node.template value<T>();
    if (!value) complain(fmt::format("{} has the wrong type.", key), line_of(key));
    return value;
  }

  void missing(std::string_view key) {
    if (table_ && !table_->contains(key))
      complain(fmt::format("{} is missing in [{}].", key, name_), table_->source().begin.line);
  }

  std::uint32_t line_of(std::string_view key) const {
    const toml::node* node = table_ ? table_->get(key) : nullptr;
    return node ? node->source().begin.line : 0;
  }

  void complain(std::string message, std::uint32_t line) {
    if (!problem_)
      problem_ =
          Error{ErrorKind::invalid, std::move(message), "", line == 0 ? "" : fmt::format("line {}", line)};
  }

  std::string name_;
  std::optional<Error>& problem_;
  const toml::table* table_ = nullptr;
  std::set<std::string> known_;
};

void read_corpus(Section section, const std::filesystem::path& folder, CorpusRecipe& corpus) {
  corpus.generator = section.get<std::string>("generator", "");
  corpus.world_seed = section.seed("world_seed");
  corpus.seed = section.seed("seed");
  corpus.chats = section.int32("chats", 0);
  corpus.passages = section.int32("passages", 0);
  for (const std::string& file : section.strings("files")) corpus.files.push_back((folder / file).string());
  section.finish();
}

void read_tokenizer(Section section, Recipe& recipe) {
  section.ignore("kind");
  recipe.tokenizer.vocabulary_size = section.int32("vocabulary_size");
  recipe.tokenizer.number_tokens_0_99 = section.get<bool>("number_tokens_0_99", false);
  recipe.tokenizer.special_tokens = section.strings("special_tokens");
  recipe.end_of_text = section.get<std::string>("end_of_text");
  recipe.turn_end = section.get<std::string>("turn_end");
  recipe.chat_template = section.get<std::string>("chat_template", "");
  section.finish();
}

void read_model(Section section, engine::ModelConfig& model) {
  model.architecture = section.get<std::string>("architecture", "LlamaForCausalLM");
  model.hidden_size = section.int32("hidden_size");
  model.intermediate_size = section.int32("intermediate_size");
  model.layer_count = section.int32("layer_count");
  model.head_count = section.int32("head_count");
  model.kv_head_count = section.int32("kv_head_count");
  const std::int32_t heads = model.head_count > 0 ? model.head_count : 1;
  model.head_dim = section.int32("head_dim", model.hidden_size / heads);
  model.context_length_max = section.int32("context_length_max");
  model.norm_epsilon = section.real("norm_epsilon", 1e-5);
  model.rope_theta = section.real("rope_theta", 10'000.0);
  model.tied_embeddings = section.get<bool>("tied_embeddings", true);
  section.finish();
}

std::optional<engine::Schedule::Shape> shape_of(std::string_view name) {
  if (name == "constant") return engine::Schedule::constant;
  if (name == "linear") return engine::Schedule::linear;
  if (name == "cosine") return engine::Schedule::cosine;
  return std::nullopt;
}

void read_training(Section section, learning::TrainingOptions& training, std::optional<Error>& problem) {
  training.seed = section.seed("seed");
  training.epochs = section.int64("epochs", 1);
  training.steps = section.int64("steps", 0);
  training.batch_tokens = section.int64("batch_tokens", 4096);
  training.learning_rate = section.real("learning_rate", 1e-3);
  training.learning_rate_min = section.real("learning_rate_min", 0);
  training.warmup_steps = section.int64("warmup_steps", 0);
  training.optimiser.weight_decay = section.real("weight_decay", 0);
  training.optimiser.beta1 = section.real("beta1", 0.9);
  training.optimiser.beta2 = section.real("beta2", 0.999);
  training.optimiser.gradient_norm_max = section.real("gradient_norm_max", 1);
  const auto shape = shape_of(section.get<std::string>("schedule", "cosine"));
  if (!shape && !problem)
    problem = Error{ErrorKind::invalid, "schedule must be constant, linear or cosine.", "", "[training]"};
  training.schedule = shape.value_or(engine::Schedule::cosine);
  const std::string precision = section.get<std::string>("precision", "bf16");
  if (precision != "bf16" && precision != "fp32" && !problem)
    problem = Error{ErrorKind::invalid, "precision must be bf16 or fp32.", "", "[training]"};
  training.precision = precision == "fp32" ? engine::Precision::fp32 : engine::Precision::bf16;
  section.finish();
}

}  // namespace

Result<Recipe> read_recipe(const std::filesystem::path& file) {
  const std::string place = file.string();
  toml::table root;
  try {
    root = toml::parse_file(place);
  } catch (const toml::parse_error& problem) {
    return refuse(ErrorKind::invalid, std::string(problem.description()), "Recipes are TOML files.",
                  fmt::format("{}:{}", place, problem.source().begin.line));
  }
  Recipe recipe;
  std::optional<Error> problem;
  Section top(root, "", problem);
  recipe.name = top.get<std::string>("name");
  top.ignore("licence");
  top.finish();
  read_corpus(Section(root, "corpus", problem), file.parent_path(), recipe.corpus);
  read_tokenizer(Section(root, "tokenizer", problem), recipe);
  read_model(Section(root, "model", problem), recipe.model);
  read_training(Section(root, "training", problem), recipe.training, problem);
  Section generation(root, "generation", problem);
  recipe.generation.temperature = generation.real("temperature", 1);
  recipe.generation.tokens_max = generation.int32("tokens_max", 256);
  generation.finish();
  if (!problem && recipe.corpus.generator.empty() == recipe.corpus.files.empty())
    problem = Error{ErrorKind::invalid, "The corpus needs either a generator or files.", "", "[corpus]"};
  if (!problem) return recipe;
  problem->where = problem->where.empty() ? place : fmt::format("{}: {}", place, problem->where);
  return tl::unexpected(*problem);
}

}  // namespace preceptor::cli
