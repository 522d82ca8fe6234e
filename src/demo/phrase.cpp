#include "demo/phrase.hpp"

namespace preceptor::demo {
namespace {
char upper(char letter) {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}
char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}
}  // namespace

std::string fill(std::string_view text, std::span<const Filling> fillings) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t close = text[at] == '{' ? text.find('}', at) : std::string_view::npos;
    const Filling* match = nullptr;
    if (close != std::string_view::npos) {
      const std::string_view name = text.substr(at + 1, close - at - 1);
      for (const Filling& filling : fillings) {
        if (filling.name == name) match = &filling;
      }
    }
    if (match) {
      out += match->text;
      at = close + 1;
    } else {
      out += text[at++];
    }
  }
  return out;
}

std::string fill(std::string_view text, std::initializer_list<Filling> fillings) {
  return fill(text, std::span<const Filling>(fillings.begin(), fillings.size()));
}

std::string capitalised(std::string_view text) {
  std::string out(text);
  if (!out.empty()) out[0] = upper(out[0]);
  return out;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& letter : out) letter = lower(letter);
  return out;
}

std::size_t draw(std::span<const double> weights, Random& random) {
  double total = 0;
  for (const double weight : weights) total += weight;
  double left = random.uniform() * total;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (left < weights[i]) return i;
    left -= weights[i];
  }
  return weights.size() - 1;
}

}  // namespace preceptor::demo
