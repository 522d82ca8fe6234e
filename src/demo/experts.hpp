#pragma once

// Twelve simulated experts. They are minds only: who they are, what they would click and write. Whoever
// drives them sends it through the API, and must mark them as simulated wherever they appear.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "demo/prompts.hpp"
#include "demo/truth.hpp"
#include "demo/world.hpp"

namespace preceptor::demo {

enum class Temper {
  good,          // judges by what it sees, through its noise
  side_clicker,  // takes the left answer whatever it says
  random,        // rolls dice
  likes_length,  // takes the longer answer
  careless,      // good at first, rolls dice after a while
};
std::string_view name(Temper);

struct ExpertProfile {
  std::string name;    // "Marta Lindqvist"; the caller adds "(simulated)"
  std::string handle;  // "marta.lindqvist": unique, for signing in
  Temper temper = Temper::good;
  std::vector<Desk> desks;        // what they are at home in
  std::array<double, 5> noise{};  // standard deviation of a perceived rating, in the order of all_dimensions
  std::array<double, 5> weights{};  // how much each dimension counts for them overall; sum 1
  double slip = 0;                  // share of moments in which they misread the task altogether
  int careful_judgments = 0;        // careless: how many judgments the care lasts
};

// Always the same twelve for a seed: eight good, then one of each other temper.
std::vector<ExpertProfile> experts(std::uint64_t seed);

enum class Choice { first, second, tie, both_bad };
std::string_view name(Choice);

enum class Flag { factual_error, unclear, unsafe, off_topic, wrong_language, private_data, spam };
std::string_view name(Flag);

struct Comparison {
  Choice choice = Choice::tie;
  int strength = 0;  // −2 first much better … 2 second much better; 0 with tie and both_bad
  std::array<int, 5> by_dimension{};  // −2 … 2 per dimension, in the order of all_dimensions
  std::string reason;
  std::vector<Flag> flags[2];  // per answer
  double seconds = 0;          // time spent
};

struct Rating {
  std::array<int, 5> scores{};           // 1 … 5, in the order of all_dimensions
  std::array<std::string, 5> reasons{};  // may be empty where nothing is wrong
  std::string reason;                    // overall, in a sentence or two
  std::vector<Flag> flags;
  double seconds = 0;
};

struct Writing {
  std::string text;
  double seconds = 0;
};

// One expert at work. `judgments_before` is how many judgments this expert has made so far (the careless one
// tires).
class Expert {
public:
  Expert(const World&, ExpertProfile);
  const ExpertProfile& profile() const;

  Comparison compare(const DemoPrompt&, std::string_view first, std::string_view second, int judgments_before,
                     Random&) const;
  Rating rate(const DemoPrompt&, std::string_view answer, int judgments_before, Random&) const;
  // The ideal answer as this expert writes it; a good one errs now and then, a bad one writes badly.
  Writing write(const DemoPrompt&, int judgments_before, Random&) const;
  // A better version of a given answer; left as it is where this expert sees nothing wrong.
  Writing edit(const DemoPrompt&, std::string_view answer, int judgments_before, Random&) const;

private:
  const World* world_;
  ExpertProfile profile_;
};

}  // namespace preceptor::demo
