//! `strftime_now` of chat templates, in UTC.

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

struct Moment {
    year: i64,
    month: usize, // 1 … 12
    day: i64,
    day_of_year: i64, // 1 … 366
    weekday: usize,   // 0: Sunday
    hour: i64,
    minute: i64,
    second: i64,
}

/// Year, month and day of a day counted from 1970-01-01. Howard Hinnant, "chrono-compatible low-level date algorithms".
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn moment(seconds: i64) -> Moment {
    let (days, in_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    Moment {
        year,
        month: month as usize,
        day,
        day_of_year: lengths[..month as usize - 1].iter().sum::<i64>() + day,
        weekday: (days + 4).rem_euclid(7) as usize,
        hour: in_day / 3600,
        minute: in_day / 60 % 60,
        second: in_day % 60,
    }
}

fn field(code: char, padded: bool, at: &Moment) -> Option<String> {
    let hour_12 = (at.hour + 11) % 12 + 1;
    let number = |value: i64, width: usize| {
        if padded {
            format!("{value:0width$}")
        } else {
            value.to_string()
        }
    };
    Some(match code {
        'Y' => at.year.to_string(),
        'y' => number(at.year.rem_euclid(100), 2),
        'm' => number(at.month as i64, 2),
        'd' => number(at.day, 2),
        'e' => format!("{:2}", at.day),
        'j' => number(at.day_of_year, 3),
        'B' => MONTHS[at.month - 1].to_string(),
        'b' | 'h' => MONTHS[at.month - 1][..3].to_string(),
        'A' => DAYS[at.weekday].to_string(),
        'a' => DAYS[at.weekday][..3].to_string(),
        'H' => number(at.hour, 2),
        'I' => number(hour_12, 2),
        'M' => number(at.minute, 2),
        'S' => number(at.second, 2),
        'p' => if at.hour < 12 { "AM" } else { "PM" }.to_string(),
        'F' => format!("{}-{:02}-{:02}", at.year, at.month, at.day),
        'T' => format!("{:02}:{:02}:{:02}", at.hour, at.minute, at.second),
        '%' => "%".to_string(),
        _ => return None,
    })
}

/// None when the format has a code that is not known here.
pub fn strftime(seconds: i64, format: &str) -> Option<String> {
    let at = moment(seconds);
    let mut out = String::new();
    let mut rest = format.chars();
    while let Some(c) = rest.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let code = rest.next()?;
        out += &match code {
            '-' => field(rest.next()?, false, &at)?,
            code => field(code, true, &at)?,
        };
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::strftime;

    // What Python's datetime.fromtimestamp(…, timezone.utc).strftime(…) answers.
    #[test]
    fn writes_what_python_writes() {
        let at = 1_709_210_045; // 2024-02-29 12:34:05
        assert_eq!(strftime(at, "%d %b %Y").unwrap(), "29 Feb 2024");
        assert_eq!(
            strftime(at, "%A, %B %e, %I:%M:%S %p, day %j").unwrap(),
            "Thursday, February 29, 12:34:05 PM, day 060"
        );
        assert_eq!(strftime(at, "%F %T %a %y %%").unwrap(), "2024-02-29 12:34:05 Thu 24 %");
        assert_eq!(strftime(0, "%F %T %A").unwrap(), "1970-01-01 00:00:00 Thursday");
        assert_eq!(strftime(-1, "%F %T").unwrap(), "1969-12-31 23:59:59");
    }

    #[test]
    fn leaves_the_padding_out_after_a_dash() {
        assert_eq!(strftime(1_704_067_200, "%-d/%-m %-H:%M").unwrap(), "1/1 0:00");
    }

    #[test]
    fn counts_the_days_of_a_century_that_is_no_leap_year() {
        assert_eq!(strftime(4_107_542_400, "%F %j").unwrap(), "2100-03-01 060");
    }

    #[test]
    fn does_not_guess_at_a_code_it_does_not_know() {
        assert_eq!(strftime(0, "%Q"), None);
        assert_eq!(strftime(0, "%"), None);
        assert_eq!(strftime(0, "%-"), None);
    }
}
