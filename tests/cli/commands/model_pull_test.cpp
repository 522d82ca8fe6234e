// preceptor model pull, from a host on this machine to a model that loads.
#include "cli/model_pull.hpp"

#include "base/hash.hpp"
#include "engine/formats/gguf/gguf_save.hpp"
#include "engine/formats/hugging_face.hpp"
#include "tests/support/command_test.hpp"
#include "tests/support/file_host.hpp"
#include "tests/support/tiny_model.hpp"

namespace preceptor::cli::tests {
namespace {

namespace fs = std::filesystem;

constexpr const char* path_there = "/tiny/resolve/main/tiny.gguf";

struct ModelPull : CommandTest {
  // A model of one file, as its owner has put it on a host.
  ModelPull() {
    write_tiny_model(folder.path() / "tiny");
    const auto model = engine::load_model(folder.path() / "tiny");
    const auto saved = engine::save_gguf(folder.path() / "there.gguf", model->parameters, model->files,
                                         {.type = engine::BlockType::f32, .other_splitting = "gpt-2"});
    EXPECT_TRUE(saved) << saved.error().text();
    content = read_file(folder.path() / "there.gguf", 100 << 20).value();
    sha256 = sha256_hex(content);
    source.sha256 = sha256;
    source.bytes = content.size();
    source.bytes_max = content.size();
  }
  Result<fs::path> pull(const FileHost& host, const net::OnProgress& on_progress = {},
                        std::stop_token stop = {}) const {
    return pull_model({.source = &source, .folder = out(), .mirror = host.address(), .from = {}}, on_progress,
                      std::move(stop));
  }
  fs::path out() const { return folder.path() / "out"; }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    if (fs::exists(out()))
      for (const auto& entry : fs::recursive_directory_iterator(out()))
        names.push_back(entry.path().filename());
    return names;
  }

  std::string content, sha256;
  ModelSource source{.name = "tiny", .host = "http://127.0.0.1:1", .path = path_there, .file = "tiny.gguf"};
};

TEST_F(ModelPull, BringsAModelThatLoads) {
  FileHost host(path_there, content);
  std::uint64_t last = 0;
  const auto path = pull(host, [&](std::uint64_t received, std::uint64_t) { last = received; });
  ASSERT_TRUE(path) << path.error().text();
  EXPECT_EQ(files(), std::vector<std::string>{"tiny.gguf"});
  EXPECT_EQ(last, content.size());
  const auto here = engine::load_model(*path);
  const auto there = engine::load_model(folder.path() / "there.gguf");
  ASSERT_TRUE(here) << here.error().text();
  EXPECT_TRUE(std::ranges::equal(here->parameters.values(), there->parameters.values()));
  ASSERT_TRUE(pull(host)) << "once more";
  EXPECT_EQ(host.begins(), std::vector<std::size_t>{0}) << "what is there already is not fetched again";
}

TEST_F(ModelPull, GoesOnWhereTheConnectionBroke) {
  FileHost host(path_there, content);
  host.break_next(2);
  const auto path = pull(host);
  ASSERT_TRUE(path) << path.error().text();
  EXPECT_EQ(sha256_file(*path), sha256);
  const std::size_t half = content.size() / 2;
  const std::vector<std::size_t> expected = {0, half, half + (content.size() - half) / 2};
  EXPECT_EQ(host.begins(), expected) << "by ranges, without a byte twice";
  EXPECT_EQ(files(), std::vector<std::string>{"tiny.gguf"});
}

TEST_F(ModelPull, StoppedAndStartedAgainGoesOnWithWhatItHas) {
  FileHost host(path_there, content);
  host.break_next(1);
  std::stop_source stop;
  const auto stopped = pull(
      host, [&](std::uint64_t, std::uint64_t) { stop.request_stop(); }, stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(files(), std::vector<std::string>{"tiny.gguf.partial"});
  const std::size_t kept = fs::file_size(out() / "tiny.gguf.partial");
  ASSERT_GT(kept, 0U);
  host.break_next(0);
  const auto path = pull(host);
  ASSERT_TRUE(path) << path.error().text();
  EXPECT_EQ(host.begins().back(), kept);
  EXPECT_EQ(sha256_file(*path), sha256);
}

TEST_F(ModelPull, OfOtherBytesIsRefusedAndLeavesNothingBehind) {
  std::string damaged = content;
  damaged[damaged.size() / 2] ^= 1;
  FileHost host(path_there, damaged);
  const auto path = pull(host);
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().kind, ErrorKind::corrupt);
  EXPECT_NE(path.error().text().find(sha256_hex(damaged)), std::string::npos) << path.error().text();
  EXPECT_EQ(files(), std::vector<std::string>{});
}

TEST_F(ModelPull, OnTheCommandLineShowsTheLicenceAndRefusesWhatIsNotPinned) {
  const ModelSource& known = *model_source("qwen3-0.6b");
  FileHost host(std::string(known.path), content);
  const Finished done =
      run_program({"model", "pull", "qwen3-0.6b", "--mirror", host.address(), "--out", out().string()});
  EXPECT_EQ(done.exit_code, 3) << done.err;
  EXPECT_NE(done.err.find("Licence: Apache-2.0 (" + std::string(known.terms_url) + ")"), std::string::npos)
      << done.err;
  EXPECT_NE(done.err.find("sha256 " + std::string(known.sha256)), std::string::npos) << done.err;
  EXPECT_NE(done.err.find(sha256), std::string::npos) << "the hash that came: " << done.err;
  EXPECT_EQ(host.begins().size(), 1U);
  EXPECT_EQ(files(), std::vector<std::string>{});
}

TEST_F(ModelPull, UnderTermsOfUseAsksTheHostForNothingUntilTheyAreAccepted) {
  const ModelSource& known = *model_source("gemma-3-270m-it");
  FileHost host(std::string(known.path), content);
  std::vector<std::string> arguments = {"model",        "pull",  "gemma-3-270m-it", "--mirror",
                                        host.address(), "--out", out().string()};
  const Finished refused = run_program(arguments);
  EXPECT_EQ(refused.exit_code, 5) << refused.err;
  EXPECT_NE(refused.err.find("Licence: Gemma Terms of Use (" + std::string(known.terms_url) + ")"),
            std::string::npos)
      << refused.err;
  EXPECT_TRUE(host.begins().empty());
  arguments.emplace_back("--accept-licence");
  EXPECT_EQ(run_program(arguments).exit_code, 3) << "fetched now, and not the bytes that are pinned";
  EXPECT_EQ(host.begins().size(), 1U);
}

}  // namespace
}  // namespace preceptor::cli::tests
