// The texts that a recipe names.
#pragma once

#include <string>
#include <vector>

#include "cli/recipe.hpp"
#include "text/chat_template.hpp"

namespace preceptor::cli {

struct PretrainingCorpus {
  std::vector<std::vector<text::Message>> chats;
  std::vector<std::string> passages;
};

Result<PretrainingCorpus> corpus_of(const CorpusRecipe&);

// Every text once for the tokenizer's training: contents, roles, passages.
std::vector<std::string> texts_of(const PretrainingCorpus&);

}  // namespace preceptor::cli
