// A port of 127.0.0.1 that nobody listens on at this moment.
#pragma once

namespace preceptor::cli {

int free_port();  // throws Failure when there is none

}  // namespace preceptor::cli
