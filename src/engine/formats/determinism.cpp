#include <dnnl.h>
#include <gnu/libc-version.h>
#include <hwy/highway.h>

#include "base/version.hpp"
#include "engine/formats/manifest.hpp"
#include "engine/kernels/isa.hpp"
#include "engine/kernels/threads.hpp"

namespace preceptor::engine {
namespace {

std::string dotted(int major, int minor, int patch) {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

}  // namespace

Determinism determinism_here(Precision precision, int threads) {
  const dnnl_version_t* onednn = dnnl_version();
  return {.isa = name_of(chosen_isa()),
          .precision = usable_precision(precision) == Precision::bf16 ? "bf16" : "fp32",
          .threads = threads > 0 ? threads : hardware_threads(),
          .libraries = {{"preceptor", std::string(version())},
                        {"onednn", dotted(onednn->major, onednn->minor, onednn->patch)},
                        {"highway", dotted(HWY_MAJOR, HWY_MINOR, HWY_PATCH)},
                        {"libc", gnu_get_libc_version()},
                        {"compiler", __VERSION__}}};
}

}  // namespace preceptor::engine
