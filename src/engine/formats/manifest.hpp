#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/formats/stored_type.hpp"
#include "engine/kernels/precision.hpp"
#include "engine/parameters.hpp"

// manifest.json stands beside every export: what the files are, and what the model must answer.
namespace preceptor::engine {

struct ManifestFile {
  std::string name;
  std::string sha256;
  std::uint64_t bytes = 0;
};

// A text and what the stored weights say of it, computed in fp32. A language model has logprobs[i] of ids[i +
// 1] after ids[0 … i]; a classifier has the scores of the whole text.
struct Golden {
  std::vector<std::int32_t> ids;
  std::vector<float> logprobs;
  std::vector<float> scores;
};

// What the same bits depend on.
struct Determinism {
  std::string isa;
  std::string precision;
  int threads = 0;
  std::map<std::string, std::string> libraries;  // name → version
};

struct Manifest {
  std::vector<ManifestFile> files;  // by name; all but the manifest itself
  std::string template_sha256;      // of the chat template's source; empty without one
  Golden golden;
  Determinism determinism;

  // One hash for the model: over the names and hashes of the files. Equal files give an equal hash wherever
  // they are.
  std::string model_sha256() const;
};

// This machine and build. threads 0: hardware threads.
Determinism determinism_here(Precision precision, int threads);

// Answers for the weights as `stored` rounds them. Throws Failure(invalid) when ids do not fit the model.
Golden golden_answers(const Parameters& parameters, std::span<const std::int32_t> ids, StoredType stored);

// The largest difference between the manifest's golden answers and those of these parameters, in fp32.
float golden_error_max(const Golden& golden, const Parameters& parameters);

std::vector<ManifestFile> hash_files(
    const std::filesystem::path& folder);             // regular files except manifest.json
std::string manifest_text(const Manifest& manifest);  // JSON; same manifest, same bytes
Result<Manifest> read_manifest(const std::filesystem::path& folder);

// Refuses (corrupt) and names the first file that is missing or not what the manifest says.
Result<void> verify_files(const std::filesystem::path& folder, const Manifest& manifest);

}  // namespace preceptor::engine
