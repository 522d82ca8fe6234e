#include "demo/truth/reading.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "demo/phrase.hpp"

namespace preceptor::demo {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

std::string plain_text(std::string_view text) {
  std::string lower = lower_case(text);
  replace_all(lower, "\u2019", "'");
  replace_all(lower, "can't", "cannot");
  replace_all(lower, "can not", "cannot");
  replace_all(lower, "won't", "will not");
  replace_all(lower, "n't", " not");
  replace_all(lower, "i'm", "i am");
  replace_all(lower, "it's", "it is");
  replace_all(lower, "i'll", "i will");
  std::string out = " ";
  for (const char c : lower) {
    if (is_letter(c) || is_digit(c)) {
      out += c;
    } else if (out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.back() != ' ') out += ' ';
  return out;
}

// A full stop inside "14.5" ends no sentence.
bool ends_sentence(std::string_view text, std::size_t at) {
  if (text[at] == '\n') return true;
  if (text[at] != '.' && text[at] != '!' && text[at] != '?') return false;
  return at + 1 == text.size() || text[at + 1] == ' ' || text[at + 1] == '\n' || text[at + 1] == '"';
}

void add_words(Reading& reading, std::string_view sentence, int index) {
  bool first = true;
  for (std::size_t at = 0; at < sentence.size();) {
    std::size_t end = at;
    if (is_digit(sentence[at])) {
      // Marks between digits belong to the number, letters after it too: 1,400  14.5  14th.
      while (end < sentence.size() && (is_digit(sentence[end]) || is_letter(sentence[end]) ||
                                       ((sentence[end] == '.' || sentence[end] == ',') &&
                                        end + 1 < sentence.size() && is_digit(sentence[end + 1])))) {
        ++end;
      }
    } else if (is_letter(sentence[at])) {
      while (end < sentence.size() && (is_letter(sentence[end]) || is_digit(sentence[end]) ||
                                       ((sentence[end] == '\'' || sentence[end] == '-') &&
                                        end + 1 < sentence.size() && is_letter(sentence[end + 1])))) {
        ++end;
      }
    } else {
      first = first || sentence[at] == ':' || sentence[at] == '"';  // what is quoted or announced begins anew
      ++at;
      continue;
    }
    const std::string text(sentence.substr(at, end - at));
    reading.words.push_back(
        {.text = text, .lower = lower_case(text), .sentence = index, .opens_sentence = first});
    first = false;
    at = end;
  }
}

const std::map<std::string_view, std::string_view>& units() {
  static const std::map<std::string_view, std::string_view> singular = {{"drop", "drop"},
                                                                        {"drops", "drop"},
                                                                        {"hour", "hour"},
                                                                        {"hours", "hour"},
                                                                        {"day", "day"},
                                                                        {"days", "day"},
                                                                        {"year", "year"},
                                                                        {"years", "year"},
                                                                        {"crown", "crown"},
                                                                        {"crowns", "crown"},
                                                                        {"second", "second"},
                                                                        {"seconds", "second"},
                                                                        {"metre", "metre"},
                                                                        {"metres", "metre"},
                                                                        {"meter", "metre"},
                                                                        {"meters", "metre"},
                                                                        {"arch", "arch"},
                                                                        {"arches", "arch"},
                                                                        {"channel", "channel"},
                                                                        {"channels", "channel"},
                                                                        {"minute", "minute"},
                                                                        {"minutes", "minute"},
                                                                        {"week", "week"},
                                                                        {"weeks", "week"},
                                                                        {"month", "month"},
                                                                        {"months", "month"},
                                                                        {"mg", "milligram"},
                                                                        {"milligrams", "milligram"},
                                                                        {"gram", "gram"},
                                                                        {"grams", "gram"},
                                                                        {"tablet", "tablet"},
                                                                        {"tablets", "tablet"},
                                                                        {"pill", "tablet"},
                                                                        {"pills", "tablet"},
                                                                        {"spoon", "spoon"},
                                                                        {"spoons", "spoon"},
                                                                        {"percent", "percent"},
                                                                        {"euro", "euro"},
                                                                        {"euros", "euro"},
                                                                        {"dollar", "dollar"},
                                                                        {"dollars", "dollar"},
                                                                        {"port", "port"},
                                                                        {"feet", "foot"},
                                                                        {"foot", "foot"},
                                                                        {"inches", "inch"},
                                                                        {"kilometres", "kilometre"},
                                                                        {"centimetres", "centimetre"},
                                                                        {"volts", "volt"},
                                                                        {"amperes", "ampere"},
                                                                        {"pence", "pence"}};
  return singular;
}

std::string unit_of(const std::string& word) {
  const auto found = units().find(word);
  return found == units().end() ? std::string() : std::string(found->second);
}

std::optional<int> number_in_digits(const std::string& text) {
  std::string digits = text;
  std::erase(digits, ',');
  if (digits.empty() || digits.size() > 6 || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
  return std::stoi(digits);
}

std::optional<int> number_in_words(const std::string& word) {
  static constexpr std::array<std::string_view, 20> small = {
      "zero",     "one",     "two",     "three",     "four",     "five",    "six",
      "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
      "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
  static constexpr std::array<std::string_view, 8> tens = {"twenty", "thirty",  "forty",  "fifty",
                                                           "sixty",  "seventy", "eighty", "ninety"};
  const auto in_small = std::ranges::find(small, word);
  if (in_small != small.end()) return static_cast<int>(in_small - small.begin());
  const std::size_t hyphen = word.find('-');
  const auto in_tens = std::ranges::find(tens, word.substr(0, hyphen));
  if (in_tens == tens.end()) return std::nullopt;
  const int ten = 10 * (static_cast<int>(in_tens - tens.begin()) + 2);
  if (hyphen == std::string::npos) return ten;
  const auto one = std::ranges::find(small, word.substr(hyphen + 1));
  const auto ones = static_cast<int>(one - small.begin());
  return ones >= 1 && ones <= 9 ? std::optional(ten + ones) : std::nullopt;
}

bool bounded_before(const Reading& reading, std::size_t at) {
  const auto word = [&](std::size_t back) {
    return at >= back ? std::string_view(reading.words[at - back].lower) : std::string_view();
  };
  static constexpr std::array<std::string_view, 6> comparatives = {"more",   "less",    "fewer",
                                                                   "longer", "shorter", "later"};
  const bool compared = word(1) == "than" && std::ranges::find(comparatives, word(2)) != comparatives.end();
  const bool placed = word(1) == "over" || word(1) == "under" || word(1) == "above" || word(1) == "below";
  if (compared) return word(3) != "no" && word(3) != "not";
  return placed && word(2) != "not";
}

}  // namespace

Reading read(std::string_view answer) {
  Reading reading;
  std::size_t begin = 0;
  const auto close = [&](std::size_t end) {
    const std::string_view text = answer.substr(begin, end - begin);
    const std::size_t before = reading.words.size();
    add_words(reading, text, static_cast<int>(reading.sentences.size()));
    if (reading.words.size() > before) {
      reading.sentences.push_back(
          {.text = std::string(text), .plain = plain_text(text), .question = text.back() == '?'});
    }
    begin = end;
  };
  for (std::size_t at = 0; at < answer.size(); ++at) {
    if (ends_sentence(answer, at)) close(at + 1);
  }
  if (begin < answer.size()) close(answer.size());
  reading.plain = plain_text(answer);
  return reading;
}

bool says(std::string_view plain, std::string_view phrase) {
  std::string padded = " ";
  padded += phrase;
  padded += ' ';
  return plain.find(padded) != std::string_view::npos;
}

bool says_any(std::string_view plain, const std::vector<std::string_view>& phrases) {
  return std::ranges::any_of(phrases, [&](std::string_view phrase) { return says(plain, phrase); });
}

bool denied_before(const Reading& reading, std::size_t at) {
  static constexpr std::array<std::string_view, 9> skipped = {"the", "a",  "an",      "in",     "on",
                                                              "for", "to", "channel", "exactly"};
  const int sentence = reading.words[at].sentence;
  while (at > 0 && reading.words[at - 1].sentence == sentence) {
    --at;
    const std::string& word = reading.words[at].lower;
    if (std::ranges::find(skipped, word) != skipped.end()) continue;
    const std::string_view before =
        at > 0 ? std::string_view(reading.words[at - 1].lower) : std::string_view();
    return word == "not" || word == "never" || word == "isn't" || word == "aren't" ||
           (word == "of" && before == "instead") || (word == "than" && before == "rather");
  }
  return false;
}

std::vector<NumberSaid> numbers_of(const Reading& reading) {
  std::vector<NumberSaid> out;
  const auto unit_near = [&](std::size_t at, std::size_t reach) {
    const bool labelled =
        at > 0 && (reading.words[at - 1].lower == "channel" || reading.words[at - 1].lower == "port");
    if (labelled) return reading.words[at - 1].lower;
    for (std::size_t next = at + 1; next <= at + reach && next < reading.words.size(); ++next) {
      const Word& word = reading.words[next];
      if (word.sentence != reading.words[at].sentence || is_digit(word.text[0])) break;
      if (const std::string unit = unit_of(word.lower); !unit.empty()) return unit;
    }
    return std::string();
  };
  for (std::size_t at = 0; at < reading.words.size(); ++at) {
    const Word& word = reading.words[at];
    const bool digits = is_digit(word.text[0]);
    std::optional<int> number = digits ? number_in_digits(word.text) : number_in_words(word.lower);
    if (!digits && !number) continue;
    std::string unit = unit_near(at, digits ? 2 : 1);
    if (!digits && unit.empty()) continue;  // "one dose" states no number
    out.push_back({.text = word.text,
                   .number = number,
                   .unit = unit,
                   .denied = denied_before(reading, at),
                   .only_a_bound = bounded_before(reading, at),
                   .word = at});
  }
  return out;
}

}  // namespace preceptor::demo
