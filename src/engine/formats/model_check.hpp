#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace preceptor::engine {

// One thing that was looked at.
struct CheckFinding {
  enum class Kind {
    fine,
    note,     // works, but somebody should know
    problem,  // the model cannot be used as it is
  };
  Kind kind = Kind::fine;
  std::string
      topic;  // "config", "weights", "values", "tokenizer", "generation", "template", "files", "golden"
  std::string text;
};

const char* name_of(CheckFinding::Kind kind);

struct ModelCheck {
  std::vector<CheckFinding> findings;

  bool usable() const;  // no problems
};

// Looks at everything in a model folder or GGUF file and goes on after a problem where it can: the
// configuration, tensors that are missing, unexpected or of the wrong shape, values that are not finite, the
// tokenizer against the vocabulary, ids for generation, the chat template, the hashes and golden answers of
// the manifest.
ModelCheck check_model(const std::filesystem::path& path);

}  // namespace preceptor::engine
