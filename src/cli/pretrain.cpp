#include "cli/pretrain.hpp"

#include <chrono>
#include <cstdio>

#include "base/format.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"
#include "cli/command.hpp"
#include "cli/pretraining_corpus.hpp"
#include "cli/training_progress.hpp"
#include "engine/formats/hugging_face.hpp"
#include "learning/collation.hpp"
#include "learning/pretraining.hpp"

namespace preceptor::cli {
namespace {

constexpr std::int64_t checkpoint_every_steps = 200;

text::TokenId control_token(const text::Tokenizer& tokenizer, const std::string& token) {
  const auto id = tokenizer.id_of(token);
  if (!id) throw Failure(ErrorKind::invalid, fmt::format("{} is none of the special tokens.", token));
  return *id;
}

std::vector<std::vector<text::TokenId>> documents_of(const PretrainingCorpus& corpus,
                                                     const text::Tokenizer& tokenizer, const Recipe& recipe) {
  std::vector<std::vector<text::TokenId>> documents;
  const text::TokenId end = control_token(tokenizer, recipe.end_of_text);
  for (const std::string& passage : corpus.passages)
    documents.push_back(learning::document(tokenizer, passage, std::nullopt, end));
  if (corpus.chats.empty()) return documents;
  const auto chat_template =
      or_throw(text::ChatTemplate::from_source(recipe.chat_template, "", recipe.end_of_text));
  for (const auto& chat : corpus.chats) {
    const auto rendered = or_throw(chat_template.render(chat, text::GenerationPrompt::none));
    documents.push_back(or_throw(text::tokenize_chat(tokenizer, rendered)).ids);
  }
  return documents;
}

engine::ModelFiles files_of(const Recipe& recipe, const text::Tokenizer& tokenizer) {
  engine::ModelFiles files;
  files.tokenizer_json = tokenizer.to_json();
  files.chat_template = recipe.chat_template;
  files.eos_token = recipe.turn_end;
  files.pad_token = recipe.end_of_text;
  files.generation = recipe.generation;
  files.generation.stop_ids = {control_token(tokenizer, recipe.turn_end)};
  files.generation.pad_id = control_token(tokenizer, recipe.end_of_text);
  return files;
}

std::int64_t token_count(const std::vector<std::vector<text::TokenId>>& documents) {
  std::int64_t count = 0;
  for (const auto& document : documents) count += static_cast<std::int64_t>(document.size());
  return count;
}

}  // namespace

PretrainOutcome pretrain_from_recipe(const Recipe& recipe, const std::filesystem::path& out, int threads,
                                     std::stop_token stop) {
  const auto begin = std::chrono::steady_clock::now();
  const PretrainingCorpus corpus = or_throw(corpus_of(recipe.corpus));
  fmt::print(stderr, "{} conversations and {} passages\n", corpus.chats.size(), corpus.passages.size());
  const text::Tokenizer tokenizer = or_throw(text::train_bpe(texts_of(corpus), recipe.tokenizer));
  const auto documents = documents_of(corpus, tokenizer, recipe);
  fmt::print(stderr, "{} tokens in a vocabulary of {}\n", token_count(documents),
             tokenizer.vocabulary_size());

  engine::ModelConfig config = recipe.model;
  config.vocabulary_size = tokenizer.vocabulary_size();
  config.eos_ids = {control_token(tokenizer, recipe.turn_end)};
  config.pad_id = control_token(tokenizer, recipe.end_of_text);
  or_throw(engine::check(config));
  engine::Parameters parameters(config);
  Random random = Random(recipe.training.seed).fork("weights");
  parameters.initialise(random);

  learning::TrainingOptions options = recipe.training;
  options.threads = threads;
  TrainingProgress progress;
  const auto checkpoint = std::filesystem::path(out.string() + ".checkpoint");
  const learning::TrainingHooks hooks{
      .on_step = [&](const learning::StepReport& report) { progress.show(report); },
      .stop = stop,
      .checkpoint_folder = checkpoint,
      .checkpoint_every_steps = checkpoint_every_steps};
  const auto report = or_throw(learning::pretrain(parameters, documents, options, hooks));
  engine::SaveOptions save;
  save.determinism = engine::determinism_here(options.precision, threads);
  save.golden_ids.assign(documents.back().begin(), documents.back().end());
  engine::save_model(out, parameters, files_of(recipe, tokenizer), save);
  std::filesystem::remove_all(checkpoint);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  return {static_cast<std::int64_t>(parameters.count()),
          static_cast<std::int64_t>(documents.size()),
          token_count(documents),
          report.steps,
          report.history.empty() ? 0 : report.history.back().loss,
          took.count(),
          sha256_file(out / "model.safetensors")};
}

}  // namespace preceptor::cli
