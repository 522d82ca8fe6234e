#include "engine/formats/manifest.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "engine/formats/half.hpp"
#include "engine/model/network.hpp"

namespace preceptor::engine {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* manifest_name = "manifest.json";
constexpr const char* manifest_format = "preceptor-model-1";
constexpr std::size_t manifest_bytes_max = std::size_t{16} << 20;

void round_to(std::span<float> values, StoredType stored) {
  if (stored == StoredType::bf16) {
    for (float& value : values) value = to_float(to_bf16(value));
  }
  if (stored == StoredType::f16) {
    for (float& value : values) value = half_to_float(float_to_half(value));
  }
}

Golden answers(Parameters& parameters, std::span<const std::int32_t> ids) {
  Golden golden{.ids = {ids.begin(), ids.end()}, .logprobs = {}, .scores = {}};
  if (ids.empty()) return golden;
  const auto rows = static_cast<std::int32_t>(ids.size());
  const PackedBatch batch{.tokens = golden.ids, .starts = {0, rows}};
  Network network(parameters, {.precision = Precision::fp32, .threads = 0});
  if (parameters.config().label_count > 0) {
    golden.scores = network.scores(batch);
    return golden;
  }
  std::vector<Target> targets;
  for (std::int32_t row = 0; row + 1 < rows; ++row) {
    targets.push_back({row, ids[static_cast<std::size_t>(row) + 1]});
  }
  if (!targets.empty()) golden.logprobs = network.logprobs(batch, targets);
  return golden;
}

float difference_max(std::span<const float> one, std::span<const float> other) {
  if (one.size() != other.size()) return std::numeric_limits<float>::infinity();
  float largest = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    const float difference = std::abs(one[i] - other[i]);
    if (!(difference <= largest)) largest = difference;  // a NaN wins
  }
  return largest;
}

template <class T>
void read_into(T& out, const json& object, const char* key, std::optional<Error>& problem) {
  auto value = json_find<T>(object, key);
  if (!value) {
    problem = value.error();
  } else if (*value) {
    out = std::move(**value);
  }
}

Result<Manifest> manifest_from(const json& object) {
  const json empty = json::object();
  Manifest manifest;
  const auto format = json_get<std::string>(object, "format");
  if (!format) return tl::unexpected(format.error());
  if (*format != manifest_format)
    return refuse(ErrorKind::unsupported, "a manifest of format '" + *format + "'");
  const auto files = json_get<json>(object, "files");
  if (!files) return tl::unexpected(files.error());
  if (!files->is_object()) return refuse(ErrorKind::invalid, "'files' is not an object");
  for (const auto& [name, entry] : files->items()) {
    const auto sha256 = json_get<std::string>(entry, "sha256");
    const auto bytes = json_get<std::uint64_t>(entry, "bytes");
    if (!sha256) return tl::unexpected(sha256.error());
    if (!bytes) return tl::unexpected(bytes.error());
    if (name.find('/') != std::string::npos)
      return refuse(ErrorKind::invalid, "a file outside the folder: " + name);
    manifest.files.push_back({name, *sha256, *bytes});
  }
  std::optional<Error> problem;
  const json golden = object.value("golden", empty);
  read_into(manifest.golden.ids, golden, "ids", problem);
  read_into(manifest.golden.logprobs, golden, "logprobs", problem);
  read_into(manifest.golden.scores, golden, "scores", problem);
  read_into(manifest.template_sha256, object, "template_sha256", problem);
  const json here = object.value("determinism", empty);
  read_into(manifest.determinism.isa, here, "isa", problem);
  read_into(manifest.determinism.precision, here, "precision", problem);
  read_into(manifest.determinism.threads, here, "threads", problem);
  if (problem) return tl::unexpected(*problem);
  const json libraries = here.value("libraries", empty);
  for (const auto& [name, version] : libraries.items()) {
    if (version.is_string()) manifest.determinism.libraries[name] = version.get<std::string>();
  }
  return manifest;
}

}  // namespace

std::string Manifest::model_sha256() const {
  std::string lines;
  for (const ManifestFile& file : files) lines += file.sha256 + "  " + file.name + "\n";
  return sha256_hex(lines);
}

Golden golden_answers(const Parameters& parameters, std::span<const std::int32_t> ids, StoredType stored) {
  Parameters copy = parameters.clone();
  round_to(copy.values(), stored);
  return answers(copy, ids);
}

float golden_error_max(const Golden& golden, const Parameters& parameters) {
  Parameters copy = parameters.clone();
  const Golden now = answers(copy, golden.ids);
  return std::max(difference_max(golden.logprobs, now.logprobs), difference_max(golden.scores, now.scores));
}

std::vector<ManifestFile> hash_files(const fs::path& folder) {
  std::vector<ManifestFile> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file() || name == manifest_name) continue;
    files.push_back({name, sha256_file(entry.path()), entry.file_size()});
  }
  std::ranges::sort(files, {}, &ManifestFile::name);
  return files;
}

std::string manifest_text(const Manifest& manifest) {
  json files = json::object();
  for (const ManifestFile& file : manifest.files) {
    files[file.name] = {{"bytes", file.bytes}, {"sha256", file.sha256}};
  }
  const json object = {{"format", manifest_format},
                       {"files", std::move(files)},
                       {"model_sha256", manifest.model_sha256()},
                       {"template_sha256", manifest.template_sha256},
                       {"golden",
                        {{"ids", manifest.golden.ids},
                         {"logprobs", manifest.golden.logprobs},
                         {"scores", manifest.golden.scores}}},
                       {"determinism",
                        {{"isa", manifest.determinism.isa},
                         {"precision", manifest.determinism.precision},
                         {"threads", manifest.determinism.threads},
                         {"libraries", manifest.determinism.libraries}}}};
  return object.dump(2) + "\n";
}

Result<Manifest> read_manifest(const fs::path& folder) {
  const fs::path path = folder / manifest_name;
  const auto text = read_file(path, manifest_bytes_max);
  if (!text) return tl::unexpected(text.error());
  auto manifest = parse_json(*text).and_then([](const json& object) { return manifest_from(object); });
  if (!manifest) {
    Error error = manifest.error();
    error.message += error.where.empty() ? "" : " at " + error.where;
    error.where = path.string();
    return tl::unexpected(std::move(error));
  }
  return manifest;
}

Result<void> verify_files(const fs::path& folder, const Manifest& manifest) {
  for (const ManifestFile& file : manifest.files) {
    const fs::path path = folder / file.name;
    std::error_code error;
    const std::uint64_t bytes = fs::file_size(path, error);
    if (error) {
      return refuse(ErrorKind::corrupt, "a file named in the manifest is missing", "Fetch the model again.",
                    path.string());
    }
    if (bytes != file.bytes || sha256_file(path) != file.sha256) {
      return refuse(ErrorKind::corrupt, "the file is not the one that the manifest describes",
                    "Fetch the model again.", path.string());
    }
  }
  return {};
}

}  // namespace preceptor::engine
