// What the event log remembers of texts: a hash over every part that people or models see.
#pragma once

#include "feedback/types.hpp"

namespace preceptor::feedback {

std::string content_hash(const Prompt&);    // messages and labels; not id, author, time
std::string content_hash(const Response&);  // prompt, text, model

}  // namespace preceptor::feedback
