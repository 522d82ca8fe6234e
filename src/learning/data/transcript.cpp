#include "learning/data/transcript.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "learning/data/records.hpp"

namespace preceptor::learning {
namespace {

constexpr std::string_view human = "\n\nHuman:";
constexpr std::string_view assistant = "\n\nAssistant:";
constexpr std::string_view answer_begin = "\n\nAssistant: ";

std::string_view common_prefix(std::string_view a, std::string_view b) {
  const auto [end, _] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return a.substr(0, static_cast<std::size_t>(end - a.begin()));
}

std::size_t next_turn(std::string_view text, std::size_t from) {
  return std::min(text.find(human, from), text.find(assistant, from));
}

// transcript begins with a turn's marker.
std::vector<text::Message> turns_of(std::string_view transcript) {
  std::vector<text::Message> turns;
  for (std::size_t at = 0; at < transcript.size();) {
    const bool by_human = transcript.substr(at).starts_with(human);
    const std::size_t marker_end = at + (by_human ? human.size() : assistant.size());
    const std::size_t end = std::min(next_turn(transcript, marker_end), transcript.size());
    std::string_view content = transcript.substr(marker_end, end - marker_end);
    if (content.starts_with(' ')) content.remove_prefix(1);
    turns.push_back({by_human ? "user" : "assistant", std::string(content)});
    at = end;
  }
  return turns;
}

}  // namespace

Result<ImportedPreference> preference_of_transcripts(std::string_view chosen, std::string_view rejected) {
  if (!chosen.starts_with(human) || !rejected.starts_with(human)) {
    return refuse(ErrorKind::invalid, "a transcript does not begin with \"\\n\\nHuman:\"");
  }
  if (chosen == rejected)
    return refuse(ErrorKind::invalid, "the chosen and the rejected transcript are identical");
  const std::string_view prefix = common_prefix(chosen, rejected);
  const std::size_t cut = prefix.rfind(answer_begin);
  if (cut == std::string_view::npos) {
    return refuse(ErrorKind::invalid, "the transcripts have no \"\\n\\nAssistant: \" in common");
  }
  ImportedPreference pair;
  pair.prompt = turns_of(prefix.substr(0, cut));
  pair.chosen = chosen.substr(cut + answer_begin.size());
  pair.rejected = rejected.substr(cut + answer_begin.size());
  for (const std::string& answer : {pair.chosen, pair.rejected}) {
    if (next_turn(answer, 0) != std::string::npos) {
      return refuse(ErrorKind::invalid, "the transcripts part before their last turn");
    }
  }
  if (auto good = check_prompt(pair.prompt); !good) return tl::unexpected(good.error());
  if (auto good = check_answers(pair.chosen, pair.rejected); !good) return tl::unexpected(good.error());
  pair.origin.prompt = pair.origin.group = prompt_id(pair.prompt);
  return pair;
}

}  // namespace preceptor::learning
