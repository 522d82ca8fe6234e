#include "engine/formats/gguf/gguf_file.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "engine/formats/gguf/gguf_header.hpp"
#include "tests/formats/gguf/gguf_fixtures.hpp"
#include "tests/formats/gguf/raw_gguf.hpp"
#include "tests/formats/raw_safetensors.hpp"

namespace preceptor::engine {
namespace {

Result<GgufHeader> parse(const std::string& bytes) {
  return parse_gguf(std::as_bytes(std::span(bytes)), "test.gguf");
}

RawGguf small() {
  RawGguf raw;
  raw.string("general.architecture", "llama").whole("llama.block_count", 2).real("x", 0.5F).flag("yes", true);
  raw.strings("words", {"a", "", "été"}).numbers<std::int32_t>("ids", GgufType::int32, {1, -2, 3});
  raw.tensor("one", {4, 2}, 0, std::string(32, '\x11')).tensor("two", {32}, 8, std::string(34, '\x22'));
  return raw;
}

void expect_refused(const std::string& bytes, ErrorKind kind, const std::string& words) {
  const auto header = parse(bytes);
  ASSERT_FALSE(header.has_value()) << words;
  EXPECT_EQ(header.error().kind, kind) << header.error().message;
  EXPECT_NE(header.error().message.find(words), std::string::npos) << header.error().message;
  EXPECT_EQ(header.error().where, "test.gguf");
}

TEST(GgufFile, ReadsKeysAndTensorsOfBothVersions) {
  for (const std::uint32_t version : {2U, 3U}) {
    RawGguf raw = small();
    raw.version = version;
    const std::string bytes = raw.bytes();
    const auto header = parse(bytes);
    ASSERT_TRUE(header.has_value()) << header.error().text();
    EXPECT_EQ(header->version, version);
    const GgufMetadata& keys = header->metadata;
    EXPECT_EQ(keys.at("general.architecture").text(), "llama");
    EXPECT_EQ(keys.at("llama.block_count").whole(), 2);
    EXPECT_EQ(keys.at("llama.block_count").number(), 2.0);
    EXPECT_EQ(keys.at("x").number(), 0.5);
    EXPECT_EQ(keys.at("x").whole(), std::nullopt);
    EXPECT_EQ(keys.at("yes").flag(), true);
    EXPECT_EQ(keys.at("words").texts()[2], "été");
    EXPECT_EQ(keys.at("ids").whole_at(1), -2);
    EXPECT_EQ(keys.at("ids").whole(), std::nullopt);
    ASSERT_EQ(header->tensors.size(), 2U);
    EXPECT_EQ(header->tensors[0].shape, (std::vector<std::int64_t>{2, 4}));
    EXPECT_EQ(header->tensors[0].bytes.size(), 32U);
    EXPECT_EQ(header->tensors[1].layout.name, "Q8_0");
    EXPECT_EQ(header->tensors[1].bytes.front(), std::byte{0x22});
  }
}

TEST(GgufFile, FindsByNameWhatTheConverterWrote) {
  const auto file = GgufFile::open(gguf_fixture("llama_tied_q8_0.gguf"));
  ASSERT_TRUE(file.has_value()) << file.error().text();
  ASSERT_NE(file->tensor("blk.1.attn_q.weight"), nullptr);
  EXPECT_EQ(file->tensor("blk.1.attn_q.weight")->layout.name, "Q8_0");
  EXPECT_EQ(file->tensor("output.weight"), nullptr);
  ASSERT_NE(file->find("llama.attention.head_count_kv"), nullptr);
  EXPECT_EQ(file->find("llama.attention.head_count_kv")->whole(), 2);
  EXPECT_TRUE(looks_like_gguf(file->path()));
  EXPECT_FALSE(looks_like_gguf(gguf_fixture("goldens.json")));
}

TEST(GgufFile, RefusesWhatIsNoGgufFile) {
  EXPECT_EQ(GgufFile::open(gguf_fixture("absent.gguf")).error().kind, ErrorKind::not_found);
  expect_refused("", ErrorKind::corrupt, "magic");
  RawGguf other = small();
  other.magic = "GGML";
  expect_refused(other.bytes(), ErrorKind::invalid, "does not begin with GGUF");
  RawGguf old = small();
  old.version = 1;
  expect_refused(old.bytes(), ErrorKind::unsupported, "version 1");
  old.version = 0x03000000U;
  expect_refused(old.bytes(), ErrorKind::unsupported, "big-endian");
}

TEST(GgufFile, ACountBeyondTheFileIsRefusedBeforeMemoryIsTaken) {
  RawGguf raw = small();
  raw.tensor_count_claimed = INT64_MAX;
  expect_refused(raw.bytes(), ErrorKind::corrupt, "count of tensors");
  raw = small();
  raw.key_count_claimed = INT64_MAX;
  expect_refused(raw.bytes(), ErrorKind::corrupt, "count of keys");
  const std::string huge = RawGguf::number(UINT64_MAX);
  expect_refused(RawGguf().key("a", GgufType::string, huge).bytes(), ErrorKind::corrupt, "a string");
  const std::string strings = RawGguf::number(std::uint32_t{8}) + huge;
  expect_refused(RawGguf().key("a", GgufType::array, strings).bytes(), ErrorKind::corrupt,
                 "count of strings");
  const std::string values = RawGguf::number(std::uint32_t{10}) + RawGguf::number(UINT64_MAX / 4);
  expect_refused(RawGguf().key("a", GgufType::array, values).bytes(), ErrorKind::corrupt, "count of values");
}

TEST(GgufFile, RefusesUnknownTypesAndArraysOfArrays) {
  expect_refused(RawGguf().key("a", static_cast<GgufType>(13), "x").bytes(), ErrorKind::corrupt,
                 "type number 13");
  const std::string nested = RawGguf::number(std::uint32_t{9}) + RawGguf::number(std::uint64_t{0});
  expect_refused(RawGguf().key("a", GgufType::array, nested).bytes(), ErrorKind::corrupt, "type number 9");
  expect_refused(RawGguf().tensor("t", {1}, 77, "xxxx").bytes(), ErrorKind::unsupported, "type number 77");
}

TEST(GgufFile, RefusesNamesThatAreTwiceThereTooLongOrNoText) {
  expect_refused(RawGguf().whole("a", 1).whole("a", 2).bytes(), ErrorKind::corrupt, "key 'a' appears twice");
  RawGguf twice;
  twice.tensor("t", {1}, 0, "xxxx").tensor("t", {1}, 0, "xxxx");
  expect_refused(twice.bytes(), ErrorKind::corrupt, "tensor 't' appears twice");
  expect_refused(RawGguf().whole(std::string(2000, 'k'), 1).bytes(), ErrorKind::corrupt, "longer than");
  expect_refused(RawGguf().whole("\xff", 1).bytes(), ErrorKind::corrupt, "UTF-8");
}

TEST(GgufFile, RefusesShapesThatAreEmptyHugeOrCutBlocks) {
  expect_refused(RawGguf().tensor("t", {}, 0, "").bytes(), ErrorKind::corrupt, "0 dimensions");
  expect_refused(RawGguf().tensor("t", {1, 1, 1, 1, 1}, 0, "xxxx").bytes(), ErrorKind::corrupt,
                 "5 dimensions");
  expect_refused(RawGguf().tensor("t", {4, 0}, 0, "").bytes(), ErrorKind::corrupt, "dimension of 0");
  expect_refused(RawGguf().tensor("t", {UINT64_MAX, 2}, 0, "xxxx").bytes(), ErrorKind::corrupt,
                 "shape beyond");
  expect_refused(RawGguf().tensor("t", {1ULL << 33U, 1ULL << 33U}, 0, "xxxx").bytes(), ErrorKind::corrupt,
                 "shape beyond");
  expect_refused(RawGguf().tensor("t", {33}, 8, std::string(68, 'x')).bytes(), ErrorKind::corrupt,
                 "whole blocks");
}

TEST(GgufFile, RefusesTensorsThatOverlapLeaveTheFileOrStandCrooked) {
  RawGguf overlap;
  overlap.tensor("a", {16}, 0, std::string(64, 'x')).tensor("b", {16}, 0, std::string(64, 'x'), 32);
  expect_refused(overlap.bytes(), ErrorKind::corrupt, "overlaps tensor 'a'");
  expect_refused(RawGguf().tensor("t", {64}, 0, "xxxx").bytes(), ErrorKind::corrupt, "truncated");
  expect_refused(RawGguf().tensor("t", {1}, 0, "xxxx", INT64_MAX - 31).bytes(), ErrorKind::corrupt,
                 "truncated");
  expect_refused(RawGguf().tensor("t", {1}, 0, std::string(64, 'x'), 4).bytes(), ErrorKind::corrupt,
                 "no multiple of 32");
}

TEST(GgufFile, TheFileMayChooseItsAlignment) {
  RawGguf raw;
  raw.alignment = 64;
  raw.whole("general.alignment", 64).tensor("a", {1}, 0, "xxxx").tensor("b", {1}, 0, "yyyy");
  const std::string bytes = raw.bytes();
  const auto header = parse(bytes);
  ASSERT_TRUE(header.has_value()) << header.error().text();
  EXPECT_EQ(header->tensors[1].bytes.front(), std::byte{'y'});
  for (const std::uint32_t alignment : {0U, 3U, 1U << 30U}) {
    expect_refused(RawGguf().whole("general.alignment", alignment).bytes(), ErrorKind::corrupt,
                   "power of two");
  }
}

TEST(GgufFile, EveryPrefixOfAFileIsRefusedAndNothingIsReadBeyondIt) {
  const std::string bytes = small().bytes();
  const std::size_t header_end = bytes.size() - 96;  // 32 + 34 bytes of data, padded
  for (std::size_t length = 0; length < header_end; ++length) {
    const std::string prefix =
        bytes.substr(0, length);  // a block of its own, so that a sanitizer would notice
    EXPECT_FALSE(parse(prefix).has_value()) << length;
  }
}

TEST(GgufFile, ChangedBytesAreRefusedOrReadButNeverReachBeyondTheFile) {
  const std::string bytes = small().bytes();
  Random random(11);
  std::size_t read = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string changed = bytes;
    for (std::uint64_t count = random.below(4) + 1; count > 0; --count) {
      changed[random.below(changed.size())] = static_cast<char>(random.next());
    }
    const auto header = parse(changed);
    if (!header) continue;
    ++read;
    for (const GgufTensor& tensor : header->tensors) {
      const auto* begin = reinterpret_cast<const char*>(tensor.bytes.data());
      EXPECT_GE(begin, changed.data());
      EXPECT_LE(begin + tensor.bytes.size(), changed.data() + changed.size());
    }
  }
  EXPECT_GT(read, 0U);
}

}  // namespace
}  // namespace preceptor::engine
