#include "net/download.hpp"

#include <charconv>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/hash.hpp"
#include "net/partial_file.hpp"

namespace preceptor::net {
namespace {

namespace fs = std::filesystem;

constexpr int redirects_max = 5;
constexpr int range_not_satisfiable = 416;

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "bytes 100-199/200" → 100 and 200.
struct ContentRange {
  std::uint64_t begin = 0;
  std::uint64_t total = 0;  // 0: not told
};
std::optional<ContentRange> content_range(std::string_view header) {
  if (!header.starts_with("bytes ")) return std::nullopt;
  header.remove_prefix(6);
  const auto dash = header.find('-');
  const auto slash = header.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || dash > slash) return std::nullopt;
  const auto begin = number_in(header.substr(0, dash));
  if (!begin) return std::nullopt;
  return ContentRange{*begin, number_in(header.substr(slash + 1)).value_or(0)};
}

// The address that a Location header means.
std::string joined(const std::string& url, std::string_view location) {
  if (location.find("://") != std::string_view::npos) return std::string(location);
  const auto host = url.find("://") + 3;
  if (location.starts_with("//")) return url.substr(0, host - 2) + std::string(location);
  if (location.starts_with('/')) return url.substr(0, url.find('/', host)) + std::string(location);
  return url.substr(0, url.rfind('/') + 1) + std::string(location);
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

class Fetch {
public:
  Fetch(HttpClient& client, const Download& wanted, const OnProgress& on_progress, std::stop_token stop)
      : client_(client),
        wanted_(wanted),
        on_progress_(on_progress),
        stop_(std::move(stop)),
        partial_(wanted.path.string() + ".partial") {}

  Result<void> run() {
    for (int without_gain = 0; without_gain < wanted_.attempts;) {
      const std::uint64_t before = partial_.size();
      auto done = once();
      if (done && *done) return finish();
      if (!done && done.error().kind != ErrorKind::unavailable) return tl::unexpected(done.error());
      if (!done) last_ = done.error();
      if (partial_.size() > before) {
        without_gain = 0;
        continue;
      }
      ++without_gain;
      if (without_gain < wanted_.attempts && !wait(without_gain))
        return refuse(ErrorKind::cancelled, "was stopped");
    }
    last_.message += format("; {} bytes are kept", partial_.size());
    last_.hint = "Run the same command again: it goes on where this one ended.";
    return tl::unexpected(last_);
  }

private:
  // True when the server sent all it has.
  Result<bool> once() {
    refusal_.reset();
    std::string url = wanted_.url;
    for (int redirects = 0; redirects <= redirects_max; ++redirects) {
      auto answer = ask(url);
      if (!answer) return tl::unexpected(answer.error());
      if (refusal_) return tl::unexpected(*refusal_);
      if (!is_redirect(answer->status)) return judge(*answer, url);
      const std::string next = joined(url, answer->header("Location"));
      if (url.starts_with("https://") && !next.starts_with("https://")) {
        return refuse(ErrorKind::forbidden, "the server sends on to an address without encryption", {}, url);
      }
      url = next;
    }
    return refuse(ErrorKind::invalid, format("more than {} redirects", redirects_max), {}, wanted_.url);
  }

  Result<Response> ask(const std::string& url) {
    Request request{.url = url, .idle_timeout = wanted_.idle_timeout, .retries_max = 0};
    const std::uint64_t have = partial_.size();
    if (have > 0) request.headers.push_back({"Range", format("bytes={}-", have)});
    bool begun = false;
    return client_.receive(
        request,
        [&](std::string_view bytes, const Response& head) {
          if (!begun && !begin(head)) return false;
          begun = true;
          return take(bytes);
        },
        stop_);
  }

  // Before the first byte: does it go on where the partial file ends?
  bool begin(const Response& head) {
    total_ = wanted_.bytes;
    if (head.status == 206) {
      const auto range = content_range(head.header("Content-Range"));
      if (!range || range->begin != partial_.size()) {
        partial_.clear();
        refusal_ =
            Error{.kind = ErrorKind::unavailable, .message = "the server sent another part than asked for"};
        return false;
      }
      if (total_ == 0) total_ = range->total;
      return true;
    }
    partial_.clear();  // the server knows no ranges: it sends everything
    if (total_ == 0) total_ = number_in(head.header("Content-Length")).value_or(0);
    return true;
  }

  bool take(std::string_view bytes) {
    const std::uint64_t limit = wanted_.bytes_max > 0 ? wanted_.bytes_max : wanted_.bytes;
    if (limit > 0 && partial_.size() + bytes.size() > limit) {
      partial_.clear();
      refusal_ =
          Error{.kind = ErrorKind::too_large,
                .message = format("the server sends more than the {} bytes that the file may have", limit),
                .where = wanted_.url};
      return false;
    }
    partial_.append(bytes);
    if (on_progress_) on_progress_(partial_.size(), total_);
    return !stop_.stop_requested();
  }

  Result<bool> judge(const Response& answer, const std::string& url) {
    if (answer.ok()) {
      if (stop_.stop_requested()) return refuse(ErrorKind::cancelled, "was stopped");
      return total_ == 0 || partial_.size() >= total_;
    }
    if (answer.status == range_not_satisfiable && partial_.size() > 0) {
      if (sha256_file(partial_.path()) == wanted_.sha256) return true;  // all of it had come before
      partial_.clear();
      return refuse(ErrorKind::unavailable, "the server has less than what had come before");
    }
    if (answer.status == 404 || answer.status == 410) {
      return refuse(ErrorKind::not_found, format("the server has no such file (status {})", answer.status),
                    "Another address may have it: see the options.", url);
    }
    if (answer.status == 401 || answer.status == 403) {
      return refuse(ErrorKind::forbidden,
                    format("the server does not give the file away (status {})", answer.status),
                    "Fetch it in a browser after accepting its terms there, and name the file.", url);
    }
    return refuse(ErrorKind::unavailable, format("the server answers with status {}", answer.status), {},
                  url);
  }

  Result<void> finish() {
    partial_.sync();
    const std::string found = sha256_file(partial_.path());
    if (found != wanted_.sha256) {
      partial_.clear();
      return refuse(
          ErrorKind::corrupt, format("the file has the hash {}, not the pinned {}", found, wanted_.sha256),
          "What came was removed. The source may have been replaced, or something on the way changed it.",
          wanted_.url);
    }
    partial_.become(wanted_.path);
    return {};
  }

  // False when stopped meanwhile.
  bool wait(int without_gain) {
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock(mutex);
    woken.wait_for(lock, stop_, wanted_.wait * (1 << (without_gain - 1)), [] { return false; });
    return !stop_.stop_requested();
  }

  HttpClient& client_;
  const Download& wanted_;
  const OnProgress& on_progress_;
  std::stop_token stop_;
  PartialFile partial_;
  std::uint64_t total_ = 0;
  std::optional<Error> refusal_;
  Error last_{.kind = ErrorKind::unavailable, .message = "the server ended too early"};
};

}  // namespace

Result<void> download(HttpClient& client, const Download& wanted, const OnProgress& on_progress,
                      std::stop_token stop) {
  if (fs::exists(wanted.path)) {
    if (sha256_file(wanted.path) == wanted.sha256) return {};
    return refuse(ErrorKind::conflict, "another file stands there already",
                  "Remove it or name another place.", wanted.path.string());
  }
  return Fetch(client, wanted, on_progress, std::move(stop)).run();
}

}  // namespace preceptor::net
