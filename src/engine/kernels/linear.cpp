#include "engine/kernels/linear.hpp"

#include <cassert>
#include <map>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>
#include <utility>

#include "engine/kernels/isa.hpp"
#include "engine/kernels/weight_gradient_bf16.hpp"

namespace preceptor::engine {

namespace {

using dnnl::memory;
using Strides = memory::dims;

dnnl::engine& processor() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

template <class T>
constexpr memory::data_type type_of =
    std::is_same_v<T, float> ? memory::data_type::f32 : memory::data_type::bf16;

enum class Sum { overwrite, add };

// The library would allocate its working memory anew for each product, and the system clear it.
dnnl::primitive_attr user_scratchpad() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

PackRoom& scratchpad_of_this_thread() {
  thread_local PackRoom room;
  return room;
}

dnnl::matmul::primitive_desc matmul_description(const memory::desc& a, const memory::desc& b,
                                                const memory::desc& c, Sum sum) {
  dnnl::primitive_attr attributes = user_scratchpad();
  if (sum == Sum::add) {
    dnnl::post_ops after;
    after.append_sum(1.0F);
    attributes.set_post_ops(after);
  }
#if DNNL_VERSION_MAJOR >= 3
  return {processor(), a, b, c, attributes};
#else
  return {dnnl::matmul::desc(a, b, c), attributes, processor()};
#endif
}

dnnl::matmul::primitive_desc biased_matmul_description(const memory::desc& a, const memory::desc& b,
                                                       const memory::desc& bias, const memory::desc& c) {
#if DNNL_VERSION_MAJOR >= 3
  return {processor(), a, b, bias, c, user_scratchpad()};
#else
  return {dnnl::matmul::desc(a, b, bias, c), user_scratchpad(), processor()};
#endif
}

// One matrix product of fixed shapes; the operands' addresses change from call to call.
class Product {
public:
  explicit Product(const dnnl::matmul::primitive_desc& description)
      : product_(description),
        a_(description.src_desc(), processor(), nullptr),
        b_(description.weights_desc(), processor(), nullptr),
        c_(description.dst_desc(), processor(), nullptr),
        scratchpad_(description.scratchpad_desc(), processor(), nullptr),
        scratchpad_bytes_(description.scratchpad_desc().get_size()),
        arguments_{{DNNL_ARG_SRC, a_},
                   {DNNL_ARG_WEIGHTS, b_},
                   {DNNL_ARG_DST, c_},
                   {DNNL_ARG_SCRATCHPAD, scratchpad_}} {}

  Product(const dnnl::matmul::primitive_desc& description, const memory::desc& bias) : Product(description) {
    bias_ = memory(bias, processor(), nullptr);
    arguments_.emplace(DNNL_ARG_BIAS, bias_);
  }

  void run(dnnl::stream& stream, const void* a, const void* b, void* c, const void* bias = nullptr) {
    if (bias != nullptr) bias_.set_data_handle(const_cast<void*>(bias));
    a_.set_data_handle(const_cast<void*>(a));
    b_.set_data_handle(const_cast<void*>(b));
    c_.set_data_handle(c);
    if (scratchpad_bytes_ > 0)
      scratchpad_.set_data_handle(scratchpad_of_this_thread().reserve(scratchpad_bytes_));
    product_.execute(stream, arguments_);
    stream.wait();
  }

private:
  dnnl::matmul product_;
  memory a_, b_, c_, scratchpad_, bias_;
  std::size_t scratchpad_bytes_;
  std::unordered_map<int, memory> arguments_;
};

// Weights in the layout that the products want, made from row-major ones.
struct PackedWeight {
  memory packed;
  memory master;
  dnnl::reorder reorder;

  PackRoom* room;  // null: memory of its own

  PackedWeight(const memory::desc& master_shape, const memory::desc& packed_shape, PackRoom* shared)
      : packed(shared == nullptr ? memory(packed_shape, processor())
                                 : memory(packed_shape, processor(), nullptr)),
        master(master_shape, processor(), nullptr),
        reorder(master, packed),
        room(shared) {}

  template <class Held>
  void pack(dnnl::stream& stream, std::span<const Held> weight) {
    master.set_data_handle(const_cast<Held*>(weight.data()));
    if (room != nullptr) packed.set_data_handle(room->reserve(packed.get_desc().get_size()));
    reorder.execute(stream, master, packed);
    stream.wait();
  }
};

// The row count that decides the packed layout; other row counts reuse it.
constexpr memory::dim typical_rows = 1024;

}  // namespace

template <class Real>
struct Linear<Real>::Primitives {
  memory::dim out;
  memory::dim in;
  dnnl::stream stream{processor()};
  PackRoom* room = nullptr;
  std::unique_ptr<PackedWeight> transposed;  // (in, out), for x · weightᵀ
  std::unique_ptr<PackedWeight> straight;    // (out, in), for d_out · weight
  std::map<memory::dim, Product> forward, forward_biased, forward_fp32, backward_input, backward_weight;

  memory::desc plain(memory::dim rows, memory::dim columns, memory::data_type type = type_of<Real>) const {
    return {{rows, columns}, type, Strides{columns, 1}};
  }

  dnnl::matmul::primitive_desc product(memory::dim rows, memory::dim depth, memory::dim columns,
                                       const memory::desc& weight, memory::data_type out_type) const {
    return matmul_description(plain(rows, depth), weight, plain(rows, columns, out_type), Sum::overwrite);
  }

  Product biased_product(memory::dim rows) const {
    const memory::desc bias({1, out}, memory::data_type::f32, Strides{out, 1});
    return {biased_matmul_description(plain(rows, in), transposed->packed.get_desc(), bias, plain(rows, out)),
            bias};
  }

  // Makes `packed` for masters of this type where there is none yet.
  PackedWeight& packing(std::unique_ptr<PackedWeight>& packed, memory::data_type held, memory::dim depth,
                        memory::dim columns, const Strides& master) const {
    if (packed && packed->master.get_desc().data_type() == held) return *packed;
    const memory::desc any({depth, columns}, type_of<Real>, memory::format_tag::any);
    const auto chosen = product(typical_rows, depth, columns, any, type_of<Real>).weights_desc();
    packed = std::make_unique<PackedWeight>(memory::desc({depth, columns}, held, master), chosen, room);
    return *packed;
  }

  template <class Held>
  void pack(std::span<const Held> weight) {
    assert(weight.size() == static_cast<std::size_t>(out * in));
    packing(transposed, type_of<Held>, in, out, {1, in}).pack(stream, weight);
  }

  template <class Held>
  void pack_for_backward(std::span<const Held> weight) {
    assert(weight.size() == static_cast<std::size_t>(out * in));
    packing(straight, type_of<Held>, out, in, {in, 1}).pack(stream, weight);
  }

  template <class Make>
  Product& cached(std::map<memory::dim, Product>& products, memory::dim rows, const Make& make) {
    const auto found = products.find(rows);
    if (found != products.end()) return found->second;
    return products.try_emplace(rows, make()).first->second;
  }
};

template <class Real>
Linear<Real>::Linear(std::int32_t out_width, std::int32_t in_width) {
  chosen_isa();
  primitives_ = std::make_unique<Primitives>();
  primitives_->out = out_width;
  primitives_->in = in_width;
}

template <class Real>
Linear<Real>::Linear(Linear&&) noexcept = default;
template <class Real>
Linear<Real>& Linear<Real>::operator=(Linear&&) noexcept = default;
template <class Real>
Linear<Real>::~Linear() = default;

template <class Real>
std::int32_t Linear<Real>::out_width() const {
  return static_cast<std::int32_t>(primitives_->out);
}

template <class Real>
std::int32_t Linear<Real>::in_width() const {
  return static_cast<std::int32_t>(primitives_->in);
}

template <class Real>
void Linear<Real>::share(PackRoom& room) {
  primitives_->room = &room;
  primitives_->transposed.reset();
  primitives_->straight.reset();
}

template <class Real>
void Linear<Real>::pack(std::span<const float> weight) {
  primitives_->pack(weight);
}

template <class Real>
void Linear<Real>::pack(std::span<const Bf16> weight) {
  primitives_->pack(weight);
}

template <class Real>
void Linear<Real>::pack_for_backward(std::span<const float> weight) {
  primitives_->pack_for_backward(weight);
}

template <class Real>
void Linear<Real>::pack_for_backward(std::span<const Bf16> weight) {
  primitives_->pack_for_backward(weight);
}

template <class Real>
void Linear<Real>::forward(std::span<Real> out, std::span<const Real> x, std::int32_t rows,
                           std::span<const float> bias) {
  Primitives& p = *primitives_;
  if (!bias.empty()) {
    auto& product = p.cached(p.forward_biased, rows, [&] { return p.biased_product(rows); });
    product.run(p.stream, x.data(), p.transposed->packed.get_data_handle(), out.data(), bias.data());
    return;
  }
  auto& product = p.cached(p.forward, rows, [&] {
    return p.product(rows, p.in, p.out, p.transposed->packed.get_desc(), type_of<Real>);
  });
  product.run(p.stream, x.data(), p.transposed->packed.get_data_handle(), out.data());
}

template <class Real>
void Linear<Real>::forward_fp32(std::span<float> out, std::span<const Real> x, std::int32_t rows) {
  Primitives& p = *primitives_;
  auto& product = p.cached(p.forward_fp32, rows, [&] {
    return p.product(rows, p.in, p.out, p.transposed->packed.get_desc(), memory::data_type::f32);
  });
  product.run(p.stream, x.data(), p.transposed->packed.get_data_handle(), out.data());
}

template <class Real>
void Linear<Real>::backward_input(std::span<Real> d_x, std::span<const Real> d_out, std::int32_t rows) {
  Primitives& p = *primitives_;
  assert(p.straight);
  auto& product = p.cached(p.backward_input, rows, [&] {
    return p.product(rows, p.out, p.in, p.straight->packed.get_desc(), type_of<Real>);
  });
  product.run(p.stream, d_out.data(), p.straight->packed.get_data_handle(), d_x.data());
}

template <class Real>
void Linear<Real>::backward_weight(std::span<float> d_weight, std::span<const Real> d_out,
                                   std::span<const Real> x, std::int32_t rows) {
  if constexpr (std::is_same_v<Real, Bf16>) {
    if (cpu_has_bf16()) return add_weight_gradient_bf16(d_weight, d_out, x, rows);
  }
  backward_weight_in_library(d_weight, d_out, x, rows);
}

template <class Real>
void Linear<Real>::backward_weight_in_library(std::span<float> d_weight, std::span<const Real> d_out,
                                              std::span<const Real> x, std::int32_t rows) {
  Primitives& p = *primitives_;
  auto& product = p.cached(p.backward_weight, rows, [&] {
    const memory::desc d_out_transposed({p.out, rows}, type_of<Real>, Strides{1, p.out});
    return matmul_description(d_out_transposed, p.plain(rows, p.in),
                              p.plain(p.out, p.in, memory::data_type::f32), Sum::add);
  });
  product.run(p.stream, d_out.data(), x.data(), d_weight.data());
}

template class Linear<float>;
template class Linear<Bf16>;

}  // namespace preceptor::engine
