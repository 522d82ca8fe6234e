#include "evidence/sandbox.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "evidence/system_call_filter.hpp"

namespace preceptor::evidence {
namespace {

constexpr std::uint32_t nobody = 65534;
constexpr int code_descriptor = 10;
constexpr int filter_descriptor = 11;
constexpr int files_open_max = 256;
constexpr std::size_t shared_bytes = 16U << 20U;  // /dev/shm

struct Recipe {
  Language language;
  std::string_view name;
  std::string_view file;
  std::string_view needs;   // must be there
  std::string_view script;  // for sh, in /work
};

constexpr std::array<Recipe, 4> recipes{{
    {Language::python, "python", "/work/main.py", "/usr/bin/python3", "exec python3 -I -B main.py"},
    {Language::cpp, "cpp", "/work/main.cpp", "/usr/bin/g++",
     "g++ -std=c++20 -O1 -Wall -o main main.cpp && exec ./main"},
    {Language::javascript, "javascript", "/work/main.js", "/usr/bin/node",
     "exec node --max-old-space-size=256 main.js"},
    {Language::shell, "shell", "/work/main.sh", "/usr/bin/bash", "exec bash --norc --noprofile main.sh"},
}};

const Recipe& recipe_of(Language language) { return recipes.at(static_cast<std::size_t>(language)); }

bool is_there(std::string_view path) { return access(std::string(path).c_str(), X_OK) == 0; }

std::string_view outcome_of(const ProcessResult& result) {
  switch (result.ending) {
    case Ending::out_of_time: return "out_of_time";
    case Ending::out_of_memory: return "out_of_memory";
    case Ending::too_many_processes: return "too_many_processes";
    case Ending::too_much_output: return "too_much_output";
    case Ending::cancelled: return "cancelled";
    case Ending::ended: break;
  }
  if (result.status == 128 + SIGXCPU) return "out_of_time";
  return result.status == 0 ? "finished" : "failed";
}

// What is no UTF-8 becomes U+FFFD, U+0000 as well: the text goes into JSON and into a database.
std::string readable(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    std::size_t good = utf8_valid_bytes(bytes);
    good = std::min(good, bytes.find('\0'));
    text += bytes.substr(0, good);
    bytes.remove_prefix(good);
    if (bytes.empty()) break;
    text += "\xef\xbf\xbd";
    bytes.remove_prefix(1);
  }
  return text;
}

}  // namespace

std::string_view name_of(Language language) { return recipe_of(language).name; }

std::optional<Language> language_named(std::string_view name) {
  for (const Recipe& recipe : recipes) {
    if (recipe.name == name) return recipe.language;
  }
  return std::nullopt;
}

std::optional<Language> language_of_fence(std::string_view fence) {
  std::string word;
  for (const char c : fence) word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  constexpr std::array<std::pair<std::string_view, Language>, 14> words{{{"python", Language::python},
                                                                         {"python3", Language::python},
                                                                         {"py", Language::python},
                                                                         {"cpp", Language::cpp},
                                                                         {"c++", Language::cpp},
                                                                         {"cxx", Language::cpp},
                                                                         {"cc", Language::cpp},
                                                                         {"javascript", Language::javascript},
                                                                         {"js", Language::javascript},
                                                                         {"node", Language::javascript},
                                                                         {"mjs", Language::javascript},
                                                                         {"bash", Language::shell},
                                                                         {"sh", Language::shell},
                                                                         {"shell", Language::shell}}};
  for (const auto& [name, language] : words) {
    if (name == word) return language;
  }
  return std::nullopt;
}

Sandbox::Sandbox(std::string bwrap, SandboxLimits limits)
    : bwrap_(std::move(bwrap)), limits_(limits), filtered_(!system_call_filter().empty()) {
  for (const Recipe& recipe : recipes) {
    if (is_there(recipe.needs)) has_.push_back(recipe.language);
  }
  works_ = try_once();
}

std::vector<std::string> Sandbox::arguments(std::string_view file, std::string_view script) const {
  const auto bytes = [](std::size_t count) { return std::to_string(count); };
  std::vector<std::string> all = {bwrap_,          "--unshare-user",
                                  "--unshare-all", "--disable-userns",
                                  "--uid",         "65534",
                                  "--gid",         "65534",
                                  "--cap-drop",    "ALL",
                                  "--new-session", "--die-with-parent",
                                  "--hostname",    "sandbox",
                                  "--clearenv"};
  const auto add = [&](std::initializer_list<std::string> more) { all.insert(all.end(), more); };
  add({"--setenv", "PATH", "/usr/bin:/bin", "--setenv", "HOME", "/work", "--setenv", "LANG", "C.UTF-8"});
  add({"--ro-bind", "/usr", "/usr", "--ro-bind-try", "/etc/alternatives", "/etc/alternatives"});
  for (const std::string folder : {"bin", "lib", "lib64", "lib32", "sbin"}) {
    if (is_there("/usr/" + folder)) add({"--symlink", "usr/" + folder, "/" + folder});
  }
  add({"--proc", "/proc", "--dev", "/dev", "--size", bytes(shared_bytes), "--tmpfs", "/dev/shm"});
  add({"--size", bytes(limits_.folder_bytes), "--tmpfs", "/tmp"});
  add({"--size", bytes(limits_.folder_bytes), "--tmpfs", "/work", "--chdir", "/work"});
  add({"--remount-ro", "/dev", "--remount-ro", "/"});
  if (filtered_) add({"--seccomp", std::to_string(filter_descriptor)});
  add({"--file", std::to_string(code_descriptor), std::string(file)});
  // Inside the new user namespace, where only the sandbox's own processes count.
  add({"/usr/bin/prlimit", "--nproc=" + bytes(limits_.process.processes),
       "--cpu=" + std::to_string(limits_.cpu_seconds), "--data=" + bytes(limits_.data_bytes),
       "--fsize=" + bytes(limits_.file_bytes), "--nofile=" + std::to_string(files_open_max), "--core=0", "--",
       "/bin/sh", "-c", std::string(script)});
  return all;
}

ProcessResult Sandbox::start(std::string_view file, std::string_view script, std::string_view code,
                             std::stop_token stop) const {
  const auto filter = system_call_filter();
  const std::array<HandedFile, 2> files{
      {{code_descriptor, code},
       {filter_descriptor, {reinterpret_cast<const char*>(filter.data()), filter.size()}}}};
  return run_watched(arguments(file, script), files, limits_.process, nobody, std::move(stop));
}

Result<void> Sandbox::try_once() const {
  if (!is_there(bwrap_))
    return refuse(ErrorKind::unavailable, "code cannot be run here: bubblewrap is not installed",
                  "Install the package bubblewrap.");
  if (!is_there("/usr/bin/prlimit"))
    return refuse(ErrorKind::unavailable, "code cannot be run here: prlimit is not installed",
                  "Install the package util-linux.");
  const auto result = start("/work/main", "exit 0", "", {});
  if (result.ending == Ending::ended && result.status == 0) return {};
  return refuse(ErrorKind::unavailable,
                "code cannot be run here: a sandbox could not be made: " + readable(result.errors),
                "Allow user namespaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, "
                "and the confinement of bwrap by AppArmor).");
}

Result<CodeResult> Sandbox::run(Language language, std::string_view code, std::stop_token stop) const {
  if (!works_) return tl::unexpected(works_.error());
  if (std::find(has_.begin(), has_.end(), language) == has_.end())
    return refuse(ErrorKind::unsupported,
                  "this machine has nothing that runs " + std::string(name_of(language)),
                  "Ask whoever runs the server to install it.");
  if (code.size() > code_bytes_max)
    return refuse(ErrorKind::too_large, "the code is longer than the sandbox takes", "Run a part of it.",
                  "/code");
  const Recipe& recipe = recipe_of(language);
  const auto result = start(recipe.file, recipe.script, code, std::move(stop));
  return CodeResult{.outcome = std::string(outcome_of(result)),
                    .status = result.status,
                    .output = readable(result.output),
                    .errors = readable(result.errors),
                    .cut = result.ending == Ending::too_much_output,
                    .took = result.took};
}

}  // namespace preceptor::evidence
