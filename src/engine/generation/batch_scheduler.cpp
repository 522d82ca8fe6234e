#include "engine/generation/batch_scheduler.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

#include "engine/generation/cache_room.hpp"
#include "engine/generation/cached_decoder.hpp"
#include "engine/generation/sequence.hpp"
#include "engine/generation/shared_prefill.hpp"
#include "engine/generation/waiting_line.hpp"
#include "engine/kernels/parallel.hpp"
#include "engine/kernels/threads.hpp"

namespace preceptor::engine {
namespace {

using Finish = GenerationResult::Finish;

}  // namespace

class BatchScheduler::Body {
public:
  Body(const WeightSource& source, const GeneratorOptions& wanted)
      : options_(wanted),
        decoder_(source, wanted.precision, wanted.threads, wanted.weights),
        picker_(wanted.threads > 0 ? wanted.threads : hardware_threads()),
        room_(decoder_.pages(), source.config().context_length_max, wanted.cache_bytes_max,
              wanted.prefix_bytes_max),
        prefills_(room_) {
    options_.batch_max = std::max(options_.batch_max, 1);
    options_.prefill_rows_max = std::max(options_.prefill_rows_max, 1);
    options_.prefill_rows_beside = std::clamp(options_.prefill_rows_beside, 1, options_.prefill_rows_max);
    options_.threads = options_.threads > 0 ? options_.threads : hardware_threads();
  }

  const ModelConfig& config() const { return decoder_.config(); }

  void weights_changed() {
    room_.forget();
    decoder_.weights_changed();
  }

  RequestId add(GenerationRequest request, Listener listener) {
    auto sequence = std::make_unique<Sequence>(++last_id_, std::move(request), std::move(listener));
    prefills_.join(*sequence);
    waiting_.push_back(std::move(sequence));
    return last_id_;
  }

  void cancel(RequestId id) {
    const auto is_it = [id](const auto& sequence) { return sequence->id == id; };
    if (const auto found = std::ranges::find_if(waiting_, is_it); found != waiting_.end()) {
      auto sequence = std::move(*found);
      waiting_.erase(found);
      --sequence->prefill->waiting;
      end(*sequence, Finish::cancelled);
    } else if (const auto running = std::ranges::find_if(active_, is_it); running != active_.end()) {
      auto sequence = std::move(*running);
      active_.erase(running);
      let_go(*sequence);
      end(*sequence, Finish::cancelled);
    }
    prefills_.drop_unwanted();
  }

  void cancel_all() {
    while (!waiting_.empty()) cancel(waiting_.front()->id);
    while (!active_.empty()) cancel(active_.front()->id);
  }

  // What a pass that was cut short has written is not to be found again.
  void abandon() {
    for (const auto& sequence : active_) room_.pages().release(sequence->cache);
    prefills_.abandon();
    waiting_.clear();
    active_.clear();
  }

  bool step() {
    const ThreadScope scope(options_.threads);
    admit();
    if (active_.empty()) return !waiting_.empty();
    plan();
    run();
    prefills_.drop_unwanted();
    return !active_.empty() || !waiting_.empty();
  }

  Load load() const {
    return {.running = active_.size(),
            .waiting = waiting_.size(),
            .pages_in_use = decoder_.pages_in_use(),
            .pages_of_ended_texts = room_.prefix_pages(),
            .pages_max = room_.pages_max(),
            .preemptions = preemptions_};
  }

private:
  // --- waiting and joining -----------------------------------------------------------------------------

  void admit() {
    while (active_.size() < static_cast<std::size_t>(options_.batch_max) && !waiting_.empty()) {
      const auto next = waiting_.begin() + static_cast<std::ptrdiff_t>(next_to_admit(waiting_, active_));
      Prefill& prefill = *(*next)->prefill;
      if (!active_.empty() && !room_.could_take(promised() + prefill.pages_to_begin())) return;
      SequencePointer sequence = std::move(*next);
      waiting_.erase(next);
      --prefill.waiting;
      if (sequence->request.sampling.tokens_max == 0) {
        end(*sequence, Finish::length);
        continue;
      }
      ++prefill.in_batch;
      if (!prefill.begun) prefills_.begin(prefill);
      sequence->result.prompt_tokens_reused =
          prefill.ready() ? prefill.size() : std::max(prefill.reused, sequence->result.prompt_tokens_reused);
      active_.push_back(std::move(sequence));
    }
  }

  // Pages that texts in the batch still need for what they were admitted with.
  std::size_t promised() const {
    std::size_t count = 0;
    for (const auto& sequence : active_) count += sequence->decoding() ? 0 : 1;
    return count + prefills_.pages_promised();
  }

  // --- planning a pass ---------------------------------------------------------------------------------

  // Decides what the next pass takes in and finds room for it.
  void plan() {
    while (true) {
      plan_parts();
      if (room_.make_room(pages_needed())) return;
      if (prefills_.drop_idle()) continue;
      if (active_.empty()) return;
      give_back(active_.size() - 1);
    }
  }

  void plan_parts() {
    std::vector<Prefill*> prefills;
    for (const auto& sequence : active_) {
      if (!sequence->decoding() && !sequence->prefill->ready()) prefills.push_back(sequence->prefill.get());
    }
    const bool others_wait = std::ranges::any_of(active_, [](const auto& s) { return s->decoding(); });
    parts_ = share_rows(prefills, others_wait ? options_.prefill_rows_beside : options_.prefill_rows_max);
  }

  std::size_t pages_needed() const {
    std::size_t count = 0;
    const auto grows = [&](const SequenceCache& cache, std::int32_t rows) {
      count += pages_for(cache.length + rows) - cache.pages.size();
    };
    for (const auto& sequence : active_) {
      if (sequence->decoding())
        grows(sequence->cache, 1);
      else
        ++count;  // it may start after this pass, in a copy of its prompt's last page
    }
    for (const PrefillPart& part : parts_) grows(part.prefill->cache, part.rows);
    return count;
  }

  // Takes a text out of the batch; it will be the next to come back.
  void give_back(std::size_t index) {
    SequencePointer sequence = std::move(active_[index]);
    active_.erase(active_.begin() + static_cast<std::ptrdiff_t>(index));
    ++preemptions_;
    let_go(*sequence);
    prefills_.join(*sequence);
    waiting_.push_front(std::move(sequence));
  }

  // --- running it --------------------------------------------------------------------------------------

  void run() {
    rows_.clear();
    wanted_.clear();
    std::vector<Sequence*> picking;
    for (const auto& sequence : active_) {
      if (!sequence->decoding()) continue;
      const std::int32_t position = sequence->cache.length;
      room_.pages().extend(sequence->cache, position + 1);
      wanted_.push_back(static_cast<std::int32_t>(rows_.size()));
      rows_.push_back({sequence->result.tokens.back(), position, &sequence->cache});
      picking.push_back(sequence.get());
    }
    std::vector<Prefill*> finished;
    for (const PrefillPart& part : parts_) {
      if (add_rows(part)) finished.push_back(part.prefill);
    }
    std::span<const float> logits;
    if (!rows_.empty()) logits = decoder_.forward(rows_, wanted_);
    for (std::size_t i = 0; i < finished.size(); ++i) {
      const auto row = logits.subspan((picking.size() + i) * vocabulary(), vocabulary());
      finished[i]->logits.assign(row.begin(), row.end());
      room_.keep(finished[i]->tokens, finished[i]->cache);
    }
    logits = logits.first(picking.size() * vocabulary());
    pick(picking, with_starting(picking, logits));
  }

  bool add_rows(const PrefillPart& part) {
    Prefill& prefill = *part.prefill;
    const std::int32_t begin = prefill.cache.length;
    room_.pages().extend(prefill.cache, begin + part.rows);
    for (std::int32_t position = begin; position < begin + part.rows; ++position) {
      rows_.push_back({prefill.tokens[static_cast<std::size_t>(position)], position, &prefill.cache});
    }
    const bool last = prefill.left() == 0;
    if (last) wanted_.push_back(static_cast<std::int32_t>(rows_.size()) - 1);
    return last;
  }

  // Adds the texts whose tokens are all taken in; their logits come after the others'.
  std::span<const float> with_starting(std::vector<Sequence*>& picking, std::span<const float> logits) {
    const std::size_t before = picking.size();
    for (const auto& sequence : active_) {
      if (!sequence->decoding() && sequence->prefill->ready()) picking.push_back(sequence.get());
    }
    if (picking.size() == before) return logits;
    logits_.assign(logits.begin(), logits.end());
    for (Sequence* sequence : std::span(picking).subspan(before)) {
      Prefill& prefill = *sequence->prefill;
      logits_.insert(logits_.end(), prefill.logits.begin(), prefill.logits.end());
      const bool is_last = prefill.waiting + --prefill.in_batch == 0;
      sequence->cache = is_last ? std::exchange(prefill.cache, {}) : room_.pages().fork(prefill.cache);
      sequence->prefill.reset();
    }
    return logits_;
  }

  // logits: (picking, vocabulary)
  void pick(const std::vector<Sequence*>& picking, std::span<const float> logits) {
    std::vector<PickTask> tasks(picking.size());
    std::vector<std::size_t> constrained;
    for (std::size_t i = 0; i < picking.size(); ++i) {
      Sequence& sequence = *picking[i];
      tasks[i] = {.sampling = &sequence.request.sampling,
                  .history = &sequence.history,
                  .random = &sequence.random,
                  .allowed = {}};
      if (sequence.constraint) constrained.push_back(i);
    }
    parallel_blocks(constrained.size(), 1, [&](std::size_t item, std::size_t) {
      const std::size_t i = constrained[item];
      tasks[i].allowed = picking[i]->constraint->allowed();
    });
    const std::vector<PickedToken> picked = picker_.pick(tasks, logits, vocabulary());
    std::map<const Sequence*, Finish> ended;
    for (std::size_t i = 0; i < picking.size(); ++i) {
      if (const auto finish = accept(*picking[i], picked[i], config().context_length_max))
        ended[picking[i]] = *finish;
    }
    for (std::size_t i = 0; i < active_.size();) {
      const auto found = ended.find(active_[i].get());
      if (found == ended.end()) {
        ++i;
        continue;
      }
      const SequencePointer sequence = std::move(active_[i]);
      active_.erase(active_.begin() + static_cast<std::ptrdiff_t>(i));
      let_go(*sequence);
      end(*sequence, found->second);
    }
  }

  // --- leaving -----------------------------------------------------------------------------------------

  // Gives back what a text in the batch holds; its whole pages may be found again.
  void let_go(Sequence& sequence) {
    if (sequence.decoding()) {
      room_.keep(sequence.tokens(), sequence.cache);
      room_.pages().release(sequence.cache);
    } else {
      --sequence.prefill->in_batch;
      sequence.prefill.reset();
    }
  }

  void end(Sequence& sequence, Finish finish) {
    sequence.result.finish = finish;
    if (sequence.listener.on_end) sequence.listener.on_end(std::move(sequence.result));
  }

  std::size_t vocabulary() const { return static_cast<std::size_t>(config().vocabulary_size); }

  GeneratorOptions options_;
  CachedDecoder decoder_;
  TokenPicker picker_;
  CacheRoom room_;
  RequestId last_id_ = 0;
  std::uint64_t preemptions_ = 0;
  SharedPrefills prefills_;  // of all that have not started
  std::deque<SequencePointer> waiting_;
  std::vector<SequencePointer> active_;  // in the order in which they came
  std::vector<PrefillPart> parts_;
  std::vector<DecoderRow> rows_;
  std::vector<std::int32_t> wanted_;
  std::vector<float> logits_;
};

BatchScheduler::BatchScheduler(const WeightSource& source, GeneratorOptions options) {
  if (source.config().label_count > 0) {
    throw Failure(ErrorKind::unsupported, "a classification model has no language head to generate with");
  }
  body_ = std::make_unique<Body>(source, options);
}
BatchScheduler::BatchScheduler(BatchScheduler&&) noexcept = default;
BatchScheduler& BatchScheduler::operator=(BatchScheduler&&) noexcept = default;
BatchScheduler::~BatchScheduler() = default;

const ModelConfig& BatchScheduler::config() const { return body_->config(); }
void BatchScheduler::weights_changed() { body_->weights_changed(); }
BatchScheduler::RequestId BatchScheduler::add(GenerationRequest request, Listener listener) {
  return body_->add(std::move(request), std::move(listener));
}
void BatchScheduler::cancel(RequestId id) { body_->cancel(id); }
void BatchScheduler::cancel_all() { body_->cancel_all(); }
void BatchScheduler::abandon() { body_->abandon(); }
bool BatchScheduler::step() { return body_->step(); }
BatchScheduler::Load BatchScheduler::load() const { return body_->load(); }

}  // namespace preceptor::engine
