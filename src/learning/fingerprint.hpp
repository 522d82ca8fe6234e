#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/hash.hpp"
#include "engine/model/trainee.hpp"
#include "learning/objective.hpp"
#include "learning/training.hpp"

namespace preceptor::learning {

// Tells runs apart: equal for the same starting weights, examples, objective and options, whatever the
// machine.
std::string fingerprint(const engine::Trainee& trainee, const Objective& objective,
                        const TrainingOptions& options);

// The bytes of plain numbers, digested first, so that long lists stay cheap.
template <class T>
void add_numbers(Sha256& hash, std::span<const T> numbers) {
  static_assert(std::is_arithmetic_v<T>);
  const auto bytes = std::as_bytes(numbers);
  const std::uint64_t digest =
      xxh3({reinterpret_cast<const char*>(bytes.data()), bytes.size()});  // a view of the same bytes
  hash.add(std::to_string(numbers.size()) + ":" + std::to_string(digest) + ";");
}

}  // namespace preceptor::learning
