// Fetching a known model: over the network, or from files that came another way.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "base/result.hpp"
#include "cli/model_sources.hpp"
#include "net/download.hpp"

namespace preceptor::cli {

struct PullRequest {
  const ModelSource* source = nullptr;
  std::filesystem::path folder;  // the file appears in it
  std::string mirror;            // "http://host:port" in place of the source's host; empty: none
  std::filesystem::path
      from;  // a file, or a folder that has it or its parts anywhere below; empty: the network
};

// Answers where the file is. Whatever the way, it has the pinned hash then.
Result<std::filesystem::path> pull_model(const PullRequest& request, const net::OnProgress& on_progress,
                                         std::stop_token stop = {});

}  // namespace preceptor::cli
