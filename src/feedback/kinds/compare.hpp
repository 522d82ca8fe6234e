// Two to eight responses side by side: which is better, how much; by dimension and as a ranking where wanted.
#pragma once

#include <map>

#include "feedback/kinds/kind.hpp"
#include "feedback/kinds/parts.hpp"

namespace preceptor::feedback {

constexpr std::size_t compared_max = 8;

enum class Outcome { better, tie, both_bad };  // both_bad: all of them
enum class Strength { slightly, clearly, much };
std::string_view name_of(Outcome);
std::string_view name_of(Strength);

struct ComparePayload {
  Outcome outcome = Outcome::tie;
  ResponseId better;                 // with Outcome::better only
  std::optional<Strength> strength;  // with Outcome::better only
  std::string reason;
  std::vector<Flag> flags;
  std::map<std::string, ResponseId> dimensions;  // the better one by dimension; none: equally good
  std::vector<std::vector<ResponseId>>
      ranking;  // best first, ties together, each response once; may be empty
};

// Without a rubric the names of dimensions are not checked.
Result<ComparePayload> parse_compare(std::string_view payload, std::span<const ResponseId> responses,
                                     const RubricVersion* = nullptr);

// What a comparison says of two of its responses: the better one, or none when they are even.
struct PairChoice {
  ResponseId first, second, better;
};
// Every pair that the answer speaks of: with a ranking all of them, with an overall choice those of the one
// that was chosen; a tie and "all bad" make all pairs even. `first` stands before `second` in `responses`.
std::vector<PairChoice> pair_choices(const ComparePayload&, std::span<const ResponseId> responses);

}  // namespace preceptor::feedback
