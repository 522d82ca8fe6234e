// A stranger's pre-training recipe.
#include "cli/recipe.hpp"
#include "driver/input.hpp"

using namespace preceptor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::MemoryFile file(fuzz::as_text(data, size));
  const auto recipe = cli::read_recipe(file.path());
  if (!recipe) fuzz::require(!recipe.error().message.empty(), "a refusal says why");
  return 0;
}
