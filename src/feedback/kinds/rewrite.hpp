// A harmful response turned into a proper refusal or a safe answer.
#pragma once

#include "feedback/kinds/kind.hpp"

namespace preceptor::feedback {

struct RewritePayload {
  std::string text;
  std::string approach;  // refusal, safe_answer, redirect (to a professional or a better source)
  std::string hazard;    // what was harmful: one of hazard_names, or other
  std::string note;
};
Result<RewritePayload> parse_rewrite(std::string_view payload, const Matter&);

}  // namespace preceptor::feedback
