#include "cli/model_pull.hpp"

#include <algorithm>
#include <fstream>
#include <vector>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/hash.hpp"

namespace preceptor::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_bytes = std::size_t{1} << 20U;

// The file itself, or its parts NAME.part00, NAME.part01, … in order (as the Python packages hold them).
std::vector<fs::path> find_parts(const fs::path& from, std::string_view name) {
  if (fs::is_regular_file(from)) return {from};
  std::vector<fs::path> parts;
  const std::string part = std::string(name) + ".part";
  for (const fs::directory_entry& entry :
       fs::recursive_directory_iterator(from, fs::directory_options::skip_permission_denied)) {
    if (!entry.is_regular_file()) continue;
    const std::string found = entry.path().filename().string();
    if (found == name) return {entry.path()};
    if (found.starts_with(part)) parts.push_back(entry.path());
  }
  std::ranges::sort(parts, {}, [](const fs::path& path) { return path.filename().string(); });
  return parts;
}

Result<void> join(const std::vector<fs::path>& parts, const fs::path& target, const ModelSource& source,
                  const net::OnProgress& on_progress) {
  fs::create_directories(target.parent_path());
  AtomicFile file(target);
  Sha256 hash;
  std::vector<char> piece(piece_bytes);
  std::uint64_t bytes = 0;
  for (const fs::path& part : parts) {
    std::ifstream stream(part, std::ios::binary);
    if (!stream) return refuse(ErrorKind::unavailable, "cannot be read", {}, part.string());
    while (stream.read(piece.data(), static_cast<std::streamsize>(piece.size())) || stream.gcount() > 0) {
      const std::string_view text(piece.data(), static_cast<std::size_t>(stream.gcount()));
      hash.add(text);
      file.write(text);
      bytes += text.size();
      if (on_progress) on_progress(bytes, source.bytes);
    }
  }
  if (const std::string found = hash.hex(); found != source.sha256) {
    return refuse(ErrorKind::corrupt,
                  format("the joined file has the hash {}, not the pinned {}", found, source.sha256),
                  "Are all parts there, and of this model?", parts.front().string());
  }
  file.commit();
  return {};
}

}  // namespace

Result<fs::path> pull_model(const PullRequest& request, const net::OnProgress& on_progress,
                            std::stop_token stop) {
  const ModelSource& source = *request.source;
  const fs::path target = request.folder / source.file;
  if (!request.from.empty()) {
    if (fs::exists(target) && sha256_file(target) == source.sha256) return target;
    if (!fs::exists(request.from))
      return refuse(ErrorKind::not_found, "there is no such file or folder", {}, request.from.string());
    const auto parts = find_parts(request.from, source.file);
    if (parts.empty()) {
      return refuse(ErrorKind::not_found, format("neither {} nor parts of it are there", source.file), {},
                    request.from.string());
    }
    return join(parts, target, source, on_progress).map([&] { return target; });
  }
  net::HttpClient client;
  const std::string host = request.mirror.empty() ? std::string(source.host) : request.mirror;
  return net::download(client,
                       {.url = host + std::string(source.path),
                        .path = target,
                        .sha256 = std::string(source.sha256),
                        .bytes = source.bytes,
                        .bytes_max = source.bytes_max},
                       on_progress, std::move(stop))
      .map([&] { return target; });
}

}  // namespace preceptor::cli
