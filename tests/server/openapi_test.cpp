#include "server/openapi.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "server/routes/table.hpp"

namespace preceptor::server {
namespace {

using nlohmann::json;

const std::filesystem::path committed =
    std::filesystem::path(PRECEPTOR_TEST_FOLDER).parent_path().parent_path() / "docs" / "openapi.json";

// After a change to the routes: PRECEPTOR_UPDATE=1 build/dev/test_server --gtest_filter='OpenApi.*'
TEST(OpenApi, CommittedDocumentIsWhatTheTableWrites) {
  if (std::getenv("PRECEPTOR_UPDATE") != nullptr) std::ofstream(committed) << openapi_document();
  std::ifstream file(committed);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(text.str() == openapi_document())
      << committed << " is stale: run this test with PRECEPTOR_UPDATE=1 and commit the file";
}

TEST(OpenApi, EveryOperationHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const Route& route : all_routes())
    EXPECT_TRUE(names.insert(route.operation).second) << route.operation;
}

TEST(OpenApi, EveryRouteIsDocumentedWithItsParameters) {
  const json document = json::parse(openapi_document());
  for (const Route& route : all_routes()) {
    std::string method(route.method);
    for (char& c : method) c = static_cast<char>(c | 0x20);
    const json& operation = document["paths"]["/api/v1" + std::string(route.path)][method];
    EXPECT_EQ(operation["operationId"], route.operation);
    EXPECT_TRUE(operation["responses"].contains(std::to_string(route.status))) << route.operation;
    std::size_t in_path = 0;
    for (const auto& parameter : operation.value("parameters", json::array()))
      in_path += parameter["in"] == "path";
    EXPECT_EQ(in_path, std::count(route.path.begin(), route.path.end(), '{')) << route.operation;
  }
}

void collect_references(const json& value, std::set<std::string>& references) {
  if (value.is_object() && value.contains("$ref")) references.insert(value["$ref"].get<std::string>());
  if (value.is_structured()) {
    for (const auto& inner : value) collect_references(inner, references);
  }
}

TEST(OpenApi, EveryReferenceLeadsToASchemaAndEverySchemaIsUsed) {
  const json document = json::parse(openapi_document());
  std::set<std::string> references, schemas;
  collect_references(document, references);
  for (const auto& [name, schema] : document["components"]["schemas"].items())
    schemas.insert("#/components/schemas/" + name);
  EXPECT_EQ(references, schemas);
}

TEST(OpenApi, WhatIsSentIsCompleteAndWhatIsReceivedMayLeaveOut) {
  const json schemas = json::parse(openapi_document())["components"]["schemas"];
  EXPECT_EQ(schemas["Dimension"]["required"].size(), schemas["Dimension"]["properties"].size());
  EXPECT_EQ(schemas["DimensionInput"]["required"], json({"key", "label", "scale_min", "scale_max"}));
  EXPECT_EQ(schemas["Project"]["properties"]["current_model_id"]["type"], json({"integer", "null"}));
}

}  // namespace
}  // namespace preceptor::server
