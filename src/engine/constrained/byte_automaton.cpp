#include "engine/constrained/byte_automaton.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_set>

namespace preceptor::engine {
namespace {

// Beyond these, places are left out: fewer texts are allowed then, never wrong ones.
constexpr std::size_t places_max = 2048;
constexpr std::size_t visits_max = 16'384;
constexpr ByteAutomaton::StateId unknown = -2;

}  // namespace

// From places right after a byte to all places that a next byte can be read at.
class ByteAutomaton::Closure {
public:
  explicit Closure(ByteAutomaton& automaton) : automaton_(automaton) {}

  void add(Place first) {
    open_.push_back(first);
    while (!open_.empty()) {
      const Place place = open_.back();
      open_.pop_back();
      if (seen_.size() < visits_max && seen_.insert(key_of(place)).second) visit(place);
    }
  }

  StateId state() { return automaton_.state_of(std::move(places_), accepts_); }

private:
  static std::uint64_t key_of(Place place) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(place.node)) << 32U |
           static_cast<std::uint32_t>(place.stack);
  }

  void visit(Place place) {
    const Grammar& grammar = *automaton_.grammar_;
    const Grammar::Node& node = grammar.node(place.node);
    const std::int32_t depth = automaton_.stacks_[static_cast<std::size_t>(place.stack)].depth;
    const std::int32_t depth_left = Grammar::depth_max - depth;
    if (node.depth > depth_left) return;  // there is no way to an end from here
    if (!node.edges.empty() && places_.size() < places_max) places_.push_back(place);
    if (node.ends) {
      const Stack top = automaton_.stacks_[static_cast<std::size_t>(place.stack)];
      if (place.stack == 0)
        accepts_ = true;
      else
        open_.push_back({top.back, top.below});
    }
    // Taken from the end of the list: the first alternative is looked at first.
    for (auto to = node.free.rbegin(); to != node.free.rend(); ++to) open_.push_back({*to, place.stack});
    for (const Grammar::Call& call : node.calls) {
      const bool fits = grammar.node(grammar.start(call.rule)).depth + 1 <= depth_left &&
                        grammar.node(call.back).depth <= depth_left && depth_left > 0;
      if (fits) open_.push_back({grammar.start(call.rule), automaton_.pushed(call.back, place.stack)});
    }
  }

  ByteAutomaton& automaton_;
  std::vector<Place> open_;
  std::unordered_set<std::uint64_t> seen_;
  std::vector<Place> places_;
  bool accepts_ = false;
};

ByteAutomaton::ByteAutomaton(std::shared_ptr<const Grammar> grammar) : grammar_(std::move(grammar)) {
  stacks_.push_back({});
  Closure closure(*this);
  closure.add({grammar_->start(0), 0});
  start_ = closure.state();
}

ByteAutomaton::StateId ByteAutomaton::step(StateId state, unsigned char byte) {
  if (const auto& next = at(state).next; next != nullptr && next[byte] != unknown) return next[byte];
  Closure closure(*this);
  bool any = false;
  const std::size_t count = at(state).places.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Place place = at(state).places[i];
    for (const Grammar::Edge& edge : grammar_->node(place.node).edges) {
      if (byte < edge.first || byte > edge.last) continue;
      closure.add({edge.to, place.stack});
      any = true;
    }
  }
  StateId to = dead;
  if (any) to = closure.state();
  if (to != dead && !accepts(to) && !goes_on(to)) to = dead;
  State& from = states_[static_cast<std::size_t>(state)];
  if (from.next == nullptr) {
    from.next = std::make_unique<StateId[]>(256);
    std::fill_n(from.next.get(), 256, unknown);
  }
  from.next[byte] = to;
  return to;
}

std::int32_t ByteAutomaton::pushed(std::int32_t back, std::int32_t below) {
  const std::uint64_t key =
      static_cast<std::uint64_t>(static_cast<std::uint32_t>(back)) << 32U | static_cast<std::uint32_t>(below);
  const auto [found, is_new] = known_stacks_.try_emplace(key, static_cast<std::int32_t>(stacks_.size()));
  if (is_new) stacks_.push_back({back, below, stacks_[static_cast<std::size_t>(below)].depth + 1});
  return found->second;
}

ByteAutomaton::StateId ByteAutomaton::state_of(std::vector<Place> places, bool accepts) {
  std::string key(places.size() * sizeof(Place) + 1, accepts ? '1' : '0');
  if (!places.empty()) std::memcpy(key.data() + 1, places.data(), places.size() * sizeof(Place));
  const auto [found, is_new] =
      known_states_.try_emplace(std::move(key), static_cast<StateId>(states_.size()));
  if (is_new) states_.push_back({.places = std::move(places), .accepts = accepts, .next = nullptr});
  return found->second;
}

ByteAutomaton::Description ByteAutomaton::describe(StateId state) const {
  Description description{.accepts = at(state).accepts, .places = {}};
  for (const Place& place : at(state).places) {
    Description::Place told{.node = place.node, .back = {}};
    for (std::int32_t stack = place.stack; stack != 0; stack = stacks_[static_cast<std::size_t>(stack)].below)
      told.back.push_back(stacks_[static_cast<std::size_t>(stack)].back);
    std::ranges::reverse(told.back);
    description.places.push_back(std::move(told));
  }
  return description;
}

ByteAutomaton::StateId ByteAutomaton::adopt(const Description& description) {
  std::vector<Place> places;
  for (const Description::Place& told : description.places) {
    std::int32_t stack = 0;
    for (const std::int32_t back : told.back) stack = pushed(back, stack);
    places.push_back({told.node, stack});
  }
  return state_of(std::move(places), description.accepts);
}

}  // namespace preceptor::engine
