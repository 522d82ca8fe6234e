#pragma once
#include "feedback/types.hpp"
#include "server/api/projects.hpp"

namespace preceptor::server {

// Refuses kinds that there are not, with the place.
Result<feedback::Overlap> overlap_from(const api::Overlap&);

}  // namespace preceptor::server
