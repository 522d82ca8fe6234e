#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/generation/page_pool.hpp"
#include "engine/generation/sampling.hpp"
#include "engine/generation/weight_source.hpp"
#include "engine/kernels/precision.hpp"
#include "engine/kernels/row_linear.hpp"

namespace preceptor::engine {

// A token at a position of a sequence whose earlier positions are in the cache, or come earlier in the same
// call.
struct DecoderRow {
  TokenId token = 0;
  std::int32_t position = 0;
  const SequenceCache* cache = nullptr;  // extended to position + 1 at least
};

// The model for generation: weights packed once, keys and values cached in pages. A row's logits have the
// same bits alone, among other rows, in any split of its prompt over calls and with any number of threads.
// Keys and values are stored in the precision of the products.
class CachedDecoder {
public:
  // threads 0: hardware threads. Borrows the weights. Stored ones that are blocks of integers stay as they
  // are unless fp32 is asked for.
  CachedDecoder(const WeightSource& source, Precision precision, int threads,
                WeightFormat format = WeightFormat::as_products);
  CachedDecoder(CachedDecoder&&) noexcept;
  CachedDecoder& operator=(CachedDecoder&&) noexcept;
  ~CachedDecoder();

  const ModelConfig& config() const;
  Precision precision() const;
  void weights_changed();  // repacks the parameters

  void extend(SequenceCache& cache, std::int32_t length);
  SequenceCache fork(const SequenceCache& cache);
  void release(SequenceCache& cache);
  std::size_t pages_in_use() const;
  PageBook& pages();  // of all sequences

  // Runs the rows and fills the cache at their positions. The result holds the logits, (wanted, vocabulary),
  // of the rows whose indices are in `wanted`, ascending; it is valid until the next call.
  std::span<const float> forward(std::span<const DecoderRow> rows, std::span<const std::int32_t> wanted);

private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace preceptor::engine
