// A response taken apart into claims, each held against the project's sources.
#pragma once

#include "feedback/kinds/kind.hpp"

namespace preceptor::feedback {

struct Claimed {
  std::string text;
  std::int64_t start = 0,
               end = 0;  // where it stands in the response, in code points; 0, 0: nowhere literally
  std::string verdict;   // supported, not_supported, irrelevant (FActScore), or unsettled
  struct Proof {
    SourceId source;
    std::string quote;
  };
  std::vector<Proof> evidence;  // needed for a claim that is supported
  struct Citation {             // what the response itself cites for it
    std::string cited;
    bool exists = false, says_so = false;
  };
  std::optional<Citation> citation;
  std::string note;
};
struct FactCheckPayload {
  std::vector<Claimed> claims;
  std::string note;
};
Result<FactCheckPayload> parse_fact_check(std::string_view payload, const Matter&);

// What a person could not settle goes to somebody else: a task of the same kind that carries it on.
Result<void> settle_fact_check(Records&, const Task&, const Judgment&);

}  // namespace preceptor::feedback
