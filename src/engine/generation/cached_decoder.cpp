#include "engine/generation/cached_decoder.hpp"

#include <algorithm>
#include <set>
#include <variant>

#include "engine/generation/decoder_pass.hpp"
#include "engine/kernels/isa.hpp"
#include "engine/kernels/parallel.hpp"
#include "engine/kernels/threads.hpp"

namespace preceptor::engine {
namespace {

// A small model's weights stay in the cache, so each thread takes rows of its own through all layers without
// ever waiting for the others; a large one's are read once for all rows.
constexpr std::size_t weights_bytes_to_split_rows = std::size_t{16} << 20;
constexpr std::size_t rows_per_thread_min = 4;

}  // namespace

class CachedDecoder::Body {
public:
  Body(const WeightSource& source, Precision precision, int threads, WeightFormat format)
      : threads_(threads > 0 ? threads : hardware_threads()),
        weights_(held(source, precision, format, threads_)),
        pool_(make_pool(PageLayout(source.config()), weights_.precision)),
        passes_(static_cast<std::size_t>(threads_)) {}

  const DecoderWeights& weights() const { return weights_; }
  void weights_changed() {
    const ThreadScope scope(threads_);
    weights_.pack();
  }

  template <class Use>
  decltype(auto) with_pool(const Use& use) {
    return std::visit(use, pool_);
  }

  std::span<const float> forward(std::span<const DecoderRow> rows, std::span<const std::int32_t> wanted) {
    const ThreadScope scope(threads_);
    const auto vocabulary = static_cast<std::size_t>(weights_.config.vocabulary_size);
    logits_.resize(wanted.size() * vocabulary);
    for (const DecoderRow& row : rows) weights_.rope.reserve(row.position + 1);
    const std::size_t groups = wanted.size() == rows.size() ? groups_for(rows) : 1;
    if (groups == 1) {
      run_group(0, rows, wanted, logits_);
      return logits_;
    }
    // Every row is wanted, and of a sequence of its own: any split gives the same bits.
    parallel_items(groups, [&](std::size_t group) {
      const std::size_t begin = rows.size() * group / groups;
      const std::size_t end = rows.size() * (group + 1) / groups;
      run_group(group, rows.subspan(begin, end - begin), wanted.first(end - begin),
                std::span(logits_).subspan(begin * vocabulary, (end - begin) * vocabulary));
    });
    return logits_;
  }

private:
  using Pool = std::variant<PagePool<float>, PagePool<Bf16>>;

  static Pool make_pool(const PageLayout& layout, Precision precision) {
    if (precision == Precision::bf16) return PagePool<Bf16>(layout);
    return PagePool<float>(layout);
  }

  static DecoderWeights held(const WeightSource& source, Precision precision, WeightFormat format,
                             int threads) {
    const ThreadScope scope(threads);
    return {source, precision, format};
  }

  std::size_t groups_for(std::span<const DecoderRow> rows) const {
    const auto threads = static_cast<std::size_t>(threads_);
    if (weights_.packed_bytes() > weights_bytes_to_split_rows || rows.size() < threads * rows_per_thread_min)
      return 1;
    std::set<const SequenceCache*> sequences;
    for (const DecoderRow& row : rows) sequences.insert(row.cache);
    return sequences.size() == rows.size() ? threads : 1;
  }

  void run_group(std::size_t group, std::span<const DecoderRow> rows, std::span<const std::int32_t> wanted,
                 std::span<float> logits) {
    std::visit([&]<class Real>(
                   PagePool<Real>& pool) { passes_[group].run<Real>(logits, weights_, pool, rows, wanted); },
               pool_);
  }

  int threads_;
  DecoderWeights weights_;
  Pool pool_;
  std::vector<DecoderPass> passes_;
  std::vector<float> logits_;
};

CachedDecoder::CachedDecoder(const WeightSource& source, Precision precision, int threads,
                             WeightFormat format) {
  chosen_isa();
  body_ = std::make_unique<Body>(source, precision, threads, format);
}
CachedDecoder::CachedDecoder(CachedDecoder&&) noexcept = default;
CachedDecoder& CachedDecoder::operator=(CachedDecoder&&) noexcept = default;
CachedDecoder::~CachedDecoder() = default;

const ModelConfig& CachedDecoder::config() const { return body_->weights().config; }
Precision CachedDecoder::precision() const { return body_->weights().precision; }
void CachedDecoder::weights_changed() { body_->weights_changed(); }

void CachedDecoder::extend(SequenceCache& cache, std::int32_t length) {
  body_->with_pool([&](auto& pool) { pool.extend(cache, length); });
}
SequenceCache CachedDecoder::fork(const SequenceCache& cache) {
  return body_->with_pool([&](auto& pool) { return pool.fork(cache); });
}
void CachedDecoder::release(SequenceCache& cache) {
  body_->with_pool([&](auto& pool) { pool.release(cache); });
}
PageBook& CachedDecoder::pages() {
  return body_->with_pool([](auto& pool) -> PageBook& { return pool; });
}
std::size_t CachedDecoder::pages_in_use() const {
  return body_->with_pool([](const auto& pool) { return pool.pages_in_use(); });
}

std::span<const float> CachedDecoder::forward(std::span<const DecoderRow> rows,
                                              std::span<const std::int32_t> wanted) {
  return body_->forward(rows, wanted);
}

}  // namespace preceptor::engine
