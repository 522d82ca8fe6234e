#include "engine/kernels/isa.hpp"

#include <algorithm>
#include <cstdlib>
#include <oneapi/dnnl/dnnl.hpp>
#include <string_view>

#include <hwy/targets.h>

namespace preceptor::engine {

namespace {

Isa cpu_isa() {
  __builtin_cpu_init();
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (avx512) return __builtin_cpu_supports("avx512bf16") ? Isa::avx512_bf16 : Isa::avx512;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? Isa::avx2 : Isa::baseline;
}

Isa isa_cap() {
  const char* text = std::getenv("PRECEPTOR_ISA");
  if (text == nullptr) return Isa::avx512_bf16;
  for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512}) {
    if (std::string_view(text) == name_of(isa)) return isa;
  }
  return Isa::avx512_bf16;
}

// Everything at or above AVX-512; Highway numbers better x86 targets lower.
constexpr std::int64_t highway_avx512_and_better = (HWY_AVX3 << 1) - 1;

Isa apply() {
  const Isa isa = std::min(cpu_isa(), isa_cap());
  if (isa == cpu_isa()) return isa;
  if (isa == Isa::baseline) {
    hwy::DisableTargets((HWY_AVX2 << 1) - 1);
    dnnl::set_max_cpu_isa(dnnl::cpu_isa::sse41);
  } else if (isa == Isa::avx2) {
    hwy::DisableTargets(highway_avx512_and_better);
    dnnl::set_max_cpu_isa(dnnl::cpu_isa::avx2);
  } else {
    dnnl::set_max_cpu_isa(dnnl::cpu_isa::avx512_core_vnni);
  }
  return isa;
}

}  // namespace

Isa chosen_isa() {
  static const Isa isa = apply();
  return isa;
}

const char* name_of(Isa isa) {
  switch (isa) {
    case Isa::baseline: return "baseline";
    case Isa::avx2: return "avx2";
    case Isa::avx512: return "avx512";
    case Isa::avx512_bf16: return "avx512_bf16";
  }
  return "";
}

}  // namespace preceptor::engine
