// A language model of a few thousand random weights, as a Hugging Face folder: it answers with noise, but it
// loads, trains and is hashed like any other.
#pragma once

#include <cstdint>
#include <filesystem>

namespace preceptor::cli::tests {

void write_tiny_model(const std::filesystem::path& folder, std::uint64_t seed = 3);

}  // namespace preceptor::cli::tests
