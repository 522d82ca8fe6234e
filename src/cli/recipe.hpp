// A pre-training recipe in TOML: corpus, tokenizer, model and training in one file, so that a model can be
// made again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/config.hpp"
#include "engine/formats/generation_defaults.hpp"
#include "learning/training.hpp"
#include "text/training.hpp"

namespace preceptor::cli {

struct CorpusRecipe {
  std::string generator;  // "demo-world", or empty: files
  std::uint64_t world_seed = 1;
  std::uint64_t seed = 1;
  int chats = 0;
  int passages = 0;
  std::vector<std::string> files;  // data sets of texts or messages, beside the recipe
};

struct Recipe {
  std::string name;
  CorpusRecipe corpus;
  text::BpeOptions tokenizer;
  std::string end_of_text;
  std::string turn_end;
  std::string chat_template;
  engine::ModelConfig model;  // vocabulary and ids are filled in once the tokenizer is trained
  learning::TrainingOptions training;
  engine::GenerationDefaults generation;
};

// Refuses what is missing, ill-typed, unknown or does not fit its field, naming the key and its line.
Result<Recipe> read_recipe(const std::filesystem::path& file);

}  // namespace preceptor::cli
