// The whole loop once: prompts, answers, judgments, learning, evaluation. Everything but the base model's
// files goes through the HTTP API, as people and scripts would do it.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "cli/demo/demo_plan.hpp"
#include "cli/demo/demo_report.hpp"

namespace preceptor::cli {

struct DemoSettings {
  std::filesystem::path workspace;   // fresh
  std::filesystem::path base_model;  // Hugging Face folder of the base
  std::string address;               // of the running server
  std::string login;                 // its administrator, who becomes the project's owner
  std::string password;
  DemoPlan plan;
  // Progress for people: the stage that goes on and how far it is; told often.
  std::function<void(const std::string& stage, const std::string& message)> heard;
};

// Throws Failure when a step fails, with the job's or the server's own words.
DemoReport run_demo(const DemoSettings&);

}  // namespace preceptor::cli
