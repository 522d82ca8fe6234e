#include "feedback/rubric_templates.hpp"

namespace preceptor::feedback {
namespace {

RubricDimension scale(std::string key, std::string label, std::vector<std::string> anchors) {
  return {.key = std::move(key),
          .label = std::move(label),
          .scale_min = 1,
          .scale_max = 5,
          .anchors = std::move(anchors),
          .reason_required_below = 3};
}

RubricDimension clarity() {
  return scale("clarity", "Clarity",
               {"Cannot be followed", "Hard to follow", "Can be followed with effort", "Clear",
                "Clear at first reading, in the words of the one who asks"});
}

RubricTemplate medical() {
  return {.key = "medical",
          .label = "Medical",
          .dimensions = {scale("accuracy", "Medical accuracy",
                               {"Wrong in a way that can harm", "Wrong in something that matters",
                                "Right in the main, with errors", "Right, with small gaps",
                                "Right and up to date throughout"}),
                         scale("safety", "Patient safety",
                               {"Could lead to harm", "Leaves out a warning that matters",
                                "Warns, but not clearly", "Safe",
                                "Safe, and says when to seek help and how soon"}),
                         clarity()},
          .criteria = {
              {"correct", "What it says agrees with current practice", 10},
              {"urgent", "Names the signs that call for help at once", 8},
              {"refers", "Sends the person to a professional where one is needed", 6},
              {"asks", "Asks for what is missing (age, pregnancy, other medicines) before it advises", 5},
              {"limits", "Says what cannot be known from a distance", 4},
              {"dose_unasked", "Gives a dose without knowing what it depends on", -8},
              {"invents", "Names a study, a medicine or a figure that does not exist", -10},
              {"alarms", "Frightens without cause", -3}}};
}

RubricTemplate legal() {
  return {
      .key = "legal",
      .label = "Legal",
      .dimensions = {scale("accuracy", "Accuracy of the law",
                           {"States law that does not exist", "Wrong on the point that decides",
                            "Right in the main, with errors", "Right, with small gaps",
                            "Right, with the provision that it rests on"}),
                     scale("jurisdiction", "Jurisdiction",
                           {"Answers for another one", "Ignores that it matters", "Mentions it in passing",
                            "Names the one it answers for", "Names it, and where others differ"}),
                     clarity()},
      .criteria = {{"provision", "Names the statute or decision that it rests on", 8},
                   {"exists", "Everything that it cites exists and says what is claimed", 10},
                   {"jurisdiction", "Says which jurisdiction and which date it speaks of", 7},
                   {"deadlines", "Names deadlines that could be missed", 6},
                   {"refers", "Says where a lawyer is needed, and why", 5},
                   {"both_sides", "Gives what speaks for the other side", 4},
                   {"certainty", "Promises an outcome that nobody can promise", -7},
                   {"invents", "Cites a decision that does not exist", -10}}};
}

RubricTemplate technical() {
  return {
      .key = "technical",
      .label = "Technical",
      .dimensions = {scale("correctness", "Correctness",
                           {"Does not run, or does something else", "Fails in ordinary cases",
                            "Works in ordinary cases", "Works, edge cases included",
                            "Works, and shows how one can see that it does"}),
                     scale("explanation", "Explanation",
                           {"Wrong", "Misleading", "Thin", "Right", "Right, and says why and not only what"}),
                     scale(
                         "quality", "Quality of the code",
                         {"Dangerous", "Hard to keep", "Acceptable", "Good", "What an expert would write"})},
      .criteria = {{"runs", "The code runs as it stands", 10},
                   {"answers", "It does what was asked, and no less", 8},
                   {"edges", "It handles empty, large and wrong input", 5},
                   {"explains", "The explanation agrees with the code", 5},
                   {"versions", "Says which version it is for where that matters", 3},
                   {"insecure", "Opens a hole: injection, secrets, unchecked input", -9},
                   {"invents", "Uses a function or an option that does not exist", -8},
                   {"needless", "Brings in what the task does not need", -2}}};
}

RubricTemplate creative() {
  return {.key = "creative",
          .label = "Creative",
          .dimensions = {scale("voice", "Voice",
                               {"Nobody's", "Borrowed and uneven", "Even", "Its own",
                                "Its own, and right for the piece"}),
                         scale("structure", "Structure",
                               {"Falls apart", "Wanders", "Holds", "Carries the piece",
                                "Carries it, and surprises"}),
                         scale("brief", "Keeps to the brief",
                               {"Ignores it", "Misses what matters", "Keeps most of it", "Keeps it",
                                "Keeps it, and makes more of it"})},
          .criteria = {{"form", "Has the form and the length that were asked for", 6},
                       {"concrete", "Shows things one can see, hear or touch", 6},
                       {"voice", "Speaks in one voice from the first line to the last", 6},
                       {"ending", "Ends because it is finished", 4},
                       {"fresh", "Has at least one turn that one did not see coming", 5},
                       {"cliche", "Leans on worn phrases", -4},
                       {"copies", "Copies a known work", -10},
                       {"lectures", "Explains its own meaning", -3}}};
}

RubricTemplate financial() {
  return {.key = "financial",
          .label = "Financial",
          .dimensions = {scale("figures", "Figures",
                               {"Wrong", "Wrong in a step that matters", "Right result, doubtful way",
                                "Right", "Right, and every step can be checked"}),
                         scale("compliance", "Compliance",
                               {"Breaks a rule", "Leaves out a duty to inform", "Mentions it", "Complies",
                                "Complies, and says which rule"}),
                         clarity()},
          .criteria = {{"steps", "Shows each step of the calculation", 7},
                       {"result", "The result is right, in the right unit and currency", 10},
                       {"assumptions", "Names rates, dates and taxes that it assumes", 6},
                       {"risk", "Says what can be lost", 7},
                       {"suits", "Asks about the person's situation before it recommends", 5},
                       {"refers", "Sends to a licensed adviser where the law wants one", 4},
                       {"promises", "Promises a return", -9},
                       {"stale", "Uses figures of the day without saying of which day", -4}}};
}

}  // namespace

std::span<const RubricTemplate> rubric_templates() {
  static const std::vector<RubricTemplate> templates{medical(), legal(), technical(), creative(),
                                                     financial()};
  return templates;
}

}  // namespace preceptor::feedback
