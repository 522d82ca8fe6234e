#include "engine/checkpoint/checkpoint_files.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"

namespace preceptor::engine {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* checkpoint_format = "preceptor-checkpoint-1";
constexpr std::size_t record_bytes_max = std::size_t{256} << 20;

std::string hex64(std::uint64_t value) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016lx", static_cast<unsigned long>(value));
  return digits;
}

Result<CheckpointRecord> record_from(const json& content) {
  try {
    CheckpointRecord record;
    record.state.step = content.at("step").get<std::int64_t>();
    record.state.random = Random::from_state(content.at("random").get<std::array<std::uint64_t, 4>>());
    record.state.cursor_json = content.at("cursor").get<std::string>();
    record.optimiser_step_count = content.at("optimiser_step_count").get<std::int64_t>();
    record.config_json = content.at("config").get<std::string>();
    record.optimiser_json = content.at("optimiser").get<std::string>();
    record.checksums = content.at("checksums").get<std::map<std::string, std::string>>();
    if (record.state.step < 0 || record.optimiser_step_count < 0) {
      return refuse(ErrorKind::corrupt, "the steps taken are fewer than none");
    }
    if (record.state.random.state() == std::array<std::uint64_t, 4>{}) {
      return refuse(ErrorKind::corrupt, "the random state is all zeros, which gives nothing but zeros");
    }
    return record;
  } catch (const json::exception& problem) {
    return refuse(ErrorKind::corrupt,
                  std::string("a field is missing or of the wrong type: ") + problem.what());
  }
}

}  // namespace

std::string optimiser_fingerprint(const AdamWOptions& options) {
  return json{{"beta1", options.beta1},
              {"beta2", options.beta2},
              {"epsilon", options.epsilon},
              {"weight_decay", options.weight_decay},
              {"gradient_norm_max", options.gradient_norm_max}}
      .dump();
}

std::string checksum_of(const fs::path& file) {
  const auto mapped = MappedFile::open(file);
  if (!mapped) throw Failure(mapped.error());
  const auto bytes = mapped->bytes();
  return hex64(xxh3({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
}

void write_record(const fs::path& folder, const CheckpointRecord& record) {
  const std::string content = json{
      {"format", checkpoint_format},
      {"step", record.state.step},
      {"random", record.state.random.state()},
      {"cursor", record.state.cursor_json},
      {"optimiser_step_count", record.optimiser_step_count},
      {"config", record.config_json},
      {"optimiser", record.optimiser_json},
      {"checksums",
       record.checksums}}.dump(2);
  write_file_atomic(folder / record_file, "xxh3 " + hex64(xxh3(content)) + "\n" + content);
}

Result<CheckpointRecord> read_record(const fs::path& folder) {
  const std::string where = (folder / record_file).string();
  const auto text = read_file(folder / record_file, record_bytes_max);
  if (!text) return tl::unexpected(text.error());
  const std::size_t line_end = text->find('\n');
  const std::string_view content =
      line_end == std::string::npos ? std::string_view{} : std::string_view(*text).substr(line_end + 1);
  if (text->substr(0, line_end) != "xxh3 " + hex64(xxh3(content))) {
    return refuse(ErrorKind::corrupt, "the checkpoint's record is damaged",
                  "Resume from an older checkpoint.", where);
  }
  const auto parsed = parse_json(content);
  if (!parsed) return refuse(ErrorKind::corrupt, parsed.error().message, "", where);
  const auto format = json_get<std::string>(*parsed, "format");
  if (!format || *format != checkpoint_format) {
    return refuse(ErrorKind::unsupported, "a checkpoint of another format",
                  "It was written by another version.", where);
  }
  auto record = record_from(*parsed);
  if (!record) return refuse(record.error().kind, record.error().message, "", where);
  return record;
}

}  // namespace preceptor::engine
