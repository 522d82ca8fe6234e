#include "cli/recipe.hpp"

#include <toml++/toml.h>
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
    if (table_ && !table_->contains(key))
      complain(fmt::format("{} is missing in [{}].", key, name_), table_->source().begin.line);
    return T{};
  }

  template <class T>
  T get(std::string_view key, T otherwise) {
    return find<T>(key).value_or(otherwise);
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
  template <class T>
  std::optional<T> find(std::string_view key) {
    known_.insert(std::string(key));
    if (!table_ || !table_->contains(key)) return std::nullopt;
    const auto node = (*table_)[key];
    const auto value = node.template value<T>();
    if (!value) complain(fmt::format("{} has the wrong type.", key), node.node()->source().begin.line);
    return value;
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
  corpus.world_seed = static_cast<std::uint64_t>(section.get<std::int64_t>("world_seed", 1));
  corpus.seed = static_cast<std::uint64_t>(section.get<std::int64_t>("seed", 1));
  corpus.chats = static_cast<int>(section.get<std::int64_t>("chats", 0));
  corpus.passages = static_cast<int>(section.get<std::int64_t>("passages", 0));
  for (const std::string& file : section.strings("files")) corpus.files.push_back((folder / file).string());
  section.finish();
}

void read_tokenizer(Section section, Recipe& recipe) {
  section.ignore("kind");
  recipe.tokenizer.vocabulary_size = static_cast<std::int32_t>(section.get<std::int64_t>("vocabulary_size"));
  recipe.tokenizer.number_tokens_0_99 = section.get<bool>("number_tokens_0_99", false);
  recipe.tokenizer.special_tokens = section.strings("special_tokens");
  recipe.end_of_text = section.get<std::string>("end_of_text");
  recipe.turn_end = section.get<std::string>("turn_end");
  recipe.chat_template = section.get<std::string>("chat_template", "");
  section.finish();
}

void read_model(Section section, engine::ModelConfig& model) {
  const auto whole = [&](std::string_view key) {
    return static_cast<std::int32_t>(section.get<std::int64_t>(key));
  };
  model.architecture = section.get<std::string>("architecture", "LlamaForCausalLM");
  model.hidden_size = whole("hidden_size");
  model.intermediate_size = whole("intermediate_size");
  model.layer_count = whole("layer_count");
  model.head_count = whole("head_count");
  model.kv_head_count = whole("kv_head_count");
  const std::int32_t heads = model.head_count > 0 ? model.head_count : 1;
  model.head_dim =
      static_cast<std::int32_t>(section.get<std::int64_t>("head_dim", model.hidden_size / heads));
  model.context_length_max = whole("context_length_max");
  model.norm_epsilon = static_cast<float>(section.get<double>("norm_epsilon", 1e-5));
  model.rope_theta = static_cast<float>(section.get<double>("rope_theta", 10'000.0));
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
  const auto real = [&](std::string_view key, double otherwise) {
    return static_cast<float>(section.get<double>(key, otherwise));
  };
  training.seed = static_cast<std::uint64_t>(section.get<std::int64_t>("seed", 1));
  training.epochs = section.get<std::int64_t>("epochs", 1);
  training.steps = section.get<std::int64_t>("steps", 0);
  training.batch_tokens = section.get<std::int64_t>("batch_tokens", 4096);
  training.learning_rate = real("learning_rate", 1e-3);
  training.learning_rate_min = real("learning_rate_min", 0);
  training.warmup_steps = section.get<std::int64_t>("warmup_steps", 0);
  training.optimiser.weight_decay = real("weight_decay", 0);
  training.optimiser.beta1 = real("beta1", 0.9);
  training.optimiser.beta2 = real("beta2", 0.999);
  training.optimiser.gradient_norm_max = real("gradient_norm_max", 1);
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
  recipe.generation.temperature = static_cast<float>(generation.get<double>("temperature", 1));
  recipe.generation.tokens_max = static_cast<std::int32_t>(generation.get<std::int64_t>("tokens_max", 256));
  generation.finish();
  if (!problem && recipe.corpus.generator.empty() == recipe.corpus.files.empty())
    problem = Error{ErrorKind::invalid, "The corpus needs either a generator or files.", "", "[corpus]"};
  if (!problem) return recipe;
  problem->where = problem->where.empty() ? place : fmt::format("{}: {}", place, problem->where);
  return tl::unexpected(*problem);
}

}  // namespace preceptor::cli
