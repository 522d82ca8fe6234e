#include "server/request_id.hpp"

namespace preceptor::server {

std::string request_id(std::string_view sent, std::string given) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  const bool plain =
      !sent.empty() && sent.size() <= 64 && sent.find_first_not_of(letters) == std::string_view::npos;
  return plain ? std::string(sent) : std::move(given);
}

}  // namespace preceptor::server
