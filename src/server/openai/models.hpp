#pragma once
// Whose models answer under OpenAI's paths.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "feedback/rights.hpp"
#include "loop/completions.hpp"

namespace preceptor::server::openai {

struct NamedModel {
  std::string name;   // as a request names it
  std::string owner;  // its project
  std::int64_t created_seconds = 0;
};

// Called from several threads at once.
struct Models {
  std::function<std::vector<NamedModel>(const feedback::Actor&)> list;
  // Refuses with not_found a name that is none, or none of the actor's.
  std::function<Result<std::shared_ptr<loop::CompletionModel>>(const feedback::Actor&,
                                                               const std::string& name)>
      open;
};

}  // namespace preceptor::server::openai
