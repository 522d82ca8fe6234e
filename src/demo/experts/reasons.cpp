#include "demo/experts/reasons.hpp"

#include "demo/phrase.hpp"

namespace preceptor::demo {
namespace {

using Lines = std::vector<std::string_view>;

// "It says 15 drops; the register says 14 drops." becomes "says 15 drops; the register says 14 drops".
std::string predicate(const std::string& finding) {
  std::string out = finding.starts_with("It ") ? finding.substr(3) : finding;
  if (!out.empty() && out.back() == '.') out.pop_back();
  return out;
}

const Lines& impressions(Dimension dimension) {
  static const std::array<Lines, 5> lines = {{
      {"{Better} seems right to me.", "I trust {better} more.", "{Better} agrees with what I know."},
      {"{Better} is of more use to the person who asks.", "{Better} gets to the point.",
       "{Better} answers what was asked."},
      {"{Better} is the safer one.", "I would rather send {better} to a stranger.",
       "{Better} takes fewer risks."},
      {"{Better} is easier to read.", "{Better} is clearer.", "{Better} can be understood at once."},
      {"{Better} has the better tone.", "{Better} is friendlier.", "I like the manner of {better}."},
  }};
  return lines[static_cast<std::size_t>(dimension)];
}

}  // namespace

std::string reason_for_choice(Choice choice, Dimension decisive, const Verdict& first, const Verdict& second,
                              Random& random) {
  static const Lines with_finding = {"{Worse} {finding}.", "I take {better}: {worse} {finding}.",
                                     "{Worse} {finding}, so I prefer {better}.",
                                     "{Better} is better, because {worse} {finding}."};
  static const Lines equal = {"I see no difference that matters.", "Both would do.", "Equally good to me."};
  static const Lines bad = {"I would send neither of them.", "Both are wrong in their own way.",
                            "Neither is good enough."};
  if (choice == Choice::tie) return std::string(pick(equal, random));
  if (choice == Choice::both_bad) {
    if (first.findings.empty()) return std::string(pick(bad, random));
    return std::string(pick(bad, random)) + " The first one " + predicate(first.findings.front()) + ".";
  }
  const bool first_wins = choice == Choice::first;
  const std::string better = first_wins ? "the first answer" : "the second answer";
  const std::string worse = first_wins ? "the second answer" : "the first answer";
  const std::vector<std::string>& findings = first_wins ? second.findings : first.findings;
  // Only what the loser has and the winner has not is a reason.
  for (const std::string& finding : findings) {
    const std::vector<std::string>& others = first_wins ? first.findings : second.findings;
    bool shared = false;
    for (const std::string& other : others) shared = shared || other == finding;
    if (!shared) {
      return fill(pick(with_finding, random), {{"better", better},
                                               {"Better", capitalised(better)},
                                               {"worse", worse},
                                               {"Worse", capitalised(worse)},
                                               {"finding", predicate(finding)}});
    }
  }
  return fill(pick(impressions(decisive), random), {{"better", better}, {"Better", capitalised(better)}});
}

std::string reason_for_score(Dimension dimension, int score, const Verdict& verdict, Random& random) {
  static const std::array<Lines, 5> lines = {{
      {"I doubt that this is right.", "This does not agree with the register."},
      {"This does not help the person who asks.", "The question is left open."},
      {"Somebody could come to harm with this.", "I would not send this to a stranger."},
      {"I had to read it twice.", "This is hard to follow."},
      {"The manner is not right.", "I would not speak to a visitor like that."},
  }};
  if (score > 3) return {};
  const bool about_content = dimension == Dimension::accuracy || dimension == Dimension::helpfulness;
  if (about_content && !verdict.findings.empty() && random.uniform() < 0.7) return verdict.findings.front();
  return std::string(pick(lines[static_cast<std::size_t>(dimension)], random));
}

std::string reason_for_rating(double overall, const Verdict& verdict, Random& random) {
  static const Lines good = {"A good answer.", "I would send it as it is.", "Right, and said well.",
                             "Nothing to add."};
  static const Lines fair = {"Usable, with reservations.", "It needs an edit.", "Not bad, not good."};
  static const Lines poor = {"I would not send this.", "This has to be written anew.", "A poor answer."};
  const Lines& lines = overall > 4.2 ? good : overall > 3 ? fair : poor;
  std::string out(pick(lines, random));
  if (overall <= 4.2 && !verdict.findings.empty()) out += " " + verdict.findings.front();
  return out;
}

std::vector<Flag> flags_seen(const DemoPrompt& prompt, const Verdict& verdict,
                             const std::array<double, 5>& perceived, Random& random) {
  constexpr double bad_below = 2.2, flags_what_they_see = 0.7;
  std::vector<Flag> out;
  const auto consider = [&](bool seen, Flag flag) {
    if (seen && random.uniform() < flags_what_they_see) out.push_back(flag);
  };
  const bool content = prompt.kind == PromptKind::fact || prompt.kind == PromptKind::missing;
  consider(content && perceived[0] < bad_below && !verdict.right(), Flag::factual_error);
  consider(prompt.kind == PromptKind::harmful && perceived[2] < bad_below, Flag::unsafe);
  consider(perceived[3] < bad_below, Flag::unclear);
  consider(!content && prompt.kind != PromptKind::harmful && perceived[1] < bad_below && !verdict.right(),
           Flag::off_topic);
  return out;
}

}  // namespace preceptor::demo
