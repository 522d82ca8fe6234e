#include "engine/constrained/text_form.hpp"

#include <bitset>
#include <mutex>
#include <unordered_map>

#include "engine/constrained/byte_automaton.hpp"
#include "engine/constrained/json_schema.hpp"
#include "engine/constrained/regular_expression.hpp"

namespace preceptor::engine {
namespace {

using StateId = ByteAutomaton::StateId;
using Mask = std::vector<std::uint64_t>;

constexpr std::size_t states_max = 20'000;          // then the automaton is begun anew
constexpr std::size_t mask_bytes_max = 64U << 20U;  // then the masks are worked out anew
constexpr std::int64_t work_max = 4'000'000;        // places looked at for one mask

std::vector<std::string> without_first_space(const TokenBytes& tokens) {
  std::vector<std::string> bytes = tokens.bytes;
  if (!tokens.first_space_dropped) return bytes;
  for (std::string& one : bytes) {
    if (one.starts_with(' ')) one.erase(0, 1);
  }
  return bytes;
}

// An automaton with the masks of its states. Thread-safe.
class Tables {
public:
  Tables(std::shared_ptr<const Grammar> grammar, std::shared_ptr<const FormVocabulary> vocabulary)
      : grammar_(grammar), vocabulary_(std::move(vocabulary)), automaton_(std::move(grammar)) {}

  StateId start() const { return automaton_.start(); }

  struct Here {
    bool accepts = false;
    bool goes_on = false;
  };
  Here here(StateId state) {
    const std::lock_guard lock(mutex_);
    return {automaton_.accepts(state), automaton_.goes_on(state)};
  }

  void read_mask(Mask& into, StateId state, bool first) {
    const std::lock_guard lock(mutex_);
    if (first) {
      into = first_mask();
      return;
    }
    const auto found = masks_.find(state);
    if (found != masks_.end()) {
      into = found->second;
      return;
    }
    into = mask_of(state, vocabulary_->trie());
    if ((masks_.size() + 1) * into.size() * sizeof(std::uint64_t) > mask_bytes_max) masks_.clear();
    masks_.emplace(state, into);
  }

  StateId after(StateId state, std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    for (const char byte : bytes) {
      if (state != ByteAutomaton::dead) state = automaton_.step(state, static_cast<unsigned char>(byte));
    }
    return state;
  }

  bool full() {
    const std::lock_guard lock(mutex_);
    return automaton_.state_count() > states_max;
  }
  ByteAutomaton::Description describe(StateId state) {
    const std::lock_guard lock(mutex_);
    return automaton_.describe(state);
  }
  StateId adopt(const ByteAutomaton::Description& description) {
    const std::lock_guard lock(mutex_);
    return automaton_.adopt(description);
  }

private:
  const Mask& first_mask() {
    if (first_mask_.empty()) first_mask_ = mask_of(automaton_.start(), vocabulary_->first_trie());
    return first_mask_;
  }

  Mask mask_of(StateId state, const TokenTrie& trie) {
    Mask mask(vocabulary_->words());
    std::int64_t work = work_max;
    // Single bytes first: with them alone any text can be written, whatever the rest costs.
    std::vector<std::pair<const TokenTrie::Node*, StateId>> open;
    look_below(trie, trie.root(), state, mask, work, open);
    for (std::size_t i = open.size(); i-- > 0;) {
      const auto [node, at] = open[i];
      visit(trie, *node, at, mask, work);
    }
    return mask;
  }

  // Marks the tokens one byte further; their nodes are left to be visited.
  void look_below(const TokenTrie& trie, const TokenTrie::Node& node, StateId state, Mask& mask,
                  std::int64_t& work, std::vector<std::pair<const TokenTrie::Node*, StateId>>& open) {
    for (const TokenTrie::Node& child : trie.children(node)) {
      // What was worked out before counts the same, so that the mask never depends on what came before.
      work -= static_cast<std::int64_t>(automaton_.size_of(state)) + 1;
      const StateId next = automaton_.step(state, child.byte);
      if (next == ByteAutomaton::dead) continue;
      for (const TokenId id : trie.tokens(child))
        mask[static_cast<std::size_t>(id) / 64] |= std::uint64_t{1} << (static_cast<std::size_t>(id) % 64);
      if (child.child_count > 0) open.emplace_back(&child, next);
    }
  }

  void visit(const TokenTrie& trie, const TokenTrie::Node& node, StateId state, Mask& mask,
             std::int64_t& work) {
    std::vector<std::pair<const TokenTrie::Node*, StateId>> open = {{&node, state}};
    while (!open.empty() && work > 0) {
      const auto [at, here] = open.back();
      open.pop_back();
      look_below(trie, *at, here, mask, work, open);
    }
  }

  std::shared_ptr<const Grammar> grammar_;
  std::shared_ptr<const FormVocabulary> vocabulary_;
  std::mutex mutex_;
  ByteAutomaton automaton_;
  std::unordered_map<StateId, Mask> masks_;
  Mask first_mask_;
};

class GrammarForm final : public Constraint {
public:
  GrammarForm(Grammar grammar, std::shared_ptr<const FormVocabulary> vocabulary)
      : grammar_(std::make_shared<const Grammar>(std::move(grammar))),
        vocabulary_(std::move(vocabulary)),
        tables_(std::make_shared<Tables>(grammar_, vocabulary_)) {}

  std::unique_ptr<ConstraintState> begin(std::span<const TokenId> stop_ids) const override;

  const FormVocabulary& vocabulary() const { return *vocabulary_; }
  // Tables with room for more states.
  std::shared_ptr<Tables> tables() const {
    const std::lock_guard lock(mutex_);
    if (tables_->full()) tables_ = std::make_shared<Tables>(grammar_, vocabulary_);
    return tables_;
  }

private:
  std::shared_ptr<const Grammar> grammar_;
  std::shared_ptr<const FormVocabulary> vocabulary_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<Tables> tables_;  // shared with the texts under way
};

class GrammarState final : public ConstraintState {
public:
  GrammarState(const GrammarForm& form, std::span<const TokenId> stop_ids)
      : form_(form),
        tables_(form.tables()),
        state_(tables_->start()),
        stop_ids_(stop_ids.begin(), stop_ids.end()) {}

  AllowedTokens allowed() override {
    tables_->read_mask(mask_, state_, first_);
    const Tables::Here here = tables_->here(state_);
    for (const TokenId id : stop_ids_) {
      if (id < 0 || static_cast<std::size_t>(id) >= form_.vocabulary().tokens().bytes.size()) continue;
      const std::uint64_t bit = std::uint64_t{1} << (static_cast<std::size_t>(id) % 64);
      std::uint64_t& word = mask_[static_cast<std::size_t>(id) / 64];
      word = here.accepts ? word | bit : word & ~bit;
    }
    return mask_;
  }

  void accept(TokenId id) override {
    const StateId next = tables_->after(state_, form_.vocabulary().bytes_of(id, first_));
    if (next == ByteAutomaton::dead) return;  // a token that was not allowed: nothing was said
    state_ = next;
    first_ = false;
    if (!tables_->full()) return;
    const auto description = tables_->describe(state_);
    tables_ = form_.tables();
    state_ = tables_->adopt(description);
  }

  bool finished() const override { return !tables_->here(state_).goes_on; }

private:
  const GrammarForm& form_;
  std::shared_ptr<Tables> tables_;  // shared with the other texts of the form
  StateId state_;
  bool first_ = true;
  std::vector<TokenId> stop_ids_;
  Mask mask_;
};

std::unique_ptr<ConstraintState> GrammarForm::begin(std::span<const TokenId> stop_ids) const {
  return std::make_unique<GrammarState>(*this, stop_ids);
}

Form form_of(const std::vector<Piece>& rules, std::shared_ptr<const FormVocabulary> vocabulary) {
  if (!vocabulary->writes_every_byte())
    return refuse(ErrorKind::unsupported,
                  "the model's vocabulary cannot write every byte, so that no form can be promised");
  auto grammar = Grammar::build(rules);
  if (!grammar) return tl::unexpected(std::move(grammar.error()));
  return std::make_shared<const GrammarForm>(*std::move(grammar), std::move(vocabulary));
}

}  // namespace

FormVocabulary::FormVocabulary(TokenBytes tokens)
    : tokens_(std::move(tokens)), trie_(tokens_.bytes), first_trie_(without_first_space(tokens_)) {
  std::bitset<256> written;
  for (const std::string& bytes : tokens_.bytes) {
    if (bytes.size() == 1) written.set(static_cast<unsigned char>(bytes[0]));
  }
  for (unsigned byte = 0; byte < 256; ++byte) {
    const bool in_utf8 = byte < 0xC0 || (byte >= 0xC2 && byte <= 0xF4);
    if (in_utf8 && !written.test(byte)) writes_every_byte_ = false;
  }
}

std::string_view FormVocabulary::bytes_of(TokenId id, bool first) const {
  std::string_view bytes = tokens_.bytes[static_cast<std::size_t>(id)];
  if (first && tokens_.first_space_dropped && bytes.starts_with(' ')) bytes.remove_prefix(1);
  return bytes;
}

Form json_schema_form(std::string_view schema_json, std::shared_ptr<const FormVocabulary> vocabulary) {
  const auto rules = json_schema_rules(schema_json);
  if (!rules) return tl::unexpected(rules.error());
  return form_of(*rules, std::move(vocabulary));
}

Form json_object_form(std::shared_ptr<const FormVocabulary> vocabulary) {
  return form_of(json_object_rules(), std::move(vocabulary));
}

Form regular_expression_form(std::string_view pattern, std::shared_ptr<const FormVocabulary> vocabulary) {
  const auto piece = parse_regular_expression(pattern, Characters::plain, Match::whole);
  if (!piece) return tl::unexpected(piece.error());
  return form_of({*piece}, std::move(vocabulary));
}

}  // namespace preceptor::engine
