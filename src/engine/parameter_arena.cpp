#include "engine/parameter_arena.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace preceptor::engine {

std::vector<std::int64_t> ParameterInfo::stored_shape() const {
  return stored_transposed ? std::vector(shape.rbegin(), shape.rend()) : shape;
}

ParameterArena::ParameterArena(std::vector<ParameterInfo> list, std::size_t size)
    : list_(std::move(list)), arena_(size) {}

std::size_t ParameterArena::count() const {
  return std::accumulate(list_.begin(), list_.end(), std::size_t{0},
                         [](std::size_t sum, const ParameterInfo& info) { return sum + info.count; });
}

std::span<float> ParameterArena::tensor(std::string_view name) {
  const auto found = std::ranges::find(list_, name, &ParameterInfo::name);
  return found == list_.end() ? std::span<float>{} : values().subspan(found->offset, found->count);
}

std::span<const float> ParameterArena::tensor(std::string_view name) const {
  const auto found = std::ranges::find(list_, name, &ParameterInfo::name);
  return found == list_.end() ? std::span<const float>{} : values().subspan(found->offset, found->count);
}

}  // namespace preceptor::engine
