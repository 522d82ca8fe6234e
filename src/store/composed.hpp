// A statement whose text is put together, once, from constant pieces that several statements share.
#pragma once

#include <initializer_list>
#include <string>

#include "store/connection.hpp"

namespace preceptor::store {

// Made as a static constant: the statement refers to the text beside it.
struct Composed {
  Composed(std::string_view name, std::initializer_list<std::string_view> pieces) {
    for (const std::string_view piece : pieces) text += piece;
    statement = {name, text, {}};
  }
  Composed(const Composed&) = delete;
  Composed& operator=(const Composed&) = delete;

  std::string text;
  Statement statement;
};

}  // namespace preceptor::store
