#include "engine/kernels/isa.hpp"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace preceptor::engine {
namespace {

// Kernels are tested under the cap that PRECEPTOR_ISA asks for.
class ChooseIsaFirst : public ::testing::Environment {
public:
  void SetUp() override { chosen_isa(); }
};
const auto* const choose_isa_first = ::testing::AddGlobalTestEnvironment(new ChooseIsaFirst);

TEST(Isa, CapsWhatKernelsUse) {
  const char* asked = std::getenv("PRECEPTOR_ISA");
  if (asked != nullptr && std::string(asked) != "avx512_bf16") {
    EXPECT_STREQ(name_of(chosen_isa()), asked);
  }
  const bool avx512_usable = (hwy::SupportedTargets() & HWY_AVX3) != 0;
  const bool avx2_usable = (hwy::SupportedTargets() & HWY_AVX2) != 0;
  EXPECT_EQ(avx512_usable, chosen_isa() >= Isa::avx512);
  EXPECT_EQ(avx2_usable, chosen_isa() >= Isa::avx2);
}

// Every narrower instruction set passes the kernels' tests and the golden cases, in a process of its own.
TEST(Isa, NarrowerSetsPassTheSameTests) {
  if (std::getenv("PRECEPTOR_ISA") != nullptr) return;  // this is such a process
  for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512}) {
    if (isa >= chosen_isa()) break;
    const std::string command =
        std::string("PRECEPTOR_ISA=") + name_of(isa) + " \"" +
        std::filesystem::read_symlink("/proc/self/exe").string() +
        "\" --gtest_brief=1 --gtest_filter='Isa.*:Rmsnorm.*:Swiglu.*:Rope.*:TargetLogprobs.*:"
        "Attention.*:Linear.*:*RowLinear*:Bf16.*:AdamW.*:*NetworkGolden*'";
    EXPECT_EQ(std::system(command.c_str()), 0) << name_of(isa);
  }
}

}  // namespace
}  // namespace preceptor::engine
