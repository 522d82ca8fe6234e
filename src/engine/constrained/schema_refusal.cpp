#include "engine/constrained/schema_refusal.hpp"

namespace preceptor::engine {

void refuse_schema(const std::string& where, ErrorKind kind, const std::string& message) {
  throw SchemaRefused{{kind, "schema: " + message, "", where.empty() ? "/" : where}};
}

std::string pointer_word(const std::string& name) {
  std::string word;
  for (const char letter : name) {
    if (letter == '~')
      word += "~0";
    else if (letter == '/')
      word += "~1";
    else
      word += letter;
  }
  return word;
}

}  // namespace preceptor::engine
