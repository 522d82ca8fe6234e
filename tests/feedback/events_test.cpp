#include "feedback/events.hpp"

#include <gtest/gtest.h>

#include "base/hash.hpp"

namespace preceptor::feedback {
namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (int value : values) text.push_back(static_cast<char>(value));
  return text;
}

std::string unhex(const std::string& text) {
  std::string raw;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    raw.push_back(static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return raw;
}

std::string node(const std::string& left, const std::string& right) {
  return sha256_hex(bytes({1}) + unhex(left) + unhex(right));
}

// The known leaves of RFC 6962's reference implementation.
const std::vector<std::string> leaves{
    sha256_hex(bytes({0})),
    sha256_hex(bytes({0, 0x00})),
    sha256_hex(bytes({0, 0x10})),
    sha256_hex(bytes({0, 0x20, 0x21})),
    sha256_hex(bytes({0, 0x30, 0x31})),
    sha256_hex(bytes({0, 0x40, 0x41, 0x42, 0x43})),
    sha256_hex(bytes({0, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57})),
    sha256_hex(bytes(
        {0, 0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f})),
};

std::string root_of(std::size_t count) { return merkle_root(std::span(leaves).first(count)); }

TEST(Events, TheMerkleRootIsThatOfCertificateTransparency) {
  EXPECT_EQ(root_of(0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(root_of(1), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_EQ(root_of(2), "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
  EXPECT_EQ(root_of(3), "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
  EXPECT_EQ(root_of(7), "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c");
  EXPECT_EQ(root_of(8), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

TEST(Events, AnOddLeafMovesUpUnchanged) {
  EXPECT_EQ(root_of(5), node(node(node(leaves[0], leaves[1]), node(leaves[2], leaves[3])), leaves[4]));
}

TEST(Events, ACommitmentCoversSaltAndPayload) {
  const EventPayload payload{.salt = "00ff", .payload = "{}"};
  EXPECT_EQ(commitment(payload), sha256_hex(std::string("\x00\xff{}", 4)));
  EXPECT_NE(commitment(payload), commitment({.salt = "00fe", .payload = "{}"}));
  EXPECT_NE(commitment(payload), commitment({.salt = "00ff", .payload = "[]"}));
}

TEST(Events, EveryFieldOfARowChangesItsLeaf) {
  const Event event{.kind = "judgment.submitted",
                    .project = ProjectId{1},
                    .actor = PersonId{2},
                    .subject = 3,
                    .at = Timestamp{4},
                    .commitment = "ab",
                    .position = 5};
  std::vector<Event> changed(7, event);
  changed[0].kind = "judgment.removed";
  changed[1].project = ProjectId{9};
  changed[2].actor = PersonId{9};
  changed[3].subject = 9;
  changed[4].at = Timestamp{9};
  changed[5].commitment = "ac";
  changed[6].position = 9;
  for (const Event& other : changed) EXPECT_NE(leaf_hash(other), leaf_hash(event));
  EXPECT_EQ(leaf_hash(event), leaf_hash(event));
}

TEST(Events, ARootChainsToTheOneBefore) {
  const std::string merkle = root_of(3);
  EXPECT_NE(chained_root("", merkle), merkle);
  EXPECT_NE(chained_root(root_of(1), merkle), chained_root(root_of(2), merkle));
}

}  // namespace
}  // namespace preceptor::feedback
