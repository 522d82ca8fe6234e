// The way back from a copy that Database::backup made.
#pragma once

#include <filesystem>

#include "store/store.hpp"

namespace preceptor::store {

// Puts the copy where these options look for their database. Refuses with conflict when something is there
// already: a restore never overwrites.
Result<void> restore(const std::filesystem::path& copy, const OpenOptions&);

}  // namespace preceptor::store
