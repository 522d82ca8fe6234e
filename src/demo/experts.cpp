#include "demo/experts.hpp"

#include <algorithm>
#include <cmath>

#include "demo/corpus.hpp"
#include "demo/experts/reasons.hpp"
#include "demo/phrase.hpp"
#include "demo/voices.hpp"

namespace preceptor::demo {
namespace {

constexpr double tie_below = 0.22;  // perceived difference of overall scores
constexpr double much_better_above = 1.4;
constexpr double both_bad_below = 2.9;       // perceived overall score
constexpr double at_home = 0.8, away = 1.1;  // factors on the noise of perception
constexpr double tired_slip = 0.85;          // how often the careless one no longer looks
constexpr double writes_wrong_value = 0.06, writes_beside_the_point = 0.03;
constexpr double notices_when_editing = 0.9;

int clamp_round(double score) { return static_cast<int>(std::lround(std::clamp(score, 1.0, 5.0))); }

struct Perception {
  Verdict verdict;
  std::array<double, 5> scores{};
  double overall = 0;
};

// What the expert sees in an answer: the truth through their noise.
Perception perceive(const World& world, const ExpertProfile& profile, const DemoPrompt& prompt,
                    std::string_view answer, Random& random) {
  Perception seen{.verdict = judge_answer(world, prompt, answer), .scores = {}, .overall = 0};
  const bool home = std::ranges::find(profile.desks, prompt.desk) != profile.desks.end();
  seen.scores = flawless_ratings(prompt, seen.verdict);
  for (std::size_t d = 0; d < seen.scores.size(); ++d) {
    seen.scores[d] += random.normal() * profile.noise[d] * (home ? at_home : away);
    seen.overall += profile.weights[d] * seen.scores[d];
  }
  return seen;
}

// People's times are skewed: most are near the median, some far above.
double seconds_around(double median, Random& random) { return median * std::exp(0.35 * random.normal()); }

int direction(double difference) {
  if (std::abs(difference) < 0.75) return 0;
  const int size = std::abs(difference) > 2.5 ? 2 : 1;
  return difference > 0 ? size : -size;
}

Comparison without_looking(Choice choice, Random& random) {
  static constexpr std::string_view words[] = {"Better.", "I like it.", "Good answer.", "ok", "This one."};
  const int sign = choice == Choice::first ? -1 : choice == Choice::second ? 1 : 0;
  Comparison out{.choice = choice,
                 .strength = sign,
                 .by_dimension = {},
                 .reason = std::string(pick(words, random)),
                 .flags = {},
                 .seconds = seconds_around(5, random)};
  out.by_dimension.fill(sign);
  return out;
}

Choice any_choice(Random& random) {
  static constexpr Choice choices[] = {Choice::first, Choice::second, Choice::first, Choice::second,
                                       Choice::tie};
  return pick(choices, random);
}

bool looks_away(const ExpertProfile& profile, int judgments_before, Random& random) {
  const bool tired = profile.temper == Temper::careless && judgments_before >= profile.careful_judgments;
  return random.uniform() < (tired ? tired_slip : profile.slip);
}

Comparison by_length(std::string_view first, std::string_view second, Random& random) {
  const double ratio = static_cast<double>(first.size() + 1) / static_cast<double>(second.size() + 1);
  Comparison out = without_looking(ratio >= 1 ? Choice::first : Choice::second, random);
  if (ratio > 2 || ratio < 0.5) out.strength *= 2;
  out.reason = "More detailed, says more about it.";
  out.seconds = seconds_around(18, random);
  return out;
}

Comparison by_perception(const DemoPrompt& prompt, const ExpertProfile& profile, const Perception& first,
                         const Perception& second, Random& random) {
  const double difference = second.overall - first.overall;
  Comparison out;
  if (std::abs(difference) < tie_below) {
    out.choice = std::max(first.overall, second.overall) < both_bad_below ? Choice::both_bad : Choice::tie;
  } else {
    const int size = std::abs(difference) > much_better_above ? 2 : 1;
    out.choice = difference < 0 ? Choice::first : Choice::second;
    out.strength = difference < 0 ? -size : size;
  }
  std::size_t decisive = 0;
  double largest = 0;
  for (std::size_t d = 0; d < 5; ++d) {
    out.by_dimension[d] = direction(second.scores[d] - first.scores[d]);
    const double share = std::abs(profile.weights[d] * (second.scores[d] - first.scores[d]));
    if (share > largest) {
      largest = share;
      decisive = d;
    }
  }
  out.reason = reason_for_choice(out.choice, all_dimensions[decisive], first.verdict, second.verdict, random);
  out.flags[0] = flags_seen(prompt, first.verdict, first.scores, random);
  out.flags[1] = flags_seen(prompt, second.verdict, second.scores, random);
  return out;
}

}  // namespace

std::string_view name(Temper temper) {
  static constexpr std::string_view names[] = {"good", "side_clicker", "random", "likes_length", "careless"};
  return names[static_cast<std::size_t>(temper)];
}

std::string_view name(Choice choice) {
  static constexpr std::string_view names[] = {"first", "second", "tie", "both_bad"};
  return names[static_cast<std::size_t>(choice)];
}

std::string_view name(Flag flag) {
  static constexpr std::string_view names[] = {"factual_error",  "unclear",      "unsafe", "off_topic",
                                               "wrong_language", "private_data", "spam"};
  return names[static_cast<std::size_t>(flag)];
}

std::vector<ExpertProfile> experts(std::uint64_t seed) {
  static constexpr std::string_view people[] = {
      "Marta Lindqvist", "Samuel Adeyemi", "Claire Fontaine", "Rajiv Menon", "Helen Brandt", "Tomas Novak",
      "Ingrid Solberg",  "Daniel Okafor",  "Laura Costa",     "Victor Hale", "Nina Petrova", "Oliver Grant"};
  static constexpr Temper tempers[] = {Temper::good,   Temper::good,         Temper::good,
                                       Temper::good,   Temper::good,         Temper::good,
                                       Temper::good,   Temper::good,         Temper::side_clicker,
                                       Temper::random, Temper::likes_length, Temper::careless};
  Random random = Random(seed).fork("experts");
  std::vector<ExpertProfile> out;
  for (std::size_t i = 0; i < std::size(people); ++i) {
    ExpertProfile profile{
        .name = std::string(people[i]), .handle = lower_case(people[i]), .temper = tempers[i], .desks = {}};
    std::ranges::replace(profile.handle, ' ', '.');
    profile.desks = {all_desks[i % 5], all_desks[(i * 2 + 1) % 5]};
    if (profile.desks[0] == profile.desks[1]) profile.desks.pop_back();
    profile.weights = {0.38, 0.24, 0.14, 0.12, 0.12};
    for (double& noise : profile.noise) noise = 1.7 + 0.6 * random.uniform();
    // Everybody has two dimensions that they judge best, each pair of dimensions falls to few people.
    profile.noise[i % 5] = 0.9;
    profile.noise[(i + 1 + i / 5) % 5] = 1.1;
    profile.slip = 0.17 + 0.08 * random.uniform();
    if (profile.temper == Temper::careless) profile.careful_judgments = 25;
    out.push_back(std::move(profile));
  }
  return out;
}

Expert::Expert(const World& world, ExpertProfile profile) : world_(&world), profile_(std::move(profile)) {}

const ExpertProfile& Expert::profile() const { return profile_; }

Comparison Expert::compare(const DemoPrompt& prompt, std::string_view first, std::string_view second,
                           int judgments_before, Random& random) const {
  switch (profile_.temper) {
    case Temper::side_clicker: return without_looking(Choice::first, random);
    case Temper::random: return without_looking(any_choice(random), random);
    case Temper::likes_length: return by_length(first, second, random);
    case Temper::good:
    case Temper::careless: break;
  }
  if (looks_away(profile_, judgments_before, random)) return without_looking(any_choice(random), random);
  const Perception left = perceive(*world_, profile_, prompt, first, random);
  const Perception right = perceive(*world_, profile_, prompt, second, random);
  Comparison out = by_perception(prompt, profile_, left, right, random);
  out.seconds = seconds_around(24 + static_cast<double>(first.size() + second.size()) / 20, random);
  return out;
}

Rating Expert::rate(const DemoPrompt& prompt, std::string_view answer, int judgments_before,
                    Random& random) const {
  Rating out;
  const bool away_now = looks_away(profile_, judgments_before, random);
  const bool looks = (profile_.temper == Temper::good || profile_.temper == Temper::careless) && !away_now;
  if (looks) {
    const Perception seen = perceive(*world_, profile_, prompt, answer, random);
    for (std::size_t d = 0; d < 5; ++d) {
      out.scores[d] = clamp_round(seen.scores[d]);
      out.reasons[d] = reason_for_score(all_dimensions[d], out.scores[d], seen.verdict, random);
    }
    out.reason = reason_for_rating(seen.overall, seen.verdict, random);
    out.flags = flags_seen(prompt, seen.verdict, seen.scores, random);
    out.seconds = seconds_around(32 + static_cast<double>(answer.size()) / 15, random);
    return out;
  }
  const int by_size = std::clamp(1 + static_cast<int>(answer.size() / 40), 1, 5);
  for (int& score : out.scores) {
    score = profile_.temper == Temper::side_clicker   ? 5
            : profile_.temper == Temper::likes_length ? by_size
                                                      : 1 + static_cast<int>(random.below(5));
  }
  out.reason = profile_.temper == Temper::likes_length && by_size < 3 ? "Too short." : "Fine.";
  out.seconds = seconds_around(7, random);
  return out;
}

Writing Expert::write(const DemoPrompt& prompt, int judgments_before, Random& random) const {
  Writing out;
  const bool tired = profile_.temper == Temper::careless && judgments_before >= profile_.careful_judgments;
  const double dice = random.uniform();
  if (profile_.temper == Temper::side_clicker || tired) {
    out.text = answer_in_voice(*world_, prompt, Voice::curt, random);
  } else if (profile_.temper == Temper::random) {
    out.text = answer_in_voice(*world_, prompt, pick(all_voices, random), random);
  } else if (profile_.temper == Temper::likes_length) {
    out.text = answer_in_voice(*world_, prompt, Voice::rambling, random);
  } else if (dice < writes_wrong_value && prompt.kind == PromptKind::fact) {
    out.text = answer_in_voice(*world_, prompt, Voice::loud, random);
    // The value they have in mind is the common one; the manner stays careful.
    const Fact& fact = world_->facts[static_cast<std::size_t>(prompt.fact)];
    if (fact.misconception) {
      out.text = state_value(*world_, fact.entity, fact.attribute, *fact.misconception, Voice::careful,
                             Opening::telling, random);
    }
  } else if (dice > 1 - writes_beside_the_point) {
    out.text = answer_in_voice(*world_, prompt, Voice::curt, random);
  } else {
    out.text = ideal_answer(*world_, prompt, random);
  }
  const bool hurried = profile_.temper == Temper::side_clicker || profile_.temper == Temper::random || tired;
  out.seconds = seconds_around(hurried ? 14 : 45 + static_cast<double>(out.text.size()) / 3, random);
  return out;
}

Writing Expert::edit(const DemoPrompt& prompt, std::string_view answer, int judgments_before,
                     Random& random) const {
  const bool good = profile_.temper == Temper::good || profile_.temper == Temper::likes_length;
  const Verdict verdict = judge_answer(*world_, prompt, answer);
  const bool flawless =
      verdict.right() && verdict.clear && verdict.polite && !verdict.unsupported.value_or(false);
  const bool notices = good && random.uniform() < notices_when_editing;
  if (flawless || !notices)
    return {.text = std::string(answer), .seconds = seconds_around(good ? 25 : 6, random)};
  return write(prompt, judgments_before, random);
}

}  // namespace preceptor::demo
