#include "base/lines.hpp"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include "base/file.hpp"

namespace preceptor {
namespace {

std::string gzip(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string zstd(std::string_view text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  return packed;
}

struct Lines {
  std::vector<std::string> lines;
  std::optional<Error> error;
};

Lines read_all(std::string_view content, std::size_t line_bytes_max = 1U << 24U) {
  const TemporaryFolder folder;
  write_file_atomic(folder.path() / "f", content);
  auto reader = LineReader::open(folder.path() / "f", line_bytes_max);
  Lines result;
  for (;;) {
    const auto line = reader->next();
    if (!line) {
      result.error = line.error();
      return result;
    }
    if (!*line) return result;
    result.lines.emplace_back(**line);
    EXPECT_EQ(reader->line_number(), static_cast<std::int64_t>(result.lines.size()));
  }
}

using Texts = std::vector<std::string>;

TEST(LineReader, CutsAtEitherLineEndAndKeepsAnUnfinishedLastLine) {
  EXPECT_EQ(read_all("a\nb\r\n\nc").lines, (Texts{"a", "b", "", "c"}));
  EXPECT_EQ(read_all("a\n").lines, (Texts{"a"}));
  EXPECT_EQ(read_all("").lines, Texts{});
}

TEST(LineReader, DropsAByteOrderMarkInFrontOnly) {
  EXPECT_EQ(read_all("\xEF\xBB\xBF"
                     "a\n\xEF\xBB\xBF"
                     "b")
                .lines,
            (Texts{"a",
                   "\xEF\xBB\xBF"
                   "b"}));
}

TEST(LineReader, ReadsPackedFilesAlike) {
  std::string text;
  Texts expected;
  for (int i = 0; i < 50000; ++i) {
    expected.push_back("line " + std::to_string(i * 7919));
    text += expected.back() + "\n";
  }
  EXPECT_EQ(read_all(text).lines, expected);
  EXPECT_EQ(read_all(gzip(text)).lines, expected);
  EXPECT_EQ(read_all(zstd(text)).lines, expected);
}

TEST(LineReader, ReadsSeveralMembersOrFramesInARow) {
  EXPECT_EQ(read_all(gzip("a\nb") + gzip("c\nd\n")).lines, (Texts{"a", "bc", "d"}));
  EXPECT_EQ(read_all(zstd("a\nb") + zstd("c\nd\n")).lines, (Texts{"a", "bc", "d"}));
}

TEST(LineReader, RefusesACutOffPackedFileInsteadOfReturningHalfOfIt) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += std::to_string(i * 7919) + "\n";
  for (const std::string& packed : {gzip(text), zstd(text)}) {
    for (const std::size_t cut : {packed.size() - 1, packed.size() / 2, std::size_t{12}}) {
      const auto result = read_all(std::string_view(packed).substr(0, cut));
      ASSERT_TRUE(result.error) << cut;
      EXPECT_EQ(result.error->kind, ErrorKind::corrupt);
      EXPECT_NE(result.error->where.find("/f:"), std::string::npos) << result.error->where;
    }
  }
}

TEST(LineReader, RefusesDamagedPackedData) {
  std::string packed = gzip(std::string(10000, 'a') + "end");
  packed[packed.size() / 2] ^= 0x55;
  EXPECT_EQ(read_all(packed).error->kind, ErrorKind::corrupt);
  EXPECT_EQ(read_all("\x1f\x8bgarbage").error->kind, ErrorKind::corrupt);
  EXPECT_EQ(read_all("\x28\xb5\x2f\xfdgarbage").error->kind, ErrorKind::corrupt);
}

TEST(LineReader, RefusesALineOverTheLimitAndNamesIt) {
  const auto result = read_all("ok\n" + std::string(101, 'x') + "\n", 100);
  EXPECT_EQ(result.lines, Texts{"ok"});
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->kind, ErrorKind::too_large);
  EXPECT_TRUE(result.error->where.ends_with(":2")) << result.error->where;
}

TEST(LineReader, StopsAtTheLimitInsideAPackedBomb) {
  const auto result = read_all(gzip(std::string(64U << 20U, '0')), 1U << 20U);
  EXPECT_EQ(result.error->kind, ErrorKind::too_large);
}

TEST(LineReader, RefusesAMissingFile) {
  EXPECT_EQ(LineReader::open("/nowhere/at/all.jsonl").error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace preceptor
