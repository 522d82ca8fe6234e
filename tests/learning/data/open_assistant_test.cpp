#include "learning/data/open_assistant.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/data/dataset_file.hpp"

namespace preceptor::learning {
namespace {

using Json = nlohmann::json;
using Messages = std::vector<text::Message>;

Json message(std::string id, std::string role, std::string text) {
  return {{"message_id", id}, {"role", role},       {"text", text},
          {"deleted", false}, {"synthetic", false}, {"replies", Json::array()}};
}

Json reply(std::string id, std::string text, Json rank) {
  Json made = message(id, "assistant", text);
  made["rank"] = rank;
  return made;
}

Json tree_with(std::vector<Json> replies) {
  Json prompt = message("root", "prompter", "Which port has ferries?");
  for (Json& one : replies) prompt["replies"].push_back(one);
  return {{"message_tree_id", "tree"}, {"tree_state", "ready_for_export"}, {"prompt", prompt}};
}

ImportedData read(const Json& tree) { return DatasetFile(tree.dump()).read(); }

TEST(OpenAssistant, RankedRepliesGiveEveryPairOfDifferentRankSharingOneWeight) {
  const auto data =
      read(tree_with({reply("c", "third", 2), reply("a", "first", 0), reply("b", "second", 1)}));
  ASSERT_EQ(data.preferences.size(), 3U);
  EXPECT_EQ(data.preferences[0].chosen, "first");
  EXPECT_EQ(data.preferences[0].rejected, "second");
  EXPECT_EQ(data.preferences[2].chosen, "second");
  EXPECT_EQ(data.preferences[2].rejected, "third");
  for (const auto& pair : data.preferences) EXPECT_FLOAT_EQ(pair.weight, 1.0F / 3.0F);
}

TEST(OpenAssistant, UnrankedOrEquallyRankedRepliesGiveNoPair) {
  EXPECT_TRUE(read(tree_with({reply("a", "first", 0), reply("b", "second", nullptr)})).preferences.empty());
  EXPECT_TRUE(read(tree_with({reply("a", "first", 1), reply("b", "second", 1)})).preferences.empty());
}

TEST(OpenAssistant, ThreadsEndWithTheLastAnswer) {
  Json answer = reply("a", "Oldhaven.", 0);
  answer["replies"].push_back(message("q", "prompter", "And in winter?"));
  const auto data = read(tree_with({answer}));
  ASSERT_EQ(data.demonstrations.size(), 1U) << "the unanswered question ends no demonstration";
  EXPECT_EQ(data.demonstrations[0].messages,
            (Messages{{"user", "Which port has ferries?"}, {"assistant", "Oldhaven."}}));
}

TEST(OpenAssistant, DeletedAndSyntheticMessagesAreLeftOutWithAllBelowThem) {
  Json deleted = reply("a", "Oldhaven.", 0);
  deleted["deleted"] = true;
  deleted["replies"].push_back(message("q", "prompter", "And in winter?"));
  deleted["replies"][0]["replies"].push_back(reply("r", "None.", 0));
  Json synthetic = reply("b", "Newhaven.", 1);
  synthetic["synthetic"] = true;
  const auto data = read(tree_with({deleted, synthetic}));
  EXPECT_TRUE(data.demonstrations.empty());
  EXPECT_TRUE(data.preferences.empty());
  EXPECT_EQ(data.report.left_out.at("deleted message"), 1);
  EXPECT_EQ(data.report.left_out.at("synthetic message"), 1);
}

TEST(OpenAssistant, UnfinishedTreesAreLeftOut) {
  Json tree = tree_with({reply("a", "first", 0), reply("b", "second", 1)});
  tree["tree_state"] = "growing";
  const auto data = read(tree);
  EXPECT_EQ(data.report.rows_good, 1);
  EXPECT_TRUE(data.preferences.empty());
  EXPECT_EQ(data.report.left_out.at("tree in state growing"), 1);
}

TEST(OpenAssistant, WrongTreesAreRefusedWithTheirPlace) {
  const auto reason = [](const Json& tree) { return read(tree).report.errors.at(0).reason; };
  Json wrong_role = tree_with({message("q", "prompter", "What?")});
  EXPECT_EQ(reason(wrong_role), "/prompt/replies/0: a message and its reply have the same role");
  Json no_text = tree_with({reply("a", "first", 0)});
  no_text["prompt"]["replies"][0].erase("text");
  EXPECT_EQ(reason(no_text), "/prompt/replies/0/text: is missing");
  Json bad_rank = tree_with({reply("a", "first", "best")});
  EXPECT_EQ(reason(bad_rank), "/prompt/replies/0/rank: should be a number, is string");
}

TEST(OpenAssistant, RealTreesGiveThreadsAndPairsGroupedByTree) {
  const auto data = read_dataset(fixture("oasst-4-trees.jsonl")).value();
  EXPECT_EQ(data.report.shape, DatasetShape::open_assistant_trees);
  EXPECT_EQ(data.report.rows_good, 4);
  EXPECT_GT(data.report.left_out.at("synthetic message"), 0);
  EXPECT_GE(data.demonstrations.size(), 3U);
  EXPECT_GE(data.preferences.size(), 3U);
  std::set<std::string> groups;
  for (const auto& pair : data.preferences) {
    EXPECT_EQ(pair.prompt.back().role, "user");
    groups.insert(pair.origin.group);
  }
  EXPECT_EQ(groups.size(), 2U);
}

void flatten(const Json& node, const Json& tree, const Json& parent, std::vector<Json>& rows) {
  Json row = node;
  row.erase("replies");
  row["parent_id"] = parent;
  row["message_tree_id"] = tree["message_tree_id"];
  row["tree_state"] = tree["tree_state"];
  rows.push_back(row);
  for (const Json& one : node.value("replies", Json::array())) flatten(one, tree, node["message_id"], rows);
}

std::string lines_of(const std::vector<Json>& rows) {
  std::string lines;
  for (const Json& row : rows) lines += row.dump() + "\n";
  return lines;
}

TEST(OpenAssistant, FlatRowsInAnyOrderGiveWhatTheNestedTreesGive) {
  std::ifstream file(fixture("oasst-4-trees.jsonl"));
  std::vector<Json> rows;
  for (std::string line; std::getline(file, line);) {
    const Json tree = Json::parse(line);
    flatten(tree["prompt"], tree, nullptr, rows);
  }
  std::reverse(rows.begin(), rows.end());
  const auto flat = DatasetFile(lines_of(rows)).read();
  EXPECT_EQ(flat.report.shape, DatasetShape::open_assistant_messages);
  const auto nested = read_dataset(fixture("oasst-4-trees.jsonl")).value();
  const auto texts = [](const ImportedData& data) {
    std::multiset<std::string> all;
    for (const auto& pair : data.preferences)
      all.insert(pair.origin.group + pair.chosen + "|" + pair.rejected);
    for (const auto& one : data.demonstrations) all.insert(one.origin.prompt + one.messages.back().content);
    return all;
  };
  EXPECT_EQ(texts(flat), texts(nested));
}

TEST(OpenAssistant, FlatRowsThatHangOnNothingAreErrorsOfTheirLines) {
  Json orphan = reply("a", "first", 0);
  orphan["message_tree_id"] = "tree";
  orphan["parent_id"] = "gone";
  Json circle = message("c", "prompter", "Round?");
  circle["message_tree_id"] = "tree";
  circle["parent_id"] = "d";
  Json other = reply("d", "Round.", 0);
  other["message_tree_id"] = "tree";
  other["parent_id"] = "c";
  Json twice = message("c", "prompter", "Again?");
  twice["message_tree_id"] = "tree";
  const auto data = DatasetFile(lines_of({orphan, circle, other, twice})).read();
  ASSERT_EQ(data.report.errors.size(), 4U);
  EXPECT_EQ(data.report.rows_good, 0);
  EXPECT_EQ(data.report.errors[0].reason, "its parent gone is not in this file");
  EXPECT_EQ(data.report.errors[1].reason, "its thread has no beginning in this file");
  EXPECT_EQ(data.report.errors[2].reason, "its thread has no beginning in this file");
  EXPECT_EQ(data.report.errors[3].reason, "message_id is that of line 2");
}

TEST(OpenAssistant, AFlatThreadWithoutEndIsRefusedNotFollowed) {
  std::vector<Json> rows;
  for (int i = 0; i < 5000; ++i) {
    Json row = message(std::to_string(i), i % 2 == 0 ? "prompter" : "assistant", "x");
    row["message_tree_id"] = "tree";
    row["parent_id"] = i == 0 ? Json(nullptr) : Json(std::to_string(i - 1));
    rows.push_back(row);
  }
  const auto data = DatasetFile(lines_of(rows)).read();
  EXPECT_GT(data.report.rows_bad, 0);
  EXPECT_TRUE(data.demonstrations.empty());
}

}  // namespace
}  // namespace preceptor::learning
