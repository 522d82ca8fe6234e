#include "engine/constrained/regular_expression.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <regex>

#include "tests/constrained/form_writer.hpp"

namespace preceptor::engine {
namespace {

std::shared_ptr<const Constraint> form(const std::string& pattern) {
  auto made = regular_expression_form(pattern, form_vocabulary());
  EXPECT_TRUE(made.has_value()) << pattern << ": " << (made ? "" : made.error().text());
  return made.value();
}

TEST(RegularExpression, AcceptsWhatTheStandardLibrarysDoes) {
  const std::vector<std::string> patterns = {
      "a*b",         "(a|b)*c",      "a{2,3}",    "a{2,}b?",        "[^a]b",      "(ab|a)(bc|c)?", "^a|b$",
      "a(?:b|c)+",   "[a-b]*c{0,2}", "((a*)*)*b", "(a|ab)(c|bcd)*", "a??b+?",     "\\x61|\\u0062", "",
      "[ab]{0,4}?c", "(a|)(b|)(c|)", "a.c",       "\\w\\W?",        "[\\d\\s]*a", "(a{1,2}){2}b"};
  std::vector<std::string> texts = {""};
  for (std::size_t i = 0; i < texts.size() && texts[i].size() < 5; ++i) {
    for (const char letter : {'a', 'b', 'c', ' '}) texts.push_back(texts[i] + letter);
  }
  for (const std::string& pattern : patterns) {
    const auto one = form(pattern);
    const std::regex standard(pattern);
    for (const std::string& text : texts)
      ASSERT_EQ(matches(*one, text), std::regex_match(text, standard)) << pattern << " on '" << text << "'";
  }
}

TEST(RegularExpression, TokensOfSeveralBytesAreAllowedExactlyWhereTheirBytesAre) {
  const auto one = form("the (ferry|harbour)( to the (ferry|harbour))*");
  EXPECT_TRUE(matches(*one, "the ferry to the harbour to the ferry", false));
  EXPECT_FALSE(matches(*one, "the ferry to the", false));
  const auto state = one->begin(std::vector<TokenId>{end_of_text});
  for (const TokenId id : allowed_ids(state->allowed()))
    EXPECT_TRUE(std::string("the ferry").starts_with(form_vocabulary()->bytes_of(id, true)) ||
                std::string("the harbour").starts_with(form_vocabulary()->bytes_of(id, true)));
}

TEST(RegularExpression, CharactersBeyondAsciiAreOne) {
  const auto one = form("[ä-ü]{2}.[^x]三?");
  EXPECT_TRUE(matches(*one, "äü€y"));
  EXPECT_TRUE(matches(*one, "öö🚢三三"));
  EXPECT_FALSE(matches(*one, "ä€y"));
  EXPECT_FALSE(matches(*one, "äöax"));
  EXPECT_FALSE(matches(*one, "äöa\xff"));
  EXPECT_TRUE(matches(*form("\\u{1F6A2}\\u00e4"), "🚢ä"));
}

TEST(RegularExpression, EveryRandomTextMatches) {
  Random random(4);
  for (const std::string pattern : {"[a-z]{3,8}( [a-z]{1,5}){0,3}", "(\\+|-)?\\d{1,3}(,\\d{3})*",
                                    "(yes|no|maybe)(!|\\?)?", "[A-F0-9]{4}-[^-]{2}"}) {
    const auto one = form(pattern);
    const std::regex standard(pattern);
    for (int i = 0; i < 60; ++i) {
      const auto text = random_text(*one, random);
      ASSERT_TRUE(text.has_value()) << pattern;
      if (pattern.find("[^") != std::string::npos) continue;  // std::regex knows bytes alone
      EXPECT_TRUE(std::regex_match(*text, standard)) << pattern << ": " << *text;
    }
  }
}

TEST(RegularExpression, WhatNeedsMoreThanAFiniteAutomatonIsRefusedByName) {
  const std::vector<std::pair<std::string, std::string>> cases = {{"(a)\\1", "\\1"},
                                                                  {"a(?=b)", "look-around"},
                                                                  {"(?<!a)b", "look-around"},
                                                                  {"\\bword", "\\b"},
                                                                  {"a^b", "^"},
                                                                  {"a$b", "$"},
                                                                  {"(a|b", "("},
                                                                  {"a)", ")"},
                                                                  {"[a", "["},
                                                                  {"*a", "repeat"},
                                                                  {"a**", "repeat"},
                                                                  {"a{3,2}", "count"},
                                                                  {"a{x}", "{"},
                                                                  {"[z-a]", "range"},
                                                                  {"\\p{L}", "\\p"},
                                                                  {"a++", "possessive"},
                                                                  {"[[:alpha:]]", "named"},
                                                                  {"\\ud800", "character"},
                                                                  {"a\\", "\\"},
                                                                  {"a{99999}", "counts"}};
  for (const auto& [pattern, word] : cases) {
    const auto refused = regular_expression_form(pattern, form_vocabulary());
    ASSERT_FALSE(refused.has_value()) << pattern;
    EXPECT_NE(refused.error().message.find(word), std::string::npos)
        << pattern << ": " << refused.error().text();
  }
  EXPECT_FALSE(regular_expression_form(std::string(9000, 'a'), form_vocabulary()).has_value());
  EXPECT_FALSE(regular_expression_form("\xff", form_vocabulary()).has_value());
  EXPECT_FALSE(regular_expression_form("[]", form_vocabulary()).has_value()) << "no text fulfils it";
  EXPECT_FALSE(regular_expression_form("((((a{500}){500}){500}){500})", form_vocabulary()).has_value());
}

TEST(RegularExpression, HostileExpressionsCostABoundedTime) {
  for (const std::string pattern : {"(a|a)*(a|a)*(a|a)*b", "(.*a){20}", ".*(a|b).{400}x", "(a*)*(a*)*(a*)*c",
                                    "((a?){50}){50}b", "(x+x+)+y", "(.|..|...|....)*z"}) {
    const std::clock_t begin = std::clock();  // of the processor: the machine may be busy
    const auto one = form(pattern);
    const auto state = one->begin(std::vector<TokenId>{end_of_text});
    Random random(1);
    for (int i = 0; i < 12 && !state->finished(); ++i) {
      const auto ids = allowed_ids(state->allowed());
      ASSERT_FALSE(ids.empty()) << pattern;
      state->accept(ids.back() == end_of_text ? end_of_text
                                              : ids[ids.size() - 1 - random.below(ids.size() / 2 + 1)]);
    }
    EXPECT_LT(std::clock() - begin, 20 * CLOCKS_PER_SEC) << pattern;
  }
}

TEST(RegularExpression, MasksDoNotDependOnWhatWasAskedBefore) {
  const std::string pattern = "(.*(ferry|harbour)){3}[a-z ]{0,40}";
  const auto used = form(pattern);
  Random random(2);
  for (int i = 0; i < 5; ++i) random_text(*used, random, 60);
  const auto fresh = form(pattern);
  const auto one = used->begin(std::vector<TokenId>{end_of_text});
  const auto other = fresh->begin(std::vector<TokenId>{end_of_text});
  for (int i = 0; i < 40; ++i) {
    const auto ids = allowed_ids(one->allowed());
    ASSERT_EQ(ids, allowed_ids(other->allowed())) << i;
    if (ids.empty()) break;
    const TokenId id = ids[random.below(ids.size())];
    one->accept(id);
    other->accept(id);
  }
}

}  // namespace
}  // namespace preceptor::engine
