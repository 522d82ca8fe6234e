#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "engine/generation/cache_room.hpp"
#include "engine/generation/page_pool.hpp"
#include "engine/generation/request.hpp"

// Prompts on their way into the cache, each once for all the samples that go on from it.
namespace preceptor::engine {

struct Sequence;

// Tokens to take in before the texts that go on from them can: a prompt, or a prompt with the text so far of
// a request that gave its pages back.
struct Prefill {
  std::vector<TokenId> tokens;
  SequenceCache cache;
  std::int32_t reused = 0;    // tokens that were found in the prefix cache
  std::vector<float> logits;  // of the last token, once all are taken in
  std::size_t waiting = 0;    // requests that are not in the batch yet
  std::size_t in_batch = 0;   // those in the batch that have not started
  bool begun = false;

  std::int32_t size() const { return static_cast<std::int32_t>(tokens.size()); }
  bool ready() const { return !logits.empty(); }
  std::int32_t left() const { return size() - cache.length; }
  // With the page of the first token to come.
  std::size_t pages_to_begin() const { return pages_for(size()) + 1 - (ready() ? cache.pages.size() : 0); }
};

// What a pass takes in of a prompt.
struct PrefillPart {
  Prefill* prefill = nullptr;
  std::int32_t rows = 0;
};

// Prompts share the rows of a pass evenly, in their order; what one does not need, the others get. A prompt
// may be named several times; one without a row is left out.
std::vector<PrefillPart> share_rows(std::span<Prefill* const> prefills, std::int32_t rows);

// The prefills of all texts that have not started, by their tokens. Borrows the room.
class SharedPrefills {
public:
  explicit SharedPrefills(CacheRoom& room) : room_(room) {}

  // The sequence waits for its tokens to be taken in, with others that have the same.
  void join(Sequence& sequence);
  // Goes on from what the cache still has of the tokens.
  void begin(Prefill& prefill);

  // Pages that the prompts in the batch still need.
  std::size_t pages_promised() const;
  // Gives back a prompt that was taken in, whose samples are all waiting: it can be taken in again. False
  // when there is none.
  bool drop_idle();
  // Those that nobody waits for any more.
  void drop_unwanted();
  // All, with nothing of them to be found again.
  void abandon();

private:
  void reset(Prefill& prefill);

  CacheRoom& room_;
  std::map<std::vector<TokenId>, std::shared_ptr<Prefill>> by_tokens_;  // shared with their sequences
};

}  // namespace preceptor::engine
