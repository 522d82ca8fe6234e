#include "store/set_statement.hpp"

#include <gtest/gtest.h>

namespace preceptor::store {
namespace {

using Types = std::vector<std::string>;

std::string form(const Statement& statement, SetUse use, const Types& types) {
  return set_form(statement, use, types).value_or("none");
}

TEST(SetStatement, AQuestionIsAskedForEachRowOfTheArrays) {
  EXPECT_EQ(
      form({"s", "SELECT a, '$1' FROM t WHERE b = $1 AND c = $2 FOR UPDATE"}, SetUse::question,
           {"bigint", "text"}),
      "SELECT many.place, answer.* FROM unnest(CAST($1 AS bigint[]), CAST($2 AS text[])) WITH ORDINALITY AS "
      "many (p1, p2, place) CROSS JOIN LATERAL (SELECT a, '$1' FROM t WHERE b = many.p1 AND c = many.p2 FOR "
      "UPDATE) AS answer");
}

TEST(SetStatement, AnInsertTakesItsRowsFromTheArrays) {
  EXPECT_EQ(form({"s", "INSERT INTO t (a, b) VALUES ($1, (SELECT c FROM u WHERE id = $2))"}, SetUse::change,
                 {"bigint", "bigint"}),
            "INSERT INTO t (a, b) SELECT many.p1, (SELECT c FROM u WHERE id = many.p2) FROM "
            "unnest(CAST($1 AS bigint[]), CAST($2 AS bigint[])) AS many (p1, p2)");
}

TEST(SetStatement, AnUpdateAndADeleteAreJoinedWithTheArrays) {
  EXPECT_EQ(
      form({.name = "s",
            .text = "UPDATE t SET a = $2, b = (SELECT c FROM u WHERE u.id = t.u) WHERE id = $1",
            .key_values = 1},
           SetUse::change, {"bigint", "text"}),
      "UPDATE t SET a = many.p2, b = (SELECT c FROM u WHERE u.id = t.u) FROM unnest(CAST($1 AS bigint[]), "
      "CAST($2 AS text[])) AS many (p1, p2) WHERE id = many.p1");
  EXPECT_EQ(form({"s", "DELETE FROM t WHERE id = $1"}, SetUse::change, {"bigint"}),
            "DELETE FROM t USING unnest(CAST($1 AS bigint[])) AS many (p1) WHERE id = many.p1");
}

TEST(SetStatement, WhatIsNotKnownToMeanTheSameHasNone) {
  const Types one{"bigint"};
  EXPECT_EQ(form({"s", "UPDATE t SET a = a + 1 WHERE id = $1"}, SetUse::change, one), "none")
      << "may meet a row twice";
  EXPECT_EQ(form({.name = "s", .text = "UPDATE t SET a = 1 FROM u WHERE t.id = $1", .key_values = 1},
                 SetUse::change, one),
            "none");
  EXPECT_EQ(form({"s", "INSERT INTO t (a) VALUES ($1) RETURNING id"}, SetUse::change, one), "none");
  EXPECT_EQ(
      form({"s", "INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET b = 1"}, SetUse::change, one),
      "none");
  EXPECT_EQ(form({"s", "INSERT INTO t (a) SELECT b FROM u WHERE id = $1"}, SetUse::change, one), "none");
  EXPECT_EQ(form({"s", "UPDATE t SET a = 1 WHERE id = $1 RETURNING a"}, SetUse::question, one), "none");
  EXPECT_EQ(form({.name = "s", .text = "SELECT random() WHERE $1 > 0", .draws = true}, SetUse::question, one),
            "none");
  EXPECT_EQ(form({"s", "SELECT 1"}, SetUse::question, {}), "none");
}

TEST(SetStatement, AHandWrittenFormIsTaken) {
  EXPECT_EQ(form({.name = "s", .text = "UPDATE …", .together = "WITH …"}, SetUse::question, {}), "WITH …");
}

TEST(SetStatement, ArraysKeepNullsAndEveryCharacter) {
  const Statement statement{"s", ""};
  const BoundStatement null{&statement, {std::nullopt}}, empty{&statement, {""}}, word{&statement, {"NULL"}},
      odd{&statement, {"a\"b\\c{d},e\n"}};
  const std::vector<const BoundStatement*> all{&null, &empty, &word, &odd};
  EXPECT_EQ(array_text(all, 0), "{NULL,\"\",\"NULL\",\"a\\\"b\\\\c{d},e\n\"}");
}

TEST(SetStatement, KeysAreTheFirstValues) {
  const Statement statement{.name = "s", .text = "", .key_values = 2}, keyless{"s", ""};
  const BoundStatement a{&statement, {"1", "2", "x"}}, b{&statement, {"1", "3", "x"}},
      c{&statement, {"1", "2", "y"}};
  const BoundStatement d{&keyless, {"1"}}, e{&keyless, {"1"}};
  EXPECT_TRUE(keys_differ(std::vector<const BoundStatement*>{&a, &b}));
  EXPECT_FALSE(keys_differ(std::vector<const BoundStatement*>{&a, &b, &c}));
  EXPECT_TRUE(keys_differ(std::vector<const BoundStatement*>{&d, &e}));
}

}  // namespace
}  // namespace preceptor::store
