#include "cli/pretraining_corpus.hpp"

#include <set>

#include "base/format.hpp"
#include "demo/corpus.hpp"
#include "learning/data/dataset.hpp"

namespace preceptor::cli {
namespace {

PretrainingCorpus demo_corpus(const CorpusRecipe& recipe) {
  const demo::World world = demo::build_world(recipe.world_seed);
  demo::Corpus made =
      demo::corpus(world, {.seed = recipe.seed, .chats = recipe.chats, .passages = recipe.passages});
  PretrainingCorpus corpus{.chats = {}, .passages = std::move(made.passages)};
  for (demo::Chat& chat : made.chats) {
    std::vector<text::Message> messages;
    for (demo::Turn& turn : chat) messages.push_back({std::move(turn.role), std::move(turn.content)});
    corpus.chats.push_back(std::move(messages));
  }
  return corpus;
}

}  // namespace

Result<PretrainingCorpus> corpus_of(const CorpusRecipe& recipe) {
  if (recipe.generator == "demo-world") return demo_corpus(recipe);
  if (!recipe.generator.empty())
    return refuse(ErrorKind::invalid, fmt::format("There is no corpus generator {}.", recipe.generator),
                  "There is demo-world; or name files.");
  PretrainingCorpus corpus;
  for (const std::string& file : recipe.files) {
    auto data = learning::read_dataset(file);
    if (!data) return tl::unexpected(data.error());
    if (!data->report.errors.empty())
      return refuse(ErrorKind::invalid, data->report.errors.front().reason,
                    "Run preceptor data check on the file.",
                    fmt::format("{}:{}", file, data->report.errors.front().line));
    for (auto& document : data->documents) corpus.passages.push_back(std::move(document.text));
    for (auto& demonstration : data->demonstrations)
      corpus.chats.push_back(std::move(demonstration.messages));
  }
  if (corpus.chats.empty() && corpus.passages.empty())
    return refuse(ErrorKind::invalid, "The files hold neither texts nor conversations.");
  return corpus;
}

std::vector<std::string> texts_of(const PretrainingCorpus& corpus) {
  std::vector<std::string> texts;
  std::set<std::string> roles;
  for (const auto& chat : corpus.chats)
    for (const text::Message& message : chat) {
      texts.push_back(message.content);
      roles.insert(message.role);
    }
  texts.insert(texts.end(), corpus.passages.begin(), corpus.passages.end());
  texts.insert(texts.end(), roles.begin(), roles.end());
  return texts;
}

}  // namespace preceptor::cli
