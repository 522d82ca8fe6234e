// The base model of the demo, which is part of the program.
#pragma once

#include <filesystem>

namespace preceptor::cli {

bool shipped_base_is_there();

// Writes its files into a folder. Throws Failure when this program was built without it.
void write_shipped_base(const std::filesystem::path& folder);

}  // namespace preceptor::cli
