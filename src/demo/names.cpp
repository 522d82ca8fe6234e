#include "demo/names.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string_view>

namespace preceptor::demo {
namespace {

using Parts = std::vector<std::string_view>;

// The sounds of one desk: a name is one part of each list.
struct Sounds {
  std::vector<Parts> parts;
};

const Sounds& sounds_of(Desk desk) {
  static const std::array<Sounds, 5> sounds = {{
      // Medicines: three open syllables and a soft ending.
      {{{"Ve", "Ta", "Co", "Bre", "Mi", "Sa", "Lo", "Dre", "Ne", "Pa", "Fe", "Ri", "Du", "Ga", "No", "Tre",
         "Ja", "Ze"},
        {"lo", "mi", "ra", "ve", "do", "ne", "sta", "ri", "la", "fe", "pra", "so", "ni", "da", "mo", "ro"},
        {"rin", "sol", "lan", "vex", "lum", "tane", "dor", "mel", "nol", "xin", "bel"}}},
      // Statutes: the place where they were first read out.
      {{{"Alder", "Wex", "Thorn", "Marl", "Pem",   "Quill", "Brack", "Cor", "Dun", "Hazel",
         "Tarn",  "Yar", "Elm",   "Crom", "Raven", "Lin",   "Gar",   "Sor", "Hob", "Wil"},
        {"moor", "combe", "wick", "stow", "holt", "mere", "den", "bourne", "gate", "thorpe", "fold",
         "stead"}}},
      // Devices: the workshop that builds them.
      {{{"Tal", "Nor", "Kes", "Bran", "Jor", "Hal",  "Sten", "Ras", "Ul",  "Gry",
         "Lin", "Mor", "Dal", "Ves",  "Tor", "Skar", "Bol",  "Hem", "Ran", "Ek"},
        {"vik", "da", "trel", "mar", "ko", "nik", "dra", "lund", "ta", "vin", "go", "rik", "sta", "mo", "bek",
         "dor"}}},
      // Accounts: the house that offers them.
      {{{"Mer", "Tal", "Pen", "Bel", "Ard", "Wel", "Lan", "Sil", "Wyn", "Car", "Hol", "Gran", "Fal", "Bur",
         "Ester", "Ingle", "Orm", "Mag"},
        {"row", "ridge", "mond", "wood", "dale", "worth", "brook", "win", "grave", "mont", "den", "lock"}}},
      // Towns.
      {{{"Ys",  "Lor", "Cal", "Mir", "Tre", "Sel",  "Avel", "Bri", "Cas", "Dol", "Fior",
         "Gal", "Iv",  "Mel", "Or",  "Per", "Quim", "Ros",  "Tir", "Val", "Zel"},
        {"mere", "nay", "devin", "anel", "vanne", "ombra", "issa", "onde", "arra", "etta", "une", "adel",
         "emont", "ora", "enza", "lac"}}},
  }};
  return sounds[static_cast<std::size_t>(desk)];
}

bool is_vowel(char letter) { return std::string_view("aeiouyAEIOUY").find(letter) != std::string_view::npos; }

// No two vowels and no three consonants may meet where parts join, and no syllable is said twice.
bool joins_well(std::string_view left, std::string_view right) {
  const bool vowels_meet = is_vowel(left.back()) && is_vowel(right.front());
  const bool same_letter = left.back() == right.front();
  const int left_consonants =
      is_vowel(left.back()) ? 0 : (left.size() > 1 && !is_vowel(left[left.size() - 2]) ? 2 : 1);
  const int right_consonants =
      is_vowel(right.front()) ? 0 : (right.size() > 1 && !is_vowel(right[1]) ? 2 : 1);
  return !vowels_meet && !same_letter && left_consonants + right_consonants <= 3;
}

// Words that exist: real towns, people, firms and substances that the sounds above can hit.
bool exists_already(std::string_view name) {
  static constexpr std::string_view real[] = {
      "Aldermere", "Linden",   "Garden",   "Corden",  "Wilden",  "Norda",    "Hollock",  "Holbrook",
      "Welbrook",  "Wellwood", "Carden",   "Holden",  "Belmont", "Carmont",  "Merwin",   "Carwin",
      "Dorado",    "Halmar",   "Lindor",   "Stendra", "Rosetta", "Rosanel",  "Valetta",  "Calarra",
      "Miradel",   "Melissa",  "Selune",   "Orissa",  "Perone",  "Calora",   "Melora",   "Rosalac",
      "Garstow",   "Cromwick", "Elmstead", "Penwood", "Wynwood", "Granwood", "Langrave", "Talmar",
      "Moran",     "Linda",    "Dalvin",   "Halda",   "Halko"};
  return std::ranges::find(real, name) != std::end(real);
}

}  // namespace

int edit_distance(std::string_view from, std::string_view to) {
  std::vector<int> row(to.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < from.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i) + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const int replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::vector<std::string> coin_names(Desk desk, int count, const std::vector<std::string>& taken,
                                    Random& random) {
  const Sounds& sounds = sounds_of(desk);
  std::vector<std::string> names;
  const auto too_near = [](const std::vector<std::string>& others, const std::string& name) {
    return std::ranges::any_of(others,
                               [&](const std::string& other) { return edit_distance(other, name) <= 2; });
  };
  constexpr int attempts_max = 100'000;
  for (int attempt = 0; attempt < attempts_max && static_cast<int>(names.size()) < count; ++attempt) {
    std::string name;
    bool good = true;
    for (const Parts& parts : sounds.parts) {
      const std::string_view part = parts[random.below(parts.size())];
      if (!name.empty()) good = good && joins_well(name, part);
      name += part;
    }
    if (good && !exists_already(name) && !too_near(names, name) && !too_near(taken, name))
      names.push_back(name);
  }
  if (static_cast<int>(names.size()) < count)
    throw std::invalid_argument("the sounds of this desk do not yield so many names");
  return names;
}

std::string full_name(Desk desk, const std::string& coined, Random& random) {
  static const Parts subjects = {"Tenancy",  "Fishery", "Inheritance",  "Harbour",    "Grazing",
                                 "Printing", "Milling", "Guardianship", "Apprentice", "Salvage",
                                 "Market",   "Water",   "Orchard",      "Bakery",     "Pension",
                                 "Theatre",  "Ferry",   "Timber",       "Mining",     "Lodging"};
  static const Parts devices = {"relay",   "gateway", "router", "pump",  "dryer", "lathe",
                                "scanner", "printer", "heater", "mixer", "kiln",  "lift",
                                "camera",  "boiler",  "loom",   "radio", "press", "charger"};
  static const Parts products = {"savings account", "term deposit", "bond",           "pension plan",
                                 "passbook",        "share plan",   "current account"};
  const auto pick = [&](const Parts& parts) { return std::string(parts[random.below(parts.size())]); };
  switch (desk) {
    case Desk::legal: return coined + " " + pick(subjects) + " Act";
    case Desk::technical: return coined + " " + pick(devices);
    case Desk::financial: return coined + " " + pick(products);
    case Desk::medical:
    case Desk::creative: return coined;
  }
  return coined;
}

}  // namespace preceptor::demo
