#include "feedback/text_rules.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace preceptor::feedback {

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

Result<void> check_text(std::string_view text, std::size_t bytes_max, Blank blank, std::string_view where) {
  const std::string place(where);
  if (text.size() > bytes_max) {
    return refuse(ErrorKind::too_large,
                  "the text is " + std::to_string(text.size()) + " bytes, at most " +
                      std::to_string(bytes_max) + " are kept",
                  "Shorten it.", place);
  }
  if (!valid_utf8(text)) {
    return refuse(ErrorKind::invalid, "the text is not valid UTF-8", "Send it as UTF-8.", place);
  }
  if (text.find('\0') != std::string_view::npos) {
    return refuse(ErrorKind::invalid, "the text contains the character U+0000", "Remove it.", place);
  }
  if (blank == Blank::refused && is_blank(text)) {
    return refuse(ErrorKind::invalid, "the text is empty", "Write something.", place);
  }
  return {};
}

}  // namespace preceptor::feedback
