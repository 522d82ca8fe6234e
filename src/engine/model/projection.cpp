#include "engine/model/projection.hpp"

#include <algorithm>
#include <type_traits>

#include "engine/kernels/bias.hpp"
#include "engine/kernels/held_matrix.hpp"
#include "engine/kernels/joined_rows.hpp"
#include "engine/kernels/parallel.hpp"

namespace preceptor::engine {

namespace {

constexpr std::size_t rows_per_part = 32;

template <class T>
std::span<T> take(PackRoom& room, std::size_t count) {
  return {reinterpret_cast<T*>(room.reserve(count * sizeof(T))), count};
}

template <class T>
std::span<const T> read(std::span<T> values) {
  return values;
}

// The matrix where it can be packed as it stands.
template <class Real, class Pack>
bool pack_as_held(const HeldMatrix& held, const Pack& pack) {
  if (!held.fp32.empty()) {
    pack(held.fp32);
    return true;
  }
  if (std::is_same_v<Real, Bf16> && !held.bf16.empty()) {
    pack(held.bf16);
    return true;
  }
  return false;
}

std::size_t size(std::int32_t width) { return static_cast<std::size_t>(width); }

std::int32_t width_of(const LoraTargets* targets, std::int32_t inputs) {
  return targets == nullptr || targets->empty()
             ? 0
             : static_cast<std::int32_t>(targets->a.count / static_cast<std::size_t>(inputs));
}

}  // namespace

template <class Real>
Projection<Real>::Projection(Shape shape, const ModelWeights& weights, const LinearSlices& slices,
                             const LoraTargets* targets, ProjectionRoom<Real>& room)
    : shape_(shape),
      weights_(weights),
      slices_(slices),
      low_width_(width_of(targets, shape.inputs)),
      room_(&room),
      wide_(shape.outputs, shape.inputs + low_width_) {
  if (low_width_ > 0) {
    targets_ = *targets;
    tall_.emplace(shape.outputs + low_width_, shape.inputs);
    factors_.emplace(Factors{{low_width_, shape.inputs}, {shape.outputs, low_width_}});
  }
  if (!room.shares_packed) return;
  wide_.share(room.packed);
  if (tall_) tall_->share(room.packed);
}

template <class Real>
void Projection<Real>::weights_changed() {
  factors_packed_ = false;
  wide_packed_ = tall_packed_ = false;
}

template <class Real>
ProjectionMemory Projection<Real>::memory(std::size_t rows) const {
  const std::size_t outputs = size(shape_.outputs), inputs = size(shape_.inputs), low = size(low_width_);
  const std::size_t wide = outputs * (inputs + low), tall = (outputs + low) * inputs;
  ProjectionMemory memory;
  memory.packed = sizeof(Real) * (room_->shares_packed ? std::max(wide, tall) : wide + tall);
  if (weights_.adapter() != nullptr) memory.beside = sizeof(Real) * std::max(wide, tall);
  if (low == 0) return memory;
  memory.packed_factors = sizeof(Real) * low * (inputs + outputs);
  memory.beside +=
      sizeof(Real) * rows * (std::max(inputs, outputs) + 2 * low) + sizeof(float) * outputs * low;
  return memory;
}

template <class Real>
std::size_t Projection<Real>::row_count(std::span<const Real> x) const {
  return x.size() / size(shape_.inputs);
}

// Rows begin … end of s·B, each target in its own rows and columns, zero elsewhere; `out` is row `begin`,
// rows are `step` values apart.
template <class Real>
void Projection<Real>::write_b(Real* out, std::size_t step, std::size_t begin, std::size_t end) const {
  const std::size_t rank = size(weights_.adapter()->options().rank);
  const float scale = weights_.adapter()->scale();
  for (std::size_t row = begin; row < end; ++row) {
    std::fill_n(out + (row - begin) * step, size(low_width_), Real{});
  }
  for (std::size_t part = 0; part < targets_.parts.size(); ++part) {
    const LoraTargets::Part& target = targets_.parts[part];
    const std::size_t first = size(target.first_output);
    const std::span<const float> b = target.b.of(adapter_values());
    const std::size_t last = std::min(end, first + size(target.outputs));
    for (std::size_t row = std::max(begin, first); row < last; ++row) {
      Real* to = out + (row - begin) * step + part * rank;
      const float* from = &b[(row - first) * rank];
      for (std::size_t i = 0; i < rank; ++i) {
        if constexpr (std::is_same_v<Real, float>) {
          to[i] = scale * from[i];
        } else {
          to[i] = to_bf16(scale * from[i]);
        }
      }
    }
  }
}

template <class Real>
void Projection<Real>::pack_factors() {
  if (factors_packed_) return;
  factors_->a.pack(targets_.a.of(adapter_values()));
  const std::span<Real> b = take<Real>(room_->joined_weights, size(shape_.outputs) * size(low_width_));
  parallel_blocks(size(shape_.outputs), rows_per_part, [&](std::size_t begin, std::size_t end) {
    write_b(&b[begin * size(low_width_)], size(low_width_), begin, end);
  });
  factors_->b.pack_for_backward(read(b));
  factors_packed_ = true;
}

// [W | s·B]
template <class Real>
void Projection<Real>::pack_wide() {
  if (wide_packed_ && !room_->shares_packed) return;
  wide_packed_ = true;
  const HeldMatrix held = weights_.matrix(slices_.weight);
  if (low_width_ == 0 && pack_as_held<Real>(held, [&](auto weight) { wide_.pack(weight); })) return;
  const std::size_t inputs = size(shape_.inputs);
  const std::size_t step = inputs + size(low_width_);
  const std::span<Real> joined = take<Real>(room_->joined_weights, size(shape_.outputs) * step);
  parallel_blocks(size(shape_.outputs), rows_per_part, [&](std::size_t begin, std::size_t end) {
    copy_rows(&joined[begin * step], step, held, inputs, begin, end);
    if (low_width_ > 0) write_b(&joined[begin * step + inputs], step, begin, end);
  });
  wide_.pack(read(joined));
}

// [W ; A]
template <class Real>
void Projection<Real>::pack_tall() {
  if (tall_packed_ && !room_->shares_packed) return;
  tall_packed_ = true;
  const HeldMatrix held = weights_.matrix(slices_.weight);
  Linear<Real>& linear = tall_ ? *tall_ : wide_;
  const auto pack = [&](auto weight) { linear.pack_for_backward(weight); };
  if (low_width_ == 0 && pack_as_held<Real>(held, pack)) return;
  const std::size_t inputs = size(shape_.inputs);
  const std::size_t base = size(shape_.outputs) * inputs;
  const std::span<Real> joined = take<Real>(room_->joined_weights, base + size(low_width_) * inputs);
  parallel_blocks(size(shape_.outputs), rows_per_part, [&](std::size_t begin, std::size_t end) {
    copy_rows(&joined[begin * inputs], inputs, held, inputs, begin, end);
  });
  if (low_width_ > 0) convert(joined.subspan(base), targets_.a.of(adapter_values()));
  linear.pack_for_backward(read(joined));
}

template <class Real>
void Projection<Real>::forward(std::span<Real> out, std::span<Real> low, std::span<const Real> x) {
  if (low_width_ > 0) return adapted_forward(out, low, x);
  pack_wide();
  wide_.forward(out, x, static_cast<std::int32_t>(row_count(x)), slices_.bias.of(weights_.vectors()));
}

template <class Real>
void Projection<Real>::adapted_forward(std::span<Real> out, std::span<Real> low, std::span<const Real> x) {
  const std::size_t rows = row_count(x);
  const auto count = static_cast<std::int32_t>(rows);
  pack_factors();
  factors_->a.forward(low, x, count);
  const std::span<Real> joined = take<Real>(room_->joined_rows, x.size() + low.size());
  join_rows(joined, x, read(low), rows);
  pack_wide();
  wide_.forward(out, joined, count, slices_.bias.of(weights_.vectors()));
}

template <class Real>
void Projection<Real>::backward(std::span<Real> d_x, std::span<const Real> d_out, std::span<const Real> x,
                                std::span<const Real> low, const Gradients& gradients) {
  backward_input(d_x, d_out);
  backward_weights(d_out, x, low, gradients);
}

template <class Real>
void Projection<Real>::backward_input(std::span<Real> d_x, std::span<const Real> d_out) {
  if (low_width_ > 0) return adapted_backward_input(d_x, d_out);
  pack_tall();
  wide_.backward_input(d_x, d_out, static_cast<std::int32_t>(row_count(d_x)));
}

template <class Real>
void Projection<Real>::backward_weights(std::span<const Real> d_out, std::span<const Real> x,
                                        std::span<const Real> low, const Gradients& gradients) {
  if (low_width_ > 0) return adapted_backward_weights(d_out, x, low, gradients.adapter);
  if (gradients.frozen()) return;
  const auto rows = static_cast<std::int32_t>(row_count(x));
  wide_.backward_weight(slices_.weight.of(gradients.tables_and_matrices), d_out, x, rows);
  if (slices_.bias.count > 0) bias_backward(slices_.bias.of(gradients.vectors), d_out);
}

// Leaves d_out·s·B in the room, for the weights.
template <class Real>
void Projection<Real>::adapted_backward_input(std::span<Real> d_x, std::span<const Real> d_out) {
  const std::size_t rows = row_count(d_x);
  const auto count = static_cast<std::int32_t>(rows);
  pack_factors();
  const std::span<Real> d_low = take<Real>(room_->low_gradient, rows * size(low_width_));
  factors_->b.backward_input(d_low, d_out, count);
  const std::span<Real> joined = take<Real>(room_->joined_rows, d_out.size() + d_low.size());
  join_rows(joined, d_out, read(d_low), rows);
  pack_tall();
  tall_->backward_input(d_x, joined, count);
}

template <class Real>
void Projection<Real>::adapted_backward_weights(std::span<const Real> d_out, std::span<const Real> x,
                                                std::span<const Real> low, std::span<float> gradients) {
  const std::size_t rows = row_count(x);
  const auto count = static_cast<std::int32_t>(rows);
  const std::size_t width = size(low_width_);
  const std::span<Real> d_low = take<Real>(room_->low_gradient, rows * width);
  factors_->a.backward_weight(targets_.a.of(gradients), read(d_low), x, count);

  const std::span<float> d_b = take<float>(room_->b_gradient, size(shape_.outputs) * width);
  std::ranges::fill(d_b, 0.0F);
  factors_->b.backward_weight(d_b, d_out, low, count);
  const std::size_t rank = size(weights_.adapter()->options().rank);
  const float scale = weights_.adapter()->scale();
  for (std::size_t part = 0; part < targets_.parts.size(); ++part) {
    const LoraTargets::Part& target = targets_.parts[part];
    const std::span<float> to = target.b.of(gradients);
    parallel_blocks(size(target.outputs), 8 * rows_per_part, [&](std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        const float* from = &d_b[(size(target.first_output) + row) * width + part * rank];
        for (std::size_t i = 0; i < rank; ++i) to[row * rank + i] += scale * from[i];
      }
    });
  }
}

template class Projection<float>;
template class Projection<Bf16>;

}  // namespace preceptor::engine
