#pragma once

// Which instruction sets Highway compiles a kernel for: the baseline, AVX2, and AVX-512. Each costs compile
// time, and processors that have only what lies between are too old to train on. Include before any header of
// Highway, after defining HWY_TARGET_INCLUDE.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL)

#include <hwy/foreach_target.h>
