#pragma once
// What all answers of this server have in common.
#include <exception>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "server/http/message.hpp"

namespace preceptor::server {

// Nothing is kept, guessed, framed or read by other sites.
void add_api_headers(http::Response&);
http::Response plain_answer(int status, std::string_view type, std::string body);
// Of anything that was thrown: a Failure's own, else an internal one.
Error error_of(std::exception_ptr);

}  // namespace preceptor::server
