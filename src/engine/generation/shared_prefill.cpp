#include "engine/generation/shared_prefill.hpp"

#include <algorithm>

#include "engine/generation/sequence.hpp"

namespace preceptor::engine {

std::vector<PrefillPart> share_rows(std::span<Prefill* const> prefills, std::int32_t rows) {
  std::vector<PrefillPart> parts;
  for (Prefill* prefill : prefills) {
    if (std::ranges::find(parts, prefill, &PrefillPart::prefill) == parts.end())
      parts.push_back({prefill, 0});
  }
  for (std::size_t i = 0; i < parts.size() && rows > 0; ++i) {
    const auto sharing = static_cast<std::int32_t>(parts.size() - i);
    parts[i].rows = std::min(parts[i].prefill->left(), std::max(rows / sharing, 1));
    rows -= parts[i].rows;
  }
  for (PrefillPart& part : parts) {
    const std::int32_t more = std::min(part.prefill->left() - part.rows, rows);
    part.rows += more;
    rows -= more;
  }
  std::erase_if(parts, [](const PrefillPart& part) { return part.rows == 0; });
  return parts;
}

void SharedPrefills::join(Sequence& sequence) {
  std::shared_ptr<Prefill>& known = by_tokens_[sequence.tokens()];
  if (known == nullptr) {
    known = std::make_shared<Prefill>();
    known->tokens = sequence.tokens();
  }
  sequence.prefill = known;
  ++known->waiting;
}

void SharedPrefills::begin(Prefill& prefill) {
  prefill.begun = true;
  prefill.cache = room_.find(prefill.tokens);
  prefill.reused = prefill.cache.length;
}

std::size_t SharedPrefills::pages_promised() const {
  std::size_t count = 0;
  for (const auto& [tokens, prefill] : by_tokens_) {
    if (prefill->in_batch > 0) count += pages_for(prefill->size()) - prefill->cache.pages.size();
  }
  return count;
}

bool SharedPrefills::drop_idle() {
  for (auto& [tokens, prefill] : by_tokens_) {
    if (prefill->in_batch > 0 || prefill->cache.pages.empty()) continue;
    reset(*prefill);
    return true;
  }
  return false;
}

void SharedPrefills::drop_unwanted() {
  std::erase_if(by_tokens_, [&](auto& entry) {
    Prefill& prefill = *entry.second;
    if (prefill.waiting + prefill.in_batch > 0) return false;
    if (!prefill.cache.pages.empty()) reset(prefill);
    return true;
  });
}

void SharedPrefills::abandon() {
  for (const auto& [tokens, prefill] : by_tokens_) room_.pages().release(prefill->cache);
  by_tokens_.clear();
}

void SharedPrefills::reset(Prefill& prefill) {
  room_.keep(prefill.tokens, prefill.cache);
  room_.pages().release(prefill.cache);
  prefill.logits = {};
  prefill.begun = false;
}

}  // namespace preceptor::engine
