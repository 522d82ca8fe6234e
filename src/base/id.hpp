#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace preceptor {

// A typed row id: using TaskId = Id<struct TaskTag>; Zero means "none yet", the store starts at one.
template <class Tag>
struct Id {
  std::int64_t value = 0;

  auto operator<=>(const Id&) const = default;
  explicit operator bool() const { return value != 0; }
};

}  // namespace preceptor

template <class Tag>
struct std::hash<preceptor::Id<Tag>> {
  std::size_t operator()(preceptor::Id<Tag> id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
