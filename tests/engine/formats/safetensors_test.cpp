#include "engine/formats/safetensors.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/random.hpp"
#include "tests/formats/raw_safetensors.hpp"

namespace preceptor::engine {
namespace {

class Safetensors : public testing::Test {
protected:
  Error refusal_of(const std::string& bytes) {
    const auto opened = SafetensorsFile::open(write_bytes(path_, bytes));
    EXPECT_FALSE(opened.has_value());
    return opened ? Error{} : opened.error();
  }

  // Every refusal says which file; most also say which tensor.
  void expect_refused(const std::string& bytes, const std::string& reason) {
    const Error error = refusal_of(bytes);
    EXPECT_EQ(error.kind, ErrorKind::corrupt) << error.text();
    EXPECT_NE(error.text().find(path_.string()), std::string::npos) << error.text();
    EXPECT_NE(error.message.find(reason), std::string::npos) << error.text();
  }

  void expect_header_refused(const std::string& header, std::size_t data_bytes, const std::string& reason) {
    expect_refused(raw_safetensors(header, data_bytes), reason);
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "weights.safetensors";
};

TEST_F(Safetensors, WhatIsWrittenIsReadBack) {
  const std::vector<float> matrix = {1, -2, 3.5, 0.25, 100, -0.5};
  const std::vector<float> gain = {1, 2, 4};
  const std::vector<TensorToWrite> tensors = {
      {"matrix", {2, 3}, matrix}, {"gain", {3}, gain}, {"none", {0, 7}, {}}};
  for (const StoredType type : {StoredType::f32, StoredType::bf16}) {
    write_safetensors(path_, tensors, type, {{"format", "pt"}});
    const auto file = SafetensorsFile::open(path_);
    ASSERT_TRUE(file.has_value()) << file.error().text();
    EXPECT_EQ(file->metadata().at("format"), "pt");
    ASSERT_EQ(file->tensors().size(), 3U);
    for (const TensorToWrite& tensor : tensors) {
      const StoredTensor* stored = file->find(tensor.name);
      ASSERT_NE(stored, nullptr);
      EXPECT_EQ(stored->type, type);
      EXPECT_TRUE(file->check(*stored, tensor.shape).has_value());
      std::vector<float> values(stored->count);
      to_floats(values, stored->bytes, stored->type);
      EXPECT_EQ(values, std::vector<float>(tensor.values.begin(), tensor.values.end()));
    }
    EXPECT_EQ(file->find("absent"), nullptr);
  }
}

TEST_F(Safetensors, TensorDataStartsAtAnAlignedByte) {
  const std::vector<float> values = {1};
  write_safetensors(path_, std::vector<TensorToWrite>{{"odd name", {1}, values}}, StoredType::f32);
  const auto file = SafetensorsFile::open(path_);
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(file->tensors().front().bytes.data()) % 8, 0U);
}

TEST_F(Safetensors, AFailedWriteLeavesTheOldFile) {
  const std::vector<float> values = {7};
  write_safetensors(path_, std::vector<TensorToWrite>{{"a", {1}, values}}, StoredType::f32);
  const std::filesystem::path absent = folder_.path() / "absent" / "weights.safetensors";
  EXPECT_THROW(write_safetensors(absent, std::vector<TensorToWrite>{{"a", {1}, values}}, StoredType::f32),
               Failure);
  EXPECT_TRUE(SafetensorsFile::open(path_).has_value());
}

TEST_F(Safetensors, AMissingFileIsNotFound) {
  const auto opened = SafetensorsFile::open(folder_.path() / "absent.safetensors");
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().kind, ErrorKind::not_found) << opened.error().text();
}

TEST_F(Safetensors, FilesTooShortForTheirHeaderAreRefused) {
  expect_refused("", "too short");
  expect_refused("1234567", "too short");
  expect_refused(raw_safetensors("{}", 0, 3), "the header claims 3 bytes but the file ends after 2");
  expect_refused(raw_safetensors("{}", 0, 100'000'001), "more than the limit");
  expect_refused(raw_safetensors("{}", 0, UINT64_MAX - 1), "more than the limit");
}

TEST_F(Safetensors, HeadersThatAreNotJsonObjectsAreRefused) {
  expect_header_refused("{", 0, "not valid JSON");
  expect_header_refused("", 0, "not valid JSON");
  expect_header_refused("[]", 0, "not a JSON object");
  expect_header_refused("{\"a\xff\":1}", 0, "not valid UTF-8");
  expect_header_refused(R"({"a": 5})", 0, "tensor 'a' is not described by an object");
  expect_header_refused(R"({"__metadata__": {"format": 1}})", 0, "not a string");
  expect_header_refused(R"({"__metadata__": []})", 0, "__metadata__ is not an object");
}

TEST_F(Safetensors, NestingIsRefusedBeforeItCostsAnything) {
  std::string nested = R"({"a":)";
  for (int depth = 0; depth < 50; ++depth) nested += R"({"b":)";
  nested += "1" + std::string(51, '}');
  expect_header_refused(nested, 0, "nested deeper");
  expect_header_refused(R"({"a":)" + std::string(5'000'000, '['), 0, "nested deeper");
}

TEST_F(Safetensors, FieldsThatAreMissingOrOfTheWrongTypeAreNamed) {
  expect_header_refused(R"({"a":{"shape":[1],"data_offsets":[0,4]}})", 4, "tensor 'a' has no 'dtype'");
  expect_header_refused(R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", 4, "tensor 'a' has no 'shape'");
  expect_header_refused(R"({"a":{"dtype":"F32","shape":[1]}})", 4, "tensor 'a' has no 'data_offsets'");
  expect_header_refused(R"({"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}})", 4,
                        "dtype that is not a string");
  expect_header_refused(R"({"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}})", 4,
                        "unknown dtype 'F33'");
  expect_header_refused(R"({"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}})", 4,
                        "shape that is not an array");
  expect_header_refused(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4, "non-negative");
  expect_header_refused(R"({"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}})", 4, "non-negative");
  expect_header_refused(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}})", 4, "not a pair");
  expect_header_refused(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,"4"]}})", 4, "non-negative");
}

TEST_F(Safetensors, NamesAndFieldsThatComeTwiceAreRefused) {
  const std::string one = R"("a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  expect_header_refused("{" + one + "," + one + "}", 4, "tensor 'a' appears twice");
  expect_header_refused(R"({"a":{"dtype":"F32","dtype":"F16","shape":[1],"data_offsets":[0,4]}})", 4,
                        "tensor 'a' has the field 'dtype' twice");
}

TEST_F(Safetensors, SizesThatOverflowAreRefused) {
  expect_header_refused(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0,
                        "overflows");
  expect_header_refused(R"({"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}})", 0,
                        "overflows");
  expect_header_refused(R"({"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,4]}})", 4,
                        "overflows");
  expect_header_refused(R"({"a":{"dtype":"F32","shape":[1e400],"data_offsets":[0,4]}})", 4, "out of range");
}

TEST_F(Safetensors, OffsetsThatDoNotTileTheDataAreRefused) {
  const auto entry = [](const char* name, int begin, int end) {
    return "\"" + std::string(name) + "\":{\"dtype\":\"F32\",\"shape\":[" +
           std::to_string((end - begin) / 4) + "],\"data_offsets\":[" + std::to_string(begin) + "," +
           std::to_string(end) + "]}";
  };
  expect_header_refused("{" + entry("a", 0, 8) + "," + entry("b", 4, 12) + "}", 12, "tensor 'b' overlaps");
  expect_header_refused("{" + entry("a", 0, 8) + "," + entry("b", 0, 8) + "}", 8, "tensor 'b' overlaps");
  expect_header_refused("{" + entry("a", 0, 4) + "," + entry("b", 8, 12) + "}", 12, "a hole of 4 bytes");
  expect_header_refused("{" + entry("a", 4, 8) + "}", 8, "a hole of 4 bytes");
  expect_header_refused("{" + entry("a", 0, 8) + "}", 4, "truncated");
  expect_header_refused("{" + entry("a", 0, 4) + "}", 8, "4 bytes after the last tensor");
  expect_header_refused(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}})", 8,
                        "ends before it begins");
  expect_header_refused(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,4]}})", 4,
                        "tensor 'a' needs 12 bytes by its shape and dtype but its offsets span 4");
}

TEST_F(Safetensors, EveryTruncationOfAGoodFileIsRefused) {
  const std::vector<float> values(4, 1.0F);
  write_safetensors(path_, std::vector<TensorToWrite>{{"a", {2, 2}, values}}, StoredType::f32);
  const auto whole = read_file(path_, 1 << 20);
  ASSERT_TRUE(whole.has_value());
  for (std::size_t size = 0; size < whole->size(); ++size) {
    EXPECT_FALSE(SafetensorsFile::open(write_bytes(path_, whole->substr(0, size))).has_value()) << size;
  }
}

TEST_F(Safetensors, RandomDamageNeverShowsBytesOutsideTheFile) {
  const std::vector<float> values(16, 1.0F);
  write_safetensors(path_,
                    std::vector<TensorToWrite>{{"a", {4, 2}, std::span(values).first(8)},
                                               {"b", {8}, std::span(values).last(8)}},
                    StoredType::f32, {{"format", "pt"}});
  const std::string whole = read_file(path_, 1 << 20).value();
  const std::size_t header_end = whole.size() - 64;
  Random random(20261123);
  int accepted = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = whole;
    for (std::uint64_t change = 0; change <= random.below(3); ++change) {
      const auto position = static_cast<std::size_t>(random.below(header_end));
      const bool digit = damaged[position] >= '0' && damaged[position] <= '9';
      damaged[position] = static_cast<char>(digit ? '0' + random.below(10) : random.below(256));
    }
    const auto file = SafetensorsFile::open(write_bytes(path_, damaged));
    if (!file) continue;
    ++accepted;
    for (const StoredTensor& tensor : file->tensors()) {
      ASSERT_LE(tensor.bytes.size(), std::size_t{64}) << damaged;
      if (tensor.type == StoredType::other) continue;
      ASSERT_EQ(tensor.bytes.size(), tensor.count * bytes_per_value(tensor.type)) << damaged;
      std::vector<float> read(tensor.count);
      to_floats(read, tensor.bytes, tensor.type);
    }
  }
  EXPECT_GT(accepted, 0) << "changes of names alone are harmless";
  EXPECT_LT(accepted, 1500);
}

TEST_F(Safetensors, TypesThatTheEngineDoesNotComputeWithAreListedButNotAccepted) {
  write_bytes(path_, raw_safetensors(R"({"ids":{"dtype":"I64","shape":[2],"data_offsets":[0,16]}})", 16));
  const auto file = SafetensorsFile::open(path_);
  ASSERT_TRUE(file.has_value()) << file.error().text();
  const std::vector<std::int64_t> shape = {2};
  const auto checked = file->check(*file->find("ids"), shape);
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(checked.error().kind, ErrorKind::unsupported);
  EXPECT_NE(checked.error().message.find("tensor 'ids' has dtype I64"), std::string::npos);
}

}  // namespace
}  // namespace preceptor::engine
