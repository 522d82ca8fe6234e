// docs/rights.md, held against the table of rights.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "feedback/rights.hpp"

namespace preceptor::server {
namespace {

using feedback::Right;
using feedback::Role;

const std::filesystem::path document =
    std::filesystem::path(PRECEPTOR_TEST_FOLDER).parent_path().parent_path() / "docs" / "rights.md";

// The cells of the rows that begin with a name in code, by that name.
std::map<std::string, std::vector<std::string>> rows() {
  std::map<std::string, std::vector<std::string>> found;
  std::ifstream file(document);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| `")) continue;
    std::vector<std::string> cells;
    for (std::size_t begin = 2; begin < line.size();) {
      const auto end = std::min(line.find(" | ", begin), line.size());
      cells.push_back(line.substr(begin, end - begin));
      begin = end + 3;
    }
    found[cells.front().substr(1, cells.front().size() - 2)] = cells;
  }
  return found;
}

TEST(RightsDocument, SaysWhatTheTableSays) {
  const auto described = rows();
  EXPECT_EQ(described.size(), static_cast<std::size_t>(feedback::right_count));
  for (int i = 0; i < feedback::right_count; ++i) {
    const auto right = static_cast<Right>(i);
    const auto row = described.find(std::string(name_of(right)));
    ASSERT_NE(row, described.end()) << name_of(right) << " is not in " << document;
    const auto& cells = row->second;
    ASSERT_GE(cells.size(), 7U) << name_of(right);
    const auto word = [](bool may) { return may ? "yes" : "no"; };
    EXPECT_EQ(cells[1], word(feedback::allowed(Role::trainer, right))) << name_of(right);
    EXPECT_EQ(cells[2], word(feedback::allowed(Role::reviewer, right))) << name_of(right);
    EXPECT_EQ(cells[3], word(feedback::allowed(Role::lead, right))) << name_of(right);
    EXPECT_EQ(cells[4], word(feedback::allowed(Role::owner, right))) << name_of(right);
    EXPECT_EQ(cells[5], word(feedback::act_of(right) == feedback::Act::reads)) << name_of(right);
  }
}

}  // namespace
}  // namespace preceptor::server
