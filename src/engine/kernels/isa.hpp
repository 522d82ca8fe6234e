#pragma once

namespace preceptor::engine {

// The best instruction set that kernels may use. Names as in PRECEPTOR_ISA: baseline, avx2, avx512,
// avx512_bf16.
enum class Isa { baseline, avx2, avx512, avx512_bf16 };

// What this CPU has, capped by the environment variable PRECEPTOR_ISA (read once). The first call also caps
// Highway and oneDNN; constructors of whatever owns kernels call it before any other use of them.
Isa chosen_isa();

const char* name_of(Isa isa);

}  // namespace preceptor::engine
