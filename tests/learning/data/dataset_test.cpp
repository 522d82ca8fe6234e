#include "learning/data/dataset.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/file.hpp"
#include "base/random.hpp"
#include "tests/data/dataset_file.hpp"

namespace preceptor::learning {
namespace {

constexpr std::string_view good_row = R"({"prompt": "Sky?", "chosen": "Blue.", "rejected": "Green."})";

std::string rows(std::initializer_list<std::string_view> lines) {
  std::string text;
  for (const auto line : lines) text.append(line).append("\n");
  return text;
}

TEST(Dataset, NothingIsReturnedFromAFileWithBadRows) {
  const auto data = DatasetFile(rows({good_row, "{", good_row})).read();
  EXPECT_TRUE(data.preferences.empty());
  EXPECT_EQ(data.report.rows, 3);
  EXPECT_EQ(data.report.rows_good, 2);
  EXPECT_EQ(data.report.rows_bad, 1);
  ASSERT_EQ(data.report.errors.size(), 1U);
  EXPECT_EQ(data.report.errors[0].line, 2);
  EXPECT_EQ(data.report.records.at("preferences"), 2);
}

TEST(Dataset, KeepGoodReturnsTheGoodRows) {
  const auto data = DatasetFile(rows({good_row, "{", good_row})).read({.bad_rows = BadRows::keep_good});
  EXPECT_EQ(data.preferences.size(), 2U);
  EXPECT_EQ(data.preferences[1].origin.line, 3);
  EXPECT_EQ(data.report.rows_bad, 1);
}

TEST(Dataset, EveryBadRowIsReportedWithLineAndReason) {
  std::string deep(50, '[');
  deep = R"({"prompt": "a", "extra": )" + deep + std::string(50, ']') + "}";
  const auto data = DatasetFile(rows({good_row,                               //
                                      "{\"prompt\": \"\xC3\x28\"}",           //
                                      R"({"prompt": "Sky?", "chosen": "Bl)",  //
                                      deep,                                   //
                                      "[1, 2]",                               //
                                      R"({"question": "Sky?"})",              //
                                      R"({"text": "another shape"})"}))
                        .read();
  const auto& errors = data.report.errors;
  ASSERT_EQ(errors.size(), 6U);
  for (std::size_t i = 0; i < errors.size(); ++i) EXPECT_EQ(errors[i].line, static_cast<std::int64_t>(i) + 2);
  EXPECT_EQ(errors[0].reason, "byte 12: is not valid UTF-8");
  EXPECT_EQ(errors[1].reason, "byte 32: JSON ends too early");
  EXPECT_NE(errors[2].reason.find("nests deeper than 32 levels"), std::string::npos) << errors[2].reason;
  EXPECT_EQ(errors[3].reason, "is not a JSON object");
  EXPECT_EQ(errors[4].reason, "has none of the known sets of keys");
  EXPECT_EQ(errors[5].reason, "is a language modelling row in a file of preference rows");
}

TEST(Dataset, AnOverlongLineEndsTheReadingAndIsReported) {
  const auto data = DatasetFile(rows({good_row, std::string(2000, 'x'), good_row}))
                        .read({.bad_rows = BadRows::keep_good, .line_bytes_max = 1000});
  EXPECT_EQ(data.preferences.size(), 1U);
  ASSERT_EQ(data.report.errors.size(), 1U);
  EXPECT_EQ(data.report.errors[0].line, 2);
  EXPECT_EQ(data.report.errors[0].reason, "a line is longer than 1000 bytes; nothing after it was read");
}

TEST(Dataset, PackedDataThatIsCutOffIsAnError) {
  for (const char* name : {"hh-rlhf-5.jsonl.gz", "hh-rlhf-5.jsonl.zst"}) {
    const auto packed = read_file(fixture(name), 1U << 20U).value();
    const auto data = DatasetFile(packed.substr(0, packed.size() / 2), name).read();
    EXPECT_TRUE(data.preferences.empty());
    EXPECT_EQ(data.report.rows_bad, 1) << name;
  }
}

TEST(Dataset, APromptBesideAnswersOfAnUnknownShapeIsNotAPromptAlone) {
  const auto data = DatasetFile(rows({R"({"prompt": "2 + 2?", "completions": ["4"], "labels": [true]})",
                                      R"({"prompt": "2 + 2?", "chosen": "4"})"}))
                        .read();
  EXPECT_EQ(data.report.rows_bad, 2);
}

// Whatever strangers send: bytes changed, cut out and doubled at random end in rows or in errors, never in a
// crash.
TEST(Dataset, SurvivesRandomDamage) {
  Random random(17);
  for (const char* name :
       {"hh-rlhf-5.jsonl", "hh-rlhf-5.jsonl.gz", "hh-rlhf-5.jsonl.zst", "oasst-4-trees.jsonl"}) {
    const auto whole = read_file(fixture(name), 1U << 20U).value();
    for (int trial = 0; trial < 60; ++trial) {
      std::string damaged = whole;
      for (std::uint64_t changes = 1 + random.below(8); changes > 0; --changes) {
        const auto at = static_cast<std::size_t>(random.below(damaged.size()));
        const auto length = static_cast<std::size_t>(random.below(40));
        switch (random.below(4)) {
          case 0: damaged[at] = static_cast<char>(random.below(256)); break;
          case 1: damaged.erase(at, length); break;
          case 2: damaged.insert(at, damaged.substr(at, length)); break;
          default: damaged.insert(at, std::string(length, "[{\"\\,\n"[random.below(6)]));
        }
        if (damaged.empty()) damaged = "[";
      }
      const auto data = read_dataset(DatasetFile(damaged, name).path(), {.bad_rows = BadRows::keep_good});
      if (!data) continue;
      EXPECT_EQ(data->report.rows, data->report.rows_good + data->report.rows_bad);
      for (const auto& pair : data->preferences) EXPECT_NE(pair.chosen, pair.rejected);
    }
  }
}

TEST(Dataset, AJsonArrayIsReadElementByElement) {
  const auto data =
      DatasetFile("[\n  {\"text\": \"a, ] }\\\" b\"},\n\n  {\"text\":\n \"c\"}]\n", "rows.json").read();
  ASSERT_EQ(data.documents.size(), 2U) << (data.report.errors.empty() ? "" : data.report.errors[0].reason);
  EXPECT_EQ(data.documents[0].text, "a, ] }\" b");
  EXPECT_EQ(data.documents[0].origin.line, 2);
  EXPECT_EQ(data.documents[1].origin.line, 4);
}

TEST(Dataset, OneBrokenElementOfAnArrayLeavesTheOthers) {
  const auto data =
      DatasetFile("[{\"text\": \"a\"},\n {\"text\": nonsense},\n {\"text\": \"c\"}]", "rows.json")
          .read({.bad_rows = BadRows::keep_good});
  EXPECT_EQ(data.documents.size(), 2U);
  ASSERT_EQ(data.report.errors.size(), 1U);
  EXPECT_EQ(data.report.errors[0].line, 2);
}

TEST(Dataset, ATruncatedArrayIsAnError) {
  const auto data = DatasetFile("[{\"text\": \"a\"}, {\"text\": \"b", "rows.json").read();
  ASSERT_EQ(data.report.errors.size(), 1U);
  EXPECT_EQ(data.report.errors[0].reason,
            "the file ends in the middle of an element; nothing after it was read");
  EXPECT_EQ(DatasetFile("[{\"text\": \"a\"},", "rows.json").read().report.rows_bad, 1);
  EXPECT_EQ(DatasetFile("[{\"text\": \"a\"}] more", "rows.json").read().report.rows_bad, 1);
}

TEST(Dataset, ErrorsBeyondTheLimitAreCountedOnly) {
  std::string text;
  for (int i = 0; i < 20; ++i) text += "nonsense\n";
  const auto data = DatasetFile(text).read({.errors_max = 3});
  EXPECT_EQ(data.report.errors.size(), 3U);
  EXPECT_EQ(data.report.rows_bad, 20);
  EXPECT_FALSE(data.report.shape.has_value());
}

TEST(Dataset, AnEmptyOrMissingFileIsRefused) {
  EXPECT_FALSE(read_dataset(DatasetFile("\n \n").path()));
  EXPECT_FALSE(read_dataset(DatasetFile("[]").path()));
  EXPECT_FALSE(read_dataset("/nowhere/rows.jsonl"));
}

TEST(Dataset, BlankLinesAndWindowsLineEndsAreFine) {
  const auto data = DatasetFile("\xEF\xBB\xBF{\"text\": \"a\"}\r\n\r\n{\"text\": \"b\"}\r\n").read();
  EXPECT_EQ(data.documents.size(), 2U);
  EXPECT_EQ(data.report.rows_bad, 0);
}

TEST(Dataset, HoldingOutFollowsTheGroupAlone) {
  int held = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string group = "tree " + std::to_string(i);
    EXPECT_EQ(held_out(group, 1, 0.2), held_out(group, 1, 0.2));
    EXPECT_LE(held_out(group, 1, 0.1), held_out(group, 1, 0.2)) << "a larger share holds out a superset";
    held += held_out(group, 1, 0.2) ? 1 : 0;
  }
  EXPECT_NEAR(held, 400, 60);
  EXPECT_FALSE(held_out("tree", 1, 0.0));
  EXPECT_TRUE(held_out("tree", 1, 1.0));
}

}  // namespace
}  // namespace preceptor::learning
