#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "base/result.hpp"
#include "engine/checkpoint/checkpoint.hpp"

namespace preceptor::engine {

inline constexpr const char* weights_file = "parameters.safetensors";
inline constexpr const char* first_moment_file = "first_moment.safetensors";
inline constexpr const char* second_moment_file = "second_moment.safetensors";
inline constexpr const char* record_file = "checkpoint.json";

// The small part of a checkpoint. It vouches for the large files, and for itself.
struct CheckpointRecord {
  TrainingState state;
  std::int64_t optimiser_step_count = 0;
  std::string config_json;                       // Trainee::identity()
  std::string optimiser_json;                    // options
  std::map<std::string, std::string> checksums;  // file → XXH3 of its bytes, hex
};

std::string optimiser_fingerprint(const AdamWOptions& options);

std::string checksum_of(const std::filesystem::path& file);  // throws Failure when it cannot be read

void write_record(const std::filesystem::path& folder, const CheckpointRecord& record);
Result<CheckpointRecord> read_record(const std::filesystem::path& folder);

}  // namespace preceptor::engine
