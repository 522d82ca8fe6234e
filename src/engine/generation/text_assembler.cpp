#include "engine/generation/text_assembler.hpp"

#include <utility>

namespace preceptor::engine {

std::string TextAssembler::push(TokenId id) {
  if (stopped()) return {};
  const bool counts = ++tokens_ > tokens_min_;
  const std::string piece = decoder_.push(id);
  return show(counts ? stop_.push(piece) : piece);
}

std::string TextAssembler::finish() {
  if (stopped()) return {};
  // The last bytes may complete a stop string as well.
  std::string rest = stop_.push(decoder_.finish());
  if (!stopped()) rest += stop_.finish();
  return show(std::move(rest));
}

std::string TextAssembler::show(std::string piece) {
  text_ += piece;
  return piece;
}

}  // namespace preceptor::engine
