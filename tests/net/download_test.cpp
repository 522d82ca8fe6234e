#include "net/download.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "tests/tiny_server.hpp"

namespace preceptor::net {
namespace {

using namespace std::chrono_literals;

std::string content() {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += std::to_string(i) + ",";
  return text;
}

// "Range: bytes=N-" of a request; 0 without.
std::size_t begin_of(const std::string& request) {
  const auto at = request.find("Range: bytes=");
  return at == std::string::npos ? 0 : std::stoul(request.substr(at + 13));
}

class DownloadTest : public testing::Test {
protected:
  Result<void> fetch(const std::string& url, std::uint64_t bytes = 0) {
    HttpClient client;
    return download(client,
                    {.url = url,
                     .path = target(),
                     .sha256 = sha256_hex(whole),
                     .bytes = bytes,
                     .attempts = 3,
                     .wait = 1ms,
                     .idle_timeout = 5s},
                    [&](std::uint64_t received, std::uint64_t of) {
                      progress = received;
                      total = of;
                    });
  }
  std::filesystem::path target() const { return folder.path() / "models" / "m.gguf"; }
  std::filesystem::path partial() const { return target().string() + ".partial"; }
  void leave_partial(std::string_view bytes) const {
    std::filesystem::create_directories(target().parent_path());
    std::ofstream(partial(), std::ios::binary) << bytes;
  }
  void expect_whole() const {
    EXPECT_EQ(read_file(target(), 1 << 20), whole);
    EXPECT_FALSE(std::filesystem::exists(partial()));
  }

  // Answers as a file server does, from the asked byte on.
  void serve(const Peer& peer) {
    const std::string request = peer.request();
    if (request.empty()) return;
    const std::size_t begin = begin_of(request);
    asked.push_back(begin);
    if (begin == 0) return peer.answer("200 OK", whole);
    if (begin >= whole.size()) return peer.answer("416 Range Not Satisfiable", "");
    peer.answer("206 Partial Content", whole.substr(begin),
                "Content-Range: bytes " + std::to_string(begin) + "-" + std::to_string(whole.size() - 1) +
                    "/" + std::to_string(whole.size()) + "\r\n");
  }
  // The head of a whole answer, but the body ends after `bytes`.
  void serve_cut(const Peer& peer, std::size_t bytes) {
    const std::size_t begin = begin_of(peer.request());
    asked.push_back(begin);
    const std::string rest = whole.substr(begin);
    peer.write((begin == 0
                    ? std::string("HTTP/1.1 200 OK\r\n")
                    : "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " + std::to_string(begin) + "-" +
                          std::to_string(whole.size() - 1) + "/" + std::to_string(whole.size()) + "\r\n") +
               "Content-Length: " + std::to_string(rest.size()) + "\r\n\r\n" + rest.substr(0, bytes));
  }

  const std::string whole = content();
  TemporaryFolder folder;
  std::vector<std::size_t> asked;
  std::uint64_t progress = 0, total = 0;
};

TEST_F(DownloadTest, FetchesAFileAndTellsHowFarItIs) {
  TinyServer server([&](const Peer& peer, int) { serve(peer); });
  const auto done = fetch(server.url("/m.gguf"));
  ASSERT_TRUE(done) << done.error().text();
  expect_whole();
  EXPECT_EQ(progress, whole.size());
  EXPECT_EQ(total, whole.size());
}

TEST_F(DownloadTest, GoesOnByItselfWhereTheConnectionBroke) {
  TinyServer server([&](const Peer& peer, int connection) {
    if (connection <= 2) return serve_cut(peer, 30000);
    serve(peer);
  });
  const auto done = fetch(server.url("/m.gguf"));
  ASSERT_TRUE(done) << done.error().text();
  expect_whole();
  EXPECT_EQ(asked, (std::vector<std::size_t>{0, 30000, 60000}));
}

TEST_F(DownloadTest, ALaterCallGoesOnFromWhatAnEarlierOneKept) {
  {
    TinyServer server([&](const Peer& peer, int connection) {
      if (connection == 1) serve_cut(peer, 50000);  // then it only hangs up
    });
    const auto done = fetch(server.url("/m.gguf"));
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::unavailable);
    EXPECT_NE(done.error().message.find("50000 bytes are kept"), std::string::npos) << done.error().message;
    EXPECT_NE(done.error().hint.find("again"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(target()));
  }
  asked.clear();
  TinyServer server([&](const Peer& peer, int) { serve(peer); });
  ASSERT_TRUE(fetch(server.url("/m.gguf")));
  expect_whole();
  EXPECT_EQ(asked, (std::vector<std::size_t>{50000}));
}

TEST_F(DownloadTest, AServerWithoutRangesIsAskedFromTheStart) {
  leave_partial(whole.substr(0, 1000));
  TinyServer server([&](const Peer& peer, int) {
    peer.request();
    peer.answer("200 OK", whole);
  });
  ASSERT_TRUE(fetch(server.url("/m.gguf")));
  expect_whole();
}

TEST_F(DownloadTest, AnotherPartThanAskedForIsNotTaken) {
  leave_partial(whole.substr(0, 1000));
  TinyServer server([&](const Peer& peer, int connection) {
    if (connection > 1) return serve(peer);
    peer.request();
    peer.answer("206 Partial Content", whole.substr(500), "Content-Range: bytes 500-999/2000\r\n");
  });
  const auto done = fetch(server.url("/m.gguf"));
  ASSERT_TRUE(done) << done.error().text();
  expect_whole();
}

TEST_F(DownloadTest, APartThatIsTheWholeAlreadyNeedsNoMore) {
  leave_partial(whole);
  TinyServer server([&](const Peer& peer, int) { serve(peer); });
  ASSERT_TRUE(fetch(server.url("/m.gguf")));
  expect_whole();
}

TEST_F(DownloadTest, TheWrongBytesAreRefusedAndRemoved) {
  TinyServer server([&](const Peer& peer, int) {
    peer.request();
    peer.answer("200 OK", "something else");
  });
  const auto done = fetch(server.url("/m.gguf"));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::corrupt);
  EXPECT_NE(done.error().message.find(sha256_hex("something else")), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(target()));
  EXPECT_FALSE(std::filesystem::exists(partial()));
}

TEST_F(DownloadTest, ADamagedPartIsFoundOutByTheHash) {
  leave_partial(std::string(1000, 'x'));
  TinyServer server([&](const Peer& peer, int) { serve(peer); });
  EXPECT_EQ(fetch(server.url("/m.gguf")).error().kind, ErrorKind::corrupt);
  ASSERT_TRUE(fetch(server.url("/m.gguf")));
  expect_whole();
}

TEST_F(DownloadTest, MoreBytesThanTheFileMayHaveAreRefusedBeforeTheyFillTheDisk) {
  TinyServer server([&](const Peer& peer, int) { serve(peer); });
  const auto done = fetch(server.url("/m.gguf"), 5000);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::too_large);
  EXPECT_FALSE(std::filesystem::exists(partial()));
}

TEST_F(DownloadTest, SaysWhatAServerThatHasNothingMeans) {
  const auto answer_of = [&](const char* status) {
    TinyServer server([&](const Peer& peer, int) {
      peer.request();
      peer.answer(status, "no");
    });
    const auto done = fetch(server.url("/m.gguf"));
    EXPECT_FALSE(done);
    EXPECT_FALSE(std::filesystem::exists(partial()));
    return done.error().kind;
  };
  EXPECT_EQ(answer_of("404 Not Found"), ErrorKind::not_found);
  EXPECT_EQ(answer_of("401 Unauthorized"), ErrorKind::forbidden);
  EXPECT_EQ(answer_of("503 Service Unavailable"), ErrorKind::unavailable);
}

TEST_F(DownloadTest, FollowsRedirectsButNotForEver) {
  TinyServer server([&](const Peer& peer, int) {
    const std::string request = peer.request();
    if (request.starts_with("GET /m.gguf ")) return peer.answer("200 OK", whole);
    peer.answer("302 Found", "",
                request.starts_with("GET /loop ") ? "Location: /loop\r\n" : "Location: m.gguf\r\n");
  });
  EXPECT_EQ(fetch(server.url("/loop")).error().kind, ErrorKind::invalid);
  ASSERT_TRUE(fetch(server.url("/start")));
  expect_whole();
}

TEST_F(DownloadTest, AFileThatIsThereIsLeftAlone) {
  std::filesystem::create_directories(target().parent_path());
  std::ofstream(target(), std::ios::binary) << whole;
  ASSERT_TRUE(fetch("http://127.0.0.1:1/never-asked"));
  std::ofstream(target(), std::ios::binary) << "mine";
  EXPECT_EQ(fetch("http://127.0.0.1:1/never-asked").error().kind, ErrorKind::conflict);
  EXPECT_EQ(read_file(target(), 100), "mine");
}

TEST_F(DownloadTest, StopsWhenAskedAndKeepsWhatCame) {
  TinyServer server([&](const Peer& peer, int) { serve_cut(peer, 40000); });
  HttpClient client;
  std::stop_source stop;
  const auto done = download(
      client, {.url = server.url("/m.gguf"), .path = target(), .sha256 = sha256_hex(whole)},
      [&](std::uint64_t, std::uint64_t) { stop.request_stop(); }, stop.get_token());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::cancelled);
  EXPECT_GT(std::filesystem::file_size(partial()), 0U);
}

}  // namespace
}  // namespace preceptor::net
