#include "feedback/kinds/word_diff.hpp"

#include <algorithm>
#include <cstdint>
#include <span>

namespace preceptor::feedback {
namespace {

using Words = std::vector<std::string_view>;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

Words words_of(std::string_view text) {
  Words words;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin + 1;
    while (end < text.size() && is_space(text[end]) == is_space(text[begin])) ++end;
    words.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return words;
}

class Diff {
public:
  void add(char sign, std::span<const std::string_view> words) {
    for (std::string_view word : words) {
      if (parts_.empty() || parts_.back().sign != sign) parts_.push_back({sign, ""});
      parts_.back().text += word;
    }
  }

  // What lies between the common beginning and the common end.
  void add_middle(std::span<const std::string_view> a, std::span<const std::string_view> b) {
    if (a.size() * b.size() > diff_cells_max) {
      add('-', a);
      add('+', b);
      return;
    }
    const std::size_t width = b.size() + 1;
    std::vector<std::uint16_t> common((a.size() + 1) * width, 0);  // longest common sequence of the rests
    for (std::size_t i = a.size(); i-- > 0;) {
      for (std::size_t j = b.size(); j-- > 0;) {
        common[i * width + j] = a[i] == b[j]
                                    ? static_cast<std::uint16_t>(common[(i + 1) * width + j + 1] + 1)
                                    : std::max(common[(i + 1) * width + j], common[i * width + j + 1]);
      }
    }
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
      if (a[i] == b[j]) {
        add('=', a.subspan(i, 1));
        ++i, ++j;
      } else if (common[(i + 1) * width + j] >= common[i * width + j + 1]) {
        add('-', a.subspan(i++, 1));
      } else {
        add('+', b.subspan(j++, 1));
      }
    }
    add('-', a.subspan(i));
    add('+', b.subspan(j));
  }

  std::vector<DiffPart> parts() && { return std::move(parts_); }

private:
  std::vector<DiffPart> parts_;
};

}  // namespace

std::vector<DiffPart> word_diff(std::string_view before, std::string_view after) {
  const Words old_words = words_of(before), new_words = words_of(after);
  const std::span a(old_words), b(new_words);
  std::size_t head = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
  std::size_t tail = 0;
  while (tail < a.size() - head && tail < b.size() - head &&
         a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) {
    ++tail;
  }
  Diff diff;
  diff.add('=', a.first(head));
  diff.add_middle(a.subspan(head, a.size() - head - tail), b.subspan(head, b.size() - head - tail));
  diff.add('=', a.last(tail));
  return std::move(diff).parts();
}

}  // namespace preceptor::feedback
