#include "engine/generation/generator.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "engine/generation/cached_decoder.hpp"
#include "engine/kernels/parallel.hpp"
#include "engine/kernels/softmax.hpp"
#include "engine/kernels/threads.hpp"

namespace preceptor::engine {
namespace {

using Finish = GenerationResult::Finish;

// A prompt and the requests that sample from it. Its pages and last logits live from its prefill to its last
// sample.
struct PromptGroup {
  const std::vector<TokenId>* prompt = nullptr;
  std::vector<std::size_t> requests;
  std::size_t started = 0;
  SequenceCache cache;
  std::vector<float> logits;
};

struct Active {
  std::size_t request = 0;
  SequenceCache cache;
  Random random{0};
  TokenId last = 0;
};

std::vector<PromptGroup> group_by_prompt(std::span<const GenerationRequest> requests) {
  std::vector<PromptGroup> groups;
  std::map<std::span<const TokenId>, std::size_t,
           decltype([](auto a, auto b) { return std::ranges::lexicographical_compare(a, b); })>
      group_of;
  for (std::size_t index = 0; index < requests.size(); ++index) {
    const auto [found, is_new] = group_of.try_emplace(requests[index].prompt, groups.size());
    if (is_new)
      groups.push_back({.prompt = &requests[index].prompt, .requests = {}, .cache = {}, .logits = {}});
    groups[found->second].requests.push_back(index);
  }
  return groups;
}

}  // namespace

struct Generator::Body {
  Body(const Parameters& parameters, const GeneratorOptions& wanted)
      : options(wanted), decoder(parameters, wanted.precision, wanted.threads) {
    options.batch_max = std::max(options.batch_max, 1);
    options.prefill_rows_max = std::max(options.prefill_rows_max, 1);
    options.threads = options.threads > 0 ? options.threads : hardware_threads();
    samplers.resize(static_cast<std::size_t>(options.threads));
  }

  GeneratorOptions options;
  CachedDecoder decoder;
  std::vector<Sampler> samplers;
};

// One call of generate().
class Generator::Schedule {
public:
  Schedule(Body& body, std::span<const GenerationRequest> requests, const OnToken& on_token)
      : body_(body), requests_(requests), on_token_(on_token), groups_(group_by_prompt(requests)) {
    results_.resize(requests.size());
  }

  // Also after an exception: no page of this call stays taken.
  ~Schedule() {
    for (Active& active : active_) body_.decoder.release(active.cache);
    for (PromptGroup& group : groups_) body_.decoder.release(group.cache);
  }
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;

  std::vector<GenerationResult> run(const std::stop_token& stop) {
    const ThreadScope scope(body_.options.threads);
    while (!stop.stop_requested()) {
      admit();
      if (active_.empty()) break;
      decode();
    }
    for (Active& active : active_) results_[active.request].finish = Finish::cancelled;
    for (std::size_t group = next_group_; group < groups_.size(); ++group) {
      const PromptGroup& waiting = groups_[group];
      for (std::size_t i = waiting.started; i < waiting.requests.size(); ++i) {
        results_[waiting.requests[i]].finish = Finish::cancelled;
      }
    }
    return std::move(results_);
  }

private:
  // Fills the batch. Prompts new to it are taken in together; a first token may end a text at once, so go on
  // until the batch is full or nothing waits.
  void admit() {
    const auto batch_max = static_cast<std::size_t>(body_.options.batch_max);
    while (active_.size() < batch_max && next_group_ < groups_.size()) {
      std::vector<PromptGroup*> fresh;
      std::vector<Active> starting;
      plan_start(batch_max - active_.size(), fresh, starting);
      prefill(fresh);
      start(starting);
    }
  }

  void plan_start(std::size_t room, std::vector<PromptGroup*>& fresh, std::vector<Active>& starting) {
    for (std::size_t group = next_group_; group < groups_.size() && starting.size() < room; ++group) {
      PromptGroup& waiting = groups_[group];
      if (waiting.started == 0) fresh.push_back(&waiting);
      for (std::size_t i = waiting.started; i < waiting.requests.size() && starting.size() < room; ++i) {
        starting.push_back({.request = waiting.requests[i],
                            .cache = {},
                            .random = Random(requests_[waiting.requests[i]].sampling.seed),
                            .last = 0});
      }
    }
  }

  // Prompts laid end to end, in passes of at most prefill_rows_max rows; a long prompt spans several.
  void prefill(std::span<PromptGroup* const> fresh) {
    for (PromptGroup* group : fresh) {
      body_.decoder.extend(group->cache, static_cast<std::int32_t>(group->prompt->size()));
    }
    const auto rows_max = static_cast<std::size_t>(body_.options.prefill_rows_max);
    std::vector<DecoderRow> rows;
    std::vector<std::int32_t> wanted;
    std::vector<PromptGroup*> ending;
    const auto pass = [&] {
      const std::span<const float> logits = body_.decoder.forward(rows, wanted);
      for (std::size_t i = 0; i < ending.size(); ++i) {
        const auto row = logits.subspan(i * vocabulary(), vocabulary());
        ending[i]->logits.assign(row.begin(), row.end());
      }
      rows.clear();
      wanted.clear();
      ending.clear();
    };
    for (PromptGroup* group : fresh) {
      const std::vector<TokenId>& prompt = *group->prompt;
      for (std::size_t position = 0; position < prompt.size(); ++position) {
        rows.push_back({prompt[position], static_cast<std::int32_t>(position), &group->cache});
        if (position + 1 == prompt.size()) {
          wanted.push_back(static_cast<std::int32_t>(rows.size()) - 1);
          ending.push_back(group);
        }
        if (rows.size() == rows_max) pass();
      }
    }
    if (!rows.empty()) pass();
  }

  // Samples the first token of each starting request from its prompt's logits.
  void start(std::vector<Active>& starting) {
    std::vector<float> logits;
    for (Active& active : starting) {
      PromptGroup& group = groups_[next_group_];
      logits.insert(logits.end(), group.logits.begin(), group.logits.end());
      const bool is_last = ++group.started == group.requests.size();
      active.cache = is_last ? std::exchange(group.cache, {}) : body_.decoder.fork(group.cache);
      if (is_last) {
        group.logits = {};
        ++next_group_;
      }
    }
    const std::size_t first = active_.size();
    std::ranges::move(starting, std::back_inserter(active_));
    accept(first, logits);
  }

  void decode() {
    std::vector<DecoderRow> rows;
    std::vector<std::int32_t> wanted;
    for (Active& active : active_) {
      const std::int32_t position = active.cache.length;
      body_.decoder.extend(active.cache, position + 1);
      wanted.push_back(static_cast<std::int32_t>(rows.size()));
      rows.push_back({active.last, position, &active.cache});
    }
    accept(0, body_.decoder.forward(rows, wanted));
  }

  // Picks a token for each sequence from `first` on and drops those that end with it. logits: (sequences,
  // vocabulary)
  void accept(std::size_t first, std::span<const float> logits) {
    const std::span<Active> sequences = std::span(active_).subspan(first);
    const std::vector<TokenId> picked = pick(sequences, logits);
    std::vector<float> logprobs(picked.size());
    std::vector<float> log_sums(picked.size());
    target_logprobs_forward(logprobs, log_sums, logits, picked, static_cast<std::int32_t>(vocabulary()));

    std::size_t kept = first;
    for (std::size_t i = 0; i < sequences.size(); ++i) {
      if (goes_on(sequences[i], picked[i], logprobs[i])) {
        if (&active_[kept] != &sequences[i]) active_[kept] = std::move(sequences[i]);
        ++kept;
      } else {
        body_.decoder.release(sequences[i].cache);
      }
    }
    active_.erase(active_.begin() + static_cast<std::ptrdiff_t>(kept), active_.end());
  }

  std::vector<TokenId> pick(std::span<Active> sequences, std::span<const float> logits) {
    std::vector<TokenId> picked(sequences.size());
    const std::size_t parts = body_.samplers.size();
    parallel_items(parts, [&](std::size_t part) {
      for (std::size_t i = sequences.size() * part / parts; i < sequences.size() * (part + 1) / parts; ++i) {
        const SamplingOptions& sampling = requests_[sequences[i].request].sampling;
        picked[i] = body_.samplers[part].pick(logits.subspan(i * vocabulary(), vocabulary()), sampling,
                                              sequences[i].random);
      }
    });
    if (std::ranges::find(picked, -1) != picked.end()) {
      throw Failure(ErrorKind::internal, "the model's logits are not numbers", "Its weights are damaged.");
    }
    return picked;
  }

  bool goes_on(Active& active, TokenId token, float logprob) {
    const SamplingOptions& sampling = requests_[active.request].sampling;
    GenerationResult& result = results_[active.request];
    if (sampling.tokens_max == 0) return false;
    if (std::ranges::find(sampling.stop_ids, token) != sampling.stop_ids.end()) {
      result.finish = Finish::stop;
      result.stop_id = token;
      result.stop_logprob = logprob;
      return false;
    }
    result.tokens.push_back(token);
    result.logprobs.push_back(logprob);
    active.last = token;
    if (on_token_ && !on_token_(active.request, token)) {
      result.finish = Finish::cancelled;
      return false;
    }
    // Prompt, text and the token to come must fit the context together, so that the text can be trained on.
    return static_cast<std::int32_t>(result.tokens.size()) < sampling.tokens_max &&
           active.cache.length + 1 < body_.decoder.config().context_length_max;
  }

  std::size_t vocabulary() const { return static_cast<std::size_t>(body_.decoder.config().vocabulary_size); }

  Body& body_;
  std::span<const GenerationRequest> requests_;
  const OnToken& on_token_;
  std::vector<GenerationResult> results_;
  std::vector<PromptGroup> groups_;
  std::size_t next_group_ = 0;  // the first with requests that wait
  std::vector<Active> active_;
};

Result<void> check(const GenerationRequest& request, const ModelConfig& config) {
  if (request.prompt.empty()) return refuse(ErrorKind::invalid, "the prompt is empty");
  if (request.prompt.size() >= static_cast<std::size_t>(config.context_length_max)) {
    return refuse(ErrorKind::too_large,
                  "the prompt has " + std::to_string(request.prompt.size()) +
                      " tokens, which leaves no room in a context of " +
                      std::to_string(config.context_length_max),
                  "Shorten the conversation.");
  }
  for (const TokenId id : request.prompt) {
    if (id < 0 || id >= config.vocabulary_size) {
      return refuse(ErrorKind::invalid, "the prompt holds the id " + std::to_string(id) +
                                            ", outside the vocabulary of " +
                                            std::to_string(config.vocabulary_size));
    }
  }
  return check(request.sampling);
}

Generator::Generator(const Parameters& parameters, GeneratorOptions options) {
  if (parameters.config().label_count > 0) {
    throw Failure(ErrorKind::unsupported, "a classification model has no language head to generate with");
  }
  body_ = std::make_unique<Body>(parameters, options);
}
Generator::Generator(Generator&&) noexcept = default;
Generator& Generator::operator=(Generator&&) noexcept = default;
Generator::~Generator() = default;

void Generator::weights_changed() { body_->decoder.weights_changed(); }

std::vector<GenerationResult> Generator::generate(std::span<const GenerationRequest> requests,
                                                  const OnToken& on_token, std::stop_token stop) {
  for (std::size_t index = 0; index < requests.size(); ++index) {
    auto valid = check(requests[index], body_->decoder.config());
    if (!valid) {
      valid.error().where = "request " + std::to_string(index);
      throw Failure(valid.error());
    }
  }
  return Schedule(*body_, requests, on_token).run(stop);
}

}  // namespace preceptor::engine
