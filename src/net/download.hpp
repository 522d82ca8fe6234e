#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "base/result.hpp"
#include "net/http_client.hpp"

namespace preceptor::net {

struct Download {
  std::string url;
  std::filesystem::path path;
  std::string sha256;                   // 64 lower-case digits: what the file must be
  std::uint64_t bytes = 0;              // its size; 0: not known
  std::uint64_t bytes_max = 0;          // more is refused before it fills the disk; 0: `bytes`
  int attempts = 5;                     // in a row that brought nothing
  std::chrono::milliseconds wait{500};  // between them, doubling
  std::chrono::milliseconds idle_timeout{60000};
};

using OnProgress = std::function<void(std::uint64_t received, std::uint64_t total)>;  // total 0: not known

// Fetches a file that appears under `path` only whole and verified. What has come so far stays in
// `path` + ".partial" whatever happens, and a later call goes on from there (a Range request; a server that
// knows none is asked from the start). Follows redirects, never from https to http. A file that is there
// already and right is left alone. Refuses: not_found and forbidden (the server says so), unavailable (with
// what to do), corrupt (the wrong bytes; they are removed), too_large, cancelled. Throws Failure on a full
// disk.
Result<void> download(HttpClient& client, const Download& wanted, const OnProgress& on_progress = {},
                      std::stop_token stop = {});

}  // namespace preceptor::net
