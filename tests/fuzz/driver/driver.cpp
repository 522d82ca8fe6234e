// Runs a fuzz target without libFuzzer, the same way every time: first the seeds, then mutations of them that
// follow from a fixed number. An exception, a crash or an input that takes too long ends the run with exit
// code 1; the input is then in the folder given with --save, and replays when it is given instead of a
// folder.
//
//   x_fuzz [--mutations N] [--seconds S] [--save FOLDER] SEED_FILE_OR_FOLDER…
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "driver/death.hpp"
#include "driver/mutation.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;
using namespace preceptor::fuzz;

struct Options {
  std::int64_t mutations = 1'000'000'000;
  double seconds = 2;
  fs::path save = ".";
  std::vector<fs::path> seeds;
};

Options read_options(int count, char** words) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const char* value = i + 1 < count ? words[i + 1] : "";
    if (word == "--mutations") {
      options.mutations = std::atoll(value);
    } else if (word == "--seconds") {
      options.seconds = std::atof(value);
    } else if (word == "--save") {
      options.save = value;
    } else {
      options.seeds.emplace_back(word);
      continue;
    }
    ++i;
  }
  return options;
}

std::vector<std::string> read_seeds(const std::vector<fs::path>& paths) {
  std::vector<fs::path> files;
  for (const fs::path& path : paths) {
    if (!fs::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    for (const auto& entry : fs::directory_iterator(path)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());  // a folder's own order differs from machine to machine
  std::vector<std::string> seeds;
  for (const fs::path& file : files) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
      std::fprintf(stderr, "cannot read %s\n", file.c_str());
      std::exit(2);
    }
    seeds.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return seeds;
}

void run(const std::string& input) {
  watch(input);
  try {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  } catch (const std::exception& escaped) {
    std::fprintf(stderr, "an exception escaped: %s\n", escaped.what());
    std::abort();
  }
}

}  // namespace

int main(int count, char** words) {
  const Options options = read_options(count, words);
  const std::vector<std::string> seeds = read_seeds(options.seeds);
  if (seeds.empty()) {
    std::fprintf(stderr, "no seeds: give files or folders that hold some\n");
    return 2;
  }
  keep_input_on_death(options.save);
  const auto begin = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  for (const std::string& seed : seeds) run(seed);
  Mutator mutator(seeds);
  std::int64_t done = 0;
  while (done < options.mutations && elapsed() < options.seconds) {
    run(mutator.next());
    ++done;
  }
  std::printf("%zu seeds, %lld mutations, %.1f s\n", seeds.size(), static_cast<long long>(done), elapsed());
  return 0;
}
