#pragma once

// Names that a person of the invented country could have coined.

#include <string>
#include <vector>

#include "base/random.hpp"
#include "demo/world.hpp"

namespace preceptor::demo {

// `count` coined words of a desk, e.g. "Velorin" for a medicine, "Aldermoor" for a place. All are
// pronounceable, none is within two letters of another or of any in `taken`.
std::vector<std::string> coin_names(Desk, int count, const std::vector<std::string>& taken, Random&);

// The full name of an entity around its coined word: "Velorin", "Aldermoor Tenancy Act", "Talvik lathe".
std::string full_name(Desk, const std::string& coined, Random&);

// How many letters must change to turn one word into the other.
int edit_distance(std::string_view, std::string_view);

}  // namespace preceptor::demo
