#include "engine/checkpoint/checkpoint.hpp"

#include <array>
#include <vector>

#include "engine/checkpoint/checkpoint_files.hpp"
#include "engine/formats/pending_folder.hpp"
#include "engine/formats/safetensors.hpp"

namespace preceptor::engine {
namespace {

namespace fs = std::filesystem;

void write_arena(const fs::path& path, std::span<const ParameterInfo> list, std::span<const float> arena) {
  std::vector<TensorToWrite> tensors;
  tensors.reserve(list.size());
  for (const ParameterInfo& info : list) {
    tensors.push_back({info.name, info.shape, arena.subspan(info.offset, info.count)});
  }
  write_safetensors(path, tensors, StoredType::f32);
}

// A file of fp32 tensors that fits `list` in every name and shape, so that reading it cannot fail half-way.
Result<SafetensorsFile> open_arena(const fs::path& path, std::span<const ParameterInfo> list) {
  auto file = SafetensorsFile::open(path);
  if (!file) return tl::unexpected(file.error());
  for (const ParameterInfo& info : list) {
    const StoredTensor* tensor = file->find(info.name);
    if (tensor == nullptr || tensor->type != StoredType::f32) {
      return refuse(ErrorKind::corrupt, "tensor '" + info.name + "' is missing or not F32", "",
                    path.string());
    }
    if (auto fits = file->check(*tensor, info.shape); !fits) return tl::unexpected(fits.error());
  }
  return file;
}

void read_arena(const SafetensorsFile& file, std::span<const ParameterInfo> list, std::span<float> arena) {
  for (const ParameterInfo& info : list) {
    to_floats(arena.subspan(info.offset, info.count), file.find(info.name)->bytes, StoredType::f32);
  }
}

Result<void> check_checksums(const fs::path& folder, const CheckpointRecord& record) {
  for (const char* name : {weights_file, first_moment_file, second_moment_file}) {
    const fs::path path = folder / name;
    const auto expected = record.checksums.find(name);
    std::error_code error;
    if (!fs::is_regular_file(path, error) || expected == record.checksums.end() ||
        checksum_of(path) != expected->second) {
      return refuse(ErrorKind::corrupt, "the file is missing or damaged: its checksum does not match",
                    "Resume from an older checkpoint.", path.string());
    }
  }
  return {};
}

}  // namespace

void save_checkpoint(const fs::path& folder, const Trainee& trainee, const AdamW& optimiser,
                     const TrainingState& state) {
  const ParameterArena& parameters = trainee.learned();
  PendingFolder pending(folder);
  write_arena(pending.path() / weights_file, parameters.list(), parameters.values());
  write_arena(pending.path() / first_moment_file, parameters.list(), optimiser.first_moment());
  write_arena(pending.path() / second_moment_file, parameters.list(), optimiser.second_moment());

  CheckpointRecord record{.state = state,
                          .optimiser_step_count = optimiser.step_count,
                          .config_json = trainee.identity(),
                          .optimiser_json = optimiser_fingerprint(optimiser.options()),
                          .checksums = {}};
  for (const char* name : {weights_file, first_moment_file, second_moment_file}) {
    record.checksums[name] = checksum_of(pending.path() / name);
  }
  write_record(pending.path(), record);
  pending.commit();
}

Result<TrainingState> read_training_state(const fs::path& folder) {
  auto record = read_record(folder);
  if (!record) return tl::unexpected(record.error());
  return std::move(record->state);
}

Result<TrainingState> load_checkpoint(const fs::path& folder, const Trainee& trainee, AdamW& optimiser) {
  ParameterArena& parameters = trainee.learned();
  auto record = read_record(folder);
  if (!record) return tl::unexpected(record.error());
  if (record->config_json != trainee.identity()) {
    return refuse(ErrorKind::conflict, "the checkpoint belongs to another model", "", folder.string());
  }
  if (record->optimiser_json != optimiser_fingerprint(optimiser.options())) {
    return refuse(ErrorKind::conflict, "the checkpoint was written with other optimiser settings",
                  "Resume with the settings of the run.", folder.string());
  }
  if (auto intact = check_checksums(folder, *record); !intact) return tl::unexpected(intact.error());

  const std::array<std::span<float>, 3> arenas = {parameters.values(), optimiser.first_moment(),
                                                  optimiser.second_moment()};
  std::vector<SafetensorsFile> files;
  for (const char* name : {weights_file, first_moment_file, second_moment_file}) {
    auto file = open_arena(folder / name, parameters.list());
    if (!file) return tl::unexpected(file.error());
    files.push_back(std::move(*file));
  }
  for (std::size_t i = 0; i < arenas.size(); ++i) read_arena(files[i], parameters.list(), arenas[i]);
  optimiser.step_count = record->optimiser_step_count;
  return std::move(record->state);
}

}  // namespace preceptor::engine
