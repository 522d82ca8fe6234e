#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/constrained/grammar.hpp"

namespace preceptor::engine {

// A grammar read byte by byte: the states are sets of places in it, made when they are first reached and
// kept. Not thread-safe.
class ByteAutomaton {
public:
  using StateId = std::int32_t;
  static constexpr StateId dead = -1;

  explicit ByteAutomaton(std::shared_ptr<const Grammar> grammar);

  StateId start() const { return start_; }
  // dead when no text goes on with this byte.
  StateId step(StateId state, unsigned char byte);
  bool accepts(StateId state) const { return at(state).accepts; }  // the text may end here
  bool goes_on(StateId state) const { return !at(state).places.empty(); }
  std::size_t size_of(StateId state) const { return at(state).places.size(); }

  std::size_t state_count() const { return states_.size(); }

  // A state in words that another automaton of the same grammar understands.
  struct Description {
    bool accepts = false;
    struct Place {
      std::int32_t node = 0;
      std::vector<std::int32_t> back;  // where the rules go on, outermost first
    };
    std::vector<Place> places;
  };
  Description describe(StateId state) const;
  StateId adopt(const Description& description);

private:
  struct Place {
    std::int32_t node = 0;
    std::int32_t stack = 0;
    bool operator==(const Place&) const = default;
  };
  struct Stack {  // 0: empty
    std::int32_t back = 0, below = 0, depth = 0;
  };
  struct State {
    std::vector<Place>
        places;  // in the order in which they were found, which does not depend on other states
    bool accepts = false;
    std::unique_ptr<StateId[]> next;  // by byte
  };
  class Closure;

  const State& at(StateId state) const { return states_[static_cast<std::size_t>(state)]; }
  std::int32_t pushed(std::int32_t back, std::int32_t below);
  StateId state_of(std::vector<Place> places, bool accepts);

  std::shared_ptr<const Grammar> grammar_;  // shared with the automata that came before
  std::vector<State> states_;
  std::unordered_map<std::string, StateId> known_states_;
  std::vector<Stack> stacks_;
  std::unordered_map<std::uint64_t, std::int32_t> known_stacks_;
  StateId start_ = 0;
};

}  // namespace preceptor::engine
